//! Archives: one outcome in one file, checked offline with nothing but the file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use consort_desk::archive::archive;
use consort_engine::archive::verify as verify_archive;
use consort_engine::checkpoint::Key;
use consort_kernel::id::OutcomeId;
use serde_json::json;

use crate::asked::Asked;
use crate::console::Console;
use crate::exit::{Exit, FAILED, not_found, usage};

/// Writes an outcome with everything that proves it into one file.
pub(crate) fn export(asked: &mut Asked<'_>, id: OutcomeId, file: Option<&Path>) -> Result<()> {
    let engine = &asked.place.engine;
    let Some(outcome) = engine.outcome(id)? else {
        return Err(not_found(format!(
            "{id} is not here: 'consort outcome list' shows what is"
        )));
    };
    let name = file.map_or_else(|| PathBuf::from(format!("{id}.zip")), Path::to_owned);
    let path = asked.path(&name);
    if path.exists() {
        return Err(usage(format!(
            "{} is there already; name another file",
            path.display()
        )));
    }
    let key = Key::open(&asked.place.directory, engine.network())?;
    let (bytes, written) = archive(engine, &key, &outcome)?;
    std::fs::File::create_new(&path)
        .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    let result = json!({ "path": path, "written": written });
    asked.print(&result, |_| {
        vec![
            format!(
                "{}: {} events, {} artefacts, {} held back",
                path.display(),
                written.events,
                written.artefacts,
                written.withheld
            ),
            format!(
                "anybody checks it with: consort doctor --archive {}",
                path.display()
            ),
        ]
    })
}

/// Checks an archive with nothing but the file.
pub(crate) fn verify(file: &Path, json: bool, console: &mut Console) -> Result<()> {
    let mut archive = std::fs::File::open(file)
        .with_context(|| format!("the archive {} cannot be read", file.display()))?;
    let report = verify_archive(&mut archive, None)?;
    if json {
        console.line(&serde_json::to_string_pretty(&report)?)?;
    } else {
        for problem in &report.problems {
            console.line(&problem.to_string())?;
        }
        for note in &report.notes {
            console.line(note)?;
        }
        console.line(&format!(
            "{} {}: {} events, {} tasks, {} transfers, {} artefacts; log root {}",
            report.outcome,
            report.state.unwrap_or("unknown"),
            report.events,
            report.tasks,
            report.transfers,
            report.artefacts,
            report.log_root
        ))?;
        console.line(&format!("signed with the key {}", report.key))?;
    }
    if report.problems.is_empty() {
        return Ok(());
    }
    bail!(Exit(
        FAILED,
        format!(
            "the archive does not hold: {} problems",
            report.problems.len()
        )
    ))
}
