//! One task in a worker's hands: taken, done and handed in, or checked.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::rejection::Rejection;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Lease, Phase, Provenance, Submission, Task, TaskCommand};

use super::dispatcher::stops_everything;
use super::{Dispatcher, Driver, Failure, Product, check, commission, panic_words};
use crate::{Engine, EngineError};

/// The longest note with which a task is given back, in bytes: the reason and not a whole log.
const NOTE_BYTES_MAX: usize = 2_000;

/// Does what is to be done about a task now. A command that is rejected met news, and the next
/// look sees them.
pub(super) fn see_to(dispatcher: &Dispatcher, id: TaskId) -> Result<(), EngineError> {
    let engine = &dispatcher.engine;
    let Some(task) = engine.task(id)? else {
        return Ok(());
    };
    let done = match &task.phase {
        Phase::Offered(offer) => claim(dispatcher, id, offer.to),
        Phase::Leased(_) => perform(dispatcher, task),
        Phase::Checking(handed) => {
            let programs = dispatcher.settings.programs.as_ref();
            check::check(engine, &dispatcher.libraries, programs, &task, handed)
                .map(|()| dispatcher.went_well(id))
        }
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

fn claim(dispatcher: &Dispatcher, id: TaskId, agent: ContributorId) -> Result<(), EngineError> {
    if !dispatcher.has(agent) {
        return Ok(());
    }
    dispatcher.engine.execute(
        Principal::Contributor(agent),
        Body::Task(id, TaskCommand::Claim),
    )?;
    match dispatcher.engine.task(id)? {
        Some(task) => perform(dispatcher, task),
        None => Ok(()),
    }
}

fn perform(dispatcher: &Dispatcher, task: Task) -> Result<(), EngineError> {
    let Phase::Leased(lease) = &task.phase else {
        return Ok(());
    };
    let (id, lease, lease_ms) = (task.id, lease.clone(), task.spec.lease_ms);
    let agent = lease.holder.id;
    let Some(driver) = dispatcher.drivers.of(agent) else {
        return Ok(());
    };
    let earlier = dispatcher.desk().given_up(id, agent).map(str::to_owned);
    if let Some(note) = earlier {
        return give_back(dispatcher, id, &lease, note);
    }
    if is_suspended(&dispatcher.engine, agent)? {
        let note = "the agent is suspended".to_owned();
        return give_back(dispatcher, id, &lease, note);
    }
    let now = dispatcher.engine.now();
    dispatcher.desk().hold(id, lease.number, lease_ms, now);
    match make(dispatcher, driver, task) {
        Ok(submission) => {
            let number = lease.number;
            let command = TaskCommand::Submit {
                lease: number,
                submission,
            };
            match execute(dispatcher, id, &lease, command) {
                // What is refused for a while would be made again at once, for nothing again.
                Err(error) if matches!(error.rejection(), Some(Rejection::Stopped(_))) => {
                    rest(dispatcher, id, &lease, &error.to_string())
                }
                Err(error) => {
                    dispatcher.desk().let_go(id);
                    Err(error)
                }
                Ok(()) => {
                    dispatcher.desk().let_go(id);
                    dispatcher.went_well(id);
                    Ok(())
                }
            }
        }
        Err(Unmade::Failure(Failure::Passing(note))) => rest(dispatcher, id, &lease, &note),
        Err(Unmade::Failure(Failure::Later { note, wait_ms })) => {
            put_off(dispatcher, id, &lease, &note, wait_ms)
        }
        Err(Unmade::Failure(Failure::HandOver(note))) => {
            dispatcher.desk().give_up(id, agent, &note);
            give_back(dispatcher, id, &lease, note)
        }
        Err(Unmade::Error(error)) if stops_everything(&error) => Err(error),
        // Material that is missing, say, may be restored meanwhile.
        Err(Unmade::Error(error)) => rest(dispatcher, id, &lease, &error.to_string()),
    }
}

/// Whether an agent was suspended since it took its task: it begins nothing any more.
fn is_suspended(engine: &Engine, agent: ContributorId) -> Result<bool, EngineError> {
    match engine.state(StreamId::Contributor(agent))? {
        Some(State::Contributor(agent)) => Ok(agent.suspension.is_some()),
        Some(_) | None => Ok(false),
    }
}

/// Why there is nothing to hand in.
enum Unmade {
    /// The agent says so.
    Failure(Failure),
    /// Something around it broke.
    Error(EngineError),
}

/// Reads the material, lets the driver work, and keeps what it made.
fn make(dispatcher: &Dispatcher, driver: &dyn Driver, task: Task) -> Result<Submission, Unmade> {
    let engine = &dispatcher.engine;
    let commission = commission(engine, task).map_err(Unmade::Error)?;
    // A driver that panics has made nothing; that is a failure like any other.
    let made = catch_unwind(AssertUnwindSafe(|| driver.perform(&commission)));
    let made = made.unwrap_or_else(|panic| {
        let note = format!("the agent broke off: {}", panic_words(&*panic));
        Err(Failure::Passing(note))
    });
    keep(engine, made.map_err(Unmade::Failure)?).map_err(Unmade::Error)
}

/// Lets the task rest under its lease until it is tried again; after the last try it is given back.
fn rest(dispatcher: &Dispatcher, id: TaskId, lease: &Lease, note: &str) -> Result<(), EngineError> {
    dispatcher.note(id, note);
    let retry = &dispatcher.settings.retry;
    let draw = (dispatcher.settings.draws)();
    let now = dispatcher.engine.now();
    let again = dispatcher.desk().failed(id, retry, now, draw);
    if again.is_some() {
        return Ok(());
    }
    let note = format!("tried {} times, and at last: {note}", retry.tries_max);
    dispatcher.desk().give_up(id, lease.holder.id, &note);
    give_back(dispatcher, id, lease, note)
}

/// Lets the task wait under its lease, which is no failure; what waits too long is given back.
fn put_off(
    dispatcher: &Dispatcher,
    id: TaskId,
    lease: &Lease,
    note: &str,
    wait_ms: u64,
) -> Result<(), EngineError> {
    dispatcher.note(id, note);
    let draw = (dispatcher.settings.draws)();
    let now = dispatcher.engine.now();
    if dispatcher.desk().put_off(id, wait_ms, now, draw).is_some() {
        return Ok(());
    }
    let note = format!("waited too long: {note}");
    dispatcher.desk().give_up(id, lease.holder.id, &note);
    give_back(dispatcher, id, lease, note)
}

/// Gives the task back. Its agent does so again whenever it is offered the task, until the policy
/// hands it to a person.
fn give_back(
    dispatcher: &Dispatcher,
    id: TaskId,
    lease: &Lease,
    note: String,
) -> Result<(), EngineError> {
    dispatcher.note(id, &note);
    dispatcher.desk().let_go(id);
    let number = lease.number;
    let command = TaskCommand::Release {
        lease: number,
        note: shortened(note),
    };
    execute(dispatcher, id, lease, command)
}

fn execute(
    dispatcher: &Dispatcher,
    id: TaskId,
    lease: &Lease,
    command: TaskCommand,
) -> Result<(), EngineError> {
    let by = Principal::Contributor(lease.holder.id);
    dispatcher.engine.execute(by, Body::Task(id, command))?;
    Ok(())
}

/// A note as long as the record takes: an agent may have much to say about why it failed.
fn shortened(mut note: String) -> String {
    if note.len() > NOTE_BYTES_MAX {
        let mut end = NOTE_BYTES_MAX;
        while !note.is_char_boundary(end) {
            end -= 1;
        }
        note.truncate(end);
    }
    note
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
