//! Checking an archive, with nothing but the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use consort_kernel::digest::Digest;
use consort_kernel::log::Checkpoint;
use serde_json::Value;

use super::proof::Proofs;
use super::report::{ArchiveReport, Problems};
use super::story::Story;
use super::zip::{self, Contents};
use super::{
    ARTEFACTS, ArchiveError, CHECKPOINT, EVENTS, KEY, MANIFEST, PROOFS, README, RECORD, TRANSFERS,
};
use super::{event, examine, manifest, record};
use crate::checkpoint::{self, PublicKey};

/// Checks an archive. With `known`, the key that is known from elsewhere, it also says whether that
/// one signed it.
///
/// What cannot be read as an archive at all is an error; whatever else is wrong is in the report.
pub fn verify(
    archive: &mut dyn Read,
    known: Option<&PublicKey>,
) -> Result<ArchiveReport, ArchiveError> {
    let parts = Parts::read(archive)?;
    let mut problems = Problems::default();
    let key: PublicKey = parts
        .text(KEY)?
        .strip_suffix('\n')
        .and_then(|key| key.parse().ok())
        .ok_or_else(|| ArchiveError::Malformed(format!("{KEY} holds no key")))?;
    if known.is_some_and(|known| *known != key) {
        problems.add(KEY, "it is not the key that you know");
    }
    let list = match checkpoint::signed_text(parts.text(MANIFEST)?, &key) {
        Ok(list) => list,
        Err(error) => return Err(ArchiveError::Malformed(format!("{MANIFEST}: {error}"))),
    };
    let outcome = manifest::outcome(list)
        .ok_or_else(|| ArchiveError::Malformed(format!("{MANIFEST} has another form")))?;
    if manifest::text(outcome, &parts.list()) != list {
        problems.add(MANIFEST, "its list is not that of the files in the archive");
    }
    parts.artefacts(&mut problems);
    parts.text(README)?;
    let checkpoint = match checkpoint::verify(parts.text(CHECKPOINT)?, &key) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return Err(ArchiveError::Malformed(format!("{CHECKPOINT}: {error}"))),
    };
    let lines = event::read(parts.text(EVENTS)?).unwrap_or_else(|why| {
        problems.add(EVENTS, why);
        Vec::new()
    });
    proofs(parts.text(PROOFS)?, &lines, &checkpoint, &mut problems);

    let story = Story::read(&lines, outcome, &mut problems);
    let tasks = story.tasks();
    examine::signatures(&story, &tasks, &mut problems);
    examine::handed_in(&lines, &parts.digests, &mut problems);
    let transfers = parts.text(TRANSFERS)?;
    let said: Value = serde_json::from_str(parts.text(RECORD)?).unwrap_or_default();
    match story.outcome(outcome) {
        Some(state) => {
            examine::money(transfers, &story, state, &mut problems);
            record::compare(&said, state, &tasks, &checkpoint, &mut problems);
        }
        None => problems.add(outcome, "its events are missing"),
    }
    let signers: BTreeSet<String> = story.signed.iter().map(|(by, _)| by.to_string()).collect();
    Ok(ArchiveReport {
        outcome,
        state: story.outcome(outcome).map(|state| state.phase.as_str()),
        tasks: tasks.len() as u64,
        events: lines.len() as u64,
        transfers: story.transfers.len() as u64,
        artefacts: parts.digests.len() as u64,
        signed_by: signers.into_iter().collect(),
        log_size: checkpoint.size,
        log_root: checkpoint.root,
        notes: notes(known, &key, &said, &parts.digests),
        key: key.to_string(),
        problems: problems.0,
    })
}

fn proofs(text: &str, lines: &[event::Line], checkpoint: &Checkpoint, problems: &mut Problems) {
    match Proofs::read(text) {
        Some(proofs) => {
            for text in proofs.problems(lines, checkpoint) {
                problems.add(PROOFS, text);
            }
        }
        None => problems.add(PROOFS, "they are not written as they should be"),
    }
}

/// What is said beside what was found.
fn notes(
    known: Option<&PublicKey>,
    key: &PublicKey,
    record: &Value,
    kept: &BTreeSet<Digest>,
) -> Vec<String> {
    let mut notes = Vec::new();
    if known.is_none() {
        notes.push(format!(
            "Whoever holds the key {key} says this. Whose key that is, the archive cannot show: \
             compare it with the one that you know from the network itself."
        ));
    }
    for digest in record::deliverables(record) {
        if !kept.contains(&digest) {
            notes.push(format!("The deliverable {digest} is not in the archive."));
        }
    }
    notes
}

/// The files of an archive.
struct Parts {
    files: BTreeMap<String, Contents>,
    /// Names and digests in the order of the archive.
    order: Vec<(String, Digest)>,
    /// What the artefacts are called.
    digests: BTreeSet<Digest>,
}

impl Parts {
    fn read(archive: &mut dyn Read) -> Result<Self, ArchiveError> {
        let contents = zip::read(archive)?;
        let order: Vec<(String, Digest)> = contents
            .iter()
            .map(|one| (one.name.clone(), one.digest))
            .collect();
        let digests = order
            .iter()
            .filter_map(|(name, _)| name.strip_prefix(ARTEFACTS)?.parse().ok())
            .collect();
        let files = contents.into_iter().map(|one| (one.name.clone(), one));
        Ok(Self {
            files: files.collect(),
            order,
            digests,
        })
    }

    fn text(&self, name: &'static str) -> Result<&str, ArchiveError> {
        let file = self.files.get(name).ok_or(ArchiveError::Missing(name))?;
        std::str::from_utf8(&file.bytes)
            .map_err(|_| ArchiveError::Malformed(format!("{name} is no text")))
    }

    /// All files but the list itself.
    fn list(&self) -> Vec<(String, Digest)> {
        let mut list = self.order.clone();
        list.retain(|(name, _)| name != MANIFEST);
        list
    }

    /// Compares the names of the artefacts with their contents.
    fn artefacts(&self, problems: &mut Problems) {
        for (name, digest) in &self.order {
            let said = name.strip_prefix(ARTEFACTS);
            if said.is_some_and(|said| said != digest.to_string()) {
                problems.add(name, format!("its digest is {digest}"));
            }
        }
    }
}
