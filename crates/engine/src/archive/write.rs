//! Writing an archive.

use std::collections::BTreeSet;
use std::io::Write;

use consort_kernel::canonical;
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use consort_kernel::log::Checkpoint;
use consort_kernel::money::Transfer;
use consort_kernel::stream::StreamId;
use consort_kernel::task::DataClass;
use consort_kernel::time::Timestamp;
use consort_store::{Store, TransferQuery, TransferWrite};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gather::{Gathered, gather};
use super::proof::Proofs;
use super::{
    ARTEFACTS, ArchiveError, CHECKPOINT, EVENTS, KEY, MANIFEST, PROOFS, README, RECORD, TRANSFERS,
};
use super::{event, manifest, readme, zip};
use crate::artefact::Artefacts;
use crate::checkpoint::{self, Key};

/// How many transfers are read at a time.
const PAGE: usize = 1_000;

/// What is exported.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The outcome.
    pub outcome: OutcomeId,
    /// What it came to, as JSON: it goes into the archive as it is.
    pub record: &'a str,
    /// Up to which class the tasks' material goes into the archive. What was handed in and
    /// delivered always does.
    pub up_to: DataClass,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Events.
    pub events: u64,
    /// Artefacts.
    pub artefacts: u64,
    /// Pieces of material that were held back.
    pub withheld: u64,
    /// Bytes of the archive.
    pub bytes: u64,
}

/// A transfer and the event that it follows from, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moved {
    at: Timestamp,
    line: u16,
    stream: StreamId,
    transfer: Transfer,
    version: String,
}

impl From<TransferWrite> for Moved {
    fn from(write: TransferWrite) -> Self {
        Self {
            at: write.at,
            line: write.line,
            stream: write.stream,
            transfer: write.transfer,
            version: write.version.to_string(),
        }
    }
}

/// Writes the archive of an outcome. The log as it is now is signed for it, and the checkpoint is
/// kept; the same outcome under the same checkpoint gives the same bytes.
pub fn write(
    store: &dyn Store,
    artefacts: &Artefacts,
    key: &Key,
    export: &Export<'_>,
    out: &mut dyn Write,
) -> Result<Written, ArchiveError> {
    let record: Value = serde_json::from_str(export.record)
        .map_err(|error| ArchiveError::Record(error.to_string()))?;
    checkpoint::keep(store, key)?;
    let log = store.log()?;
    let checkpoint = Checkpoint {
        origin: key.public().name().to_owned(),
        size: log.size(),
        root: log.root(),
    };
    let mut gathered = gather(store, export.outcome, checkpoint.size)?;
    gathered.open_lists(artefacts);
    let proofs = Proofs::make(store, &checkpoint, &gathered.lines)?;
    let transfers = transfers(store, export.outcome, &gathered)?;
    let (files, withheld) = choose(artefacts, &gathered, &record, export.up_to);

    let mut archive = Listed::new(out);
    let readme = readme::text(export.outcome, &checkpoint, withheld);
    archive.add(README, readme.as_bytes())?;
    archive.add(KEY, format!("{}\n", key.public()).as_bytes())?;
    archive.add(CHECKPOINT, checkpoint::sign(&checkpoint, key).as_bytes())?;
    archive.add(RECORD, export.record.as_bytes())?;
    archive.add(EVENTS, event::write(&gathered.lines).as_bytes())?;
    archive.add(PROOFS, proofs.written().as_bytes())?;
    archive.add(TRANSFERS, canonical::write(&transfers).as_bytes())?;
    for digest in &files {
        archive.add(&format!("{ARTEFACTS}{digest}"), &artefacts.get(*digest)?)?;
    }
    let list = manifest::text(export.outcome, &archive.files);
    let manifest = checkpoint::signed(&list, key);
    archive.add(MANIFEST, manifest.as_bytes())?;
    Ok(Written {
        events: gathered.lines.len() as u64,
        artefacts: files.len() as u64,
        withheld: withheld as u64,
        bytes: archive.zip.finish()?,
    })
}

/// A container that keeps a list of what is put into it.
struct Listed<'a> {
    zip: zip::Writer<'a>,
    files: Vec<(String, Digest)>,
}

impl<'a> Listed<'a> {
    fn new(out: &'a mut dyn Write) -> Self {
        Self {
            zip: zip::Writer::new(out),
            files: Vec::new(),
        }
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.zip.add(name, bytes)?;
        self.files.push((name.to_owned(), Digest::of(bytes)));
        Ok(())
    }
}

/// The transfers that follow from the gathered events.
fn transfers(
    store: &dyn Store,
    outcome: OutcomeId,
    gathered: &Gathered,
) -> Result<Vec<Moved>, ArchiveError> {
    let mut query = TransferQuery {
        outcome: Some(outcome),
        after: 0,
        backwards: false,
        limit: PAGE,
    };
    let mut found = Vec::new();
    loop {
        let page = store.transfers(&query)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        query.after = last.position;
        let rows = page.into_iter().map(|row| row.write);
        let shown = rows.filter(|write| gathered.events.contains(&(write.stream, write.version)));
        found.extend(shown.map(Moved::from));
    }
}

/// The artefacts that go into the archive, in order, and how many were held back.
fn choose(
    artefacts: &Artefacts,
    gathered: &Gathered,
    record: &Value,
    up_to: DataClass,
) -> (BTreeSet<Digest>, usize) {
    let mut files = gathered.handed_in.clone();
    // What was delivered or opened may be kept elsewhere; what is here goes along.
    let mut others = super::record::deliverables(record);
    others.extend(&gathered.opened);
    let material = &gathered.context;
    let of_a_task = |digest: &Digest| material.contains_key(digest);
    files.extend(
        others
            .iter()
            .filter(|it| artefacts.has(**it) && !of_a_task(it)),
    );
    let mut withheld = 0;
    for (digest, class) in material {
        if files.contains(digest) {
            continue;
        }
        if *class <= up_to && artefacts.has(*digest) {
            files.insert(*digest);
        } else {
            withheld += 1;
        }
    }
    (files, withheld)
}
