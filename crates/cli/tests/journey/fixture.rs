//! A data directory, and the binary over it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A place of its own for one test.
pub(crate) struct Desk {
    folder: TempDir,
    /// The database of the network, where it is not in the data directory.
    database: Option<String>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            database: None,
        }
    }

    /// A data directory for a network that a database keeps.
    #[cfg(feature = "postgres")]
    pub(crate) fn over(database: &str) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            database: Some(database.to_owned()),
        }
    }

    /// The database of the network, where it has one.
    #[cfg(feature = "postgres")]
    pub(crate) fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// A folder that goes away with the test.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.folder.path().join("delivered")
    }

    /// The binary on this data directory, with nobody at its terminal.
    pub(crate) fn consort(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_consort"));
        command
            .arg("--data")
            .arg(self.data())
            .args(arguments)
            .current_dir(repository())
            .stdin(Stdio::null())
            .env_remove("CONSORT_DATA")
            .env_remove("CONSORT_DATABASE")
            .env_remove("CONSORT_ARTEFACTS")
            .env_remove("CONSORT_AS");
        if let Some(database) = &self.database {
            command.env("CONSORT_DATABASE", database);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.consort(arguments).output().unwrap()
    }

    /// Runs the brief over an example folder, unattended, and gives its record.
    pub(crate) fn brief(&self, folder: &str) -> serde_json::Value {
        let output = self.brief_command(folder).output().unwrap();
        record(&output)
    }

    pub(crate) fn brief_command(&self, folder: &str) -> Command {
        let documents = format!("documents=examples/{folder}");
        let output = self.output();
        let mut command = self.consort(&["run", "playbooks/brief.yaml", "--json"]);
        command
            .args([
                "--input",
                &documents,
                "--answers",
                "examples/brief.answers.yaml",
            ])
            .arg("--output")
            .arg(output);
        command
    }

    /// Begins a run whose words nobody reads.
    pub(crate) fn begin(&self, folder: &str) -> Child {
        let mut command = self.brief_command(folder);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Runs this with the deliverables in their folder, and gives its record.
    pub(crate) fn delivered(&self, mut command: Command) -> serde_json::Value {
        record(&command.arg("--output").arg(self.output()).output().unwrap())
    }

    /// Goes on with an outcome, unattended.
    pub(crate) fn resume(&self, outcome: &str) -> serde_json::Value {
        let output = self
            .consort(&["run", "--resume", outcome, "--json"])
            .args(["--answers", "examples/brief.answers.yaml"])
            .arg("--output")
            .arg(self.output())
            .output()
            .unwrap();
        record(&output)
    }

    /// Fails unless the doctor finds nothing.
    pub(crate) fn assert_healthy(&self) {
        let output = self.run(&["doctor", "--json"]);
        assert!(output.status.success(), "{}", words(&output));
    }
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

pub(crate) fn record(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", words(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) fn words(output: &Output) -> String {
    format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
