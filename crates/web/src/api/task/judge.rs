//! Judging what was handed in: reading it, reviewing it, and signing it.
//!
//! A token may review where the rules let its contributor. Only a person's session signs, and only what
//! was opened in it, as in the pages.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_kernel::contributor::Cause;
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::rejection::Rejection;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Judgment, Phase, Reason, Task, TaskCommand, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::once::first;
use super::super::problem::{Problem, Told, rejected};
use super::super::request::{At, Once, Sent, required};
use super::super::tag::Unchanged;
use super::super::view::{Binary, ReasonView, TaskView};
use super::{LeaseNumber, SANDBOX, allowed, carry_out, shown};
use crate::file;
use crate::key::Key;
use crate::right::Act;
use crate::server::{Failure, Web};
use crate::signing::Signer;
use crate::{sight, signing};

/// What is handed in, and what a signature on it rests on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Evidence {
    /// The digest of what is handed in, which a review and a signature name.
    submission: String,
    /// The lease number, which they carry too.
    lease: u64,
    /// What a signature rests on.
    files: Vec<Piece>,
}

/// A file that a signature rests on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Piece {
    /// Its name.
    name: String,
    /// Whether the caller opened it, in this session or by this token.
    opened: bool,
}

/// What is handed in, and what of it the caller has opened.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/evidence", operation_id = "evidence", tag = "judging",
    params(("id" = String, Path, description = "The task.")),
    responses((status = 200, body = Evidence), Told))]
pub(super) async fn evidence(
    State(web): State<Arc<Web>>,
    caller: Caller,
    At(id): At<TaskId>,
) -> Result<Json<Evidence>, Problem> {
    let evidence = web
        .blocking(move |web| {
            let task = sight::task(&web.engine, caller.id, id)?;
            let handed = signing::handed(&task)?;
            let pieces = signing::pieces(web, caller.pass(), &task)?;
            Ok(Evidence {
                submission: handed.submission.content.to_string(),
                lease: handed.lease.number,
                files: pieces
                    .into_iter()
                    .map(|it| Piece {
                        name: it.name,
                        opened: it.is_opened,
                    })
                    .collect(),
            })
        })
        .await?;
    Ok(Json(evidence))
}

/// Opens a file of what is handed in, and notes that the caller did.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/evidence/{name}", operation_id = "open_evidence", tag = "judging",
    params(("id" = String, Path, description = "The task."),
           ("name" = String, Path, description = "The file, as `evidence` names it."), Once),
    responses((status = 200, body = Binary, content_type = "application/octet-stream"),
              Told))]
pub(super) async fn open(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At((id, name)): At<(TaskId, String)>,
) -> Result<Response, Problem> {
    let body = web
        .blocking(move |web| {
            let task = sight::task(&web.engine, caller.id, id)?;
            let content = signing::handed(&task)?.submission.content.to_string();
            let asked = format!("open {id} {name} by {}", caller.pass());
            if content != first(web, caller, &key, &asked, content.clone())? {
                // What is there now was not opened under this key.
                return Err(rejected(Rejection::Changed(id)));
            }
            let opened = signing::open(web, caller.pass(), &task, &name)?;
            file::body(&web.engine, opened)
        })
        .await?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment"),
        (CONTENT_SECURITY_POLICY, SANDBOX),
    ];
    Ok((headers, body).into_response())
}

/// What a reviewer concludes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum VerdictSent {
    /// It can be sent.
    Accept,
    /// It goes back, with reasons.
    RequestChanges,
    /// It goes back, to somebody else.
    Reject,
    /// Somebody above has to decide.
    Escalate,
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

/// Whose doing it is that work goes back.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CauseSent {
    /// Whoever did it could have done better.
    Capability,
    /// The instructions did not make it clear.
    Communication,
    /// Something else is wanted now.
    ChangedExpectation,
    /// Nobody could have known.
    OutsideShock,
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

/// A review.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reviewed {
    /// The lease number.
    lease: LeaseNumber,
    /// The digest of what was judged, as `evidence` gives it.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    submission: Digest,
    /// What it comes to.
    verdict: VerdictSent,
    /// What the work misses; needed at a gate, and where somebody above has to decide.
    #[serde(default)]
    gap_note: String,
    /// Criteria that are not met, with what has to change; needed where work goes back.
    #[serde(default)]
    reasons: Vec<ReasonView>,
    /// Why it goes back.
    cause: Option<CauseSent>,
}

/// Judges what was handed in. Nobody judges their own work, and a reviewer has the task's capability.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/reviews", operation_id = "review", tag = "judging",
    params(("id" = String, Path, description = "The task."), Once, Unchanged),
    request_body = Reviewed,
    responses((status = 200, body = TaskView, headers(("ETag" = String, description = "The version that is shown."))), Told))]
pub(super) async fn review(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(sent): Sent<Reviewed>,
) -> Result<Response, Problem> {
    // What goes back says why at its criteria; what is left to somebody else says it in the note.
    if matches!(sent.verdict, VerdictSent::Escalate) {
        signing::check_noted(sent.verdict.into(), &sent.gap_note)?;
    }
    let judgment = Judgment {
        cause: sent.cause.map(Cause::from),
        gap_note: sent.gap_note,
        lease: sent.lease.0,
        reasons: sent
            .reasons
            .into_iter()
            .map(|it| Reason {
                criterion: it.criterion,
                text: it.text,
            })
            .collect(),
        submission: sent.submission,
        verdict: sent.verdict.into(),
    };
    let command = move |_: &Task| Ok(TaskCommand::Review(Box::new(judgment)));
    shown(carry_out(web, caller, key, (id, Act::Judge), command).await?)
}

/// A signature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Signed {
    /// The lease number.
    lease: LeaseNumber,
    /// The digest of what is signed, as `evidence` gives it.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    submission: Digest,
    /// What it misses; "nothing seen" is an answer. It may be left out where others have reviewed the
    /// work and it is no gate.
    missed: Option<String>,
}

/// Signs what was handed in: it is accepted and paid. Only in the session of the accountable person, who
/// has opened in it what `evidence` names.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/accept", operation_id = "accept", tag = "judging",
    security(("session" = [])),
    params(("id" = String, Path, description = "The task."), Once<true>, Unchanged),
    request_body = Signed,
    responses((status = 200, body = TaskView, headers(("ETag" = String, description = "The version that is shown."))), Told))]
pub(super) async fn accept(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Problem> {
    let signer = caller.signer()?;
    required(&key)?;
    let seen = web
        .blocking(move |web| {
            sign_with(web, caller, signer, &key, id, sent)?;
            sight::task_at(&web.engine, caller.id, id)
        })
        .await?;
    shown(Some(seen))
}

/// The judgment, where one is given, and the signature, each under the request's key.
fn sign_with(
    web: &Web,
    caller: Caller,
    signer: Signer,
    key: &Key,
    id: TaskId,
    sent: Signed,
) -> Result<(), Failure> {
    let engine = &web.engine;
    let task = allowed(web, caller, id, Act::Sign)?;
    signing::check_same(&task, sent.submission)?;
    if let Err(why) = check_ready(web, caller, signer, &task, &sent) {
        // What was signed under this key is answered as it was then.
        let done = key.receipt(engine, caller.principal())?;
        if done.is_none_or(|it| it.stream != StreamId::Task(id)) {
            return Err(why);
        }
    }
    let is_own = signing::is_own(signer.id, &task);
    let missed = sent.missed.filter(|_| !is_own);
    let missed = missed.map(|it| it.trim().to_owned());
    signing::sign(engine, key, &task, (signer.id, sent.lease.0), missed)
}

/// Fails where something has to come before the signature.
fn check_ready(
    web: &Web,
    caller: Caller,
    signer: Signer,
    task: &Task,
    sent: &Signed,
) -> Result<(), Failure> {
    caller.check_signer(web)?;
    signing::check_opened(web, signer, task)?;
    let is_reviewed = matches!(task.phase, Phase::Signing(_)) && !task.spec.gate;
    if sent.missed.is_some() || !is_reviewed {
        let missed = sent.missed.as_deref().unwrap_or_default();
        signing::check_said(signer.id, task, missed)?;
    }
    Ok(())
}
