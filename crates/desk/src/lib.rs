//! What people are asked, shown and handed, whichever edge they come by: a terminal or a page.
//!
//! An outcome that was begun from a playbook keeps what it was [given](Given). A [`Case`] is such an
//! outcome with all of that at hand: it grows, puts [questions](question) to its people, has its
//! results signed, and [delivers](deliver) them with the [record] of how they came.

pub mod archive;
pub mod begin;
pub mod case;
pub mod deliver;
mod error;
pub mod form;
pub mod given;
pub mod grow;
pub mod inventory;
pub mod question;
pub mod record;
pub mod sign;
pub mod trial;

pub use case::Case;
pub use error::DeskError;
pub use given::Given;
