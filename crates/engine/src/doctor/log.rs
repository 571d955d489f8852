//! The log: its leaves computed anew, and its checkpoints compared with them.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::log::{Frontier, leaf_hash};
use consort_store::{FeedRow, Store, StoreError};

use super::Code;
use super::report::Findings;
use crate::checkpoint::{NoteError, Signers};

/// The log as it is computed from the events.
pub(super) struct LogCheck<'a> {
    signers: Option<&'a Signers>,
    /// Whether a backup was restored, which may have come without the signers of before.
    is_restored: bool,
    kept: Option<Frontier>,
    log: Frontier,
    /// The last position that was seen.
    position: u64,
    checkpoints: Vec<(u64, Digest, String)>,
    /// The roots at the sizes of the checkpoints.
    roots: BTreeMap<u64, Digest>,
}

impl<'a> LogCheck<'a> {
    pub(super) fn new(signers: Option<&'a Signers>) -> Self {
        Self {
            signers,
            is_restored: false,
            kept: None,
            log: Frontier::default(),
            position: 0,
            checkpoints: Vec::new(),
            roots: BTreeMap::new(),
        }
    }

    /// Reads the log as it is kept, and its checkpoints.
    pub(super) fn begin(
        &mut self,
        store: &dyn Store,
        is_restored: bool,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        self.is_restored = is_restored;
        self.kept = match store.log() {
            Ok(log) => Some(log),
            Err(StoreError::Damaged(text)) => {
                findings.problem(Code::LogDiffers, "log", text);
                None
            }
            Err(error) => return Err(error),
        };
        self.checkpoints = store.checkpoints()?;
        let sizes = self.checkpoints.iter().map(|(size, ..)| *size);
        self.roots = sizes.map(|size| (size, Digest::of(b""))).collect();
        Ok(())
    }

    /// How many events the log says that there are.
    pub(super) fn size(&self) -> u64 {
        self.kept.as_ref().map_or(0, Frontier::size)
    }

    pub(super) fn root(&self) -> Digest {
        self.log.root()
    }

    pub(super) fn checkpoints(&self) -> u64 {
        self.checkpoints.len() as u64
    }

    pub(super) fn take_in(&mut self, row: &FeedRow, findings: &mut Findings) {
        if row.position != self.position + 1 {
            let text = format!("it comes after event {}", self.position);
            findings.problem(Code::FeedGap, format!("event {}", row.position), text);
        }
        self.position = row.position;
        self.log.append(leaf_hash(row.event.body.as_bytes()));
        if let Some(root) = self.roots.get_mut(&self.log.size()) {
            *root = self.log.root();
        }
    }

    pub(super) fn finish(&self, findings: &mut Findings) {
        if let Some(kept) = &self.kept {
            self.compare(kept, findings);
        }
        let mut unknown = 0_u64;
        for (size, root, note) in &self.checkpoints {
            self.checkpoint(*size, *root, findings);
            unknown += u64::from(!self.is_known(*size, *root, note, findings));
        }
        if unknown > 0 {
            findings.note(format!(
                "{unknown} checkpoints came with a backup and are signed with keys that are not known \
                 here: compare them with copies that somebody else kept."
            ));
        }
        let Some(signers) = self.signers else {
            if !self.checkpoints.is_empty() {
                findings.note("No key was given, so no signature was checked.".to_owned());
            }
            return;
        };
        for (file, why) in signers.faults() {
            findings.problem(Code::KeyUnreadable, file.display(), why.clone());
        }
    }

    fn compare(&self, kept: &Frontier, findings: &mut Findings) {
        let (events, leaves) = (self.log.size(), kept.size());
        if events < leaves {
            let text = format!("the log has {leaves} events, and {events} are there");
            findings.problem(Code::FeedGap, "feed", text);
        } else if events > leaves {
            let text = format!("there are {events} events, and the log has {leaves}");
            findings.problem(Code::LogDiffers, "log", text);
        } else if self.log != *kept {
            let text = format!(
                "the root over the events is {}, and {} is kept",
                self.log.root(),
                kept.root()
            );
            findings.problem(Code::LogDiffers, "log", text);
        }
    }

    fn checkpoint(&self, size: u64, root: Digest, findings: &mut Findings) {
        let subject = subject(size);
        if size > self.log.size() {
            let text = format!("it is of {size} events, and {} are there", self.log.size());
            findings.problem(Code::CheckpointDiffers, &subject, text);
        } else if self.roots.get(&size) != Some(&root) {
            let text = format!("the first {size} events have another root than {root}");
            findings.problem(Code::CheckpointDiffers, &subject, text);
        }
    }

    /// Looks at the signature of a checkpoint; tells whether it is known whose it is.
    fn is_known(&self, size: u64, root: Digest, note: &str, findings: &mut Findings) -> bool {
        let Some(signers) = self.signers else {
            return true;
        };
        let text = match signers.verify(note) {
            Ok(said) if (said.size, said.root) == (size, root) => return true,
            Ok(said) => format!(
                "its note is signed for {} events and {}",
                said.size, said.root
            ),
            Err(NoteError::OtherKey(_)) if self.is_restored => return false,
            Err(error) => error.to_string(),
        };
        findings.problem(Code::CheckpointForged, subject(size), text);
        true
    }
}

fn subject(size: u64) -> String {
    format!("checkpoint {size}")
}
