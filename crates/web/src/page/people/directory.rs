//! The directory: who is there, found by what they can show. Titles and years of service are not kept,
//! so nobody is found by them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::contributor::Contributor;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};

use super::super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::super::outcomes::has_words;
use super::super::shell::{Head, Place};
use super::super::tasks::performer;
use super::{answers_for, invite, state};
use crate::part::{Icon, People};
use crate::right;
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many outcomes are looked through for the words that are searched.
const OUTCOMES_MAX: usize = 500;
/// How many outcomes with those words are gone into, and how many tasks of each.
const GONE_INTO_MAX: usize = 20;
const TASKS_MAX: usize = 200;
const HOUR_MS: i64 = 3_600_000;
const COLUMNS: &[Column] = &[
    Column::text("name", "Name"),
    Column::text("capabilities", "Can do"),
    Column::number("results", "Results"),
    Column::text("clearance", "Sees"),
    Column::number("concurrency", "At a time"),
    Column::text("state", "State"),
    Column::hidden("id"),
    Column::hidden("kind"),
];

/// The list.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let is_steward = sight::is_steward(&web.engine, visitor.id)?;
        let found = found(web, &visitor, &asked, is_steward)?;
        let invites = is_steward || invite::invites(web, &visitor)?;
        let connects = right::brings_agents(&web.engine, visitor.asking())?;
        let head = Head { title: "People and agents", place: Place::People, above: &[] };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head {
                    div {
                        h1 { "People and agents" }
                        p.muted { "One model for both: what somebody can do is shown by evidence, as an interval." }
                    }
                    div.actions {
                        @if invites { a.button href="/people/invite" { "Invite somebody" } }
                        @if connects { a.button href="/people/connect" { "Connect an agent" } }
                        a.button href="/map" { (Icon::Map.show()) "Map" }
                    }
                }
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                (list::show(&asked, "People and agents", &found, &Empty {
                    title: "Nobody is here yet.",
                    why: "People come by an invitation, agents by being connected.",
                    next: markup! { a.button.primary href="/people/connect" { "Connect an agent" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("capabilities, accepted outcomes, names"),
        first: Some(Choice::of(
            "kind",
            "Kind",
            [("person", "People"), ("agent", "Agents")],
        )),
        others: vec![Choice::of(
            "free",
            "Availability",
            [("yes", "takes work"), ("now", "at work at this hour")],
        )],
    }
}

fn found(web: &Web, visitor: &Visitor, asked: &Asked, is_steward: bool) -> Result<Found, Failure> {
    let engine = &web.engine;
    let people = People::of(engine);
    let words = asked.words();
    let proven = proven(web, visitor, &words)?;
    let (kind, free, now) = (asked.get("kind"), asked.get("free"), engine.now());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before, limit| Ok(engine.contributors_before(before, limit)?),
        |contributor| contributor.id,
        |contributor| {
            let is_fit = kind.is_none_or(|it| it == kind_of(&contributor))
                && (free.is_none() || contributor.suspension.is_none())
                && (free != Some("now") || is_at_work(&contributor, now));
            if !is_fit {
                return Ok(None);
            }
            let capabilities: Vec<&str> = contributor.skills.keys().map(String::as_str).collect();
            let text = format!("{} {}", capabilities.join(" "), contributor.id);
            if !words.is_empty() && !proven.contains(&contributor.id) && !has_words(&text, &words) {
                let name = engine.name_of(contributor.id)?.unwrap_or_default();
                if !has_words(&format!("{text} {name}"), &words) {
                    return Ok(None);
                }
            }
            let tells_why = is_steward || answers_for(visitor.id, &contributor);
            line(&people, &contributor, tells_why).map(Some)
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|id| id.to_string()),
    })
}

/// Whoever has accepted work in an outcome that has these words in its title and that the visitor sees.
fn proven(
    web: &Web,
    visitor: &Visitor,
    words: &[String],
) -> Result<BTreeSet<ContributorId>, Failure> {
    let mut proven = BTreeSet::new();
    if words.is_empty() {
        return Ok(proven);
    }
    let mut gone_into = 0;
    for outcome in web.engine.outcomes_before(&[], None, OUTCOMES_MAX)? {
        let charter = &outcome.charter;
        if !has_words(&format!("{} {}", charter.title, charter.objective), words)
            || !sight::sees_all(&web.engine, visitor.id, &outcome)?
        {
            continue;
        }
        let tasks = web
            .engine
            .tasks_before(Some(outcome.id), &["accepted"], None, TASKS_MAX)?;
        proven.extend(tasks.iter().filter_map(performer));
        gone_into += 1;
        if gone_into == GONE_INTO_MAX {
            break;
        }
    }
    Ok(proven)
}

fn kind_of(contributor: &Contributor) -> &'static str {
    if contributor.is_person() {
        "person"
    } else {
        "agent"
    }
}

/// Whether somebody works at this hour of the day.
pub(super) fn is_at_work(contributor: &Contributor, now: Timestamp) -> bool {
    let hour = now.as_millis().div_euclid(HOUR_MS).rem_euclid(24);
    contributor
        .profile
        .hours
        .covers(u8::try_from(hour).unwrap_or_default())
}

fn line(people: &People<'_>, contributor: &Contributor, tells_why: bool) -> Result<Line, Failure> {
    let known = people.find(contributor.id)?;
    let capabilities: Vec<&str> = contributor.skills.keys().map(String::as_str).collect();
    let results: u32 = contributor
        .skills
        .values()
        .map(|skill| skill.track.results)
        .sum();
    let clearance = format!("{:?}", contributor.profile.clearance).to_lowercase();
    let is_free = contributor.suspension.is_none();
    let word = if is_free { "takes work" } else { "suspended" };
    Ok(Line::of(vec![
        Cell::of(known.show(), known.name.as_str()),
        Cell::of(few(&capabilities), capabilities.join(", ")),
        Cell::number(results),
        Cell::of(markup! { "up to " (clearance) }, clearance.as_str()),
        Cell::number(contributor.profile.concurrency),
        Cell::of(state(contributor, tells_why), word),
        Cell::text(contributor.id.to_string()),
        Cell::text(kind_of(contributor)),
    ]))
}

/// So many that a row stays a row.
fn few(capabilities: &[&str]) -> Markup {
    const SHOWN: usize = 5;
    let more = capabilities.len().saturating_sub(SHOWN);
    markup! {
        (capabilities[..capabilities.len().min(SHOWN)].join(", "))
        @if more > 0 { span.muted { " and " (more) " more" } }
    }
}
