//! `consort bench`: what the machine and the software can do, measured on the machine at hand.
//!
//! It works in a temporary folder of the data directory's disk, or in databases that it makes, and
//! leaves nothing behind. What the
//! figures mean, and what they were on which machine, stands in `docs/BENCHMARKS.md`.

mod crew;
mod http;
mod lifecycle;
mod machine;
mod pages;
mod report;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use consort_store::sqlite::floor;
use serde::Serialize;

use crate::console::Console;
use crate::exit::usage;
use lifecycle::Shape;
use report::Report;

/// The most lifecycles of one run: their identifiers and moments are kept in memory.
const TASKS_MAX: u32 = 1_000_000;
/// The most lifecycles that are under way at once: more commands than that do not fit the queue.
const IN_FLIGHT_MAX: u32 = 10_000;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchVerb {
    /// Whole lives of tasks: created with their hold, offered, taken, handed in, reviewed, signed
    /// and paid.
    Lifecycle(Lifecycle),
    /// The same over HTTP, from another process than the server's.
    Http(Http),
    /// Pages of a large network, as long as they take to render.
    Pages(Pages),
}

/// Lifecycles.
#[derive(Debug, Args)]
#[command(
    after_help = "Every answer is durable before it is given (SQLite, synchronous=FULL). With --database, the \
server named there gets a database for each shape, which goes away again.\n\n\
Example:\n  consort bench lifecycle --tasks 20000 --in-flight 400 --json"
)]
pub(crate) struct Lifecycle {
    /// How many lifecycles, in each of the two shapes.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    tasks: u32,
    /// How many are under way at once.
    #[arg(long, value_name = "C", default_value_t = 400)]
    in_flight: u32,
}

/// Lifecycles over HTTP.
#[derive(Debug, Args)]
#[command(
    after_help = "The server is 'consort serve' in a process of its own; every answer is durable before it \
is given.\n\nExample:\n  consort bench http --tasks 10000 --in-flight 64 --json"
)]
pub(crate) struct Http {
    /// How many lifecycles.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    tasks: u32,
    /// How many connections ask at once.
    #[arg(long, value_name = "C", default_value_t = http::CONNECTIONS_MIN)]
    in_flight: u32,
}

/// Pages of a large network.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  consort bench pages --tasks 100000 --contributors 10000 --json"
)]
pub(crate) struct Pages {
    /// How many tasks the network has; three in five are accepted.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    tasks: u32,
    /// How many people.
    #[arg(long, value_name = "P", default_value_t = 10_000)]
    contributors: u32,
}

impl BenchVerb {
    /// Measures beside the data directory, which need not be free.
    pub(crate) fn carry_out(
        &self,
        directory: &Path,
        database: Option<&str>,
        json: bool,
        console: &mut Console,
    ) -> Result<()> {
        match self {
            Self::Lifecycle(lifecycle) => lifecycle.carry_out(directory, database, json, console),
            Self::Pages(of_network) => of_network.carry_out(directory, json, console),
            Self::Http(over_http) => over_http.carry_out(directory, json, console),
        }
    }
}

impl Lifecycle {
    fn carry_out(
        &self,
        directory: &Path,
        database: Option<&str>,
        json: bool,
        console: &mut Console,
    ) -> Result<()> {
        if !(1..=TASKS_MAX).contains(&self.tasks) {
            return Err(usage(format!("--tasks N: from 1 to {TASKS_MAX}")));
        }
        if !(1..=IN_FLIGHT_MAX).contains(&self.in_flight) {
            return Err(usage(format!("--in-flight C: from 1 to {IN_FLIGHT_MAX}")));
        }
        let scratch = Scratch::new(directory)?;
        console.show("measuring the disk")?;
        let sync_us = machine::sync_us(&scratch.0)?;
        let measure = |name: &str, shape| {
            let folder = scratch.0.join(name);
            match database {
                Some(url) => lifecycle::run_in_database(url, &folder, shape, self.load()),
                None => lifecycle::run(&folder, shape, self.load()),
            }
        };
        console.show("measuring many outcomes")?;
        let many = measure("many", Shape::ManyOutcomes)?;
        console.show("measuring one outcome")?;
        let one = measure("one", Shape::OneOutcome)?;
        let floor = if database.is_none() {
            console.show("measuring the floor")?;
            let clock = machine::Clock::start();
            floor::live(&scratch.0.join("floor"), self.tasks)?;
            Some(clock.stop())
        } else {
            None
        };
        console.end_show()?;
        let report = Report::new(self.load(), &many, &one, floor.as_ref(), sync_us);
        show(&report, &report.lines(), json, console)
    }

    const fn load(&self) -> lifecycle::Load {
        lifecycle::Load {
            tasks: self.tasks,
            in_flight: self.in_flight,
        }
    }
}

impl Http {
    fn carry_out(&self, directory: &Path, json: bool, console: &mut Console) -> Result<()> {
        if !(1..=TASKS_MAX).contains(&self.tasks) {
            return Err(usage(format!("--tasks N: from 1 to {TASKS_MAX}")));
        }
        if !(http::CONNECTIONS_MIN..=IN_FLIGHT_MAX).contains(&self.in_flight) {
            let least = http::CONNECTIONS_MIN;
            return Err(usage(format!(
                "--in-flight C: from {least} to {IN_FLIGHT_MAX}"
            )));
        }
        let scratch = Scratch::new(directory)?;
        let report = http::measure(&scratch.0, self.tasks, self.in_flight, console)?;
        show(&report, &report.lines(), json, console)
    }
}

impl Pages {
    fn carry_out(&self, directory: &Path, json: bool, console: &mut Console) -> Result<()> {
        if !(100..=TASKS_MAX).contains(&self.tasks) {
            return Err(usage(format!("--tasks N: from 100 to {TASKS_MAX}")));
        }
        if !(50..=TASKS_MAX).contains(&self.contributors) {
            return Err(usage(format!("--contributors P: from 50 to {TASKS_MAX}")));
        }
        let scratch = Scratch::new(directory)?;
        let report = pages::measure(&scratch.0, self.tasks, self.contributors, console)?;
        show(&report, &report.lines(), json, console)
    }
}

/// Prints a report, for a script or for people.
fn show(
    report: &impl Serialize,
    lines: &[String],
    json: bool,
    console: &mut Console,
) -> Result<()> {
    if json {
        console.line(&serde_json::to_string_pretty(report)?)?;
        return Ok(());
    }
    for line in lines {
        console.line(line)?;
    }
    Ok(())
}

/// A folder that is taken away at the end, whatever the end is.
struct Scratch(PathBuf);

impl Scratch {
    fn new(directory: &Path) -> Result<Self> {
        let folder = directory.join(format!("bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be taken away is only a scratch folder, and its name says so.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
