//! Outcomes from playbooks: begun, and carried on wherever they stopped.

mod begin;
mod plan;

pub use begin::{Beginning, Reserved, Start, begin, plan, start};
pub use plan::{Planned, grow, outputs};
