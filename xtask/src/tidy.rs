//! `cargo xtask tidy`: the rules of this repository that neither compiler nor clippy knows.
//!
//! Each check is a pure function from the [`Repository`] to what is wrong with it, in a file of
//! its own. A finding names the file, the line and what to do.

mod changes;
mod configuration;
mod decisions;
mod floors;
mod glossary;
mod habits;
mod links;
mod names;
mod purity;
mod size;

use anyhow::Result;

use crate::repository::{self, Repository};
use crate::{Outcome, Problem, takes_no_arguments};

/// A check.
type Check = fn(&Repository) -> Vec<Problem>;

/// Every check.
const CHECKS: &[Check] = &[
    floors::check,
    purity::check,
    size::check,
    configuration::check,
    names::check,
    habits::check,
    glossary::check,
    changes::check,
    decisions::check,
    links::check,
];

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("tidy", arguments) {
        return Ok(misused);
    }
    let repository = Repository::read(&repository::root()?)?;
    let problems = check(&repository);
    for problem in &problems {
        println!("{problem}");
    }
    let (checks, files) = (CHECKS.len(), repository.files.len());
    if problems.is_empty() {
        println!("tidy: {checks} checks over {files} files found nothing");
        return Ok(Outcome::Passed);
    }
    println!("tidy: {} to mend", problems.len());
    Ok(Outcome::Failed)
}

/// All that is wrong, in the order of the files.
pub fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems: Vec<Problem> = CHECKS.iter().flat_map(|check| check(repository)).collect();
    problems.sort();
    problems.dedup();
    problems
}

/// For the tests of the checks: the lines that a check finds fault with, file by file.
#[cfg(test)]
fn faults(check: Check, files: &[(&str, &str)]) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = check(&Repository::of(files))
        .into_iter()
        .map(|problem| (problem.path, problem.line))
        .collect();
    found.sort();
    found
}
