//! Reactions: what events ask of other streams, and the events that came of it.
//!
//! Whether a reaction that left no trace came to nothing rightly is known only by deciding again,
//! which is not done here: what it would have changed is seen in the sums instead.

use std::collections::BTreeMap;

use consort_kernel::command::{Body, Command};
use consort_kernel::event::Envelope;
use consort_kernel::id::CommandId;
use consort_kernel::stream::StreamId;
use consort_store::{Store, StoreError};

use super::Code;
use super::report::Findings;
use crate::lane::Reaction;

/// A reaction that waits in the store.
struct Waiting {
    body: Body,
    was_asked: bool,
}

/// What was asked for, and what waits or was refused.
#[derive(Default)]
pub(super) struct Reactions {
    /// What was asked of which stream, and has come to no event yet.
    asked: BTreeMap<CommandId, StreamId>,
    /// The one whose events are being read.
    current: Option<(CommandId, StreamId)>,
    waiting: BTreeMap<CommandId, Waiting>,
    refused: Vec<(Body, String)>,
}

impl Reactions {
    /// Reads what waits and what was refused.
    pub(super) fn begin(
        &mut self,
        store: &dyn Store,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let Self {
            waiting, refused, ..
        } = self;
        for row in store.reactions(usize::MAX)? {
            match serde_json::from_str::<Reaction>(&row.body) {
                Ok(Reaction { command, .. }) if command.id == row.id => {
                    let one = Waiting {
                        body: command.body,
                        was_asked: false,
                    };
                    waiting.insert(row.id, one);
                }
                Ok(_) | Err(_) => {
                    let text = "what waits to be done cannot be read".to_owned();
                    findings.problem(Code::ReactionChanged, row.id, text);
                }
            }
        }
        for row in store.refusals(usize::MAX)? {
            match serde_json::from_str::<Command>(&row.body) {
                Ok(command) => refused.push((command.body, row.why)),
                Err(error) => findings.problem(Code::Unreadable, row.id, error.to_string()),
            }
        }
        if !waiting.is_empty() {
            findings.note(format!("{} reactions wait to be done.", waiting.len()));
        }
        if !refused.is_empty() {
            findings.note(format!("{} reactions were refused.", refused.len()));
        }
        Ok(())
    }

    /// What waits to be done.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Body> {
        self.waiting.values().map(|waiting| &waiting.body)
    }

    /// What was refused, and why.
    pub(super) fn refused(&self) -> &[(Body, String)] {
        &self.refused
    }

    /// Looks for what an event follows from.
    pub(super) fn caused(&mut self, envelope: &Envelope, findings: &mut Findings) {
        let cause = envelope.cause;
        if self.current.is_none_or(|(current, _)| current != cause) {
            self.current = self.asked.remove_entry(&cause);
            if self.current.is_some() && self.waiting.contains_key(&cause) {
                let text = format!("it waits, and event {} came of it", envelope.version);
                findings.problem(Code::ReactionRepeated, cause, text);
            }
        }
        let follows = envelope.correlation.is_some();
        let target = self.current.map(|(_, target)| target);
        // What damaged events asked for is not known.
        if follows && target != Some(envelope.stream) && !findings.is_record_damaged() {
            let subject = format!("event {} of {}", envelope.version, envelope.stream);
            let text = format!("no event before it asked for {cause}, which it follows from");
            findings.problem(Code::CauseUnknown, subject, text);
        }
    }

    /// Takes in what an event asks for.
    pub(super) fn asked(&mut self, envelope: &Envelope, bodies: &[Body], findings: &mut Findings) {
        let (at, stream, version) = (envelope.recorded_at, envelope.stream, envelope.version);
        for (index, body) in bodies.iter().enumerate() {
            let id = CommandId::following(at, stream, version, index);
            self.asked.insert(id, body.target());
            if let Some(waiting) = self.waiting.get_mut(&id) {
                waiting.was_asked = true;
                if waiting.body != *body {
                    let text = format!("it is not what event {version} of {stream} asked for");
                    findings.problem(Code::ReactionChanged, id, text);
                }
            }
        }
    }

    pub(super) fn finish(&self, findings: &mut Findings) {
        let unasked = self
            .waiting
            .iter()
            .filter(|(_, waiting)| !waiting.was_asked);
        for (id, waiting) in unasked {
            if findings.is_record_damaged() {
                return;
            }
            let target = waiting.body.target();
            let text = format!("it waits to be done to {target}, and no event asked for it");
            findings.problem(Code::ReactionUnasked, id, text);
        }
    }
}
