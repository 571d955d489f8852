//! `cargo xtask sim`: builds the simulator and runs it.
//!
//! Built for release, for it is run over thousands of seeds. It is a program of `testkit`, so that no
//! other chore has to wait until all that it drives is built.

use anyhow::Result;

use crate::{Outcome, cargo, repository};

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    cargo::run(
        cargo::command(&repository::root()?)
            .args(["run", "--quiet", "--locked", "--release"])
            .args(["--package", "consort-testkit", "--bin", "sim", "--"])
            .args(arguments),
    )
}
