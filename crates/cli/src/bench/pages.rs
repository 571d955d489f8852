//! `consort bench pages`: how long the pages of a large network take, as their readers wait for them.
//!
//! The network is made by the engine, three tasks in five accepted and the others open, and served by
//! `consort serve` in a process of its own. One connection asks for one page after the other.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use consort_engine::Engine;
use consort_engine::access::Access;
use consort_engine::artefact::Artefacts;
use consort_engine::clock::SystemClock;
use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::outcome::OutcomeCommand;
use consort_store::sqlite::{Ownership, SqliteStore};
use serde::Serialize;
use tokio::runtime::Runtime;

use super::crew::{Crew, task};
use super::http::{Connection, Pass, Server, runtime, session};
use super::lifecycle::{Load, PLAN, Times, live};
use super::machine::Clock;

/// Pages that everybody has, each with what they see.
const LISTS: [&str; 14] = [
    "/today",
    "/outcomes",
    "/tasks",
    "/people",
    "/people?q=writing",
    "/playbooks",
    "/ledger",
    "/ledger/accounts",
    "/map",
    "/health",
    "/search?q=letter",
    "/access",
    "/settings",
    "/settings/members",
];
/// How many tasks are under way while the network is made.
const UNDER_WAY: u32 = 400;
/// How many of the tasks of an outcome that is not done can be done now; the others wait for them.
const READY: u32 = 4;
/// How often each page is asked for.
const TIMES: usize = 40;
/// The server is quiet when it takes less than this part of a processor.
const QUIET: f64 = 0.1;
/// For how long it is waited that it is.
const PATIENCE: Duration = Duration::from_mins(5);
const GLANCE: Duration = Duration::from_secs(1);

/// What the pages took.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    tasks: u32,
    contributors: u32,
    /// From the server's start to its being quiet.
    ready_after_s: f64,
    pages: Vec<Page>,
    server_peak_memory_mib: Option<u64>,
}

/// What a page took.
#[derive(Debug, Serialize)]
struct Page {
    path: String,
    reader: &'static str,
    p50_ms: f64,
    most_ms: f64,
    bytes: usize,
}

impl Report {
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} tasks, {} contributors; the server was ready after {} s",
            self.tasks, self.contributors, self.ready_after_s
        )];
        for page in &self.pages {
            lines.push(format!(
                "{:>8} ms (at most {:>8}) {:>9} bytes  {} as {}",
                page.p50_ms, page.most_ms, page.bytes, page.path, page.reader
            ));
        }
        lines
    }
}

/// Who reads, and what there is to read.
struct Network {
    steward: Pass,
    worker: Pass,
    worker_page: String,
    running: OutcomeId,
    done: OutcomeId,
    /// A task of the outcome that is done.
    accepted: TaskId,
}

/// Measures in a scratch folder.
pub(super) fn measure(
    scratch: &Path,
    tasks: u32,
    contributors: u32,
    console: &mut crate::console::Console,
) -> Result<Report> {
    console.show("making the network")?;
    let network = make(scratch, tasks, contributors)?;
    console.show("starting the server")?;
    let began = Instant::now();
    let server = Server::start(scratch)?;
    let runtime = runtime()?;
    let mut connection = runtime.block_on(Connection::open(server.port))?;
    // Whoever comes first has the server read what it keeps in memory.
    runtime
        .block_on(connection.get("/today", &network.steward))?
        .expect("the first page")?;
    wait_until_quiet(&server);
    let ready_after = began.elapsed();
    console.show("asking for pages")?;
    let mut pages = Vec::new();
    for (path, reader, pass) in network.pages() {
        pages.push(page(&runtime, &mut connection, path, reader, pass)?);
    }
    console.end_show()?;
    Ok(Report {
        tasks,
        contributors,
        ready_after_s: super::report::rounded(ready_after.as_secs_f64(), 1),
        pages,
        server_peak_memory_mib: server.process().peak_memory_mib(),
    })
}

fn make(folder: &Path, tasks: u32, contributors: u32) -> Result<Network> {
    let store = Arc::new(SqliteStore::open(Ownership::take(folder)?)?);
    let artefacts = Artefacts::open(&folder.join("artefacts"))?;
    let engine = Engine::start(store.clone(), artefacts, Arc::new(SystemClock), true)?;
    let accepted = Load {
        tasks: (tasks / 5 * 3).next_multiple_of(PLAN),
        in_flight: UNDER_WAY,
    };
    let all = Load { tasks, ..accepted };
    let crew = Crew::gather(&engine, all, contributors as usize, 0)?;
    let done = live(&engine, &crew, accepted)?;
    let mut running = Vec::new();
    let mut number = accepted.tasks;
    while number < tasks {
        running.push(open(&engine, &crew, number)?);
        number += PLAN;
    }
    let access = Access::new(store);
    let last_done = *done.last().context("some tasks are done")?;
    let accepted = TaskId::in_outcome(last_done, &task(accepted.tasks - PLAN).key);
    // What is handed in is a digest alone; the page that is measured shows what it stands for.
    engine.artefacts().put(&accepted.bits().to_be_bytes())?;
    let network = Network {
        steward: session(&engine, &access, crew.steward)?,
        worker: session(&engine, &access, crew.people[0])?,
        worker_page: format!("/people/{}", crew.people[0]),
        running: *running.last().context("some tasks are open")?,
        done: last_done,
        accepted,
    };
    engine.stop();
    Ok(network)
}

/// An outcome in motion: a few tasks can be done, and the others wait for them.
fn open(engine: &Engine, crew: &Crew, first: u32) -> Result<OutcomeId> {
    let outcome = crew.outcome(engine, PLAN)?;
    let person = Principal::Contributor(crew.steward);
    let specs = (first..first + PLAN).map(|number| {
        let mut spec = task(number);
        if number >= first + READY {
            spec.needs = vec![task(first + number % READY).key];
        }
        spec
    });
    let change = OutcomeCommand::ChangePlan {
        add: specs.collect(),
        drop: Vec::new(),
        reason: "the next letters came in".to_owned(),
    };
    engine.execute(person, Body::Outcome(outcome, change))?;
    engine.execute(person, Body::Outcome(outcome, OutcomeCommand::Start))?;
    Ok(outcome)
}

/// The runner offers what is ready; the pages are measured when it is done with that.
fn wait_until_quiet(server: &Server) {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let clock = Clock::of(server.process());
        std::thread::sleep(GLANCE);
        let taken = clock.stop();
        let used = taken.processor.unwrap_or_default().as_secs_f64();
        if used < QUIET * taken.wall.as_secs_f64() {
            return;
        }
    }
}

impl Network {
    /// The pages, each with who reads it.
    fn pages(&self) -> Vec<(String, &'static str, &Pass)> {
        let steward = |path: String| (path, "the steward", &self.steward);
        let worker = |path: String| (path, "one of the people", &self.worker);
        let outcome = format!("/outcomes/{}", self.running);
        let mut pages: Vec<_> = LISTS
            .iter()
            .flat_map(|path| [steward((*path).to_owned()), worker((*path).to_owned())])
            .collect();
        for view in [
            "",
            "?view=plan",
            "?view=timeline",
            "?view=money",
            "?view=deliverables",
        ] {
            pages.push(steward(format!("{outcome}{view}")));
        }
        let done = format!("/outcomes/{}", self.done);
        pages.extend([
            steward("/outcomes?state=running".to_owned()),
            steward(done),
            steward(format!("/tasks/{}", self.accepted)),
            steward(self.worker_page.clone()),
            steward(format!("{}/standing", self.worker_page)),
            steward("/outcomes/new".to_owned()),
            worker(self.worker_page.clone()),
        ]);
        for path in [
            "/api/v1/me",
            "/api/v1/tasks",
            "/api/v1/tasks?mine=true",
            "/api/v1/tasks?state=offered",
            "/api/v1/outcomes",
            "/api/v1/outcomes?state=running",
        ] {
            pages.extend([steward(path.to_owned()), worker(path.to_owned())]);
        }
        pages
    }
}

fn page(
    runtime: &Runtime,
    connection: &mut Connection,
    path: String,
    reader: &'static str,
    pass: &Pass,
) -> Result<Page> {
    let mut times = Vec::with_capacity(TIMES);
    let mut bytes = 0;
    for _ in 0..TIMES {
        let answer = runtime.block_on(connection.get(&path, pass))?;
        times.push(answer.took);
        bytes = answer.body.len();
        if answer.status.is_server_error() || answer.status.is_redirection() {
            answer.expect(&path)?;
        }
    }
    let times = Times::new(times);
    Ok(Page {
        path,
        reader,
        p50_ms: times.percentile_ms(50),
        most_ms: times.percentile_ms(100),
        bytes,
    })
}
