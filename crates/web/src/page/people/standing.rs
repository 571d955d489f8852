//! How somebody stands, and every event behind it: for them, for whoever answers for them and for
//! stewards. Others see of it what came of tasks that they see anyway.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use consort_kernel::contributor::{Cause, Contributor, ContributorEvent, Evidence, Skill, Tie};
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::super::list::{self, Asked, Cell, Column, Empty, Filters, Found, Line};
use super::super::shell::{Head, Place};
use crate::part::{People, Tone, chip, when};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many of the latest events are looked through.
const EVENTS_MAX: usize = 500;
const COLUMNS: &[Column] = &[
    Column::text("what", "What"),
    Column::text("at", "When"),
    Column::text("about", "About"),
    Column::number("good", "For"),
    Column::number("bad", "Against"),
    Column::text("after", "Then stood at"),
    Column::hidden("task_id"),
    Column::hidden("algorithm"),
];

/// The events.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        Filters::default().check(&asked, &[])?;
        let id: ContributorId = id.parse().map_err(|_| Failure::NotHere)?;
        let Some(Row::Contributor(contributor)) = web.engine.state(StreamId::Contributor(id))? else {
            return Err(Failure::NotHere);
        };
        let people = People::of(&web.engine);
        let known = people.find(id)?;
        let found = found(web, &visitor, &people, &contributor)?;
        let profile = format!("/people/{id}");
        let head = Head {
            title: "Standing",
            place: Place::People,
            above: &[("People and agents", "/people"), (&known.name, &profile)],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head { div {
                    h1 { "How " (known.name) " stands" }
                    p.muted { "Every event that changed it, the latest " (EVENTS_MAX) " at the most. What a contributor does not agree with can be shown here, line by line." }
                } }
                (list::show(&asked, "Events behind the standing", &found, &Empty {
                    title: "Nothing has changed it yet.",
                    why: "Standing comes from results: what was accepted, sent back or given up. Saying no to an offer changes nothing.",
                    next: markup! { a.button href=(profile) { "Back to the profile" } },
                }))
            })
        })
    })
    .await
}

fn found(
    web: &Web,
    visitor: &Visitor,
    people: &People<'_>,
    contributor: &Contributor,
) -> Result<Found, Failure> {
    let engine = &web.engine;
    let about = About::Contributor(contributor);
    let sees_all = right::may(engine, visitor.asking(), Act::SeeStanding, about)?;
    let mut lines = Vec::new();
    for envelope in engine.latest(StreamId::Contributor(contributor.id), EVENTS_MAX)? {
        let Event::Contributor(event) = &envelope.event else {
            continue;
        };
        if sees_all || is_seen(web, visitor, event)? {
            lines.push(line(web, people, &envelope, event)?);
        }
    }
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: None,
    })
}

/// Whether an event is of a task that the visitor sees.
fn is_seen(web: &Web, visitor: &Visitor, event: &ContributorEvent) -> Result<bool, Failure> {
    let task = match event {
        // It is nobody else's, and no standing rests on it.
        ContributorEvent::PayoutSet { .. } => return Ok(false),
        ContributorEvent::StandingChanged { task, .. } => Some(*task),
        ContributorEvent::Tied { task, .. } => *task,
        ContributorEvent::Added { .. }
        | ContributorEvent::Declared { .. }
        | ContributorEvent::Suspended { .. }
        | ContributorEvent::Reinstated { .. } => None,
    };
    let task = task.map(|id| web.engine.task(id)).transpose()?.flatten();
    match task {
        Some(task) => sight::sees_task(&web.engine, visitor.id, &task),
        None => Ok(false),
    }
}

/// What an event says, as far as it differs from others.
struct Said {
    what: &'static str,
    about: Cell,
    /// For, against, and where it stood then.
    changed: Option<[Cell; 3]>,
    task: Option<String>,
    algorithm: String,
}

impl Said {
    const fn plain(what: &'static str, about: Cell) -> Self {
        Self {
            what,
            about,
            changed: None,
            task: None,
            algorithm: String::new(),
        }
    }
}

fn line(
    web: &Web,
    people: &People<'_>,
    envelope: &Envelope,
    event: &ContributorEvent,
) -> Result<Line, Failure> {
    let decided = |reason: &str, by: ContributorId| -> Result<Cell, Failure> {
        Ok(Cell::text(format!(
            "{reason} (decided by {})",
            people.name(by)?
        )))
    };
    let said = match event {
        ContributorEvent::StandingChanged { .. } => changed(web, event)?,
        ContributorEvent::Tied { tie, to, .. } => {
            let who = people.find(*to)?;
            Said::plain(tie_words(*tie), Cell::of(who.show(), who.name.as_str()))
        }
        ContributorEvent::Suspended { by, reason } => {
            Said::plain("Suspended", decided(reason, *by)?)
        }
        ContributorEvent::Reinstated { by, reason } => {
            Said::plain("May work again", decided(reason, *by)?)
        }
        ContributorEvent::PayoutSet { .. } => {
            Said::plain("Said where their money goes", Cell::text(""))
        }
        ContributorEvent::Added { capabilities, .. }
        | ContributorEvent::Declared { capabilities, .. } => {
            let declared: Vec<&str> = capabilities.keys().map(String::as_str).collect();
            Said::plain("Declared", Cell::text(declared.join(", ")))
        }
    };
    let nothing = || Cell::of(markup! {}, serde_json::Value::Null);
    let [good, bad, after] = said
        .changed
        .unwrap_or_else(|| [nothing(), nothing(), nothing()]);
    Ok(Line::of(vec![
        Cell::text(said.what),
        Cell::of(when(envelope.recorded_at), envelope.recorded_at.to_string()),
        said.about,
        good,
        bad,
        after,
        Cell::of(markup! {}, said.task),
        Cell::text(said.algorithm),
    ]))
}

/// What a change of standing says: which task shows it, how much it weighs, and what came of it.
fn changed(web: &Web, event: &ContributorEvent) -> Result<Said, Failure> {
    let ContributorEvent::StandingChanged {
        algorithm,
        capability,
        evidence,
        task,
        track,
        ..
    } = event
    else {
        return Err(Failure::Broken);
    };
    let weight = evidence.weight();
    let skill = Skill {
        level: 0,
        track: *track,
    };
    let (_, low, high, mean) = interval(&skill);
    let title = web.engine.task(*task)?.map(|task| task.spec.title);
    let title = title.unwrap_or_default();
    let about = markup! { (capability) @if !title.is_empty() { ": " a href={ "/tasks/" (task) } { (title) } } };
    Ok(Said {
        what: evidence_words(*evidence),
        about: Cell::of(about, format!("{capability}: {title}")),
        changed: Some([
            thousandths(weight.good),
            thousandths(weight.bad),
            Cell::text(format!("{mean} ({low} to {high})")),
        ]),
        task: Some(task.to_string()),
        algorithm: algorithm.clone(),
    })
}

/// A weight in whole results.
fn thousandths(weight: u64) -> Cell {
    let thousandths = weight / 1_000;
    let words = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    let short = words.trim_end_matches('0').trim_end_matches('.');
    Cell::of(markup! { (short) }, words.as_str())
}

const fn evidence_words(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Accepted(_) => "Accepted",
        Evidence::Failed(cause) => match cause {
            Cause::Capability => "Given up, by what it took",
            Cause::Communication => "Given up, misunderstood",
            Cause::ChangedExpectation => "Given up, as the wish changed",
            Cause::OutsideShock => "Given up, by something outside",
        },
        Evidence::LeaseExpired(_) => "Held too long",
        Evidence::Rejected(_) => "Somebody else should do it",
        Evidence::SentBack(cause) => match cause {
            Cause::Capability => "Sent back",
            Cause::Communication => "Sent back, misunderstood",
            Cause::ChangedExpectation => "Sent back, as the wish changed",
            Cause::OutsideShock => "Sent back, by something outside",
        },
    }
}

const fn tie_words(tie: Tie) -> &'static str {
    match tie {
        Tie::Disputed => "Disputed with",
        Tie::Introduced => "Introduced to",
        Tie::Reviewed => "Reviewed",
        Tie::WorkedWith => "Worked with",
    }
}

/// The capabilities with their intervals.
pub(super) fn capabilities(contributor: &Contributor) -> Markup {
    markup! {
        section.section aria-labelledby="capabilities" {
            div.section-head {
                h2 #capabilities { "Capabilities" }
                p { "How well it went, with how sure that is. Evidence fades with time. " a href={ "/people/" (contributor.id) "/standing" } { "Every event behind it" } }
            }
            @if contributor.skills.is_empty() { p.muted { "None is declared." } } @else {
                div.scroll tabindex="0" role="region" aria-label="Capabilities, as a table" {
                    table.stacked {
                        caption.sr { "Capabilities" }
                        thead { tr { th scope="col" { "Capability" } th.num scope="col" { "Level" } th scope="col" { "Standing" } th scope="col" { "In words" } th.num scope="col" { "Rests on" } } }
                        tbody { @for (name, skill) in &contributor.skills { (capability(name, skill)) } }
                    }
                }
            }
        }
    }
}

/// The interval of a standing: its words, and low, high and mean of a hundred. It is the mean of the
/// Beta distribution with two standard deviations on each side.
fn interval(skill: &Skill) -> (&'static str, i64, i64, i64) {
    let estimate = skill.track.estimate();
    let mean = percent(estimate.mean_ppm);
    let spread = percent(2 * estimate.deviation_ppm);
    let (low, high) = ((mean - spread).max(0), (mean + spread).min(100));
    let words = match (skill.track.results, high - low) {
        (0, _) => "No result yet",
        (_, 51..) => "Hardly anything is known",
        (_, 26..) => "Something is known",
        _ => "Well known",
    };
    (words, low, high, mean)
}

fn capability(name: &str, skill: &Skill) -> Markup {
    let (words, low, high, mean) = interval(skill);
    let label = format!("{mean} of 100, between {low} and {high}");
    let tone = if skill.track.results == 0 {
        Tone::Idle
    } else {
        Tone::Done
    };
    markup! {
        tr {
            th scope="row" { (name) }
            td.num data-label="Level" { (skill.level) }
            td data-label="Standing" {
                (drawn(&label, (low, high, mean)))
            }
            td data-label="In words" { (chip(tone, words)) br; span.small.muted { (label) } }
            td.num data-label="Rests on" { (skill.track.results) @if skill.track.results == 1 { " result" } @else { " results" } }
        }
    }
}

/// An interval as a picture.
fn drawn(label: &str, (low, high, mean): (i64, i64, i64)) -> Markup {
    markup! {
        svg.interval viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label=(label) {
            path.track d="M0 8H100" {} path.range d={ "M" (low) " 8H" (high) } {} path.point d={ "M" (mean) " 3V13" } {}
        }
    }
}

/// A standing as it is now, in a line.
pub(in crate::page) fn in_a_line(skill: &Skill) -> Markup {
    let (words, low, high, mean) = interval(skill);
    let label = format!("{mean} of 100, between {low} and {high}");
    markup! { (words) "; now " (label) " " (drawn(&label, (low, high, mean))) }
}

const fn percent(ppm: i64) -> i64 {
    (ppm + 5_000) / 10_000
}

#[cfg(test)]
mod tests {
    use consort_kernel::reputation::{Track, Weight};
    use consort_kernel::time::Timestamp;

    use super::*;

    #[test]
    fn an_interval_is_wide_without_evidence_and_narrow_with_much() {
        let now = Timestamp::from_millis(0);
        let mut track = Track::new(now);
        let shown = |track| interval(&Skill { level: 6, track });
        assert_eq!(shown(track), ("No result yet", 0, 100, 50));
        for _ in 0..60 {
            let good = Weight {
                bad: 0,
                good: 1_000_000,
            };
            track = track.with(good, now, 1_000_000_000);
        }
        let (words, low, high, mean) = shown(track);
        assert_eq!((words, high), ("Well known", 100));
        assert!(low > 90 && mean > low, "{low} {mean}");
    }
}
