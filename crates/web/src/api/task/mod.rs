//! Tasks: what somebody was offered, holds, did, or looks after.

mod act;
mod claim;
pub(super) mod hand_in;
mod judge;

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_engine::agenda::Turn;
use consort_engine::runner::commission;
use consort_kernel::command::Body;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task, TaskCommand};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::list::{LIMIT_MAX, Limit, page};
use super::problem::{Problem, Told};
use super::request::{Asked, At};
use super::tag::{Has, Versioned};
use super::view::{self, Binary, Page, TaskLine, TaskView, Work};
use crate::key::Key;
use crate::right::{self, About, Act};
use crate::server::{Failure, Web};
use crate::sight;

/// Material is bytes of somebody's: whatever they say, a browser shows nothing of it.
const SANDBOX: &str = "sandbox; default-src 'none'";
/// How many bytes a submission, or a file of one, may have.
const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How many tasks are looked at for one page; the cursor goes on from there.
const LOOKED_AT_MAX: usize = 1_000;

/// The number of a lease, as a body names it.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "i64")]
#[schema(value_type = u64)]
pub(super) struct LeaseNumber(u64);

impl TryFrom<i64> for LeaseNumber {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        let number = u64::try_from(number).map_err(|_| "a lease has a number from 0")?;
        Ok(Self(number))
    }
}

/// The routes about tasks.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    let handing_in = OpenApiRouter::new()
        .routes(routes!(hand_in::hand_in))
        .routes(routes!(hand_in::upload))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(work))
        .routes(routes!(material))
        .routes(routes!(claim::next))
        .routes(routes!(claim::claim))
        .routes(routes!(act::decline))
        .routes(routes!(act::heartbeat))
        .routes(routes!(act::release))
        .routes(routes!(act::ask))
        .routes(routes!(act::answer))
        .routes(routes!(judge::evidence))
        .routes(routes!(judge::open))
        .routes(routes!(judge::review))
        .routes(routes!(judge::accept))
        .merge(handing_in)
}

/// Which tasks are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Only those of this outcome.
    #[param(value_type = Option<String>, pattern = "^out_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    outcome: Option<OutcomeId>,
    /// Only those that are so far.
    state: Option<view::State>,
    /// Only those that the caller was offered or holds.
    #[serde(default)]
    mine: bool,
    /// How many at the most, up to 200.
    #[serde(default)]
    #[param(value_type = usize, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, pattern = "^tsk_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    cursor: Option<TaskId>,
}

/// Lists the tasks that the caller may see, in the order of their identifiers.
#[utoipa::path(get, path = "/api/v1/tasks", operation_id = "list_tasks", tag = "tasks", params(Which),
    responses((status = 200, body = Page<TaskLine>), Told))]
async fn list(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<TaskLine>>, Problem> {
    let found = web.blocking(move |web| found(web, caller, &which));
    Ok(Json(found.await?))
}

fn found(web: &Web, caller: Caller, which: &Which) -> Result<Page<TaskLine>, Failure> {
    let engine = &web.engine;
    let id = |task: &Task| task.id.to_string();
    if which.mine {
        let mut own = engine.tasks_for(caller.id, &[Turn::Hold, Turn::Offer], LOOKED_AT_MAX)?;
        own.sort_unstable_by_key(|task| task.id);
        own.retain(|task| {
            let state = view::State::of(&task.phase);
            has(caller, task)
                && which.outcome.is_none_or(|it| it == task.outcome)
                && which.state.is_none_or(|it| it == state)
                && which.cursor.is_none_or(|it| it < task.id)
        });
        let read = |last: Option<&Task>, count: usize| {
            let rest = own
                .iter()
                .filter(|it| last.is_none_or(|last| last.id < it.id));
            Ok(rest.take(count).cloned().collect())
        };
        return page(which.limit, LOOKED_AT_MAX, read, id, |task| {
            Ok(Some(TaskLine::of(task)))
        });
    }
    let statuses: Vec<&str> = which.state.map(view::State::as_str).into_iter().collect();
    let read = |last: Option<&Task>, count: usize| {
        let after = last.map(|it| it.id).or(which.cursor);
        Ok(engine.tasks_after(which.outcome, &statuses, after, count)?)
    };
    page(which.limit, LOOKED_AT_MAX, read, id, |task| {
        let is_seen = sight::sees_task(engine, caller.id, task)?;
        Ok(is_seen.then(|| TaskLine::of(task)))
    })
}

/// Whether the caller is offered a task or holds it.
fn has(caller: Caller, task: &Task) -> bool {
    match &task.phase {
        Phase::Offered(offer) => offer.to == caller.id,
        Phase::Leased(lease) => lease.holder.id == caller.id,
        _ => false,
    }
}

/// A task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", operation_id = "show_task", tag = "tasks",
    params(("id" = String, Path, description = "The task."), Has),
    responses((status = 200, body = TaskView, headers(("ETag" = String, description = "The version that is shown."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn show(
    State(web): State<Arc<Web>>,
    caller: Caller,
    has: Has,
    At(id): At<TaskId>,
) -> Result<Response, Problem> {
    let seen = web
        .blocking(move |web| sight::task_at(&web.engine, caller.id, id))
        .await?;
    answer(&seen, &has)
}

/// A task as it is shown, with its tag.
fn answer((task, version): &(Task, u64), has: &Has) -> Result<Response, Problem> {
    let view = TaskView::of(task);
    let version = *version;
    Versioned { view, version }.answer(has)
}

/// A task that the caller sees and may do this with.
fn allowed(web: &Web, caller: Caller, id: TaskId, act: Act) -> Result<Task, Failure> {
    let task = sight::task(&web.engine, caller.id, id)?;
    let about = About::Task(&task);
    right::check(&web.engine, caller.asking(), act, about)?;
    Ok(task)
}

/// A task that the caller holds, with its material.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/work", operation_id = "work", tag = "tasks",
    params(("id" = String, Path, description = "The task.")),
    responses((status = 200, body = Work), Told))]
async fn work(
    State(web): State<Arc<Web>>,
    caller: Caller,
    At(id): At<TaskId>,
) -> Result<Json<Work>, Problem> {
    let work = web
        .blocking(move |web| {
            let task = held(web, caller, id)?;
            Ok(Work::of(&commission(&web.engine, task)?))
        })
        .await?;
    Ok(Json(work))
}

/// One piece of a held task's material, as it is.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/materials/{number}", operation_id = "material", tag = "tasks",
    params(("id" = String, Path, description = "The task."),
           ("number" = usize, Path, description = "The piece, from 0.")),
    responses((status = 200, body = Binary, content_type = "application/octet-stream"),
              Told))]
async fn material(
    State(web): State<Arc<Web>>,
    caller: Caller,
    At((id, number)): At<(TaskId, usize)>,
) -> Result<Response, Problem> {
    let bytes = web
        .blocking(move |web| {
            let task = held(web, caller, id)?;
            let mut materials = commission(&web.engine, task)?.materials;
            if number < materials.len() {
                Ok(materials.swap_remove(number).bytes)
            } else {
                Err(Failure::NotHere)
            }
        })
        .await?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment"),
        (CONTENT_SECURITY_POLICY, SANDBOX),
    ];
    Ok((headers, bytes).into_response())
}

/// A task that the caller holds: its material is for the holder alone.
fn held(web: &Web, caller: Caller, id: TaskId) -> Result<Task, Failure> {
    let task = allowed(web, caller, id, Act::Work)?;
    match &task.phase {
        Phase::Leased(lease) if lease.holder.id == caller.id => Ok(task),
        _ => Err(Failure::Misused(
            "you do not hold this task: claim it first".to_owned(),
        )),
    }
}

/// Carries out a command about a task that the caller may see; gives what became of it, as far as they
/// see it still.
async fn carry_out(
    web: Arc<Web>,
    caller: Caller,
    key: Key,
    (id, act): (TaskId, Act),
    command: impl FnOnce(&Task) -> Result<TaskCommand, Failure> + Send + 'static,
) -> Result<Option<(Task, u64)>, Problem> {
    let done = web
        .blocking(move |web| {
            let engine = &web.engine;
            let task = match allowed(web, caller, id, act) {
                // Who declined a task sees it no more, and is answered the same when they say so again.
                Err(Failure::NotHere) => {
                    let receipt = key.receipt(engine, caller.principal())?;
                    let was_about_it = receipt.is_some_and(|it| it.stream == StreamId::Task(id));
                    let task = engine.task(id)?.filter(|_| was_about_it);
                    task.ok_or(Failure::NotHere)?
                }
                seen => seen?,
            };
            let body = Body::Task(id, command(&task)?);
            engine.send(key.command(engine, caller.principal(), body)?)?;
            match sight::task_at(engine, caller.id, id) {
                Ok(seen) => Ok(Some(seen)),
                Err(Failure::NotHere) => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await?;
    Ok(done)
}

/// What became of a task, for an answer.
fn shown(seen: Option<(Task, u64)>) -> Result<Response, Problem> {
    answer(&seen.ok_or(Failure::NotHere)?, &Has::default())
}

const _: () = assert!(LIMIT_MAX <= LOOKED_AT_MAX);
