//! What happens to a task.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Check, Performer, Review, Submission, TaskSpec};
use crate::contributor::Cause;
use crate::digest::Digest;
use crate::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use crate::money::{Amount, Asset};
use crate::routing::Decision;
use crate::time::Timestamp;

/// A task as it comes into a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Who answers for the outcome.
    pub accountable: ContributorId,
    /// Contributors who may not do it, because it looks at their work again or is compared with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<ContributorId>,
    /// What its money is kept in.
    pub asset: Asset,
    /// Who is asked when it is stuck.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<ContributorId>,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The outcome.
    pub outcome: OutcomeId,
    /// The other tasks of its group: nobody does two of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<TaskId>,
    /// One more than the highest rank that it needs.
    pub rank: u32,
    /// What it asks for; its price is reserved.
    pub spec: TaskSpec,
    /// The tasks that it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<TaskId>,
    /// How many tasks it waits for, where they are too many to be named here.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub unnamed: u32,
}

/// A reason tied to a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The criterion.
    pub criterion: String,
    /// What has to change.
    pub text: String,
}

/// Under whose signature something was accepted: there is no third case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// A named person had signed in advance, within limits, and has not opened it.
    InAdvance {
        /// Who.
        by: ContributorId,
        /// The number of the pre-approval.
        number: u32,
        /// Whether the signer is also one of its reviewers.
        reviewed_it_too: bool,
    },
    /// A named person opened it and signed.
    SignedOff {
        /// Who.
        by: ContributorId,
        /// What was opened.
        opened: Vec<Digest>,
        /// Why.
        reason: String,
        /// Whether the signer is also one of its reviewers.
        reviewed_it_too: bool,
    },
}

impl TaskEvent {
    /// Whether others, who rely on the task as it was, have to look again: who takes a task of a
    /// group may not take another one.
    pub const fn moves_fence(&self) -> bool {
        match self {
            Self::Opened(_) => true,
            Self::Claimed { apart_from, .. } => !apart_from.is_empty(),
            Self::DependentLinked { .. }
            | Self::DependencyMet { .. }
            | Self::Offered { .. }
            | Self::NobodyFound { .. }
            | Self::Declined { .. }
            | Self::OfferLapsed { .. }
            | Self::KeptApart { .. }
            | Self::LeaseExpired { .. }
            | Self::Released { .. }
            | Self::Asked { .. }
            | Self::Answered { .. }
            | Self::Noted { .. }
            | Self::Drafted { .. }
            | Self::Submitted { .. }
            | Self::Checked { .. }
            | Self::Reviewed { .. }
            | Self::ChangesRequested { .. }
            | Self::ChangesAdded { .. }
            | Self::Escalated { .. }
            | Self::Extended { .. }
            | Self::Reassigned { .. }
            | Self::Accepted { .. }
            | Self::Failed { .. }
            | Self::Cancelled { .. } => false,
        }
    }
}

impl Approval {
    /// The named person.
    pub const fn by(&self) -> ContributorId {
        match self {
            Self::InAdvance { by, .. } | Self::SignedOff { by, .. } => *by,
        }
    }
}

/// The lines of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Under whose signature.
    pub approval: Approval,
    /// The network's fee.
    pub fee: Amount,
    /// The share of the criteria that are met, in millionths.
    pub met_ppm: u32,
    /// What its contributor is owed: the whole less fee and tax.
    pub net: Amount,
    /// What of the hold goes back to the outcome.
    pub released: Amount,
    /// The tax.
    pub tax: Amount,
    /// Criteria that are not met and not paid for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unmet: BTreeSet<String>,
}

/// What happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskEvent {
    /// It came into the plan, and its price was reserved.
    Opened(Box<Opening>),
    /// Another task waits for it.
    DependentLinked {
        /// Which.
        dependent: TaskId,
    },
    /// A task that it waited for was accepted.
    DependencyMet {
        /// Who did it, where they may not do this one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        by: Vec<ContributorId>,
        /// Which.
        dependency: TaskId,
    },
    /// It was offered.
    Offered {
        /// How it was decided to whom.
        decision: Box<Decision>,
        /// The offer's number.
        number: u32,
        /// To whom.
        to: ContributorId,
        /// Until when.
        until: Timestamp,
    },
    /// Nobody can have it, as things are.
    NobodyFound {
        /// Who was looked at, and why they were left out.
        decision: Box<Decision>,
        /// By when somebody has to be found; then it is escalated.
        due: Timestamp,
    },
    /// The offer was turned down.
    Declined {
        /// By whom.
        by: ContributorId,
        /// Which offer.
        number: u32,
    },
    /// The offer was not answered in time.
    OfferLapsed {
        /// Which.
        number: u32,
    },
    /// It was taken.
    Claimed {
        /// What was agreed to be paid.
        agreed: Amount,
        /// The other tasks of its group, which its holder is kept apart from now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        apart_from: Vec<TaskId>,
        /// Who holds it.
        holder: Performer,
        /// The lease number.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// Until when.
        until: Timestamp,
    },
    /// Somebody took another task of its group, and may not do this one.
    KeptApart {
        /// Who.
        from: ContributorId,
        /// Which they took.
        other: TaskId,
    },
    /// The lease ran out.
    LeaseExpired {
        /// How it came about.
        cause: Cause,
        /// Who held it.
        holder: ContributorId,
        /// Which.
        #[serde(with = "crate::text_number")]
        lease: u64,
    },
    /// It was given back.
    Released {
        /// Which lease.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// What the next one should know.
        note: String,
    },
    /// Something was asked.
    Asked {
        /// By whom.
        by: ContributorId,
        /// What.
        text: String,
    },
    /// A question was answered.
    Answered {
        /// By whom.
        by: ContributorId,
        /// Its place among the questions.
        question: u32,
        /// The answer.
        text: String,
    },
    /// A draft or a note was kept.
    Noted {
        /// By whom.
        by: ContributorId,
        /// The artefact.
        note: Digest,
    },
    /// An agent's draft was handed in, for a person to finish.
    Drafted {
        /// Which lease.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// The draft.
        submission: Submission,
    },
    /// It was handed in.
    Submitted {
        /// Which lease.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// By when it should be judged.
        review_due: Timestamp,
        /// How many reviews it needs.
        reviews_needed: u8,
        /// What was handed in.
        submission: Submission,
    },
    /// The automatic checks were made.
    Checked {
        /// What they found.
        checks: Vec<Check>,
        /// Which lease.
        #[serde(with = "crate::text_number")]
        lease: u64,
    },
    /// It was judged.
    Reviewed {
        /// Which lease.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// The judgment.
        review: Review,
    },
    /// It went back, with reasons.
    ChangesRequested {
        /// Who decided; nobody where a check alone did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ContributorId>,
        /// How it came about.
        cause: Cause,
        /// Which lease.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// What has to change.
        reasons: Vec<Reason>,
        /// Whether somebody else should do it.
        to_another: bool,
    },
    /// Somebody said what else has to change, after it went back.
    ChangesAdded {
        /// Who.
        by: ContributorId,
        /// What has to change.
        reasons: Vec<Reason>,
    },
    /// Somebody else has to see to it.
    Escalated {
        /// By when.
        due: Timestamp,
        /// How far up the chain.
        step: u8,
        /// To whom.
        to: ContributorId,
        /// Why.
        why: String,
    },
    /// Whose turn it is has more time.
    Extended {
        /// Who decided.
        by: ContributorId,
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// It was taken from whoever had it, to be done by somebody else.
    Reassigned {
        /// Who decided.
        by: ContributorId,
        /// Why.
        reason: String,
        /// By whom; by anybody who can have it, where nobody is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<ContributorId>,
    },
    /// It was accepted and is paid.
    Accepted {
        /// Which lease.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// The lines of the payment.
        settlement: Settlement,
    },
    /// It was given up; what was reserved goes back.
    Failed {
        /// By whom.
        by: ContributorId,
        /// Whose doing it was, and how it came about, where somebody held it or had handed it in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        performer: Option<(ContributorId, Cause)>,
        /// Why.
        reason: String,
    },
    /// It was taken out of the plan; what was reserved goes back.
    Cancelled {
        /// Why.
        reason: String,
    },
}
