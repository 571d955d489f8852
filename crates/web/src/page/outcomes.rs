//! The outcomes that the visitor sees.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::outcome::Outcome;
use maud::html as markup;
use serde_json::Value;

use super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::shell::{Head, Place};
use crate::part::{Icon, People, capital, chip, day, decimal, of_outcome};
use crate::right;
use crate::server::{Failure, Visitor, Web};
use crate::sight::{self, Sight};

/// The states that can be asked for.
const STATES: [&str; 5] = ["planned", "running", "paused", "delivered", "cancelled"];
const COLUMNS: &[Column] = &[
    Column::text("title", "Outcome"),
    Column::text("state", "State"),
    Column::text("tasks", "Tasks"),
    Column::number("paid", "Paid"),
    Column::text("accountable", "Answers for it"),
    Column::text("deadline", "Wanted by"),
    Column::hidden("id"),
    Column::hidden("accountable_id"),
    Column::hidden("asset"),
];

/// The list.
pub(crate) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let found = found(web, &visitor, &asked)?;
        let head = Head {
            title: "Outcomes",
            place: Place::Outcomes,
            above: &[],
        };
        let states = right::states_outcomes(&web.engine, visitor.asking())?;
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head {
                    div { h1 { "Outcomes" } p.muted { "What is wanted, who answers for it, and how far it is." } }
                    @if states { div.actions { a.button.primary href="/outcomes/new" { (Icon::Plus.show()) "New outcome" } } }
                }
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                (list::show(&asked, "Outcomes", &found, &Empty {
                    title: "There is no outcome here.",
                    why: "State one from a playbook: it says what has to be done, by whom, and when it is good enough.",
                    next: markup! { @if states { a.button.primary href="/outcomes/new" { "New outcome" } } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    let states: Vec<(String, String)> = STATES
        .iter()
        .map(|state| ((*state).to_owned(), capital(state)))
        .collect();
    Filters {
        looks_in: Some("titles and objectives"),
        first: Some(Choice {
            key: "state",
            words: "State",
            among: states,
        }),
        others: vec![Choice::of("mine", "Who answers", [("yes", "I do")])],
    }
}

fn found(web: &Web, visitor: &Visitor, asked: &Asked) -> Result<Found, Failure> {
    let engine = &web.engine;
    let people = People::of(engine);
    let state = asked.get("state").filter(|it| STATES.contains(it));
    let statuses: Vec<&str> = state.into_iter().collect();
    let (words, mine) = (asked.words(), asked.get("mine").is_some());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before, limit| Ok(engine.outcomes_before(&statuses, before, limit)?),
        |outcome| outcome.id,
        |outcome| {
            let charter = &outcome.charter;
            let text = format!("{} {} {}", charter.title, charter.objective, outcome.id);
            let fits = (!mine || charter.accountable == visitor.id) && has_words(&text, &words);
            if !fits || sight::of_outcome(engine, visitor.id, &outcome)? == Sight::None {
                return Ok(None);
            }
            line(&people, &outcome).map(Some)
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|id| id.to_string()),
    })
}

/// Whether a text has all of these small words in it.
pub(super) fn has_words(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

fn line(people: &People<'_>, outcome: &Outcome) -> Result<Line, Failure> {
    let (tone, words) = of_outcome(outcome.phase);
    let charter = &outcome.charter;
    let progress = outcome.progress;
    let all = progress.accepted + progress.open;
    let accountable = people.find(charter.accountable)?;
    let paid = outcome.purse.paid;
    Ok(Line::of(vec![
        Cell::of(
            markup! { a href={ "/outcomes/" (outcome.id) } { (charter.title) } },
            charter.title.as_str(),
        ),
        Cell::of(chip(tone, words), outcome.phase.as_str()),
        Cell::text(format!("{} of {all}", progress.accepted)),
        Cell::of(
            markup! { (charter.asset.show(paid)) },
            decimal(charter.asset, paid),
        ),
        Cell::of(accountable.show(), accountable.name.as_str()),
        match charter.deadline {
            Some(at) => Cell::of(day(at), at.to_string()),
            None => Cell::of(markup! { "no day set" }, Value::Null),
        },
        Cell::text(outcome.id.to_string()),
        Cell::text(charter.accountable.to_string()),
        Cell::text(charter.asset.to_string()),
    ]))
}
