//! People and agents: who is there, what they can do by evidence, and what they did.

mod join;
mod pass;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use consort_kernel::contributor::{Contributor, Nature, Skill};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::shell::{self, Head, Place};
use crate::part::{Known, People, Tone, chip, day};
use crate::server::{Failure, Visitor, Web};
use crate::sight::{self, Sight};

/// The routes about people and agents.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/people", get(list))
        .route("/people/connect", get(join::ask_agent).post(join::connect))
        .route("/people/invite", get(join::ask_person).post(join::invite))
        .route("/people/{id}", get(person))
        .route("/people/{id}/tokens", post(pass::make))
        .route("/people/{id}/passes/end", post(pass::end))
}

/// How many are on a page of the directory.
const LISTED_MAX: usize = 100;

/// Which page of the directory.
#[derive(Deserialize)]
struct Which {
    /// Only those who came after this one.
    after: Option<ContributorId>,
}

/// The directory.
async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let people = People::of(&web.engine);
        let is_steward = sight::is_steward(&web.engine, visitor.id)?;
        let mut rows = Vec::new();
        let listed = web.engine.contributors_after(which.after, LISTED_MAX)?;
        for contributor in &listed {
            let known = people.find(contributor.id)?;
            let tells_why = is_steward || contributor.id == visitor.id;
            rows.push((known.is_agent, known.name.clone(), row(&known, contributor, tells_why)));
        }
        let last = listed.last().filter(|_| listed.len() == LISTED_MAX);
        rows.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let body = markup! {
            header.page-head { div {
                h1 { "People and agents" }
                p.muted { "One model for both: what somebody can do is shown by evidence, as an interval." }
            }
            div.actions {
                @if is_steward { a.button href="/people/invite" { "Invite somebody" } }
                a.button href="/people/connect" { "Connect an agent" }
            } }
            div.scroll tabindex="0" role="region" aria-label="Directory" {
                table.stacked {
                    caption.sr { "People and agents" }
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Can do" } th scope="col" { "Sees" } th.num scope="col" { "At a time" } th scope="col" { "State" } } }
                    tbody data-keys { @for (_, _, row) in &rows { (row) } }
                }
            }
            @if let Some(last) = last {
                p.section { a.button href={ "/people?after=" (last.id) } { "Who came later" } }
            }
        };
        let head = Head { title: "People and agents", place: Place::People, above: &[] };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

fn row(known: &Known, contributor: &Contributor, tells_why: bool) -> Markup {
    let skills: Vec<&str> = contributor.skills.keys().map(String::as_str).collect();
    markup! {
        tr {
            th scope="row" { (known.show()) }
            td data-label="Can do" { (skills.join(", ")) }
            td data-label="Sees" { "up to " (format!("{:?}", contributor.profile.clearance).to_lowercase()) }
            td.num data-label="At a time" { (contributor.profile.concurrency) }
            td data-label="State" { (state(contributor, tells_why)) }
        }
    }
}

/// Whether somebody takes work; why not is for them and for stewards.
fn state(contributor: &Contributor, tells_why: bool) -> Markup {
    match &contributor.suspension {
        Some(suspension) => markup! {
            (chip(Tone::Bad, "Suspended"))
            @if tells_why { br; span.small.muted { (suspension.reason) } }
        },
        None => chip(Tone::Done, "Takes work"),
    }
}

/// One of them.
async fn person(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let Some(Row::Contributor(contributor)) = engine.state(StreamId::Contributor(id))? else {
            return Err(Failure::NotHere);
        };
        let people = People::of(engine);
        let known = people.find(id)?;
        let body = profile(web, &visitor, &people, &known, &contributor)?;
        let head = Head {
            title: &known.name,
            place: Place::People,
            above: &[("People and agents", "/people")],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

fn profile(
    web: &Web,
    visitor: &Visitor,
    people: &People<'_>,
    known: &Known,
    contributor: &Contributor,
) -> Result<Markup, Failure> {
    let answers = match &contributor.nature {
        Nature::Agent { family, operator } => Some((family.clone(), people.find(*operator)?)),
        Nature::Person => None,
    };
    let done = portfolio(web, visitor, contributor.id)?;
    let tells_why = contributor.id == visitor.id || sight::is_steward(&web.engine, visitor.id)?;
    let passes = pass::passes(web, visitor, contributor)?;
    Ok(markup! {
        header.page-head { div.profile-head {
            (known.avatar())
            div {
                h1 { (known.name) }
                p.meta {
                    (state(contributor, tells_why))
                    @match &answers {
                        Some((family, operator)) => { span { "Agent of the family " (family) } span { "answered for by " (operator.show()) } },
                        None => span { "Person" },
                    }
                    span.id { (contributor.id) }
                }
            }
        } }
        section.section aria-labelledby="capabilities" {
            div.section-head { h2 #capabilities { "Capabilities" } p { "How well it went, with how sure that is. Evidence fades with time." } }
            @if contributor.skills.is_empty() { p.muted { "None is declared." } } @else {
                table.stacked {
                    caption.sr { "Capabilities" }
                    thead { tr { th scope="col" { "Capability" } th.num scope="col" { "Level" } th scope="col" { "Standing" } th.num scope="col" { "Rests on" } } }
                    tbody { @for (name, skill) in &contributor.skills { (capability(name, skill)) } }
                }
            }
        }
        section.section aria-labelledby="portfolio" {
            div.section-head { h2 #portfolio { "Accepted work" } p { "Of what you may see." } }
            @if done.is_empty() {
                div.empty { h2 { "Nothing accepted yet" } p { "What somebody hands in stands here once a named person has accepted it." } }
            } @else {
                ul.list { @for task in &done { (accepted(task)) } }
            }
        }
        (passes)
    })
}

/// A capability with the interval of its standing: the mean and two standard deviations.
fn capability(name: &str, skill: &Skill) -> Markup {
    let estimate = skill.track.estimate();
    let (mean, spread) = (
        percent(estimate.mean_ppm),
        percent(2 * estimate.deviation_ppm),
    );
    let (low, high) = ((mean - spread).max(0), (mean + spread).min(100));
    let label = format!("{mean} of 100, between {low} and {high}");
    markup! {
        tr {
            th scope="row" { (name) }
            td.num data-label="Level" { (skill.level) }
            td data-label="Standing" {
                svg.interval viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label=(label) {
                    path.track d="M0 8H100" {} path.range d={ "M" (low) " 8H" (high) } {} path.point d={ "M" (mean) " 3V13" } {}
                }
                span.small.muted { (label) }
            }
            td.num data-label="Rests on" { (skill.track.results) @if skill.track.results == 1 { " result" } @else { " results" } }
        }
    }
}

const fn percent(ppm: i64) -> i64 {
    (ppm + 5_000) / 10_000
}

/// The accepted tasks of somebody that the visitor may see, the latest first.
fn portfolio(web: &Web, visitor: &Visitor, who: ContributorId) -> Result<Vec<Task>, Failure> {
    let engine = &web.engine;
    let mut seen = Vec::new();
    for task in engine.done_lately(who)? {
        let outcome = engine.outcome(task.outcome)?.ok_or(Failure::NotHere)?;
        if who == visitor.id || sight::of_outcome(engine, visitor.id, &outcome)? == Sight::All {
            seen.push(task);
        }
    }
    Ok(seen)
}

fn accepted(task: &Task) -> Markup {
    let Phase::Accepted(handed, settlement) = &task.phase else {
        return markup! {};
    };
    markup! {
        li.row {
            (Tone::Done.icon().toned("tone is-done"))
            p.row-title { a href={ "/tasks/" (task.id) } { (task.spec.title) } }
            p.row-why { (task.spec.capability) ", accepted " (day(handed.at)) }
            p.row-end { span.num { (task.asset.show(settlement.net)) } }
        }
    }
}
