//! The deliverables: the brief as a page, a document and a table, and the record of how it came.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use consort_kernel::digest::Digest;
use consort_kernel::outcome::Phase;
use consort_kernel::task::Task;
use consort_tools::deliver::{Contribution, Frame, NOTHING_INTERPRETED, csv, docx, html};
use consort_tools::shape::Brief;

use super::Session;
use super::begin::Begun;
use super::record::{self, Deliverable, Record};
use super::watch;
use crate::console::Console;

/// The kind of task whose result is the brief.
const INTEGRATE: &str = "integrate";

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
        for task in accepted(session, begun)? {
            for (name, bytes) in files(session, begun, &task)? {
                engine.artefacts().put(&bytes)?;
                let path = folder.join(&name);
                write(&path, &bytes)?;
                deliverables.push(Deliverable::of(&name, &bytes, &path));
            }
        }
    }
    let record = record::record(session, begun, deliverables)?;
    if phase == Phase::Delivered {
        write(
            &folder.join("record.json"),
            &serde_json::to_vec_pretty(&record)?,
        )?;
    }
    Ok(Report {
        record,
        folder: folder.to_owned(),
    })
}

/// Writes the page as it is to be signed, and tells where.
pub(super) fn preview(session: &Session<'_>, begun: &Begun, task: &Task) -> Result<PathBuf> {
    let folder = session.place.directory.join("previews");
    std::fs::create_dir_all(&folder)?;
    let brief = brief(session, task)?;
    let page = match brief {
        Some(brief) => html(&brief, &frame(session, begun)?),
        None => String::from_utf8_lossy(&content(session, task)?).into_owned(),
    };
    let path = folder.join(format!("{}.html", begun.outcome));
    write(&path, page.as_bytes())?;
    Ok(path)
}

/// The digests of the results that the outcome's signature rests on.
pub(super) fn deliverable_digests(session: &Session<'_>, begun: &Begun) -> Result<Vec<Digest>> {
    let tasks = accepted(session, begun)?;
    Ok(tasks
        .iter()
        .filter_map(|task| task.handed().map(|handed| handed.submission.content))
        .collect())
}

fn accepted(session: &Session<'_>, begun: &Begun) -> Result<Vec<Task>> {
    let tasks = session.place.engine.tasks_of(begun.outcome)?;
    Ok(tasks
        .into_iter()
        .filter(|task| task.is_accepted() && (task.spec.gate || task.spec.kind == INTEGRATE))
        .collect())
}

fn files(session: &Session<'_>, begun: &Begun, task: &Task) -> Result<Vec<(String, Vec<u8>)>> {
    let Some(brief) = brief(session, task)? else {
        return Ok(vec![(
            format!("{}.json", task.spec.kind),
            content(session, task)?,
        )]);
    };
    let frame = frame(session, begun)?;
    Ok(vec![
        ("brief.html".to_owned(), html(&brief, &frame).into_bytes()),
        ("brief.docx".to_owned(), docx(&brief, &frame)),
        ("table.csv".to_owned(), csv(&brief).into_bytes()),
    ])
}

fn brief(session: &Session<'_>, task: &Task) -> Result<Option<Brief>> {
    Ok(serde_json::from_slice(&content(session, task)?).ok())
}

fn content(session: &Session<'_>, task: &Task) -> Result<Vec<u8>> {
    let handed = task.handed().context("the task was not handed in")?;
    Ok(session
        .place
        .engine
        .artefacts()
        .get(handed.submission.content)?)
}

/// What the page says beside what was found.
fn frame(session: &Session<'_>, begun: &Begun) -> Result<Frame> {
    let engine = &session.place.engine;
    let outcome = watch::expect(engine, begun.outcome)?;
    let record = record::record(session, begun, Vec::new())?;
    let asset = outcome.charter.asset;
    let purse = &outcome.purse;
    let decision_asked = super::input::value_text(&begun.inputs, "question").is_some();
    let conclusion = outcome.conclusion.as_ref();
    Ok(Frame {
        accountable: session.person_name.clone(),
        contributors: record
            .contributions(asset)
            .into_iter()
            .map(contribution)
            .collect(),
        decision_asked,
        fingerprint: format!(
            "{} events, log root {}. Check it with: consort doctor",
            record.events, record.log_root
        ),
        ledger: [
            ("Funded", purse.funded),
            ("Paid to contributors", purse.paid),
            ("Fees", purse.fees),
            ("Taxes", purse.taxes),
            ("Returned to the funder", purse.refunded),
            ("Left in escrow", purse.available),
        ]
        .map(|(name, amount)| (name.to_owned(), asset.show(amount)))
        .to_vec(),
        outcome: begun.outcome.to_string(),
        prepared_on: engine.now().to_string().chars().take(10).collect(),
        recommendation: conclusion.and_then(|conclusion| conclusion.recommendation.clone()),
        sign_off: conclusion.map(|conclusion| sign_off(session, conclusion)),
        skipped: begun.skipped.clone(),
        statement: NOTHING_INTERPRETED.to_owned(),
        title: outcome.charter.title.clone(),
    })
}

fn sign_off(session: &Session<'_>, conclusion: &consort_kernel::outcome::Conclusion) -> String {
    let how = if conclusion.opened.is_empty() {
        "Signed in advance, not opened"
    } else {
        "Signed"
    };
    format!(
        "{how}, {}. {} {}",
        session.person_name, conclusion.reason, conclusion.scope
    )
}

fn contribution(line: record::Contributed) -> Contribution {
    Contribution {
        cost: line.cost,
        kind: line.kind,
        tasks: line.tasks,
        who: line.who,
    }
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
                "  {:<12} {}",
                deliverable.name,
                &deliverable.sha256.to_string()[..16]
            ))?;
        }
        console.line("  record.json")?;
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
        console.line("\nThe built-in tools extracted and compared. They did not interpret.")?;
        Ok(())
    }
}
