//! What somebody does about a task, but hand it in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use consort_kernel::contributor::Cause;
use consort_kernel::id::TaskId;
use consort_kernel::task::{Judgment, Phase, Reason, Task, TaskCommand, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::problem::{Problem, Told};
use super::super::request::{At, Key, Sent};
use super::super::view::{ReasonView, TaskView};
use super::carry_out;
use crate::server::{Failure, Web};
use crate::sight;

/// Turns an offer down. It costs nothing and changes nothing about who does.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/decline", tag = "work",
    params(("id" = String, Path, description = "The task."),
           ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect.")),
    responses((status = 204), (status = "default", body = Told)))]
pub(super) async fn decline(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
) -> Result<StatusCode, Problem> {
    carry_out(web, caller, key, id, |_| Ok(TaskCommand::Decline)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Under which lease.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Under {
    /// The lease number.
    lease: u64,
}

/// Until when a lease stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Alive {
    /// The lease number.
    lease: u64,
    /// Until when it stands without another heartbeat.
    until: String,
}

/// Says that the work goes on: the lease is extended by its full time.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/heartbeat", tag = "work",
    params(("id" = String, Path, description = "The task.")), request_body = Under,
    responses((status = 200, body = Alive), (status = "default", body = Told)))]
pub(super) async fn heartbeat(
    State(web): State<Arc<Web>>,
    caller: Caller,
    At(id): At<TaskId>,
    Sent(under): Sent<Under>,
) -> Result<Json<Alive>, Problem> {
    let alive = web
        .blocking(move |web| {
            let engine = &web.engine;
            let task = sight::task(engine, caller.id, id)?;
            let holds = matches!(&task.phase, Phase::Leased(lease)
                if lease.holder.id == caller.id && lease.number == under.lease);
            let lease_ms = task.spec.lease_ms;
            if !holds || !engine.heartbeat(id, under.lease, lease_ms)? {
                return Err(stale(&task, under.lease));
            }
            Ok(Alive {
                lease: under.lease,
                until: engine.now().plus_millis(i64::from(lease_ms)).to_string(),
            })
        })
        .await?;
    Ok(Json(alive))
}

/// That a lease is over, as the kernel says it.
fn stale(task: &Task, given: u64) -> Failure {
    let rejection = consort_kernel::rejection::Rejection::StaleLease {
        task: task.id,
        given,
        current: task.lease_number,
    };
    consort_engine::EngineError::Lane(consort_engine::lane::LaneError::Rejected(rejection)).into()
}

/// Why a task is given back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenBack {
    /// The lease number.
    lease: u64,
    /// What the next one should know.
    note: String,
}

/// Gives a task back, for somebody else to take over: also how an agent says that it failed.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/release", tag = "work",
    params(("id" = String, Path, description = "The task."),
           ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect.")),
    request_body = GivenBack,
    responses((status = 204), (status = "default", body = Told)))]
pub(super) async fn release(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(given): Sent<GivenBack>,
) -> Result<StatusCode, Problem> {
    let GivenBack { lease, note } = given;
    carry_out(web, caller, key, id, move |_| {
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
    lease: u64,
    /// What is asked.
    text: String,
}

/// Asks the accountable person something; the answer stands in the task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/questions", tag = "work",
    params(("id" = String, Path, description = "The task."),
           ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect.")),
    request_body = Question,
    responses((status = 200, body = TaskView), (status = "default", body = Told)))]
pub(super) async fn ask(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(Question { lease, text }): Sent<Question>,
) -> Result<Json<TaskView>, Problem> {
    let command = move |_: &Task| Ok(TaskCommand::Ask { lease, text });
    let task = carry_out(web, caller, key, id, command).await?;
    Ok(Json(TaskView::of(&task)))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The answer.
    text: String,
}

/// Answers a question, as the accountable person.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/questions/{number}/answer", tag = "work",
    params(("id" = String, Path, description = "The task."),
           ("number" = u32, Path, description = "The question, from 0."),
           ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect.")),
    request_body = Answer,
    responses((status = 200, body = TaskView), (status = "default", body = Told)))]
pub(super) async fn answer(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At((id, question)): At<(TaskId, u32)>,
    Sent(Answer { text }): Sent<Answer>,
) -> Result<Json<TaskView>, Problem> {
    let command = move |_: &Task| Ok(TaskCommand::Answer { question, text });
    let task = carry_out(web, caller, key, id, command).await?;
    Ok(Json(TaskView::of(&task)))
}

/// A judgment about what is handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewSent {
    /// The lease whose submission is judged.
    lease: u64,
    /// The conclusion.
    verdict: VerdictSent,
    /// What was missed; required at points where a person decides.
    #[serde(default)]
    gap_note: String,
    /// What has to change, by criterion.
    #[serde(default)]
    reasons: Vec<ReasonView>,
    /// How a shortcoming came about; needed unless it is accepted.
    cause: Option<CauseSent>,
}

/// What a reviewer concludes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum VerdictSent {
    /// It meets its criteria.
    Accept,
    /// It goes back with reasons.
    RequestChanges,
    /// Somebody else should do it.
    Reject,
    /// Somebody else has to decide.
    Escalate,
}

/// How a shortcoming came about.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CauseSent {
    /// Who did it could not do it well enough.
    Capability,
    /// They were not told well enough.
    Communication,
    /// What was wanted changed.
    ChangedExpectation,
    /// Something from outside.
    OutsideShock,
}

impl From<VerdictSent> for Verdict {
    fn from(sent: VerdictSent) -> Self {
        match sent {
            VerdictSent::Accept => Self::Accept,
            VerdictSent::RequestChanges => Self::RequestChanges,
            VerdictSent::Reject => Self::Reject,
            VerdictSent::Escalate => Self::Escalate,
        }
    }
}

impl From<CauseSent> for Cause {
    fn from(sent: CauseSent) -> Self {
        match sent {
            CauseSent::Capability => Self::Capability,
            CauseSent::Communication => Self::Communication,
            CauseSent::ChangedExpectation => Self::ChangedExpectation,
            CauseSent::OutsideShock => Self::OutsideShock,
        }
    }
}

/// Judges what is handed in, as another contributor than who made it.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/reviews", tag = "work",
    params(("id" = String, Path, description = "The task."),
           ("Idempotency-Key" = Option<String>, Header, description = "The same key has one effect.")),
    request_body = ReviewSent,
    responses((status = 200, body = TaskView), (status = "default", body = Told)))]
pub(super) async fn review(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(sent): Sent<ReviewSent>,
) -> Result<Json<TaskView>, Problem> {
    let judgment = move |task: &Task| {
        let handed = task.handed();
        let handed = handed.ok_or_else(|| {
            Failure::Misused("nothing is handed in that could be judged".to_owned())
        })?;
        Ok(TaskCommand::Review(Box::new(Judgment {
            cause: sent.cause.map(Into::into),
            gap_note: sent.gap_note,
            lease: sent.lease,
            reasons: sent
                .reasons
                .into_iter()
                .map(|it| Reason {
                    criterion: it.criterion,
                    text: it.text,
                })
                .collect(),
            submission: handed.submission.content,
            verdict: sent.verdict.into(),
        })))
    };
    let task = carry_out(web, caller, key, id, judgment).await?;
    Ok(Json(TaskView::of(&task)))
}
