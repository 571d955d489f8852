//! The right edge of the tree: enough to append leaves and to tell the root.
//!
//! It keeps the roots of the perfect subtrees that the leaves so far make up, largest first: one
//! for each bit that is set in the number of leaves.

use crate::digest::Digest;

/// The hash of a leaf: SHA-256 over a zero byte and the leaf's bytes (RFC 6962, section 2.1).
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], bytes])
}

/// The hash of an inner node: SHA-256 over a one byte and both children (RFC 6962, section 2.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The roots of the perfect subtrees of a log, largest first.
///
/// ```
/// use consort_kernel::log::{Frontier, leaf_hash, node_hash};
/// let mut log = Frontier::default();
/// log.append(leaf_hash(b"a"));
/// log.append(leaf_hash(b"b"));
/// assert_eq!(log.root(), node_hash(&leaf_hash(b"a"), &leaf_hash(b"b")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Digest>,
}

/// A stored frontier whose parts do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the log's frontier is damaged: {size} leaves cannot have {subtrees} subtrees")]
pub struct DamagedFrontier {
    /// Leaves that it claims.
    pub size: u64,
    /// Subtrees that it has.
    pub subtrees: usize,
}

impl Frontier {
    /// Puts a stored frontier together again.
    pub fn from_parts(size: u64, subtrees: Vec<Digest>) -> Result<Self, DamagedFrontier> {
        if size.count_ones() as usize == subtrees.len() {
            Ok(Self { size, subtrees })
        } else {
            Err(DamagedFrontier {
                size,
                subtrees: subtrees.len(),
            })
        }
    }

    /// How many leaves were appended.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect subtrees, largest first.
    pub fn subtrees(&self) -> &[Digest] {
        &self.subtrees
    }

    /// Appends a leaf by its hash.
    pub fn append(&mut self, leaf: Digest) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self
                .subtrees
                .pop()
                .expect("a subtree stands for each bit of the size");
            node = node_hash(&left, &node);
        }
        self.subtrees.push(node);
        self.size += 1;
    }

    /// The root of the tree; of the empty tree, the digest of nothing (RFC 6962, section 2.1).
    pub fn root(&self) -> Digest {
        let mut right_to_left = self.subtrees.iter().rev();
        let Some(last) = right_to_left.next() else {
            return Digest::of(b"");
        };
        right_to_left.fold(*last, |right, left| node_hash(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree hash as RFC 6962 defines it, by recursion over the leaves.
    fn defined_root(leaves: &[&[u8]]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [leaf] => leaf_hash(leaf),
            more => {
                let split = more.len().next_power_of_two() / 2;
                let (left, right) = more.split_at(split);
                node_hash(&defined_root(left), &defined_root(right))
            }
        }
    }

    #[test]
    fn the_root_is_the_defined_one_for_every_size_up_to_a_hundred() {
        let leaves: Vec<Vec<u8>> = (0..100_u8).map(|n| vec![n; usize::from(n)]).collect();
        let leaves: Vec<&[u8]> = leaves.iter().map(Vec::as_slice).collect();
        let mut log = Frontier::default();
        for size in 0..leaves.len() {
            assert_eq!(
                log.root(),
                defined_root(&leaves[..size]),
                "of {size} leaves"
            );
            log.append(leaf_hash(leaves[size]));
        }
    }

    #[test]
    fn a_frontier_survives_being_taken_apart() {
        let mut log = Frontier::default();
        for n in 0..11_u8 {
            log.append(leaf_hash(&[n]));
        }
        let again = Frontier::from_parts(log.size(), log.subtrees().to_vec());
        assert_eq!(again, Ok(log.clone()));
        assert!(Frontier::from_parts(12, log.subtrees().to_vec()).is_err());
    }
}
