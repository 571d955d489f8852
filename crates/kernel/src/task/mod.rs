//! Tasks: atoms of work, from being planned to being paid.
//!
//! A task carries its own hold, lease and instructions, so that taking it, handing it in, reviewing
//! and accepting it touch one row and no shared one.

mod accept;
mod apart;
mod apply;
mod check;
mod claim;
mod command;
mod decide;
mod effects;
mod escalate;
mod event;
mod offer;
mod reassign;
mod review;
mod settle;
pub mod spec;
mod submit;
mod talk;

pub use apart::APART_GROUP_MAX;
pub use check::{check_criteria, check_spec};
pub use command::{Judgment, SignOff, TaskCommand};
pub use decide::decide;
pub(crate) use effects::effects;
pub use event::{Approval, Opening, Reason, Settlement, TaskEvent};
pub use spec::{
    Bounds, CONTEXT_MAX, CRITERIA_MAX, ContextItem, ContextSource, Criterion, DataClass,
    Instructions, Method, Mode, NEEDS_NAMED_MAX, Risk, SPEC_BYTES_MAX, TEXT_BYTES_MAX, TaskSpec,
};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::contributor::Cause;
use crate::digest::Digest;
use crate::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use crate::money::{Amount, Asset};
use crate::time::Timestamp;

/// How many tasks one task may need: each of them is linked to it in one commit, which stays within
/// seconds.
pub const NEEDS_MAX: usize = 10_000;
/// How many tasks may need one task: its acceptance asks something of each.
pub const DEPENDENTS_MAX: usize = 1_500;
/// How many questions one task may have had.
pub const QUESTIONS_MAX: usize = 32;
/// How many reasons there are for what has to change, with those that came later.
pub const REASONS_MAX: usize = 100;
/// How many notes a task keeps for whoever takes over; older ones stay in its history.
pub const NOTES_MAX: usize = 16;
/// How many reviews one submission may get.
pub const REVIEWS_MAX: usize = 16;
/// How many files may be handed in with a submission.
pub const FILES_MAX: usize = 64;

/// Who does a task, as far as it matters for judging it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Performer {
    /// What an agent is built on; nothing for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Who.
    pub id: ContributorId,
    /// Who is paid.
    pub payee: ContributorId,
}

/// An offer to one contributor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its number among the task's offers.
    pub number: u32,
    /// To whom.
    pub to: ContributorId,
    /// Until when it stands.
    pub until: Timestamp,
}

/// A task held by somebody for a bounded time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// What was agreed to be paid for it.
    pub agreed: Amount,
    /// Who holds it.
    pub holder: Performer,
    /// The lease number; it only grows.
    pub number: u64,
    /// Until when, as granted; heartbeats extend it outside of the history.
    pub until: Timestamp,
}

/// How much of a submission was made by an AI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AiUse {
    /// None of it.
    None,
    /// Software that quotes and compares, without a model.
    Tool,
    /// A person used a model.
    Assisted,
    /// A model made it.
    Generated,
}

/// Where a submission came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// How much of it was made by an AI.
    pub ai: AiUse,
    /// The tool or model, with its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_with: Option<String>,
}

/// What was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The digest of its content, which is JSON.
    pub content: Digest,
    /// Files that belong to it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, Digest>,
    /// Where it came from.
    pub provenance: Provenance,
}

/// The result of one automatic check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The criterion.
    pub criterion: String,
    /// What was found, with source passages, as an artefact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
    /// Whether it holds.
    pub passed: bool,
    /// What was found, in a sentence.
    pub summary: String,
}

/// What a reviewer concludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It meets its criteria.
    Accept,
    /// It goes back with reasons.
    RequestChanges,
    /// Somebody else should do it.
    Reject,
    /// Somebody else has to decide.
    Escalate,
}

/// A judgment by another contributor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who.
    pub by: Performer,
    /// What was missed; required at points where a person decides.
    pub gap_note: String,
    /// Criteria that are not met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<String>,
    /// The conclusion.
    pub verdict: Verdict,
}

/// Something that was handed in and is being judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// The lease under which it was.
    pub lease: Lease,
    /// What.
    pub submission: Submission,
    /// When.
    pub at: Timestamp,
    /// How many reviews it needs.
    pub reviews_needed: u8,
    /// What the automatic checks found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// What reviewers found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<Review>,
}

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It waits for other tasks.
    Blocked,
    /// It can be offered and taken.
    Ready,
    /// It is offered to somebody.
    Offered(Offer),
    /// Somebody holds it.
    Leased(Lease),
    /// It was handed in and the automatic checks are due.
    Checking(Box<Handed>),
    /// The checks hold and reviews are due.
    Reviewing(Box<Handed>),
    /// Only a named person's signature is missing.
    Signing(Box<Handed>),
    /// It was accepted and paid.
    Accepted(Box<Handed>, Settlement),
    /// It was given up.
    Failed {
        /// Why.
        reason: String,
    },
    /// It was taken out of the plan.
    Cancelled {
        /// Why.
        reason: String,
    },
}

impl Phase {
    /// Every word that a task is shown and listed by, in the order of a task's life.
    pub const WORDS: [&'static str; 10] = [
        "blocked",
        "ready",
        "offered",
        "leased",
        "checking",
        "reviewing",
        "signing",
        "accepted",
        "failed",
        "cancelled",
    ];

    /// The word that is shown and listed by.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Ready => "ready",
            Self::Offered(_) => "offered",
            Self::Leased(_) => "leased",
            Self::Checking(_) => "checking",
            Self::Reviewing(_) => "reviewing",
            Self::Signing(_) => "signing",
            Self::Accepted(..) => "accepted",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// A question that a holder asked, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who asked.
    pub by: ContributorId,
    /// What.
    pub text: String,
    /// The answer, and who gave it.
    pub answer: Option<(ContributorId, String)>,
}

/// Why a submission went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// How it came about.
    pub cause: Cause,
    /// Who had handed it in.
    pub performer: ContributorId,
    /// What has to change, by criterion.
    pub reasons: Vec<Reason>,
    /// What was handed in.
    pub submission: Submission,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its identifier.
    pub id: TaskId,
    /// The outcome that it belongs to.
    pub outcome: OutcomeId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Who answers for the outcome.
    pub accountable: ContributorId,
    /// Who is asked, one after the other, when it is stuck.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<ContributorId>,
    /// What its money is kept in.
    pub asset: Asset,
    /// What it asks for.
    pub spec: TaskSpec,
    /// One more than the highest rank that it needs.
    pub rank: u32,
    /// The tasks that it still waits for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unmet: BTreeSet<TaskId>,
    /// How many tasks it still waits for, where they are too many to be named: each of them names
    /// it as a dependent, and tells it once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unnamed: u32,
    /// The tasks that wait for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependents: Vec<TaskId>,
    /// How far it is.
    pub phase: Phase,
    /// The number of the latest lease.
    pub lease_number: u64,
    /// The number of the latest offer.
    pub offer_number: u32,
    /// How often it was taken since it was last escalated.
    pub attempts: u8,
    /// How often it was taken in all.
    pub attempts_total: u32,
    /// Contributors that it is not offered to again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub passed_over: BTreeSet<ContributorId>,
    /// Contributors who may not do it: it looks at their work again, or they took another task of
    /// its group.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub apart: BTreeSet<ContributorId>,
    /// The other tasks of its group: nobody does two of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<TaskId>,
    /// Everybody who ever took it, where it is of a group: they are kept apart from the others of it,
    /// also after they gave it back.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub takers: BTreeSet<ContributorId>,
    /// Who has to see to it, and how far up the chain that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated: Option<(u8, ContributorId)>,
    /// Whether routing found nobody who can have it, since it was last ready.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nobody_found: bool,
    /// The draft that a person finishes, in pair mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<(Performer, Submission)>,
    /// Why the last submission went back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
    /// Questions and answers; they outlive the lease.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// Notes for whoever takes over; they outlive the lease.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Digest>,
}

impl Task {
    /// What a check sent back, as long as nobody said what else has to change and it was not handed in again: nothing
    /// where a person sent it back, or nothing did.
    pub fn went_back_by_itself(&self) -> Option<&Returned> {
        let is_open = matches!(
            self.phase,
            Phase::Ready | Phase::Offered(_) | Phase::Leased(_)
        );
        let criteria = &self.spec.instructions.criteria;
        let is_checks = |reason: &Reason| {
            criteria
                .iter()
                .any(|it| it.key == reason.criterion && it.method.is_automatic())
        };
        let returned = self.returned.as_ref().filter(|_| is_open);
        returned.filter(|it| it.reasons.iter().all(is_checks))
    }

    /// Whether it was accepted.
    pub const fn is_accepted(&self) -> bool {
        matches!(self.phase, Phase::Accepted(..))
    }

    /// Whether its money has been settled, in whatever way.
    pub const fn is_settled(&self) -> bool {
        matches!(
            self.phase,
            Phase::Accepted(..) | Phase::Failed { .. } | Phase::Cancelled { .. }
        )
    }

    /// What was handed in and not sent back, with what was found about it.
    pub const fn handed(&self) -> Option<&Handed> {
        match &self.phase {
            Phase::Checking(handed)
            | Phase::Reviewing(handed)
            | Phase::Signing(handed)
            | Phase::Accepted(handed, _) => Some(handed),
            Phase::Blocked
            | Phase::Ready
            | Phase::Offered(_)
            | Phase::Leased(_)
            | Phase::Failed { .. }
            | Phase::Cancelled { .. } => None,
        }
    }

    /// Who made what was handed in: who held the task and, in pair mode, who drafted it.
    pub fn makers(&self) -> Vec<ContributorId> {
        let holder = self.handed().map(|handed| handed.lease.holder.id);
        let drafter = self.draft.as_ref().map(|(drafter, _)| drafter.id);
        drafter.into_iter().chain(holder).collect()
    }

    /// Whether it waits for this task, as far as it knows.
    /// Whether whoever answers for it can sign what was handed in: it is judged by enough, or lacks a
    /// judgment that they can give themselves.
    pub fn is_to_be_signed(&self) -> bool {
        match &self.phase {
            Phase::Signing(_) => true,
            Phase::Reviewing(handed) => {
                let who = self.accountable;
                let has_judged = handed.reviews.iter().any(|review| review.by.id == who);
                !self.makers().contains(&who) && !has_judged && handed.lacks_one_review()
            }
            Phase::Blocked
            | Phase::Ready
            | Phase::Offered(_)
            | Phase::Leased(_)
            | Phase::Checking(_)
            | Phase::Accepted(..)
            | Phase::Failed { .. }
            | Phase::Cancelled { .. } => false,
        }
    }

    pub(crate) fn waits_for(&self, dependency: TaskId) -> bool {
        self.unnamed > 0 || self.unmet.contains(&dependency)
    }

    /// The criteria that software alone can judge.
    pub fn automatic_criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.spec
            .instructions
            .criteria
            .iter()
            .filter(|criterion| criterion.method.is_automatic())
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Handed {
    /// Whether the reviews suffice: enough of them accept, and an agent's work is not judged only
    /// by agents of its own family.
    pub fn is_reviewed(&self) -> bool {
        let enough = self.accepting().count() >= usize::from(self.reviews_needed);
        let other_family =
            self.accepting().any(
                |review| match (&review.by.family, &self.lease.holder.family) {
                    (Some(reviewer), Some(performer)) => reviewer != performer,
                    (None, _) | (_, None) => true,
                },
            );
        self.reviews_needed == 0 || (enough && other_family)
    }

    /// Whether the reviews suffice once one more person accepts it.
    fn lacks_one_review(&self) -> bool {
        self.accepting().count() + 1 >= usize::from(self.reviews_needed)
    }

    fn accepting(&self) -> impl Iterator<Item = &Review> {
        let reviews = self.reviews.iter();
        reviews.filter(|review| review.verdict == Verdict::Accept)
    }
}
