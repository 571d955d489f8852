//! `cargo xtask chaos`: builds the real program and what has everything around it go wrong, and runs it.
//!
//! The program is the one that the tests run, with its own checks of itself built in.

use anyhow::Result;

use crate::browser::program;
use crate::{Outcome, cargo, repository};

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    let root = repository::root()?;
    let program = program(&root)?;
    cargo::run(
        cargo::command(&root)
            .args(["run", "--quiet", "--locked", "--package", "consort-testkit"])
            .args(["--features", "chaos", "--bin", "chaos", "--", "--program"])
            .arg(program)
            .args(arguments),
    )
}
