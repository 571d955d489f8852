//! What a journey needs before it begins: our program, what npm brings, and a folder for the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::JOURNEYS;
use super::tools::Tools;
use crate::cargo;
use crate::steps::FULL;

/// Builds the program as the step `tests` does, or cargo would build half of it again: a test that
/// runs the program is what its dependencies are then chosen for.
const BUILD: &[&str] = &[
    "test",
    "--workspace",
    "--features",
    FULL,
    "--test",
    "journey",
    "--no-run",
    "--locked",
    "--message-format=json-render-diagnostics",
];

/// Everything in its place.
pub(crate) struct Stage {
    tools: Tools,
    journeys: PathBuf,
    program: PathBuf,
    folder: PathBuf,
}

impl Stage {
    /// Prepares it. Where something is missing on this machine, says what, and gives nothing.
    pub(crate) fn set(root: &Path) -> Result<Option<Self>> {
        let tools = match Tools::find() {
            Ok(tools) => tools,
            Err(missing) => {
                println!("{missing}");
                return Ok(None);
            }
        };
        let journeys = root.join(JOURNEYS);
        bring(&tools, &journeys)?;
        let program = build(root)?;
        // The name is short: some systems take no long ones for the sockets that are made in it.
        let folder = std::env::temp_dir().join(format!("consort-journeys-{}", std::process::id()));
        fs::create_dir_all(&folder).context("a folder for the journeys cannot be made")?;
        Ok(Some(Self {
            tools,
            journeys,
            program,
            folder,
        }))
    }

    /// A folder that goes away with this.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Node, told where everything is.
    pub(crate) fn node(&self) -> Command {
        let mut node = Command::new(&self.tools.node);
        node.current_dir(&self.journeys)
            .stdin(Stdio::null())
            .env("CONSORT_PROGRAM", &self.program)
            .env("CONSORT_CHROMIUM", &self.tools.chromium)
            .env("TMPDIR", &self.folder)
            .env_remove("CONSORT_AS")
            .env_remove("CONSORT_DATA");
        node
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What cannot be deleted is in the system's folder for such things, and does no harm.
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Has npm bring what the lock names, if that is not there yet.
fn bring(tools: &Tools, journeys: &Path) -> Result<()> {
    let lock = fs::read(journeys.join("package-lock.json")).context("the lock cannot be read")?;
    let brought = journeys.join("node_modules/.brought");
    if fs::read(&brought).is_ok_and(|it| it == lock) {
        return Ok(());
    }
    let status = Command::new(&tools.npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(journeys)
        .stdin(Stdio::null())
        .status()
        .context("npm cannot be started")?;
    if !status.success() {
        bail!("npm could not bring what the journeys use; the first time it needs the network");
    }
    fs::write(brought, lock).context("what npm brought cannot be noted")
}

/// Builds the program and says where it is.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    let output = cargo::command(root)
        .args(BUILD)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("the program could not be built");
    }
    program(&String::from_utf8_lossy(&output.stdout)).context("cargo does not say where it is")
}

/// The program, among what cargo says that it made.
fn program(messages: &str) -> Option<PathBuf> {
    messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let target = &message["target"];
        let is_ours = target["name"] == "consort" && target["kind"][0] == "bin";
        let path = message["executable"].as_str().filter(|_| is_ours)?;
        Some(PathBuf::from(path))
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::program;

    #[test]
    fn the_program_is_found_among_what_cargo_made() {
        let messages = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"consort"},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["test"],"name":"journey"},"executable":"journey-1"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"consort"},"executable":"debug/consort"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(program(messages), Some(PathBuf::from("debug/consort")));
        assert_eq!(program("nonsense"), None);
    }
}
