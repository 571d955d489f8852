//! Judging: automatic checks, reviews by other contributors, and sending work back with reasons.

use super::claim::{agents_stopped, performer};
use super::decide::{Events, stale, wrong_phase};
use super::escalate::{after_going_back, decider, escalate};
use super::{
    Check, Handed, Judgment, Phase, REASONS_MAX, REVIEWS_MAX, Reason, Review, Task, TaskEvent,
    Verdict,
};
use crate::command::Context;
use crate::contributor::{Cause, Contributor};
use crate::rejection::Rejection;
use crate::routing::Exclusion;
use crate::state::Rows;
use crate::stream::StreamId;

/// Records what the automatic checks found. One that fails sends the work back by itself; none
/// that holds accepts it by itself.
pub(super) fn record_checks(
    task: &Task,
    checks: &[Check],
    lease: u64,
    context: &Context<'_>,
) -> Events {
    context.engine_only()?;
    let handed = under_judgment(task, lease)?;
    if !handed.checks.is_empty() {
        return Ok(Vec::new());
    }
    let due: Vec<&str> = task
        .automatic_criteria()
        .map(|it| it.key.as_str())
        .collect();
    let made: Vec<&str> = checks
        .iter()
        .map(|check| check.criterion.as_str())
        .collect();
    if due != made {
        return Err(Rejection::invalid(
            "checks",
            format!(
                "the checks of {} are expected, in this order",
                due.join(", ")
            ),
        ));
    }
    let mut events = vec![TaskEvent::Checked {
        checks: checks.to_vec(),
        lease,
    }];
    let reasons: Vec<Reason> = checks
        .iter()
        .filter(|check| !check.passed)
        .map(|check| Reason {
            criterion: check.criterion.clone(),
            text: check.summary.clone(),
        })
        .collect();
    if !reasons.is_empty() {
        let cause = Cause::Capability;
        let to_another = false;
        events.push(TaskEvent::ChangesRequested {
            by: None,
            cause,
            lease,
            reasons,
            to_another,
        });
        events.extend(after_going_back(task, "its checks failed", context));
    }
    Ok(events)
}

/// Judges what was handed in.
pub(super) fn review(
    rows: &dyn Rows,
    task: &Task,
    judgment: &Judgment,
    context: &Context<'_>,
) -> Events {
    let handed = under_judgment(task, judgment.lease)?;
    if matches!(task.phase, Phase::Checking(_)) {
        return Err(wrong_phase(task, "checked"));
    }
    let by = reviewer(rows, task, handed, context)?;
    if handed.submission.content != judgment.submission {
        return Err(Rejection::Changed(task.id));
    }
    if handed.reviews.len() >= REVIEWS_MAX {
        return Err(Rejection::LimitReached {
            what: "reviews",
            limit: REVIEWS_MAX,
        });
    }
    if handed.reviews.iter().any(|review| review.by.id == by.id) {
        return Err(Rejection::invalid(
            "review",
            "you have reviewed this submission already",
        ));
    }
    crate::text::bounded("gap_note", &judgment.gap_note)?;
    if task.spec.gate {
        crate::text::required("gap_note", &judgment.gap_note)?;
    }
    check_reasons(task, &judgment.reasons)?;
    let unmet: Vec<String> = judgment
        .reasons
        .iter()
        .map(|reason| reason.criterion.clone())
        .collect();
    let sends_back = matches!(judgment.verdict, Verdict::RequestChanges | Verdict::Reject);
    if sends_back && unmet.is_empty() {
        return Err(Rejection::invalid(
            "reasons",
            "work goes back with a reason for a criterion",
        ));
    }
    let lease = judgment.lease;
    let review = Review {
        by: performer(by),
        gap_note: judgment.gap_note.trim().to_owned(),
        unmet,
        verdict: judgment.verdict,
    };
    let mut events = vec![TaskEvent::Reviewed { lease, review }];
    if sends_back {
        events.push(TaskEvent::ChangesRequested {
            by: Some(by.id),
            cause: judgment.cause.unwrap_or(Cause::Capability),
            lease,
            reasons: judgment.reasons.clone(),
            to_another: judgment.verdict == Verdict::Reject,
        });
    }
    if sends_back {
        events.extend(after_going_back(task, "a reviewer sent it back", context));
    }
    if judgment.verdict == Verdict::Escalate {
        events.push(escalate(task, "a reviewer asks for a decision", context));
    }
    Ok(events)
}

/// Sends the work back instead of signing it.
pub(super) fn request_changes(
    task: &Task,
    lease: u64,
    cause: Cause,
    reasons: &[Reason],
    context: &Context<'_>,
) -> Events {
    under_judgment(task, lease)?;
    let by = context.contributor()?;
    if by != task.accountable {
        return Err(Rejection::NotAllowed {
            who: by.to_string(),
            why: "the accountable person sends work back; reviewers give a verdict",
        });
    }
    check_reasons(task, reasons)?;
    if reasons.is_empty() {
        return Err(Rejection::invalid(
            "reasons",
            "work goes back with a reason for a criterion",
        ));
    }
    let mut events = vec![TaskEvent::ChangesRequested {
        by: Some(by),
        cause,
        lease,
        reasons: reasons.to_vec(),
        to_another: false,
    }];
    events.extend(after_going_back(task, "it was sent back", context));
    Ok(events)
}

/// Says what else has to change, of what went back and is not handed in again: whoever has it next does not
/// hear it later, when it would go back once more.
pub(super) fn add_changes(task: &Task, reasons: &[Reason], context: &Context<'_>) -> Events {
    let by = decider(task, context)?;
    let returned = match &task.phase {
        Phase::Ready | Phase::Offered(_) | Phase::Leased(_) => task.returned.as_ref(),
        Phase::Blocked
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => None,
    };
    let Some(returned) = returned else {
        return Err(wrong_phase(task, "sent back and not handed in again"));
    };
    check_reasons(task, reasons)?;
    if reasons.is_empty() {
        return Err(Rejection::invalid("reasons", "say what has to change"));
    }
    if returned.reasons.len() + reasons.len() > REASONS_MAX {
        return Err(Rejection::LimitReached {
            what: "reasons",
            limit: REASONS_MAX,
        });
    }
    Ok(vec![TaskEvent::ChangesAdded {
        by,
        reasons: reasons.to_vec(),
    }])
}

/// What was handed in under this lease and is being judged.
pub(super) fn under_judgment(task: &Task, lease: u64) -> Result<&Handed, Rejection> {
    match &task.phase {
        Phase::Checking(handed) | Phase::Reviewing(handed) | Phase::Signing(handed) => {
            if handed.lease.number == lease {
                Ok(handed)
            } else {
                Err(stale(task, lease))
            }
        }
        Phase::Leased(_) | Phase::Ready | Phase::Offered(_) if lease <= task.lease_number => {
            Err(stale(task, lease))
        }
        Phase::Leased(_)
        | Phase::Ready
        | Phase::Offered(_)
        | Phase::Blocked
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => Err(wrong_phase(task, "handed in")),
    }
}

/// The reviewer, if they may: nobody reviews their own work.
fn reviewer<'a>(
    rows: &'a dyn Rows,
    task: &Task,
    handed: &Handed,
    context: &Context<'_>,
) -> Result<&'a Contributor, Rejection> {
    let by = context.contributor()?;
    let drafted = task
        .draft
        .as_ref()
        .is_some_and(|(drafter, _)| drafter.id == by);
    if handed.lease.holder.id == by || drafted {
        return Err(Rejection::OwnWork(by));
    }
    let contributor = rows
        .contributor(by)
        .ok_or(Rejection::NotFound(StreamId::Contributor(by)))?;
    let not_eligible = |why| {
        Err(Rejection::NotEligible {
            contributor: by,
            task: task.id,
            why,
        })
    };
    if contributor.suspension.is_some() {
        return not_eligible(Exclusion::Suspended);
    }
    if !contributor.is_person() && agents_stopped(rows) {
        return Err(Rejection::Stopped("agents"));
    }
    let class = task
        .spec
        .instructions
        .context
        .iter()
        .map(|item| item.class)
        .max();
    if class.is_some_and(|class| contributor.profile.clearance < class) {
        return not_eligible(Exclusion::Clearance);
    }
    let asked = by == task.accountable || task.escalated.is_some_and(|(_, to)| to == by);
    let skill = contributor.skills.get(&task.spec.capability);
    match skill {
        _ if asked => Ok(contributor),
        Some(skill) if skill.level >= task.spec.level => Ok(contributor),
        Some(_) => not_eligible(Exclusion::Level),
        None => not_eligible(Exclusion::Capability),
    }
}

fn check_reasons(task: &Task, reasons: &[Reason]) -> Result<(), Rejection> {
    for reason in reasons {
        crate::text::required("reasons", &reason.text)?;
        let known = |key: &str| {
            task.spec
                .instructions
                .criteria
                .iter()
                .any(|it| it.key == key)
        };
        if !known(&reason.criterion) {
            return Err(Rejection::invalid(
                "reasons",
                format!("'{}' is not a criterion of the task", reason.criterion),
            ));
        }
    }
    Ok(())
}
