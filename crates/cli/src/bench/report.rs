//! The report of a benchmark: its names are what scripts go by.

use serde::Serialize;

use super::lifecycle::{Load, Measured};
use super::machine::{Process, Taken};

/// What lifecycles cost; the figures at the top are those over many outcomes.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    tasks: u32,
    in_flight: u32,
    #[serde(flatten)]
    many_outcomes: Figures,
    one_outcome: Figures,
    /// The most memory of the process, with both shapes and the floor behind it.
    peak_memory_mib: Option<u64>,
    sync_us: u64,
    /// Of bare SQLite; over PostgreSQL there is none.
    floor_lifecycles_per_second: Option<f64>,
    floor_cpu_ms_per_lifecycle: Option<f64>,
}

/// What lifecycles of one shape cost.
#[derive(Debug, Serialize)]
struct Figures {
    lifecycles_per_second: f64,
    cpu_ms_per_lifecycle: Option<f64>,
    /// From sending the command that creates a task to the answer that says it is paid.
    p50_ms: f64,
    p99_ms: f64,
    /// From sending any one command to its answer.
    command_p50_ms: f64,
    command_p99_ms: f64,
    disk_bytes_per_lifecycle: u64,
    events_per_lifecycle: f64,
    ratio_to_floor: Option<f64>,
}

impl Report {
    pub(super) fn new(
        load: Load,
        many: &Measured,
        one: &Measured,
        floor: Option<&Taken>,
        sync_us: u64,
    ) -> Self {
        let floor_rate = floor.map(|floor| rate(load.tasks, floor));
        Self {
            tasks: load.tasks,
            in_flight: load.in_flight,
            many_outcomes: Figures::new(load, many, floor_rate),
            one_outcome: Figures::new(load, one, floor_rate),
            peak_memory_mib: Process::Own.peak_memory_mib(),
            sync_us,
            floor_lifecycles_per_second: floor_rate.map(|rate| rounded(rate, 1)),
            floor_cpu_ms_per_lifecycle: floor.and_then(|floor| processor_ms(load.tasks, floor)),
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} lifecycles in each shape, {} under way at once; a sync of this disk takes {} µs",
            self.tasks, self.in_flight, self.sync_us
        )];
        lines.extend(self.many_outcomes.lines("over many outcomes"));
        lines.extend(self.one_outcome.lines("within one outcome"));
        lines.extend(self.floor_lifecycles_per_second.map(|floor| {
            format!(
                "the floor (bare SQLite, the same rows in the same batches): {floor} a second, {} \
                 ms of processor each",
                shown(self.floor_cpu_ms_per_lifecycle)
            )
        }));
        let memory = self.peak_memory_mib.map(|mib| format!("{mib} MiB"));
        lines.push(format!(
            "the most memory: {}",
            memory.unwrap_or_else(|| "not told by this system".to_owned())
        ));
        lines
    }
}

impl Figures {
    fn new(load: Load, measured: &Measured, floor_rate: Option<f64>) -> Self {
        let rate = rate(load.tasks, &measured.taken);
        Self {
            lifecycles_per_second: rounded(rate, 1),
            cpu_ms_per_lifecycle: processor_ms(load.tasks, &measured.taken),
            p50_ms: measured.lives.percentile_ms(50),
            p99_ms: measured.lives.percentile_ms(99),
            command_p50_ms: measured.commands.percentile_ms(50),
            command_p99_ms: measured.commands.percentile_ms(99),
            disk_bytes_per_lifecycle: measured.disk_bytes / u64::from(load.tasks),
            events_per_lifecycle: rounded(share(measured.events, load.tasks), 2),
            ratio_to_floor: floor_rate.map(|floor| rounded(rate / floor, 3)),
        }
    }

    fn lines(&self, shape: &str) -> [String; 3] {
        [
            format!(
                "{shape}: {} a second{}; {} ms of processor each",
                self.lifecycles_per_second,
                self.ratio_to_floor
                    .map_or_else(String::new, |ratio| format!(", {ratio} of the floor")),
                shown(self.cpu_ms_per_lifecycle)
            ),
            format!(
                "  a life takes {} ms (99 in 100: {}), one command {} ms ({})",
                self.p50_ms, self.p99_ms, self.command_p50_ms, self.command_p99_ms
            ),
            format!(
                "  {} bytes on disk and {} events each",
                self.disk_bytes_per_lifecycle, self.events_per_lifecycle
            ),
        ]
    }
}

pub(super) fn shown(figure: Option<f64>) -> String {
    figure.map_or_else(|| "an unknown number of".to_owned(), |it| it.to_string())
}

pub(super) fn rate(tasks: u32, taken: &Taken) -> f64 {
    f64::from(tasks) / taken.wall.as_secs_f64()
}

pub(super) fn processor_ms(tasks: u32, taken: &Taken) -> Option<f64> {
    let processor = taken.processor?;
    Some(rounded(
        processor.as_secs_f64() * 1_000.0 / f64::from(tasks),
        4,
    ))
}

fn share(count: u64, tasks: u32) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a figure to be read, of far fewer than 2^52 events"
    )]
    let count = count as f64;
    count / f64::from(tasks)
}

/// A figure with so many decimal places: what is measured is not more exact than that.
pub(super) fn rounded(figure: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (figure * scale).round() / scale
}
