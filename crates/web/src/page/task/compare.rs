//! What was handed in beside what was handed in before it, line by line.

use consort_kernel::event::Event;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Submission, TaskEvent};
use maud::{Markup, html as markup};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::Seen;
use crate::part::when;
use crate::server::Failure;

/// How many of the latest events are looked through.
const EVENTS_MAX: usize = 200;
/// How much is taken from a result, in bytes.
const BYTES_MAX: usize = 1024 * 1024;
/// How many lines of each are compared, and how many differing ones are shown.
const LINES_MAX: usize = 2_000;
const SHOWN_MAX: usize = 400;
/// How many lines that stayed are shown around what changed.
const AROUND: usize = 2;

/// The page's part; nothing where nothing was handed in twice.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let stream = StreamId::Task(seen.task.id);
    let events = seen.web.engine.latest(stream, EVENTS_MAX)?;
    let mut handed = events.iter().filter_map(|envelope| match &envelope.event {
        Event::Task(TaskEvent::Submitted { submission, .. }) => {
            Some((envelope.recorded_at, submission))
        }
        _ => None,
    });
    let (Some((now_at, now)), Some((was_at, was))) = (handed.next(), handed.next()) else {
        return Ok(markup! {});
    };
    let (Some(was), Some(now)) = (lines(seen, was)?, lines(seen, now)?) else {
        return Ok(markup! {});
    };
    let rows = rows(&was, &now);
    Ok(markup! {
        section.section aria-labelledby="compare" {
            div.section-head {
                h2 #compare { "What is different from before" }
                p { "Handed in " (when(now_at)) ", beside what was handed in " (when(was_at)) "." }
            }
            @if rows.is_empty() { p.muted { "The two are the same, word for word." } }
            @else {
                div.diff tabindex="0" role="region" aria-label="What is different from before" {
                    @for row in rows.iter().take(SHOWN_MAX) { (row) }
                }
                @if rows.len() > SHOWN_MAX { p.small.muted { "and " (rows.len() - SHOWN_MAX) " lines more" } }
            }
        }
    })
}

/// What was handed in, as lines that people read; nothing where it is too large to be compared.
fn lines(seen: &Seen<'_>, submission: &Submission) -> Result<Option<Vec<String>>, Failure> {
    let bytes = seen.web.engine.artefacts().get(submission.content)?;
    if bytes.len() > BYTES_MAX {
        return Ok(None);
    }
    let content: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let mut found = Vec::new();
    write(&content, "", &mut found);
    for (name, digest) in &submission.files {
        found.push(format!("{name}: {digest}"));
    }
    Ok((found.len() <= LINES_MAX).then_some(found))
}

/// Every value under its name. Places in lists are left out, so that what only moved is the same.
fn write(value: &Value, name: &str, found: &mut Vec<String>) {
    let named = |text: &str| match name {
        "" | "text" => text.to_owned(),
        name => format!("{name}: {text}"),
    };
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                write(inner, key, found);
            }
        }
        Value::Array(items) => {
            for inner in items {
                write(inner, name, found);
            }
        }
        Value::String(text) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            found.extend(lines.map(named));
        }
        Value::Null => {}
        other => found.push(named(&other.to_string())),
    }
}

/// What went and what came, with a little of what stayed around it.
fn rows(was: &[String], now: &[String]) -> Vec<Markup> {
    let (was, now) = (was.join("\n"), now.join("\n"));
    let diff = TextDiff::from_lines(was.as_str(), now.as_str());
    let mut rows = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        for op in &group {
            for change in diff.iter_inline_changes(op) {
                let parts: Vec<(bool, String)> = change
                    .iter_strings_lossy()
                    .map(|(is_new, text)| (is_new, text.trim_end_matches('\n').to_owned()))
                    .collect();
                rows.push(match change.tag() {
                    ChangeTag::Equal => markup! { p { @for (_, text) in &parts { (text) } } },
                    ChangeTag::Delete => {
                        markup! { p.was { span.sr { "Was: " } @for (is_new, text) in &parts { @if *is_new { del { (text) } } @else { (text) } } } }
                    }
                    ChangeTag::Insert => {
                        markup! { p.now { span.sr { "Is now: " } @for (is_new, text) in &parts { @if *is_new { ins { (text) } } @else { (text) } } } }
                    }
                });
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        write(value, "", &mut found);
        found
    }

    #[test]
    fn a_result_is_compared_by_what_it_says_and_not_by_where_it_stands() {
        let value =
            json!([{"text": "One.\n\nTwo."}, {"facts": [{"text": "Three."}, {"level": 4}]}, null]);
        assert_eq!(told(&value), ["One.", "Two.", "Three.", "level: 4"]);
    }

    #[test]
    fn what_changed_is_shown_with_the_words_that_did() {
        let was = ["Dear all,".to_owned(), "thanks for the boxes.".to_owned()];
        let now = ["Dear all,".to_owned(), "thanks for the van.".to_owned()];
        let shown: String = rows(&was, &now).iter().map(|row| row.0.clone()).collect();
        assert!(shown.contains("<p>Dear all,</p>"), "{shown}");
        assert!(
            shown.contains("class=\"was\"") && shown.contains("<del>boxes"),
            "{shown}"
        );
        assert!(
            shown.contains("class=\"now\"") && shown.contains("<ins>van"),
            "{shown}"
        );
        assert!(rows(&was, &was).is_empty());
    }
}
