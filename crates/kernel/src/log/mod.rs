//! The transparency log: one Merkle tree (RFC 6962) over every event, in feed order.

mod checkpoint;
mod consistency;
mod frontier;
mod inclusion;

pub use checkpoint::{Checkpoint, InvalidCheckpoint};
pub use consistency::{consistency_proof, verify_consistency};
pub use frontier::{Frontier, leaf_hash, node_hash};
pub use inclusion::{Prover, verify_inclusion};
