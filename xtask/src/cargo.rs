//! Asks cargo: about the packages of the workspace and what they depend on.
//!
//! Only what the checks need is read from `cargo metadata`; its format is stable as version 1.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::Outcome;

/// Why a dependency is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DependencyKind {
    /// The product needs it.
    Normal,
    /// Its build script needs it.
    Build,
    /// Its tests need it.
    Dev,
}

/// A line of a `[dependencies]` section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// Why it is there.
    pub kind: DependencyKind,
}

/// A package, of the workspace or from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Cargo's identifier of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence expression, where it states one.
    pub license: Option<String>,
    /// Whether it is of this workspace.
    pub is_ours: bool,
    /// The folder that its manifest is in, without what comes before: `kernel` of `crates/kernel`.
    pub folder: String,
    /// What it asks for.
    pub dependencies: Vec<Dependency>,
}

/// What `cargo metadata` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// All packages by their identifier.
    pub packages: BTreeMap<String, Package>,
    /// Which package uses which, and why; empty where cargo was told to leave it out.
    pub edges: BTreeMap<String, Vec<(String, DependencyKind)>>,
}

/// A cargo command that runs at the root of the repository, and knows nothing of the one that
/// started this process: some build scripts would build anew for its variables.
pub fn command(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name.starts_with("CARGO_BIN_")
        {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs a program of the workspace by such a command, which ends as the chore does.
pub fn run(command: &mut Command) -> Result<Outcome> {
    let status = command.status().context("cargo cannot be started")?;
    Ok(match status.code() {
        Some(0) => Outcome::Passed,
        Some(2) => Outcome::Misused,
        _ => Outcome::Failed,
    })
}

/// The packages of the workspace alone, with what they ask for; needs neither network nor lock.
pub fn workspace(root: &Path) -> Result<Metadata> {
    metadata(root, &["--no-deps", "--offline"])
}

/// Every package that any platform may need; an error where some of them are neither on this
/// machine nor within reach.
pub fn all_platforms(root: &Path) -> Result<Metadata> {
    // What is already on this machine usually suffices; a fresh one fetches the sources once, as a
    // build does.
    metadata(root, &["--locked", "--offline"]).or_else(|_| metadata(root, &["--locked"]))
}

/// Every package that is built on this machine.
pub fn this_platform(root: &Path) -> Result<Metadata> {
    let output = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output()
        .context("rustc cannot be started")?;
    let host = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    metadata(root, &["--locked", "--filter-platform", &host])
}

fn metadata(root: &Path, arguments: &[&str]) -> Result<Metadata> {
    let output = command(root)
        .args(["metadata", "--format-version", "1"])
        .args(arguments)
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
    Metadata::from_json(&value).context("cargo metadata lacks a field that this check reads")
}

impl Metadata {
    /// Reads what cargo printed; nothing if a field is missing.
    pub fn from_json(value: &Value) -> Option<Self> {
        let members: Vec<&str> = array(value, "workspace_members")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let mut packages = BTreeMap::new();
        for package in array(value, "packages") {
            let package = package_from_json(package, &members)?;
            packages.insert(package.id.clone(), package);
        }
        let mut edges = BTreeMap::new();
        for node in array(&value["resolve"], "nodes") {
            let mut uses = Vec::new();
            for dependency in array(node, "deps") {
                let target = dependency["pkg"].as_str()?;
                for reason in array(dependency, "dep_kinds") {
                    uses.push((target.to_owned(), kind(&reason["kind"])?));
                }
            }
            edges.insert(node["id"].as_str()?.to_owned(), uses);
        }
        Some(Self { packages, edges })
    }

    /// The packages of this workspace.
    pub fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.is_ours)
    }
}

fn package_from_json(value: &Value, members: &[&str]) -> Option<Package> {
    let id = value["id"].as_str()?;
    let folder = Path::new(value["manifest_path"].as_str()?).parent()?;
    let mut dependencies = Vec::new();
    for dependency in array(value, "dependencies") {
        dependencies.push(Dependency {
            name: dependency["name"].as_str()?.to_owned(),
            kind: kind(&dependency["kind"])?,
        });
    }
    Some(Package {
        id: id.to_owned(),
        name: value["name"].as_str()?.to_owned(),
        version: value["version"].as_str()?.to_owned(),
        license: value["license"].as_str().map(str::to_owned),
        is_ours: members.contains(&id),
        folder: folder.file_name()?.to_str()?.to_owned(),
        dependencies,
    })
}

fn kind(value: &Value) -> Option<DependencyKind> {
    match value.as_str() {
        None => Some(DependencyKind::Normal),
        Some("build") => Some(DependencyKind::Build),
        Some("dev") => Some(DependencyKind::Dev),
        Some(_) => None,
    }
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}
