//! Names of files: what a file is called says what is in it.

use crate::Problem;
use crate::repository::{Repository, is_rust};

/// Names that say nothing, and that gather everything.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "part2", "shared", "stuff",
];

/// Checks the name of every Rust file and of the folders it is in.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in repository.paths.iter().filter(|path| is_rust(path)) {
        let empty = path
            .split('/')
            .map(|part| part.trim_end_matches(".rs"))
            .find(|part| EMPTY_NAMES.contains(part));
        if let Some(name) = empty {
            problems.push(Problem::new(
                path,
                1,
                format!("the name '{name}' says nothing"),
                "Name it after the word of the domain, or the verb, that is in it",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::faults;

    #[test]
    fn a_name_that_says_nothing_is_found() {
        for (path, is_refused) in [
            ("crates/kernel/src/utils.rs", true),
            ("crates/kernel/tests/common/mod.rs", true),
            ("crates/kernel/src/commons.rs", false),
            ("docs/common/page.md", false),
        ] {
            assert_eq!(
                !faults(check, &[(path, "")]).is_empty(),
                is_refused,
                "{path}"
            );
        }
    }
}
