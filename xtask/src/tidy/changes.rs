//! Changes: CHANGELOG.md and the notes in `changes/` from which it is written at a release.

use crate::Problem;
use crate::markdown;
use crate::repository::Repository;

const CHANGELOG: &str = "CHANGELOG.md";

/// The kinds of change of Keep a Changelog 1.1.0.
const KINDS: &[&str] = &[
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
];

/// Checks the form of the changelog and of every note.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    match repository.text(CHANGELOG) {
        Some(text) => changelog(text, &mut problems),
        None => problems.push(Problem::new(
            CHANGELOG,
            1,
            "the changelog is missing",
            "Write it in the form of keepachangelog.com",
        )),
    }
    for file in &repository.files {
        let Some(name) = file.path.strip_prefix("changes/") else {
            continue;
        };
        if name != "README.md" {
            note(&file.path, name, &file.text, &mut problems);
        }
    }
    problems
}

fn changelog(text: &str, problems: &mut Vec<Problem>) {
    let mut refuse = |line: usize, what: String, remedy: &str| {
        problems.push(Problem::new(CHANGELOG, line, what, remedy));
    };
    if text.lines().next() != Some("# Changelog") {
        refuse(
            1,
            "the title is not 'Changelog'".to_owned(),
            "Begin with `# Changelog`",
        );
    }
    let mut is_first = true;
    for (line, depth, title) in markdown::headings(text) {
        match depth {
            2 if is_first => {
                is_first = false;
                if title != "[Unreleased]" {
                    let what = format!("the first section is '{title}'");
                    refuse(
                        line,
                        what,
                        "Begin with `## [Unreleased]`, even when it is empty",
                    );
                }
            }
            2 if !is_release(title) => {
                let what = format!("'{title}' is not a version and its day");
                refuse(line, what, "Write `## [1.2.3] - 2026-11-21`");
            }
            3 if !KINDS.contains(&title) => {
                let what = format!("'{title}' is no kind of change");
                refuse(line, what, &format!("Use one of: {}", KINDS.join(", ")));
            }
            _ => {}
        }
    }
    if is_first {
        refuse(1, "there is no section".to_owned(), "Add `## [Unreleased]`");
    }
}

/// Whether a title reads like `[1.2.3] - 2026-11-21`.
fn is_release(title: &str) -> bool {
    let Some((version, day)) = title
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] - "))
    else {
        return false;
    };
    has_numbers(version, '.', &[]) && has_numbers(day, '-', &[4, 2, 2])
}

/// Whether three numbers stand between the separators, with so many digits if that is asked.
fn has_numbers(text: &str, separator: char, digits: &[usize]) -> bool {
    let parts: Vec<&str> = text.split(separator).collect();
    let are_numbers = parts
        .iter()
        .all(|part| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit()));
    let fit = digits
        .iter()
        .zip(&parts)
        .all(|(count, part)| part.len() == *count);
    parts.len() == 3 && are_numbers && fit
}

fn note(path: &str, name: &str, text: &str, problems: &mut Vec<Problem>) {
    let mut refuse = |line: usize, what: &str, remedy: &str| {
        problems.push(Problem::new(path, line, what, remedy));
    };
    let is_plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let stem = name.strip_suffix(".md").unwrap_or_default();
    if stem.is_empty() || !stem.chars().all(is_plain) {
        refuse(
            1,
            "the name of a note is small letters, digits and hyphens, then `.md`",
            "Name it after the change, as in `resume-after-a-crash.md`",
        );
    }
    let mut lines = text.lines();
    let kind = lines.next().and_then(|line| line.strip_prefix("# "));
    if !kind.is_some_and(|kind| KINDS.contains(&kind)) {
        let remedy = format!("Begin with `# ` and one of: {}", KINDS.join(", "));
        refuse(
            1,
            "the note does not say what kind of change it is",
            &remedy,
        );
    }
    if !lines.any(|line| !line.trim().is_empty()) {
        refuse(
            1,
            "the note says nothing",
            "Say in a sentence or two what people will notice",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::faults;

    #[test]
    fn the_changelog_has_the_usual_form() {
        for (text, lines) in [
            ("# Changelog\n\n## [Unreleased]\n\n### Added\n", &[][..]),
            (
                "# Changelog\n## [Unreleased]\n## [0.1.0] - 2026-11-21\n### Fixed\n",
                &[],
            ),
            ("# Changes\n## [Unreleased]\n", &[1]),
            ("# Changelog\n## [0.1.0] - 2026-11-21\n", &[2]),
            (
                "# Changelog\n## [Unreleased]\n## [0.1] - 2026-11-21\n",
                &[3],
            ),
            (
                "# Changelog\n## [Unreleased]\n## [0.1.0] - 21-11-2026\n",
                &[3],
            ),
            ("# Changelog\n## [Unreleased]\n### News\n", &[3]),
            ("# Changelog\n", &[1]),
        ] {
            let found = faults(check, &[("CHANGELOG.md", text)]);
            let found: Vec<usize> = found.into_iter().map(|(_, line)| line).collect();
            assert_eq!(found, lines, "{text}");
        }
    }

    #[test]
    fn a_note_says_its_kind_and_what_people_will_notice() {
        let changelog = ("CHANGELOG.md", "# Changelog\n## [Unreleased]\n");
        for (path, text, count) in [
            (
                "changes/resume-after-a-crash.md",
                "# Added\n\nIt goes on.\n",
                0,
            ),
            ("changes/README.md", "How notes are written.\n", 0),
            ("changes/Resume.md", "# Added\n\nIt goes on.\n", 1),
            ("changes/resume.txt", "# Added\n\nIt goes on.\n", 1),
            ("changes/resume.md", "It goes on.\n\nReally.\n", 1),
            ("changes/resume.md", "# Added\n\n", 1),
        ] {
            assert_eq!(
                faults(check, &[changelog, (path, text)]).len(),
                count,
                "{path}: {text}"
            );
        }
    }
}
