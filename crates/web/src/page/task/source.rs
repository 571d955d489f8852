//! The documents that a task was given, for whoever sees the task: its passages lead into them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use consort_desk::Given;
use consort_documents::{Citation, Document};
use consort_engine::Engine;
use consort_engine::runner::commission;
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_playbook::File;

use super::super::outcome::source::{Where, passage};
use super::{Seen, see};
use crate::part::{Documents, files_of, statements};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// A passage where it stands, for whoever sees the task and not all of the outcome.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Query(at): Query<Where>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        let (name, body) = passage(&given(&seen, &outcome(&seen)?)?, &seen.address(), &at)?;
        seen.page(&name, &body)
    })
    .await
}

/// The documents that the visitor may look into from the task's pages: all of the outcome's for who sees all
/// of it, and for everybody else those that the task was given.
pub(super) fn documents<'a>(seen: &Seen<'a>) -> Result<Documents<'a>, Failure> {
    let engine = &seen.web.engine;
    let outcome = outcome(seen)?;
    if outcome.charter.playbook.is_none() {
        return Ok(Documents::none(engine));
    }
    if !sight::sees_all(engine, seen.visitor.id, &outcome)? {
        return given(seen, &outcome);
    }
    let home = format!("/outcomes/{}", outcome.id);
    let inputs = Given::of(engine, &outcome)?.inputs;
    Ok(Documents::of(engine, home, files_of(&inputs)))
}

/// Those of the outcome's documents that are in the task's material, or that its material cites. What somebody
/// cites who was not given it opens nothing, and neither does what is held more closely than the visitor is
/// cleared for.
fn given<'a>(seen: &Seen<'a>, outcome: &Outcome) -> Result<Documents<'a>, Failure> {
    let engine = &seen.web.engine;
    let who = engine.state(StreamId::Contributor(seen.visitor.id))?;
    let (Some(Row::Contributor(who)), Some(_)) = (who, outcome.charter.playbook.as_ref()) else {
        return Err(Failure::NotHere);
    };
    let known = Known::of(seen)?;
    let inputs = Given::of(engine, outcome)?.inputs;
    let seen_ones = files_of(&inputs)
        .filter(|file| file.class <= who.profile.clearance && known.has(engine, file));
    Ok(Documents::of(engine, seen.address(), seen_ones))
}

/// What a task was given: documents, and passages of others that somebody cited who had them.
#[derive(Default)]
struct Known {
    documents: BTreeSet<(String, Digest)>,
    citations: Vec<Citation>,
}

impl Known {
    fn of(seen: &Seen<'_>) -> Result<Self, Failure> {
        let mut known = Self::default();
        for piece in commission(&seen.web.engine, seen.task.clone())?.materials {
            if let Ok(document) = serde_json::from_slice::<Document>(&piece.bytes) {
                known.documents.insert((document.name, document.sha256));
            } else if let Ok(content) = serde_json::from_slice(&piece.bytes) {
                let cited = statements(&content).into_iter();
                known.citations.extend(cited.flat_map(|it| it.citations));
            }
        }
        Ok(known)
    }

    /// Whether a file is among them: by its content, for several may have one name, and by words that stand in it,
    /// which nobody can cite who has not read it.
    fn has(&self, engine: &Engine, file: &File) -> bool {
        let is_named = self.documents.iter().any(|(name, _)| *name == file.name);
        let cited = || self.citations.iter().filter(|it| it.document == file.name);
        if !is_named && cited().next().is_none() {
            return false;
        }
        let bytes = engine.artefacts().get(file.digest).ok();
        let read = bytes.and_then(|it| serde_json::from_slice::<Document>(&it).ok());
        read.is_some_and(|document| {
            let own = (file.name.clone(), document.sha256);
            self.documents.contains(&own)
                || cited().any(|it| it.sha256 == own.1 && it.verify(&document).is_ok())
        })
    }
}

fn outcome(seen: &Seen<'_>) -> Result<Outcome, Failure> {
    let outcome = seen.web.engine.outcome(seen.task.outcome)?;
    outcome.ok_or(Failure::NotHere)
}
