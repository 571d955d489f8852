//! The write set: everything that one batch of commands changes, as plain data.

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, LeaseChange, Timer, TimerChange};
use consort_kernel::id::CommandId;
use consort_kernel::money::Transfer;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use crate::row::{EventRow, PersonalRow, Receipt, RefusalRow, StateRow};

/// A state row as it shall be, and the version that it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// The row.
    pub row: StateRow,
    /// The version that the change was decided on; zero for a row that must not exist yet.
    pub read_version: u64,
}

/// A row that was read and not changed, and that must not have changed in what matters to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The row.
    pub stream: StreamId,
    /// Its fence when it was read.
    pub fence: u64,
}

/// One movement of money and the event that it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferWrite {
    /// The event's stream.
    pub stream: StreamId,
    /// The event's version in the stream.
    pub version: u64,
    /// Its place among the event's transfers; stream, version and line are unique.
    pub line: u16,
    /// When it was recorded.
    pub at: Timestamp,
    /// The movement.
    pub transfer: Transfer,
}

/// What one stream's event asks of another stream: a command that is yet to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionRow {
    /// The command's id, derived from the event's place.
    pub id: CommandId,
    /// The command, as JSON.
    pub body: String,
}

/// A timer that fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiredTimer {
    /// The timer, as it was read.
    pub timer: Timer,
    /// The command that it stood for.
    pub command: CommandId,
}

/// A message for the world, delivered after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The event's stream.
    pub stream: StreamId,
    /// The event's version in the stream.
    pub version: u64,
    /// What it is about, as in `task.accepted`.
    pub topic: String,
}

/// Everything that a batch of commands changes; it is committed as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteSet {
    /// The network's epoch; a commit under another one is fenced off.
    pub epoch: u64,
    /// State rows, each stream at most once. The version of a row grows by its events in this set,
    /// of which there is at least one; its fence never goes back.
    pub rows: Vec<RowWrite>,
    /// Rows that were relied on.
    pub guards: Vec<Guard>,
    /// Events, in feed order; per stream their versions follow on without a gap.
    pub events: Vec<EventRow>,
    /// Movements of money, in order; each follows from an event of this set. A payout (pay, fee,
    /// tax) comes out of the hold of its task, after the acceptance, and by one event alone.
    pub transfers: Vec<TransferWrite>,
    /// Timers that fired: each must stand as it was read, so that it fires once.
    pub fired: Vec<FiredTimer>,
    /// Timers of leases that were extended: each that still stands is due at another moment.
    pub extended: Vec<Timer>,
    /// Timers set and cleared, in order, after those that fired.
    pub timers: Vec<TimerChange>,
    /// Leases granted and ended, in order. A lease is granted only when the one before is over.
    pub leases: Vec<LeaseChange>,
    /// Acceptances, each under the highest lease number that its task ever had.
    pub acceptances: Vec<Acceptance>,
    /// Messages for the world; each tells of an event of this set.
    pub outbox: Vec<OutboxRow>,
    /// Reactions that were not handled in this batch.
    pub reactions: Vec<ReactionRow>,
    /// Stored reactions that this batch handled.
    pub reactions_done: Vec<CommandId>,
    /// Answers to the commands of this batch.
    pub receipts: Vec<Receipt>,
    /// Words about people.
    pub personal: Vec<PersonalRow>,
    /// Reactions that were rejected.
    pub refusals: Vec<RefusalRow>,
}

/// How a commit ended, when the store itself worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// All of it is durable.
    Done {
        /// The feed position of the first event; the others follow on.
        first_position: u64,
        /// The number of leaves in the log after it.
        log_size: u64,
        /// The root of the log after it.
        log_root: Digest,
    },
    /// Nothing was written, because these rows were not as they were read.
    Moved {
        /// Streams whose version or fence moved.
        streams: Vec<StreamId>,
        /// Commands that another commit was first with: by receipt, reaction or timer.
        commands: Vec<CommandId>,
    },
}
