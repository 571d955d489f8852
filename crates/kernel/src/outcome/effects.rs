//! What follows from an outcome's events.

use super::{Outcome, OutcomeCommand, OutcomeEvent};
use crate::command::Body;
use crate::effect::{Effects, Notice, Timer, TimerChange, TimerKind};
use crate::id::TaskId;
use crate::money::{Account, Purpose, Transfer};
use crate::organisation::OrganisationCommand;
use crate::stream::StreamId;
use crate::task::TaskCommand;

/// What follows from an event, with the outcome as it is after it.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each variant: a table, not a flow"
)]
pub(crate) fn effects(outcome: &Outcome, event: &OutcomeEvent) -> Effects {
    let mut effects = Effects::default();
    let stream = StreamId::Outcome(outcome.id);
    let mut notice = |topic| effects.notices.push(Notice { topic });
    match event {
        OutcomeEvent::Created(charter) => {
            if let Some(due_at) = charter.deadline {
                let kind = TimerKind::Deadline;
                effects.timers.push(TimerChange::Set(Timer {
                    stream,
                    kind,
                    number: 0,
                    due_at,
                }));
            }
        }
        OutcomeEvent::CancelRequested { .. } => {
            notice("outcome.cancelled");
            effects.reactions.push(next_page(outcome, None));
        }
        OutcomeEvent::CancellationSpread { more, tasks } => {
            for task in tasks {
                let reason = "the outcome was cancelled".to_owned();
                effects
                    .reactions
                    .push(Body::Task(*task, TaskCommand::Cancel { reason }));
            }
            if *more {
                effects
                    .reactions
                    .push(next_page(outcome, tasks.last().copied()));
            }
        }
        OutcomeEvent::Resumed { .. } => {
            let look_again = OutcomeCommand::SpreadResumption { after: None };
            effects
                .reactions
                .push(Body::Outcome(outcome.id, look_again));
        }
        OutcomeEvent::ResumptionSpread { more, tasks } => {
            let again = |task: &TaskId| Body::Task(*task, TaskCommand::Reconsider);
            effects.reactions.extend(tasks.iter().map(again));
            if *more {
                let after = tasks.last().copied();
                let next = OutcomeCommand::SpreadResumption { after };
                effects.reactions.push(Body::Outcome(outcome.id, next));
            }
        }
        OutcomeEvent::PlanChanged {
            dropped, reason, ..
        } => {
            for task in dropped {
                let reason = reason.clone();
                effects
                    .reactions
                    .push(Body::Task(*task, TaskCommand::Cancel { reason }));
            }
        }
        OutcomeEvent::BecameOverdue {} => notice("outcome.overdue"),
        OutcomeEvent::SignedOff { .. } => notice("outcome.signed_off"),
        OutcomeEvent::Closed { refunds, .. } => {
            notice("outcome.closed");
            effects
                .timers
                .push(TimerChange::Clear(stream, TimerKind::Deadline));
            for (funder, amount) in refunds {
                effects.transfers.push(Transfer {
                    amount: *amount,
                    asset: outcome.charter.asset,
                    from: Account::Escrow(outcome.id),
                    outcome: Some(outcome.id),
                    purpose: Purpose::Refund,
                    task: None,
                    to: Account::Funds(*funder),
                });
                let take = OrganisationCommand::TakeRefund {
                    amount: *amount,
                    asset: outcome.charter.asset,
                    outcome: outcome.id,
                };
                effects.reactions.push(Body::Organisation(*funder, take));
            }
        }
        OutcomeEvent::Funded { .. }
        | OutcomeEvent::PreApproved { .. }
        | OutcomeEvent::PreApprovalRevoked { .. }
        | OutcomeEvent::Started {}
        | OutcomeEvent::Paused { .. }
        | OutcomeEvent::TaskSettled(_) => {}
    }
    effects
}

fn next_page(outcome: &Outcome, after: Option<TaskId>) -> Body {
    Body::Outcome(outcome.id, OutcomeCommand::SpreadCancellation { after })
}
