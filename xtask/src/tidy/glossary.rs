//! Glossary: folders and files are named by the words that we agreed on.
//!
//! The words are in docs/GLOSSARY.md: those of the domain in a table, technical ones in a list,
//! and retired ones, which no code may use, in a second table.

use std::collections::BTreeSet;

use crate::Problem;
use crate::markdown;
use crate::repository::Repository;
use crate::source::Source;

const PAGE: &str = "docs/GLOSSARY.md";

/// Under which heading the technical words are.
const TECHNICAL: &str = "Technical words";

/// Floors that are laid out by the words of the domain.
const FLOORS: &[&str] = &["kernel", "store", "engine"];

/// Files that are part of their folder and no word of their own.
const NO_WORDS: &[&str] = &["lib", "main", "mod", "tests"];

/// A word that is not used any more.
struct Retired {
    word: String,
    instead: String,
}

/// Checks the names of modules, and the identifiers.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let Some(page) = repository.text(PAGE) else {
        let remedy = "Write it: every word of the domain stands there";
        return vec![Problem::new(PAGE, 1, "the glossary is missing", remedy)];
    };
    let mut words = domain_words(page);
    words.extend(technical_words(page));
    let retired = retired_words(page);
    let mut problems = Vec::new();
    for retired in retired
        .iter()
        .filter(|retired| words.contains(&retired.word))
    {
        problems.push(Problem::new(
            PAGE,
            1,
            format!("'{}' is both in use and retired", retired.word),
            "Take it out of one of the two tables",
        ));
    }
    let mut seen = BTreeSet::new();
    for source in &repository.sources {
        module_name(source, &words, &mut seen, &mut problems);
        identifiers(source, &retired, &mut problems);
    }
    problems
}

fn domain_words(page: &str) -> BTreeSet<String> {
    markdown::table(page, "word in code")
        .unwrap_or_default()
        .iter()
        .filter_map(|row| row.cells.first())
        .flat_map(|cell| markdown::quoted(cell))
        .map(str::to_owned)
        .collect()
}

fn technical_words(page: &str) -> BTreeSet<String> {
    let start = markdown::headings(page).find(|(_, _, title)| *title == TECHNICAL);
    let Some((start, _, _)) = start else {
        return BTreeSet::new();
    };
    let end = markdown::headings(page)
        .map(|(line, _, _)| line)
        .find(|line| *line > start);
    markdown::prose(page)
        .filter(|(line, _)| *line > start && end.is_none_or(|end| *line < end))
        .flat_map(|(_, line)| markdown::quoted(line))
        .map(str::to_owned)
        .collect()
}

fn retired_words(page: &str) -> Vec<Retired> {
    let rows = markdown::table(page, "retired word").unwrap_or_default();
    let retired = rows.iter().filter_map(|row| {
        Some(Retired {
            word: (*markdown::quoted(row.cells.first()?).first()?).to_owned(),
            instead: row.cells.get(1)?.replace('`', "'"),
        })
    });
    retired.collect()
}

fn module_name(
    source: &Source,
    words: &BTreeSet<String>,
    seen: &mut BTreeSet<String>,
    problems: &mut Vec<Problem>,
) {
    if !FLOORS.contains(&source.floor()) {
        return;
    }
    let Some((_, inside)) = source.path.split_once("/src/") else {
        return;
    };
    let first = inside.split('/').next().unwrap_or_default();
    let name = first.trim_end_matches(".rs");
    let is_known = NO_WORDS.contains(&name) || words.contains(name);
    if is_known || !seen.insert(format!("{}/{name}", source.floor())) {
        return;
    }
    problems.push(Problem::new(
        &source.path,
        1,
        format!("'{name}' is no word of the glossary"),
        format!("Use a word of {PAGE}, or add it there: to the table if people use it, else to '{TECHNICAL}'"),
    ));
}

/// Identifiers after a full stop or `::` may be other people's; ours are found where they are
/// defined.
fn identifiers(source: &Source, retired: &[Retired], problems: &mut Vec<Problem>) {
    for (number, line, _) in source.lines() {
        for (start, identifier) in identifiers_of(line) {
            if line[..start].ends_with(['.', ':']) {
                continue;
            }
            let parts = parts_of(identifier);
            let Some(found) = retired.iter().find(|retired| parts.contains(&retired.word)) else {
                continue;
            };
            problems.push(Problem::new(
                &source.path,
                number,
                format!("'{identifier}' uses the retired word '{}'", found.word),
                format!("Say {}", found.instead),
            ));
        }
    }
}

fn identifiers_of(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    let end = (line.len(), ' ');
    for (index, letter) in line.char_indices().chain([end]) {
        let is_part = letter.is_alphanumeric() || letter == '_';
        match (start, is_part) {
            (None, true) => start = Some(index),
            (Some(begin), false) => {
                found.push((begin, &line[begin..index]));
                start = None;
            }
            (Some(_), true) | (None, false) => {}
        }
    }
    found
}

/// `TaskState` and `task_state` are made of `task` and `state`.
fn parts_of(identifier: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for letter in identifier.chars() {
        if letter == '_' || (letter.is_uppercase() && was_lower) {
            parts.push(String::new());
        }
        if letter != '_' {
            let part = parts.last_mut().expect("it begins with one part");
            part.extend(letter.to_lowercase());
        }
        was_lower = letter.is_lowercase();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::faults;

    const GLOSSARY: &str = "\
# Glossary\n\n| word in code | in pages | meaning |\n|---|---|---|\n| `task` | | an atom |\n\
| `sign_off`, `pre_approval` | | decisions |\n\n## Technical words\n\n`id`, `lane`\n\n\
## Retired words\n\n| retired word | say instead |\n|---|---|\n| `job` | `task` |\n";

    #[test]
    fn modules_are_named_by_words_of_the_glossary() {
        for (path, is_refused) in [
            ("crates/kernel/src/task/claim.rs", false),
            ("crates/kernel/src/pre_approval.rs", false),
            ("crates/kernel/src/id.rs", false),
            ("crates/kernel/src/lib.rs", false),
            ("crates/kernel/src/gizmo.rs", true),
            ("crates/engine/src/job/mod.rs", true),
            ("crates/tools/src/gizmo.rs", false),
        ] {
            let found = faults(check, &[("docs/GLOSSARY.md", GLOSSARY), (path, "")]);
            assert_eq!(!found.is_empty(), is_refused, "{path}: {found:?}");
        }
    }

    #[test]
    fn a_module_of_many_files_is_named_once() {
        let files = [
            ("docs/GLOSSARY.md", GLOSSARY),
            ("crates/kernel/src/gizmo/a.rs", ""),
            ("crates/kernel/src/gizmo/b.rs", ""),
        ];
        assert_eq!(faults(check, &files).len(), 1);
    }

    #[test]
    fn retired_words_are_not_used_for_what_is_ours() {
        for (code, is_refused) in [
            ("struct JobState;", true),
            ("let next_job = 1;", true),
            ("fn jobs() {}", false),
            ("builder.job(1)", false),
            ("crossbeam::Job::new()", false),
            ("// a job", false),
        ] {
            let files = [
                ("docs/GLOSSARY.md", GLOSSARY),
                ("crates/cli/src/a.rs", code),
            ];
            assert_eq!(!faults(check, &files).is_empty(), is_refused, "{code}");
        }
    }

    #[test]
    fn a_word_cannot_be_in_use_and_retired() {
        let page = GLOSSARY.replace("| `job` |", "| `task` |");
        assert_eq!(faults(check, &[("docs/GLOSSARY.md", &page)]).len(), 1);
    }
}
