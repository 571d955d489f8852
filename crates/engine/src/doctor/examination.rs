//! One examination: every event goes through each of the checks, once and in order.

use consort_kernel::effect::Effects;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::NetworkId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::TaskEvent;
use consort_store::{FeedRow, Flaw, Identity, Store, StoreError, TransferWrite};

use super::Code;
use super::PAGE;
use super::acceptance::Acceptances;
use super::artefact::References;
use super::event::{self, People};
use super::lease::Leases;
use super::ledger::Ledger;
use super::log::LogCheck;
use super::message::Messages;
use super::personal::Personal;
use super::purse::Purses;
use super::reaction::Reactions;
use super::receipt::Receipts;
use super::report::{BROKEN_OFF, Findings, Report, STORE};
use super::stream::Streams;
use super::timer::Timers;
use crate::artefact::Artefacts;
use crate::checkpoint::Signers;

/// All checks, as far as the feed was read.
pub(super) struct Examination<'a> {
    store: &'a dyn Store,
    findings: Findings,
    network: Option<NetworkId>,
    events: u64,
    log: LogCheck<'a>,
    streams: Streams,
    people: People,
    personal: Personal,
    ledger: Ledger,
    purses: Purses,
    acceptances: Acceptances,
    leases: Leases,
    messages: Messages,
    reactions: Reactions,
    receipts: Receipts,
    timers: Timers,
    references: Option<References<'a>>,
}

impl<'a> Examination<'a> {
    pub(super) fn new(
        store: &'a dyn Store,
        artefacts: Option<&'a Artefacts>,
        signers: Option<&'a Signers>,
    ) -> Self {
        Self {
            store,
            findings: Findings::default(),
            network: None,
            events: 0,
            log: LogCheck::new(signers),
            streams: Streams::default(),
            people: People::default(),
            personal: Personal::default(),
            ledger: Ledger::default(),
            purses: Purses::default(),
            acceptances: Acceptances::default(),
            leases: Leases::default(),
            messages: Messages::default(),
            reactions: Reactions::default(),
            receipts: Receipts::default(),
            timers: Timers::default(),
            references: artefacts.map(References::new),
        }
    }

    /// Reads all events, with what has to be known before them.
    pub(super) fn read_all(
        &mut self,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), StoreError> {
        self.begin()?;
        let mut after = 0;
        loop {
            let page = self.store.feed(after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.position;
            for row in &page {
                self.event(row)?;
            }
            self.settle()?;
            progress(after, self.log.size().max(after));
        }
    }

    /// Compares what is left, and tells what was found. Where not all could be read, what is left
    /// would look as if it were missing, and is not compared.
    pub(super) fn conclude(mut self, read: Result<(), StoreError>) -> Result<Report, StoreError> {
        let is_whole = read.is_ok();
        self.findings.read(STORE, read)?;
        if is_whole {
            self.compare()?;
        } else {
            self.findings.note(BROKEN_OFF.to_owned());
        }
        Ok(self.report())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        let (store, findings) = (self.store, &mut self.findings);
        for flaw in store.flaws()? {
            match flaw {
                Flaw::Form(text) => findings.problem(Code::FormDiffers, STORE, text),
                Flaw::Content(text) => findings.problem(Code::StoreDamaged, STORE, text),
            }
        }
        // One who holds nothing yet is given a name that nobody keeps.
        let identity = store.identity(NetworkId::from_bits(0)).ok();
        let is_restored = identity.as_ref().is_some_and(Identity::is_restored);
        self.network = identity.map(|identity| identity.network);
        self.log.begin(store, is_restored, findings)?;
        self.streams.begin(store)?;
        self.reactions.begin(store, findings)
    }

    /// Takes in the next event of the feed.
    fn event(&mut self, row: &FeedRow) -> Result<(), StoreError> {
        self.events += 1;
        self.log.take_in(row, &mut self.findings);
        let Some(envelope) = event::read(row, &mut self.findings) else {
            self.streams.give_up(row.event.stream);
            self.messages.lose();
            return Ok(());
        };
        self.network_of(&envelope);
        let (stream, cause) = (envelope.stream, envelope.cause);
        let before = self.streams.recorded_at(stream);
        self.receipts.take_in(&envelope, before, || {
            self.timers.asked_for(stream, cause) || self.streams.is_broken(stream)
        });
        if let Some(references) = &mut self.references {
            references.take_in(&envelope, &row.event.body);
        }
        self.reactions.caused(&envelope, &mut self.findings);
        self.people.take_in(&envelope, &mut self.findings);
        self.personal
            .take_in(self.store, &envelope, &mut self.findings)?;
        self.outcome_of(&envelope);
        let taken = self
            .streams
            .take_in(self.store, &envelope, &mut self.findings)?;
        let Some((effects, state)) = taken else {
            self.messages.lose();
            return Ok(());
        };
        organisation(&envelope, state, &mut self.findings);
        self.purses.take_in(state);
        self.effects(&envelope, effects)
    }

    /// Compares the streams and the commands whose last event was read.
    fn settle(&mut self) -> Result<(), StoreError> {
        self.streams.settle(self.store, &mut self.findings)?;
        self.receipts.settle(self.store, &mut self.findings)
    }

    /// Compares what is left. What cannot be read hides nothing else.
    fn compare(&mut self) -> Result<(), StoreError> {
        let (store, findings) = (self.store, &mut self.findings);
        self.log.finish(findings);
        let done = self.streams.finish(store, findings);
        findings.read("states", done)?;
        let is_broken = |stream| self.streams.is_broken(stream);
        let done = self.ledger.finish(store, &is_broken, findings);
        findings.read("transfers and balances", done)?;
        let done = self.acceptances.finish(store, &is_broken, findings);
        findings.read("acceptances", done)?;
        let done = self.leases.finish(store, &is_broken, findings);
        findings.read("leases", done)?;
        let done = self.timers.finish(store, &is_broken, findings);
        findings.read("timers", done)?;
        let done = self.receipts.finish(store, findings);
        findings.read("receipts", done)?;
        let done = self.messages.finish(store, findings);
        findings.read("messages", done)?;
        for body in self.reactions.waiting() {
            self.purses.wait(body);
        }
        for (body, why) in self.reactions.refused() {
            self.purses.refused(body, why, findings);
        }
        self.purses.finish(&self.ledger, &is_broken, findings);
        self.reactions.finish(findings);
        let done = self.personal.compare_payouts(store, findings);
        findings.read("payout details", done)?;
        self.personal.finish(findings);
        if let Some(references) = self.references.take() {
            references.finish(findings);
        }
        Ok(())
    }

    fn report(mut self) -> Report {
        let findings = &mut self.findings;
        if findings.is_record_damaged() {
            findings.note(
                "The record itself is damaged: what follows from the damaged events could not be \
                 compared."
                    .to_owned(),
            );
        }
        if findings.untold() > 0 {
            let untold = findings.untold();
            findings.note(format!("{untold} more problems were found."));
        }
        Report {
            events: self.events,
            streams: self.streams.seen(),
            transfers: self.ledger.count(),
            outcomes: self.streams.outcomes(),
            log_root: self.log.root(),
            checkpoints: self.log.checkpoints(),
            rebuildable: self.findings.is_rebuildable(),
            problems: self.findings.problems,
            notes: self.findings.notes,
        }
    }

    /// The network's own events say which one it is.
    fn network_of(&mut self, envelope: &Envelope) {
        let StreamId::Network(id) = envelope.stream else {
            return;
        };
        if envelope.version == 1 && self.network != Some(id) {
            let text = match self.network {
                Some(other) => {
                    format!("its events are here, and the store is said to hold {other}")
                }
                None => "its events are here, and the store does not say whose it is".to_owned(),
            };
            self.findings.problem(Code::NetworkDiffers, id, text);
        }
    }

    /// A task that comes into a plan needs its outcome to be there.
    fn outcome_of(&mut self, envelope: &Envelope) {
        if let Event::Task(TaskEvent::Opened(opening)) = &envelope.event
            && !self.streams.is_known(StreamId::Outcome(opening.outcome))
        {
            let text = format!("its outcome {} does not exist", opening.outcome);
            self.findings
                .problem(Code::TaskWithoutOutcome, envelope.stream, text);
        }
    }

    fn effects(&mut self, envelope: &Envelope, effects: Effects) -> Result<(), StoreError> {
        let lines = (0..).zip(effects.transfers);
        for (line, transfer) in lines {
            let expected = TransferWrite {
                stream: envelope.stream,
                version: envelope.version,
                line,
                at: envelope.recorded_at,
                transfer,
            };
            self.ledger
                .expect(self.store, expected, &mut self.findings)?;
        }
        if let Some(acceptance) = effects.acceptance {
            self.acceptances.expect(acceptance);
        }
        if let Some(change) = &effects.lease {
            self.leases.take_in(change);
        }
        self.messages
            .take_in(self.store, envelope, &effects.notices, &mut self.findings)?;
        self.timers.take_in(envelope, effects.timers);
        self.reactions
            .asked(envelope, &effects.reactions, &mut self.findings);
        Ok(())
    }
}

/// An event names the organisation that its stream belongs to.
fn organisation(envelope: &Envelope, state: &State, findings: &mut Findings) {
    if envelope.organisation != state.organisation() {
        let subject = format!("event {} of {}", envelope.version, envelope.stream);
        let text = "it names another organisation than its stream belongs to".to_owned();
        findings.problem(Code::EventDoesNotFollow, subject, text);
    }
}
