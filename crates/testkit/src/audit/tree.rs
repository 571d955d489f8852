//! The log's Merkle tree, computed by the auditor itself (RFC 6962, section 2.1).

use sha2::{Digest, Sha256};

/// The perfect subtrees of the leaves so far: their heights and hashes, the largest first.
#[derive(Debug, Default)]
pub(super) struct Tree {
    leaves: u64,
    subtrees: Vec<(u32, [u8; 32])>,
}

impl Tree {
    pub(super) const fn size(&self) -> u64 {
        self.leaves
    }

    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.leaves += 1;
        let mut height = 0;
        let mut hash: [u8; 32] = Sha256::new()
            .chain_update([0])
            .chain_update(bytes)
            .finalize()
            .into();
        while let Some((before, left)) = self.subtrees.pop() {
            if before != height {
                self.subtrees.push((before, left));
                break;
            }
            hash = node(&left, &hash);
            height += 1;
        }
        self.subtrees.push((height, hash));
    }

    pub(super) fn root(&self) -> String {
        let mut rest = self.subtrees.clone();
        let Some((_, mut root)) = rest.pop() else {
            return hexadecimal(&Sha256::digest(b"").into());
        };
        while let Some((_, left)) = rest.pop() {
            root = node(&left, &root);
        }
        hexadecimal(&root)
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let hasher = Sha256::new().chain_update([1]);
    hasher
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

fn hexadecimal(bytes: &[u8; 32]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let digit = |four: u8| char::from_digit(u32::from(four), 16).unwrap_or('?');
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
            text
        })
}
