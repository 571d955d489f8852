//! Effects: what follows from an event in tables beside the state, as plain data.
//!
//! Every effect is a pure function of its event, so `doctor` can compute it again.

use serde::{Deserialize, Serialize};

use crate::command::Body;
use crate::digest::Digest;
use crate::id::{ContributorId, TaskId};
use crate::money::Transfer;
use crate::stream::StreamId;
use crate::time::Timestamp;

/// What a timer is for; a stream has at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// An offer lapses.
    Offer,
    /// A lease runs out.
    Lease,
    /// A review, or a decision, is overdue.
    Review,
    /// The outcome is overdue.
    Deadline,
}

impl TimerKind {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Lease => "lease",
            Self::Review => "review",
            Self::Deadline => "deadline",
        }
    }
}

/// A timer that is due once. It carries a number so that one that fires late is seen to be stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Whose it is.
    pub stream: StreamId,
    /// What it is for.
    pub kind: TimerKind,
    /// The lease, offer or review number that it belongs to.
    pub number: u64,
    /// When it fires.
    pub due_at: Timestamp,
}

/// A change of the timers of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerChange {
    /// Sets the timer, in place of the one of the same stream and kind.
    Set(Timer),
    /// Takes the timer away, if it is there.
    Clear(StreamId, TimerKind),
}

/// A change of who holds a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseChange {
    /// The task is held under a number that is higher than every one before.
    Grant {
        /// What is held.
        task: TaskId,
        /// The lease number.
        number: u64,
        /// Who holds it.
        holder: ContributorId,
        /// Until when, unless a heartbeat extends it.
        deadline: Timestamp,
    },
    /// The lease with this number is over; the number stays taken.
    End {
        /// What was held.
        task: TaskId,
        /// The lease number.
        number: u64,
    },
}

/// The one acceptance of a task; a second one is refused by a unique key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What was accepted.
    pub task: TaskId,
    /// The lease under which it was handed in.
    pub lease: u64,
    /// The submission's digest.
    pub submission: Digest,
    /// The person who signed, or signed in advance.
    pub approver: ContributorId,
    /// Whether it was signed in advance and not opened.
    pub in_advance: bool,
    /// When.
    pub at: Timestamp,
}

/// Something to tell the world, once it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, as in `task.accepted`.
    pub topic: &'static str,
}

/// All that follows from one event, apart from the state of its stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects {
    /// Movements of money.
    pub transfers: Vec<Transfer>,
    /// Timers set and cleared.
    pub timers: Vec<TimerChange>,
    /// A lease granted or ended.
    pub lease: Option<LeaseChange>,
    /// The task's acceptance.
    pub acceptance: Option<Acceptance>,
    /// What the world is told.
    pub notices: Vec<Notice>,
    /// What it asks of other streams, in order; each becomes a command of the engine's.
    pub reactions: Vec<Body>,
}
