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
const TASKS_MAX: usize = 500;
/// How many lines are shown at a time.
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

/// A place in a timeline: a moment, and how many of the entries of that moment come before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since {
    at: Timestamp,
    passed: usize,
}

impl std::str::FromStr for Since {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let unknown = || Failure::Misused("there is no such place in the timeline".to_owned());
        let (at, passed) = text.split_once('.').ok_or_else(unknown)?;
        Ok(Self {
            at: Timestamp::from_millis(at.parse().map_err(|_| unknown())?),
            passed: passed.parse().map_err(|_| unknown())?,
        })
    }
}

/// So many of the entries from a place on, and the place at which the others begin. What happens meanwhile
/// comes before the place, and moves nothing.
fn part<T>(
    entries: Vec<T>,
    since: Option<Since>,
    count: usize,
    at: impl Fn(&T) -> Timestamp,
) -> (Vec<T>, Option<String>) {
    let mut passed = 0;
    let mut left = entries.into_iter().skip_while(|entry| {
        since.is_some_and(|since| {
            let is_passed =
                at(entry) > since.at || (at(entry) == since.at && passed < since.passed);
            passed += usize::from(at(entry) == since.at);
            is_passed
        })
    });
    let taken: Vec<T> = left.by_ref().take(count).collect();
    let next = taken.last().filter(|_| left.next().is_some()).map(|last| {
        let moment = at(last);
        let of_it = taken.iter().filter(|entry| at(entry) == moment).count();
        let before = since.filter(|since| since.at == moment);
        let passed = of_it + before.map_or(0, |since| since.passed);
        format!("{}.{passed}", moment.as_millis())
    });
    (taken, next)
}

/// The page's part.
pub(super) fn show(seen: &Seen<'_>, form: &str, since: Option<Since>) -> Result<Markup, Failure> {
    let entries = entries(seen)?;
    let at = |entry: &Entry| entry.envelope.recorded_at;
    let (list, next) = if form == "compact" {
        (compact(seen, &entries)?, None)
    } else {
        let (entries, next) = part(entries, since, SHOWN_MAX, at);
        let list = if form == "raw" {
            raw(&entries)
        } else {
            full(seen, &entries)?
        };
        (list, next)
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
            nav.pager aria-label="Pages of the timeline" {
                @let form = if form.is_empty() { String::new() } else { format!("&form={form}") };
                @if since.is_some() { a href={ (address) "?view=timeline" (form) } { "Back to the newest" } }
                @if let Some(next) = &next { a href={ (address) "?view=timeline" (form) "&before=" (next) } rel="next" { "Earlier ones" } }
            }
            p.small.muted { "The latest " (EVENTS_MAX) " events of the outcome and of each of its first " (TASKS_MAX) " tasks are read." }
        }
    })
}

/// The events as programs read them, with the words that are stored and hashed.
pub(super) fn found(seen: &Seen<'_>, asked: &Asked) -> Result<Found, Failure> {
    let at = |entry: &Entry| entry.envelope.recorded_at;
    let (entries, next) = part(entries(seen)?, asked.place()?, asked.rows(), at);
    let lines = entries.iter().map(|entry| {
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
        next,
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
    for entry in entries {
        if let Some(line) = Happened::of(&entry.envelope) {
            shown.push(line.show(&seen.people, &about(entry))?);
        }
    }
    Ok(markup! { ol.timeline { @for line in &shown { (line) } } })
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
            @for entry in entries {
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
    use super::{Since, Timestamp, newest_first, part};

    #[test]
    fn pages_follow_on_without_a_gap_also_within_one_moment() {
        let moments = [9, 7, 7, 7, 7, 7, 4, 3, 3, 1];
        let lines: Vec<(i64, usize)> = moments.into_iter().zip(0..).collect();
        let at = |(millis, _): &(i64, usize)| Timestamp::from_millis(*millis);
        for count in 1..=moments.len() {
            let (mut read, mut since) = (Vec::new(), None::<Since>);
            loop {
                // Something new comes in between any two pages.
                let mut now = lines.clone();
                if since.is_some() {
                    now.insert(0, (20, 99));
                }
                let (page, next) = part(now, since, count, at);
                read.extend(page);
                match next {
                    Some(next) => since = Some(next.parse().unwrap()),
                    None => break,
                }
            }
            assert_eq!(read, lines, "{count} at a time");
        }
        for wrong in ["", "7", "x.1", "7.x"] {
            assert!(wrong.parse::<Since>().is_err(), "{wrong}");
        }
    }

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
