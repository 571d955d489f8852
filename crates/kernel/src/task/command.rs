//! What may be asked of a task.

use serde::{Deserialize, Serialize};

use super::{Check, Reason, Submission, Verdict};
use crate::contributor::Cause;
use crate::digest::Digest;
use crate::id::{ContributorId, TaskId};
use crate::routing::Decision;
use crate::time::Timestamp;

/// What is asked of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskCommand {
    /// A task that it waits for was accepted.
    MeetDependency {
        /// Who did it: in pair mode both.
        by: Vec<ContributorId>,
        /// Which.
        dependency: TaskId,
    },
    /// A task that it waits for will never be accepted.
    LoseDependency {
        /// Which.
        dependency: TaskId,
    },
    /// Offers it to whom routing decided on.
    Offer(Box<Decision>),
    /// Nobody can have it, as routing found.
    ReportNobody(Box<Decision>),
    /// Takes it.
    Claim,
    /// Turns an offer down; that has no consequence for who does.
    Decline,
    /// The offer with this number was not answered in time.
    LapseOffer {
        /// Which.
        number: u32,
    },
    /// Somebody took another task of its group.
    KeepApart {
        /// Who.
        from: ContributorId,
        /// Which.
        other: TaskId,
    },
    /// The lease with this number ran out.
    Expire {
        /// Which.
        lease: u64,
    },
    /// Gives it back, for somebody else to take over.
    Release {
        /// Which lease.
        lease: u64,
        /// What the next one should know.
        note: String,
    },
    /// Asks something about it.
    Ask {
        /// Which lease.
        lease: u64,
        /// What.
        text: String,
    },
    /// Answers a question.
    Answer {
        /// Its place among the questions, from 0.
        question: u32,
        /// The answer.
        text: String,
    },
    /// Keeps a draft or a note.
    Note {
        /// Which lease.
        lease: u64,
        /// The artefact.
        note: Digest,
    },
    /// Hands it in.
    Submit {
        /// Which lease.
        lease: u64,
        /// What.
        submission: Submission,
    },
    /// Records what the automatic checks found.
    RecordChecks {
        /// What they found.
        checks: Vec<Check>,
        /// Which lease.
        lease: u64,
    },
    /// Judges what was handed in.
    Review(Box<Judgment>),
    /// Signs and accepts it.
    SignOff(Box<SignOff>),
    /// Accepts it under a signature given in advance that covers it.
    AcceptInAdvance {
        /// Which lease.
        lease: u64,
    },
    /// Looks again for a signature in advance, now that nothing is stopped any more.
    Reconsider,
    /// Sends it back instead of signing it.
    RequestChanges {
        /// How it came about.
        cause: Cause,
        /// Which lease.
        lease: u64,
        /// What has to change.
        reasons: Vec<Reason>,
    },
    /// Says what else has to change, after it went back and before it is handed in again.
    AddChanges {
        /// What has to change.
        reasons: Vec<Reason>,
    },
    /// Nobody took it, judged it or decided about it in time.
    EscalateOverdue {
        /// The number of the latest lease.
        lease: u64,
    },
    /// Gives whose turn it is more time.
    Extend {
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// Takes it from whoever has it, and has it done by somebody else.
    Reassign {
        /// Why.
        reason: String,
        /// By whom; by anybody who can have it, where nobody is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<ContributorId>,
    },
    /// Gives it up.
    Fail {
        /// How it came about, where it is about who holds it or has handed it in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Cause>,
        /// Why.
        reason: String,
    },
    /// Takes it out of the plan.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// A review, as a reviewer gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgment {
    /// How a shortcoming came about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What was missed.
    pub gap_note: String,
    /// The lease whose submission is judged.
    pub lease: u64,
    /// What has to change, by criterion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// What was looked at.
    pub submission: Digest,
    /// The conclusion.
    pub verdict: Verdict,
}

/// A sign-off, as the accountable person gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The lease whose submission is signed.
    pub lease: u64,
    /// The digests of what was opened.
    pub opened: Vec<Digest>,
    /// Why it is signed.
    pub reason: String,
    /// What is signed.
    pub submission: Digest,
    /// Criteria that are not met and not paid for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<String>,
}
