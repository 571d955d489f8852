//! Escalation: a chain of persons that ends at one who may decide. A time-out never approves.

use super::decide::{Events, wrong_phase};
use super::{Phase, Task, TaskEvent};
use crate::command::Context;
use crate::id::ContributorId;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// The longest that somebody is given more time for at once: a quarter of a year. Whoever needs
/// longer decides so again.
const EXTENSION_MS_MAX: i64 = 90 * 24 * 3_600_000;

/// Whether the task was tried as often as the policy allows.
pub(super) fn exhausted(task: &Task, context: &Context<'_>) -> bool {
    task.attempts >= context.policy.attempts_max
}

/// Hands the task to the next person of the chain; at its end it stays with the accountable one,
/// who may decide.
pub(super) fn escalate(task: &Task, why: &str, context: &Context<'_>) -> TaskEvent {
    let next = task.escalated.map_or(0, |(step, _)| step.saturating_add(1));
    let last = u8::try_from(task.escalation.len()).unwrap_or(u8::MAX);
    let step = next.min(last);
    escalated((step, person(task, step)), why, context)
}

/// After a holder did not hand in: a task that was tried too often, or that was escalated already,
/// goes to the next person of the chain.
pub(super) fn after_giving_back(
    task: &Task,
    why: &str,
    context: &Context<'_>,
) -> Option<TaskEvent> {
    let goes_on = exhausted(task, context) || task.escalated.is_some();
    goes_on.then(|| escalate(task, why, context))
}

/// After work went back: a task that was tried too often goes to the next person of the chain; one
/// that was escalated stays with whom it was escalated to, who has the time for another go.
pub(super) fn after_going_back(task: &Task, why: &str, context: &Context<'_>) -> Option<TaskEvent> {
    if exhausted(task, context) {
        return Some(escalate(task, why, context));
    }
    task.escalated.map(|place| escalated(place, why, context))
}

/// The event by which it is somebody's turn, for the time that a decision may take.
pub(super) fn escalated(
    (step, to): (u8, ContributorId),
    why: &str,
    context: &Context<'_>,
) -> TaskEvent {
    TaskEvent::Escalated {
        due: decision_due(context),
        step,
        to,
        why: why.to_owned(),
    }
}

/// By when a decision is due that is asked for now.
pub(super) fn decision_due(context: &Context<'_>) -> Timestamp {
    context.now.plus_millis(i64::from(context.policy.review_ms))
}

/// It was not taken, judged or decided about in time: the next person of the chain is asked to.
pub(super) fn overdue(task: &Task, lease: u64, context: &Context<'_>) -> Events {
    context.engine_only()?;
    if lease != task.lease_number {
        return Ok(Vec::new());
    }
    let why = match &task.phase {
        Phase::Checking(_) | Phase::Reviewing(_) | Phase::Signing(_) => "it was not judged in time",
        Phase::Ready | Phase::Offered(_) if task.escalated.is_some() => "it was not taken in time",
        Phase::Ready if task.nobody_found => "nobody was found for it in time",
        Phase::Ready
        | Phase::Offered(_)
        | Phase::Blocked
        | Phase::Leased(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => return Ok(Vec::new()),
    };
    Ok(vec![escalate(task, why, context)])
}

/// Gives whose turn it is more time.
pub(super) fn extend(task: &Task, until: Timestamp, reason: &str, context: &Context<'_>) -> Events {
    let by = decider(task, context)?;
    let is_somebodys_turn = match &task.phase {
        Phase::Checking(_) | Phase::Reviewing(_) | Phase::Signing(_) => true,
        Phase::Ready | Phase::Offered(_) => task.escalated.is_some() || task.nobody_found,
        Phase::Blocked
        | Phase::Leased(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => false,
    };
    if !is_somebodys_turn {
        return Err(wrong_phase(task, "handed in or escalated"));
    }
    let longer_ms = until.millis_since(context.now);
    if !(1..=EXTENSION_MS_MAX).contains(&longer_ms) {
        return Err(Rejection::invalid(
            "until",
            format!(
                "a moment from now to {} is expected",
                context.now.plus_millis(EXTENSION_MS_MAX)
            ),
        ));
    }
    Ok(vec![TaskEvent::Extended {
        by,
        reason: crate::text::said("reason", reason)?,
        until,
    }])
}

/// Who may decide what happens to a task that is stuck: the accountable person, and whom it was
/// escalated to.
pub(super) fn decider(task: &Task, context: &Context<'_>) -> Result<ContributorId, Rejection> {
    let by = context.contributor()?;
    let is_asked = task.escalated.is_some_and(|(_, to)| to == by);
    if by == task.accountable || is_asked {
        return Ok(by);
    }
    Err(Rejection::NotAllowed {
        who: by.to_string(),
        why: "the accountable person, or who it was escalated to, decides this",
    })
}

fn person(task: &Task, step: u8) -> ContributorId {
    task.escalation
        .get(usize::from(step))
        .copied()
        .unwrap_or(task.accountable)
}
