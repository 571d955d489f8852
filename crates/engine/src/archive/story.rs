//! The outcome as the events of an archive tell it: states folded, effects made again.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::canonical::is_canonical;
use consort_kernel::contributor::{ContributorEvent, Nature};
use consort_kernel::decide::effects;
use consort_kernel::effect::Effects;
use consort_kernel::event::{EVENT_FORM, Envelope, Event};
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::outcome::{Outcome, OutcomeEvent};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Task, TaskEvent};
use consort_store::TransferWrite;

use super::EVENTS;
use super::event::Line;
use super::gather::concerns;
use super::report::Problems;
use crate::doctor::Fold;

/// What the events tell.
#[derive(Default)]
pub(super) struct Story {
    folds: BTreeMap<StreamId, Fold>,
    organisations: BTreeMap<OrganisationId, State>,
    /// Who took part, and whether they are a person.
    pub(super) people: BTreeMap<ContributorId, bool>,
    /// Who signed, and what.
    pub(super) signed: Vec<(ContributorId, StreamId)>,
    pub(super) transfers: Vec<TransferWrite>,
    /// How many tasks came into the plan.
    pub(super) planned: u64,
}

impl Story {
    /// Reads the events of an outcome's archive.
    pub(super) fn read(lines: &[Line], outcome: OutcomeId, problems: &mut Problems) -> Self {
        let envelopes: Vec<(u64, Envelope)> = lines
            .iter()
            .filter_map(|line| Some((line.position, envelope(line, problems)?)))
            .collect();
        let tasks: BTreeSet<TaskId> = envelopes
            .iter()
            .filter_map(|(_, envelope)| opened(envelope, outcome))
            .collect();
        let mut story = Self::default();
        for (position, envelope) in &envelopes {
            let belongs = match envelope.stream {
                StreamId::Outcome(id) => id == outcome,
                StreamId::Task(id) => tasks.contains(&id),
                StreamId::Network(_) | StreamId::Organisation(_) | StreamId::Contributor(_) => {
                    concerns(&envelope.event, outcome, &tasks)
                }
            };
            if !belongs {
                let text = format!("event {position} does not belong to the outcome");
                problems.add(EVENTS, text);
                continue;
            }
            let Some(effects) = story.take_in(envelope) else {
                let text = format!("event {position} cannot follow on those before it");
                problems.add(EVENTS, text);
                continue;
            };
            story.keep(envelope, effects);
        }
        story
    }

    /// The outcome.
    pub(super) fn outcome(&self, id: OutcomeId) -> Option<&Outcome> {
        match self.folds.get(&StreamId::Outcome(id))?.state.as_ref()? {
            State::Outcome(outcome) => Some(outcome),
            State::Contributor(_) | State::Network(_) | State::Organisation(_) | State::Task(_) => {
                None
            }
        }
    }

    /// Its tasks.
    pub(super) fn tasks(&self) -> BTreeMap<TaskId, Task> {
        let states = self.folds.values().filter_map(|fold| fold.state.as_ref());
        states
            .filter_map(|state| match state {
                State::Task(task) => Some((task.id, task.as_ref().clone())),
                State::Contributor(_)
                | State::Network(_)
                | State::Organisation(_)
                | State::Outcome(_) => None,
            })
            .collect()
    }

    /// What follows from an event; nothing if it cannot follow on those before it.
    fn take_in(&mut self, envelope: &Envelope) -> Option<Effects> {
        let at = envelope.recorded_at;
        match envelope.stream {
            StreamId::Outcome(_) | StreamId::Task(_) => {
                let fold = self.folds.entry(envelope.stream).or_default();
                fold.take_in(envelope).ok()
            }
            // Only some events of these are shown, so they cannot be folded; what follows from an
            // organisation's rests on who it is alone.
            StreamId::Organisation(id) => {
                if let Some(founded) = self.organisations.get(&id) {
                    return Some(effects(founded, &envelope.event, at));
                }
                let state = State::apply(None, envelope.stream, &envelope.event, at).ok()?;
                let effects = effects(&state, &envelope.event, at);
                self.organisations.insert(id, state);
                Some(effects)
            }
            StreamId::Contributor(id) => {
                if let Event::Contributor(ContributorEvent::Added { nature, .. }) = &envelope.event
                {
                    let is_person = matches!(nature, Nature::Person);
                    let before = self.people.insert(id, is_person);
                    return before.is_none().then(Effects::default);
                }
                self.people.contains_key(&id).then(Effects::default)
            }
            StreamId::Network(_) => None,
        }
    }

    fn keep(&mut self, envelope: &Envelope, effects: Effects) {
        let lines = (0..).zip(effects.transfers);
        self.transfers
            .extend(lines.map(|(line, transfer)| TransferWrite {
                stream: envelope.stream,
                version: envelope.version,
                line,
                at: envelope.recorded_at,
                transfer,
            }));
        match &envelope.event {
            Event::Task(TaskEvent::Accepted { settlement, .. }) => {
                self.signed
                    .push((settlement.approval.by(), envelope.stream));
            }
            Event::Outcome(OutcomeEvent::SignedOff { by, .. }) => {
                self.signed.push((*by, envelope.stream));
            }
            Event::Outcome(OutcomeEvent::PlanChanged { added, .. }) => {
                self.planned += u64::from(*added);
            }
            Event::Contributor(_)
            | Event::Network(_)
            | Event::Organisation(_)
            | Event::Outcome(_)
            | Event::Task(_) => {}
        }
    }
}

/// The event of a line, if it can be read.
fn envelope(line: &Line, problems: &mut Problems) -> Option<Envelope> {
    let position = line.position;
    if !is_canonical(&line.body) {
        problems.add(EVENTS, format!("event {position} is not canonical JSON"));
    }
    let envelope = line
        .envelope()
        .filter(|envelope| envelope.form <= EVENT_FORM);
    if envelope.is_none() {
        let text = format!("event {position} cannot be read; a newer consort may know its form");
        problems.add(EVENTS, text);
    }
    envelope
}

/// The task that came into the outcome's plan by an event.
fn opened(envelope: &Envelope, outcome: OutcomeId) -> Option<TaskId> {
    match (&envelope.event, envelope.stream) {
        (Event::Task(TaskEvent::Opened(opening)), StreamId::Task(id)) => {
            (opening.outcome == outcome).then_some(id)
        }
        _ => None,
    }
}
