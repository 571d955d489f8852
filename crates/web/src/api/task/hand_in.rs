//! Handing in: content as JSON, and files that were sent before.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::task::{AiUse, Provenance, Submission, Task, TaskCommand};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::once::{once, was_asked};
use super::super::problem::{Problem, Told};
use super::super::request::{At, Once, Sent};
use super::super::tag::Unchanged;
use super::super::view::{Binary, TaskView};
use super::{FILE_BYTES_MAX, LeaseNumber, carry_out, held, shown};
use crate::file::{self, sent};
use crate::key::Key;
use crate::right::Act;
use crate::server::{Failure, Web};

/// What is handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandedIn {
    /// The lease number.
    lease: LeaseNumber,
    /// The result, in the form that the criteria ask for.
    #[schema(value_type = Object)]
    content: Value,
    /// How much of it an AI made.
    ai: AiUseSent,
    /// The tool or model, with its version.
    made_with: Option<String>,
    /// Files that belong to it: the digests that sending them gave, by name.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Sha256>)]
    files: BTreeMap<String, Digest>,
}

/// A SHA-256 digest, in small hexadecimal letters.
#[derive(ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}$")]
#[expect(dead_code, reason = "it stands in the document alone")]
struct Sha256(String);

/// How much of a submission an AI made.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AiUseSent {
    /// None of it.
    None,
    /// Software that quotes and compares, without a model.
    Tool,
    /// A person used a model.
    Assisted,
    /// A model made it.
    Generated,
}

impl From<AiUseSent> for AiUse {
    fn from(sent: AiUseSent) -> Self {
        match sent {
            AiUseSent::None => Self::None,
            AiUseSent::Tool => Self::Tool,
            AiUseSent::Assisted => Self::Assisted,
            AiUseSent::Generated => Self::Generated,
        }
    }
}

/// Hands a task in. The automatic checks follow by themselves; what fails them comes back with reasons.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/submissions", operation_id = "hand_in", tag = "work",
    params(("id" = String, Path, description = "The task."), Once, Unchanged),
    request_body = HandedIn,
    responses((status = 200, body = TaskView, headers(("ETag" = String, description = "The version that is shown."))), Told))]
pub(super) async fn hand_in(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    Sent(sent): Sent<HandedIn>,
) -> Result<Response, Problem> {
    let keeper = Arc::clone(&web);
    let submit = move |_: &Task| {
        let artefacts = keeper.engine.artefacts();
        for (name, digest) in &sent.files {
            if !sent::has(&keeper, (id, caller.id), *digest)? {
                return Err(Failure::Misused(format!(
                    "the file '{name}' ({digest}) was not sent: send it first, to /files of this task"
                )));
            }
        }
        Ok(TaskCommand::Submit {
            lease: sent.lease.0,
            submission: Submission {
                content: artefacts.put(sent.content.to_string().as_bytes())?,
                files: sent.files,
                provenance: Provenance {
                    ai: sent.ai.into(),
                    made_with: sent.made_with,
                },
            },
        })
    };
    let task = carry_out(web, caller, key, (id, Act::Work), submit).await?;
    shown(task)
}

/// A file that was taken in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Kept {
    /// Its digest, which a submission names it by.
    sha256: String,
    /// How many bytes it has.
    bytes: usize,
}

/// Sends a file that a submission will name. Only for whoever holds the task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/files", operation_id = "send_file", tag = "work",
    params(("id" = String, Path, description = "The task."), Once),
    request_body(content = Binary, content_type = "application/octet-stream"),
    responses((status = 201, body = Kept), Told))]
pub(super) async fn upload(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
    body: Body,
) -> Result<(StatusCode, Json<Kept>), Problem> {
    let holds = move |web: &Web| held(web, caller, id);
    let again = key.clone();
    web.blocking(move |web| {
        // Whoever asks again is answered as they were, though they hold it no more.
        let is_again = was_asked(web, caller, &again)?;
        if is_again {
            Ok(())
        } else {
            holds(web).map(|_| ())
        }
    })
    .await?;
    let received = file::receive(&web, body, FILE_BYTES_MAX).await?;
    let received = received.ok_or_else(Problem::too_large)?;
    let kept = web
        .blocking(move |web| {
            let asked = format!("file {id} {}", received.digest);
            once(web, caller, &key, &asked, || {
                // It may have run out while the file came.
                holds(web)?;
                let digest = sent::keep(web, (id, caller.id), &received)?;
                Ok(Kept {
                    sha256: digest.to_string(),
                    bytes: received.bytes,
                })
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(kept)))
}
