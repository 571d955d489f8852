//! A free task for an agent that was just connected: whoever answers for it sees each step of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Redirect;
use consort_desk::trial::begin_trial;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::super::new::owner;
use crate::part::Icon;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// What is offered on the page of an agent to whoever answers for it.
pub(super) fn offered(visitor: &Visitor, agent: &Contributor) -> Markup {
    if !is_theirs(visitor, agent) {
        return markup! {};
    }
    markup! {
        section.section aria-labelledby="trial" {
            div.section-head { h2 #trial { "Try it out" } p { "A free task for it alone, by the way that every task goes." } }
            form method="post" action={ "/people/" (agent.id) "/trial" } {
                button.button { (Icon::Task.show()) "Run a free trial task" }
            }
        }
    }
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
        right::check(
            &web.engine,
            visitor.asking(),
            Act::ConnectAgent,
            About::Network,
        )?;
        if !is_theirs(&visitor, &agent) {
            return Err(Failure::NotHere);
        }
        let task = begin_trial(&web.engine, owner(web, &visitor)?, &agent)?;
        let why = || Failure::Misused("say first what the agent can do".to_owned());
        let task = task.ok_or_else(why)?;
        Ok(Redirect::to(&format!("/tasks/{task}")))
    })
    .await
}
