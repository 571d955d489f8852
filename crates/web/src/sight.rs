//! What somebody sees of outcomes and tasks, by their rights: for pages, files, lists and the API alike.

use consort_engine::Engine;
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::network::Duty;
use consort_kernel::outcome::{Outcome, Phase};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;

pub(crate) use crate::right::takes_part;
use crate::right::{About, Act, Asking, may};
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
    Ok(
        matches!(state.as_deref(), Some(State::Network(network)) if network.duties_of(who).contains(&Duty::Steward)),
    )
}

/// Whether somebody sees all of an outcome.
pub(crate) fn sees_all(
    engine: &Engine,
    who: ContributorId,
    outcome: &Outcome,
) -> Result<bool, Failure> {
    let about = About::Outcome(outcome, false);
    may(engine, Asking::sees(who), Act::SeeWholeOutcome, about)
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
    let sees = |is_involved| {
        let about = About::Outcome(outcome, is_involved);
        may(engine, Asking::sees(who), Act::SeeOutcome, about)
    };
    let is_involved = engine.takes_part(who, outcome.id)?;
    Ok(if sees(is_involved)? {
        Sight::Own
    } else {
        Sight::None
    })
}

/// The outcome, if they see any of it, with how much.
pub(crate) fn outcome(
    engine: &Engine,
    who: ContributorId,
    id: OutcomeId,
) -> Result<(Outcome, Sight), Failure> {
    let outcome = engine.outcome(id)?.ok_or(Failure::NotHere)?;
    let sight = some_of(engine, who, &outcome)?;
    Ok((outcome, sight))
}

/// The same, with the version that it is at.
pub(crate) fn outcome_at(
    engine: &Engine,
    who: ContributorId,
    id: OutcomeId,
) -> Result<(Outcome, Sight, u64), Failure> {
    match engine.versioned(StreamId::Outcome(id))? {
        Some((State::Outcome(outcome), version)) => {
            let sight = some_of(engine, who, &outcome)?;
            Ok((*outcome, sight, version))
        }
        _ => Err(Failure::NotHere),
    }
}

fn some_of(engine: &Engine, who: ContributorId, outcome: &Outcome) -> Result<Sight, Failure> {
    match of_outcome(engine, who, outcome)? {
        Sight::None => Err(Failure::NotHere),
        sight => Ok(sight),
    }
}

/// Whether an outcome is paused, so that nothing of it is carried out.
pub(crate) fn is_paused(engine: &Engine, id: OutcomeId) -> Result<bool, Failure> {
    let state = engine.shared_state(StreamId::Outcome(id))?;
    Ok(matches!(state.as_deref(), Some(State::Outcome(it)) if it.phase == Phase::Paused))
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

/// The same, with the version that it is at.
pub(crate) fn task_at(
    engine: &Engine,
    who: ContributorId,
    id: TaskId,
) -> Result<(Task, u64), Failure> {
    match engine.versioned(StreamId::Task(id))? {
        Some((State::Task(task), version)) if sees_task(engine, who, &task)? => {
            Ok((*task, version))
        }
        _ => Err(Failure::NotHere),
    }
}

/// Whether somebody may see the task.
pub(crate) fn sees_task(engine: &Engine, who: ContributorId, task: &Task) -> Result<bool, Failure> {
    may(engine, Asking::sees(who), Act::SeeTask, About::Task(task))
}

/// Whether somebody may see who was looked at for a task, and why.
pub(crate) fn sees_ranking(
    engine: &Engine,
    who: ContributorId,
    task: &Task,
) -> Result<bool, Failure> {
    may(
        engine,
        Asking::sees(who),
        Act::SeeRanking,
        About::Task(task),
    )
}
