//! The pure rules of Consort: state, commands, events, and the algorithms that decide.
//!
//! Nothing here reads a clock, a file, the environment or a random source, and nothing waits:
//! moments, identifiers and draws come in from outside, so that the same inputs always give the
//! same answer.

pub mod canonical;
pub mod command;
pub mod consensus;
pub mod contributor;
pub mod decide;
pub mod digest;
pub mod effect;
pub mod event;
pub mod fairness;
pub mod id;
pub mod log;
pub mod money;
pub mod network;
pub mod organisation;
pub mod outcome;
pub mod personal;
pub mod rejection;
pub mod reputation;
pub mod routing;
pub mod state;
pub mod stream;
pub mod task;
mod text;
mod text_number;
pub mod time;
