//! Chaos: three real servers on one real database, under load, and everything that goes wrong with them.
//!
//! A run goes through these phases:
//!
//! 1. A network is set up in a database whose server syncs what it writes; each `consort serve` reaches it
//!    through a proxy of its own, by a clock that is minutes off, where clocks can be set.
//! 2. Programs and a person live the lives of tasks over HTTP, and write down what they were told, while
//!    servers are killed, the database stops at once, and connections are cut, torn and slowed down.
//! 3. Nothing goes wrong any more. Every task that was begun comes to its end, and the servers end in order.
//! 4. The doctor, the auditor and a comparison with what was written down look for anything that is wrong.
//!
//! What goes wrong, and after how many lives, comes from the seed; which command it meets does not.

mod acknowledged;
mod client;
mod compare;
mod fault;
mod load;
mod proxy;
mod report;
mod server;
mod stage;
mod world;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use consort_store::postgres::PostgresStore;

use crate::audit::Auditor;
use crate::postgres::PostgresServer;
use client::Client;
use compare::Record;
use load::Load;
pub use report::Report;
use stage::Stage;
use world::World;

/// What to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program `consort`, with everything built in.
    pub program: PathBuf,
    /// The library `libfaketimeMT.so.1`, where it is not where Debian puts it.
    pub faketime: Option<PathBuf>,
    /// What goes wrong comes from it.
    pub seed: u64,
    /// For how long things go wrong.
    pub length: Length,
}

/// How many kinds of things go wrong: each comes once before any comes again.
pub const KINDS: u8 = fault::KINDS;

/// For how long things go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Until so many things did.
    Faults(u64),
    /// For so long.
    Time(Duration),
}

/// Runs it. Nothing comes of it, but a word about it, where PostgreSQL is not installed.
pub fn run(settings: &Settings) -> Result<Option<Report>> {
    let Some(postgres) = PostgresServer::start(true) else {
        return Ok(None);
    };
    let folder = tempfile::Builder::new()
        .prefix("consort-chaos-")
        .tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the clients cannot be started")?;
    let report = runtime.block_on(async {
        let world = World::make(settings, &postgres, folder.path())?;
        let name = world.name.clone();
        let report = go_through(settings, world).await?;
        anyhow::Ok((report, name))
    });
    let (report, name) = report?;
    if !report.found.is_empty() {
        // Whoever looks into it wants to read what the servers said and wrote.
        let kept = folder.keep();
        dump(&postgres, &name, &kept.join("database.sql"));
        eprintln!("what the servers said and wrote is in {}", kept.display());
    }
    Ok(Some(report))
}

/// Writes all that is in a database to a file.
fn dump(postgres: &PostgresServer, name: &str, file: &Path) {
    let written = Command::new(postgres.programs.join("pg_dump"))
        .args(["-U", "postgres", "-h"])
        .arg(&postgres.folder)
        .arg("-f")
        .arg(file)
        .arg(name)
        .status();
    if !written.is_ok_and(|status| status.success()) {
        eprintln!("{name} could not be written to a file");
    }
}

async fn go_through(settings: &Settings, mut world: World<'_>) -> Result<Report> {
    let began = Instant::now();
    let artefacts = world.places[0].artefacts.clone();
    let database = world.database();
    let stage = tokio::task::block_in_place(|| Stage::set(&database, &artefacts))?;
    world.start()?;
    let links = stage.links.clone();
    let load = Load::new(stage, &world.ports, settings.seed);
    let mut sessions = Vec::new();
    for link in links {
        let mut client = Client::new(&world.ports, &load.troubles, 0);
        sessions.push(client.enter(&link).await?);
    }
    let mut everybody = load.begin(sessions);
    let mut ended = world.go_wrong(&load, settings.length).await;
    load.close();
    if ended.is_ok() {
        ended = world.drain(&load).await;
    }
    everybody.shutdown().await;
    if let Err(error) = ended {
        world.found.push(format!("{error:#}"));
    }
    world.end()?;
    for place in &world.places {
        world.found.extend(place.broken_words()?);
    }
    let mut report = Report::new(settings, &world, &load);
    tokio::task::block_in_place(|| look(&mut report, &world, &load))?;
    report.took = began.elapsed();
    Ok(report)
}

/// Looks for anything that is wrong, now that nothing happens any more.
fn look(report: &mut Report, world: &World<'_>, load: &Load) -> Result<()> {
    let database = world.database();
    if let Err(error) = server::examine(&world.places[0], &database) {
        report.found.push(format!("{error:#}"));
    }
    let store = Arc::new(PostgresStore::open_as_it_is(&database)?);
    let mut auditor = Auditor::of_servers();
    auditor.inspect(store.as_ref());
    let violations = auditor.violations().iter().map(ToString::to_string);
    report.found.extend(violations);
    let record = Record::read(store.as_ref())?;
    (report.events, report.transfers) = (record.events, record.transfers);
    let acknowledged = load.acknowledged();
    report.found.extend(record.compare(&acknowledged));
    let open = acknowledged.open();
    let open = open.map(|(id, life)| format!("{id} did not come to its end: {life:?}"));
    report.found.extend(open);
    report.found.extend(acknowledged.unexpected.iter().cloned());
    Ok(())
}
