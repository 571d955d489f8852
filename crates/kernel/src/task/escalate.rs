//! Escalation: a chain of persons that ends at one who may decide. A time-out never approves.

use super::decide::Events;
use super::{Phase, Task, TaskEvent};
use crate::command::Context;
use crate::id::ContributorId;

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
    let due = context.now.plus_millis(i64::from(context.policy.review_ms));
    TaskEvent::Escalated {
        due,
        step,
        to: person(task, step),
        why: why.to_owned(),
    }
}

/// Nobody judged a submission in time: the next person of the chain is asked to.
pub(super) fn overdue(task: &Task, lease: u64, context: &Context<'_>) -> Events {
    context.engine_only()?;
    match &task.phase {
        Phase::Checking(handed) | Phase::Reviewing(handed) | Phase::Signing(handed)
            if handed.lease.number == lease =>
        {
            Ok(vec![escalate(task, "it was not judged in time", context)])
        }
        Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Blocked
        | Phase::Ready
        | Phase::Offered(_)
        | Phase::Leased(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => Ok(Vec::new()),
    }
}

fn person(task: &Task, step: u8) -> ContributorId {
    task.escalation
        .get(usize::from(step))
        .copied()
        .unwrap_or(task.accountable)
}
