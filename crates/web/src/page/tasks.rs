//! Every task that the visitor sees, of whatever outcome.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::id::{ContributorId, OutcomeId};
use consort_kernel::task::{Phase, Task};
use maud::html as markup;

use super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::outcome::table::waits_for;
use super::outcomes::has_words;
use super::shell::{Head, Place};
use crate::part::{People, chip, decimal, of_task, pips};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// What can be asked for, each with the states of a task that it stands for.
const STATES: [(&str, &str, &[&str]); 5] = [
    ("waiting", "Waiting", &["blocked", "ready", "offered"]),
    ("at-work", "At work", &["leased", "checking"]),
    ("judged", "Being judged", &["reviewing", "signing"]),
    ("accepted", "Accepted", &["accepted"]),
    ("ended", "Given up or cancelled", &["failed", "cancelled"]),
];
const COLUMNS: &[Column] = &[
    Column::text("title", "Task"),
    Column::text("state", "State"),
    Column::text("attempts", "Steps"),
    Column::text("who", "Who"),
    Column::text("outcome", "Outcome"),
    Column::text("risk", "Risk"),
    Column::number("price", "Pays"),
    Column::hidden("id"),
    Column::hidden("outcome_id"),
    Column::hidden("key"),
    Column::hidden("who_id"),
    Column::hidden("asset"),
];

/// The list.
pub(crate) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &["outcome", "who"])?;
        let found = found(web, &visitor, &asked)?;
        let head = Head {
            title: "Tasks",
            place: Place::Outcomes,
            above: &[("Outcomes", "/outcomes")],
        };
        let only = asked.read::<OutcomeId>("outcome")?.map(|id| title(web, id)).transpose()?;
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head { div {
                    h1 { "Tasks" }
                    p.muted { @match &only { Some(title) => { "Of the outcome " b { (title) } "." }, None => "Of every outcome that you see, those of the newest first." } }
                } }
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                (list::show(&asked, "Tasks", &found, &Empty {
                    title: "There is no task here.",
                    why: "Tasks come with outcomes: a playbook says which ones a result takes.",
                    next: markup! { a.button href="/outcomes" { "See the outcomes" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("titles and keys"),
        first: Some(Choice::of(
            "state",
            "State",
            STATES.map(|(key, words, _)| (key, words)),
        )),
        others: vec![
            Choice::of(
                "mine",
                "Mine",
                [
                    ("done", "I have or did it"),
                    ("answered", "I answer for it"),
                ],
            ),
            Choice::of(
                "risk",
                "Risk",
                [
                    ("low", "low"),
                    ("medium", "medium"),
                    ("high", "high"),
                    ("critical", "critical"),
                ],
            ),
        ],
    }
}

fn found(web: &Web, visitor: &Visitor, asked: &Asked) -> Result<Found, Failure> {
    let engine = &web.engine;
    let people = People::of(engine);
    let state = STATES
        .iter()
        .find(|(key, ..)| asked.get("state") == Some(key));
    let statuses = state.map_or(&[][..], |(_, _, statuses)| statuses);
    let outcome: Option<OutcomeId> = asked.read("outcome")?;
    let who: Option<ContributorId> = asked.read("who")?;
    let (words, mine, risk) = (asked.words(), asked.get("mine"), asked.get("risk"));
    let sees_all = sight::is_steward(engine, visitor.id)?;
    let mut titles = BTreeMap::new();
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before, limit| Ok(engine.tasks_before(outcome, statuses, before, limit)?),
        |task| task.id,
        |task| {
            let doing = performer(&task);
            let text = format!("{} {} {}", task.spec.title, task.spec.key, task.id);
            let fits = has_words(&text, &words)
                && risk.is_none_or(|it| it == task.spec.risk.as_str())
                && (mine != Some("done") || sight::takes_part(visitor.id, &task))
                && (mine != Some("answered") || task.accountable == visitor.id)
                && who.is_none_or(|it| doing == Some(it));
            if !fits || !(sees_all || sight::sees_task(engine, visitor.id, &task)?) {
                return Ok(None);
            }
            let title = match titles.get(&task.outcome) {
                Some(title) => title,
                None => titles
                    .entry(task.outcome)
                    .or_insert(title(web, task.outcome)?),
            };
            line(&people, &task, (title, visitor.id)).map(Some)
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|id| id.to_string()),
    })
}

fn title(web: &Web, outcome: OutcomeId) -> Result<String, Failure> {
    let found = web.engine.outcome(outcome)?;
    Ok(found.map(|it| it.charter.title).unwrap_or_default())
}

/// Who has a task, or did it.
pub(super) fn performer(task: &Task) -> Option<ContributorId> {
    match &task.phase {
        Phase::Offered(offer) => Some(offer.to),
        Phase::Leased(lease) => Some(lease.holder.id),
        _ => task.handed().map(|handed| handed.lease.holder.id),
    }
}

fn line(
    people: &People<'_>,
    task: &Task,
    (outcome, reader): (&str, ContributorId),
) -> Result<Line, Failure> {
    let (tone, words) = of_task(task);
    let who = performer(task).map(|id| people.find(id)).transpose()?;
    let name = who.as_ref().map(|it| it.name.clone());
    let id = who.as_ref().map(|it| it.id.to_string());
    let shown =
        markup! { @match &who { Some(who) => (who.show()), None => span.muted { "nobody yet" } } };
    let risk = task.spec.risk.as_str();
    let is_mine = waits_for(task, reader);
    let cells = vec![
        Cell::of(
            markup! { a href={ "/tasks/" (task.id) } { (task.spec.title) } },
            task.spec.title.as_str(),
        ),
        Cell::of(chip(tone, words), task.phase.as_str()),
        Cell::of(pips(task), task.attempts_total),
        Cell::of(shown, name),
        Cell::of(
            markup! { a.in-cell href={ "/outcomes/" (task.outcome) } { (outcome) } },
            outcome,
        ),
        Cell::text(risk),
        Cell::of(
            markup! { (task.asset.show(task.spec.price)) },
            decimal(task.asset, task.spec.price),
        ),
        Cell::text(task.id.to_string()),
        Cell::text(task.outcome.to_string()),
        Cell::text(task.spec.key.as_str()),
        Cell::of(markup! {}, id),
        Cell::text(task.asset.to_string()),
    ];
    Ok(Line::mine(cells, is_mine))
}
