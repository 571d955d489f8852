//! What follows from a task's events.

use std::collections::BTreeSet;

use super::{Approval, Handed, Phase, Settlement, Task, TaskCommand, TaskEvent};
use crate::command::Body;
use crate::contributor::{Cause, ContributorCommand, Evidence, Tie};
use crate::effect::{Acceptance, Effects, LeaseChange, Notice, Timer, TimerChange, TimerKind};
use crate::id::ContributorId;
use crate::money::{Account, Amount, Purpose, Transfer, split};
use crate::outcome::{OutcomeCommand, Settled};
use crate::stream::StreamId;
use crate::time::Timestamp;

/// What follows from an event, with the task as it is after it.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each variant: a table, not a flow"
)]
pub(crate) fn effects(task: &Task, event: &TaskEvent, at: Timestamp) -> Effects {
    let mut effects = Effects::default();
    match event {
        TaskEvent::Opened(_) => {
            let to = Account::Hold(task.id);
            push_transfer(
                &mut effects,
                task,
                Purpose::Hold,
                task.spec.price,
                escrow(task),
                to,
            );
        }
        TaskEvent::Offered { number, until, .. } => {
            effects.notices.push(Notice {
                topic: "task.offered",
            });
            effects
                .timers
                .push(set(task, TimerKind::Offer, u64::from(*number), *until));
            if task.nobody_found {
                effects.timers.push(clear(task, TimerKind::Review));
            }
        }
        TaskEvent::NobodyFound { due, .. } => {
            effects.notices.push(Notice {
                topic: "task.nobody_found",
            });
            effects.timers.push(decision(task, *due));
        }
        TaskEvent::Declined { .. } | TaskEvent::OfferLapsed { .. } => {
            effects.timers.push(clear(task, TimerKind::Offer));
        }
        TaskEvent::KeptApart { .. } => {
            if task.offer_number > 0 && task.phase == Phase::Ready {
                effects.timers.push(clear(task, TimerKind::Offer));
            }
        }
        TaskEvent::Claimed {
            apart_from,
            holder,
            lease,
            until,
            ..
        } => {
            if task.offer_number > 0 {
                effects.timers.push(clear(task, TimerKind::Offer));
            }
            if task.escalated.is_some() || task.nobody_found {
                effects.timers.push(clear(task, TimerKind::Review));
            }
            effects
                .timers
                .push(set(task, TimerKind::Lease, *lease, *until));
            effects.lease = Some(LeaseChange::Grant {
                task: task.id,
                number: *lease,
                holder: holder.id,
                deadline: *until,
            });
            for other in apart_from {
                let keep = TaskCommand::KeepApart {
                    from: holder.id,
                    other: task.id,
                };
                effects.reactions.push(Body::Task(*other, keep));
            }
        }
        TaskEvent::LeaseExpired {
            cause,
            holder,
            lease,
        } => {
            end_lease(&mut effects, task, *lease);
            shows(
                &mut effects,
                task,
                (*holder, *lease),
                Evidence::LeaseExpired(*cause),
            );
        }
        TaskEvent::Released { lease, .. } | TaskEvent::Drafted { lease, .. } => {
            end_lease(&mut effects, task, *lease);
        }
        TaskEvent::Submitted {
            lease, review_due, ..
        } => {
            end_lease(&mut effects, task, *lease);
            effects
                .timers
                .push(set(task, TimerKind::Review, *lease, *review_due));
            accept_if_signed_in_advance(&mut effects, task);
        }
        TaskEvent::Checked { checks, .. } => {
            if checks.iter().all(|check| check.passed) {
                accept_if_signed_in_advance(&mut effects, task);
            }
        }
        TaskEvent::Reviewed { review, .. } => {
            if let Some(handed) = task.handed() {
                let performer = handed.lease.holder.id;
                tied(&mut effects, task, (review.by.id, performer), Tie::Reviewed);
            }
            accept_if_signed_in_advance(&mut effects, task);
        }
        TaskEvent::ChangesRequested {
            by,
            cause,
            lease,
            to_another,
            ..
        } => {
            went_back(&mut effects, task, *by, (*cause, *lease), *to_another);
            effects.notices.push(Notice {
                topic: "task.changes_requested",
            });
            effects.timers.push(clear(task, TimerKind::Review));
        }
        TaskEvent::Escalated { due, .. } => {
            effects.notices.push(Notice {
                topic: "task.escalated",
            });
            if task.offer_number > 0 && task.phase == Phase::Ready {
                effects.timers.push(clear(task, TimerKind::Offer));
            }
            effects.timers.push(decision(task, *due));
        }
        TaskEvent::Extended { until, .. } => effects.timers.push(decision(task, *until)),
        TaskEvent::Reassigned { .. } => {
            effects.notices.push(Notice {
                topic: "task.reassigned",
            });
            stop_timers(&mut effects, task);
        }
        TaskEvent::Accepted { lease, settlement } => {
            accepted(&mut effects, task, *lease, settlement, at);
        }
        TaskEvent::Failed { performer, .. } => {
            dropped(&mut effects, task);
            if let Some((performer, cause)) = performer {
                let done_under = (*performer, task.lease_number);
                shows(&mut effects, task, done_under, Evidence::Failed(*cause));
            }
        }
        TaskEvent::Cancelled { .. } => dropped(&mut effects, task),
        TaskEvent::DependentLinked { .. }
        | TaskEvent::DependencyMet { .. }
        | TaskEvent::Asked { .. }
        | TaskEvent::Answered { .. }
        | TaskEvent::Noted { .. }
        | TaskEvent::ChangesAdded { .. } => {}
    }
    effects
}

fn accepted(
    effects: &mut Effects,
    task: &Task,
    lease: u64,
    settlement: &Settlement,
    at: Timestamp,
) {
    let Phase::Accepted(handed, _) = &task.phase else {
        return;
    };
    effects.notices.push(Notice {
        topic: "task.accepted",
    });
    effects.timers.push(clear(task, TimerKind::Review));
    effects.acceptance = Some(Acceptance {
        task: task.id,
        lease,
        submission: handed.submission.content,
        approver: settlement.approval.by(),
        in_advance: matches!(settlement.approval, Approval::InAdvance { .. }),
        at,
    });
    let hold = Account::Hold(task.id);
    let performer = &handed.lease.holder;
    let mut credited = vec![performer.id];
    if let Some((drafter, _)) = &task.draft {
        let [first, second] = split(settlement.net, &[1, 1]);
        for (payee, amount) in [(drafter.payee, first), (performer.payee, second)] {
            push_transfer(
                effects,
                task,
                Purpose::Pay,
                amount,
                hold,
                Account::Payable(payee),
            );
        }
        credited.push(drafter.id);
    } else {
        let payee = Account::Payable(performer.payee);
        push_transfer(effects, task, Purpose::Pay, settlement.net, hold, payee);
    }
    push_transfer(
        effects,
        task,
        Purpose::Fee,
        settlement.fee,
        hold,
        Account::Fee,
    );
    push_transfer(
        effects,
        task,
        Purpose::Tax,
        settlement.tax,
        hold,
        Account::Tax,
    );
    push_transfer(
        effects,
        task,
        Purpose::Release,
        settlement.released,
        hold,
        escrow(task),
    );
    accepted_reactions(effects, task, handed, settlement, &credited);
}

/// Whoever waited for the task goes on, the outcome counts it, and everybody's record grows.
fn accepted_reactions(
    effects: &mut Effects,
    task: &Task,
    handed: &Handed,
    settlement: &Settlement,
    credited: &[ContributorId],
) {
    for dependent in &task.dependents {
        let met = TaskCommand::MeetDependency {
            by: task.makers(),
            dependency: task.id,
        };
        effects.reactions.push(Body::Task(*dependent, met));
    }
    effects.reactions.push(settle(task, settlement));
    let evidence = Evidence::Accepted(settlement.met_ppm);
    for contributor in credited.iter().copied() {
        shows(effects, task, (contributor, handed.lease.number), evidence);
    }
    if let Some((drafter, _)) = &task.draft {
        let finished = (handed.lease.holder.id, drafter.id);
        tied(effects, task, finished, Tie::WorkedWith);
    }
}

/// Work that goes back says something about who did it; where somebody else should do it, the two
/// disagree about it.
fn went_back(
    effects: &mut Effects,
    task: &Task,
    by: Option<ContributorId>,
    (cause, lease): (Cause, u64),
    to_another: bool,
) {
    let Some(returned) = &task.returned else {
        return;
    };
    let evidence = if to_another {
        Evidence::Rejected(cause)
    } else {
        Evidence::SentBack(cause)
    };
    shows(effects, task, (returned.performer, lease), evidence);
    if let Some(by) = by.filter(|_| to_another) {
        tied(effects, task, (by, returned.performer), Tie::Disputed);
    }
}

/// What was reserved goes back, and whoever waits for the task hears of it.
fn dropped(effects: &mut Effects, task: &Task) {
    stop_timers(effects, task);
    let price = task.spec.price;
    let hold = Account::Hold(task.id);
    push_transfer(effects, task, Purpose::Release, price, hold, escrow(task));
    for dependent in &task.dependents {
        let lost = TaskCommand::LoseDependency {
            dependency: task.id,
        };
        effects.reactions.push(Body::Task(*dependent, lost));
    }
    let settled = Settled {
        accepted: false,
        fee: Amount::ZERO,
        paid: Amount::ZERO,
        released: price,
        task: task.id,
        tax: Amount::ZERO,
        unserved: task.spec.serves.iter().cloned().collect(),
        weight: task.spec.weight,
    };
    effects.reactions.push(Body::Outcome(
        task.outcome,
        OutcomeCommand::SettleTask(settled),
    ));
}

/// Nothing runs out any more, and nobody holds it.
fn stop_timers(effects: &mut Effects, task: &Task) {
    for kind in [TimerKind::Offer, TimerKind::Lease, TimerKind::Review] {
        effects.timers.push(clear(task, kind));
    }
    if task.lease_number > 0 {
        effects.lease = Some(LeaseChange::End {
            task: task.id,
            number: task.lease_number,
        });
    }
}

/// The timer by which somebody has to take the task, judge it or decide about it.
fn decision(task: &Task, due: Timestamp) -> TimerChange {
    set(task, TimerKind::Review, task.lease_number, due)
}

fn settle(task: &Task, settlement: &Settlement) -> Body {
    let settled = Settled {
        accepted: true,
        fee: settlement.fee,
        paid: settlement.net,
        released: settlement.released,
        task: task.id,
        tax: settlement.tax,
        unserved: BTreeSet::new(),
        weight: task.spec.weight,
    };
    Body::Outcome(task.outcome, OutcomeCommand::SettleTask(settled))
}

/// Asks the record of who did the task to take in what it shows, if that says anything.
fn shows(
    effects: &mut Effects,
    task: &Task,
    (performer, lease): (ContributorId, u64),
    evidence: Evidence,
) {
    if evidence.weight().is_nothing() {
        return;
    }
    let record = ContributorCommand::RecordResult {
        capability: task.spec.capability.clone(),
        evidence,
        lease,
        task: task.id,
        with: task.accountable,
    };
    effects.reactions.push(Body::Contributor(performer, record));
}

fn tied(effects: &mut Effects, task: &Task, (from, to): (ContributorId, ContributorId), tie: Tie) {
    let record = ContributorCommand::RecordTie {
        task: Some(task.id),
        tie,
        to,
    };
    effects.reactions.push(Body::Contributor(from, record));
}

fn accept_if_signed_in_advance(effects: &mut Effects, task: &Task) {
    if let Phase::Signing(handed) = &task.phase {
        let accept = TaskCommand::AcceptInAdvance {
            lease: handed.lease.number,
        };
        effects.reactions.push(Body::Task(task.id, accept));
    }
}

fn end_lease(effects: &mut Effects, task: &Task, number: u64) {
    effects.timers.push(clear(task, TimerKind::Lease));
    effects.lease = Some(LeaseChange::End {
        task: task.id,
        number,
    });
}

fn set(task: &Task, kind: TimerKind, number: u64, due_at: Timestamp) -> TimerChange {
    TimerChange::Set(Timer {
        stream: StreamId::Task(task.id),
        kind,
        number,
        due_at,
    })
}

const fn clear(task: &Task, kind: TimerKind) -> TimerChange {
    TimerChange::Clear(StreamId::Task(task.id), kind)
}

const fn escrow(task: &Task) -> Account {
    Account::Escrow(task.outcome)
}

fn push_transfer(
    effects: &mut Effects,
    task: &Task,
    purpose: Purpose,
    amount: Amount,
    from: Account,
    to: Account,
) {
    if amount.is_positive() {
        effects.transfers.push(Transfer {
            amount,
            asset: task.asset,
            from,
            outcome: Some(task.outcome),
            purpose,
            task: Some(task.id),
            to,
        });
    }
}
