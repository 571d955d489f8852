//! One examination: every event goes through each of the checks, once and in order.

use consort_kernel::effect::Effects;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::NetworkId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::TaskEvent;
use consort_store::{FeedRow, Store, StoreError, TransferWrite};

use super::Code;
use super::acceptance::Acceptances;
use super::artefact::References;
use super::event::{self, People};
use super::ledger::Ledger;
use super::log::LogCheck;
use super::personal::Personal;
use super::purse::Purses;
use super::reaction::Reactions;
use super::report::{Findings, Report};
use super::stream::Streams;
use super::timer::Timers;
use crate::artefact::Artefacts;
use crate::checkpoint::Signers;

/// All checks, as far as the feed was read.
pub(super) struct Examination<'a> {
    store: &'a dyn Store,
    findings: Findings,
    events: u64,
    log: LogCheck<'a>,
    streams: Streams,
    people: People,
    personal: Personal,
    ledger: Ledger,
    purses: Purses,
    acceptances: Acceptances,
    reactions: Reactions,
    timers: Timers,
    references: Option<References<'a>>,
}

impl<'a> Examination<'a> {
    pub(super) fn begin(
        store: &'a dyn Store,
        artefacts: Option<&'a Artefacts>,
        signers: Option<&'a Signers>,
    ) -> Result<Self, StoreError> {
        let mut findings = Findings::default();
        // One who holds nothing yet is given a name that nobody keeps.
        let identity = store.identity(NetworkId::from_bits(0)).ok();
        let is_restored = identity.is_some_and(|identity| identity.is_restored());
        Ok(Self {
            store,
            events: 0,
            log: LogCheck::begin(store, signers, is_restored, &mut findings)?,
            streams: Streams::begin(store)?,
            people: People::default(),
            personal: Personal::default(),
            ledger: Ledger::default(),
            purses: Purses::default(),
            acceptances: Acceptances::default(),
            reactions: Reactions::begin(store, &mut findings)?,
            timers: Timers::default(),
            references: artefacts.map(References::new),
            findings,
        })
    }

    /// How many events the log says that there are.
    pub(super) fn size(&self) -> u64 {
        self.log.size()
    }

    /// Takes in the next event of the feed.
    pub(super) fn event(&mut self, row: &FeedRow) -> Result<(), StoreError> {
        self.events += 1;
        self.log.take_in(row, &mut self.findings);
        let Some(envelope) = event::read(row, &mut self.findings) else {
            self.streams.give_up(row.event.stream);
            return Ok(());
        };
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
            return Ok(());
        };
        organisation(&envelope, state, &mut self.findings);
        self.purses.take_in(state);
        self.effects(&envelope, effects)
    }

    /// Compares the streams whose last event was read.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        self.streams.settle(self.store, &mut self.findings)
    }

    /// Compares what is left, and tells what was found.
    pub(super) fn finish(mut self) -> Result<Report, StoreError> {
        let (store, findings) = (self.store, &mut self.findings);
        self.log.finish(findings);
        self.streams.finish(store, findings)?;
        let is_broken = |stream| self.streams.is_broken(stream);
        self.ledger.finish(store, &is_broken, findings)?;
        self.acceptances.finish(store, &is_broken, findings)?;
        self.timers.finish(store, &is_broken, findings)?;
        for body in self.reactions.waiting() {
            self.purses.wait(body);
        }
        for (body, why) in self.reactions.refused() {
            self.purses.refused(body, why, findings);
        }
        self.purses.finish(&self.ledger, &is_broken, findings);
        self.reactions.finish(findings);
        self.personal.finish(findings);
        if let Some(references) = self.references.take() {
            references.finish(findings);
        }
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
        Ok(Report {
            events: self.events,
            streams: self.streams.seen(),
            transfers: self.ledger.count(),
            outcomes: self.streams.outcomes(),
            log_root: self.log.root(),
            checkpoints: self.log.checkpoints(),
            rebuildable: self.findings.is_rebuildable(),
            problems: self.findings.problems,
            notes: self.findings.notes,
        })
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
