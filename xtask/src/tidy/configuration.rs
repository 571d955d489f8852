//! Lint configuration: that clippy really looks for what we rely on it to find.
//!
//! A `clippy.toml` in a crate replaces the one at the root instead of adding to it, and a crate
//! without `[lints] workspace = true` is not looked at; both happen without a word.

use crate::Problem;
use crate::repository::Repository;

const ROOT_RULES: &str = "clippy.toml";

/// Functions longer than this are found by clippy.
const FUNCTION_LINES_RULE: &str = "too-many-lines-threshold = 70";

/// Lines that the manifest of the workspace must have.
const LINTS: &[&str] = &[
    "pedantic = { level = \"warn\", priority = -1 }",
    "allow_attributes = \"warn\"",
    "unwrap_used = \"warn\"",
    "wildcard_imports = \"warn\"",
    "missing_docs = \"warn\"",
    "unsafe_code = \"forbid\"",
];

/// Checks the configuration of every crate.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    let rules = repository.text(ROOT_RULES).unwrap_or_default();
    if !has_line(rules, FUNCTION_LINES_RULE) {
        problems.push(missing(ROOT_RULES, FUNCTION_LINES_RULE));
    }
    let manifest = repository.text("Cargo.toml").unwrap_or_default();
    for lint in LINTS.iter().filter(|lint| !has_line(manifest, lint)) {
        problems.push(missing("Cargo.toml", lint));
    }
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with("too_many_lines") {
            problems.push(Problem::new(
                "Cargo.toml",
                index + 1,
                "the lint that finds long functions is set apart",
                "Leave it to `pedantic`",
            ));
        }
    }
    for file in &repository.files {
        let Some((folder, name)) = file.path.rsplit_once('/') else {
            continue;
        };
        if !folder.starts_with("crates/") && folder != "xtask" {
            continue;
        }
        if name == "Cargo.toml" && !file.text.contains("[lints]\nworkspace = true\n") {
            problems.push(missing(&file.path, "[lints] workspace = true"));
        }
        if name == ROOT_RULES {
            for rule in rules.lines().filter(|rule| !has_line(&file.text, rule)) {
                problems.push(missing(&file.path, rule));
            }
        }
    }
    problems
}

fn has_line(text: &str, wanted: &str) -> bool {
    text.lines().any(|line| line == wanted)
}

fn missing(path: &str, line: &str) -> Problem {
    Problem::new(path, 1, format!("the line `{line}` is missing"), "Add it")
}

#[cfg(test)]
mod tests {
    use super::{LINTS, check};
    use crate::tidy::faults;

    const RULES: &str = "allow-unwrap-in-tests = true\ntoo-many-lines-threshold = 70\n";
    const CRATE: &str = "[lints]\nworkspace = true\n";

    #[test]
    fn what_would_switch_a_lint_off_is_found() {
        let manifest = LINTS.join("\n");
        let apart = format!("{manifest}\ntoo_many_lines = \"allow\"\n");
        let of_kernel = format!("disallowed-types = []\n{RULES}");
        for (path, text, expected) in [
            ("crates/kernel/Cargo.toml", CRATE, 0),
            ("crates/kernel/Cargo.toml", "[package]\n", 1),
            ("xtask/Cargo.toml", "[package]\n", 1),
            ("crates/kernel/clippy.toml", "disallowed-types = []\n", 2),
            ("crates/kernel/clippy.toml", &of_kernel, 0),
            ("Cargo.toml", &apart, 1),
        ] {
            let mut files = vec![("clippy.toml", RULES), (path, text)];
            if path != "Cargo.toml" {
                files.push(("Cargo.toml", &manifest));
            }
            assert_eq!(faults(check, &files).len(), expected, "{path}: {text}");
        }
    }

    #[test]
    fn a_missing_root_configuration_is_found() {
        assert_eq!(faults(check, &[]).len(), 1 + LINTS.len());
    }
}
