//! Routing: offers ready tasks to whom they suit best, with the reason on record.

mod column;
mod directory;
mod likely;
mod offer;
mod why;

pub use directory::Directory;
pub use offer::{Ready, Routed, Walk};
pub use why::{Place, Why, latest, why};
