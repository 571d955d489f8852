//! A network in memory for tests: it decides, applies and collects what follows, and holds the
//! kernel to what must hold after every single event.
//!
//! It keeps no log, commits nothing and knows no other process: those belong to the store and the
//! engine, whose own tests cover them.

mod build;
mod routing;
mod rows;
mod steps;

pub(crate) use build::{
    agent_profile, charter, criterion, personal_name, pre_approval, spec, submission,
};
pub(crate) use steps::{judgment, reason};

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use consort_kernel::canonical::is_canonical;
use consort_kernel::command::{Body, Command, Context, Principal};
use consort_kernel::decide::{decide, effects, reads};
use consort_kernel::effect::{Acceptance, Effects, LeaseChange, Timer, TimerChange, TimerKind};
use consort_kernel::event::{EVENT_FORM, Envelope, Event};
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, TaskId};
use consort_kernel::money::{Account, Amount, Asset, Transfer};
use consort_kernel::network::Policy;
use consort_kernel::personal::PersonalValue;
use consort_kernel::rejection::Rejection;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use rows::Watched;

/// One event that was recorded, and what followed from it.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) stream: StreamId,
    pub(crate) event: Event,
    pub(crate) at: Timestamp,
    pub(crate) effects: Effects,
}

/// The world: a network with a steward, an organisation with funds, and a clock that is set.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) network: NetworkId,
    pub(crate) organisation: OrganisationId,
    /// Owns the organisation and answers for its outcomes.
    pub(crate) ada: ContributorId,
    /// Looks after the network.
    pub(crate) steward: ContributorId,
    pub(crate) states: BTreeMap<StreamId, State>,
    pub(crate) history: Vec<Recorded>,
    pub(crate) balances: BTreeMap<(Account, Asset), i128>,
    pub(crate) acceptances: BTreeMap<TaskId, Acceptance>,
    pub(crate) timers: BTreeMap<(StreamId, TimerKind), Timer>,
    /// Reactions that were rejected: that is final.
    pub(crate) refused: Vec<(Body, Rejection)>,
    leases: BTreeMap<TaskId, u64>,
    versions: BTreeMap<StreamId, u64>,
    next: u128,
}

impl World {
    /// Sends a command and runs everything that follows from it. The answer is its own events.
    pub(crate) fn send(
        &mut self,
        principal: Principal,
        body: Body,
    ) -> Result<Vec<Event>, Rejection> {
        self.send_with(principal, body, Vec::new())
    }

    /// Sends a command that carries personal values.
    pub(crate) fn send_with(
        &mut self,
        principal: Principal,
        body: Body,
        personal: Vec<PersonalValue>,
    ) -> Result<Vec<Event>, Rejection> {
        let mut waiting = VecDeque::new();
        let command = self.command(principal, body, personal);
        let events = self.step(&command, &mut waiting)?;
        while let Some(body) = waiting.pop_front() {
            let reaction = self.command(Principal::Engine, body, Vec::new());
            if let Err(rejection) = self.step(&reaction, &mut waiting) {
                self.refused.push((reaction.body, rejection));
            }
        }
        Ok(events)
    }

    /// The command of a contributor.
    pub(crate) fn by(&mut self, who: ContributorId, body: Body) -> Result<Vec<Event>, Rejection> {
        self.send(Principal::Contributor(who), body)
    }

    /// The command of the engine, as from a timer.
    pub(crate) fn engine(&mut self, body: Body) -> Result<Vec<Event>, Rejection> {
        self.send(Principal::Engine, body)
    }

    /// Lets time pass. Nothing fires by itself.
    pub(crate) fn wait(&mut self, duration_ms: i64) {
        self.now = self.now.plus_millis(duration_ms);
    }

    /// What stands on an account, of practice money.
    pub(crate) fn balance(&self, account: Account) -> i64 {
        let kept = self.balances.get(&(account, Asset::PRACTICE));
        i64::try_from(kept.copied().unwrap_or_default()).expect("tests move small amounts")
    }

    /// Every movement of money so far.
    pub(crate) fn transfers(&self) -> impl Iterator<Item = &Transfer> {
        self.history
            .iter()
            .flat_map(|recorded| &recorded.effects.transfers)
    }

    /// The rules in force.
    pub(crate) fn policy(&self) -> Policy {
        match self.states.get(&StreamId::Network(self.network)) {
            Some(State::Network(network)) => network.policy.clone(),
            Some(_) | None => Policy::default(),
        }
    }

    /// Random bits that are the same in every run.
    pub(crate) fn draw(&mut self) -> u128 {
        self.next += 1;
        self.next
    }

    fn command(
        &mut self,
        principal: Principal,
        body: Body,
        personal: Vec<PersonalValue>,
    ) -> Command {
        let id = CommandId::new(self.now, self.draw());
        Command {
            body,
            expected: None,
            id,
            personal,
            principal,
        }
    }

    fn step(
        &mut self,
        command: &Command,
        waiting: &mut VecDeque<Body>,
    ) -> Result<Vec<Event>, Rejection> {
        let policy = self.policy();
        let context = Context {
            now: self.now,
            principal: command.principal,
            policy: &policy,
        };
        let watched = Watched::new(self);
        let decided = decide(&watched, command, &context);
        self.assert_declared(command, &watched.into_seen());
        let decided = decided?;
        for (stream, event) in &decided {
            let effects = self.record(command, *stream, event);
            waiting.extend(effects.reactions.iter().cloned());
            self.history.push(Recorded {
                stream: *stream,
                event: event.clone(),
                at: self.now,
                effects,
            });
        }
        Ok(decided.into_iter().map(|(_, event)| event).collect())
    }

    /// A command may look at no other rows than those that it declares: the engine loads only
    /// these.
    fn assert_declared(&self, command: &Command, seen: &BTreeSet<StreamId>) {
        let target = command.body.target();
        let mut declared: BTreeSet<StreamId> = reads(command, self.states.get(&target))
            .into_iter()
            .map(|(stream, _)| stream)
            .collect();
        declared.insert(target);
        let undeclared: Vec<_> = seen.difference(&declared).collect();
        assert!(
            undeclared.is_empty(),
            "{:?} looked at {undeclared:?}",
            command.body
        );
    }

    fn record(&mut self, command: &Command, stream: StreamId, event: &Event) -> Effects {
        let before = self.states.get(&stream).cloned();
        let after = State::apply(before, stream, event, self.now)
            .unwrap_or_else(|error| panic!("{error}: {event:?}"));
        let effects = effects(&after, event, self.now);
        self.states.insert(stream, after);
        let version = self.versions.entry(stream).or_insert(0);
        *version += 1;
        assert_survives_storage(&envelope(command, stream, *version, event, self.now));
        for transfer in &effects.transfers {
            self.book(transfer);
        }
        for timer in &effects.timers {
            match timer {
                TimerChange::Set(timer) => {
                    self.timers
                        .insert((timer.stream, timer.kind), timer.clone());
                }
                TimerChange::Clear(stream, kind) => {
                    self.timers.remove(&(*stream, *kind));
                }
            }
        }
        if let Some(LeaseChange::Grant { task, number, .. }) = &effects.lease {
            let latest = self.leases.entry(*task).or_insert(0);
            assert!(*number > *latest, "lease {number} of {task} after {latest}");
            *latest = *number;
        }
        if let Some(acceptance) = &effects.acceptance {
            let earlier = self.acceptances.insert(acceptance.task, acceptance.clone());
            assert_eq!(earlier, None, "{} was accepted twice", acceptance.task);
        }
        effects
    }

    fn book(&mut self, transfer: &Transfer) {
        assert!(
            transfer.amount > Amount::ZERO,
            "a transfer moves something: {transfer:?}"
        );
        let amount = i128::from(transfer.amount.minor());
        for (account, change) in [(transfer.from, -amount), (transfer.to, amount)] {
            let balance = self.balances.entry((account, transfer.asset)).or_insert(0);
            *balance += change;
            assert!(
                *balance >= 0 || !account.is_guarded(),
                "{account} is at {balance} after {transfer:?}"
            );
        }
    }
}

fn envelope(
    command: &Command,
    stream: StreamId,
    version: u64,
    event: &Event,
    at: Timestamp,
) -> Envelope {
    Envelope {
        cause: command.id,
        correlation: None,
        effective_at: None,
        event: event.clone(),
        form: EVENT_FORM,
        on_behalf_of: None,
        organisation: None,
        policy: 1,
        principal: command.principal,
        recorded_at: at,
        stream,
        version,
    }
}

fn assert_survives_storage(envelope: &Envelope) {
    let stored = envelope.to_canonical();
    assert!(is_canonical(&stored), "not canonical: {stored}");
    let read = Envelope::from_stored(&stored);
    assert_eq!(read.ok().as_ref(), Some(envelope), "read from {stored}");
}
