//! What the doctor found, and what to do about it.

use std::fmt;

use consort_kernel::digest::Digest;
use serde::Serialize;

/// How many problems are told one by one; of one that has spread, so many tell enough.
pub const PROBLEMS_MAX: usize = 1_000;

const RESTORE: &str =
    "Keep this copy for comparison, and restore the newest backup in which doctor finds nothing";
const REBUILD: &str = "Run 'consort doctor --rebuild': this follows from the events";
const DECIDE: &str = "A steward has to look at it; a correction is a new transfer";
const RESTORE_FILE: &str = "Restore the file from a backup of the artefact folder";
const COMPARE: &str = "Compare it with a copy of the checkpoint that somebody else kept, \
    and with the key that you know from elsewhere";
const REPORT: &str = "Nothing is lost, but this should not be: please report it, with this text";

/// What kind of problem it is; the words are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Events of the feed are missing, or have other places than their own.
    FeedGap,
    /// An event is not canonical JSON.
    EventNotCanonical,
    /// An event cannot be read.
    EventUnreadable,
    /// An event is kept in the place of another one.
    EventMisplaced,
    /// Events of a stream are missing.
    StreamGap,
    /// An event cannot follow on those before it.
    EventDoesNotFollow,
    /// The log is not that of the events.
    LogDiffers,
    /// A checkpoint does not fit the events.
    CheckpointDiffers,
    /// A checkpoint's signature does not hold.
    CheckpointForged,
    /// A state is not the fold of its events.
    StateDiffers,
    /// A stream has events and no state.
    StateMissing,
    /// A state has another version than its stream.
    StateStale,
    /// A state has no events.
    StateWithoutEvents,
    /// A transfer that follows from an event is missing.
    TransferMissing,
    /// A transfer is not the one that follows from its event.
    TransferChanged,
    /// A transfer follows from no event.
    TransferUnasked,
    /// An account that can run dry went below zero.
    BalanceNegative,
    /// A balance is not the sum of its transfers.
    BalanceDiffers,
    /// A closed outcome still has money.
    EscrowLeft,
    /// An outcome's own sums are not those of its accounts.
    PurseDiffers,
    /// An organisation's own sums are not those of its account.
    FundsDiffer,
    /// Money was given to an outcome that could not take it in.
    MoneyStranded,
    /// An acceptance that follows from an event is missing.
    AcceptanceMissing,
    /// An acceptance is not the one that follows from its event.
    AcceptanceChanged,
    /// An acceptance follows from no event.
    AcceptanceUnasked,
    /// No person answers for something that was signed.
    NobodyAnswers,
    /// What waits to be done was asked for by no event.
    ReactionUnasked,
    /// What waits to be done is not what the event asked for.
    ReactionChanged,
    /// What waits to be done was done already.
    ReactionRepeated,
    /// An event says that it follows from another one, which did not ask for it.
    CauseUnknown,
    /// A timer is missing, or is not the one that follows from the events.
    TimerDiffers,
    /// Who holds a task has no current lease on it.
    LeaseMissing,
    /// A lease is current that nobody holds.
    LeaseLeft,
    /// A task belongs to an outcome that does not exist.
    TaskWithoutOutcome,
    /// An artefact is missing.
    ArtefactMissing,
    /// An artefact is not what its name says.
    ArtefactDamaged,
    /// Words about somebody are not those that were committed to.
    PersonalDiffers,
    /// The store cannot read something of its own.
    Unreadable,
}

impl Code {
    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::FeedGap
            | Self::EventNotCanonical
            | Self::EventUnreadable
            | Self::EventMisplaced
            | Self::StreamGap
            | Self::EventDoesNotFollow
            | Self::LogDiffers
            | Self::StateMissing
            | Self::StateStale
            | Self::StateWithoutEvents
            | Self::TransferMissing
            | Self::TransferChanged
            | Self::TransferUnasked
            | Self::BalanceDiffers
            | Self::AcceptanceMissing
            | Self::AcceptanceChanged
            | Self::AcceptanceUnasked
            | Self::TaskWithoutOutcome
            | Self::PersonalDiffers
            | Self::Unreadable => RESTORE,
            Self::StateDiffers | Self::TimerDiffers | Self::LeaseLeft => REBUILD,
            Self::BalanceNegative
            | Self::EscrowLeft
            | Self::PurseDiffers
            | Self::FundsDiffer
            | Self::MoneyStranded
            | Self::NobodyAnswers => DECIDE,
            Self::ArtefactMissing | Self::ArtefactDamaged => RESTORE_FILE,
            Self::CheckpointDiffers | Self::CheckpointForged => COMPARE,
            Self::ReactionUnasked
            | Self::ReactionChanged
            | Self::ReactionRepeated
            | Self::CauseUnknown
            | Self::LeaseMissing => REPORT,
        }
    }

    /// Whether what is wrong can be derived from the events again.
    pub const fn is_derived(self) -> bool {
        matches!(
            self,
            Self::StateDiffers | Self::TimerDiffers | Self::LeaseLeft
        )
    }

    /// Whether the record itself is damaged, so that nothing can be derived from it.
    pub const fn is_of_the_record(self) -> bool {
        matches!(
            self,
            Self::FeedGap
                | Self::EventNotCanonical
                | Self::EventUnreadable
                | Self::EventMisplaced
                | Self::StreamGap
                | Self::EventDoesNotFollow
                | Self::LogDiffers
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(out)
    }
}

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
