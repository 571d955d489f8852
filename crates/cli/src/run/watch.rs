//! Watching a run: real figures, and a word when nothing can go on.

use std::time::Duration;

use anyhow::{Result, anyhow};
use consort_engine::Engine;
use consort_engine::runner::Runner;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{Outcome, Phase};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;
use consort_store::StateQuery;

use crate::console::Console;
use crate::exit::not_found;

/// How long a glance at the work lasts before the next one.
pub(super) const GLANCE: Duration = Duration::from_millis(500);
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
    let query = StateQuery {
        kind: Some("task"),
        parent: Some(StreamId::Outcome(id)),
        statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
        after: None,
        limit: PAGE,
    };
    let mut found = Vec::new();
    for row in engine.store().states(&query)? {
        if let State::Task(task) = serde_json::from_str(&row.body)? {
            found.push(*task);
        }
    }
    Ok(found)
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

/// Says so when nothing can go on without somebody who is not here.
pub(super) fn check_stuck(
    engine: &Engine,
    id: OutcomeId,
    phase: Phase,
    runner: &Runner,
) -> Result<()> {
    if phase == Phase::Paused {
        return Err(anyhow!(
            "{id} is paused; 'consort outcome resume {id}' lets it go on, then resume this run"
        ));
    }
    let moving = tasks(
        engine,
        id,
        &["offered", "leased", "checking", "reviewing", "signing"],
    )?;
    let ready = tasks(engine, id, &["ready"])?;
    let first = ready.iter().find(|task| {
        // A task that was just made ready is offered in the next round.
        let ready_for = engine.now().millis_since(task.id.time());
        ready_for > 60_000 && task.attempts_total > 0
    });
    match first {
        Some(task) if moving.is_empty() => {
            let trouble = runner.dispatcher().trouble().remove(&task.id);
            let why = trouble.unwrap_or_else(|| "nobody here can do it".to_owned());
            Err(anyhow!(
                "'{}' cannot go on: {why}. See 'consort task why {}'",
                task.spec.key,
                task.id
            ))
        }
        Some(_) | None => Ok(()),
    }
}
