//! The doctor, the archives and the checkpoints, over a small network that was run by a real lane
//! on each store.

mod archive;
mod checkpoint;
mod damage;
mod examine;
mod fixture;
mod forgery;
mod rebuild;
mod tampered;
