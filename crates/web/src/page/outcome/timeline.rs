//! What happened in an outcome, the newest first: in full, compact, or raw as it is stored.

use std::cmp::Reverse;

use consort_kernel::event::Envelope;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};
use serde_json::Value;

use super::super::list::{Asked, Cell, Column, Found, Line};
use super::Seen;
use crate::part::{Happened, Icon, capital, when};
use crate::server::Failure;

/// How many events of one stream are read, the latest.
const EVENTS_MAX: usize = 200;
/// How many tasks are looked at.
const TASKS_MAX: usize = 200;
/// How many lines are shown.
const SHOWN_MAX: usize = 200;
/// The forms, by the word in the address.
const FORMS: [(&str, &str); 3] = [("", "Full"), ("compact", "Compact"), ("raw", "Raw")];
/// What the events are for programs.
pub(super) const COLUMNS: &[Column] = &[
    Column::text("at", "When"),
    Column::text("event", "Event"),
    Column::text("stream", "Stream"),
    Column::number("version", "Version"),
    Column::text("by", "By"),
    Column::number("rules_version", "Rules"),
    Column::hidden("cause"),
    Column::hidden("body"),
];

/// An event, with the title of its task where it is of one.
struct Entry {
    envelope: Envelope,
    title: Option<String>,
}

/// The page's part.
pub(super) fn show(seen: &Seen<'_>, form: &str) -> Result<Markup, Failure> {
    let entries = entries(seen)?;
    let list = match form {
        "compact" => compact(seen, &entries)?,
        "raw" => raw(&entries),
        _ => full(seen, &entries)?,
    };
    let address = seen.address();
    Ok(markup! {
        section.section aria-labelledby="timeline" {
            div.section-head {
                h2 #timeline { "Timeline" }
                p { "Every line is an event of the record." }
                div.actions {
                    a.button href={ (address) "/timeline.csv" } { (Icon::Download.show()) "CSV" }
                    a.button href={ (address) "/timeline.json" } { "JSON" }
                }
            }
            nav.filters aria-label="Form of the timeline" {
                @for (key, words) in FORMS {
                    a href={ (address) "?view=timeline" @if !key.is_empty() { "&form=" (key) } }
                        aria-current=[(key == form).then_some("true")] { (words) }
                }
            }
            (list)
            p.small.muted { "The latest " (EVENTS_MAX) " events of the outcome and of each of its first " (TASKS_MAX) " tasks are read." }
        }
    })
}

/// The events as programs read them, with the words that are stored and hashed.
pub(super) fn found(seen: &Seen<'_>, asked: &Asked) -> Result<Found, Failure> {
    let entries = entries(seen)?;
    let lines = entries.iter().take(asked.rows()).map(|entry| {
        let envelope = &entry.envelope;
        let body: Value = serde_json::from_str(&envelope.to_canonical()).unwrap_or_default();
        Line::of(vec![
            Cell::text(envelope.recorded_at.to_string()),
            Cell::text(envelope.event.name()),
            Cell::text(envelope.stream.to_string()),
            Cell::of(markup! {}, envelope.version),
            Cell::text(envelope.principal.to_string()),
            Cell::of(markup! {}, envelope.policy),
            Cell::text(envelope.cause.to_string()),
            Cell::of(markup! {}, body["event"].clone()),
        ])
    });
    Ok(Found {
        columns: COLUMNS,
        lines: lines.collect(),
        next: None,
    })
}

fn entries(seen: &Seen<'_>) -> Result<Vec<Entry>, Failure> {
    let engine = &seen.web.engine;
    let mut entries = Vec::new();
    for envelope in engine.latest(StreamId::Outcome(seen.outcome.id), EVENTS_MAX)? {
        entries.push(Entry {
            envelope,
            title: None,
        });
    }
    for task in seen.tasks.iter().take(TASKS_MAX) {
        for envelope in engine.latest(StreamId::Task(task.id), EVENTS_MAX)? {
            let title = Some(task.spec.title.clone());
            entries.push(Entry { envelope, title });
        }
    }
    newest_first(&mut entries, |entry| entry.envelope.recorded_at);
    Ok(entries)
}

/// Sorting keeps the order of what happened in the same moment, and each stream is the newest first.
fn newest_first<T>(lines: &mut [T], at: impl Fn(&T) -> Timestamp) {
    lines.sort_by_key(|line| Reverse(at(line)));
}

fn full(seen: &Seen<'_>, entries: &[Entry]) -> Result<Markup, Failure> {
    let mut shown = Vec::new();
    let mut all = 0;
    for entry in entries {
        let Some(line) = Happened::of(&entry.envelope) else {
            continue;
        };
        all += 1;
        if shown.len() < SHOWN_MAX {
            shown.push(line.show(&seen.people, &about(entry))?);
        }
    }
    Ok(markup! {
        ol.timeline { @for line in &shown { (line) } }
        @if all > SHOWN_MAX { p.small.muted { "and " (all - SHOWN_MAX) " earlier ones" } }
    })
}

fn about(entry: &Entry) -> Markup {
    if entry.title.is_none() {
        return markup! {};
    }
    markup! { ": " (title(entry)) }
}

/// The task that an event is of; nothing where it is of the outcome.
fn title(entry: &Entry) -> Markup {
    if let (Some(title), StreamId::Task(id)) = (&entry.title, entry.envelope.stream) {
        return markup! { a href={ "/tasks/" (id) } { (title) } };
    }
    markup! { "the outcome" }
}

/// One line for each run of the same thing by the same party.
fn compact(seen: &Seen<'_>, entries: &[Entry]) -> Result<Markup, Failure> {
    let mut runs: Vec<(String, Timestamp, usize, Markup)> = Vec::new();
    for entry in entries {
        let Some(line) = Happened::of(&entry.envelope) else {
            continue;
        };
        let words = line.words(&seen.people)?;
        match runs.last_mut().filter(|(known, ..)| *known == words) {
            Some((_, _, count, _)) => *count += 1,
            None => runs.push((words, line.at, 1, title(entry))),
        }
    }
    Ok(markup! {
        div.scroll.section tabindex="0" role="region" aria-label="Timeline, compact" {
            table.stacked {
                caption.sr { "Timeline, compact" }
                thead { tr { th scope="col" { "What" } th.num scope="col" { "Times" } th scope="col" { "About" } th scope="col" { "Last" } } }
                tbody { @for (words, at, count, about) in runs.iter().take(SHOWN_MAX) {
                    tr {
                        th scope="row" { (capital(words)) }
                        td.num data-label="Times" { (count) }
                        td data-label="About" { @if *count == 1 { (about) } @else { "several" } }
                        td data-label="Last" { (when(*at)) }
                    }
                } }
            }
        }
    })
}

/// The events as they are stored and hashed.
fn raw(entries: &[Entry]) -> Markup {
    markup! {
        ul.raw.section {
            @for entry in entries.iter().take(SHOWN_MAX) {
                @let envelope = &entry.envelope;
                li { details.disclosure {
                    summary { code { (envelope.event.name()) } span.muted { (when(envelope.recorded_at)) } }
                    p.small.muted { (envelope.stream) ", version " (envelope.version) ", by " (envelope.principal) }
                    pre tabindex="0" { (pretty(envelope)) }
                } }
            }
        }
    }
}

fn pretty(envelope: &Envelope) -> String {
    let value: Value = serde_json::from_str(&envelope.to_canonical()).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, newest_first};

    #[test]
    fn the_newest_is_first_even_of_one_moment() {
        let mut lines = [
            (1, "begun"),
            (2, "signed"),
            (2, "checked"),
            (1, "handed in"),
        ];
        newest_first(&mut lines, |(at, _)| Timestamp::from_millis(*at));
        let told = lines.map(|(_, words)| words);
        assert_eq!(told, ["signed", "checked", "begun", "handed in"]);
    }
}
