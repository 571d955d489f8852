//! `[commands.NAME]`: programs that do tasks, with JSON in and JSON out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use consort_agents::command::{Command, DRIVER, Settings};
use consort_agents::process::Host;
use consort_kernel::task::AiUse;
use serde::Deserialize;

use super::Limits;
use crate::exit::usage;

/// A command, as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// The program and its arguments; a name without a slash is looked for in `PATH`.
    command: Vec<String>,
    /// What it finds in its environment.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// How long one task may take, in seconds.
    #[serde(default = "Table::timeout_default")]
    timeout_s: u32,
    /// How much memory each process may take, in mebibytes.
    #[serde(default = "Table::memory_default")]
    memory_mib: u32,
    /// Whether it may use the network.
    #[serde(default)]
    network: bool,
    /// How much of its work is an AI's.
    #[serde(default)]
    ai: Ai,
    /// What it is built on; its own name where it is left out.
    family: Option<String>,
    /// Its version, which the record names.
    version: Option<String>,
}

/// How much of a command's work is an AI's.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ai {
    /// It calculates, quotes and compares.
    #[default]
    Tool,
    /// A model makes it.
    Generated,
}

impl Table {
    const fn timeout_default() -> u32 {
        300
    }

    const fn memory_default() -> u32 {
        2048
    }
}

/// The commands that agents may be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Commands {
    file: PathBuf,
    host: Host,
    by_name: BTreeMap<String, Settings>,
}

impl Commands {
    pub(super) fn new(file: &Path, host: Host, tables: &BTreeMap<String, Table>) -> Result<Self> {
        let mut by_name = BTreeMap::new();
        for (name, table) in tables {
            let limits = Limits {
                command: &table.command,
                environment: &table.environment,
                timeout_s: table.timeout_s,
                memory_mib: table.memory_mib,
                network: table.network,
            };
            let family = table
                .family
                .clone()
                .unwrap_or_else(|| format!("{DRIVER}{name}"));
            if family.trim().is_empty() {
                return Err(usage(format!(
                    "{}: [commands.{name}] needs a family that is named, or none at all",
                    file.display()
                )));
            }
            let settings = Settings {
                name: name.clone(),
                program: limits.program(file, "commands", name)?,
                ai: match table.ai {
                    Ai::Tool => AiUse::Tool,
                    Ai::Generated => AiUse::Generated,
                },
                family,
                version: table.version.clone(),
            };
            by_name.insert(name.clone(), settings);
        }
        Ok(Self {
            file: file.to_owned(),
            host,
            by_name,
        })
    }

    /// The command of this name, or what to do where there is none.
    pub(crate) fn settings(&self, name: &str) -> Result<&Settings> {
        self.by_name.get(name).ok_or_else(|| {
            usage(format!(
                "{} does not name the command '{name}'; whoever runs this network puts it there:\n  \
                 [commands.{name}]\n  command = [\"/path/to/it\"]",
                self.file.display()
            ))
        })
    }

    /// The driver of an agent whose profile names it, if it is one of these.
    pub(crate) fn driver(&self, driver: &str) -> Option<Command> {
        let settings = self.by_name.get(driver.strip_prefix(DRIVER)?)?;
        Some(Command::new(settings.clone(), self.host.clone()))
    }

    /// Whether the network can be kept from commands here.
    pub(crate) fn keeps_network(&self) -> bool {
        self.host.isolation().keeps_network()
    }
}
