//! What somebody does about a task, but hand it in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use consort_engine::Engine;
use consort_kernel::id::TaskId;
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{Phase, Task, TaskCommand};
use consort_kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::once::once;
use super::super::problem::{Problem, Told, rejected};
use super::super::request::{At, Once, Sent};
use super::super::tag::Unchanged;
use super::super::view::TaskView;
use super::{LeaseNumber, allowed, carry_out, shown};
use crate::key::Key;
use crate::right::Act;
use crate::server::{Failure, Web};

/// A lease of which all but this part is left is not extended: that would write for nothing.
const MOST: i64 = 10;

/// Turns an offer down. It costs nothing and changes nothing about who does.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/decline", operation_id = "decline", tag = "work",
    params(("id" = String, Path, description = "The task."), Once, Unchanged),
    responses((status = 204), Told))]
pub(super) async fn decline(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
) -> Result<StatusCode, Problem> {
    carry_out(web, caller, key, (id, Act::Work), |_| {
        Ok(TaskCommand::Decline)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Under which lease.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Under {
    /// The lease number.
    lease: LeaseNumber,
}

/// Until when a lease stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Alive {
    /// The lease number.
    lease: u64,
    /// Until when it stands without another heartbeat.
    until: String,
}

/// Says that the work goes on: the lease is extended by its full time. Under the same key once: each heartbeat
/// has its own, or none.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/heartbeat", operation_id = "heartbeat", tag = "work",
    params(("id" = String, Path, description = "The task."), Once), request_body = Under,
    responses((status = 200, body = Alive), Told))]
pub(super) async fn heartbeat(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(Under { lease }): Sent<Under>,
) -> Result<Json<Alive>, Problem> {
    let alive = web
        .blocking(move |web| {
            let engine = &web.engine;
            let task = allowed(web, caller, id, Act::Work)?;
            let LeaseNumber(number) = lease;
            once(
                web,
                caller,
                &key,
                &format!("heartbeat {id} {number}"),
                || {
                    let holds = matches!(&task.phase, Phase::Leased(lease)
                    if lease.holder.id == caller.id && lease.number == number);
                    if !holds {
                        return Err(stale(&task, number));
                    }
                    let until = kept_alive(engine, &task, number)?;
                    Ok(Alive {
                        lease: number,
                        until: until.to_string(),
                    })
                },
            )
        })
        .await?;
    Ok(Json(alive))
}

/// Extends a lease, unless most of its time is left; tells until when it stands.
fn kept_alive(engine: &Engine, task: &Task, lease: u64) -> Result<Timestamp, Failure> {
    let (now, lease_ms) = (engine.now(), i64::from(task.spec.lease_ms));
    let stands = engine.lease(task.id)?;
    match stands.filter(|(number, _)| *number == lease) {
        Some((_, until)) if until.millis_since(now) > lease_ms / MOST * (MOST - 1) => Ok(until),
        Some(_) if engine.heartbeat(task.id, lease, task.spec.lease_ms)? => {
            Ok(now.plus_millis(lease_ms))
        }
        Some(_) | None => Err(stale(task, lease)),
    }
}

/// That a lease is over, as the kernel says it.
fn stale(task: &Task, given: u64) -> Failure {
    rejected(Rejection::StaleLease {
        task: task.id,
        given,
        current: task.lease_number,
    })
}

/// Why a task is given back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenBack {
    /// The lease number.
    lease: LeaseNumber,
    /// What the next one should know.
    note: String,
}

/// Gives a task back, for somebody else to take over: also how an agent says that it failed.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/release", operation_id = "release", tag = "work",
    params(("id" = String, Path, description = "The task."), Once, Unchanged),
    request_body = GivenBack,
    responses((status = 204), Told))]
pub(super) async fn release(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(given): Sent<GivenBack>,
) -> Result<StatusCode, Problem> {
    let GivenBack {
        lease: LeaseNumber(lease),
        note,
    } = given;
    carry_out(web, caller, key, (id, Act::Work), move |_| {
        Ok(TaskCommand::Release { lease, note })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A question about a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// The lease number.
    lease: LeaseNumber,
    /// What is asked.
    text: String,
}

/// Asks the accountable person something; the answer stands in the task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/questions", operation_id = "ask", tag = "work",
    params(("id" = String, Path, description = "The task."), Once, Unchanged),
    request_body = Question,
    responses((status = 200, body = TaskView, headers(("ETag" = String, description = "The version that is shown."))), Told))]
pub(super) async fn ask(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(Question {
        lease: LeaseNumber(lease),
        text,
    }): Sent<Question>,
) -> Result<Response, Problem> {
    let command = move |_: &Task| Ok(TaskCommand::Ask { lease, text });
    let task = carry_out(web, caller, key, (id, Act::Work), command).await?;
    shown(task)
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The answer.
    text: String,
}

/// Answers a question, as the accountable person.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/questions/{number}/answer", operation_id = "answer", tag = "work",
    params(("id" = String, Path, description = "The task."),
           ("number" = u64, Path, maximum = 4_294_967_295_u32, description = "The question, from 0."), Once, Unchanged),
    request_body = Answer,
    responses((status = 200, body = TaskView, headers(("ETag" = String, description = "The version that is shown."))), Told))]
pub(super) async fn answer(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At((id, question)): At<(TaskId, u32)>,
    Sent(Answer { text }): Sent<Answer>,
) -> Result<Response, Problem> {
    let command = move |_: &Task| Ok(TaskCommand::Answer { question, text });
    let task = carry_out(web, caller, key, (id, Act::Decide), command).await?;
    shown(task)
}
