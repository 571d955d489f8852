//! The end of an outcome: settling its tasks, signing, cancelling, and giving back what is left.

use std::collections::BTreeMap;

use super::decide::{Decision, Events, is_suspended};
use super::{Conclusion, FAN_OUT_PAGE, Outcome, OutcomeEvent, Phase, Settled};
use crate::command::Context;
use crate::event::Event;
use crate::id::{ContributorId, OrganisationId, TaskId};
use crate::money::{Amount, split_slice};
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;
use crate::task::Risk;

/// Takes money in. What comes after the end goes back at once, so that escrow stays at zero.
pub(super) fn received(outcome: &Outcome, amount: Amount, funder: OrganisationId) -> Events {
    let mut events = vec![OutcomeEvent::Funded { amount, funder }];
    match outcome.phase {
        Phase::Planned | Phase::Running | Phase::Paused | Phase::Cancelling => {}
        Phase::Delivered | Phase::Cancelled => events.push(OutcomeEvent::Closed {
            delivered: outcome.phase == Phase::Delivered,
            refunds: BTreeMap::from([(funder, amount)]),
        }),
    }
    of(outcome, events)
}

/// Gives the outcome up. With no task open it is closed at once.
pub(super) fn cancel(outcome: &Outcome, reason: &str) -> Decision {
    match outcome.phase {
        Phase::Planned | Phase::Running | Phase::Paused => {}
        Phase::Cancelling | Phase::Delivered | Phase::Cancelled => {
            return Err(outcome.wrong_phase("planned, running or paused"));
        }
    }
    let reason = crate::text::said("reason", reason)?;
    let mut events = vec![OutcomeEvent::CancelRequested { reason }];
    if outcome.progress.open == 0 {
        events.push(closed(outcome, outcome.purse.available, false));
    }
    Ok(of(outcome, events))
}

/// Reaches the next page of a cancelled outcome's tasks.
pub(super) fn spread(rows: &dyn Rows, outcome: &Outcome, after: Option<TaskId>) -> Events {
    if outcome.phase != Phase::Cancelling {
        return Vec::new();
    }
    let tasks = rows.tasks_of(outcome.id, after, FAN_OUT_PAGE);
    if tasks.is_empty() {
        return Vec::new();
    }
    let more = tasks.len() == FAN_OUT_PAGE;
    of(
        outcome,
        vec![OutcomeEvent::CancellationSpread { more, tasks }],
    )
}

/// Takes in how a task was settled; the last one of a cancelled outcome closes it.
pub(super) fn settle(outcome: &Outcome, settled: &Settled) -> Events {
    let mut events = vec![OutcomeEvent::TaskSettled(settled.clone())];
    if outcome.phase == Phase::Cancelling && outcome.progress.open == 1 {
        let available = outcome.purse.available.checked_add(settled.released);
        let available = available.expect("released money was counted in this outcome before");
        events.push(closed(outcome, available, false));
    }
    of(outcome, events)
}

/// Signs the result and closes the outcome.
pub(super) fn sign_off(outcome: &Outcome, by: ContributorId, conclusion: &Conclusion) -> Decision {
    ready_to_close(outcome)?;
    crate::text::required("scope", &conclusion.scope)?;
    crate::text::said("reason", &conclusion.reason)?;
    if let Some(sentence) = &conclusion.recommendation {
        crate::text::said("recommendation", sentence)?;
    }
    if conclusion.opened.is_empty() {
        return Err(Rejection::NotOpened {
            missing: vec!["the deliverables".to_owned()],
        });
    }
    let signed = OutcomeEvent::SignedOff {
        by,
        conclusion: conclusion.clone(),
        in_advance: None,
    };
    Ok(of(
        outcome,
        vec![signed, closed(outcome, outcome.purse.available, true)],
    ))
}

/// Closes under a signature that was given in advance and covers points of decision.
pub(super) fn close_in_advance(
    rows: &dyn Rows,
    outcome: &Outcome,
    number: u32,
    context: &Context<'_>,
) -> Decision {
    ready_to_close(outcome)?;
    let Some(terms) = outcome.pre_approvals.get(&number) else {
        return Err(Rejection::BeyondPreApproval(format!(
            "number {number} is not in force"
        )));
    };
    if !terms.gates || terms.risk_max < Risk::Medium {
        return Err(Rejection::BeyondPreApproval(
            "it does not cover the final sign-off".to_owned(),
        ));
    }
    if context.now > terms.expires_at {
        return Err(Rejection::BeyondPreApproval(format!(
            "it expired at {}",
            terms.expires_at
        )));
    }
    if is_suspended(rows, outcome.charter.accountable) {
        return Err(Rejection::BeyondPreApproval(
            "whoever gave it is suspended".to_owned(),
        ));
    }
    let conclusion = Conclusion {
        opened: Vec::new(),
        recommendation: None,
        reason: terms.reason.clone(),
        scope: "Signed in advance, not opened.".to_owned(),
    };
    let signed = OutcomeEvent::SignedOff {
        by: outcome.charter.accountable,
        conclusion,
        in_advance: Some(number),
    };
    Ok(of(
        outcome,
        vec![signed, closed(outcome, outcome.purse.available, true)],
    ))
}

fn ready_to_close(outcome: &Outcome) -> Result<(), Rejection> {
    if outcome.phase != Phase::Running {
        return Err(outcome.wrong_phase("running"));
    }
    if outcome.progress.open > 0 {
        return Err(Rejection::invalid(
            "plan",
            format!(
                "{} tasks are not settled: finish or drop them first",
                outcome.progress.open
            ),
        ));
    }
    if outcome.progress.accepted == 0 {
        return Err(Rejection::invalid(
            "plan",
            "nothing was accepted: cancel the outcome instead",
        ));
    }
    Ok(())
}

/// Gives what is left back to the funders, in proportion to what they gave.
fn closed(outcome: &Outcome, left: Amount, delivered: bool) -> OutcomeEvent {
    let weights: Vec<u64> = outcome
        .funders
        .values()
        .map(|given| given.minor().max(0).unsigned_abs())
        .collect();
    let refunds = outcome
        .funders
        .keys()
        .copied()
        .zip(split_slice(left, &weights))
        .filter(|(_, amount)| amount.is_positive())
        .collect();
    OutcomeEvent::Closed { delivered, refunds }
}

fn of(outcome: &Outcome, events: Vec<OutcomeEvent>) -> Vec<(StreamId, Event)> {
    let stream = StreamId::Outcome(outcome.id);
    events
        .into_iter()
        .map(|event| (stream, Event::Outcome(event)))
        .collect()
}
