//! What happened in an outcome, the newest first.

use std::cmp::Reverse;

use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};

use super::Seen;
use crate::part::Happened;
use crate::server::Failure;

/// How many events of one stream are read.
const EVENTS_MAX: usize = 200;
/// How many tasks are looked at.
const TASKS_MAX: usize = 200;
/// How many lines are shown.
const SHOWN_MAX: usize = 200;

/// The page's part.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let engine = &seen.web.engine;
    let mut lines = Vec::new();
    for event in engine.history(StreamId::Outcome(seen.outcome.id), EVENTS_MAX)? {
        lines.extend(Happened::of(&event).map(|it| (it, markup! {})));
    }
    for task in seen.tasks.iter().take(TASKS_MAX) {
        let about = markup! { ": " a href={ "/tasks/" (task.id) } { (task.spec.title) } };
        for event in engine.history(StreamId::Task(task.id), EVENTS_MAX)? {
            lines.extend(Happened::of(&event).map(|it| (it, about.clone())));
        }
    }
    newest_first(&mut lines, |(it, _)| it.at);
    let all = lines.len();
    let mut shown = Vec::new();
    for (line, about) in lines.iter().take(SHOWN_MAX) {
        shown.push(line.show(&seen.people, about)?);
    }
    Ok(markup! {
        section.section aria-labelledby="timeline" {
            div.section-head {
                h2 #timeline { "Timeline" }
                p { "Every line is an event of the record; 'consort events' prints them as they are stored." }
            }
            ol.timeline { @for line in shown { (line) } }
            @if all > SHOWN_MAX { p.small.muted { "and " (all - SHOWN_MAX) " earlier ones" } }
        }
    })
}

/// Turns around what stands the oldest first in each stream. Sorting keeps the order of what happened in
/// the same moment, so that has to be turned around before.
fn newest_first<T>(lines: &mut [T], at: impl Fn(&T) -> Timestamp) {
    lines.reverse();
    lines.sort_by_key(|line| Reverse(at(line)));
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, newest_first};

    #[test]
    fn the_newest_is_first_even_of_one_moment() {
        let mut lines = [
            (1, "handed in"),
            (2, "checked"),
            (2, "signed"),
            (1, "begun"),
        ];
        newest_first(&mut lines, |(at, _)| Timestamp::from_millis(*at));
        let told = lines.map(|(_, words)| words);
        assert_eq!(told, ["signed", "checked", "begun", "handed in"]);
    }
}
