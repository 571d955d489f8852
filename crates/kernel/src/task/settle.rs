//! Ends other than acceptance: given up by a person, or taken out of the plan.

use super::decide::{Events, wrong_phase};
use super::{Phase, Task, TaskEvent};
use crate::command::Context;
use crate::contributor::Cause;
use crate::id::{ContributorId, TaskId};
use crate::rejection::Rejection;

/// Gives the task up; the accountable person decides it.
pub(super) fn fail(
    task: &Task,
    cause: Option<Cause>,
    reason: &str,
    context: &Context<'_>,
) -> Events {
    let by = context.contributor()?;
    if by != task.accountable {
        return Err(Rejection::NotAllowed {
            who: by.to_string(),
            why: "only the accountable person gives a task up",
        });
    }
    if task.is_settled() {
        return Err(wrong_phase(task, "open"));
    }
    let performer = match &task.phase {
        Phase::Leased(lease) => Some(lease.holder.id),
        Phase::Checking(handed) | Phase::Reviewing(handed) | Phase::Signing(handed) => {
            Some(handed.lease.holder.id)
        }
        Phase::Blocked
        | Phase::Ready
        | Phase::Offered(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => None,
    };
    Ok(vec![TaskEvent::Failed {
        by,
        performer: performer.zip(cause),
        reason: crate::text::said("reason", reason)?,
    }])
}

/// Takes the task out of the plan. One that is settled stays as it is.
pub(super) fn cancel(task: &Task, reason: &str, context: &Context<'_>) -> Events {
    context.engine_only()?;
    if task.is_settled() {
        return Ok(Vec::new());
    }
    Ok(vec![TaskEvent::Cancelled {
        reason: reason.to_owned(),
    }])
}

/// A task that it waits for is accepted.
pub(super) fn meet(
    task: &Task,
    dependency: TaskId,
    by: &[ContributorId],
    context: &Context<'_>,
) -> Events {
    context.engine_only()?;
    if task.is_settled() || !task.waits_for(dependency) {
        return Ok(Vec::new());
    }
    let apart = |key: &String| TaskId::in_outcome(task.outcome, key) == dependency;
    let by = if task.spec.apart_from.iter().any(apart) {
        by.to_vec()
    } else {
        Vec::new()
    };
    Ok(vec![TaskEvent::DependencyMet { by, dependency }])
}

/// A task that it waits for will never be accepted, so neither will this one.
pub(super) fn lose(task: &Task, dependency: TaskId, context: &Context<'_>) -> Events {
    context.engine_only()?;
    if task.is_settled() || !task.waits_for(dependency) {
        return Ok(Vec::new());
    }
    Ok(vec![TaskEvent::Cancelled {
        reason: format!("{dependency}, which it needs, ended"),
    }])
}
