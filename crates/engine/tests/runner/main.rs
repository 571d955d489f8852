//! The runner: retries, signs of life, limits, and ends. No thread sleeps here and no clock runs:
//! the dispatcher is driven by hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agenda;
mod decision;
mod failure;
mod fixture;
mod given;
mod heartbeat;
mod limit;
mod stop;
mod thread;
