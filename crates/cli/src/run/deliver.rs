//! The deliverables, written into a folder with the record of how they came.

mod name;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use consort_desk::deliver::{accepted, files, sentence};
use consort_desk::record::{Deliverable, Ledger, Record, record};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::outcome::Phase;
use consort_kernel::task::Task;

use super::Session;
use super::begin::Begun;
use crate::console::Console;
use crate::place::spending;

use name::{Names, RECORD};

/// What a run came to.
pub(super) struct Report {
    pub(super) record: Record,
    folder: PathBuf,
}

/// Where the deliverables go, unless another folder is named.
pub(super) fn default_folder(begun: &Begun<'_>) -> PathBuf {
    PathBuf::from(format!("consort-{}", begun.case.id))
}

/// Writes the deliverables and the record.
pub(super) fn deliver(begun: &Begun<'_>, phase: Phase, folder: &Path) -> Result<Report> {
    let case = &begun.case;
    let mut deliverables = Vec::new();
    if phase == Phase::Delivered {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let mut names = Names::default();
        for task in accepted(case)? {
            for (wanted, bytes) in files(case, &task)? {
                case.engine.artefacts().put(&bytes)?;
                let name = names.give(&wanted, &task.spec.key);
                let path = folder.join(&name);
                write(&path, &bytes)?;
                deliverables.push(Deliverable {
                    path: Some(path.display().to_string()),
                    ..Deliverable::of(&name, &bytes)
                });
            }
        }
    }
    let record = record(case, deliverables)?;
    if phase == Phase::Delivered {
        write(&folder.join(RECORD), &serde_json::to_vec_pretty(&record)?)?;
    }
    Ok(Report {
        record,
        folder: folder.to_owned(),
    })
}

/// Writes what is to be signed as it would be delivered, and tells where.
pub(super) fn preview(
    session: &Session<'_>,
    begun: &Begun<'_>,
    task: &Task,
) -> Result<Vec<PathBuf>> {
    let folder = session
        .place
        .directory
        .join("previews")
        .join(begun.case.id.to_string());
    std::fs::create_dir_all(&folder)?;
    let mut names = Names::default();
    let mut paths = Vec::new();
    for (wanted, bytes) in files(&begun.case, task)? {
        let path = folder.join(names.give(&wanted, &task.spec.key));
        write(&path, &bytes)?;
        paths.push(path);
    }
    Ok(paths)
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
    pub(super) fn tell(&self, begun: &Begun<'_>, data: &Path, console: &mut Console) -> Result<()> {
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
        for line in record.contributions(begun.case.outcome()?.charter.asset) {
            console.line(&format!(
                "  {:<20} {:<10} {:<34} {:>16}",
                line.who, line.kind, line.tasks, line.cost
            ))?;
        }
        tell_ledger(&record.ledger, console)?;
        console.line(&format!(
            "\n{} events, log root {}\nCheck it with: consort doctor --data {}",
            record.events,
            record.log_root,
            data.display()
        ))?;
        let tasks = begun.case.engine.tasks_of(begun.case.id)?;
        console.line(&format!("\n{}", sentence(&tasks)))?;
        Ok(())
    }
}

fn tell_ledger(ledger: &Ledger, console: &mut Console) -> Result<()> {
    let show = |minor| Asset::PRACTICE.show(Amount::from_minor(minor));
    console.line("\nLedger (obligations; no bank money was moved)")?;
    for (name, minor) in [
        ("funded", ledger.funded_minor),
        ("paid", ledger.paid_minor),
        ("fees", ledger.fees_minor),
        ("returned", ledger.refunded_minor),
        ("escrow", ledger.escrow_minor),
    ] {
        console.line(&format!("  {name:<10}{:>18}", show(minor)))?;
    }
    if !ledger.models_micro.is_empty() {
        let cost = spending::shown(&ledger.models_micro);
        console.line(&format!("  models    {cost} (metered beside what is paid)"))?;
    }
    Ok(())
}
