//! A free task for an agent that was just connected: whoever answers for it sees each step of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Redirect;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::super::form::{Once, anew, once};
use super::pass;
use crate::part::{Icon, Tone, chip, of_task};
use crate::server::{Failure, Visitor, Web};
use crate::trial;

/// What whoever answers for an agent sees of how it came in, and of its trial: on its page, and where it was
/// just connected.
pub(super) fn offered(
    web: &Web,
    visitor: &Visitor,
    agent: &Contributor,
) -> Result<Markup, Failure> {
    if !is_theirs(visitor, agent) {
        return Ok(markup! {});
    }
    let action = format!("/people/{}/trial", agent.id);
    let tokens = web.access.of(agent.id)?;
    let heard = tokens.iter().any(pass::was_used);
    let (tone, words) = if heard {
        (Tone::Done, "First heartbeat received")
    } else {
        (Tone::Wait, "Waiting for its first heartbeat")
    };
    Ok(markup! {
        section.section #arrival aria-labelledby="trial" {
            div.section-head { h2 #trial { "Try it out" } p { "A free task for it alone, by the way that every task goes." } }
            div.stack {
                @if !tokens.is_empty() { p { (chip(tone, words)) } }
                @if let Some(task) = trial::open(web, agent.id)? {
                    @let (tone, words) = of_task(&task);
                    p { "Its free trial is under way: " a href={ "/tasks/" (task.id) } { (task.spec.title) } " " (chip(tone, words)) }
                } @else {
                    @if trial::is_wished(web, agent.id)? { p { "Its free trial begins by itself as soon as the agent is heard of." } }
                    form method="post" action=(action) {
                        (anew(web, visitor, &action)?)
                        button.button { (Icon::Task.show()) "Run a free trial task" }
                    }
                }
            }
        }
    })
}

fn is_theirs(visitor: &Visitor, agent: &Contributor) -> bool {
    matches!(&agent.nature, Nature::Agent { operator, .. } if *operator == visitor.id)
}

/// Begins it, and leads to it.
pub(super) async fn begin(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let Some(Row::Contributor(agent)) = web.engine.state(StreamId::Contributor(id))? else {
            return Err(Failure::NotHere);
        };
        if !is_theirs(&visitor, &agent) {
            return Err(Failure::NotHere);
        }
        let done = once(web, &visitor, &format!("/people/{id}"), || {
            let task = trial::begin(web, &agent)?;
            trial::take_back(web, id)?;
            let why = || Failure::Misused("say first what the agent can do".to_owned());
            let leads_to = format!("/tasks/{}", task.ok_or_else(why)?);
            Ok((leads_to.clone(), leads_to))
        })?;
        let (Once::Now(leads_to) | Once::Before(leads_to)) = done;
        Ok(Redirect::to(&leads_to))
    })
    .await
}
