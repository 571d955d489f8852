//! The report of lives over HTTP: its names are what scripts go by.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::super::lifecycle::{self, Load, Times};
use super::super::report::{processor_ms, rate, rounded, shown};
use super::Both;
use super::drive::{Step, Took};

/// What was measured.
pub(super) struct Measured<'a> {
    pub(super) load: Load,
    pub(super) connections: u32,
    pub(super) engine: &'a lifecycle::Measured,
    /// How many requests, what they took, and each.
    pub(super) trivial: (u32, Both, &'a Times),
    pub(super) lives: Lives,
    pub(super) memory: Option<u64>,
    pub(super) sync_us: u64,
}

/// The lives, and what they took.
pub(super) struct Lives {
    pub(super) took: Took,
    pub(super) wall: Duration,
    pub(super) processor: Both,
}

/// The report.
#[derive(Debug, Serialize)]
pub(in super::super) struct Report {
    lifecycles: u32,
    connections: u32,
    lifecycles_per_second: f64,
    cpu_ms_per_lifecycle: Option<f64>,
    cpu_ms_of_server: Option<f64>,
    cpu_ms_of_client: Option<f64>,
    /// Of every request but claims, which wait for an offer.
    p50_ms: f64,
    p99_ms: f64,
    /// Of each kind of request, in milliseconds: the median and the 99th percentile.
    steps: BTreeMap<&'static str, (f64, f64)>,
    /// From sending the request that creates a task to the answer that says it is paid.
    life_p50_ms: f64,
    life_p99_ms: f64,
    server_peak_memory_mib: Option<u64>,
    engine_lifecycles_per_second: f64,
    engine_cpu_ms_per_lifecycle: Option<f64>,
    ratio_to_engine: f64,
    trivial_requests_per_second: f64,
    trivial_cpu_ms_per_request: Option<f64>,
    trivial_p99_ms: f64,
    sync_us: u64,
}

impl Report {
    pub(super) fn new(measured: &Measured<'_>) -> Self {
        let tasks = measured.load.tasks;
        let lives = &measured.lives;
        let per_second = f64::from(tasks) / lives.wall.as_secs_f64();
        let engine = rate(tasks, &measured.engine.taken);
        let (requests, trivial, trivial_times) = measured.trivial;
        let of_step = |step: Option<Step>| {
            let requests = lives.took.requests.iter();
            let is_of = |it: Step| step.map_or(it != Step::Claim, |step| step == it);
            let times = requests.filter(|(it, _)| is_of(*it)).map(|(_, took)| *took);
            let times = Times::new(times.collect());
            (times.percentile_ms(50), times.percentile_ms(99))
        };
        let (p50_ms, p99_ms) = of_step(None);
        let life = Times::new(lives.took.lives.clone());
        let both = |count, both: Both| {
            let (server, client) = (
                processor_ms(count, &both.server)?,
                processor_ms(count, &both.client)?,
            );
            Some(rounded(server + client, 4))
        };
        Self {
            lifecycles: tasks,
            connections: measured.connections,
            lifecycles_per_second: rounded(per_second, 1),
            cpu_ms_per_lifecycle: both(tasks, lives.processor),
            cpu_ms_of_server: processor_ms(tasks, &lives.processor.server),
            cpu_ms_of_client: processor_ms(tasks, &lives.processor.client),
            p50_ms,
            p99_ms,
            steps: Step::ALL.map(|it| (it.word(), of_step(Some(it)))).into(),
            life_p50_ms: life.percentile_ms(50),
            life_p99_ms: life.percentile_ms(99),
            server_peak_memory_mib: measured.memory,
            engine_lifecycles_per_second: rounded(engine, 1),
            engine_cpu_ms_per_lifecycle: processor_ms(tasks, &measured.engine.taken),
            ratio_to_engine: rounded(per_second / engine, 3),
            trivial_requests_per_second: rounded(rate(requests, &trivial.server), 1),
            trivial_cpu_ms_per_request: both(requests, trivial),
            trivial_p99_ms: trivial_times.percentile_ms(99),
            sync_us: measured.sync_us,
        }
    }

    pub(in super::super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "{} lifecycles over HTTP, {} connections; a sync of this disk takes {} µs",
                self.lifecycles, self.connections, self.sync_us
            ),
            format!(
                "over HTTP: {} a second, {} of the engine's rate; {} ms of processor each ({} at the server)",
                self.lifecycles_per_second,
                self.ratio_to_engine,
                shown(self.cpu_ms_per_lifecycle),
                shown(self.cpu_ms_of_server),
            ),
            format!(
                "  a request takes {} ms (99 in 100: {}), a life {} ms ({})",
                self.p50_ms, self.p99_ms, self.life_p50_ms, self.life_p99_ms
            ),
        ];
        lines.extend(
            self.steps
                .iter()
                .map(|(step, (median, most))| format!("  {step}: {median} ms (99 in 100: {most})")),
        );
        lines.push(format!(
            "the engine alone: {} a second, {} ms of processor each",
            self.engine_lifecycles_per_second,
            shown(self.engine_cpu_ms_per_lifecycle)
        ));
        lines.push(format!(
            "a trivial route: {} requests a second, {} ms of processor each, 99 in 100 within {} ms",
            self.trivial_requests_per_second,
            shown(self.trivial_cpu_ms_per_request),
            self.trivial_p99_ms
        ));
        let memory = self.server_peak_memory_mib;
        let memory = memory.map(|mib| format!("{mib} MiB"));
        lines.push(format!(
            "the server's most memory: {}",
            memory.unwrap_or_else(|| "not told by this system".to_owned())
        ));
        lines
    }
}
