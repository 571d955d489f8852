//! Watching a run: real figures, and a word when nothing can go on.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use consort_engine::Engine;
use consort_engine::runner::{Dispatcher, Runner};
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::outcome::{self, Outcome};
use consort_kernel::task::{Phase, Task};

use super::{Session, people};
use crate::console::Console;
use crate::exit::{TRY_AGAIN, not_found, with_code};

/// How long a glance at the work lasts before the next one.
pub(super) const GLANCE: Duration = Duration::from_millis(500);
/// How long checks may fail before somebody is told that they cannot be made.
const CHECK_MS_MAX: i64 = 60_000;
/// How many tasks of one status are looked at.
const PAGE: usize = 200;

/// The outcome as it is.
pub(super) fn expect(engine: &Engine, id: OutcomeId) -> Result<Outcome> {
    engine
        .outcome(id)?
        .ok_or_else(|| not_found(format!("{id} is not there")))
}

/// Tasks of the outcome with these statuses.
pub(super) fn tasks(engine: &Engine, id: OutcomeId, statuses: &[&str]) -> Result<Vec<Task>> {
    Ok(engine.tasks_with(Some(id), statuses, PAGE)?)
}

/// Shows how far the work is.
pub(super) fn show(engine: &Engine, id: OutcomeId, console: &mut Console) -> Result<()> {
    if !console.progress {
        return Ok(());
    }
    let outcome = expect(engine, id)?;
    let progress = outcome.progress;
    let total = progress.accepted + progress.open;
    let at_work = tasks(engine, id, &["leased", "checking"])?;
    let names: Vec<&str> = at_work
        .iter()
        .take(3)
        .map(|task| task.spec.key.as_str())
        .collect();
    console.show(&format!(
        "{} of {total} tasks done, {} paid  {}",
        progress.accepted,
        outcome.charter.asset.show(outcome.purse.paid),
        names.join(", ")
    ))?;
    Ok(())
}

/// Says what waits for somebody else. A person at the terminal hears of it once and may do something
/// about it from another one; a run that nobody attends ends with it.
pub(super) fn check_waiting(
    session: &Session<'_>,
    id: OutcomeId,
    phase: outcome::Phase,
    runner: &Runner,
    console: &mut Console,
) -> Result<()> {
    if phase == outcome::Phase::Paused {
        return Err(with_code(
            TRY_AGAIN,
            format!(
                "{id} is paused; 'consort outcome resume {id}' lets it go on, then \
                 'consort run --resume {id}'"
            ),
        ));
    }
    let waiting = waiting(session, id, runner.dispatcher())?;
    if waiting.is_empty() {
        return Ok(());
    }
    let text = waiting.join("\n");
    if session.answers.is_some() || !console.interactive {
        return Err(with_code(
            TRY_AGAIN,
            format!("{text}\nthen go on with 'consort run --resume {id}'"),
        ));
    }
    if session.told.replace(text.clone()) != text {
        console.end_show()?;
        console.tell(&format!(
            "{text}\n(this goes on by itself then; Ctrl-C leaves)"
        ))?;
    }
    Ok(())
}

/// What waits for somebody else, one line for each task; nothing while something goes on here.
fn waiting(session: &Session<'_>, id: OutcomeId, dispatcher: &Dispatcher) -> Result<Vec<String>> {
    let engine = &session.place.engine;
    let Some(unroutable) = dispatcher.unroutable(engine.bell().rings()) else {
        return Ok(Vec::new());
    };
    if dispatcher.in_hand() > 0 {
        return Ok(Vec::new());
    }
    let trouble = dispatcher.trouble();
    let mut lines = Vec::new();
    for task in tasks(engine, id, &["ready", "offered", "leased", "checking"])? {
        let trouble = trouble.get(&task.id);
        // What came to the person of this run since they were last asked is theirs at the next look.
        let is_theirs = people::whose(&task) == Some(session.local.person);
        let line = if is_theirs {
            None
        } else {
            waits_for(engine, &task, &unroutable, dispatcher, trouble)?
        };
        let Some(line) = line else {
            return Ok(Vec::new());
        };
        lines.push(format!("'{}' {line}", task.spec.key));
    }
    Ok(lines)
}

/// Whom or what a task waits for; nothing if it goes on by itself.
fn waits_for(
    engine: &Engine,
    task: &Task,
    unroutable: &BTreeSet<TaskId>,
    dispatcher: &Dispatcher,
    trouble: Option<&String>,
) -> Result<Option<String>> {
    let name = |who| {
        let name = engine.name_of(who);
        name.map(|name| name.unwrap_or_else(|| who.to_string()))
    };
    let id = task.id;
    Ok(match &task.phase {
        Phase::Ready if !unroutable.contains(&id) => None,
        Phase::Ready => Some(match (task.escalated, trouble) {
            (Some((_, who)), _) => format!(
                "waits for {0}, whom it was escalated to: consort --as {0} task claim {id}",
                name(who)?
            ),
            (None, Some(trouble)) => format!("cannot be done here: {trouble}"),
            (None, None) => format!("has nobody who can do it: consort task why {id}"),
        }),
        Phase::Offered(offer) if dispatcher.has(offer.to) => None,
        Phase::Offered(offer) => Some(format!(
            "waits for {0}, whom it was offered to: consort --as {0} task claim {id}",
            name(offer.to)?
        )),
        Phase::Leased(lease) if dispatcher.has(lease.holder.id) => None,
        Phase::Leased(lease) => Some(format!(
            "waits for {}, who has it until {}",
            name(lease.holder.id)?,
            lease.until
        )),
        Phase::Checking(handed) => trouble
            .filter(|_| engine.now().millis_since(handed.at) > CHECK_MS_MAX)
            .map(|trouble| format!("cannot be checked: {trouble}")),
        Phase::Blocked
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => None,
    })
}
