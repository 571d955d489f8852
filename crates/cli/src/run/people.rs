//! What waits for the person.

use anyhow::Result;
use consort_engine::Engine;
use consort_kernel::id::{ContributorId, OutcomeId};
use consort_kernel::outcome;
use consort_kernel::task::{Phase, Task};

use super::watch;

/// A task that the person was offered, holds, or that was escalated to them.
pub(super) fn held_up(
    engine: &Engine,
    outcome: OutcomeId,
    person: ContributorId,
) -> Result<Option<Task>> {
    let tasks = watch::tasks(engine, outcome, &["offered", "leased"])?;
    let theirs = tasks.into_iter().find(|task| whose(task) == Some(person));
    Ok(theirs)
}

/// Whom it was offered to, or who holds it.
pub(super) const fn whose(task: &Task) -> Option<ContributorId> {
    match &task.phase {
        Phase::Offered(offer) => Some(offer.to),
        Phase::Leased(lease) => Some(lease.holder.id),
        Phase::Blocked
        | Phase::Ready
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => None,
    }
}

/// A task that only lacks the person's signature.
pub(super) fn to_sign(engine: &Engine, outcome: OutcomeId) -> Result<Option<Task>> {
    Ok(watch::tasks(engine, outcome, &["signing", "reviewing"])?
        .into_iter()
        .next())
}

/// Whether every task is settled and the outcome can be signed.
pub(super) fn all_settled(engine: &Engine, id: OutcomeId) -> Result<bool> {
    let outcome = watch::expect(engine, id)?;
    Ok(outcome.phase == outcome::Phase::Running && outcome.progress.open == 0)
}
