//! Playbooks: reusable, versioned plans with inputs.
//!
//! [`parse`] reads one and says everything that is wrong with it, each problem with its line and
//! column. [`expand`] makes tasks of it. Nothing here reads a file, a clock or a network.

mod canonical;
mod check;
mod duration;
mod expand;
pub mod expression;
mod inputs;
pub mod json_schema;
pub mod limits;
mod names;
pub mod playbook;
mod problem;
mod read;
mod schema;
pub mod shipped;
mod template;
mod yaml;

pub use expand::{Artefact, Expansion, Known, Later, OutcomeParts, expand};
pub use inputs::{File, InputValue, Inputs};
pub use playbook::Playbook;
pub use problem::{At, Mark, Problem};
pub use read::{parse, to_json};
pub use schema::schema;
pub use template::Template;
