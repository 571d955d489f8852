//! Routing: offers ready tasks to whom they suit best, with the reason on record.

mod column;
mod directory;
mod likely;
mod offer;
mod why;

pub use directory::Directory;
pub(crate) use offer::task as task_of;
pub use offer::{Routed, Walk, offers};
pub use why::{Place, Why, why};
