//! Links: those from one page of the repository to another lead somewhere.
//!
//! Addresses on the web are not tried: no check needs the network.

use crate::Problem;
use crate::markdown;
use crate::repository::{Repository, TextFile};

/// Checks the links of every page.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in repository.pages() {
        for (line, target) in markdown::links(&page.text) {
            if let Some(what) = fault(repository, page, &target) {
                let remedy = "Mend the link, or take it out";
                problems.push(Problem::new(&page.path, line, what, remedy));
            }
        }
    }
    problems
}

fn fault(repository: &Repository, page: &TextFile, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (target, None),
    };
    let resolved = if path.is_empty() {
        page.path.clone()
    } else {
        match resolve(&page.path, path) {
            Some(resolved) => resolved,
            None => return Some(format!("the link to '{target}' leaves the repository")),
        }
    };
    if !resolved.is_empty() && !repository.paths.contains(&resolved) {
        return Some(format!("the link to '{target}' leads nowhere"));
    }
    let text = repository.text(&resolved)?;
    let anchor = anchor?;
    let has_anchor =
        markdown::headings(text).any(|(_, _, title)| markdown::anchor(title) == anchor);
    (!has_anchor).then(|| format!("'{resolved}' has no heading '#{anchor}'"))
}

/// The path from the root; nothing if it leads out of the repository.
fn resolve(page: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            "" => return None,
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::faults;

    #[test]
    fn links_between_pages_lead_somewhere() {
        for (link, is_refused) in [
            ("[a](other.md)", false),
            ("[a](./other.md#one-two)", false),
            ("[a](#here)", false),
            ("[a](../README.md)", false),
            ("[a](https://example.org/none.md)", false),
            ("[a](none.md)", true),
            ("[a](other.md#three)", true),
            ("[a](#there)", true),
            ("[a](../../README.md)", true),
            ("[a](/README.md)", true),
        ] {
            let page = format!("# Here\n\n{link}\n");
            let files = [
                ("README.md", ""),
                ("docs/other.md", "## One two\n"),
                ("docs/page.md", &page),
            ];
            let found = faults(check, &files);
            assert_eq!(!found.is_empty(), is_refused, "{link}: {found:?}");
        }
    }
}
