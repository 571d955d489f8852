//! Proofs of the log, compared with their definition (RFC 6962, section 2.1) by recursion over the
//! leaves, for every size and every place up to a limit.

use consort_kernel::digest::Digest;
use consort_kernel::log::{
    Prover, consistency_proof, leaf_hash, node_hash, verify_consistency, verify_inclusion,
};

/// Beyond this size no new shape of a tree comes up that a smaller one does not have.
const SIZE_MAX: usize = 70;

fn leaves(count: usize) -> Vec<Digest> {
    (0..count)
        .map(|n| leaf_hash(format!("leaf {n}").as_bytes()))
        .collect()
}

fn defined_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            node_hash(&defined_root(left), &defined_root(right))
        }
    }
}

/// PATH(m, D_n) as the definition has it.
fn defined_inclusion(leaves: &[Digest], index: usize) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, beside) = if index < left.len() {
        (defined_inclusion(left, index), right)
    } else {
        (defined_inclusion(right, index - left.len()), left)
    };
    path.push(defined_root(beside));
    path
}

#[test]
fn every_proof_of_inclusion_is_the_defined_one_and_holds() {
    let leaves = leaves(SIZE_MAX);
    let mut prover = Prover::new(0..SIZE_MAX as u64);
    assert_eq!(prover.root(), defined_root(&[]));
    for size in 1..=SIZE_MAX {
        prover.append(leaves[size - 1]);
        let root = defined_root(&leaves[..size]);
        assert_eq!(prover.root(), root, "of {size} leaves");
        for index in 0..size {
            let proof = prover.proof(index as u64).unwrap();
            assert_eq!(
                proof,
                defined_inclusion(&leaves[..size], index),
                "leaf {index} of {size}"
            );
            let (index, size) = (index as u64, size as u64);
            assert!(verify_inclusion(
                &leaves[usize::try_from(index).unwrap()],
                index,
                size,
                &proof,
                &root
            ));
        }
        assert_eq!(prover.proof(size as u64), None);
    }
}

#[test]
fn a_prover_of_one_leaf_proves_that_one_alone() {
    let leaves = leaves(SIZE_MAX);
    for wanted in 0..SIZE_MAX {
        let mut prover = Prover::new([wanted as u64]);
        leaves.iter().for_each(|leaf| prover.append(*leaf));
        let proof = prover.proof(wanted as u64);
        assert_eq!(proof, Some(defined_inclusion(&leaves, wanted)));
        assert_eq!(prover.proof((wanted as u64 + 1) % SIZE_MAX as u64), None);
    }
}

#[test]
fn a_proof_of_inclusion_holds_for_its_own_leaf_place_size_and_root_alone() {
    for size in 1..=33_usize {
        let leaves = leaves(size);
        let root = defined_root(&leaves);
        for index in 0..size {
            let proof = defined_inclusion(&leaves, index);
            let holds = |leaf: &Digest, index: usize, size: usize, proof: &[Digest], root| {
                verify_inclusion(leaf, index as u64, size as u64, proof, root)
            };
            let other = leaf_hash(b"another leaf");
            assert!(!holds(&other, index, size, &proof, &root));
            assert!(!holds(&leaves[index], index, size, &proof, &other));
            for elsewhere in (0..size + 2).filter(|place| *place != index) {
                assert!(!holds(&leaves[index], elsewhere, size, &proof, &root));
            }
            let longer = [proof.as_slice(), &[other]].concat();
            assert!(!holds(&leaves[index], index, size, &longer, &root));
            for left_out in 0..proof.len() {
                let mut shorter = proof.clone();
                shorter.remove(left_out);
                assert!(!holds(&leaves[index], index, size, &shorter, &root));
                let mut changed = proof.clone();
                changed[left_out] = other;
                assert!(!holds(&leaves[index], index, size, &changed, &root));
            }
        }
    }
}

#[test]
fn every_proof_of_consistency_holds() {
    let leaves = leaves(SIZE_MAX);
    for later in 0..=SIZE_MAX {
        for earlier in 0..=later {
            let proof = consistency_proof(&leaves[..later], earlier).unwrap();
            let roots = (
                defined_root(&leaves[..earlier]),
                defined_root(&leaves[..later]),
            );
            let (earlier, later) = (earlier as u64, later as u64);
            assert!(
                verify_consistency(earlier, &roots.0, later, &roots.1, &proof),
                "from {earlier} to {later}"
            );
        }
        assert_eq!(consistency_proof(&leaves[..later], later + 1), None);
    }
}

#[test]
fn the_proofs_of_consistency_in_the_standard_are_made() {
    // The worked example of RFC 9162, section 2.1.5: seven leaves d0 to d6, with the nodes named
    // as they are there.
    let d = leaves(7);
    let (g, h, i) = (
        node_hash(&d[0], &d[1]),
        node_hash(&d[2], &d[3]),
        node_hash(&d[4], &d[5]),
    );
    let (k, l) = (node_hash(&g, &h), node_hash(&i, &d[6]));
    assert_eq!(consistency_proof(&d, 3).unwrap(), [d[2], d[3], g, l]);
    assert_eq!(consistency_proof(&d, 4).unwrap(), [l]);
    assert_eq!(consistency_proof(&d, 6).unwrap(), [i, d[6], k]);
}

#[test]
fn a_log_that_was_changed_is_not_consistent_with_its_past() {
    let honest = leaves(40);
    for earlier in 1..40_usize {
        let root = defined_root(&honest[..earlier]);
        let mut changed = honest.clone();
        changed[earlier - 1] = leaf_hash(b"changed");
        let proof = consistency_proof(&changed, earlier).unwrap();
        assert!(!verify_consistency(
            earlier as u64,
            &root,
            40,
            &defined_root(&changed),
            &proof
        ));
        let proof = consistency_proof(&honest, earlier).unwrap();
        let later = defined_root(&honest);
        for left_out in 0..proof.len() {
            let mut shorter = proof.clone();
            shorter.remove(left_out);
            assert!(!verify_consistency(
                earlier as u64,
                &root,
                40,
                &later,
                &shorter
            ));
        }
        assert!(!verify_consistency(
            40,
            &later,
            earlier as u64,
            &root,
            &proof
        ));
    }
}
