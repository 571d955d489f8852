//! `cargo xtask sim`: builds the simulator and runs it.
//!
//! Built for release, for it is run over thousands of seeds. It is a program of `testkit`, so that no
//! other chore has to wait until all that it drives is built.

use anyhow::{Context as _, Result};

use crate::{Outcome, cargo, repository};

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    let status = cargo::command(&repository::root()?)
        .args(["run", "--quiet", "--locked", "--release"])
        .args(["--package", "consort-testkit", "--bin", "sim", "--"])
        .args(arguments)
        .status()
        .context("cargo cannot be started")?;
    Ok(match status.code() {
        Some(0) => Outcome::Passed,
        Some(2) => Outcome::Misused,
        _ => Outcome::Failed,
    })
}
