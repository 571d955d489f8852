//! What somebody may see: decided here and nowhere else, for pages, files, lists and the API alike.
//!
//! Whoever answers for an outcome, owns its organisation or looks after the network sees all of it.
//! Whoever was offered, holds, did or judged a task of it sees that task and what the outcome is for.

use std::collections::BTreeMap;

use consort_engine::Engine;
use consort_engine::agenda::parties;
use consort_kernel::contributor::Nature;
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};

use crate::server::Failure;

/// How much of an outcome somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    /// Nothing.
    None,
    /// What it is for, and their own tasks.
    Own,
    /// All of it.
    All,
}

/// Whether somebody looks after the network.
pub(crate) fn is_steward(engine: &Engine, who: ContributorId) -> Result<bool, Failure> {
    let state = engine.shared_state(StreamId::Network(engine.network()))?;
    Ok(matches!(state.as_deref(), Some(State::Network(network)) if network.stewards.contains(&who)))
}

/// Whether somebody may act for an organisation.
fn owns(engine: &Engine, who: ContributorId, id: OrganisationId) -> Result<bool, Failure> {
    let state = engine.shared_state(StreamId::Organisation(id))?;
    Ok(
        matches!(state.as_deref(), Some(State::Organisation(organisation)) if organisation.owner == who),
    )
}

/// Whether somebody sees all of an outcome.
pub(crate) fn sees_all(
    engine: &Engine,
    who: ContributorId,
    outcome: &Outcome,
) -> Result<bool, Failure> {
    let charter = &outcome.charter;
    Ok(charter.accountable == who
        || charter.escalation.contains(&who)
        || owns(engine, who, charter.organisation)?
        || is_steward(engine, who)?)
}

/// How much of an outcome somebody sees.
pub(crate) fn of_outcome(
    engine: &Engine,
    who: ContributorId,
    outcome: &Outcome,
) -> Result<Sight, Failure> {
    if sees_all(engine, who, outcome)? {
        return Ok(Sight::All);
    }
    Ok(if engine.takes_part(who, outcome.id)? {
        Sight::Own
    } else {
        Sight::None
    })
}

/// The latest outcomes before one that somebody sees any of, the last first; so many at the most.
pub(crate) fn latest_outcomes(
    engine: &Engine,
    who: ContributorId,
    phase: Option<&str>,
    before: Option<OutcomeId>,
    limit: usize,
) -> Result<Vec<Outcome>, Failure> {
    let looks_after_all = is_steward(engine, who)?;
    let mut owned: BTreeMap<OrganisationId, bool> = BTreeMap::new();
    let mut broken = None;
    let outcomes = engine.latest_outcomes(who, phase, (before, limit), |glance| {
        let is_own = glance.accountable == who || glance.escalation.contains(&who);
        if looks_after_all || is_own {
            return true;
        }
        *owned.entry(glance.organisation).or_insert_with(|| {
            owns(engine, who, glance.organisation).unwrap_or_else(|failure| {
                broken = Some(failure);
                false
            })
        })
    })?;
    broken.map_or(Ok(outcomes), Err)
}

/// The outcome, if they see any of it, with how much.
pub(crate) fn outcome(
    engine: &Engine,
    who: ContributorId,
    id: OutcomeId,
) -> Result<(Outcome, Sight), Failure> {
    let outcome = engine.outcome(id)?.ok_or(Failure::NotHere)?;
    match of_outcome(engine, who, &outcome)? {
        Sight::None => Err(Failure::NotHere),
        sight => Ok((outcome, sight)),
    }
}

/// The task, if they may see it.
pub(crate) fn task(engine: &Engine, who: ContributorId, id: TaskId) -> Result<Task, Failure> {
    let task = engine.task(id)?.ok_or(Failure::NotHere)?;
    if sees_task(engine, who, &task)? {
        Ok(task)
    } else {
        Err(Failure::NotHere)
    }
}

/// Whether somebody may see the task.
pub(crate) fn sees_task(engine: &Engine, who: ContributorId, task: &Task) -> Result<bool, Failure> {
    Ok(takes_part(who, task)
        || task.accountable == who
        || task.escalation.contains(&who)
        || operates(engine, who, task)?
        || owns(engine, who, task.organisation)?
        || is_steward(engine, who)?)
}

/// Whether somebody answers for what a task belongs to, or looks after all of it.
pub(crate) fn oversees(engine: &Engine, who: ContributorId, task: &Task) -> Result<bool, Failure> {
    Ok(
        task.accountable == who
            || owns(engine, who, task.organisation)?
            || is_steward(engine, who)?,
    )
}

/// Whether somebody was offered, holds, did or judged a task, or it went up to them.
pub(crate) fn takes_part(who: ContributorId, task: &Task) -> bool {
    parties(task).any(|it| it == who)
}

/// Whether somebody answers for the agent that has a task or did it.
fn operates(engine: &Engine, who: ContributorId, task: &Task) -> Result<bool, Failure> {
    let performer = match &task.phase {
        Phase::Offered(offer) => Some(offer.to),
        Phase::Leased(lease) => Some(lease.holder.id),
        _ => task.handed().map(|handed| handed.lease.holder.id),
    };
    let Some(performer) = performer else {
        return Ok(false);
    };
    Ok(matches!(
        engine.shared_state(StreamId::Contributor(performer))?.as_deref(),
        Some(State::Contributor(it)) if matches!(it.nature, Nature::Agent { operator, .. } if operator == who)
    ))
}
