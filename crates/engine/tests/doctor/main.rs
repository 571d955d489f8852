//! The doctor, the archives and the checkpoints, over a small network that was run by a real lane
//! on each store.

#![expect(
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::semicolon_if_nothing_returned,
    clippy::format_push_string,
    clippy::ref_option,
    reason = "tables of cases, and stores that are tampered with by one small change each"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod archive;
mod checkpoint;
mod contradiction;
mod damage;
mod damaged_ledger;
mod examine;
mod fixture;
mod forgery;
mod reaction;
mod rebuild;
mod tampered;
