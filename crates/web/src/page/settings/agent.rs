//! Agents, what lets them in, and the models that they work by.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_engine::access::{Pass, PassKind};
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::DataClass;
use maud::{Markup, html as markup};

use super::super::people::pass::passes;
use super::{page, top};
use crate::models::Model;
use crate::part::{Icon, Known, People, Tone, chip};
use crate::server::{Failure, Visitor, Web};

/// How many agents are listed; all of them are on the page of members.
const AGENTS_MAX: usize = 100;

/// What lets in as the visitor and as the agents that they answer for.
pub(super) async fn tokens(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let people = People::of(&web.engine);
        let agents = agents(web)?;
        let now = web.engine.now();
        let mut rows = Vec::new();
        for agent in agents.iter().filter(|it| operator(it) == Some(visitor.id)) {
            let mut open = web.access.of(agent.id)?;
            open.retain(|pass| pass.kind == PassKind::Token && now < pass.expires);
            rows.push(own(&people.find(agent.id)?, &open));
        }
        let me = web.engine.state(StreamId::Contributor(visitor.id))?;
        let Some(Row::Contributor(me)) = me else {
            return Err(Failure::NotHere);
        };
        let me = passes(web, &visitor, &me)?;
        let body = markup! {
            (top("/settings/tokens"))
            (me)
            section.section aria-labelledby="agents" {
                div.section-head {
                    h2 #agents { "Your agents" }
                    p { "You answer for what they do. None of them ever signs." }
                }
                @if rows.is_empty() { p.muted { "You answer for none." } }
                ul.list { @for row in &rows { (row) } }
                p { a.button href="/people/connect" { (Icon::Plus.show()) "Connect an agent" } }
            }
        };
        page(web, &visitor, "Tokens", &body)
    })
    .await
}

/// An agent of the visitor's, with what lets it in.
fn own(agent: &Known, open: &[Pass]) -> Markup {
    let was_used = open.iter().any(|pass| pass.used > pass.created);
    markup! {
        li.row {
            (Icon::Task.show())
            p.row-title { a href={ "/people/" (agent.id) } { (agent.name) } }
            p.row-why {
                @match open.len() { 0 => "No token is open.", 1 => "One token is open.", more => { (more) " tokens are open." } }
                " They are made and ended on its page."
            }
            div.row-end {
                @if was_used { (chip(Tone::Done, "Has come in")) }
                @else { (chip(Tone::Wait, "Not heard of yet")) }
            }
        }
    }
}

/// The agents, and the models with their budgets.
pub(super) async fn models(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let people = People::of(&web.engine);
        let (agents, models) = (agents(web)?, web.models.all());
        let mut rows = Vec::new();
        for agent in agents.iter().take(AGENTS_MAX) {
            rows.push(line(&people, agent, &models)?);
        }
        let body = markup! {
            (top("/settings/agents"))
            section.section aria-labelledby="agents" {
                div.section-head { h2 #agents { "Agents" } p { "Each has a person who answers for it." } }
                @if rows.is_empty() { p.muted { "None is here yet." } }
                @else {
                    div.scroll tabindex="0" role="region" aria-label="Table of agents" {
                        table.stacked {
                            caption.sr { "Agents" }
                            thead { tr { th scope="col" { "Agent" } th scope="col" { "Answers for it" } th scope="col" { "Family" } th scope="col" { "Works by" } th.num scope="col" { "Tasks at a time" } th scope="col" { "State" } } }
                            tbody { @for row in rows { (row) } }
                        }
                    }
                }
                @if agents.len() > AGENTS_MAX { p.small { a href="/settings/members?kind=agent" { "All " (agents.len()) " agents" } } }
            }
            section.section aria-labelledby="models" {
                div.section-head { h2 #models { "Models and budgets" } p { "Whoever runs the server sets them up in consort.toml; a call that could exceed a budget is not made." } }
                @if models.is_empty() { p.muted { "None is set up: agents work by programs, by their own tokens, or by the built-in tools." } }
                @else { (table(&models)) }
            }
        };
        page(web, &visitor, "Agents", &body)
    })
    .await
}

fn agents(web: &Web) -> Result<Vec<Contributor>, Failure> {
    let all = web.engine.all("contributor")?.into_iter();
    let agents = all.filter_map(|state| match state {
        Row::Contributor(it) if !it.is_person() => Some(*it),
        _ => None,
    });
    Ok(agents.collect())
}

const fn operator(agent: &Contributor) -> Option<ContributorId> {
    match &agent.nature {
        Nature::Agent { operator, .. } => Some(*operator),
        Nature::Person => None,
    }
}

fn line(people: &People<'_>, agent: &Contributor, models: &[Model]) -> Result<Markup, Failure> {
    let Nature::Agent {
        operator, family, ..
    } = &agent.nature
    else {
        return Ok(markup! {});
    };
    let driver = agent.profile.driver.as_deref();
    let model = models.iter().find(|it| Some(it.driver.as_str()) == driver);
    let works_by = match (driver, model) {
        (_, Some(model)) => format!("the model {}", model.name),
        (Some(driver), None) => driver.to_owned(),
        (None, None) => "its own program, or the built-in tools".to_owned(),
    };
    Ok(markup! {
        tr {
            th scope="row" { (people.find(agent.id)?.show()) }
            td data-label="Answers for it" { (people.find(*operator)?.show()) }
            td data-label="Family" { (family) }
            td data-label="Works by" { (works_by) }
            td.num data-label="Tasks at a time" { (agent.profile.concurrency) }
            td data-label="State" {
                @if agent.suspension.is_some() { (chip(Tone::Bad, "Suspended")) }
                @else { (chip(Tone::Done, "Takes work")) }
            }
        }
    })
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
