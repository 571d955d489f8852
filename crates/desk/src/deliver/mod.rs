//! The deliverables: the files that came of gates and last tasks.
//!
//! A brief is rendered here, because its page tells of the outcome itself. Any other result is
//! delivered as it was handed in: its files under their names, or else its content as readable JSON.

mod brief;
mod change;
mod credit;
mod made;

use std::collections::BTreeSet;

use consort_agents::command::COMPLAINT;
use consort_engine::Engine;
use consort_kernel::digest::Digest;
use consort_kernel::task::{Handed, Task};
use consort_tools::change::Change;
use consort_tools::shape::Brief;

use crate::{Case, DeskError};

pub use made::sentence;

/// A file with the name that it was handed in with, which is data and never a path.
pub type NamedFile = (String, Vec<u8>);

/// What is in a delivered file.
pub enum Delivered {
    /// It was made for whoever reads it.
    Made(Vec<u8>),
    /// It is kept, as it was handed in, under this digest.
    Kept(Digest),
}

/// What is delivered: the accepted results of gates, and of tasks that nothing else needed.
pub fn accepted(case: &Case<'_>) -> Result<Vec<Task>, DeskError> {
    let tasks = case.engine.tasks_of(case.id)?;
    // A task that came in after those that it needs were accepted is none of their dependents.
    let needed: BTreeSet<String> = tasks
        .iter()
        .flat_map(|task| task.spec.needs.iter().cloned())
        .collect();
    let is_last = |task: &Task| task.dependents.is_empty() && !needed.contains(&task.spec.key);
    let mut delivered: Vec<Task> = tasks
        .into_iter()
        .filter(|task| task.is_accepted() && (task.spec.gate || is_last(task)))
        .collect();
    delivered.sort_by(|one, other| (one.rank, &one.spec.key).cmp(&(other.rank, &other.spec.key)));
    Ok(delivered)
}

/// The files of a result, as they are delivered.
pub fn files(case: &Case<'_>, task: &Task) -> Result<Vec<NamedFile>, DeskError> {
    match read(case.engine, task)? {
        Read::Brief(brief) => brief::files(case, &brief),
        Read::Change(change) => change::files(case, task, handed(task)?, &change),
        Read::Other(bytes) => as_handed_in(case.engine, task, bytes),
    }
}

/// The same for a task alone: its case is opened only where the files tell of it.
pub fn files_of(engine: &Engine, task: &Task) -> Result<Vec<NamedFile>, DeskError> {
    match read(engine, task)? {
        Read::Brief(_) | Read::Change(_) => files(&Case::open(engine, task.outcome)?, task),
        Read::Other(bytes) => as_handed_in(engine, task, bytes),
    }
}

/// What a result is.
enum Read {
    Brief(Box<Brief>),
    Change(Box<Change>),
    Other(Vec<u8>),
}

fn read(engine: &Engine, task: &Task) -> Result<Read, DeskError> {
    let bytes = engine.artefacts().get(handed(task)?.submission.content)?;
    if let Some(brief) = brief::read(&bytes) {
        return Ok(Read::Brief(Box::new(brief)));
    }
    Ok(match change::read(&bytes) {
        Some(change) => Read::Change(Box::new(change)),
        None => Read::Other(bytes),
    })
}

/// The names of these files, in their order.
pub fn names_of(engine: &Engine, task: &Task) -> Result<Vec<String>, DeskError> {
    if let Read::Other(_) = read(engine, task)?
        && let names = files_handed_in(task)?.map(|(name, _)| name.clone())
        && let names = names.collect::<Vec<_>>()
        && !names.is_empty()
    {
        return Ok(names);
    }
    let files = files_of(engine, task)?;
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

/// One of these files; what was handed in without names of contributors to be put into it is not read here.
pub fn file_of(engine: &Engine, task: &Task, name: &str) -> Result<Option<Delivered>, DeskError> {
    if let Read::Other(_) = read(engine, task)?
        && !credit::may_credit(name)
        && let Some((_, digest)) = files_handed_in(task)?.find(|file| file.0 == name)
    {
        return Ok(Some(Delivered::Kept(*digest)));
    }
    let mut files = files_of(engine, task)?.into_iter();
    let file = files.find(|file| file.0 == name);
    Ok(file.map(|(_, bytes)| Delivered::Made(bytes)))
}

/// The files that were handed in; what a program said aside belongs to its submission and is no result.
fn files_handed_in(task: &Task) -> Result<impl Iterator<Item = (&String, &Digest)>, DeskError> {
    let files = handed(task)?.submission.files.iter();
    Ok(files.filter(|(name, _)| *name != COMPLAINT))
}

/// The files that were handed in, or else the content as readable JSON.
fn as_handed_in(engine: &Engine, task: &Task, bytes: Vec<u8>) -> Result<Vec<NamedFile>, DeskError> {
    let mut files = Vec::new();
    for (name, digest) in files_handed_in(task)? {
        let bytes = credit::credited(engine, name, engine.artefacts().get(*digest)?)?;
        files.push((name.clone(), bytes));
    }
    if files.is_empty() {
        let value = serde_json::from_slice::<serde_json::Value>(&bytes);
        let readable = value.and_then(|value| serde_json::to_vec_pretty(&value));
        files.push((format!("{}.json", task.spec.key), readable.unwrap_or(bytes)));
    }
    Ok(files)
}

/// Whether what was handed in is a brief.
pub fn is_brief(case: &Case<'_>, task: &Task) -> Result<bool, DeskError> {
    let content = handed(task)?.submission.content;
    Ok(brief::read(&case.engine.artefacts().get(content)?).is_some())
}

/// Whether a brief is among what is delivered.
pub fn has_brief(case: &Case<'_>) -> Result<bool, DeskError> {
    for task in accepted(case)? {
        if is_brief(case, &task)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The digests of what was handed in: the result and its files, without what a program said aside.
pub fn digests(handed: &Handed) -> Vec<Digest> {
    let submission = &handed.submission;
    let files = submission.files.iter();
    let files = files
        .filter(|(name, _)| *name != COMPLAINT)
        .map(|(_, digest)| *digest);
    std::iter::once(submission.content).chain(files).collect()
}

pub(crate) fn handed(task: &Task) -> Result<&Handed, DeskError> {
    task.handed()
        .ok_or_else(|| DeskError::NotHandedIn(task.spec.key.clone()))
}
