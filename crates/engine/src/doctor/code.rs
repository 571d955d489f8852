//! Kinds of problems, and what to do about each.

use std::fmt;

use serde::Serialize;

const RESTORE: &str =
    "Keep this copy for comparison, and restore the newest backup in which doctor finds nothing";
const REBUILD: &str = "Run 'consort doctor --rebuild': this follows from the events";
const DECIDE: &str = "A steward has to look at it; a correction is a new transfer";
const RESTORE_FILE: &str = "Restore the file from a backup of the artefact folder";
const COMPARE: &str = "Compare it with a copy of the checkpoint that somebody else kept, \
    and with the key that you know from elsewhere";
const REPLACE_KEY: &str = "Put back the copy of the file that you keep, or move it away: \
    the network then makes a new key, and only whose earlier checkpoints are is not known any more";
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
    /// A file with a key of the network's cannot be read.
    KeyUnreadable,
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
    /// A lease is not the last that the events granted.
    LeaseDiffers,
    /// The receipt of a command that events name is missing.
    ReceiptMissing,
    /// A receipt names other events than name its command.
    ReceiptChanged,
    /// A receipt names events that do not name its command.
    ReceiptUnasked,
    /// A message that waits is not the one that its event asked for.
    MessageChanged,
    /// A message waits that no event asked for.
    MessageUnasked,
    /// The events are of another network than the store says.
    NetworkDiffers,
    /// A table, an index or a rule of the store is missing, or is not as it was made.
    FormDiffers,
    /// Pages or rows of the store contradict each other.
    StoreDamaged,
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
            | Self::LeaseDiffers
            | Self::ReceiptMissing
            | Self::ReceiptChanged
            | Self::ReceiptUnasked
            | Self::MessageChanged
            | Self::MessageUnasked
            | Self::NetworkDiffers
            | Self::FormDiffers
            | Self::StoreDamaged
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
            Self::KeyUnreadable => REPLACE_KEY,
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
