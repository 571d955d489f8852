//! The steps of `cargo xtask test`, in order: what each runs, why, and what to do when it fails.
//!
//! To add one, add a row. What is quick comes before what is slow.

use anyhow::Result;

use crate::test::Count;
use crate::{Outcome, api, browser, licences, postgres, tidy};

/// One thing that must hold.
pub struct Step {
    /// What `--only` takes.
    pub name: &'static str,
    /// What it runs.
    pub action: Action,
    /// Why it is there, as a clause.
    pub why: &'static str,
    /// What to do when it fails, as a sentence without its full stop.
    pub remedy: &'static str,
}

/// What a step runs.
pub enum Action {
    /// A cargo command, with these arguments and these variables of the environment.
    Cargo(
        &'static [&'static str],
        &'static [(&'static str, &'static str)],
    ),
    /// A verb of this program, with these arguments.
    Verb(fn(&[String]) -> Result<Outcome>, &'static [&'static str]),
    /// A verb of this program that counts tests of its own.
    Counting(fn(&mut Count) -> Result<Outcome>),
}

/// What is tested: a build with everything that a network of many people takes.
pub const FULL: &str = "consort/full";

/// Every step.
pub const STEPS: &[Step] = &[
    Step {
        name: "format",
        action: Action::Cargo(&["fmt", "--all", "--check"], &[]),
        why: "all code is formatted alike",
        remedy: "Run `cargo fmt --all`",
    },
    Step {
        name: "clippy",
        action: Action::Cargo(
            &[
                "clippy",
                "--workspace",
                "--features",
                FULL,
                "--all-targets",
                "--locked",
                "--",
                "--deny",
                "warnings",
            ],
            &[],
        ),
        why: "the compiler and clippy have nothing to say",
        remedy: "Mend what is shown above; where a lint is wrong, #[expect(lint, reason = \"…\")]",
    },
    Step {
        name: "tidy",
        action: Action::Verb(tidy::run, &[]),
        why: "floors, sizes, names, glossary, links",
        remedy: "Each finding above says what to do",
    },
    Step {
        name: "licences",
        action: Action::Verb(licences::run, &[]),
        why: "everybody may use what is built, and the build stays small",
        remedy: "Each line above says which crate it is and what pulls it in",
    },
    Step {
        name: "features",
        action: Action::Cargo(
            &[
                "check",
                "-p",
                "consort",
                "--features",
                "full,otel",
                "--locked",
            ],
            &[],
        ),
        why: "what is left out of a plain build compiles too",
        remedy: "Mend what is shown above, or the feature that asks for it",
    },
    Step {
        name: "bare",
        action: Action::Cargo(
            &[
                "clippy",
                "-p",
                "consort",
                "--no-default-features",
                "--locked",
                "--",
                "--deny",
                "warnings",
            ],
            &[],
        ),
        why: "a build without any feature is in order too",
        remedy: "Mend what is shown above: something is used where it was left out",
    },
    Step {
        name: "postgres",
        action: Action::Verb(postgres::run, &[]),
        why: "what is tested on PostgreSQL is skipped where there is none",
        remedy: "Install it, or say that it is to be left out, as the line above tells",
    },
    Step {
        name: "tests",
        action: Action::Cargo(
            &[
                "test",
                "--workspace",
                "--features",
                FULL,
                "--lib",
                "--bins",
                "--tests",
                "--examples",
                "--locked",
                "--no-fail-fast",
            ],
            &[],
        ),
        why: "what the tests say about the code is true",
        remedy: "Run one test alone with `cargo test -p CRATE NAME`; PostgreSQL is `apt-get install postgresql`",
    },
    Step {
        name: "doc-tests",
        action: Action::Cargo(
            &[
                "test",
                "--workspace",
                "--features",
                FULL,
                "--doc",
                "--locked",
                "--no-fail-fast",
            ],
            &[],
        ),
        why: "the examples in the documentation compile and hold",
        remedy: "Run them alone with `cargo test -p CRATE --doc`",
    },
    Step {
        name: "browser",
        action: Action::Counting(browser::step),
        why: "people get done what they come for, with scripts and without, and by every kind of access",
        remedy: "Go on one journey alone with `cargo xtask browser NAME`",
    },
    Step {
        name: "api",
        action: Action::Verb(api::run, &[]),
        why: "the server answers as its OpenAPI document says, whatever it is asked",
        remedy: "Each failure above has the request that leads to it, as a line for curl",
    },
    Step {
        name: "documentation",
        action: Action::Cargo(
            &[
                "doc",
                "--workspace",
                "--features",
                FULL,
                "--no-deps",
                "--locked",
            ],
            &[("RUSTDOCFLAGS", "--deny warnings")],
        ),
        why: "the documentation builds, and its links lead somewhere",
        remedy: "Mend the links and code blocks that are shown above",
    },
];
