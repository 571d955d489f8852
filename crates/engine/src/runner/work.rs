//! One task in a worker's hands: taken, done and handed in, or checked.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::task::{Phase, Provenance, Submission, Task, TaskCommand};

use super::check::{self, Libraries};
use super::{Drivers, Failure, Product, commission};
use crate::{Engine, EngineError};

/// Does what is to be done about a task now. A command that is rejected met news, and the next
/// round looks again.
pub(super) fn see_to(
    engine: &Engine,
    drivers: &Drivers,
    libraries: &Libraries,
    id: TaskId,
) -> Result<(), EngineError> {
    let Some(task) = engine.task(id)? else {
        return Ok(());
    };
    let done = match &task.phase {
        Phase::Offered(offer) => claim(engine, drivers, id, offer.to),
        Phase::Leased(lease) => {
            let holder = lease.holder.id;
            perform(engine, drivers, task, holder)
        }
        Phase::Checking(handed) => check::check(engine, libraries, &task, handed),
        Phase::Blocked
        | Phase::Ready
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => Ok(()),
    };
    match done {
        Err(error) if error.rejection().is_some() => Ok(()),
        other => other,
    }
}

fn claim(
    engine: &Engine,
    drivers: &Drivers,
    id: TaskId,
    agent: ContributorId,
) -> Result<(), EngineError> {
    if !drivers.has(agent) {
        return Ok(());
    }
    engine.execute(
        Principal::Contributor(agent),
        Body::Task(id, TaskCommand::Claim),
    )?;
    let Some(task) = engine.task(id)? else {
        return Ok(());
    };
    perform(engine, drivers, task, agent)
}

fn perform(
    engine: &Engine,
    drivers: &Drivers,
    task: Task,
    agent: ContributorId,
) -> Result<(), EngineError> {
    let Some(driver) = drivers.of(agent) else {
        return Ok(());
    };
    let Phase::Leased(lease) = &task.phase else {
        return Ok(());
    };
    let (id, lease) = (task.id, lease.number);
    let commission = commission(engine, task)?;
    // A driver that panics has made nothing; the task goes back with the reason.
    let made = catch_unwind(AssertUnwindSafe(|| driver.perform(&commission)));
    let made = made.unwrap_or_else(|_| Err(Failure::Passing("the agent broke off".to_owned())));
    let command = match made {
        Ok(product) => TaskCommand::Submit {
            lease,
            submission: keep(engine, product)?,
        },
        Err(Failure::Passing(note) | Failure::HandOver(note)) => {
            TaskCommand::Release { lease, note }
        }
    };
    engine.execute(Principal::Contributor(agent), Body::Task(id, command))?;
    Ok(())
}

/// Keeps what was made as artefacts, before it is handed in by their digests.
pub(crate) fn keep(engine: &Engine, product: Product) -> Result<Submission, EngineError> {
    let content = serde_json::to_vec(&product.content).expect("JSON values can be written");
    let mut files = BTreeMap::new();
    for (name, bytes) in product.files {
        files.insert(name, engine.artefacts().put(&bytes)?);
    }
    Ok(Submission {
        content: engine.artefacts().put(&content)?,
        files,
        provenance: Provenance {
            ai: product.ai,
            made_with: Some(product.made_with),
        },
    })
}
