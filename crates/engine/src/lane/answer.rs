//! Answers: what came of each command, and the same answer again to what was carried out before.

use std::collections::BTreeSet;

use consort_kernel::command::{Command, Principal};
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::CommandId;
use consort_kernel::rejection::Rejection;
use consort_kernel::time::Timestamp;
use consort_store::{Receipt, StoreError};

use super::{Lane, LaneError, RECEIPTS_KEPT_MS, Reaction, Work};

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The command.
    pub command: CommandId,
    /// The events that it made on the stream it was sent to, in order. What it made on others, as a
    /// change of plan opens tasks, and what followed, has it as its cause in the feed.
    pub events: Vec<Event>,
    /// Whether this is the answer of an earlier time.
    pub repeated: bool,
}

impl Answer {
    /// The answer to what another lane has dealt with.
    pub(super) const fn handled(command: CommandId) -> Self {
        Self {
            command,
            events: Vec::new(),
            repeated: true,
        }
    }
}

impl Lane {
    /// Answers what was set apart before, and what is too old to tell whether it was carried out.
    pub(super) fn answer_at_once(
        &self,
        work: &[Work],
        now: Timestamp,
        replies: &mut [Option<Result<Answer, LaneError>>],
    ) -> Result<(), StoreError> {
        let mut apart = Vec::new();
        for (at, work) in work.iter().enumerate() {
            let command = work.command();
            if let Some(why) = self.quarantined.get(&command.id) {
                apart.push((at, Err(LaneError::Quarantined(why.clone()))));
            } else if let Some(why) = too_old(command, now) {
                apart.push((at, Err(why.into())));
            }
        }
        self.answer(work, apart, replies)
    }

    /// Gives answers; where one says no, and the command was carried out before, the answer of that
    /// time in its place.
    pub(super) fn answer(
        &self,
        work: &[Work],
        answers: Vec<(usize, Result<Answer, LaneError>)>,
        replies: &mut [Option<Result<Answer, LaneError>>],
    ) -> Result<(), StoreError> {
        let refused = answers.iter().filter(|(_, answer)| answer.is_err());
        let looked_up = self.answer_repeated(work, refused.map(|(at, _)| *at), replies);
        for (at, answer) in answers {
            // What was carried out is answered, even where the others cannot be told.
            if answer.is_ok() || looked_up.is_ok() {
                replies[at].get_or_insert(answer);
            }
        }
        looked_up
    }

    /// Answers those commands again that have a receipt.
    pub(super) fn answer_repeated(
        &self,
        work: &[Work],
        places: impl Iterator<Item = usize>,
        replies: &mut [Option<Result<Answer, LaneError>>],
    ) -> Result<(), StoreError> {
        let places: Vec<usize> = places
            .filter(|at| matches!(work[*at], Work::Command(_)))
            .collect();
        if places.is_empty() {
            return Ok(());
        }
        let keys: Vec<(String, CommandId)> = places
            .iter()
            .map(|at| work[*at].command())
            .map(|command| (command.principal.to_string(), command.id))
            .collect();
        let receipts = self.store.receipts(&keys)?;
        for (at, (principal, id)) in places.into_iter().zip(keys) {
            let known = receipts
                .iter()
                .find(|receipt| receipt.command == id && receipt.principal == principal);
            if let Some(receipt) = known {
                replies[at] = Some(self.repeat(work[at].command(), receipt)?);
            }
        }
        Ok(())
    }

    /// Answers reactions that wait no longer, because another lane handled them; tells whether
    /// there are any. What follows from an event a second time need not follow at all, so that
    /// it may look as if the rows were damaged.
    pub(super) fn answer_handled(
        &self,
        work: &[Work],
        replies: &mut [Option<Result<Answer, LaneError>>],
    ) -> Result<bool, StoreError> {
        let rows = self.store.reactions(usize::MAX)?;
        let waiting: BTreeSet<CommandId> = rows.iter().map(|row| row.id).collect();
        let mut any = false;
        for (work, reply) in work.iter().zip(replies) {
            let Work::Reaction(Reaction { command, .. }) = work else {
                continue;
            };
            if reply.is_none() && !waiting.contains(&command.id) {
                *reply = Some(Ok(Answer::handled(command.id)));
                any = true;
            }
        }
        Ok(any)
    }

    /// The answer of an earlier time, if the same was asked.
    fn repeat(
        &self,
        command: &Command,
        receipt: &Receipt,
    ) -> Result<Result<Answer, LaneError>, StoreError> {
        if receipt.digest != command.digest() {
            return Ok(Err(Rejection::IdReused.into()));
        }
        let count = usize::from(receipt.events);
        let rows = if count == 0 {
            Vec::new()
        } else {
            self.store.history(
                receipt.stream,
                receipt.first_version.saturating_sub(1),
                count,
            )?
        };
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let envelope = Envelope::from_stored(&row.event.body)
                .map_err(|error| StoreError::Damaged(format!("event {}: {error}", row.position)))?;
            events.push(envelope.event);
        }
        Ok(Ok(Answer {
            command: command.id,
            events,
            repeated: true,
        }))
    }
}

fn too_old(command: &Command, now: Timestamp) -> Option<Rejection> {
    let at = command.id.time();
    let engine = command.principal == Principal::Engine;
    (!engine && now.millis_since(at) > RECEIPTS_KEPT_MS).then_some(Rejection::TooOld(at))
}
