//! What happened in an outcome, the newest first.

use consort_kernel::stream::StreamId;
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
    // What happened in the same moment keeps its order, so the newest has to be first already.
    lines.reverse();
    lines.sort_by_key(|(it, _)| std::cmp::Reverse(it.at));
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
