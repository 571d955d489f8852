//! `cargo xtask test`: everything that must hold before a change is merged.
//!
//! Runs the [`STEPS`] in order and stops at the first that fails. The last line counts the tests
//! of every step that ran.

use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::AddAssign;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::steps::{Action, STEPS, Step};
use crate::{Outcome, cargo, repository};

/// How many tests ran, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that passed.
    pub passed: u64,
    /// Those that failed.
    pub failed: u64,
}

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    /// Run these steps; all when empty.
    Run(Vec<String>),
    /// List the steps.
    List,
}

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    let names = match parse(arguments) {
        Ok(Request::Run(names)) => names,
        Ok(Request::List) => {
            list();
            return Ok(Outcome::Passed);
        }
        Err(message) => {
            eprintln!("cargo xtask test: {message}");
            return Ok(Outcome::Misused);
        }
    };
    let root = repository::root()?;
    let mut count = Count::default();
    let chosen = STEPS
        .iter()
        .filter(|step| names.is_empty() || names.iter().any(|name| name == step.name));
    for step in chosen {
        println!("\n==> {}: {}", step.name, step.why);
        let started = Instant::now();
        let has_passed = run_step(step, &root, &mut count)
            .with_context(|| format!("the step '{}' could not be run", step.name))?;
        let seconds = started.elapsed().as_secs_f64();
        let name = step.name;
        if !has_passed {
            println!("==> {name} failed after {seconds:.1} s. {}.", step.remedy);
            println!("==> To run this step alone: cargo xtask test --only {name}");
            println!("{}, stopped at {name}", count.line());
            return Ok(Outcome::Failed);
        }
        println!("==> {name} passed in {seconds:.1} s");
    }
    println!("\n{}", count.line());
    Ok(Outcome::Passed)
}

fn parse(arguments: &[String]) -> Result<Request, String> {
    let mut names = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let name = match argument.as_str() {
            "--list" => return Ok(Request::List),
            "--only" => rest.next().map(String::as_str),
            other => match other.strip_prefix("--only=") {
                Some(name) => Some(name),
                None => {
                    return Err(format!(
                        "'{other}' is not understood; --only STEP and --list are"
                    ));
                }
            },
        };
        let known = name.filter(|name| STEPS.iter().any(|step| step.name == *name));
        let Some(name) = known else {
            let steps: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            return Err(format!("--only takes one of: {}", steps.join(", ")));
        };
        names.push(name.to_owned());
    }
    Ok(Request::Run(names))
}

fn list() {
    for Step {
        name, why, action, ..
    } in STEPS
    {
        println!("{name}: {why}");
        match action {
            Action::Cargo(arguments, variables) => {
                let mut words: Vec<String> = variables
                    .iter()
                    .map(|(name, value)| format!("{name}=\"{value}\""))
                    .collect();
                words.push("cargo".to_owned());
                words.extend(arguments.iter().copied().map(str::to_owned));
                println!("    {}", words.join(" "));
            }
            Action::Verb(_, arguments) => {
                let words = [&["cargo", "xtask", name][..], arguments].concat();
                println!("    {}", words.join(" "));
            }
            Action::Counting(_) => println!("    cargo xtask {name}"),
        }
    }
}

fn run_step(step: &Step, root: &Path, count: &mut Count) -> Result<bool> {
    match step.action {
        Action::Verb(run, arguments) => {
            let arguments: Vec<String> = arguments.iter().copied().map(str::to_owned).collect();
            Ok(run(&arguments)? == Outcome::Passed)
        }
        Action::Counting(run) => Ok(run(count)? == Outcome::Passed),
        Action::Cargo(arguments, variables) => {
            let mut child = cargo::command(root)
                .args(arguments)
                .envs(variables.iter().copied())
                .stdout(Stdio::piped())
                .spawn()
                .context("cargo cannot be started")?;
            let output = child.stdout.take().context("the output is piped")?;
            let mut terminal = std::io::stdout().lock();
            for line in BufReader::new(output).split(b'\n') {
                // A test may print anything; what is not text is shown as well as it can be.
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                count.add(&line);
                writeln!(terminal, "{line}")?;
            }
            Ok(child.wait()?.success())
        }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
    }
}

impl Count {
    /// Adds what a line of `cargo test` says, if it is a line that says so.
    pub fn add(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        let numbers = result.split(". ").nth(1).unwrap_or_default();
        for part in numbers.split("; ") {
            let Some((number, name)) = part.split_once(' ') else {
                continue;
            };
            let number: u64 = number.parse().unwrap_or(0);
            match name {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                _ => {}
            }
        }
    }

    /// What a report in the Test Anything Protocol says at its end, if it says so.
    pub fn of_report(report: &str) -> Option<Self> {
        let counted = |name: &str| {
            let mut lines = report.lines().rev();
            let number = lines.find_map(|line| line.strip_prefix("# ")?.strip_prefix(name));
            number?.trim().parse::<u64>().ok()
        };
        Some(Self {
            passed: counted("pass ")?,
            failed: counted("fail ")? + counted("cancelled ")?,
        })
    }

    fn line(self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Request, STEPS, parse};

    #[test]
    fn the_results_of_all_test_programs_are_summed() {
        let mut count = Count::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.00s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            "4 passed; 4 failed",
        ] {
            count.add(line);
        }
        assert_eq!(
            count,
            Count {
                passed: 13,
                failed: 2
            }
        );
        assert_eq!(count.line(), "13 passed, 2 failed");
    }

    #[test]
    fn the_counts_of_a_report_stand_at_its_end() {
        let report = "ok 1 - a\n# pass 9 of ten\nnot ok 2 - b\n# tests 4\n# pass 2\n# fail 1\n# cancelled 1\n";
        let count = Count {
            passed: 2,
            failed: 2,
        };
        assert_eq!(Count::of_report(report), Some(count));
        assert_eq!(Count::of_report("ok 1 - a"), None);
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let run = |names: &[&str]| {
            Ok(Request::Run(
                names.iter().map(ToString::to_string).collect(),
            ))
        };
        for (arguments, expected) in [
            (&[][..], run(&[])),
            (&["--list"], Ok(Request::List)),
            (&["--only", "tidy"], run(&["tidy"])),
            (&["--only=tidy", "--only", "tests"], run(&["tidy", "tests"])),
        ] {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            assert_eq!(parse(&arguments), expected);
        }
    }

    #[test]
    fn a_step_that_does_not_exist_is_refused_with_those_that_do() {
        for arguments in [&["--only", "none"][..], &["--only"], &["none"]] {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            let message = parse(&arguments).expect_err("there is no such step");
            assert!(message.contains("--only"), "{message}");
        }
    }

    #[test]
    fn every_step_has_a_name_of_its_own() {
        for step in STEPS {
            let same = STEPS.iter().filter(|other| other.name == step.name);
            assert_eq!(same.count(), 1, "{} stands twice in the table", step.name);
        }
    }
}
