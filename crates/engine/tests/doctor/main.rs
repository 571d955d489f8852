//! The doctor, the archives and the checkpoints, over a small network that was run by a real lane
//! on each store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod archive;
mod checkpoint;
mod contradiction;
mod damage;
mod damaged_ledger;
mod damaged_trace;
mod examine;
mod fixture;
mod forgery;
mod reaction;
mod rebuild;
mod tampered;
