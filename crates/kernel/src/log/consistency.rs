//! Proofs that a log only grew: that an earlier root stands for the beginning of a later one.

use super::frontier::node_hash;
use crate::digest::Digest;

/// The proof that the first `earlier` of these leaves are the log's beginning (RFC 9162, section
/// 2.1.4.1); nothing if there are fewer leaves. It hashes all leaves, so it is for logs that fit
/// into memory.
///
/// ```
/// use consort_kernel::log::{consistency_proof, leaf_hash, node_hash, verify_consistency};
/// let leaves = [leaf_hash(b"a"), leaf_hash(b"b")];
/// let proof = consistency_proof(&leaves, 1).unwrap();
/// let later = node_hash(&leaves[0], &leaves[1]);
/// assert!(verify_consistency(1, &leaves[0], 2, &later, &proof));
/// ```
pub fn consistency_proof(leaves: &[Digest], earlier: usize) -> Option<Vec<Digest>> {
    if earlier > leaves.len() {
        return None;
    }
    let mut proof = Vec::new();
    if earlier > 0 && earlier < leaves.len() {
        collect(leaves, earlier, true, &mut proof);
    }
    Some(proof)
}

/// Whether the proof shows that the log of the later size and root begins with the log of the
/// earlier size and root (RFC 9162, section 2.1.4.2).
pub fn verify_consistency(
    earlier_size: u64,
    earlier_root: &Digest,
    later_size: u64,
    later_root: &Digest,
    proof: &[Digest],
) -> bool {
    if earlier_size > later_size {
        return false;
    }
    if earlier_size == later_size {
        return proof.is_empty() && earlier_root == later_root;
    }
    if earlier_size == 0 {
        return proof.is_empty() && *earlier_root == Digest::of(b"");
    }
    let (mut place, mut last) = (earlier_size - 1, later_size - 1);
    while place % 2 == 1 {
        place /= 2;
        last /= 2;
    }
    // A log that is one perfect tree is its own first node, which the proof then leaves out.
    let (start, rest) = if earlier_size.is_power_of_two() {
        (earlier_root, proof)
    } else {
        let Some((first, rest)) = proof.split_first() else {
            return false;
        };
        (first, rest)
    };
    let (mut earlier, mut later) = (*start, *start);
    for beside in rest {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            earlier = node_hash(beside, &earlier);
            later = node_hash(beside, &later);
            while place % 2 == 0 && place != 0 {
                place /= 2;
                last /= 2;
            }
        } else {
            later = node_hash(&later, beside);
        }
        place /= 2;
        last /= 2;
    }
    last == 0 && earlier == *earlier_root && later == *later_root
}

/// The subproof of the definition; `whole` says that the earlier log is the whole of what is left,
/// whose root the verifier knows.
fn collect(leaves: &[Digest], earlier: usize, whole: bool, proof: &mut Vec<Digest>) {
    if earlier == leaves.len() {
        if !whole {
            proof.push(root(leaves));
        }
        return;
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    if earlier <= left.len() {
        collect(left, earlier, whole, proof);
        proof.push(root(right));
    } else {
        collect(right, earlier - left.len(), false, proof);
        proof.push(root(left));
    }
}

fn root(leaves: &[Digest]) -> Digest {
    let mut log = super::Frontier::default();
    for leaf in leaves {
        log.append(*leaf);
    }
    log.root()
}
