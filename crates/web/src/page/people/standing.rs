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

use super::super::list::{self, Asked, Cell, Column, Empty, Found, Line};
use super::super::shell::{Head, Place};
use super::answers_for;
use crate::part::{People, Tone, chip, when};
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
    let sees_all = answers_for(visitor.id, contributor) || sight::is_steward(engine, visitor.id)?;
    let mut lines = Vec::new();
    for envelope in engine.latest(StreamId::Contributor(contributor.id), EVENTS_MAX)? {
        let Event::Contributor(event) = &envelope.event else {
            continue;
        };
        if sees_all || is_seen(web, visitor, event)? {
            lines.extend(line(web, people, &envelope, event)?);
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

fn line(
    web: &Web,
    people: &People<'_>,
    envelope: &Envelope,
    event: &ContributorEvent,
) -> Result<Option<Line>, Failure> {
    let title = |id| -> Result<String, Failure> {
        Ok(web
            .engine
            .task(id)?
            .map(|task| task.spec.title)
            .unwrap_or_default())
    };
    let about_task = |id, words: String| -> Result<Cell, Failure> {
        let title = title(id)?;
        let shown = markup! { (words) @if !title.is_empty() { ": " a href={ "/tasks/" (id) } { (title) } } };
        Ok(Cell::of(shown, format!("{words}: {title}")))
    };
    let nothing = || Cell::of(markup! {}, serde_json::Value::Null);
    let (what, about, numbers, task, algorithm) = match event {
        ContributorEvent::StandingChanged {
            algorithm,
            capability,
            evidence,
            task,
            track,
            ..
        } => {
            let weight = evidence.weight();
            let skill = Skill {
                level: 0,
                track: *track,
            };
            let (_, low, high, mean) = interval(&skill);
            let numbers = [
                thousandths(weight.good),
                thousandths(weight.bad),
                Cell::text(format!("{mean} ({low} to {high})")),
            ];
            let about = about_task(*task, capability.clone())?;
            (
                evidence_words(*evidence),
                about,
                numbers,
                Some(task.to_string()),
                algorithm.as_str(),
            )
        }
        ContributorEvent::Tied { tie, to, .. } => {
            let who = people.find(*to)?;
            let about = Cell::of(who.show(), who.name.as_str());
            (
                tie_words(*tie),
                about,
                [nothing(), nothing(), nothing()],
                None,
                "",
            )
        }
        ContributorEvent::Suspended { by, reason } => {
            let by = people.name(*by)?;
            let about = Cell::text(format!("{reason} (decided by {by})"));
            (
                "Suspended",
                about,
                [nothing(), nothing(), nothing()],
                None,
                "",
            )
        }
        ContributorEvent::Reinstated { by, reason } => {
            let by = people.name(*by)?;
            let about = Cell::text(format!("{reason} (decided by {by})"));
            (
                "May work again",
                about,
                [nothing(), nothing(), nothing()],
                None,
                "",
            )
        }
        ContributorEvent::Added { capabilities, .. }
        | ContributorEvent::Declared { capabilities, .. } => {
            let declared: Vec<&str> = capabilities.keys().map(String::as_str).collect();
            let about = Cell::text(declared.join(", "));
            (
                "Declared",
                about,
                [nothing(), nothing(), nothing()],
                None,
                "",
            )
        }
    };
    let [good, bad, after] = numbers;
    Ok(Some(Line::of(vec![
        Cell::text(what),
        Cell::of(when(envelope.recorded_at), envelope.recorded_at.to_string()),
        about,
        good,
        bad,
        after,
        Cell::of(markup! {}, task),
        Cell::text(algorithm),
    ])))
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
                svg.interval viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label=(label) {
                    path.track d="M0 8H100" {} path.range d={ "M" (low) " 8H" (high) } {} path.point d={ "M" (mean) " 3V13" } {}
                }
            }
            td data-label="In words" { (chip(tone, words)) br; span.small.muted { (label) } }
            td.num data-label="Rests on" { (skill.track.results) @if skill.track.results == 1 { " result" } @else { " results" } }
        }
    }
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
