//! What was found in an archive.

use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use serde::Serialize;

/// Something in an archive that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveProblem {
    /// What it is about: a file of the archive, or an identifier.
    pub subject: String,
    /// What was found.
    pub text: String,
}

impl std::fmt::Display for ArchiveProblem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.subject, self.text)
    }
}

/// What was looked at in an archive and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveReport {
    /// The outcome.
    pub outcome: OutcomeId,
    /// How far the outcome is, by its events.
    pub state: Option<&'static str>,
    /// How many tasks it has.
    pub tasks: u64,
    /// How many events are shown.
    pub events: u64,
    /// How many transfers.
    pub transfers: u64,
    /// How many artefacts are in it.
    pub artefacts: u64,
    /// Who signed: the outcome itself and the acceptances, without repetition.
    pub signed_by: Vec<String>,
    /// How many events the log of the checkpoint has.
    pub log_size: u64,
    /// The root of that log.
    pub log_root: Digest,
    /// The key that signed the archive, to be compared with the one that is known from elsewhere.
    pub key: String,
    /// What is wrong.
    pub problems: Vec<ArchiveProblem>,
    /// What is worth knowing and not wrong.
    pub notes: Vec<String>,
}

impl ArchiveReport {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<ArchiveProblem>);

impl Problems {
    pub(super) fn add(&mut self, subject: impl std::fmt::Display, text: impl Into<String>) {
        self.0.push(ArchiveProblem {
            subject: subject.to_string(),
            text: text.into(),
        });
    }
}
