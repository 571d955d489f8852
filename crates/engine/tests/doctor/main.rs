//! The doctor, the archives and the checkpoints, over a small network that was run by a real lane
//! on each store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod archive;
mod checkpoint;
mod contradiction;
mod damage;
mod damaged_ledger;
mod damaged_trace;
/// The disk and the machine of the store's own tests.
#[path = "../../../store/tests/contract/sqlite/failing/disk.rs"]
#[expect(dead_code, reason = "not all that a disk can do is done to it here")]
mod disk;
mod examine;
mod fixture;
mod forgery;
#[path = "../../../store/tests/contract/sqlite/failing/machine.rs"]
mod machine;
mod power;
mod reaction;
mod rebuild;
mod tampered;
