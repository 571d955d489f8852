//! The engine: one call through which every path goes.
//!
//! It puts the pure decisions of the kernel to work: lanes commit them, timers fire, routing
//! offers tasks, checks look at what comes back, and the runner does the tasks of the agents that
//! live in this process.

pub mod access;
pub mod agenda;
pub mod archive;
pub mod artefact;
pub mod check;
pub mod checkpoint;
pub mod clock;
pub mod doctor;
pub mod feed;
pub mod figures;
mod host;
pub mod lane;
mod listing;
pub mod network;
pub mod notice;
pub mod outcome;
pub mod reaction;
pub mod routing;
pub mod runner;
mod shelf;
pub mod state;
pub mod timer;
pub mod webhook;

pub use consort_store::Receipt;
pub use host::{Engine, EngineError, Reply};
pub use listing::Moved;
