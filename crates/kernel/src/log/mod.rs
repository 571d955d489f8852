//! The transparency log: one Merkle tree (RFC 6962) over every event, in feed order.

mod frontier;

pub use frontier::{Frontier, leaf_hash, node_hash};
