//! What a batch will write, put together as plain data.

use std::collections::BTreeMap;

use consort_kernel::command::Command;
use consort_kernel::digest::Digest;
use consort_kernel::effect::{Effects, Timer};
use consort_kernel::event::Envelope;
use consort_kernel::id::CommandId;
use consort_kernel::personal::PersonalValue;
use consort_kernel::state::{STATE_FORM, State};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{
    EventRow, FiredTimer, Guard, OutboxRow, PersonalRow, ReactionRow, Receipt, RefusalRow,
    RowWrite, StateRow, TransferWrite, WriteSet,
};

use super::Reaction;
use super::cache::{Cache, Cached};

/// A state that the batch changed, and the version that it was read at.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) cached: Cached,
    pub(super) read_version: u64,
}

/// The writes of a batch.
pub(super) struct Writes {
    pub(super) set: WriteSet,
    /// The events of the set, as they were before they became bytes.
    envelopes: Vec<Envelope>,
    states: BTreeMap<StreamId, Changed>,
}

impl Writes {
    pub(super) fn new(epoch: u64) -> Self {
        Self {
            set: WriteSet {
                epoch,
                ..WriteSet::default()
            },
            envelopes: Vec::new(),
            states: BTreeMap::new(),
        }
    }

    pub(super) fn events(&self) -> usize {
        self.set.events.len()
    }

    /// Whether there is nothing to commit.
    pub(super) fn is_empty(&self) -> bool {
        let set = &self.set;
        set.rows.is_empty()
            && set.timers.is_empty()
            && set.fired.is_empty()
            && set.reactions_done.is_empty()
            && set.receipts.is_empty()
            && set.refusals.is_empty()
    }

    pub(super) fn event(&mut self, envelope: Envelope) {
        self.set.events.push(EventRow {
            stream: envelope.stream,
            version: envelope.version,
            body: envelope.to_canonical(),
        });
        self.envelopes.push(envelope);
    }

    pub(super) fn guard(&mut self, stream: StreamId, fence: u64) {
        let guard = Guard { stream, fence };
        if !self.set.guards.contains(&guard) {
            self.set.guards.push(guard);
        }
    }

    /// Notes that a timer fired, as this command.
    pub(super) fn fired(&mut self, timer: &Timer, command: CommandId) {
        self.set.fired.push(FiredTimer {
            timer: timer.clone(),
            command,
        });
    }

    pub(super) fn reaction_done(&mut self, id: CommandId) {
        self.set.reactions_done.push(id);
    }

    /// Keeps a reaction for a later batch.
    pub(super) fn store_reaction(&mut self, reaction: &Reaction) {
        let body = serde_json::to_string(reaction).expect("commands have string keys");
        self.set.reactions.push(ReactionRow {
            id: reaction.command.id,
            body,
        });
    }

    /// Keeps on record that a reaction was rejected, which is final.
    pub(super) fn refused(&mut self, command: &Command, why: &str, at: Timestamp) {
        let body = serde_json::to_string(command).expect("commands have string keys");
        self.set.refusals.push(RefusalRow {
            id: command.id,
            at,
            why: why.to_owned(),
            body,
        });
    }

    /// Keeps what follows from an event.
    pub(super) fn effects(
        &mut self,
        stream: StreamId,
        version: u64,
        at: Timestamp,
        effects: Effects,
    ) {
        let lines = (0..).zip(effects.transfers);
        self.set
            .transfers
            .extend(lines.map(|(line, transfer)| TransferWrite {
                stream,
                version,
                line,
                at,
                transfer,
            }));
        self.set.timers.extend(effects.timers);
        self.set.leases.extend(effects.lease);
        self.set.acceptances.extend(effects.acceptance);
        self.set
            .outbox
            .extend(effects.notices.into_iter().map(|notice| OutboxRow {
                stream,
                version,
                topic: notice.topic.to_owned(),
            }));
    }

    pub(super) fn receipt(
        &mut self,
        command: &Command,
        digest: Digest,
        first_version: u64,
        events: u16,
        at: Timestamp,
    ) {
        self.set.receipts.push(Receipt {
            principal: command.principal.to_string(),
            command: command.id,
            digest,
            stream: command.body.target(),
            first_version,
            events,
            at,
        });
    }

    pub(super) fn personal(&mut self, subject: StreamId, values: &[PersonalValue]) {
        // Of what is said twice in a batch, the last is kept.
        let is_said = |row: &PersonalRow| {
            let is_same = |value: &PersonalValue| value.field == row.field;
            row.subject == subject && values.iter().any(is_same)
        };
        self.set.personal.retain(|row| !is_said(row));
        self.set
            .personal
            .extend(values.iter().map(|value| PersonalRow {
                subject,
                field: value.field.clone(),
                salt: value.salt,
                value: value.value.clone(),
            }));
    }

    /// Adds the states as rows.
    pub(super) fn with_states(mut self, states: BTreeMap<StreamId, Changed>) -> Self {
        self.set.rows = states
            .iter()
            .map(|(stream, changed)| RowWrite {
                row: row(*stream, &changed.cached),
                read_version: changed.read_version,
            })
            .collect();
        self.states = states;
        self
    }

    /// The states, with their versions.
    pub(super) fn states(&self) -> impl Iterator<Item = (StreamId, &State, u64)> {
        let states = self.states.iter();
        states.map(|(stream, changed)| (*stream, &changed.cached.state, changed.cached.version))
    }

    /// Puts the states into the cache, once they are committed, and hands the events over. Settled
    /// tasks are not looked at again.
    pub(super) fn keep(self, cache: &mut Cache) -> Vec<Envelope> {
        for (stream, changed) in self.states {
            let settled = matches!(&changed.cached.state, State::Task(task) if task.is_settled());
            if !settled {
                cache.put(stream, changed.cached);
            }
        }
        self.envelopes
    }
}

fn row(stream: StreamId, cached: &Cached) -> StateRow {
    StateRow {
        stream,
        version: cached.version,
        fence: cached.fence,
        recorded_at: cached.recorded_at,
        parent: cached.state.parent(),
        status: cached.state.status().to_owned(),
        form: STATE_FORM,
        body: serde_json::to_string(&cached.state).expect("states have string keys"),
    }
}
