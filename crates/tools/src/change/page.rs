//! `change.html`: the change on one page, to be read before it is signed.

use maud::{Markup, html};

use super::{Change, Changed, Line, read};
use crate::deliver;

/// How many lines of a patch are shown; the rest is in the patch itself, and the page says so.
const LINES_MAX: usize = 20_000;

/// What the page says beside the change.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What was asked for.
    pub request: Option<String>,
    /// The repository, and the commit that the change is made to.
    pub repository: Option<(String, String)>,
    /// Who made it, and with what.
    pub made_by: String,
    /// What checks found, one sentence each.
    pub checks: Vec<String>,
}

/// The change as a page.
pub fn page(change: &Change, facts: &Facts) -> String {
    let files = read(&change.patch);
    let byline = byline(facts, &files);
    let body = html! {
        @if let Some(request) = &facts.request {
            h2 { "Asked for" }
            p.question { (request) }
        }
        h2 { "What it does" }
        p { (change.title()) }
        @for paragraph in change.paragraphs() { p { (paragraph) } }
        @if !facts.checks.is_empty() {
            h2 { "What was checked" }
            ul.entries { @for check in &facts.checks { li { (check) } } }
        }
        h2 { "What it changes" }
        table.changes {
            thead { tr { th { "File" } th { "Added" } th { "Taken away" } } }
            tbody {
                @for (number, file) in files.iter().enumerate() {
                    tr {
                        td { a href=(format!("#file-{number}")) { (file.path) } }
                        td { (file.added) }
                        td { (file.removed) }
                    }
                }
            }
        }
        (patch(&files))
        p.note {
            "Signing says that this change was read. It is handed over as change.patch; nothing was "
            "written to the repository. Apply it with: git apply --index change.patch"
        }
    };
    deliver::page("Change", change.title(), &byline, &body)
}

fn byline(facts: &Facts, files: &[Changed<'_>]) -> String {
    let added: usize = files.iter().map(|file| file.added).sum();
    let removed: usize = files.iter().map(|file| file.removed).sum();
    let mut parts = Vec::new();
    if let Some((name, commit)) = &facts.repository {
        let short = commit.get(..12).unwrap_or(commit);
        parts.push(format!("{name} at {short}"));
    }
    let noun = if files.len() == 1 { "file" } else { "files" };
    parts.push(format!(
        "{} {noun}, {added} lines added, {removed} taken away",
        files.len()
    ));
    if !facts.made_by.is_empty() {
        parts.push(format!("made by {}", facts.made_by));
    }
    parts.join(" · ")
}

fn patch(files: &[Changed<'_>]) -> Markup {
    let total: usize = files.iter().map(|file| file.lines.len()).sum();
    let mut room = LINES_MAX;
    html! {
        @for (number, file) in files.iter().enumerate() {
            h3 id=(format!("file-{number}")) { (file.path) }
            pre.diff {
                @for line in file.lines.iter().take(room) { (line_markup(*line)) }
            }
            @let () = room = room.saturating_sub(file.lines.len());
        }
        @if total > LINES_MAX {
            p.note { "Only the first " (LINES_MAX) " of " (total) " lines are shown; change.patch has all." }
        }
    }
}

fn line_markup(line: Line<'_>) -> Markup {
    match line {
        Line::Hunk(text) => html! { span.hunk { (text) "\n" } },
        Line::Added(text) => html! { ins { "+" (text) "\n" } },
        Line::Removed(text) => html! { del { "-" (text) "\n" } },
        Line::Kept(text) => html! { " " (text) "\n" },
        Line::Note(text) => html! { span.hunk { (text) "\n" } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_the_patch_as_text_and_never_as_markup() {
        let change = Change {
            patch: "--- a/x.html\n+++ b/x.html\n@@ -1 +1 @@\n-<b>\n+<script>alert(1)</script>\n"
                .to_owned(),
            summary: "Say it <em>louder</em>\n\nBecause it was not heard.".to_owned(),
        };
        let facts = Facts {
            request: Some("Louder, please".to_owned()),
            repository: Some(("site".to_owned(), "0123456789abcdef".to_owned())),
            made_by: "Editor".to_owned(),
            checks: vec!["make test: passes".to_owned()],
        };
        let page = page(&change, &facts);
        for expected in [
            "<ins>+&lt;script&gt;alert(1)&lt;/script&gt;",
            "<del>-&lt;b&gt;",
            "site at 0123456789ab · 1 file, 1 lines added, 1 taken away · made by Editor",
            "Because it was not heard.",
            "make test: passes",
        ] {
            assert!(page.contains(expected), "{expected} is not in {page}");
        }
        assert!(!page.contains("<script>") && !page.contains("<em>"));
    }
}
