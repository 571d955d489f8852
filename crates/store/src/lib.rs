//! Durable rows, events, transfers and queries, behind one trait.
//!
//! A store commits a [`WriteSet`] in one transaction or names what moved; it decides nothing. It
//! is told neither what a state means nor which events are allowed, but it refuses on its own what
//! must never be: negative balances, changed history, two acceptances, a lease number that goes
//! back.

#[cfg(feature = "postgres")]
mod copy;
mod credential;
mod key;
pub mod memory;
mod migration;
mod notice;
mod pass;
#[cfg(feature = "postgres")]
pub mod postgres;
mod remark;
mod row;
mod rules;
pub mod sqlite;
mod transient;
mod view;
mod watch;
mod webhook;
mod write;

pub use credential::{Credential, CredentialKind, Credentials};
pub use notice::{Addressee, Channel, Looked, Notice, Notices};
pub use pass::{Pass, PassKind, Passes};
pub use remark::{REMARKS_MAX, Remark, Remarks};
pub use row::{EventRow, FeedRow, LeaseRow, PersonalRow, Receipt, RefusalRow, StateRow};
pub use rules::EVENT_BYTES_MAX;
pub use transient::{Transient, Transients};
pub use view::{VIEWS_MAX, View, Views};
pub use watch::Watch;
pub use webhook::{Delivery, Webhook, Webhooks};
pub use write::{
    Committed, FiredTimer, Guard, OutboxRow, ReactionRow, RowWrite, TransferWrite, WriteSet,
};

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::effect::Timer;
use consort_kernel::id::{CommandId, NetworkId, TaskId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

/// Something broke in the store; the message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full, or cannot be written or read; nothing of the commit was kept.
    #[error(
        "the data cannot be reached: {0}. Nothing was lost; free some space, make the folder writable or see to the disk, and try again"
    )]
    NotWritable(String),
    /// A newer version took something away that this one needs; nothing was written.
    #[error(
        "the database needs a consort that knows its form {needed}, and this one knows forms up to {known}; nothing was changed: install the version that upgraded it or a newer one, or restore a backup from before the upgrade"
    )]
    TooNew {
        /// The form that a binary has to know.
        needed: u32,
        /// The newest form that is known.
        known: u32,
    },
    /// A copy would leave out what another form keeps.
    #[error(
        "the database has form {found}, and this version of consort copies form {known} and no other: {}",
        if found > known {
            "use the version that upgraded it"
        } else {
            "use the database once with this version, which upgrades it"
        }
    )]
    OtherForm {
        /// The form of the database.
        found: u32,
        /// The form that is copied.
        known: u32,
    },
    /// A rule that stands in the database was broken; the commit was refused as a whole.
    #[error("the database refused a change: {0}")]
    Refused(String),
    /// The commit carries another epoch than the network's.
    #[error(
        "this process works for epoch {ours} of the network, which is at epoch {current} since a backup was restored: start it again"
    )]
    Fenced {
        /// The epoch of the caller.
        ours: u64,
        /// The epoch of the network.
        current: u64,
    },
    /// Whether the commit happened is not known; ask for the receipts.
    #[error(
        "the answer to a commit was lost: {0}. It may have been carried out or not; ask for the same again, which has one effect"
    )]
    Unknown(String),
    /// The stored data contradict themselves.
    #[error("the stored data are damaged: {0}. Run 'consort doctor'")]
    Damaged(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Failed(String),
}

/// Which states to list; the pages follow the order of the identifiers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateQuery {
    /// Only this kind, as in `task`.
    pub kind: Option<&'static str>,
    /// Only what belongs to this stream.
    pub parent: Option<StreamId>,
    /// Only these statuses; all when empty.
    pub statuses: Vec<String>,
    /// Only what comes after this one, on the way that the list goes.
    pub after: Option<StreamId>,
    /// Whether the list goes from the last to the first: identifiers are given in the order of time, so
    /// that is the newest first.
    pub backwards: bool,
    /// At most so many.
    pub limit: usize,
}

/// A transfer as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    /// Its place among all transfers, from 1.
    pub position: u64,
    /// The transfer and the event that it follows from.
    pub write: TransferWrite,
}

/// Which transfers to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransferQuery {
    /// Only those of this outcome.
    pub outcome: Option<consort_kernel::id::OutcomeId>,
    /// Only those after this position, on the way that the list goes; all where it is zero.
    pub after: u64,
    /// Whether the list goes from the last to the first.
    pub backwards: bool,
    /// At most so many.
    pub limit: usize,
}

/// Something that is wrong with how a store keeps things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// A table, an index or a rule is missing, or is not as it was made.
    Form(String),
    /// Pages or rows contradict each other.
    Content(String),
}

/// What identifies the network that a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The network.
    pub network: NetworkId,
    /// Its epoch: a restored backup starts a new one.
    pub epoch: u64,
}

impl Identity {
    /// Whether the network came out of a backup at some time.
    pub const fn is_restored(&self) -> bool {
        self.epoch > 1
    }
}

/// A durable store of one network.
///
/// Nothing here assumes that the caller is the only process: what was read may be stale, and a
/// commit says so.
pub trait Store: Send + Sync {
    /// The network and epoch that the store holds; a new store is given `fresh`.
    fn identity(&self, fresh: NetworkId) -> Result<Identity, StoreError>;

    /// The states of these streams; those that do not exist are left out.
    fn load(&self, streams: &[StreamId]) -> Result<Vec<StateRow>, StoreError>;

    /// The receipts of these commands, where they exist.
    fn receipts(&self, commands: &[(String, CommandId)]) -> Result<Vec<Receipt>, StoreError>;

    /// Commits the write set as a whole, or names what moved, or fails and writes nothing.
    fn commit(&self, set: &WriteSet) -> Result<Committed, StoreError>;

    /// Has somebody told whenever another process may have committed something, for as long as the result is kept. It
    /// is a hint: it may come late, twice, for nothing or not at all, and looking always suffices. Nothing where the
    /// store has no way to tell.
    fn watch(&self, _told: Box<dyn Fn() + Send>) -> Option<Watch> {
        None
    }

    /// All receipts after one, in the order of their commands and principals.
    fn all_receipts(
        &self,
        after: Option<(CommandId, String)>,
        limit: usize,
    ) -> Result<Vec<Receipt>, StoreError>;

    /// Moves the deadlines of leases that are still current, in one transaction; the stale ones
    /// come back. A deadline never moves to an earlier moment.
    fn extend_leases(&self, leases: &[(TaskId, u64, Timestamp)])
    -> Result<Vec<TaskId>, StoreError>;

    /// The deadline of the task's current lease, with its number.
    fn lease(&self, task: TaskId) -> Result<Option<(u64, Timestamp)>, StoreError>;

    /// The last lease that each task ever had, in the order of the tasks.
    fn leases(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<LeaseRow>, StoreError>;

    /// Timers due at `now`, the earliest first; at the same moment in the order of their streams.
    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError>;

    /// When the next timer is due.
    fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Reactions that wait, the oldest first.
    fn reactions(&self, limit: usize) -> Result<Vec<ReactionRow>, StoreError>;

    /// Reactions that were rejected, the oldest first.
    fn refusals(&self, limit: usize) -> Result<Vec<RefusalRow>, StoreError>;

    /// Words about somebody.
    fn personal(&self, subject: StreamId) -> Result<Vec<PersonalRow>, StoreError>;

    /// Erases the words about somebody, and what they wished to be told; the events keep commitments that say nothing any more.
    fn erase_personal(&self, subject: StreamId) -> Result<(), StoreError>;

    /// Messages after a position that wait, the oldest first. Each of those that ever were has the
    /// position after that of the one before.
    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<(u64, OutboxRow)>, StoreError>;

    /// Forgets messages that were delivered.
    fn outbox_done(&self, positions: &[u64]) -> Result<(), StoreError>;

    /// Events of the feed after a position, in order, without gaps.
    fn feed(&self, after: u64, limit: usize) -> Result<Vec<FeedRow>, StoreError>;

    /// Events of one stream after a version, in order.
    fn history(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FeedRow>, StoreError>;

    /// States by kind, parent and status.
    fn states(&self, query: &StateQuery) -> Result<Vec<StateRow>, StoreError>;

    /// How many states there are of each kind and status.
    fn counts(
        &self,
        parent: Option<StreamId>,
    ) -> Result<BTreeMap<(String, String), u64>, StoreError>;

    /// Transfers, in order, or from the last to the first.
    fn transfers(&self, query: &TransferQuery) -> Result<Vec<TransferRow>, StoreError>;

    /// The balance of every account that ever moved, folded from the transfers.
    fn balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError>;

    /// The balances of the guarded accounts as the store itself keeps them; a hold that is empty is
    /// not among them.
    fn guarded_balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError>;

    /// Acceptances, in the order of their tasks.
    fn acceptances(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<consort_kernel::effect::Acceptance>, StoreError>;

    /// The right edge of the log as of the last commit.
    fn log(&self) -> Result<Frontier, StoreError>;

    /// Keeps a signed checkpoint of the log, if it agrees with the events; of several of one size
    /// the first is kept.
    fn put_checkpoint(&self, size: u64, root: Digest, note: &str) -> Result<(), StoreError>;

    /// The signed checkpoints, the oldest first.
    fn checkpoints(&self) -> Result<Vec<(u64, Digest, String)>, StoreError>;

    /// What is wrong with how the store keeps things, whatever they are; nothing when all is well.
    fn flaws(&self) -> Result<Vec<Flaw>, StoreError>;

    /// The store as it is at this moment, for reading: what is committed later is not seen in it.
    /// The owner goes on meanwhile, and nothing may be written to it.
    fn snapshot(&self) -> Result<Box<dyn Store>, StoreError>;

    /// Replaces the body and status of states without a new event, as `doctor --rebuild` does;
    /// versions must be as they are.
    fn rebuild(&self, rows: &[StateRow]) -> Result<(), StoreError>;

    /// Puts these timers in the place of all that are there, as `doctor --rebuild` does; a lease
    /// that has no timer of its number among them is over.
    fn rebuild_timers(&self, timers: &[Timer]) -> Result<(), StoreError>;
}
