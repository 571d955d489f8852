//! Messages for the world: those that wait, compared with the events that they tell of.
//!
//! Each message has the position after that of the one before, so both are read side by side. One
//! that waits no longer may have been delivered, which no event tells; those are counted.

use std::collections::VecDeque;

use consort_kernel::effect::Notice;
use consort_kernel::event::Envelope;
use consort_store::{OutboxRow, Store, StoreError};

use super::Code;
use super::PAGE;
use super::report::Findings;

/// The messages as they are read, and how many there ever were.
#[derive(Default)]
pub(super) struct Messages {
    given: u64,
    gone: u64,
    after: u64,
    ahead: VecDeque<(u64, OutboxRow)>,
    /// Whether an event could not be taken in, so that positions are not known from there on.
    is_lost: bool,
}

impl Messages {
    /// What an event asks for is not known.
    pub(super) const fn lose(&mut self) {
        self.is_lost = true;
    }

    /// Compares the messages of an event with those that wait.
    pub(super) fn take_in(
        &mut self,
        store: &dyn Store,
        envelope: &Envelope,
        notices: &[Notice],
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        if self.is_lost {
            return Ok(());
        }
        for notice in notices {
            self.given += 1;
            let expected = OutboxRow {
                stream: envelope.stream,
                version: envelope.version,
                topic: notice.topic.to_owned(),
            };
            match self.at(store, self.given)? {
                None => self.gone += 1,
                Some(kept) if kept == expected => {}
                Some(kept) => {
                    let text = format!(
                        "{} of event {} of {} waits in its place",
                        kept.topic, kept.version, kept.stream
                    );
                    let subject = format!(
                        "message {}, {} of event {} of {}",
                        self.given, expected.topic, expected.version, expected.stream
                    );
                    findings.problem(Code::MessageChanged, subject, text);
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(
        &mut self,
        store: &dyn Store,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        if self.is_lost {
            return Ok(());
        }
        while let Some((position, kept)) = self.next(store)? {
            let text = format!(
                "{} of event {} of {} waits, and no event asked for it",
                kept.topic, kept.version, kept.stream
            );
            findings.problem(Code::MessageUnasked, format!("message {position}"), text);
        }
        if self.gone > 0 {
            findings.note(format!(
                "{} messages wait no longer: delivered or deleted, which no event tells.",
                self.gone
            ));
        }
        Ok(())
    }

    /// The message at a position, if it waits.
    fn at(&mut self, store: &dyn Store, position: u64) -> Result<Option<OutboxRow>, StoreError> {
        let Some((found, row)) = self.next(store)? else {
            return Ok(None);
        };
        if found == position {
            return Ok(Some(row));
        }
        self.ahead.push_front((found, row));
        Ok(None)
    }

    fn next(&mut self, store: &dyn Store) -> Result<Option<(u64, OutboxRow)>, StoreError> {
        if self.ahead.is_empty() {
            self.ahead.extend(store.outbox(self.after, PAGE)?);
            self.after = self.ahead.back().map_or(self.after, |(last, _)| *last);
        }
        Ok(self.ahead.pop_front())
    }
}
