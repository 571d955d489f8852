//! Commissions: a task with the material that it gives access to.
//!
//! Material comes by reference and is read here, at the moment of the work: artefacts by their
//! digest, results of other tasks once they are accepted.

use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{ContextItem, ContextSource, DataClass, Phase, Task};
use consort_kernel::time::Timestamp;
use consort_store::StoreError;

use crate::{Engine, EngineError};

/// A piece of material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// What the instructions call it.
    pub name: String,
    /// How closely held it is.
    pub class: DataClass,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The key of the task whose result it is, where it is one.
    pub from_task: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A task with its material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commission {
    /// The task.
    pub task: Task,
    /// Its material, in the order of its context.
    pub materials: Vec<Material>,
    /// The moment that the work began.
    pub at: Timestamp,
}

impl Commission {
    /// The pieces of material with this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Material> {
        self.materials
            .iter()
            .filter(move |material| material.name == name)
    }
}

/// Reads a task's material.
pub fn commission(engine: &Engine, task: Task) -> Result<Commission, EngineError> {
    let at = engine.now();
    let mut materials = Vec::with_capacity(task.spec.instructions.context.len());
    for item in &task.spec.instructions.context {
        if item.expires_at.is_some_and(|expires_at| at > expires_at) {
            continue;
        }
        materials.extend(read(engine, &task, item)?);
    }
    Ok(Commission {
        task,
        materials,
        at,
    })
}

fn read(engine: &Engine, task: &Task, item: &ContextItem) -> Result<Option<Material>, EngineError> {
    let (digest, from_task) = match &item.source {
        ContextSource::Artefact(digest) => (*digest, None),
        ContextSource::Output(key) => {
            let id = TaskId::in_outcome(task.outcome, key);
            let Some(other) = engine.task(id)? else {
                return Err(StoreError::Damaged(format!("task {key} is not in the plan")).into());
            };
            // A result that is not accepted is nobody's material.
            let Phase::Accepted(handed, _) = &other.phase else {
                return Ok(None);
            };
            (handed.submission.content, Some(key.clone()))
        }
    };
    Ok(Some(Material {
        name: item.name.clone(),
        class: item.class,
        digest,
        from_task,
        bytes: engine.artefacts().get(digest)?,
    }))
}

impl Engine {
    /// A task as it is.
    pub fn task(&self, id: TaskId) -> Result<Option<Task>, EngineError> {
        match self.state(StreamId::Task(id))? {
            Some(State::Task(task)) => Ok(Some(*task)),
            Some(_) | None => Ok(None),
        }
    }

    /// The state of a stream as it is.
    pub fn state(&self, stream: StreamId) -> Result<Option<State>, EngineError> {
        let Some(row) = self.store().load(&[stream])?.pop() else {
            return Ok(None);
        };
        let state = serde_json::from_str(&row.body)
            .map_err(|error| StoreError::Damaged(format!("the state of {stream}: {error}")))?;
        Ok(Some(state))
    }
}
