//! Habits: small things that are written in a hurry and read for years.

use crate::Problem;
use crate::repository::{Repository, TextFile, has_extension, is_rust};
use crate::source::{Source, contains_word};

/// A word of the code that is refused.
struct Habit {
    code: &'static str,
    place: Place,
    remedy: &'static str,
}

/// Where a habit is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    Tests,
}

const HABITS: &[Habit] = &[
    Habit {
        code: "#[allow(",
        place: Place::Anywhere,
        remedy: "Use #[expect(lint, reason = \"…\")], which speaks up when it is no longer needed",
    },
    Habit {
        code: "#![allow(",
        place: Place::Anywhere,
        remedy: "Use #![expect(lint, reason = \"…\")], which speaks up when it is no longer needed",
    },
    Habit {
        code: "todo!",
        place: Place::Anywhere,
        remedy: "Write it, or leave out what needs it",
    },
    Habit {
        code: "unimplemented!",
        place: Place::Anywhere,
        remedy: "Write it, or leave out what needs it",
    },
    Habit {
        code: "#[ignore",
        place: Place::Anywhere,
        remedy: "Make the test pass, or delete it: a test that does not run proves nothing",
    },
    Habit {
        code: "thread::sleep",
        place: Place::Tests,
        remedy: "Wait for the event, or step a fake clock",
    },
    Habit {
        code: "time::sleep",
        place: Place::Tests,
        remedy: "Wait for the event, or step a fake clock",
    },
];

/// Notes to oneself. They are in two pieces here so that this file may name them.
const NOTES: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// Where folders of one machine begin; in two pieces for the same reason.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
    concat!("C:\\Us", "ers\\"),
];

/// Checks every line of every file.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    for source in &repository.sources {
        opening(source, &mut problems);
        code(source, &mut problems);
        expectations(source, &mut problems);
        globs(source, &mut problems);
        comments(source, &mut problems);
    }
    for file in &repository.files {
        if is_rust(&file.path) || has_extension(&file.path, "toml") {
            notes(file, &mut problems);
        }
        machine_paths(file, &mut problems);
    }
    for page in repository.pages() {
        notes(page, &mut problems);
    }
    problems
}

fn opening(source: &Source, problems: &mut Vec<Problem>) {
    let is_data = source
        .path
        .split_once("/tests/")
        .is_some_and(|(_, rest)| rest.contains('/') && source.is_test.iter().all(|test| *test))
        && ["/data/", "/golden/", "/fixtures/"]
            .iter()
            .any(|folder| source.path.contains(folder));
    let is_opened = source
        .raw
        .first()
        .is_some_and(|line| line.starts_with("//!"));
    if !is_opened && !is_data {
        problems.push(Problem::new(
            &source.path,
            1,
            "the file does not say what it is for",
            "Begin it with `//!`: what it is for, and what it deliberately does not do",
        ));
    }
}

fn code(source: &Source, problems: &mut Vec<Problem>) {
    for (number, line, is_test) in source.lines() {
        for habit in HABITS {
            let applies = match habit.place {
                Place::Anywhere => true,
                Place::Tests => is_test,
            };
            if applies && contains_word(line, habit.code) {
                let what = format!("`{}`", habit.code);
                problems.push(Problem::new(&source.path, number, what, habit.remedy));
            }
        }
    }
}

/// An exception from a lint is a decision, and the next reader wants to know why.
fn expectations(source: &Source, problems: &mut Vec<Problem>) {
    for (number, line, _) in source.lines() {
        if !["#[expect(", "#![expect("]
            .iter()
            .any(|start| line.contains(start))
        {
            continue;
        }
        let rest = source.code[number - 1..].iter();
        let end = rest.clone().position(|line| line.contains(")]"));
        let has_reason = rest
            .take(end.unwrap_or(0) + 1)
            .any(|line| contains_word(line, "reason"));
        if !has_reason {
            problems.push(Problem::new(
                &source.path,
                number,
                "an exception from a lint without its reason",
                "Say why the lint is wrong here: #[expect(lint, reason = \"…\")]",
            ));
        }
    }
}

fn globs(source: &Source, problems: &mut Vec<Problem>) {
    for (number, line) in source.product_lines() {
        if line.contains("::*") && !line.contains("prelude::*") {
            problems.push(Problem::new(
                &source.path,
                number,
                "a glob import",
                "Name what is used, so that a search finds it",
            ));
        }
    }
}

fn comments(source: &Source, problems: &mut Vec<Problem>) {
    for (index, comment) in source.comments.iter().enumerate() {
        if comment.contains("```ignore") {
            problems.push(Problem::new(
                &source.path,
                index + 1,
                "an example that is not compiled",
                "Make it compile, or mark it as `text`",
            ));
        }
    }
}

fn notes(file: &TextFile, problems: &mut Vec<Problem>) {
    for (index, line) in file.text.lines().enumerate() {
        if let Some(note) = NOTES.iter().find(|note| contains_word(line, note)) {
            problems.push(Problem::new(
                &file.path,
                index + 1,
                format!("a note to oneself ({note})"),
                "Do it now, or open an issue",
            ));
        }
    }
}

fn machine_paths(file: &TextFile, problems: &mut Vec<Problem>) {
    for (index, line) in file.text.lines().enumerate() {
        let found = MACHINE_PATHS.iter().find(|path| {
            line.match_indices(**path)
                .any(|(start, _)| line[..start].chars().next_back().is_none_or(begins_a_path))
        });
        if let Some(path) = found {
            problems.push(Problem::new(
                &file.path,
                index + 1,
                format!("a path of one machine ({path}…)"),
                "Use a path inside the repository, or a temporary folder that the test makes",
            ));
        }
    }
}

/// Whether a path may begin after this letter: not within a longer path or an address.
fn begins_a_path(letter: char) -> bool {
    !letter.is_alphanumeric() && !matches!(letter, '_' | '-' | '.' | '/' | '~' | '}' | '>' | ')')
}

#[cfg(test)]
mod tests {
    use super::{MACHINE_PATHS, NOTES, check};
    use crate::tidy::faults;

    #[test]
    fn each_habit_is_found_where_it_is_refused_and_only_there() {
        for (path, code, is_refused) in [
            ("crates/engine/src/a.rs", "#[allow(dead_code)]", true),
            (
                "crates/engine/src/a.rs",
                "#[expect(dead_code, reason = \"a\")]",
                false,
            ),
            ("crates/engine/src/a.rs", "#[expect(dead_code)]", true),
            (
                "crates/engine/src/a.rs",
                "#[expect(\n    dead_code,\n)]\nlet reason = 1;",
                true,
            ),
            (
                "crates/engine/src/a.rs",
                "#[expect(\n    dead_code,\n    reason = \"a\"\n)]",
                false,
            ),
            ("crates/engine/src/a.rs", "todo!()", true),
            ("crates/engine/src/a.rs", "// todo!() is refused", false),
            ("crates/engine/src/a.rs", "/// ```ignore", true),
            ("crates/engine/tests/a.rs", "#[ignore = \"slow\"]", true),
            ("crates/engine/tests/a.rs", "std::thread::sleep(a);", true),
            ("crates/engine/src/a.rs", "std::thread::sleep(a);", false),
            ("crates/engine/src/a.rs", "use super::*;", true),
            ("crates/engine/src/a.rs", "use proptest::prelude::*;", false),
            ("crates/engine/tests/a.rs", "use super::*;", false),
        ] {
            let text = format!("//! A file.\n{code}\n");
            let found = faults(check, &[(path, &text)]);
            assert_eq!(!found.is_empty(), is_refused, "{path}: {code}: {found:?}");
        }
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        for (path, text, is_refused) in [
            ("crates/engine/src/a.rs", "fn a() {}\n", true),
            ("crates/engine/src/a.rs", "", true),
            ("crates/engine/src/a.rs", "//! A file.\n", false),
            ("crates/engine/tests/a.rs", "fn a() {}\n", true),
            ("crates/engine/tests/data/a.rs", "fn a() {}\n", false),
        ] {
            assert_eq!(
                !faults(check, &[(path, text)]).is_empty(),
                is_refused,
                "{path}"
            );
        }
    }

    #[test]
    fn notes_to_oneself_are_found_in_code_and_in_pages() {
        for note in NOTES {
            assert_eq!(
                faults(check, &[("docs/a.md", &format!("a\n{note}: b\n"))]).len(),
                1
            );
            assert_eq!(faults(check, &[("docs/a.md", &format!("a{note}b\n"))]), []);
            assert_eq!(
                faults(check, &[("examples/a.md", &format!("{note}\n"))]),
                []
            );
        }
    }

    #[test]
    fn paths_of_one_machine_are_found_and_addresses_are_not() {
        for path in MACHINE_PATHS {
            for (text, is_refused) in [
                (format!("see {path}a"), true),
                (format!("A={path}a"), true),
                (format!("https://example.org{path}a"), false),
                (format!("../..{path}a"), false),
            ] {
                let found = faults(check, &[("docs/a.md", &text)]);
                assert_eq!(!found.is_empty(), is_refused, "{text}");
            }
        }
    }
}
