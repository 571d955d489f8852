//! Outcomes: the results that are wanted, the money for them, and who answers for them.
//!
//! An outcome's own row holds counts and sums, never its list of tasks, so that an outcome with
//! 100,000 tasks is as quick as one with ten.

mod apply;
mod close;
mod decide;
mod effects;
mod plan;
mod resume;

pub use decide::decide;
pub(crate) use decide::is_suspended;
pub(crate) use effects::effects;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use crate::money::{Amount, Asset};
use crate::rejection::Rejection;
use crate::stream::StreamId;
use crate::task::{Criterion, Risk, TaskSpec};
use crate::time::Timestamp;

/// How many tasks an outcome may have: ten times what the largest known folder needs.
pub const TASKS_MAX: u32 = 1_000_000;
/// How many tasks one change of a plan may add, so that its commit stays short.
pub const PLAN_CHANGE_MAX: usize = 200;
/// How many funders an outcome may have; closing it refunds them all at once.
pub const FUNDERS_MAX: usize = 64;
/// How many pre-approvals may have been given for one outcome.
pub const PRE_APPROVALS_MAX: usize = 64;
/// How many tasks one step of a cancellation, a resumption or a release reaches.
pub const FAN_OUT_PAGE: usize = 100;

/// What was expected before work started, to be compared with what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// What the result is said to be worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_value: Option<Amount>,
    /// How sure the accountable person is, in percent.
    pub confidence_percent: u8,
    /// What it is expected to cost.
    pub estimate: Amount,
    /// How many minutes of people's attention it is expected to take.
    pub minutes: u32,
}

/// The playbook that a plan was made from; a running outcome keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookRef {
    /// The digest of its text.
    pub digest: Digest,
    /// The digest of the inputs that it was given.
    pub inputs: Digest,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What is wanted, as its owner states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// Who answers for it.
    pub accountable: ContributorId,
    /// What its money is kept in.
    pub asset: Asset,
    /// What was expected before work started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// When it is done.
    pub criteria: Vec<Criterion>,
    /// By when it is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Who is asked, one after the other, when work is stuck; the accountable person is always
    /// the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<ContributorId>,
    /// Why it matters.
    pub narrative: String,
    /// What is wanted.
    pub objective: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The playbook that its plan is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<PlaybookRef>,
    /// What people call it.
    pub title: String,
}

/// A sign-off given in advance: what fits it is accepted, and the record says that it was signed in
/// advance and not opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreApproval {
    /// The most that one task may be paid.
    pub amount_max: Amount,
    /// After this moment nothing fits it.
    pub expires_at: Timestamp,
    /// Whether it covers points of the plan where a person decides.
    pub gates: bool,
    /// What it was given for.
    pub reason: String,
    /// The highest risk that it covers.
    pub risk_max: Risk,
    /// The digest of the file that it was given in, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Digest>,
}

/// The decision that ends an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// The digests of what was opened.
    pub opened: Vec<Digest>,
    /// Why it is signed.
    pub reason: String,
    /// What the person recommends, in their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<String>,
    /// What the signature covers, and what it does not.
    pub scope: String,
}

/// How far an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is being planned and funded.
    Planned,
    /// Its tasks are done.
    Running,
    /// Nothing new is taken until it goes on.
    Paused,
    /// It was cancelled and collects what is still held.
    Cancelling,
    /// It was delivered: signed, and its escrow is zero.
    Delivered,
    /// It was cancelled, and its escrow is zero.
    Cancelled,
}

impl Phase {
    /// The word that is shown and listed by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelling => "cancelling",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The money of an outcome. At every moment
/// `funded = available + held + paid + fees + taxes + refunded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Purse {
    /// In escrow and not reserved.
    pub available: Amount,
    /// Taken as fees.
    pub fees: Amount,
    /// Received from funders.
    pub funded: Amount,
    /// Reserved for tasks.
    pub held: Amount,
    /// Owed to contributors for accepted work.
    pub paid: Amount,
    /// Given back to funders.
    pub refunded: Amount,
    /// Taken as taxes.
    pub taxes: Amount,
}

/// How many tasks there are, and what they weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Tasks accepted.
    pub accepted: u32,
    /// Their weight.
    pub accepted_weight: u64,
    /// Tasks that were cancelled or failed.
    pub dropped: u32,
    /// Tasks that are not settled.
    pub open: u32,
    /// The weight of all tasks that were not dropped.
    pub weight: u64,
}

/// An outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its identifier.
    pub id: OutcomeId,
    /// What is wanted.
    pub charter: Charter,
    /// How far it is.
    pub phase: Phase,
    /// How often its plan was changed.
    pub plan_version: u32,
    /// How many tasks that were not dropped serve each criterion; one that nothing serves is gone.
    pub served: BTreeMap<String, u32>,
    /// Its money.
    pub purse: Purse,
    /// Who gave how much.
    pub funders: BTreeMap<OrganisationId, Amount>,
    /// Sign-offs given in advance, by number; a revoked one is gone.
    pub pre_approvals: BTreeMap<u32, PreApproval>,
    /// The number of the latest pre-approval.
    pub pre_approvals_given: u32,
    /// Its tasks, counted.
    pub progress: Progress,
    /// Whether its deadline passed.
    pub overdue: bool,
    /// How it was signed.
    pub conclusion: Option<Conclusion>,
}

/// What is asked of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeCommand {
    /// States it.
    Create(Box<Charter>),
    /// Takes in what an organisation gave.
    ReceiveFunds {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// Who.
        funder: OrganisationId,
    },
    /// Signs in advance, within limits.
    PreApprove(Box<PreApproval>),
    /// Takes a signature in advance back, for what is not accepted yet.
    RevokePreApproval {
        /// Which.
        number: u32,
        /// Why.
        reason: String,
    },
    /// Adds tasks to the plan and takes tasks out of it, with all their money at once.
    ChangePlan {
        /// Tasks to add, each after those that it needs.
        add: Vec<TaskSpec>,
        /// Tasks to take out.
        drop: Vec<TaskId>,
        /// Why.
        reason: String,
    },
    /// Begins the work: from now on tasks may be taken.
    Start,
    /// Holds everything.
    Pause {
        /// Why.
        reason: String,
    },
    /// Goes on.
    Resume {
        /// Why.
        reason: String,
    },
    /// Gives it up: what is held goes back.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Reaches the next tasks of a cancelled outcome.
    SpreadCancellation {
        /// Those after this one.
        after: Option<TaskId>,
    },
    /// Reaches the next tasks of an outcome that goes on, which only lack a signature.
    SpreadResumption {
        /// Those after this one.
        after: Option<TaskId>,
    },
    /// Takes in how a task was settled.
    SettleTask(Settled),
    /// Notes that the deadline has passed.
    NoteOverdue,
    /// Signs the result and closes.
    SignOff(Conclusion),
    /// Closes under a signature given in advance that covers it.
    CloseInAdvance {
        /// Which.
        number: u32,
    },
}

/// How a task was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Whether it was accepted.
    pub accepted: bool,
    /// The fee.
    pub fee: Amount,
    /// What its contributor is owed.
    pub paid: Amount,
    /// What went back to the outcome.
    pub released: Amount,
    /// Which.
    pub task: TaskId,
    /// The tax.
    pub tax: Amount,
    /// The criteria of the outcome that it does not serve any more; none where it was accepted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unserved: BTreeSet<String>,
    /// Its share of the outcome.
    pub weight: u32,
}

/// What happened to an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeEvent {
    /// It was stated.
    Created(Box<Charter>),
    /// Money came in.
    Funded {
        /// How much.
        amount: Amount,
        /// From whom.
        funder: OrganisationId,
    },
    /// A signature was given in advance.
    PreApproved {
        /// Its number.
        number: u32,
        /// Its limits.
        terms: Box<PreApproval>,
    },
    /// A signature given in advance was taken back.
    PreApprovalRevoked {
        /// Its number.
        number: u32,
        /// Why.
        reason: String,
    },
    /// The plan changed.
    PlanChanged {
        /// How many tasks came in.
        added: u32,
        /// The tasks that go.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<TaskId>,
        /// What was reserved for the tasks that came in.
        held: Amount,
        /// The plan's version after it.
        plan: u32,
        /// Why.
        reason: String,
        /// The criteria that the tasks that came in serve, and how many serve each.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        serves: BTreeMap<String, u32>,
        /// The weight of the tasks that came in.
        #[serde(with = "crate::text_number")]
        weight: u64,
    },
    /// Work began.
    Started {},
    /// Everything is held.
    Paused {
        /// Why.
        reason: String,
    },
    /// It goes on.
    Resumed {
        /// Why.
        reason: String,
    },
    /// It was given up.
    CancelRequested {
        /// Why.
        reason: String,
    },
    /// The next tasks of a cancelled outcome were reached.
    CancellationSpread {
        /// Whether there are more.
        more: bool,
        /// Which.
        tasks: Vec<TaskId>,
    },
    /// The next tasks of an outcome that goes on were reached: each looks again for a signature in
    /// advance.
    ResumptionSpread {
        /// Whether there are more.
        more: bool,
        /// Which.
        tasks: Vec<TaskId>,
    },
    /// A task was settled.
    TaskSettled(Settled),
    /// The deadline passed.
    BecameOverdue {},
    /// The result was signed.
    SignedOff {
        /// The person.
        by: ContributorId,
        /// What was signed, and why.
        conclusion: Conclusion,
        /// The number of the signature given in advance, where it was one: not opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_advance: Option<u32>,
    },
    /// It is over, and its escrow is zero.
    Closed {
        /// Whether the result was delivered.
        delivered: bool,
        /// What went back, by funder.
        refunds: BTreeMap<OrganisationId, Amount>,
    },
}

impl OutcomeEvent {
    /// Whether others, who rely on the outcome as it was, have to look again.
    pub const fn moves_fence(&self) -> bool {
        match self {
            Self::Created(_)
            | Self::PreApproved { .. }
            | Self::PreApprovalRevoked { .. }
            | Self::Started {}
            | Self::Paused { .. }
            | Self::Resumed { .. }
            | Self::CancelRequested { .. }
            | Self::SignedOff { .. }
            | Self::Closed { .. } => true,
            Self::Funded { .. }
            | Self::PlanChanged { .. }
            | Self::CancellationSpread { .. }
            | Self::ResumptionSpread { .. }
            | Self::TaskSettled(_)
            | Self::BecameOverdue {} => false,
        }
    }
}

impl Outcome {
    /// The pre-approval, and its number, that covers paying `amount` for work of this risk now.
    pub fn pre_approval_for(
        &self,
        amount: Amount,
        risk: Risk,
        gate: bool,
        now: Timestamp,
    ) -> Option<(u32, &PreApproval)> {
        self.pre_approvals
            .iter()
            .map(|(number, terms)| (*number, terms))
            .find(|(_, terms)| {
                amount <= terms.amount_max
                    && risk <= terms.risk_max
                    && (terms.gates || !gate)
                    && now <= terms.expires_at
            })
    }

    pub(crate) fn wrong_phase(&self, needed: &'static str) -> Rejection {
        Rejection::WrongPhase {
            stream: StreamId::Outcome(self.id),
            is: self.phase.as_str(),
            needed,
        }
    }
}
