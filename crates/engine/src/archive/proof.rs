//! `proofs.json`: for each event, the hashes beside its way to the root of the checkpoint.

use consort_kernel::canonical;
use consort_kernel::digest::Digest;
use consort_kernel::log::{Checkpoint, Prover, leaf_hash, verify_inclusion};
use consort_store::Store;
use serde::{Deserialize, Serialize};

use super::ArchiveError;
use super::event::Line;

/// How many events are read at a time.
const PAGE: usize = 1_000;

/// The proofs of some events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proofs {
    events: Vec<Proof>,
    root: Digest,
    size: String,
}

/// The proof of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    hashes: Vec<Digest>,
    position: String,
}

impl Proofs {
    /// Proves the lines under the checkpoint, reading the feed up to its size.
    pub(super) fn make(
        store: &dyn Store,
        checkpoint: &Checkpoint,
        lines: &[Line],
    ) -> Result<Self, ArchiveError> {
        let mut prover = Prover::new(lines.iter().map(|line| line.position - 1));
        while prover.size() < checkpoint.size {
            let left = usize::try_from(checkpoint.size - prover.size()).unwrap_or(PAGE);
            let page = store.feed(prover.size(), left.min(PAGE))?;
            if page.is_empty() {
                break;
            }
            for row in page {
                prover.append(leaf_hash(row.event.body.as_bytes()));
            }
        }
        let damaged =
            || consort_store::StoreError::Damaged("the log is not that of the events".into());
        if prover.root() != checkpoint.root {
            return Err(damaged().into());
        }
        let proofs = lines.iter().map(|line| {
            let hashes = prover.proof(line.position - 1).ok_or_else(damaged)?;
            Ok(Proof {
                hashes,
                position: line.position.to_string(),
            })
        });
        Ok(Self {
            events: proofs.collect::<Result<_, consort_store::StoreError>>()?,
            root: checkpoint.root,
            size: checkpoint.size.to_string(),
        })
    }

    pub(super) fn written(&self) -> String {
        canonical::write(self)
    }

    /// The proofs of a text, if it was written so.
    pub(super) fn read(text: &str) -> Option<Self> {
        let proofs: Self = serde_json::from_str(text).ok()?;
        (proofs.written() == text).then_some(proofs)
    }

    /// What is wrong: events without a proof that leads to the checkpoint.
    pub(super) fn problems(&self, lines: &[Line], checkpoint: &Checkpoint) -> Vec<String> {
        let mut problems = Vec::new();
        if self.size != checkpoint.size.to_string() || self.root != checkpoint.root {
            problems.push("the proofs are not of the checkpoint".to_owned());
        }
        if self.events.len() != lines.len() {
            problems.push(format!(
                "there are {} proofs for {} events",
                self.events.len(),
                lines.len()
            ));
        }
        for (line, proof) in lines.iter().zip(&self.events) {
            let holds = proof.position == line.position.to_string()
                && verify_inclusion(
                    &line.leaf(),
                    line.position.saturating_sub(1),
                    checkpoint.size,
                    &proof.hashes,
                    &checkpoint.root,
                );
            if !holds {
                problems.push(format!(
                    "event {} does not stand in the log of the checkpoint",
                    line.position
                ));
            }
        }
        problems
    }
}
