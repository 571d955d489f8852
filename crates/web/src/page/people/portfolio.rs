//! The portfolio of somebody: what of their work was accepted, as far as the visitor may see it. It rests
//! on the events of their standing, and counts nothing.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use consort_kernel::contributor::{Contributor, ContributorEvent, Evidence};
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};
use maud::{Markup, html as markup};

use super::super::list::{self, Asked, Cell, Column, Empty, Filters, Found, Line, gather};
use super::super::outcomes::has_words;
use super::super::shell::{Head, Place};
use super::answers_for;
use crate::part::{People, Tone, day, decimal, when};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many accepted tasks stand on a profile.
const SHOWN_MAX: usize = 10;
/// How many of the latest events are looked through for those.
const EVENTS_MAX: usize = 500;
const COLUMNS: &[Column] = &[
    Column::text("title", "Task"),
    Column::text("capability", "Capability"),
    Column::text("accepted_at", "Accepted"),
    Column::text("outcome", "For"),
    Column::number("met_percent", "Met, in %"),
    Column::number("net", "Paid"),
    Column::hidden("asset"),
    Column::hidden("id"),
    Column::hidden("outcome_id"),
];

/// The list.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let id: ContributorId = id.parse().map_err(|_| Failure::NotHere)?;
        let Some(Row::Contributor(contributor)) = web.engine.state(StreamId::Contributor(id))?
        else {
            return Err(Failure::NotHere);
        };
        let known = People::of(&web.engine).find(id)?;
        let found = found(web, &visitor, &contributor, &asked)?;
        let profile = format!("/people/{id}");
        let head = Head {
            title: "Accepted work",
            place: Place::People,
            above: &[("People and agents", "/people"), (&known.name, &profile)],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head { div {
                    h1 { "Accepted work of " (known.name) }
                    p.muted { "Of what you may see, the newest first." }
                } }
                (filters().show(&asked))
                (list::show(&asked, "Accepted work", &found, &Empty {
                    title: "Nothing accepted yet.",
                    why: "What somebody hands in stands here once a named person has accepted it.",
                    next: markup! { a.button href=(profile) { "Back to the profile" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("titles and capabilities"),
        ..Filters::default()
    }
}

fn found(
    web: &Web,
    visitor: &Visitor,
    contributor: &Contributor,
    asked: &Asked,
) -> Result<Found, Failure> {
    let (stream, words) = (StreamId::Contributor(contributor.id), asked.words());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before: Option<u64>, limit| Ok(web.engine.before(stream, before, limit)?),
        |envelope| envelope.version,
        |envelope| {
            let Some((task, outcome)) = accepted(web, visitor, contributor, &envelope)? else {
                return Ok(None);
            };
            let text = format!("{} {}", task.spec.title, task.spec.capability);
            Ok(has_words(&text, &words)
                .then(|| line(&task, &outcome))
                .flatten())
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|version| version.to_string()),
    })
}

/// The accepted task that an event of somebody's standing tells of, and what its outcome is called; nothing where
/// it tells of none, of one that the visitor may not see, or of one that went back since.
fn accepted(
    web: &Web,
    visitor: &Visitor,
    contributor: &Contributor,
    envelope: &Envelope,
) -> Result<Option<(Task, String)>, Failure> {
    let engine = &web.engine;
    let Event::Contributor(ContributorEvent::StandingChanged {
        task,
        evidence: Evidence::Accepted(_),
        ..
    }) = &envelope.event
    else {
        return Ok(None);
    };
    let Some(task) = engine.task(*task)?.filter(Task::is_accepted) else {
        return Ok(None);
    };
    let may = answers_for(visitor.id, contributor) || sight::sees_task(engine, visitor.id, &task)?;
    if !may {
        return Ok(None);
    }
    let outcome = engine.outcome(task.outcome)?;
    let title = outcome.map(|it| it.charter.title).unwrap_or_default();
    Ok(Some((task, title)))
}

fn line(task: &Task, outcome: &str) -> Option<Line> {
    let Phase::Accepted(handed, settlement) = &task.phase else {
        return None;
    };
    Some(Line::of(vec![
        Cell::of(
            markup! { a href={ "/tasks/" (task.id) } { (task.spec.title) } },
            task.spec.title.as_str(),
        ),
        Cell::text(task.spec.capability.as_str()),
        Cell::of(when(handed.at), handed.at.to_string()),
        Cell::text(outcome),
        Cell::number(settlement.met_ppm / 10_000),
        Cell::of(
            markup! { (task.asset.show(settlement.net)) },
            decimal(task.asset, settlement.net),
        ),
        Cell::text(task.asset.to_string()),
        Cell::text(task.id.to_string()),
        Cell::text(task.outcome.to_string()),
    ]))
}

/// The latest of it, for the profile, and the way to all.
pub(super) fn latest(
    web: &Web,
    visitor: &Visitor,
    contributor: &Contributor,
) -> Result<Markup, Failure> {
    let stream = StreamId::Contributor(contributor.id);
    let events = web.engine.latest(stream, EVENTS_MAX)?;
    // Before as many there may be more, which the list goes through.
    let none = if events.len() < EVENTS_MAX {
        "Nothing accepted yet"
    } else {
        "Nothing accepted lately"
    };
    let mut done = Vec::new();
    for envelope in events {
        done.extend(accepted(web, visitor, contributor, &envelope)?);
        if done.len() == SHOWN_MAX {
            break;
        }
    }
    Ok(markup! {
        section.section aria-labelledby="portfolio" {
            div.section-head { h2 #portfolio { "Accepted work" } p { "Of what you may see, the newest first. " a href={ "/people/" (contributor.id) "/portfolio" } { "All of it" } } }
            @if done.is_empty() {
                div.empty { h2 { (none) } p { "What somebody hands in stands here once a named person has accepted it." } }
            } @else {
                ul.list data-keys { @for (task, outcome) in &done { (row(task, outcome)) } }
            }
        }
    })
}

fn row(task: &Task, outcome: &str) -> Markup {
    let Phase::Accepted(handed, settlement) = &task.phase else {
        return markup! {};
    };
    let met = settlement.met_ppm / 10_000;
    markup! {
        li.row {
            (Tone::Done.icon().toned("tone is-done"))
            p.row-title { a href={ "/tasks/" (task.id) } { (task.spec.title) } }
            p.row-why { (task.spec.capability) ", accepted " (day(handed.at)) ", for " (outcome) }
            p.row-end { @if met < 100 { span { (met) " % met" } } span.num { (task.asset.show(settlement.net)) } }
        }
    }
}
