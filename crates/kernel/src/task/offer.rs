//! Offers: a task proposed to whom routing decided on.

use super::apart::had_another;
use super::decide::{Events, wrong_phase};
use super::escalate::{decision_due, escalate};
use super::{Phase, Task, TaskEvent};
use crate::command::Context;
use crate::rejection::Rejection;
use crate::routing::{Applicant, Decision, Exclusion, Requirement};
use crate::state::Rows;
use crate::stream::StreamId;

/// Offers the task to the one whom the decision names.
pub(super) fn offer(
    rows: &dyn Rows,
    task: &Task,
    decision: &Decision,
    context: &Context<'_>,
) -> Events {
    context.engine_only()?;
    if task.phase != Phase::Ready {
        return Err(wrong_phase(task, "ready"));
    }
    super::claim::outcome_is_running(rows, task)?;
    let Some(to) = decision.chosen() else {
        return Err(Rejection::invalid("decision", "it names nobody"));
    };
    let contributor = rows
        .contributor(to)
        .ok_or(Rejection::NotFound(StreamId::Contributor(to)))?;
    let requirement = Requirement::of(task, super::claim::agents_stopped(rows), context.now);
    let applicant = Applicant::of(contributor, requirement.capability);
    let why = applicant.exclusion(&requirement, task);
    let why = why.or_else(|| had_another(rows, task, to).then_some(Exclusion::OwnWork));
    if let Some(why) = why {
        return Err(Rejection::NotEligible {
            contributor: to,
            task: task.id,
            why,
        });
    }
    Ok(vec![TaskEvent::Offered {
        decision: Box::new(decision.clone()),
        number: task.offer_number + 1,
        to,
        until: context.now.plus_millis(i64::from(context.policy.offer_ms)),
    }])
}

/// Notes that nobody can have the task, so that a person hears of it when that stays so. Once is
/// enough for as long as nothing happens to the task.
pub(super) fn report_nobody(
    rows: &dyn Rows,
    task: &Task,
    decision: &Decision,
    context: &Context<'_>,
) -> Events {
    context.engine_only()?;
    if task.phase != Phase::Ready {
        return Err(wrong_phase(task, "ready"));
    }
    super::claim::outcome_is_running(rows, task)?;
    if decision.chosen().is_some() {
        return Err(Rejection::invalid("decision", "it names somebody"));
    }
    if task.nobody_found || task.escalated.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![TaskEvent::NobodyFound {
        decision: Box::new(decision.clone()),
        due: decision_due(context),
    }])
}

/// Turns the offer down; it has no consequence for who does.
pub(super) fn decline(task: &Task, context: &Context<'_>) -> Events {
    let by = context.contributor()?;
    match &task.phase {
        Phase::Offered(offer) if offer.to == by => {
            let number = offer.number;
            let mut events = vec![TaskEvent::Declined { by, number }];
            if task.escalated.is_some() {
                events.push(escalate(task, "it was turned down", context));
            }
            Ok(events)
        }
        Phase::Offered(_) => Err(Rejection::NotEligible {
            contributor: by,
            task: task.id,
            why: Exclusion::Offered,
        }),
        Phase::Blocked
        | Phase::Ready
        | Phase::Leased(_)
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => Err(wrong_phase(task, "offered")),
    }
}

/// The offer was not answered in time; an offer that is over is nothing to lapse.
pub(super) fn lapse(task: &Task, number: u32, context: &Context<'_>) -> Events {
    context.engine_only()?;
    match &task.phase {
        Phase::Offered(offer) if offer.number == number => {
            Ok(vec![TaskEvent::OfferLapsed { number }])
        }
        Phase::Offered(_)
        | Phase::Blocked
        | Phase::Ready
        | Phase::Leased(_)
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => Ok(Vec::new()),
    }
}
