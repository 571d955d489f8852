//! Rejections: the domain says no, and says why.
//!
//! A rejection is not an error: nothing broke. The list is closed, every code is stable, and every
//! message says what can be done. Edges translate them; nothing here knows a status code.

use crate::id::{ContributorId, TaskId};
use crate::money::{Amount, Asset};
use crate::routing::Exclusion;
use crate::stream::StreamId;
use crate::task::Risk;
use crate::time::Timestamp;

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The thing is not there.
    #[error("{0} does not exist")]
    NotFound(StreamId),
    /// The thing is there already.
    #[error("{0} exists already")]
    Exists(StreamId),
    /// Somebody else may do this.
    #[error("{who} may not do this: {why}")]
    NotAllowed {
        /// Who tried.
        who: String,
        /// Who may.
        why: &'static str,
    },
    /// Something is missing or out of bounds in what was sent.
    #[error("{field}: {problem}")]
    Invalid {
        /// Where.
        field: String,
        /// What is wrong and what is expected.
        problem: String,
    },
    /// A limit of the network is reached.
    #[error("the limit of {limit} {what} is reached")]
    LimitReached {
        /// What is counted.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// The thing is in another state than this needs.
    #[error("{stream} is {is}, and this needs it to be {needed}")]
    WrongPhase {
        /// The thing.
        stream: StreamId,
        /// The state that it is in.
        is: &'static str,
        /// The states that this is possible in.
        needed: &'static str,
    },
    /// The task is held by somebody.
    #[error("{task} is held by {holder} until {until}")]
    AlreadyClaimed {
        /// The task.
        task: TaskId,
        /// Who holds it.
        holder: ContributorId,
        /// Until when.
        until: Timestamp,
    },
    /// The lease number is not the current one.
    #[error(
        "lease {given} of {task} is over (the latest is {current}): what belongs to it is refused"
    )]
    StaleLease {
        /// The task.
        task: TaskId,
        /// The number that was sent.
        given: u64,
        /// The latest number.
        current: u64,
    },
    /// The contributor cannot have this task.
    #[error("{contributor} cannot take {task}: {why}")]
    NotEligible {
        /// Who.
        contributor: ContributorId,
        /// What.
        task: TaskId,
        /// Why not.
        why: Exclusion,
    },
    /// Money is missing.
    #[error("{account} has {} and {} is needed: add funds, or plan less", asset.show(*available), asset.show(*needed))]
    NotEnoughMoney {
        /// Where.
        account: String,
        /// Of what.
        asset: Asset,
        /// What is there.
        available: Amount,
        /// What is needed.
        needed: Amount,
    },
    /// The same asset has to be used throughout an outcome.
    #[error("the outcome is kept in {expected}, not in {given}")]
    OtherAsset {
        /// The outcome's.
        expected: Asset,
        /// What was sent.
        given: Asset,
    },
    /// Criteria of the outcome are served by no task.
    #[error("no task serves {}: add one, or take the criterion away", criteria.join(", "))]
    NotCovered {
        /// The criteria.
        criteria: Vec<String>,
    },
    /// A task may only need tasks that come before it.
    #[error("'{task}' cannot need '{needs}', which is not in the plan before it")]
    UnknownDependency {
        /// The task.
        task: String,
        /// What it asks for.
        needs: String,
    },
    /// Nobody reviews their own work.
    #[error("{0} handed this in, and nobody reviews their own work: ask somebody else")]
    OwnWork(ContributorId),
    /// Another submission or review is there than the one that was decided on.
    #[error("{0} changed since it was opened: open it again")]
    Changed(TaskId),
    /// More has happened to the thing than who asks has seen.
    #[error("{stream} has changed since: version {seen} of it was seen, and it is at {is}")]
    Moved {
        /// The thing.
        stream: StreamId,
        /// The version that was seen.
        seen: u64,
        /// The version that it is at.
        is: u64,
    },
    /// The signer has not opened what they sign.
    #[error("sign-off needs that the evidence was opened; not opened: {}", missing.join(", "))]
    NotOpened {
        /// What was not opened.
        missing: Vec<String>,
    },
    /// Work of this risk takes more than was given.
    #[error("work of {risk:?} risk needs {needs}")]
    RiskNeedsMore {
        /// The risk.
        risk: Risk,
        /// What is needed.
        needs: &'static str,
    },
    /// The pre-approval does not cover the case.
    #[error("the pre-approval does not cover this: {0}. Sign it yourself, or give one that does")]
    BeyondPreApproval(String),
    /// A switch that stops all payouts, or all agents, is on.
    #[error("{0} are stopped by a switch of the network; a steward can release it")]
    Stopped(&'static str),
    /// The command's identifier is too old to tell whether it was carried out before.
    #[error(
        "the command's id is of {0}, which is older than answers are kept: look at the state and send a new command"
    )]
    TooOld(Timestamp),
    /// The command's identifier was used for something else.
    #[error(
        "this id was used for another command: a repeated command must be the same in every part"
    )]
    IdReused,
}

/// What sort of refusal it is: what an edge goes by for an exit code or a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectionKind {
    /// It is not there.
    NotFound,
    /// Somebody else may do this.
    Denied,
    /// It is in another state than this needs.
    Conflict,
    /// What was asked makes no sense.
    Invalid,
}

impl Rejection {
    /// What sort of refusal it is.
    pub const fn kind(&self) -> RejectionKind {
        match self {
            Self::NotFound(_) => RejectionKind::NotFound,
            Self::NotAllowed { .. }
            | Self::OwnWork(_)
            | Self::NotEligible { .. }
            | Self::NotOpened { .. }
            | Self::RiskNeedsMore { .. }
            | Self::BeyondPreApproval(_)
            | Self::Stopped(_) => RejectionKind::Denied,
            Self::Exists(_)
            | Self::WrongPhase { .. }
            | Self::AlreadyClaimed { .. }
            | Self::StaleLease { .. }
            | Self::NotEnoughMoney { .. }
            | Self::OtherAsset { .. }
            | Self::Changed(_)
            | Self::Moved { .. }
            | Self::IdReused => RejectionKind::Conflict,
            Self::Invalid { .. }
            | Self::LimitReached { .. }
            | Self::NotCovered { .. }
            | Self::UnknownDependency { .. }
            | Self::TooOld(_) => RejectionKind::Invalid,
        }
    }

    /// A stable word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::Exists(_) => "exists",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Invalid { .. } => "invalid",
            Self::LimitReached { .. } => "limit_reached",
            Self::WrongPhase { .. } => "wrong_phase",
            Self::AlreadyClaimed { .. } => "already_claimed",
            Self::StaleLease { .. } => "stale_lease",
            Self::NotEligible { .. } => "not_eligible",
            Self::NotEnoughMoney { .. } => "not_enough_money",
            Self::OtherAsset { .. } => "other_asset",
            Self::NotCovered { .. } => "not_covered",
            Self::UnknownDependency { .. } => "unknown_dependency",
            Self::OwnWork(_) => "own_work",
            Self::Changed(_) => "changed",
            Self::Moved { .. } => "moved",
            Self::NotOpened { .. } => "not_opened",
            Self::RiskNeedsMore { .. } => "risk_needs_more",
            Self::BeyondPreApproval(_) => "beyond_pre_approval",
            Self::Stopped(_) => "stopped",
            Self::TooOld(_) => "too_old",
            Self::IdReused => "id_reused",
        }
    }

    /// Something is missing or out of bounds.
    pub(crate) fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            problem: problem.into(),
        }
    }
}
