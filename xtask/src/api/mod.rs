//! `cargo xtask api`: asks a real server everything that its `OpenAPI` document allows, and much that it
//! does not, by Schemathesis: first with identifiers that it makes up, then with those of an outcome that
//! was delivered, so that what is answered about something is asked for, too.
//!
//! How much it asks is bounded and begins from one seed, so that a run takes a minute or two and another
//! one asks the same. Schemathesis is looked for and never installed here; `.ci/run` does that.

mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::browser::program;
use crate::{Outcome, is_left_out, repository, takes_no_arguments};
use server::Server;

/// Where `.ci/run` puts Schemathesis, in the folder of what is built.
const INSTALLED: &str = "schemathesis/bin/schemathesis";
/// Set where it is not there and the step has to be left out.
const WITHOUT: &str = "CONSORT_WITHOUT_SCHEMATHESIS";
/// The document.
const DOCUMENT: &str = "docs/openapi.json";
/// What shortens the waits that it asks for.
const HOOKS: &str = "xtask/schemathesis.py";

/// What it is told of its checks: whatever a schema allows is taken, found missing or to have moved on
/// (412), or refused by a rule of the domain, which no schema can state (422).
const SETTINGS: &str = r#"
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "429"]
"#;

/// What it is told beside the document, the server and the token. The feed is left out: its answer does not
/// end, and Schemathesis reads answers to their end. The rate is below what one program may ask.
const ARGUMENTS: &[&str] = &[
    "--checks=all",
    "--phases=examples,coverage,fuzzing",
    "--exclude-operation-id=events",
    "--max-examples=15",
    "--seed=1",
    "--rate-limit=90/s",
    "--request-timeout=20",
    "--suppress-health-check=all",
    "--generation-database=none",
    "--no-color",
];

/// Runs the verb, and the step.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("api", arguments) {
        return Ok(misused);
    }
    if is_left_out(WITHOUT) {
        println!("api: left out, for {WITHOUT} is set; nobody has asked what the document allows");
        return Ok(Outcome::Passed);
    }
    let root = repository::root()?;
    let Some(schemathesis) = schemathesis(&root) else {
        println!("Schemathesis is missing: .ci/run brings it. {WITHOUT}=1 leaves this step out.");
        return Ok(Outcome::Failed);
    };
    let program = program(&root)?;
    let server = Server::start(&program, &root)?;
    for about in ["", &server.known.settings()] {
        let settings = server.folder.join("settings.toml");
        fs::write(&settings, format!("{SETTINGS}{about}"))?;
        let status = Command::new(&schemathesis)
            .arg("--config-file")
            .arg(&settings)
            .arg("run")
            .arg(root.join(DOCUMENT))
            .arg(format!("--url={}", server.url))
            .arg(format!("--header=Authorization: Bearer {}", server.token))
            .args(ARGUMENTS)
            .env("SCHEMATHESIS_HOOKS", root.join(HOOKS))
            .current_dir(&server.folder)
            .stdin(Stdio::null())
            .status()
            .context("Schemathesis cannot be started")?;
        if !status.success() {
            return Ok(Outcome::Failed);
        }
    }
    Ok(Outcome::Passed)
}

fn schemathesis(root: &Path) -> Option<PathBuf> {
    let built = std::env::var_os("CARGO_TARGET_DIR");
    let built = built.map_or_else(|| root.join("target"), PathBuf::from);
    Some(built.join(INSTALLED)).filter(|path| path.is_file())
}
