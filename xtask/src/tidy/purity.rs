//! Purity: what each floor may touch of the world, found in its source.
//!
//! Manifests are the matter of `floors`. A name that is built by a macro is not seen here.

use crate::Problem;
use crate::repository::{Repository, has_extension};
use crate::source::{Source, contains_word};

/// Names of the world that the kernel may not use, and what to do instead.
const OUTSIDE_THE_KERNEL: &[(&str, &str)] = &[
    ("fs", FROM_OUTSIDE),
    ("env", FROM_OUTSIDE),
    ("net", FROM_OUTSIDE),
    ("process", FROM_OUTSIDE),
    ("io", FROM_OUTSIDE),
    (
        "thread",
        "The kernel is synchronous: threads belong to the engine",
    ),
];

const FROM_OUTSIDE: &str = "Let the value come in through the context or the command";
const TIME: &str = "Let the moment come in through the context, as a Timestamp";
const ORDER: &str = "Use a BTreeMap or BTreeSet: the same inputs must always give the same order";
const SYNCHRONOUS: &str = "The kernel is synchronous: waiting belongs to the engine";
const SILENT: &str = "Answer with data and let a higher floor print it";

/// Words that must not stand in the kernel's code at all.
const NOT_IN_THE_KERNEL: &[(&str, &str)] = &[
    ("SystemTime", TIME),
    ("Instant", TIME),
    ("::now(", TIME),
    ("async", SYNCHRONOUS),
    ("await", SYNCHRONOUS),
    ("tokio", SYNCHRONOUS),
    ("HashMap", ORDER),
    ("HashSet", ORDER),
    ("println!", SILENT),
    ("eprintln!", SILENT),
    ("rusqlite", "SQL is written in the store alone"),
];

/// How statements of SQL begin, and what follows in the same text.
const STATEMENTS: &[(&str, &str)] = &[
    ("SELECT", "FROM"),
    ("INSERT", "INTO"),
    ("UPDATE", "SET"),
    ("DELETE", "FROM"),
    ("CREATE", "TABLE"),
    ("CREATE", "INDEX"),
    ("CREATE", "TRIGGER"),
    ("ALTER", "TABLE"),
    ("DROP", "TABLE"),
    (concat!("PRA", "GMA"), ""),
];

/// Checks what every floor touches.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    for source in &repository.sources {
        match source.floor() {
            "kernel" => kernel(source, &mut problems),
            "cli" | "xtask" => {}
            _ => environment(source, &mut problems),
        }
        if source.floor() != "store" {
            sql(source, &mut problems);
        }
    }
    for file in &repository.files {
        if has_extension(&file.path, "sql") && !file.path.starts_with("crates/store/") {
            problems.push(Problem::new(
                &file.path,
                1,
                "a file of SQL outside the store",
                "Move it to crates/store",
            ));
        }
    }
    problems
}

fn kernel(source: &Source, problems: &mut Vec<Problem>) {
    let mut is_in_use_of_std = false;
    for (number, code) in source.product_lines() {
        let mut refuse = |name: &str, remedy: &str| {
            let what = format!("'{name}' in the kernel, which is pure");
            problems.push(Problem::new(&source.path, number, what, remedy));
        };
        for (word, remedy) in NOT_IN_THE_KERNEL {
            if contains_word(code, word) {
                refuse(word, remedy);
            }
        }
        // `use std::{fs, fmt};` may go on over several lines.
        is_in_use_of_std |= contains_word(code, "use std::{");
        for (module, remedy) in OUTSIDE_THE_KERNEL {
            let path = format!("std::{module}");
            if contains_word(code, &path) || (is_in_use_of_std && contains_word(code, module)) {
                refuse(&path, remedy);
            }
        }
        is_in_use_of_std &= !code.contains(';');
    }
}

fn environment(source: &Source, problems: &mut Vec<Problem>) {
    // An example, or a chore's program, is one of its own: its arguments are its configuration.
    if source.path.contains("/examples/") || source.path.contains("/testkit/src/bin/") {
        return;
    }
    for (number, code) in source.product_lines() {
        if contains_word(code, "std::env") || contains_word(code, "env::") {
            problems.push(Problem::new(
                &source.path,
                number,
                "the environment is read outside the command line",
                "Read it in crates/cli and hand the value down as configuration",
            ));
        }
    }
}

fn sql(source: &Source, problems: &mut Vec<Problem>) {
    let mut refuse = |line: usize, what: String| {
        let remedy = "Ask the store for it: SQL is written in crates/store alone";
        problems.push(Problem::new(&source.path, line, what, remedy));
    };
    for (number, code, _) in source.lines() {
        if contains_word(code, "rusqlite") {
            refuse(number, "'rusqlite' outside the store".to_owned());
        }
    }
    for (index, text) in &source.texts {
        let statement = STATEMENTS
            .iter()
            .find(|(first, then)| contains_in_order(text, first, then));
        if let Some((first, then)) = statement {
            let statement = format!("'{first} … {then}' outside the store");
            refuse(index + 1, statement.replace(" … '", "'"));
        }
    }
}

fn contains_in_order(text: &str, first: &str, then: &str) -> bool {
    let mut pieces = text.split(first);
    let is_word = pieces
        .next()
        .is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    is_word && pieces.any(|rest| rest.starts_with(' ') && rest.contains(then))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::faults;

    #[test]
    fn the_kernel_touches_nothing_of_the_world() {
        for (code, is_refused) in [
            ("use std::fs;", true),
            ("use std::{fmt,\n    env};", true),
            ("use std::{fmt, str::FromStr};", false),
            ("let at = std::time::SystemTime::UNIX_EPOCH;", true),
            ("let at = jiff::Timestamp::now();", true),
            ("use std::time::Duration;", false),
            ("pub async fn a() {}", true),
            ("std::thread::spawn(a);", true),
            ("use std::collections::HashMap;", true),
            ("// std::fs is not used, and neither is async.", false),
            ("let text = \"std::fs\";", false),
            ("#[cfg(test)]\nmod tests { use std::fs; }", false),
        ] {
            let found = faults(check, &[("crates/kernel/src/a.rs", code)]);
            assert_eq!(!found.is_empty(), is_refused, "{code}: {found:?}");
        }
    }

    #[test]
    fn the_environment_is_read_in_the_command_line_alone() {
        let code = "let name = std::env::var(\"A\");";
        for (path, is_refused) in [
            ("crates/engine/src/a.rs", true),
            ("crates/engine/tests/a.rs", false),
            ("crates/cli/src/a.rs", false),
            ("xtask/src/a.rs", false),
        ] {
            let found = faults(check, &[(path, code)]);
            assert_eq!(!found.is_empty(), is_refused, "{path}");
        }
    }

    #[test]
    fn sql_is_written_in_the_store_alone() {
        let texts = [
            concat!("SELECT", " body FROM", " state"),
            concat!("INSERT", " OR IGNORE INTO", " state"),
            concat!("UPDATE", " state\nSET", " body = 1"),
            concat!("PRAGMA", " user_version"),
        ];
        for text in texts {
            let code = format!("fn a() {{ b(\"{text}\") }}");
            assert_eq!(
                faults(check, &[("crates/engine/src/a.rs", &code)]).len(),
                1,
                "{text}"
            );
            assert_eq!(faults(check, &[("crates/store/src/a.rs", &code)]), []);
        }
        let harmless = "// INSERTED\nfn a() { b(\"an UPDATE is near\") }";
        assert_eq!(faults(check, &[("crates/engine/src/a.rs", harmless)]), []);
    }

    #[test]
    fn a_file_of_sql_stands_in_the_store_alone() {
        let files = [
            ("crates/cli/a.sql", ""),
            ("crates/store/migrations/a.sql", ""),
        ];
        assert_eq!(faults(check, &files), [("crates/cli/a.sql".to_owned(), 1)]);
    }
}
