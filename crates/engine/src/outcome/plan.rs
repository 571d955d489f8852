//! Carrying a plan on: what waited for earlier results is planned once they are there.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::outcome::{OutcomeCommand, PLAN_CHANGE_MAX};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{APART_GROUP_MAX, Phase, Task, TaskSpec};
use consort_playbook::{Inputs, Known, Playbook, Problem, expand};
use consort_store::{StateQuery, StoreError};

use crate::state::task_of;
use crate::{Engine, EngineError};

/// How many tasks are read at a time.
const PAGE: usize = 1_000;
/// About how many bytes of tasks go into one change of the plan, so that its commit stays short.
const CHANGE_BYTES_MAX: usize = 512 * 1024;

/// What growing a plan came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// So many tasks came in, and so many templates still wait.
    Tasks {
        /// Tasks that came in.
        added: usize,
        /// Templates that wait.
        waiting: usize,
    },
    /// The playbook cannot be expanded with what came.
    Problems(Vec<Problem>),
}

/// Plans what can be planned with the results that are there now.
pub fn grow(
    engine: &Engine,
    outcome: OutcomeId,
    playbook: &Playbook,
    inputs: &Inputs,
) -> Result<Planned, EngineError> {
    // Results are read only where a template waits for them: most of a large plan is never asked.
    let waiting = match expand(playbook, inputs, &Known::default()) {
        Ok(expansion) => expansion.later,
        Err(problems) => return Ok(Planned::Problems(problems)),
    };
    let awaited: BTreeSet<&str> = waiting
        .iter()
        .flat_map(|later| &later.waits_for)
        .map(String::as_str)
        .collect();
    let tasks = engine.tasks_of(outcome)?;
    let planned = tasks.iter().map(|task| task.spec.key.clone()).collect();
    let results: Vec<Task> = tasks
        .into_iter()
        .filter(|task| awaited.contains(template(&task.spec.key)))
        .collect();
    let known = Known {
        outputs: outputs(engine, &results)?,
        planned,
    };
    let expansion = match expand(playbook, inputs, &known) {
        Ok(expansion) => expansion,
        Err(problems) => return Ok(Planned::Problems(problems)),
    };
    for artefact in expansion.artefacts.values() {
        engine.artefacts().put(&artefact.bytes)?;
    }
    let reason = "the playbook goes on with what was handed in";
    add_tasks(engine, outcome, Principal::Engine, &expansion.tasks, reason)?;
    Ok(Planned::Tasks {
        added: expansion.tasks.len(),
        waiting: expansion.later.len(),
    })
}

/// The template of a task: `research` for `research[offer-a.pdf]`.
fn template(key: &str) -> &str {
    key.split_once('[').map_or(key, |(template, _)| template)
}

/// What the accepted tasks handed in, by their keys.
pub fn outputs(
    engine: &Engine,
    tasks: &[Task],
) -> Result<BTreeMap<String, serde_json::Value>, EngineError> {
    let mut outputs = BTreeMap::new();
    for task in tasks {
        let Phase::Accepted(handed, _) = &task.phase else {
            continue;
        };
        let bytes = engine.artefacts().get(handed.submission.content)?;
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::Damaged(format!("{}: {error}", task.spec.key)))?;
        outputs.insert(task.spec.key.clone(), value);
    }
    Ok(outputs)
}

/// Adds those of the tasks to the plan that are not in it, in changes of a bounded size.
pub(super) fn add_tasks(
    engine: &Engine,
    outcome: OutcomeId,
    principal: Principal,
    tasks: &[TaskSpec],
    reason: &str,
) -> Result<(), EngineError> {
    let planned: BTreeSet<TaskId> = engine
        .tasks_of(outcome)?
        .into_iter()
        .map(|task| task.id)
        .collect();
    let mut add: Vec<TaskSpec> = Vec::new();
    let mut bytes = 0;
    let change = |add: &mut Vec<TaskSpec>| -> Result<(), EngineError> {
        if add.is_empty() {
            return Ok(());
        }
        let add = std::mem::take(add);
        let command = OutcomeCommand::ChangePlan {
            add,
            drop: Vec::new(),
            reason: reason.to_owned(),
        };
        engine
            .execute(principal, Body::Outcome(outcome, command))
            .map(|_| ())
    };
    for spec in tasks {
        if planned.contains(&TaskId::in_outcome(outcome, &spec.key)) {
            continue;
        }
        let size = consort_kernel::canonical::write(spec).len();
        // Tasks that name each other come in together.
        let is_peer = add
            .last()
            .is_some_and(|last| last.apart_from.contains(&spec.key));
        let is_full = add.len() + APART_GROUP_MAX > PLAN_CHANGE_MAX;
        if !is_peer && (is_full || (bytes + size > CHANGE_BYTES_MAX && !add.is_empty())) {
            change(&mut add)?;
            bytes = 0;
        }
        bytes += size;
        add.push(spec.clone());
    }
    change(&mut add)
}

impl Engine {
    /// All tasks of an outcome, in the order of their identifiers.
    pub fn tasks_of(&self, outcome: OutcomeId) -> Result<Vec<Task>, EngineError> {
        let mut tasks = Vec::new();
        let mut after = None;
        loop {
            let query = StateQuery {
                kind: Some("task"),
                parent: Some(StreamId::Outcome(outcome)),
                after,
                limit: PAGE,
                ..StateQuery::default()
            };
            let rows = self.store().states(&query)?;
            let Some(last) = rows.last() else {
                return Ok(tasks);
            };
            after = Some(last.stream);
            for row in &rows {
                tasks.push(task_of(&row.body)?);
            }
        }
    }
}
