//! Taking a task, giving it back, and losing it: at most one lease at a time, and its number only
//! grows.

use super::apart::had_another;
use super::decide::{Events, wrong_phase};
use super::escalate::after_giving_back;
use super::{Lease, Mode, Performer, Phase, Task, TaskEvent};
use crate::command::Context;
use crate::contributor::{Cause, Contributor, Nature};
use crate::money::{Amount, Fraction};
use crate::network::{Network, Switch};
use crate::outcome;
use crate::rejection::Rejection;
use crate::routing::{Applicant, Exclusion, Requirement};
use crate::state::Rows;
use crate::stream::StreamId;

/// Takes the task under the next lease number.
pub(super) fn claim(rows: &dyn Rows, task: &Task, context: &Context<'_>) -> Events {
    let by = context.contributor()?;
    match &task.phase {
        Phase::Ready => {}
        Phase::Offered(offer) if offer.to == by || context.now > offer.until => {}
        Phase::Offered(_) => {
            let why = Exclusion::Offered;
            return Err(Rejection::NotEligible {
                contributor: by,
                task: task.id,
                why,
            });
        }
        Phase::Leased(lease) => {
            return Err(Rejection::AlreadyClaimed {
                task: task.id,
                holder: lease.holder.id,
                until: lease.until,
            });
        }
        Phase::Blocked
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => return Err(wrong_phase(task, "ready or offered")),
    }
    outcome_is_running(rows, task)?;
    let contributor = rows
        .contributor(by)
        .ok_or(Rejection::NotFound(StreamId::Contributor(by)))?;
    let stopped = agents_stopped(rows);
    if stopped && !contributor.is_person() {
        return Err(Rejection::Stopped("agents"));
    }
    let requirement = Requirement::of(task, stopped, context.now);
    let applicant = Applicant::of(contributor, requirement.capability);
    if let Some(why) = applicant.exclusion(&requirement, task) {
        return Err(Rejection::NotEligible {
            contributor: by,
            task: task.id,
            why,
        });
    }
    if had_another(rows, task, by) {
        return Err(Rejection::NotEligible {
            contributor: by,
            task: task.id,
            why: Exclusion::OwnWork,
        });
    }
    Ok(vec![TaskEvent::Claimed {
        agreed: agreed(task, contributor),
        apart_from: task.peers.clone(),
        holder: performer(contributor),
        lease: task.lease_number + 1,
        until: context.now.plus_millis(i64::from(task.spec.lease_ms)),
    }])
}

/// Gives the task back, with a note for whoever takes over.
pub(super) fn release(task: &Task, lease: u64, note: &str, context: &Context<'_>) -> Events {
    held_by(task, lease, context)?;
    crate::text::bounded("note", note)?;
    let mut events = vec![TaskEvent::Released {
        lease,
        note: note.trim().to_owned(),
    }];
    events.extend(after_giving_back(
        task,
        "it was taken and given back",
        context,
    ));
    Ok(events)
}

/// The lease ran out. A lease that is over is nothing to expire.
pub(super) fn expire(rows: &dyn Rows, task: &Task, lease: u64, context: &Context<'_>) -> Events {
    context.engine_only()?;
    let Phase::Leased(current) = &task.phase else {
        return Ok(Vec::new());
    };
    if current.number != lease {
        return Ok(Vec::new());
    }
    // Whoever had to rest, because the outcome was paused or all agents were stopped, could not help
    // it.
    let had_to_rest = outcome_is_running(rows, task).is_err()
        || (current.holder.family.is_some() && agents_stopped(rows));
    let mut events = vec![TaskEvent::LeaseExpired {
        cause: if had_to_rest {
            Cause::OutsideShock
        } else {
            Cause::Capability
        },
        holder: current.holder.id,
        lease,
    }];
    events.extend(after_giving_back(
        task,
        "it was taken and not handed in",
        context,
    ));
    Ok(events)
}

/// The current lease, if the one who asks holds it under this number.
pub(super) fn held_by<'a>(
    task: &'a Task,
    number: u64,
    context: &Context<'_>,
) -> Result<&'a Lease, Rejection> {
    let by = context.contributor()?;
    if number != task.lease_number {
        return Err(Rejection::StaleLease {
            task: task.id,
            given: number,
            current: task.lease_number,
        });
    }
    match &task.phase {
        Phase::Leased(lease) if lease.holder.id == by => Ok(lease),
        Phase::Leased(lease) => Err(Rejection::AlreadyClaimed {
            task: task.id,
            holder: lease.holder.id,
            until: lease.until,
        }),
        Phase::Blocked
        | Phase::Ready
        | Phase::Offered(_)
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => Err(Rejection::StaleLease {
            task: task.id,
            given: number,
            current: task.lease_number,
        }),
    }
}

/// Refuses while the outcome is not running: a pause takes effect at once.
pub(super) fn outcome_is_running(rows: &dyn Rows, task: &Task) -> Result<(), Rejection> {
    let outcome = rows
        .outcome(task.outcome)
        .ok_or(Rejection::NotFound(StreamId::Outcome(task.outcome)))?;
    match outcome.phase {
        outcome::Phase::Running => Ok(()),
        outcome::Phase::Planned
        | outcome::Phase::Paused
        | outcome::Phase::Cancelling
        | outcome::Phase::Delivered
        | outcome::Phase::Cancelled => Err(outcome.wrong_phase("running")),
    }
}

pub(super) fn agents_stopped(rows: &dyn Rows) -> bool {
    rows.network()
        .is_some_and(|network: &Network| network.stopped.contains(&Switch::Agents))
}

pub(super) fn performer(contributor: &Contributor) -> Performer {
    let family = match &contributor.nature {
        Nature::Agent { family, .. } => Some(family.clone()),
        Nature::Person => None,
    };
    Performer {
        family,
        id: contributor.id,
        payee: contributor.payee(),
    }
}

/// What is agreed: the share of the price that the contributor asks. In pair mode both ask
/// their share of the whole, so the price itself is agreed and split between them.
fn agreed(task: &Task, contributor: &Contributor) -> Amount {
    let rate = contributor.profile.rate_permille.min(1000);
    match task.spec.mode {
        Mode::Pair => task.spec.price,
        Mode::Person | Mode::Ai | Mode::Either => Fraction {
            denominator: 1000,
            numerator: u32::from(rate),
        }
        .of(task.spec.price),
    }
}
