//! Doing a task at the terminal: taking it, reading its material, asking, handing it in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use consort_engine::runner::{Material, commission};
use consort_kernel::command::Body;
use consort_kernel::id::TaskId;
use consort_kernel::task::{AiUse, Phase, Provenance, Submission, TaskCommand};

use super::found;
use crate::asked::{Asked, read_text};
use crate::exit::{DENIED, Exit, usage};

pub(super) fn claim(asked: &mut Asked<'_>, id: TaskId) -> Result<()> {
    asked.execute(Body::Task(id, TaskCommand::Claim))?;
    let task = found(asked, id)?;
    let until = match &task.phase {
        Phase::Leased(lease) => lease.until.to_string(),
        _ => String::new(),
    };
    asked.done(&format!("{id} is yours until {until}"))
}

pub(super) fn decline(asked: &mut Asked<'_>, id: TaskId) -> Result<()> {
    asked.execute(Body::Task(id, TaskCommand::Decline))?;
    asked.done(&format!("{id} is declined"))
}

/// Gives it back under the lease that it is held under.
pub(super) fn release(asked: &mut Asked<'_>, id: TaskId, note: &str) -> Result<()> {
    let lease = found(asked, id)?.lease_number;
    let note = note.to_owned();
    asked.execute(Body::Task(id, TaskCommand::Release { lease, note }))?;
    asked.done(&format!("{id} is given back; your note goes with it"))
}

pub(super) fn ask(asked: &mut Asked<'_>, id: TaskId, text: &str) -> Result<()> {
    let lease = found(asked, id)?.lease_number;
    let text = text.to_owned();
    asked.execute(Body::Task(id, TaskCommand::Ask { lease, text }))?;
    asked.done("asked; the accountable person answers with 'consort task answer'")
}

pub(super) fn answer(asked: &mut Asked<'_>, id: TaskId, question: u32, text: &str) -> Result<()> {
    let text = text.to_owned();
    asked.execute(Body::Task(id, TaskCommand::Answer { question, text }))?;
    asked.done(&format!("question {question} is answered"))
}

/// Keeps a file with the task, for whoever goes on with it.
pub(super) fn note(asked: &mut Asked<'_>, id: TaskId, file: &Path) -> Result<()> {
    let lease = found(asked, id)?.lease_number;
    let bytes = bytes_of(&asked.path(file))?;
    let note = asked.engine().artefacts().put(&bytes)?;
    asked.execute(Body::Task(id, TaskCommand::Note { lease, note }))?;
    asked.done(&format!("{} is kept with {id}", file.display()))
}

/// Writes a task's material into a folder, for who holds it and who answers for it.
pub(super) fn context(asked: &mut Asked<'_>, id: TaskId, folder: &Path) -> Result<()> {
    let task = found(asked, id)?;
    let who = asked.contributor()?;
    let holds = matches!(&task.phase, Phase::Leased(lease) if lease.holder.id == who);
    let judges = task.handed().is_some_and(|handed| {
        handed.lease.holder.id == who || handed.reviews.iter().any(|review| review.by.id == who)
    });
    if !(holds || judges || task.accountable == who) {
        return Err(anyhow::Error::new(Exit(
            DENIED,
            format!("you do not hold {id}: take it first with 'consort task claim {id}'"),
        )));
    }
    let folder = asked.path(folder);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let commission = commission(asked.engine(), task)?;
    let mut written = Vec::new();
    for (index, material) in commission.materials.iter().enumerate() {
        let name = file_name(index, material);
        let path = folder.join(&name);
        std::fs::write(&path, &material.bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        written.push(name);
    }
    asked.print(&written, |written| {
        let mut lines = written.clone();
        lines.push(format!("{} files in {}", written.len(), folder.display()));
        lines
    })
}

/// A name of our own: what material is called is data, and no path.
fn file_name(index: usize, material: &Material) -> String {
    let plain: String = material
        .name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let kind = if serde_json::from_slice::<serde_json::Value>(&material.bytes).is_ok() {
        "json"
    } else {
        "txt"
    };
    format!("{:03}-{plain}.{kind}", index + 1)
}

/// Hands in a JSON file, with files that belong to it.
pub(super) fn submit(
    asked: &mut Asked<'_>,
    id: TaskId,
    file: &Path,
    attached: &[PathBuf],
    made_with: Option<&str>,
) -> Result<()> {
    let text = read_text(&asked.path(file))?;
    let content: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let lease = found(asked, id)?.lease_number;
    let mut files = BTreeMap::new();
    for path in attached {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .ok_or_else(|| usage(format!("--attach {}: a file was expected", path.display())))?;
        let bytes = bytes_of(&asked.path(path))?;
        files.insert(name, asked.engine().artefacts().put(&bytes)?);
    }
    let content = serde_json::to_vec(&content)?;
    let submission = Submission {
        content: asked.engine().artefacts().put(&content)?,
        files,
        provenance: Provenance {
            ai: if made_with.is_some() {
                AiUse::Assisted
            } else {
                AiUse::None
            },
            made_with: made_with.map(str::to_owned),
        },
    };
    asked.execute(Body::Task(id, TaskCommand::Submit { lease, submission }))?;
    asked.done(&format!("{id} is handed in"))
}

fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}
