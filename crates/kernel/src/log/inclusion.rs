//! Proofs that a leaf stands in a log: the hashes beside its way to the root.
//!
//! A proof says nothing about who vouches for the root; that is the matter of checkpoints.

use std::collections::{BTreeMap, BTreeSet};

use super::frontier::node_hash;
use crate::digest::Digest;

/// Collects what the proofs of some leaves need while all leaves go by, in order.
///
/// It keeps the hashes beside the ways of the wanted leaves and nothing else, so that a few leaves
/// of a long log are proved in little memory.
///
/// ```
/// use consort_kernel::log::{Prover, leaf_hash, verify_inclusion};
/// let leaves = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")];
/// let mut prover = Prover::new([1]);
/// leaves.iter().for_each(|leaf| prover.append(*leaf));
/// let proof = prover.proof(1).unwrap();
/// assert!(verify_inclusion(&leaves[1], 1, 3, &proof, &prover.root()));
/// assert!(!verify_inclusion(&leaves[1], 2, 3, &proof, &prover.root()));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Prover {
    wanted: BTreeSet<u64>,
    size: u64,
    /// The roots of the perfect subtrees so far, largest first.
    subtrees: Vec<Digest>,
    /// Roots of perfect subtrees that stand beside a wanted way, by height and place.
    beside: BTreeMap<(u32, u64), Digest>,
}

impl Prover {
    /// A prover for the leaves with these indexes, from 0.
    pub fn new(wanted: impl IntoIterator<Item = u64>) -> Self {
        Self {
            wanted: wanted.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Takes in the next leaf by its hash.
    pub fn append(&mut self, leaf: Digest) {
        let (mut node, mut height, mut place) = (leaf, 0, self.size);
        self.keep(height, place, node);
        while place % 2 == 1 {
            let left = self
                .subtrees
                .pop()
                .expect("a subtree stands for each bit of the size");
            node = node_hash(&left, &node);
            height += 1;
            place /= 2;
            self.keep(height, place, node);
        }
        self.subtrees.push(node);
        self.size += 1;
    }

    /// How many leaves went by.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over the leaves so far.
    pub fn root(&self) -> Digest {
        self.joined(self.subtrees.len())
    }

    /// The proof that the leaf with this index stands in the log as it is now; nothing if it was
    /// not wanted, or has not come yet.
    pub fn proof(&self, index: u64) -> Option<Vec<Digest>> {
        if index >= self.size || !self.wanted.contains(&index) {
            return None;
        }
        let mut proof = Vec::new();
        for height in 0..u64::BITS {
            if (self.size - 1) >> height == 0 {
                break;
            }
            let beside = (index >> height) ^ 1;
            let last = (self.size - 1) >> height;
            let cut_off = self.size & ((1 << height) - 1);
            if beside < last || (beside == last && cut_off == 0) {
                proof.push(*self.beside.get(&(height, beside))?);
            } else if beside == last {
                // The last subtree of this height is not full: the smaller ones make it up.
                proof.push(self.joined(cut_off.count_ones() as usize));
            }
        }
        Some(proof)
    }

    fn keep(&mut self, height: u32, place: u64, node: Digest) {
        let other = place ^ 1;
        let (Some(from), Some(to)) = (
            other.checked_mul(1 << height),
            (other + 1).checked_mul(1 << height),
        ) else {
            return;
        };
        if self.wanted.range(from..to).next().is_some() {
            self.beside.insert((height, place), node);
        }
    }

    /// The root over so many of the last subtrees.
    fn joined(&self, count: usize) -> Digest {
        let mut right_to_left = self.subtrees.iter().rev().take(count);
        let Some(last) = right_to_left.next() else {
            return Digest::of(b"");
        };
        right_to_left.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// Whether the proof shows that the leaf with this hash and index stands in the log of this size
/// and root (RFC 9162, section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut node) = (index, size - 1, *leaf);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            node = node_hash(beside, &node);
            while place % 2 == 0 && place != 0 {
                place /= 2;
                last /= 2;
            }
        } else {
            node = node_hash(&node, beside);
        }
        place /= 2;
        last /= 2;
    }
    last == 0 && node == *root
}
