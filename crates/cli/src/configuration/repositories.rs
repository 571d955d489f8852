//! `[repositories.NAME]`: repositories that may be changed by a patch, and the commands that say
//! whether a change holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use consort_agents::process::{Host, Program};
use consort_agents::repository::{Listing, Snapshot, Tried, is_bundle, snapshot, try_patch};
use consort_engine::check::{ProgramAnswer, Sources};
use serde::Deserialize;
use serde_json::Value;

use super::Limits;
use crate::exit::usage;

/// The check that tries a patch in a scratch clone; no program can be configured under this name.
pub(crate) const CHECK: &str = "repository-checks";
/// What the instructions call the repository among a task's material.
const MATERIAL: &str = "repository";

/// A repository, as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// Where it is on this machine.
    path: PathBuf,
    /// The commands that have to end well in a clone with the patch applied, in order.
    #[serde(default)]
    checks: Vec<Vec<String>>,
    /// What the commands find in their environment.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// How long each command may run, in seconds.
    #[serde(default = "Table::timeout_default")]
    timeout_s: u32,
    /// How much memory each process may take, in mebibytes.
    #[serde(default = "Table::memory_default")]
    memory_mib: u32,
    /// Whether the commands may use the network.
    #[serde(default)]
    network: bool,
}

impl Table {
    const fn timeout_default() -> u32 {
        600
    }

    const fn memory_default() -> u32 {
        4096
    }
}

/// A repository with its commands.
#[derive(Debug, Clone)]
struct Repository {
    path: PathBuf,
    checks: Vec<Program>,
}

/// The repositories that may be changed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repositories {
    file: PathBuf,
    host: Host,
    by_name: BTreeMap<String, Repository>,
}

impl Repositories {
    pub(super) fn new(file: &Path, host: Host, tables: &BTreeMap<String, Table>) -> Result<Self> {
        let mut by_name = BTreeMap::new();
        for (name, table) in tables {
            let check = |command: &Vec<String>| {
                let limits = Limits {
                    command,
                    environment: &table.environment,
                    timeout_s: table.timeout_s,
                    memory_mib: table.memory_mib,
                    network: table.network,
                };
                limits.program(file, "repositories", name)
            };
            let checks = table.checks.iter().map(check).collect::<Result<_>>()?;
            let path = file.parent().unwrap_or(file).join(&table.path);
            by_name.insert(name.clone(), Repository { path, checks });
        }
        Ok(Self {
            file: file.to_owned(),
            host,
            by_name,
        })
    }

    /// Where their commands run.
    pub(super) const fn host(&self) -> &Host {
        &self.host
    }

    /// Takes a snapshot of the repository of this name.
    pub(crate) fn snapshot(&self, name: &str) -> Result<Snapshot> {
        let repository = self.by_name.get(name).ok_or_else(|| {
            usage(format!(
                "{} does not name the repository '{name}'; whoever runs this network puts it \
                 there, with the commands that a change has to pass:\n  [repositories.{name}]\n  \
                 path = \"/path/to/it\"\n  checks = [[\"make\", \"test\"]]",
                self.file.display()
            ))
        })?;
        snapshot(&self.host, name, &repository.path).with_context(|| {
            format!(
                "the repository {} cannot be used",
                repository.path.display()
            )
        })
    }

    /// Tries the patch of a submission on the snapshot that its task gave.
    pub(super) fn check(
        &self,
        submission: &Value,
        sources: &dyn Sources,
    ) -> Result<ProgramAnswer, String> {
        let fails = |findings| ProgramAnswer {
            passed: false,
            findings,
        };
        let Some(patch) = submission["patch"].as_str() else {
            return Ok(fails(vec!["it has no text 'patch'".to_owned()]));
        };
        let given = sources.material(MATERIAL);
        let given: Vec<Vec<u8>> = given
            .into_iter()
            .filter_map(|digest| sources.artefact(digest))
            .collect();
        let listing = given
            .iter()
            .find_map(|bytes| serde_json::from_slice::<Listing>(bytes).ok())
            .ok_or("the task gives no listing of a repository")?;
        let bundle = given
            .iter()
            .find(|bytes| is_bundle(bytes))
            .ok_or("the task gives no bundle of a repository")?;
        let name = &listing.repository;
        let repository = self
            .by_name
            .get(name)
            .ok_or_else(|| format!("{} does not name '{name}'", self.file.display()))?;
        let tried = try_patch(&self.host, bundle, patch, &repository.checks);
        match tried.map_err(|error| error.to_string())? {
            Tried::Holds => Ok(ProgramAnswer {
                passed: true,
                findings: Vec::new(),
            }),
            Tried::Fails(findings) => Ok(fails(findings)),
        }
    }
}
