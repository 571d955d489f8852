//! Health: how fast milestones come, how much is done again, how long things wait, what has to be
//! decided higher up, and whether agents and people agree. Each figure says what it means.

mod fact;
mod figure;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::id::OutcomeId;
use maud::{Markup, html as markup};
use serde_json::Value;

use super::list::{self, Asked, Cell, Column, Filters, Found, Line};
use super::shell::{Head, Place};
use crate::part::{Icon, bars, day, lasted};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::sight;
use fact::EVENTS_MAX;
pub(crate) use fact::Facts;
use figure::{Figures, Share, Slice, Times};

const COLUMNS: &[Column] = &[
    Column::text("figure", "Figure"),
    Column::number("value", "Value"),
    Column::text("unit", "Unit"),
    Column::number("of", "Of"),
    Column::text("means", "What it means"),
];

/// One figure, as it stands in the table and the files.
struct Told {
    name: &'static str,
    value: Option<u64>,
    unit: &'static str,
    of: Option<u64>,
    means: &'static str,
}

/// The page: to a steward of the whole network, to others of the outcomes that they see whole.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        Filters::default().check(&asked, &[])?;
        let engine = &web.engine;
        let asking = visitor.asking();
        let is_steward = right::may(engine, asking, Act::SeeHealth, About::Network)?;
        let mut read = web.health.read(engine)?;
        let mut seen = BTreeMap::new();
        if !is_steward {
            for fact in &read.facts {
                if let std::collections::btree_map::Entry::Vacant(entry) = seen.entry(fact.outcome)
                {
                    let outcome = engine.outcome(fact.outcome)?;
                    let is_open = match outcome {
                        Some(outcome) => sight::sees_all(engine, visitor.id, &outcome)?,
                        None => false,
                    };
                    entry.insert(is_open);
                }
            }
            read.facts.retain(|fact| seen[&fact.outcome]);
        }
        let figures = Figures::of(&read.facts, engine.now());
        let told = told(&figures);
        let found = Found {
            columns: COLUMNS,
            lines: told.iter().map(line).collect(),
            next: None,
        };
        let head = Head {
            title: "Health",
            place: Place::Health,
            above: &[],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(page(&figures, &told, is_steward, read.events))
        })
    })
    .await
}

fn page(figures: &Figures, told: &[Told], is_steward: bool, events: u64) -> Markup {
    markup! {
        header.page-head {
            div {
                h1 { "Health" }
                p.muted {
                    @if is_steward { "Of the whole network" } @else { "Of the outcomes that you see whole" }
                    ", from its latest " (events) " events"
                    @if let Some(since) = figures.since { ", since " (day(since)) }
                    ". At most " (EVENTS_MAX / 1_000) ",000 are read at the first look, and all that come after."
                }
            }
            div.actions {
                a.button href="/health.csv" { (Icon::Download.show()) "CSV" }
                a.button href="/health.json" { "JSON" }
            }
        }
        @if figures.since.is_none() {
            div.empty {
                p { b { "Nothing has been handed in yet." } }
                p { "Figures come with the first tasks that are taken, handed in and judged." }
                a.button href="/outcomes" { "See the outcomes" }
            }
        } @else {
            div.metrics {
                (velocity(figures))
                (rework(figures))
                (waiting(figures))
                (escalations(figures))
                (agreement("People agree with agents", "agree", figures.reviews, "Of the reviews by agents that found something good or not, and that a person then decided about with the work open: how many came to the same."))
                (agreement("People accept agents' work", "judged", figures.judged, "Of what agents handed in and a person opened and decided about: how much they accepted. What was signed in advance, unopened, is not counted."))
            }
            section.section aria-labelledby="all" {
                div.section-head { h2 #all { "All figures" } p { "The same in words, with what each means." } }
                (table(told))
            }
        }
    }
}

fn metric(id: &str, title: &str, value: &Markup, more: &Markup, means: &str) -> Markup {
    markup! {
        section.metric aria-labelledby=(id) {
            h2 id=(id) { (title) }
            p.value { (value) }
            (more)
            p.small.muted { (means) }
        }
    }
}

/// The columns of a chart with what stands below them.
fn columns(figures: &Figures, pick: fn(&Slice) -> u64) -> Vec<(String, u64)> {
    let named = |slice: &Slice| {
        let at = slice.from.to_string();
        let (day, hour) = at.split_once('T').unwrap_or((&at, ""));
        if figures.is_by_hour {
            format!("{}:00", &hour[..2.min(hour.len())])
        } else {
            day.get(5..).unwrap_or(day).to_owned()
        }
    };
    figures
        .slices
        .iter()
        .map(|slice| (named(slice), pick(slice)))
        .collect()
}

fn velocity(figures: &Figures) -> Markup {
    let by = if figures.is_by_hour { "hour" } else { "day" };
    let accepted = columns(figures, |slice| slice.accepted);
    let value = markup! { (figures.accepted) " " span { "accepted, " (figures.gates) " of them milestones" } };
    let more = bars(&format!("Accepted tasks by {by}, in UTC"), &accepted);
    metric(
        "velocity",
        "Velocity",
        &value,
        &more,
        "Tasks that were accepted. A milestone is one at which a person decides.",
    )
}

fn rework(figures: &Figures) -> Markup {
    let value = markup! { @match figures.rework.percent() { Some(percent) => { (percent) " % " span { "of " (figures.rework.whole) } }, None => "nothing yet" } };
    let words = [
        "what it took was not there",
        "it was misunderstood",
        "the wish changed",
        "something outside",
    ];
    let more = markup! {
        @if figures.rework.part > 0 {
            dl.facts { @for (word, count) in words.iter().zip(figures.causes) { dt { (count) } dd { (word) } } }
        }
    };
    metric(
        "rework",
        "Rework",
        &value,
        &more,
        "Of all judgments of what was handed in: those that sent it back, by a person or a check alone; above, how that came about.",
    )
}

fn waiting(figures: &Figures) -> Markup {
    let value = markup! { @match figures.to_judge.middle() { Some(middle) => { (lasted(middle)) " " span { "to be judged" } }, None => "nothing yet" } };
    let row = |words: &str, times: &Times| {
        markup! {
            tr {
                th scope="row" { (words) }
                td.num data-label="Middle" { @match times.middle() { Some(middle) => (lasted(middle)), None => "nothing yet" } }
                td.num data-label="Nine of ten" { @match times.slow() { Some(slow) => (lasted(slow)), None => "nothing yet" } }
            }
        }
    };
    let more = markup! {
        table.stacked {
            caption.sr { "Waiting times" }
            thead { tr { th scope="col" { "From … to …" } th.num scope="col" { "Middle" } th.num scope="col" { "Nine of ten" } } }
            tbody {
                (row("Offered to taken", &figures.to_take))
                (row("Taken to handed in", &figures.at_work))
                (row("Handed in to judged", &figures.to_judge))
            }
        }
    };
    metric(
        "waiting",
        "Waiting",
        &value,
        &more,
        "How long tasks were in each step: the middle time, and the one that nine of ten stay below. Only steps whose beginning and end were both read.",
    )
}

fn escalations(figures: &Figures) -> Markup {
    let by = if figures.is_by_hour { "hour" } else { "day" };
    let escalated = columns(figures, |slice| slice.escalated);
    let value = markup! { (figures.escalated) " " span { "went up" } };
    let more = markup! { @if figures.escalated > 0 { (bars(&format!("Escalations by {by}, in UTC"), &escalated)) } };
    metric(
        "escalations",
        "Escalations",
        &value,
        &more,
        "How often somebody else had to see to a task: nobody took it, time passed, or a reviewer left it open. Time that passes never approves.",
    )
}

fn agreement(title: &str, id: &str, share: Share, means: &str) -> Markup {
    let (low, high) = share.interval();
    let value = markup! { @match share.percent() { Some(percent) => { (percent) " % " span { "of " (share.whole) } }, None => "nothing yet" } };
    let middle = share.percent().unwrap_or(50);
    let label = format!("most likely between {low} and {high} percent");
    let more = markup! {
        @if share.whole > 0 {
            svg.interval viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label=(label) {
                path.track d="M0 8H100" {} path.range d={ "M" (low) " 8H" (high) } {} path.point d={ "M" (middle) " 3V13" } {}
            }
            p.small { "Most likely between " (low) " % and " (high) " %." }
        }
    };
    metric(id, title, &value, &more, means)
}

#[expect(clippy::too_many_lines, reason = "a row for each figure")]
fn told(figures: &Figures) -> Vec<Told> {
    let count = |name, value, means| Told {
        name,
        value: Some(value),
        unit: "count",
        of: None,
        means,
    };
    let share = |name, share: Share, means| Told {
        name,
        value: share.percent(),
        unit: "percent",
        of: Some(share.whole),
        means,
    };
    let time = |name, pick: fn(&Times) -> Option<i64>, times: &Times, means| Told {
        name,
        value: pick(times).and_then(|it| u64::try_from(it).ok()),
        unit: "milliseconds",
        of: Some(times.count() as u64),
        means,
    };
    vec![
        count(
            "accepted tasks",
            figures.accepted,
            "tasks that were accepted",
        ),
        count(
            "milestones",
            figures.gates,
            "accepted tasks at which a person decides",
        ),
        share(
            "rework",
            figures.rework,
            "judgments that sent back what was handed in",
        ),
        time(
            "offered to taken, middle",
            Times::middle,
            &figures.to_take,
            "half of the tasks were taken sooner after their first offer",
        ),
        time(
            "offered to taken, nine of ten",
            Times::slow,
            &figures.to_take,
            "nine of ten were taken sooner",
        ),
        time(
            "taken to handed in, middle",
            Times::middle,
            &figures.at_work,
            "half of the tasks were handed in sooner after they were taken",
        ),
        time(
            "taken to handed in, nine of ten",
            Times::slow,
            &figures.at_work,
            "nine of ten were handed in sooner",
        ),
        time(
            "handed in to judged, middle",
            Times::middle,
            &figures.to_judge,
            "half of what was handed in was accepted or sent back sooner",
        ),
        time(
            "handed in to judged, nine of ten",
            Times::slow,
            &figures.to_judge,
            "nine of ten were judged sooner",
        ),
        count(
            "escalations",
            figures.escalated,
            "tasks that somebody else had to see to",
        ),
        share(
            "people agree with agents",
            figures.reviews,
            "agents' reviews that a person's decision agreed with, with the work open",
        ),
        share(
            "people accept agents' work",
            figures.judged,
            "agents' work that a person accepted once they had opened it",
        ),
    ]
}

fn line(told: &Told) -> Line {
    let number = |value: Option<u64>| Cell::of(markup! {}, value.map_or(Value::Null, Value::from));
    Line::of(vec![
        Cell::text(told.name),
        number(told.value),
        Cell::text(told.unit),
        number(told.of),
        Cell::text(told.means),
    ])
}

fn table(told: &[Told]) -> Markup {
    let shown = |told: &Told| match (told.value, told.unit) {
        (None, _) => "nothing yet".to_owned(),
        (Some(value), "percent") => format!("{value} %"),
        (Some(value), "milliseconds") => lasted(i64::try_from(value).unwrap_or(i64::MAX)),
        (Some(value), _) => value.to_string(),
    };
    markup! {
        div.scroll tabindex="0" role="region" aria-label="All figures, as a table" {
            table.stacked {
                caption.sr { "All figures" }
                thead { tr { th scope="col" { "Figure" } th.num scope="col" { "Value" } th.num scope="col" { "Of" } th scope="col" { "What it means" } } }
                tbody { @for one in told {
                    tr {
                        th scope="row" { (one.name) }
                        td.num data-label="Value" { (shown(one)) }
                        td.num data-label="Of" { @if let Some(of) = one.of { (of) } }
                        td data-label="What it means" { (one.means) }
                    }
                } }
            }
        }
    }
}

/// How long a step takes, from being offered to being judged: half of the time, and nine times of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) middle_ms: i64,
    pub(crate) slow_ms: i64,
}

/// The pace of the steps of people and of agents; nothing where none was judged yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Paces {
    pub(crate) people: Option<Pace>,
    pub(crate) agents: Option<Pace>,
}

/// The paces in an outcome so far.
pub(crate) fn paces(web: &Web, outcome: OutcomeId) -> Result<Paces, Failure> {
    let facts = web.health.read(&web.engine)?.facts;
    let now = web.engine.now();
    let pace = |by_agent| {
        let of_it = facts
            .iter()
            .filter(|it| it.outcome == outcome && it.by_agent == by_agent);
        let figures = Figures::of(&of_it.copied().collect::<Vec<_>>(), now);
        let steps = [&figures.to_take, &figures.at_work, &figures.to_judge];
        let sum = |pick: fn(&Times) -> Option<i64>| steps.iter().filter_map(|it| pick(it)).sum();
        figures.to_judge.middle().map(|_| Pace {
            middle_ms: sum(Times::middle),
            slow_ms: sum(Times::slow),
        })
    };
    Ok(Paces {
        people: pace(false),
        agents: pace(true),
    })
}
