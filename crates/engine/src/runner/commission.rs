//! Commissions: a task with the material that it gives access to.
//!
//! Material comes by reference and is read here, at the moment of the work: artefacts by their
//! digest, results of other tasks once they are accepted. With it comes what a driver has to know to
//! do the task well: the schemas that the result is checked against, and what was handed in when it
//! came back.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{
    ContextItem, ContextSource, DataClass, Method, Performer, Phase, Reason, Task,
};
use consort_kernel::time::Timestamp;
use consort_store::StoreError;

use super::blind::Compared;
use crate::artefact::Artefacts;
use crate::state::task_of;
use crate::{Engine, EngineError};

/// How many tasks are read at a time.
const PAGE: usize = 500;
/// The kind of a task that counts what others answered, and so has to know who did.
const TALLY: &str = "tally";

/// A piece of material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// What the instructions call it.
    pub name: String,
    /// How closely held it is.
    pub class: DataClass,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The key of the task whose result it is, where it is one and that may be known: results that
    /// are compared are judged blind.
    pub from_task: Option<String>,
    /// Who made it, for a tally alone: it counts, and judges nobody's result against another's.
    pub made_by: Option<ContributorId>,
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
    /// The JSON Schema of each criterion that is judged by one, by the criterion's key.
    pub schemas: BTreeMap<String, Vec<u8>>,
    /// What was handed in last and came back, if something did: JSON.
    pub earlier: Option<Vec<u8>>,
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

    /// Why the work came back the last time, by criterion; empty if it never did.
    pub fn reasons(&self) -> &[Reason] {
        match &self.task.returned {
            Some(returned) => &returned.reasons,
            None => &[],
        }
    }

    /// The questions that were answered, each with its answer.
    pub fn answers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.task.questions.iter().filter_map(|question| {
            let (_, answer) = question.answer.as_ref()?;
            Some((question.text.as_str(), answer.as_str()))
        })
    }
}

/// Reads a task's material.
pub fn commission(engine: &Engine, task: Task) -> Result<Commission, EngineError> {
    let at = engine.now();
    let mut pieces: Vec<(&ContextItem, ContextSource)> = Vec::new();
    for item in &task.spec.instructions.context {
        if item.expires_at.is_none_or(|expires_at| at <= expires_at) {
            let sources = sources(engine.artefacts(), &item.source)?;
            pieces.extend(sources.into_iter().map(|source| (item, source)));
        }
    }
    let results = results(engine, &task, pieces.iter().map(|(_, source)| source))?;
    let is_tally = task.spec.kind == TALLY;
    let mut materials = Vec::with_capacity(pieces.len());
    let mut compared = Compared::default();
    for (item, source) in pieces {
        let (digest, result) = match source {
            ContextSource::Artefact(digest) => (digest, None),
            // A result that is not accepted is nobody's material.
            ContextSource::Output(key) => match results.get(&key) {
                Some(result) => (result.digest, Some((key, result))),
                None => continue,
            },
            ContextSource::Group(list) => return Err(nested(list).into()),
        };
        let material = Material {
            name: item.name.clone(),
            class: item.class,
            digest,
            from_task: result.as_ref().map(|(key, _)| key.clone()),
            made_by: result
                .as_ref()
                .filter(|_| is_tally)
                .map(|(_, result)| result.maker.id),
            bytes: engine.artefacts().get(digest)?,
        };
        match result {
            Some((_, result)) if result.is_compared && !is_tally => {
                compared.add(material, &result.maker);
            }
            Some(_) | None => materials.push(material),
        }
    }
    materials.extend(compared.blind());
    let mut schemas = BTreeMap::new();
    for criterion in &task.spec.instructions.criteria {
        if let Method::Schema(digest) = criterion.method {
            schemas.insert(criterion.key.clone(), engine.artefacts().get(digest)?);
        }
    }
    let earlier = match &task.returned {
        Some(returned) => Some(engine.artefacts().get(returned.submission.content)?),
        None => None,
    };
    Ok(Commission {
        task,
        materials,
        schemas,
        earlier,
        at,
    })
}

/// What a piece of context consists of: itself, or what its list names.
pub(crate) fn sources(
    artefacts: &Artefacts,
    source: &ContextSource,
) -> Result<Vec<ContextSource>, EngineError> {
    let list = match source {
        ContextSource::Artefact(_) | ContextSource::Output(_) => return Ok(vec![source.clone()]),
        ContextSource::Group(list) => *list,
    };
    let sources = serde_json::from_slice(&artefacts.get(list)?)
        .map_err(|error| StoreError::Damaged(format!("the list of context {list}: {error}")))?;
    Ok(sources)
}

fn nested(list: Digest) -> StoreError {
    StoreError::Damaged(format!("the list of context {list} stands in a list"))
}

/// What a task handed in.
struct Done {
    digest: Digest,
    maker: Performer,
    is_compared: bool,
}

/// What the accepted ones of the named tasks handed in, by their keys.
fn results<'a>(
    engine: &Engine,
    task: &Task,
    sources: impl Iterator<Item = &'a ContextSource>,
) -> Result<BTreeMap<String, Done>, EngineError> {
    let mut keys: BTreeMap<StreamId, &String> = BTreeMap::new();
    for source in sources {
        if let ContextSource::Output(key) = source {
            keys.insert(StreamId::Task(TaskId::in_outcome(task.outcome, key)), key);
        }
    }
    let wanted: Vec<StreamId> = keys.keys().copied().collect();
    let mut results = BTreeMap::new();
    for page in wanted.chunks(PAGE) {
        for row in engine.store().load(page)? {
            let other = task_of(&row.body)?;
            let key = keys.remove(&row.stream);
            if let (Phase::Accepted(handed, _), Some(key)) = (&other.phase, key) {
                let done = Done {
                    digest: handed.submission.content,
                    maker: handed.lease.holder.clone(),
                    is_compared: !other.peers.is_empty(),
                };
                results.insert(key.clone(), done);
            }
        }
    }
    match keys.values().next() {
        Some(key) => Err(StoreError::Damaged(format!("task {key} is not in the plan")).into()),
        None => Ok(results),
    }
}
