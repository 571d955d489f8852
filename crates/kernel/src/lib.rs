//! The pure rules of Consort: state, commands, events, and the algorithms that decide.
//!
//! Nothing here reads a clock, a file, the environment or a random source, and nothing waits:
//! moments, identifiers and draws come in from outside, so that the same inputs always give the
//! same answer.

pub mod digest;
pub mod effect;
pub mod id;
pub mod log;
pub mod money;
pub mod stream;
pub mod task;
pub mod time;
