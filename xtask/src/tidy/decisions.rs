//! Decisions: each page in `docs/decisions` asks one question, and the index leads to it.

use crate::Problem;
use crate::markdown;
use crate::repository::Repository;

const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/README.md";

/// Checks every decision.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let index = repository.text(INDEX).unwrap_or_default();
    let linked: Vec<String> = markdown::links(index)
        .into_iter()
        .map(|(_, target)| target)
        .collect();
    let mut problems = Vec::new();
    for file in &repository.files {
        let Some(name) = file.path.strip_prefix(FOLDER) else {
            continue;
        };
        if file.path == INDEX {
            continue;
        }
        let title = file.text.lines().next().unwrap_or_default();
        if !(title.starts_with("# ") && title.ends_with('?')) {
            problems.push(Problem::new(
                &file.path,
                1,
                "the title is not a question",
                "Begin with `# ` and the question that the page answers",
            ));
        }
        if !linked.iter().any(|target| target == name) {
            problems.push(Problem::new(
                &file.path,
                1,
                "the index does not lead here",
                format!("Add a link to {name} in {INDEX}"),
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
    fn a_decision_asks_a_question_and_is_in_the_index() {
        let index = ("docs/decisions/README.md", "- [Why a?](a.md)\n");
        for (path, text, count) in [
            ("docs/decisions/a.md", "# Why a?\n", 0),
            ("docs/decisions/a.md", "# On a\n", 1),
            ("docs/decisions/b.md", "# Why b?\n", 1),
        ] {
            assert_eq!(
                faults(check, &[index, (path, text)]).len(),
                count,
                "{path}: {text}"
            );
        }
    }
}
