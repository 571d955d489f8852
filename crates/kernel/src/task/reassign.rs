//! Having a task done by somebody else: decided by a person, with a reason.

use super::apart::had_another;
use super::claim::agents_stopped;
use super::decide::{Events, wrong_phase};
use super::escalate::{decider, escalated};
use super::{Phase, Task, TaskEvent};
use crate::command::Context;
use crate::id::ContributorId;
use crate::rejection::Rejection;
use crate::routing::{Applicant, Exclusion, Requirement};
use crate::state::Rows;
use crate::stream::StreamId;
use crate::time::Timestamp;

/// Takes the task from whoever has it. Where somebody is named, it is theirs alone for the time
/// that a decision may take; else everybody may be asked again.
pub(super) fn reassign(
    rows: &dyn Rows,
    task: &Task,
    to: Option<ContributorId>,
    reason: &str,
    context: &Context<'_>,
) -> Events {
    let by = decider(task, context)?;
    match &task.phase {
        Phase::Ready | Phase::Offered(_) | Phase::Leased(_) => {}
        Phase::Blocked
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => return Err(wrong_phase(task, "ready, offered or held")),
    }
    let reason = crate::text::said("reason", reason)?;
    let mut events = vec![TaskEvent::Reassigned {
        by,
        reason: reason.clone(),
        to,
    }];
    if let Some(to) = to {
        can_have(rows, task, to, context.now)?;
        let step = task.escalated.map_or(0, |(step, _)| step);
        events.push(escalated((step, to), &reason, context));
    }
    Ok(events)
}

/// Whether the one who is named can have it, whatever was between them and the task before.
fn can_have(
    rows: &dyn Rows,
    task: &Task,
    to: ContributorId,
    now: Timestamp,
) -> Result<(), Rejection> {
    let contributor = rows
        .contributor(to)
        .ok_or(Rejection::NotFound(StreamId::Contributor(to)))?;
    let mut anew = task.clone();
    anew.escalated = None;
    anew.passed_over.remove(&to);
    let requirement = Requirement::of(&anew, agents_stopped(rows), now);
    let applicant = Applicant::of(contributor, requirement.capability);
    let why = applicant.exclusion(&requirement, &anew);
    match why.or_else(|| had_another(rows, task, to).then_some(Exclusion::OwnWork)) {
        None => Ok(()),
        Some(why) => Err(Rejection::NotEligible {
            contributor: to,
            task: task.id,
            why,
        }),
    }
}
