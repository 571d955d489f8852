//! Agents, who answers for them, and the models that they work by.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::task::DataClass;
use maud::{Markup, html as markup};

use super::super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::super::outcomes::has_words;
use super::super::shell::{Head, Place};
use super::top;
use crate::models::Model;
use crate::part::{Icon, People, Tone, chip};
use crate::server::{Failure, Visitor, Web};

const COLUMNS: &[Column] = &[
    Column::text("name", "Agent"),
    Column::text("answers", "Answers for it"),
    Column::text("family", "Family"),
    Column::text("works_by", "Works by"),
    Column::number("concurrency", "Tasks at a time"),
    Column::text("state", "State"),
    Column::hidden("id"),
    Column::hidden("answers_id"),
];

/// The agents, and the models with their budgets.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let models = web.models.all();
        let found = found(web, &visitor, &models, &asked)?;
        let head = Head {
            title: "Agents",
            place: Place::Settings,
            above: &[("Settings", "/settings")],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (top("/settings/agents"))
                section.section aria-labelledby="agents" {
                    div.section-head { h2 #agents { "Agents" } p { "Each has a person who answers for it." } }
                    (list::chips(web, &visitor, &asked)?)
                    (filters().show(&asked))
                    (list::show(&asked, "Agents here", &found, &Empty {
                        title: "No agent is here yet.",
                        why: "An agent comes by being connected: you answer for it, and it asks here for what is offered to it.",
                        next: markup! { a.button.primary href="/people/connect" { (Icon::Plus.show()) "Connect an agent" } },
                    }))
                }
                section.section aria-labelledby="models" {
                    div.section-head { h2 #models { "Models and budgets" } p { "Whoever runs the server sets them up in consort.toml; a call that could exceed a budget is not made." } }
                    @if models.is_empty() { p.muted { "None is set up: agents work by programs, by their own tokens, or by the built-in tools." } }
                    @else { (table(&models)) }
                }
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("names and families"),
        first: Some(Choice::of(
            "state",
            "State",
            [("working", "Take work"), ("suspended", "Suspended")],
        )),
        others: vec![Choice::of("mine", "Who answers", [("yes", "I do")])],
    }
}

fn found(web: &Web, visitor: &Visitor, models: &[Model], asked: &Asked) -> Result<Found, Failure> {
    let people = People::of(&web.engine);
    let (state, mine, words) = (asked.get("state"), asked.get("mine"), asked.words());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before, limit| Ok(web.engine.contributors_before(before, limit)?),
        |contributor| contributor.id,
        |contributor| {
            let Nature::Agent { family, operator } = &contributor.nature else {
                return Ok(None);
            };
            let is_suspended = contributor.suspension.is_some();
            let text = format!("{} {family}", people.name(contributor.id)?);
            let fits = state.is_none_or(|it| (it == "suspended") == is_suspended)
                && (mine.is_none() || *operator == visitor.id)
                && has_words(&text, &words);
            fits.then(|| line(&people, &contributor, models))
                .transpose()
                .map(Option::flatten)
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|id| id.to_string()),
    })
}

fn line(
    people: &People<'_>,
    agent: &Contributor,
    models: &[Model],
) -> Result<Option<Line>, Failure> {
    let Nature::Agent {
        operator, family, ..
    } = &agent.nature
    else {
        return Ok(None);
    };
    let driver = agent.profile.driver.as_deref();
    let model = models.iter().find(|it| Some(it.driver.as_str()) == driver);
    let works_by = match (driver, model) {
        (_, Some(model)) => format!("the model {}", model.name),
        (Some(driver), None) => driver.to_owned(),
        (None, None) => "its own program, or the built-in tools".to_owned(),
    };
    let (tone, word) = match agent.suspension {
        Some(_) => (Tone::Bad, "Suspended"),
        None if !agent.profile.takes_offers() => (Tone::Idle, "Takes no offers"),
        None => (Tone::Done, "Takes work"),
    };
    let (known, answers) = (people.find(agent.id)?, people.find(*operator)?);
    Ok(Some(Line::of(vec![
        Cell::of(known.show(), known.name.as_str()),
        Cell::of(answers.show(), answers.name.as_str()),
        Cell::text(family.as_str()),
        Cell::text(works_by),
        Cell::number(agent.profile.concurrency),
        Cell::of(chip(tone, word), word.to_lowercase()),
        Cell::text(agent.id.to_string()),
        Cell::text(operator.to_string()),
    ])))
}

fn table(models: &[Model]) -> Markup {
    markup! {
        div.scroll tabindex="0" role="region" aria-label="Table of models" {
            table.stacked {
                caption.sr { "Models and what may be spent on them" }
                thead { tr { th scope="col" { "Model" } th scope="col" { "Where" } th scope="col" { "Sent there at the most" } th.num scope="col" { "A task" } th.num scope="col" { "An agent" } th.num scope="col" { "An outcome" } th.num scope="col" { "Calls a minute" } } }
                tbody { @for it in models { tr {
                    th scope="row" { (it.name) br; span.small.muted { (it.model) ", " (it.family) } }
                    td data-label="Where" { (it.host) }
                    td data-label="Sent there at the most" { (class(it.class_max)) }
                    @for (place, words) in ["A task", "An agent", "An outcome"].iter().enumerate() {
                        td.num data-label=(words) { @if let Some(caps) = &it.caps { (caps[place]) } @else { "free" } }
                    }
                    td.num data-label="Calls a minute" { (it.per_minute) }
                } } }
            }
        }
    }
}

const fn class(class: DataClass) -> &'static str {
    match class {
        DataClass::Public => "what is public",
        DataClass::Internal => "what is internal",
        DataClass::Confidential => "what is confidential",
        DataClass::Restricted => "what is restricted",
    }
}
