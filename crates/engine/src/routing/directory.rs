//! The directory: what routing knows about contributors, as the fold of the feed to a position.
//!
//! It is brought up to date event by event, so that the same position always gives the same
//! directory: a decision that names its position can be made again from the record alone.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::contributor::Contributor;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::network::{Network, Policy, Switch};
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::routing::{
    Candidate, Decision, Exclusion, Grounds, Requirement, exclusion, rank,
};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Task, TaskEvent};
use consort_kernel::time::Timestamp;
use consort_store::{FeedRow, Store, StoreError};

/// How many events are read at a time.
const PAGE: usize = 1_000;

/// Who can do what, who holds what, and which outcomes run.
#[derive(Debug, Default)]
pub struct Directory {
    position: u64,
    network: Option<Network>,
    contributors: BTreeMap<ContributorId, Contributor>,
    by_capability: BTreeMap<String, BTreeSet<ContributorId>>,
    leased: BTreeMap<TaskId, ContributorId>,
    held: BTreeMap<ContributorId, u16>,
    running: BTreeSet<OutcomeId>,
}

impl Directory {
    /// The position of the feed that it is the fold of.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Whether an outcome's tasks may be taken.
    pub fn is_running(&self, outcome: OutcomeId) -> bool {
        self.running.contains(&outcome)
    }

    /// A contributor's record.
    pub fn contributor(&self, id: ContributorId) -> Option<&Contributor> {
        self.contributors.get(&id)
    }

    /// Whether agents take no work.
    pub fn agents_stopped(&self) -> bool {
        self.network
            .as_ref()
            .is_some_and(|network| network.stopped.contains(&Switch::Agents))
    }

    /// Whether somebody holds as many tasks as they take at a time.
    pub fn is_busy(&self, id: ContributorId) -> bool {
        let held = self.held.get(&id).copied().unwrap_or(0);
        self.contributors
            .get(&id)
            .is_some_and(|it| held >= it.profile.concurrency)
    }

    /// Reads on to a position, or to the end of the feed.
    pub fn read_on(&mut self, store: &dyn Store, to: Option<u64>) -> Result<(), StoreError> {
        loop {
            let left = to.map_or(PAGE as u64, |to| to.saturating_sub(self.position));
            let limit = usize::try_from(left).unwrap_or(PAGE).min(PAGE);
            let rows = if limit == 0 {
                Vec::new()
            } else {
                store.feed(self.position, limit)?
            };
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                self.take_in(&row)?;
            }
        }
    }

    /// Ranks everybody for a task; nothing is decided when nobody can have it.
    pub fn rank(&self, task: &Task, now: Timestamp, seed: u64) -> Decision {
        let default = Policy::default();
        let policy = self
            .network
            .as_ref()
            .map_or(&default, |network| &network.policy);
        let requirement = Requirement::of(task, self.agents_stopped());
        let mut excluded: BTreeMap<Exclusion, u32> = BTreeMap::new();
        let mut candidates = Vec::new();
        let able = self.by_capability.get(requirement.capability);
        let named = able
            .into_iter()
            .flatten()
            .chain(&requirement.only)
            .collect::<BTreeSet<_>>();
        for id in named.iter().copied().copied() {
            let Some(contributor) = self.contributors.get(&id) else {
                continue;
            };
            let held = self.held.get(&id).copied().unwrap_or(0);
            let busy = self.is_busy(id) && requirement.only.is_none();
            let why = exclusion(&requirement, task, contributor);
            match why.or(busy.then_some(Exclusion::Busy)) {
                Some(why) => *excluded.entry(why).or_insert(0) += 1,
                None => candidates.push(Candidate::of(
                    contributor,
                    requirement.capability,
                    requirement.level,
                    held,
                    policy,
                    now,
                )),
            }
        }
        let others = self.contributors.len() - named.len();
        if others > 0 {
            let count = u32::try_from(others).unwrap_or(u32::MAX);
            *excluded.entry(Exclusion::Capability).or_insert(0) += count;
        }
        let grounds = Grounds {
            policy,
            position: self.position,
            at: now,
            seed,
        };
        rank(candidates, excluded, task.spec.risk, grounds)
    }

    fn take_in(&mut self, row: &FeedRow) -> Result<(), StoreError> {
        let envelope = Envelope::from_stored(&row.event.body)
            .map_err(|error| StoreError::Damaged(format!("event {}: {error}", row.position)))?;
        let damaged = || StoreError::Damaged(format!("event {} does not follow", row.position));
        match (&envelope.event, envelope.stream) {
            (Event::Contributor(event), StreamId::Contributor(id)) => {
                let before = self.contributors.remove(&id);
                if let Some(before) = &before {
                    self.unlist(before);
                }
                let after = Contributor::apply(before, id, event, envelope.recorded_at)
                    .ok_or_else(damaged)?;
                self.list(&after);
                self.contributors.insert(id, after);
            }
            (Event::Network(event), StreamId::Network(id)) => {
                let network = Network::apply(self.network.take(), id, event);
                self.network = Some(network.ok_or_else(damaged)?);
            }
            (Event::Outcome(event), StreamId::Outcome(id)) => self.follow_outcome(id, event),
            (Event::Task(event), StreamId::Task(id)) => self.follow_task(id, event),
            _ => {}
        }
        self.position = row.position;
        Ok(())
    }

    fn follow_outcome(&mut self, id: OutcomeId, event: &OutcomeEvent) {
        match event {
            OutcomeEvent::Started {} | OutcomeEvent::Resumed { .. } => {
                self.running.insert(id);
            }
            OutcomeEvent::Paused { .. }
            | OutcomeEvent::CancelRequested { .. }
            | OutcomeEvent::Closed { .. } => {
                self.running.remove(&id);
            }
            OutcomeEvent::Created(_)
            | OutcomeEvent::Funded { .. }
            | OutcomeEvent::PreApproved { .. }
            | OutcomeEvent::PreApprovalRevoked { .. }
            | OutcomeEvent::PlanChanged { .. }
            | OutcomeEvent::CancellationSpread { .. }
            | OutcomeEvent::TaskSettled(_)
            | OutcomeEvent::BecameOverdue {}
            | OutcomeEvent::SignedOff { .. } => {}
        }
    }

    fn follow_task(&mut self, id: TaskId, event: &TaskEvent) {
        match event {
            TaskEvent::Claimed { holder, .. } => {
                self.leased.insert(id, holder.id);
                *self.held.entry(holder.id).or_insert(0) += 1;
            }
            TaskEvent::LeaseExpired { .. }
            | TaskEvent::Released { .. }
            | TaskEvent::Drafted { .. }
            | TaskEvent::Submitted { .. }
            | TaskEvent::Failed { .. }
            | TaskEvent::Cancelled { .. } => {
                if let Some(holder) = self.leased.remove(&id)
                    && let Some(held) = self.held.get_mut(&holder)
                {
                    *held = held.saturating_sub(1);
                }
            }
            TaskEvent::Opened(_)
            | TaskEvent::DependentLinked { .. }
            | TaskEvent::DependencyMet { .. }
            | TaskEvent::Offered { .. }
            | TaskEvent::Declined { .. }
            | TaskEvent::OfferLapsed { .. }
            | TaskEvent::Asked { .. }
            | TaskEvent::Answered { .. }
            | TaskEvent::Noted { .. }
            | TaskEvent::Checked { .. }
            | TaskEvent::Reviewed { .. }
            | TaskEvent::ChangesRequested { .. }
            | TaskEvent::Escalated { .. }
            | TaskEvent::Accepted { .. } => {}
        }
    }

    fn list(&mut self, contributor: &Contributor) {
        for capability in contributor.skills.keys() {
            self.by_capability
                .entry(capability.clone())
                .or_default()
                .insert(contributor.id);
        }
    }

    fn unlist(&mut self, contributor: &Contributor) {
        for capability in contributor.skills.keys() {
            if let Some(able) = self.by_capability.get_mut(capability) {
                able.remove(&contributor.id);
            }
        }
    }
}
