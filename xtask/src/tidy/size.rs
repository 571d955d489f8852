//! Size: files that grew too long to be read.
//!
//! The length of functions is clippy's matter; `configuration` sees to it that clippy looks.

use crate::Problem;
use crate::repository::Repository;

/// More lines than this are not one thing any more; 150 are what we aim at. Tests do not count:
/// tables of cases are long and easily read.
const PRODUCT_LINES_MAX: usize = 500;

/// Checks the length of every file of product code.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    for source in &repository.sources {
        if source.floor() == "testkit" {
            continue;
        }
        let lines = source.product_lines().count();
        if lines > PRODUCT_LINES_MAX {
            problems.push(Problem::new(
                &source.path,
                PRODUCT_LINES_MAX + 1,
                format!("{lines} lines of product code, and at most {PRODUCT_LINES_MAX} may be"),
                "Split it where the domain splits, one use case a file",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::{PRODUCT_LINES_MAX, check};
    use crate::tidy::faults;

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let full = "fn a() {}\n".repeat(PRODUCT_LINES_MAX);
        let too_long = format!("{full}fn b() {{}}\n");
        let with_tests = format!("{full}#[cfg(test)]\nmod tests {{\n{full}}}\n");
        for (path, text, is_refused) in [
            ("crates/engine/src/a.rs", &full, false),
            ("crates/engine/src/a.rs", &too_long, true),
            ("crates/engine/src/a.rs", &with_tests, false),
            ("crates/engine/tests/a.rs", &too_long, false),
            ("crates/testkit/src/a.rs", &too_long, false),
        ] {
            let found = faults(check, &[(path, text)]);
            assert_eq!(!found.is_empty(), is_refused, "{path}");
        }
    }
}
