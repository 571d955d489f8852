//! What is counted about the engine, for whoever operates it. No figure is read back: nothing is decided by
//! one.

use std::sync::LazyLock;
use std::time::Duration;

use consort_kernel::command::Command;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::lane::{Answer, LaneError};

/// The upper bounds of times, in seconds.
pub const SECONDS: [f64; 12] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];
/// The upper bounds of batches, in commands.
const COMMANDS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0];

/// The figures of this process.
static FIGURES: LazyLock<Figures> = LazyLock::new(|| Figures {
    commands: Family::default(),
    batch: Histogram::new(COMMANDS),
    batch_seconds: Histogram::new(SECONDS),
    queue: Gauge::default(),
});

struct Figures {
    commands: Family<Answered, Counter>,
    batch: Histogram,
    batch_seconds: Histogram,
    queue: Gauge,
}

/// What a command asked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    kind: &'static str,
    outcome: &'static str,
}

/// Adds the figures of the engine to those that are written.
pub fn register(registry: &mut Registry) {
    let figures = &*FIGURES;
    registry.register(
        "consort_commands",
        "Commands that were answered, by what they asked and what came of it",
        figures.commands.clone(),
    );
    registry.register(
        "consort_batch_commands",
        "Commands in one batch, which is one commit",
        figures.batch.clone(),
    );
    registry.register(
        "consort_batch_seconds",
        "How long a batch takes to be decided and made durable",
        figures.batch_seconds.clone(),
    );
    registry.register(
        "consort_queue_commands",
        "Commands that wait for their batch",
        figures.queue.clone(),
    );
}

/// A command waits.
pub(crate) fn waits() {
    FIGURES.queue.inc();
}

/// A batch was taken from those that wait.
pub(crate) fn taken(commands: usize) {
    FIGURES.queue.dec_by(i64::try_from(commands).unwrap_or(0));
}

/// A batch was answered.
pub(crate) fn batch(commands: usize, took: Duration) {
    let commands = u32::try_from(commands).unwrap_or(u32::MAX);
    FIGURES.batch.observe(f64::from(commands));
    FIGURES.batch_seconds.observe(took.as_secs_f64());
}

/// A command was answered. What broke, and no rule refused, is told in the log.
pub(crate) fn answered(command: &Command, answer: &Result<Answer, LaneError>) {
    let outcome = match answer {
        Ok(_) => "done",
        Err(LaneError::Rejected(rejection)) => rejection.code(),
        Err(LaneError::Busy) => "busy",
        Err(LaneError::Store(_)) => "store_failed",
        Err(LaneError::Quarantined(_)) => "set_apart",
    };
    let kind = command.body.word();
    FIGURES
        .commands
        .get_or_create(&Answered { kind, outcome })
        .inc();
    if let Err(error @ (LaneError::Store(_) | LaneError::Quarantined(_))) = answer {
        let subject = command.body.target();
        tracing::error!(command = %command.id, kind, %subject, "{error}");
    }
}
