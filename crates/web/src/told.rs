//! What somebody is told of an event: by the feed of the API and by their webhooks, the same.
//!
//! An entry is a `CloudEvent` without data: what became of a thing is read under the reader's own rights.

use consort_engine::Engine;
use consort_kernel::event::Envelope;
use consort_kernel::id::ContributorId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_post::{PostError, Sight};
use serde::Serialize;
use utoipa::ToSchema;

use crate::right::{self, About, Act, Asking};
use crate::server::{Failure, Web};
use crate::sight;

/// An entry of the feed: a `CloudEvent` (1.0, JSON) without data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// The version of `CloudEvents`.
    #[schema(example = "1.0")]
    specversion: &'static str,
    /// The position in the feed.
    pub(crate) id: String,
    /// The network.
    source: String,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "consort.task.submitted")]
    kind: String,
    /// What it happened to.
    subject: String,
    /// When it was recorded.
    time: String,
}

/// The entry of an event at a position; nothing where they may not see it.
pub(crate) fn entry(
    engine: &Engine,
    who: ContributorId,
    position: u64,
    envelope: &Envelope,
) -> Result<Option<Entry>, Failure> {
    if !sees(engine, who, envelope.stream)? {
        return Ok(None);
    }
    Ok(Some(Entry {
        specversion: "1.0",
        id: position.to_string(),
        source: format!("urn:consort:{}", engine.network()),
        kind: format!("consort.{}", envelope.event.name()),
        subject: envelope.stream.to_string(),
        time: envelope.recorded_at.to_string(),
    }))
}

/// Whether somebody may see what a stream is about.
fn sees(engine: &Engine, who: ContributorId, stream: StreamId) -> Result<bool, Failure> {
    let may = |act, about: About<'_>| right::may(engine, Asking::sees(who), act, about);
    match stream {
        StreamId::Task(id) => match engine.task(id)? {
            Some(task) => sight::sees_task(engine, who, &task),
            None => Ok(false),
        },
        StreamId::Outcome(id) => match engine.outcome(id)? {
            Some(outcome) => sight::sees_all(engine, who, &outcome),
            None => Ok(false),
        },
        StreamId::Contributor(id) => match engine.state(StreamId::Contributor(id))? {
            Some(State::Contributor(it)) => may(Act::SeeStanding, About::Contributor(&it)),
            _ => Ok(false),
        },
        StreamId::Organisation(id) => may(Act::SeeBooks, About::Organisation(id)),
        StreamId::Network(_) => may(Act::SeeRules, About::Network),
    }
}

impl Sight for Web {
    fn told(
        &self,
        who: ContributorId,
        position: u64,
        envelope: &Envelope,
    ) -> Result<Option<String>, PostError> {
        let unsure = |why: &dyn std::fmt::Display| PostError::Unreadable(why.to_string());
        let may = right::may(
            &self.engine,
            Asking::sees(who),
            Act::ReceiveEvents,
            About::Network,
        );
        if !may.map_err(|error| unsure(&error))? {
            return Ok(None);
        }
        let entry = entry(&self.engine, who, position, envelope).map_err(|error| unsure(&error))?;
        let told = entry.map(|entry| serde_json::to_string(&entry));
        told.transpose().map_err(|error| unsure(&error))
    }
}
