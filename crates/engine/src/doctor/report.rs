//! What the doctor found, and what to do about it.

use std::fmt;

use consort_kernel::digest::Digest;
use consort_store::StoreError;
use serde::Serialize;

use super::Code;

/// How many problems are told one by one; of one that has spread, so many tell enough.
pub const PROBLEMS_MAX: usize = 1_000;

/// What a problem is about that concerns the store as a whole.
pub(super) const STORE: &str = "store";

/// What is said where not everything could be compared.
pub(super) const BROKEN_OFF: &str =
    "The store cannot be read to its end: what could not be read was not compared.";

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// What it is about, as in an identifier or a place in the feed.
    pub subject: String,
    /// What was found.
    pub text: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            subject,
            text,
            remedy,
        } = self;
        write!(out, "{subject}: {text} ({code}). {remedy}.")
    }
}

/// What was looked at and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Events in the feed.
    pub events: u64,
    /// Streams that they belong to.
    pub streams: u64,
    /// Transfers.
    pub transfers: u64,
    /// Outcomes.
    pub outcomes: u64,
    /// The root over the events, as it was computed now.
    pub log_root: Digest,
    /// Signed checkpoints.
    pub checkpoints: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What is worth knowing and not wrong.
    pub notes: Vec<String>,
    /// Whether `rebuild` puts at least some of it right. It never does while the record is
    /// damaged.
    pub rebuildable: bool,
}

impl Report {
    /// The report on a store that could not even be opened, and why.
    pub fn unreadable(text: String) -> Self {
        let mut findings = Findings::default();
        findings.problem(Code::Unreadable, STORE, text);
        findings.note(BROKEN_OFF.to_owned());
        Self {
            events: 0,
            streams: 0,
            transfers: 0,
            outcomes: 0,
            log_root: Digest::of(b""),
            checkpoints: 0,
            problems: findings.problems,
            notes: findings.notes,
            rebuildable: false,
        }
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Collects what is found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<String>,
    untold: u64,
    is_derived: bool,
    is_record_damaged: bool,
}

impl Findings {
    pub(super) fn problem(&mut self, code: Code, subject: impl fmt::Display, text: String) {
        self.is_derived |= code.is_derived();
        self.is_record_damaged |= code.is_of_the_record();
        if self.problems.len() >= PROBLEMS_MAX {
            self.untold += 1;
            return;
        }
        self.problems.push(Problem {
            code,
            subject: subject.to_string(),
            text,
            remedy: code.remedy(),
        });
    }

    /// Tells that something of the store's own cannot be read, where that is what went wrong.
    pub(super) fn read(
        &mut self,
        what: &str,
        done: Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match done {
            Err(StoreError::Damaged(text) | StoreError::Refused(text)) => {
                self.problem(Code::Unreadable, what, text);
                Ok(())
            }
            done => done,
        }
    }

    pub(super) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Notes that something can be derived again, without being wrong.
    pub(super) const fn outdated(&mut self) {
        self.is_derived = true;
    }

    /// Whether the record itself is damaged; what follows from it is then not told as well.
    pub(super) const fn is_record_damaged(&self) -> bool {
        self.is_record_damaged
    }

    pub(super) const fn is_rebuildable(&self) -> bool {
        self.is_derived && !self.is_record_damaged
    }

    pub(super) const fn untold(&self) -> u64 {
        self.untold
    }
}
