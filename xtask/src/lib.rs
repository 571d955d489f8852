//! One entry for every chore: checking, testing, measuring.
//!
//! Each verb is a file with a `pub fn run(arguments: &[String]) -> anyhow::Result<Outcome>`, and
//! one row of [`VERBS`]. The chores are a library so that `cargo test` runs the same checks as
//! `cargo xtask tidy`. Nothing of this is shipped in the product.

pub mod api;
pub mod browser;
pub mod cargo;
pub mod chaos;
mod debian;
pub mod licences;
mod markdown;
pub mod pictures;
pub mod postgres;
mod problem;
pub mod repository;
pub mod sim;
pub mod source;
pub mod steps;
pub mod test;
pub mod tidy;

use std::process::ExitCode;

pub use problem::Problem;

/// How a chore ended, when the chore itself worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Passed,
    /// Something was found; it has been printed.
    Failed,
    /// The arguments were not understood; what is expected has been printed.
    Misused,
}

/// A chore with a name.
pub struct Verb {
    /// What is typed after `cargo xtask`.
    pub name: &'static str,
    /// What follows the name, for the list of verbs.
    pub arguments: &'static str,
    /// One line on what it is for.
    pub summary: &'static str,
    /// Does it.
    pub run: fn(&[String]) -> anyhow::Result<Outcome>,
}

/// Every verb. To add one: a file beside this one, a `pub mod` line above, a row here.
pub const VERBS: &[Verb] = &[
    Verb {
        name: "test",
        arguments: "[--only STEP]... [--list]",
        summary: "everything that must hold before a change is merged",
        run: test::run,
    },
    Verb {
        name: "tidy",
        arguments: "",
        summary: "floors, sizes, names, glossary, links: what the compiler does not check",
        run: tidy::run,
    },
    Verb {
        name: "licences",
        arguments: "",
        summary: "the licence of every dependency, and how many there are",
        run: licences::run,
    },
    Verb {
        name: "postgres",
        arguments: "",
        summary: "whether PostgreSQL is here, for the tests that need it",
        run: postgres::run,
    },
    Verb {
        name: "browser",
        arguments: "[JOURNEY]...",
        summary: "what people do in the pages, done in a real browser",
        run: browser::run,
    },
    Verb {
        name: "api",
        arguments: "",
        summary: "what the OpenAPI document allows, asked of a real server",
        run: api::run,
    },
    Verb {
        name: "pictures",
        arguments: "",
        summary: "the pictures of the pages that the documentation shows, taken anew",
        run: pictures::run,
    },
    Verb {
        name: "tabs",
        arguments: "",
        summary: "how soon what is said in one tab of a browser stands in another, measured",
        run: pictures::tabs,
    },
    Verb {
        name: "sim",
        arguments: "[--seeds N] [--from S] [--verbose]",
        summary: "the simulator: whole networks from seeds, with an auditor who looks at every step",
        run: sim::run,
    },
    Verb {
        name: "chaos",
        arguments: "[--minutes N] [--seed S] [--faketime FILE]",
        summary: "servers and a database under load, killed, cut off and slowed down, and looked at afterwards",
        run: chaos::run,
    },
];

/// Runs the verb that the arguments name. Exit codes: 0 passed, 1 failed, 2 misused.
pub fn run(arguments: &[String]) -> ExitCode {
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", &[][..]),
    };
    if matches!(name, "help" | "--help" | "-h") {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        eprint!("there is no chore '{name}'.\n\n{}", usage());
        return ExitCode::from(2);
    };
    match (verb.run)(rest) {
        Ok(Outcome::Passed) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Ok(Outcome::Misused) => ExitCode::from(2),
        Err(error) => {
            eprintln!("cargo xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether somebody asked for a step to be left out, by a variable of the environment.
pub(crate) fn is_left_out(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|it| it != "0" && !it.is_empty())
}

/// Refuses arguments for a verb that takes none.
fn takes_no_arguments(verb: &str, arguments: &[String]) -> Option<Outcome> {
    let first = arguments.first()?;
    eprintln!("cargo xtask {verb} takes no arguments, and '{first}' was given");
    Some(Outcome::Misused)
}

fn usage() -> String {
    let mut text = String::from("cargo xtask VERB\n\n");
    for verb in VERBS {
        text.push_str("  ");
        text.push_str(verb.name);
        if !verb.arguments.is_empty() {
            text.push(' ');
            text.push_str(verb.arguments);
        }
        text.push_str("\n      ");
        text.push_str(verb.summary);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{VERBS, usage};

    #[test]
    fn every_verb_is_listed_once() {
        let usage = usage();
        for verb in VERBS {
            assert!(usage.contains(&format!("\n  {}", verb.name)));
            let same = VERBS.iter().filter(|other| other.name == verb.name);
            assert_eq!(same.count(), 1, "{} stands twice in the table", verb.name);
        }
    }
}
