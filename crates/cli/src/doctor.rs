//! `consort doctor`: reads the whole record again and compares all that follows from it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use consort_engine::EngineError;
use consort_engine::checkpoint::Signers;
use consort_engine::doctor::{Problem, Report, examine, rebuild};
use consort_store::StoreError;

use crate::asked::Asked;
use crate::console::Console;
use crate::exit::{Exit, FAILED, usage};

/// How many problems are listed on the terminal; as JSON there are more.
const LISTED_MAX: usize = 50;

/// Looks for anything that does not hold.
#[derive(Debug, Args)]
#[command(after_help = "Exit code 1 with what is wrong.\n\nExample:\n  consort doctor --json")]
pub(crate) struct Doctor {
    /// Writes anew what can be derived from the events, then looks.
    #[arg(long)]
    rebuild: bool,
    /// Checks an exported archive instead, with nothing but the file.
    #[arg(long, value_name = "FILE")]
    archive: Option<PathBuf>,
}

impl Doctor {
    /// Whether an archive is checked, which needs no data directory.
    pub(crate) const fn is_of_archive(&self) -> bool {
        self.archive.is_some()
    }

    pub(crate) fn carry_out_on_archive(&self, json: bool, console: &mut Console) -> Result<()> {
        let Some(file) = &self.archive else {
            return Err(usage("--archive FILE was expected"));
        };
        crate::archive::verify(file, json, console)
    }

    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let engine = &asked.place.engine;
        if self.rebuild {
            match rebuild(engine.store()) {
                Ok(rebuilt) => asked.console.tell(&format!("written anew: {rebuilt:?}"))?,
                // What is damaged is told of below, with all the rest.
                Err(StoreError::Damaged(text)) => asked.console.tell(&text)?,
                Err(error) => return Err(error.into()),
            }
        }
        let signers = Signers::of(&asked.place.directory, engine.network());
        let console = &mut *asked.console;
        let mut shown = Ok(());
        let report = examine(
            engine.store(),
            Some(engine.artefacts()),
            Some(&signers),
            &mut |done, of| {
                if shown.is_ok() {
                    shown = console.show(&format!("{done} of {of} events read again"));
                }
            },
        )?;
        shown?;
        console.end_show()?;
        tell(&report, asked.json, asked.console)
    }

    /// Tells of data that cannot even be opened. What is no damage stays an error.
    pub(crate) fn carry_out_unopened(
        error: anyhow::Error,
        json: bool,
        console: &mut Console,
    ) -> Result<()> {
        let damage = match error.downcast_ref::<EngineError>() {
            Some(EngineError::Store(error)) => Some(error),
            _ => error.downcast_ref::<StoreError>(),
        };
        match damage {
            Some(StoreError::Damaged(text)) => {
                tell(&Report::unreadable(text.clone()), json, console)
            }
            _ => Err(error),
        }
    }
}

/// Says what was found, and fails if anything is wrong.
fn tell(report: &Report, json: bool, console: &mut Console) -> Result<()> {
    if json {
        console.line(&serde_json::to_string_pretty(report)?)?;
    } else {
        for line in lines(report) {
            console.line(&line)?;
        }
    }
    if report.problems.is_empty() {
        return Ok(());
    }
    bail!(Exit(FAILED, "the record does not hold".to_owned()))
}

fn lines(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report.problems.iter().take(LISTED_MAX).map(words).collect();
    lines.extend(report.notes.iter().cloned());
    lines.push(format!(
        "{} events, {} streams, {} transfers, {} outcomes; log root {}",
        report.events, report.streams, report.transfers, report.outcomes, report.log_root
    ));
    lines.push(if report.problems.is_empty() {
        "Everything holds: states, effects, log, ledger and escrow follow from the events."
            .to_owned()
    } else {
        format!("{} problems", report.problems.len())
    });
    lines
}

fn words(problem: &Problem) -> String {
    format!(
        "{}  {}: {}. {}.",
        problem.code, problem.subject, problem.text, problem.remedy
    )
}
