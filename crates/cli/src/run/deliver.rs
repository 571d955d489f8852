//! The deliverables: the files that came of gates and last tasks, and the record of how they came.
//!
//! A brief is rendered here, because its page tells of the run itself. Any other result is delivered
//! as it was handed in: its files under their names, or else its content as readable JSON.

mod brief;
mod change;
mod made;
mod name;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use consort_agents::command::COMPLAINT;
use consort_kernel::digest::Digest;
use consort_kernel::outcome::Phase;
use consort_kernel::task::{Handed, Task};

use super::Session;
use super::begin::Begun;
use super::record::{self, Deliverable, Record};
use super::watch;
use crate::console::Console;

use name::{Names, RECORD};

/// What a run came to.
pub(super) struct Report {
    pub(super) record: Record,
    folder: PathBuf,
}

/// Where the deliverables go, unless another folder is named.
pub(super) fn default_folder(begun: &Begun) -> PathBuf {
    PathBuf::from(format!("consort-{}", begun.outcome))
}

/// Writes the deliverables and the record.
pub(super) fn deliver(
    session: &Session<'_>,
    begun: &Begun,
    phase: Phase,
    folder: &Path,
) -> Result<Report> {
    let engine = &session.place.engine;
    let mut deliverables = Vec::new();
    if phase == Phase::Delivered {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let mut names = Names::default();
        for task in accepted(session, begun)? {
            for (wanted, bytes) in files(session, begun, &task)? {
                engine.artefacts().put(&bytes)?;
                let name = names.give(&wanted, &task.spec.key);
                let path = folder.join(&name);
                write(&path, &bytes)?;
                deliverables.push(Deliverable::of(&name, &bytes, &path));
            }
        }
    }
    let record = record::record(session, begun, deliverables)?;
    if phase == Phase::Delivered {
        write(&folder.join(RECORD), &serde_json::to_vec_pretty(&record)?)?;
    }
    Ok(Report {
        record,
        folder: folder.to_owned(),
    })
}

/// Writes what is to be signed as it would be delivered, and tells where.
pub(super) fn preview(session: &Session<'_>, begun: &Begun, task: &Task) -> Result<Vec<PathBuf>> {
    let folder = session
        .place
        .directory
        .join("previews")
        .join(begun.outcome.to_string());
    std::fs::create_dir_all(&folder)?;
    let mut names = Names::default();
    let mut paths = Vec::new();
    for (wanted, bytes) in files(session, begun, task)? {
        let path = folder.join(names.give(&wanted, &task.spec.key));
        write(&path, &bytes)?;
        paths.push(path);
    }
    Ok(paths)
}

/// Whether what was handed in is a brief.
pub(super) fn is_brief(session: &Session<'_>, task: &Task) -> Result<bool> {
    Ok(brief::read(&content(session, handed(task)?)?).is_some())
}

/// Whether a brief is among what is delivered.
pub(super) fn has_brief(session: &Session<'_>, begun: &Begun) -> Result<bool> {
    for task in accepted(session, begun)? {
        if is_brief(session, &task)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The digests of the results, and of their files, that the outcome's signature rests on.
pub(super) fn deliverable_digests(session: &Session<'_>, begun: &Begun) -> Result<Vec<Digest>> {
    let tasks = accepted(session, begun)?;
    Ok(tasks
        .iter()
        .filter_map(Task::handed)
        .flat_map(digests)
        .collect())
}

/// The digests of what was handed in: the result and its files.
pub(super) fn digests(handed: &Handed) -> Vec<Digest> {
    let submission = &handed.submission;
    let files = submission.files.values().copied();
    std::iter::once(submission.content).chain(files).collect()
}

/// What is delivered: the accepted results of gates, and of tasks that nothing else needed.
fn accepted(session: &Session<'_>, begun: &Begun) -> Result<Vec<Task>> {
    let tasks = session.place.engine.tasks_of(begun.outcome)?;
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

/// The files of a result.
fn files(session: &Session<'_>, begun: &Begun, task: &Task) -> Result<Vec<(String, Vec<u8>)>> {
    let handed = handed(task)?;
    let bytes = content(session, handed)?;
    if let Some(brief) = brief::read(&bytes) {
        return brief::files(session, begun, &brief);
    }
    if let Some(change) = change::read(&bytes) {
        return change::files(session, begun, task, handed, &change);
    }
    let artefacts = session.place.engine.artefacts();
    let mut files = Vec::new();
    // What a program said aside belongs to its submission and is no result.
    let made = handed.submission.files.iter();
    for (name, digest) in made.filter(|(name, _)| *name != COMPLAINT) {
        files.push((name.clone(), artefacts.get(*digest)?));
    }
    if files.is_empty() {
        let readable = match serde_json::from_slice::<serde_json::Value>(&bytes) {
            Ok(value) => serde_json::to_vec_pretty(&value)?,
            Err(_) => bytes,
        };
        files.push((format!("{}.json", task.spec.key), readable));
    }
    Ok(files)
}

fn handed(task: &Task) -> Result<&Handed> {
    task.handed().context("the task was not handed in")
}

fn content(session: &Session<'_>, handed: &Handed) -> Result<Vec<u8>> {
    let artefacts = session.place.engine.artefacts();
    Ok(artefacts.get(handed.submission.content)?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| {
        format!(
            "{} cannot be written; free some space or name another folder with --output",
            path.display()
        )
    })
}

impl Report {
    /// Tells the person where everything is.
    pub(super) fn tell(&self, session: &Session<'_>, console: &mut Console) -> Result<()> {
        let record = &self.record;
        console.line(&format!("\n{} {}", record.outcome.id, record.outcome.state))?;
        if record.deliverables.is_empty() {
            return Ok(());
        }
        console.line(&format!("\nDeliverables in {}", self.folder.display()))?;
        for deliverable in &record.deliverables {
            console.line(&format!(
                "  {:<20} {}",
                deliverable.name,
                &deliverable.sha256.to_string()[..16]
            ))?;
        }
        console.line(&format!("  {RECORD}"))?;
        console.line("\nWho did what")?;
        let outcome = watch::expect(&session.place.engine, record.outcome.id)?;
        for line in record.contributions(outcome.charter.asset) {
            console.line(&format!(
                "  {:<20} {:<10} {:<34} {:>16}",
                line.who, line.kind, line.tasks, line.cost
            ))?;
        }
        record.tell_ledger(console)?;
        console.line(&format!(
            "\n{} events, log root {}\nCheck it with: consort doctor --data {}",
            record.events,
            record.log_root,
            session.place.directory.display()
        ))?;
        let tasks = session.place.engine.tasks_of(record.outcome.id)?;
        console.line(&format!("\n{}", made::sentence(&tasks)))?;
        Ok(())
    }
}
