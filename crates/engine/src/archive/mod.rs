//! Archives: one outcome in one file that anybody can check, without the network.
//!
//! An archive is a plain zip with nothing compressed. It holds the outcome's events byte for byte,
//! proofs that they stand in the network's log, a signed checkpoint of that log, the transfers,
//! what was handed in, and a signed list of all of it. What it cannot show is that no other
//! version of the log was shown to somebody else, and whose key it is: for both, key and
//! checkpoints have to be compared with those known from elsewhere.

mod event;
mod examine;
mod gather;
mod manifest;
mod proof;
mod readme;
mod record;
mod report;
mod story;
mod verify;
mod write;
mod zip;

pub use report::{ArchiveProblem, ArchiveReport};
pub use verify::verify;
pub use write::{Export, Written, write};

use consort_kernel::id::OutcomeId;
use consort_store::StoreError;

use crate::artefact::ArtefactError;

/// The explanation for people.
const README: &str = "README.txt";
/// The public half of the network's key.
const KEY: &str = "key.txt";
/// The signed checkpoint of the network's log.
const CHECKPOINT: &str = "checkpoint.txt";
/// What the outcome came to, as it was given by who exported it.
const RECORD: &str = "record.json";
/// The events.
const EVENTS: &str = "events.jsonl";
/// The proof of each event.
const PROOFS: &str = "proofs.json";
/// The movements of money.
const TRANSFERS: &str = "transfers.json";
/// The signed list of all of the above and the artefacts.
const MANIFEST: &str = "manifest.txt";
/// The folder of the artefacts.
const ARTEFACTS: &str = "artefacts/";

/// Why there is no archive, or nothing to say about one.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is no such outcome.
    #[error("there is no outcome {0}")]
    UnknownOutcome(OutcomeId),
    /// The record is not JSON.
    #[error("the record is not JSON: {0}")]
    Record(String),
    /// It would not fit.
    #[error("the archive would be larger than {0} allows; export with less material")]
    TooLarge(&'static str),
    /// The file is not an archive, or was changed so that it cannot be read as one.
    #[error(
        "it is not an archive of consort, or it was changed: {0}. Get it again from where it came"
    )]
    Malformed(String),
    /// A part of it is missing.
    #[error("the archive has no {0}. Get it again from where it came")]
    Missing(&'static str),
    /// Reading or writing failed.
    #[error("the archive cannot be read or written: {0}")]
    Disk(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An artefact is missing or damaged.
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
}
