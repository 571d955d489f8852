//! Adding tasks to a plan, many at once: all of them come in, or none of them.
//!
//! More than one change of a plan takes go in several. All of them are rehearsed before the first is made, so
//! that what is wrong with the last of them is known before anything is done.

mod place;
mod sent;

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use consort_engine::{Engine, EngineError};
use consort_kernel::command::{Body, Command};
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::outcome::{Outcome, OutcomeCommand, PLAN_CHANGE_MAX};
use consort_kernel::task::{TaskSpec, check_spec};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::once::{check_same, first};
use super::problem::{Problem, Told, rejected};
use super::request::{At, Once, Sent, required};
use super::tag::Unchanged;
use crate::key::Key;
use crate::right::{self, About, Act};
use crate::server::{Failure, Web};
use crate::sight::{self, Sight};
use sent::Added;

/// How many tasks one request adds.
const TASKS_MAX: usize = 1_000;
/// How many bytes such a request has.
const TASKS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The routes about changes of plans.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .layer(DefaultBodyLimit::max(TASKS_BYTES_MAX))
}

/// What was added.
#[derive(Debug, Serialize, ToSchema)]
struct Ids {
    /// The identifiers of the tasks, in the order in which they were sent.
    tasks: Vec<String>,
}

/// Adds tasks to a plan, with all their money at once, up to 1,000 in a request. Where one of them is refused,
/// none of them is added. They come in by the 200: where the server ends between, the same request goes on under
/// the same Idempotency-Key.
#[utoipa::path(post, path = "/api/v1/outcomes/{id}/tasks", operation_id = "add_tasks", tag = "outcomes",
    params(("id" = String, Path, description = "The outcome."), Once<true>, Unchanged),
    request_body = Added,
    responses((status = 201, body = Ids), Told))]
async fn add(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<OutcomeId>,
    Sent(added): Sent<Added>,
) -> Result<(StatusCode, Json<Ids>), Problem> {
    required(&key)?;
    if !(1..=TASKS_MAX).contains(&added.tasks.len()) {
        let what = format!("one request adds 1 to {TASKS_MAX} tasks");
        return Err(Problem::unreadable(what, Some("/tasks".to_owned())));
    }
    let ids = web
        .blocking(move |web| {
            let (outcome, sight) = sight::outcome(&web.engine, caller.id, id)?;
            let about = About::Outcome(&outcome, sight == Sight::Own);
            right::check(&web.engine, caller.asking(), Act::SteerOutcome, about)?;
            Ok(carry_out(web, caller, &key, &outcome, added))
        })
        .await??;
    Ok((StatusCode::CREATED, Json(ids)))
}

fn carry_out(
    web: &Web,
    caller: Caller,
    key: &Key,
    outcome: &Outcome,
    added: Added,
) -> Result<Ids, Problem> {
    let engine = &web.engine;
    let mut specs = Vec::with_capacity(added.tasks.len());
    for (number, task) in added.tasks.into_iter().enumerate() {
        let spec = task.spec(web).and_then(|spec| {
            let checked = check_spec(&spec);
            checked.map_err(|why| {
                let place = place::in_task(&spec, &why);
                Problem::from(rejected(why)).at(place)
            })?;
            Ok(spec)
        });
        specs.push(spec.map_err(|problem| problem.within(&format!("/tasks/{number}")))?);
    }
    let asked = (outcome.id, &added.reason, &specs);
    let asked = serde_json::to_string(&asked).map_err(|_| Failure::Broken)?;
    check_same(web, caller, key, &asked)?;
    let mut open = Vec::new();
    for (number, add) in specs.chunks(PLAN_CHANGE_MAX).enumerate() {
        let change = OutcomeCommand::ChangePlan {
            add: add.to_vec(),
            drop: Vec::new(),
            reason: added.reason.clone(),
        };
        let body = Body::Outcome(outcome.id, change);
        let part = key.part(number);
        // What the request rests on is looked at once: its first part moves the version.
        let part = if number == 0 { part } else { part.further() };
        let was_done = part.receipt(engine, caller.principal())?.is_some();
        let command = part.command(engine, caller.principal(), body)?;
        if was_done {
            // It is told from another request under the same key before anything is looked at.
            engine.send(command)?;
        } else {
            open.push(command);
        }
    }
    let plan = Plan {
        engine,
        outcome,
        specs: &specs,
    };
    plan.change(open)?;
    first(web, caller, key, &asked, true)?;
    let id = |spec: &TaskSpec| TaskId::in_outcome(outcome.id, &spec.key).to_string();
    Ok(Ids {
        tasks: specs.iter().map(id).collect(),
    })
}

/// A plan that tasks are added to.
struct Plan<'a> {
    engine: &'a Engine,
    outcome: &'a Outcome,
    /// All tasks of the request.
    specs: &'a [TaskSpec],
}

impl Plan<'_> {
    /// Makes all of these changes, once it is known that none of them is refused.
    fn change(&self, changes: Vec<Command>) -> Result<(), Problem> {
        // One change alone is made or refused as a whole.
        if changes.len() > 1
            && let Some((_, why)) = self.engine.rehearse(changes.clone())?
        {
            return Err(self.refused(why));
        }
        let mut done = self.specs.len() - changes.iter().map(adds).sum::<usize>();
        for change in changes {
            let adds = adds(&change);
            if let Err(why) = self.engine.send(change) {
                let problem = self.refused(why);
                // Something has come between since it was rehearsed.
                let is_halfway = done > 0 && problem.is_refusal();
                return Err(if is_halfway {
                    problem.halfway(done, self.specs.len())
                } else {
                    problem
                });
            }
            done += adds;
        }
        Ok(())
    }

    fn refused(&self, why: EngineError) -> Problem {
        let place = match why.rejection() {
            Some(why) => place::in_plan(self.engine, self.outcome, self.specs, why),
            None => Ok(None),
        };
        let problem = Problem::from(Failure::from(why).with_news(self.engine));
        match place {
            Ok(Some(place)) => problem.at(place),
            Ok(None) => problem,
            Err(failure) => failure.into(),
        }
    }
}

/// How many tasks a change adds.
fn adds(change: &Command) -> usize {
    match &change.body {
        Body::Outcome(_, OutcomeCommand::ChangePlan { add, .. }) => add.len(),
        _ => 0,
    }
}
