//! `cargo xtask postgres`: whether PostgreSQL is here, which tests start a server of. Where it is missing it is
//! installed, if that can be done without a question.

use std::process::Command;

use anyhow::Result;

use crate::{Outcome, debian, is_left_out, takes_no_arguments};

/// Set where there is none and what needs it has to be left out.
const WITHOUT: &str = "CONSORT_WITHOUT_POSTGRES";
/// What Debian calls it.
const PACKAGE: &str = "postgresql";
/// Where Debian keeps each version's programs.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Runs the verb, and the step.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("postgres", arguments) {
        return Ok(misused);
    }
    if is_left_out(WITHOUT) {
        println!("postgres: {WITHOUT} is set; nobody has tried anything on PostgreSQL");
        return Ok(Outcome::Passed);
    }
    if is_here() || (debian::install(&[PACKAGE]) && is_here()) {
        return Ok(Outcome::Passed);
    }
    println!("PostgreSQL is missing: `apt-get install {PACKAGE}`. {WITHOUT}=1 does without it.");
    Ok(Outcome::Failed)
}

fn is_here() -> bool {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let is_whole = |folder: std::path::PathBuf| folder.join("bin/initdb").exists();
    let told = || Command::new("pg_config").arg("--bindir").output();
    versions.map(|entry| entry.path()).any(is_whole) || told().is_ok_and(|it| it.status.success())
}
