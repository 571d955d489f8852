//! Signing: a result by its accountable person, and in the end the outcome itself.

use consort_engine::Engine;
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::Cause;
use consort_kernel::id::ContributorId;
use consort_kernel::network::Policy;
use consort_kernel::outcome::{Conclusion, OutcomeCommand};
use consort_kernel::task::{
    Approval, Handed, Judgment, Reason, SignOff, Task, TaskCommand, Verdict,
};

use crate::deliver::{accepted, digests, handed, has_brief, is_brief};
use crate::{Case, DeskError};

/// What a signature on a brief covers.
const SCOPE_BRIEF: &str = "That the quoted passages stand in the sources as shown, and that the brief may \
be used to decide. Not covered: whether the sources are right.";
/// What a signature on any other result covers.
const SCOPE: &str = "That the result was looked at, does what was asked, and may be used for that. Not \
covered: whether what it rests on is right.";

/// What a signer says of a result that somebody else made.
const FOUND_FIT: &str = "opened, as the signer says, and found fit for its use";

/// What a signature on a task's result covers.
pub fn scope(case: &Case<'_>, task: &Task) -> Result<&'static str, DeskError> {
    Ok(if is_brief(case, task)? {
        SCOPE_BRIEF
    } else {
        SCOPE
    })
}

/// What a signature on the whole outcome covers.
pub fn scope_of_all(case: &Case<'_>) -> Result<&'static str, DeskError> {
    Ok(if has_brief(case)? { SCOPE_BRIEF } else { SCOPE })
}

/// How an accepted task was signed.
pub fn how(handed: &Handed, approval: &Approval) -> &'static str {
    match approval {
        approval if handed.lease.holder.id == approval.by() => "decided by the signer in person",
        Approval::InAdvance { .. } => "signed in advance, not opened",
        Approval::SignedOff { .. } => "opened and signed",
    }
}

/// What a signature asks for: the judgment, where its giver says what the result misses and has not
/// judged it yet, and the sign-off that accepts and pays it. Where the policy wants a signer who is not one
/// of the reviewers, what it misses stands in the sign-off.
pub fn acceptance(
    person: ContributorId,
    task: &Task,
    lease: u64,
    gap_note: Option<String>,
    policy: &Policy,
) -> Result<Vec<TaskCommand>, DeskError> {
    let handed = handed(task)?;
    let is_apart = policy.review_rule(task.spec.risk).separate_signer;
    let submission = handed.submission.content;
    let has_reviewed = handed.reviews.iter().any(|it| it.by.id == person);
    let reason = match &gap_note {
        _ if handed.lease.holder.id == person => "decided by the signer in person".to_owned(),
        Some(missed) if is_apart => format!("{FOUND_FIT}; what it misses: {missed}"),
        _ => FOUND_FIT.to_owned(),
    };
    let judgment = gap_note
        .filter(|_| !has_reviewed && !is_apart)
        .map(|gap_note| {
            TaskCommand::Review(Box::new(Judgment {
                cause: None,
                gap_note,
                lease,
                reasons: Vec::new(),
                submission,
                verdict: Verdict::Accept,
            }))
        });
    let sign = TaskCommand::SignOff(Box::new(SignOff {
        lease,
        opened: digests(handed),
        reason,
        submission,
        unmet: Vec::new(),
    }));
    Ok(judgment.into_iter().chain([sign]).collect())
}

/// Carries out what a signature asks for.
pub fn accept(
    engine: &Engine,
    person: ContributorId,
    task: &Task,
    gap_note: Option<String>,
) -> Result<(), DeskError> {
    let lease = handed(task)?.lease.number;
    for command in acceptance(person, task, lease, gap_note, &engine.policy()?)? {
        engine.execute(Principal::Contributor(person), Body::Task(task.id, command))?;
    }
    Ok(())
}

/// What sends a result back, with what has to change and how it came about.
pub fn returning(
    task: &Task,
    cause: Cause,
    reasons: Vec<Reason>,
) -> Result<TaskCommand, DeskError> {
    Ok(TaskCommand::RequestChanges {
        cause,
        lease: handed(task)?.lease.number,
        reasons,
    })
}

/// Sends a result back, with what has to change and how it came about.
pub fn send_back(
    engine: &Engine,
    person: ContributorId,
    task: &Task,
    cause: Cause,
    reasons: Vec<Reason>,
) -> Result<(), DeskError> {
    let command = returning(task, cause, reasons)?;
    let person = Principal::Contributor(person);
    engine.execute(person, Body::Task(task.id, command))?;
    Ok(())
}

/// The criterion that a remark without one is about: the first that a person judges.
pub fn criterion_of_remarks(task: &Task) -> Option<&str> {
    let criteria = &task.spec.instructions.criteria;
    let judged = criteria.iter().find(|it| !it.method.is_automatic());
    judged.or(criteria.first()).map(|it| it.key.as_str())
}

/// What signs the outcome, which closes it.
pub fn conclusion(
    case: &Case<'_>,
    recommendation: Option<String>,
) -> Result<OutcomeCommand, DeskError> {
    let tasks = accepted(case)?;
    let opened = tasks.iter().filter_map(Task::handed).flat_map(digests);
    Ok(OutcomeCommand::SignOff(Conclusion {
        opened: opened.collect(),
        recommendation,
        reason: "opened, as the signer says, and found fit for their use".to_owned(),
        scope: scope_of_all(case)?.to_owned(),
    }))
}

/// Signs the outcome, which closes it.
pub fn conclude(case: &Case<'_>, recommendation: Option<String>) -> Result<(), DeskError> {
    let sign = conclusion(case, recommendation)?;
    let person = Principal::Contributor(case.outcome()?.charter.accountable);
    case.engine.execute(person, Body::Outcome(case.id, sign))?;
    Ok(())
}

/// Closes the outcome under a signature that was given in advance.
pub fn conclude_in_advance(case: &Case<'_>) -> Result<(), DeskError> {
    let outcome = case.outcome()?;
    let covering = outcome.pre_approvals.iter().find(|(_, terms)| terms.gates);
    let (number, _) = covering.ok_or(DeskError::NotCovered(case.id))?;
    let close = OutcomeCommand::CloseInAdvance { number: *number };
    case.engine
        .execute(Principal::Engine, Body::Outcome(case.id, close))?;
    Ok(())
}
