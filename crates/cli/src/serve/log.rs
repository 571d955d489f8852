//! What the server says while it runs, on the error stream: lines for people at a terminal, and JSON, one
//! object on a line, for whatever collects it.

use std::io::{IsTerminal as _, stderr};

use clap::ValueEnum;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::Registry;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// What broke.
    Error,
    /// And what may need somebody.
    Warn,
    /// And every request.
    Info,
    /// And what is only of use to who mends the software.
    Debug,
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
        }
    }
}

/// Begins to tell. Where nothing is said about it, requests are told to a collector and not at a terminal,
/// where they would push away what a person is to read.
pub(super) fn begin(level: Option<Level>) {
    let is_terminal = stderr().is_terminal();
    let usual = if is_terminal {
        Level::Warn
    } else {
        Level::Info
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(stderr)
        .with_target(false);
    let lines = if is_terminal {
        lines.with_ansi(false).compact().boxed()
    } else {
        lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed()
    };
    let lines = lines.with_filter(LevelFilter::from(level.unwrap_or(usual)));
    let told = Registry::default().with(lines);
    #[cfg(feature = "otel")]
    let told = told.with(super::telemetry::layer());
    // In a process that tells already, as a test, that one goes on.
    tracing::subscriber::set_global_default(told).ok();
}
