//! Commands: agents that are programs of the operator's, with JSON in and JSON out.
//!
//! A program gets one task on its standard input and prints its result. Which programs there are
//! stands in the configuration of whoever runs them; no playbook, contributor or answer names one.
//! What a program prints is a submission like any other: it is checked, reviewed and signed.

mod answer;
mod commission;

use std::time::Duration;

use consort_engine::runner::{Commission, Driver, Failure, Product};
use consort_kernel::task::AiUse;
use serde_json::Value;

use crate::process::{Ended, Host, Program};
use crate::trial::{Exchange, Trial};

pub use answer::COMPLAINT;

/// What stands before the name of a command in an agent's profile.
pub const DRIVER: &str = "command/";
/// The JSON Schemas (2020-12) of what a program is given and of what it may print.
pub const SCHEMA: &str = include_str!("schema.json");
/// How much of what a program prints is read, in bytes: as much as a result may be.
const PRINTED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A command as the operator configured it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name in the configuration.
    pub name: String,
    /// What is run, within which limits.
    pub program: Program,
    /// How much of its work is an AI's.
    pub ai: AiUse,
    /// What it is built on; agents of one family cannot judge each other's work.
    pub family: String,
    /// Its version, where it has one.
    pub version: Option<String>,
}

/// The driver of agents that are one command.
#[derive(Debug, Clone)]
pub struct Command {
    settings: Settings,
    host: Host,
}

impl Command {
    /// A driver for this command.
    pub const fn new(settings: Settings, host: Host) -> Self {
        Self { settings, host }
    }

    /// Gives the program a task and waits for its end.
    fn run(&self, folder: &std::path::Path, input: &[u8]) -> Result<Ended, Failure> {
        let program = &self.settings.program;
        let ended = self.host.run(program, folder, input, PRINTED_BYTES_MAX);
        ended.map_err(|error| Failure::Passing(format!("it could not be run: {error}")))
    }

    /// What it is built on.
    pub fn family(&self) -> &str {
        &self.settings.family
    }

    fn timeout(&self) -> Duration {
        self.settings.program.timeout
    }

    /// One task, with what went to and fro.
    fn exchange(&self, commission: &Commission) -> Exchange {
        let given = commission::given(commission);
        let sent = serde_json::to_string_pretty(&given).expect("a value is JSON");
        let broken = |failure| Exchange {
            sent: sent.clone(),
            received: String::new(),
            aside: String::new(),
            product: Err(failure),
        };
        let folder = match tempfile::tempdir() {
            Ok(folder) => folder,
            Err(error) => return broken(Failure::Passing(format!("no folder for it: {error}"))),
        };
        if let Err(error) = lay_out(folder.path(), commission) {
            return broken(Failure::Passing(format!("its material: {error}")));
        }
        let ended = match self.run(folder.path(), sent.as_bytes()) {
            Ok(ended) => ended,
            Err(failure) => return broken(failure),
        };
        let product = answer::product(&self.settings, self.timeout(), &ended, folder.path());
        Exchange {
            sent,
            received: String::from_utf8_lossy(&ended.printed).into_owned(),
            aside: ended.complaint,
            product,
        }
    }
}

/// Writes out the material that is no text.
fn lay_out(folder: &std::path::Path, commission: &Commission) -> std::io::Result<()> {
    for (number, material) in commission.materials.iter().enumerate() {
        if let Some(name) = commission::file_name(number, material) {
            std::fs::create_dir_all(folder.join(commission::FOLDER))?;
            std::fs::write(folder.join(name), &material.bytes)?;
        }
    }
    Ok(())
}

impl Driver for Command {
    fn perform(&self, commission: &Commission) -> Result<Product, Failure> {
        self.exchange(commission).product
    }
}

impl Trial for Command {
    fn trial(&self, commission: &Commission) -> Exchange {
        self.exchange(commission)
    }
}

/// The published schemas, as a value.
pub fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the shipped schema is JSON")
}
