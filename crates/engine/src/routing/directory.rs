//! The directory: what routing knows about contributors, as the fold of the feed to a position.
//!
//! It is brought up to date event by event, so that the same position always gives the same
//! directory: a decision that names its position can be made again from the record alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use consort_kernel::contributor::{Contributor, ContributorEvent};
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::network::{Network, Policy, Switch};
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::routing::{
    Applicant, Candidate, Decision, Exclusion, Grounds, Ranking, Requirement,
};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Task, TaskEvent};
use consort_kernel::time::Timestamp;
use consort_store::{Store, StoreError};

use super::column::{Column, Member};
use crate::feed::Recent;

/// How many events are read at a time.
const PAGE: usize = 1_000;

/// Who can do what, who holds what, and which outcomes run.
#[derive(Debug, Default)]
pub struct Directory {
    position: u64,
    network: Option<Network>,
    members: HashMap<ContributorId, Member>,
    /// Each is there, but for the moment in which an event changes it.
    contributors: Vec<Option<Contributor>>,
    /// How many tasks each member holds.
    held: Vec<u32>,
    /// How many offers each member has not answered yet.
    asked: Vec<u32>,
    columns: HashMap<String, Column>,
    leased: HashMap<TaskId, Member>,
    offered: HashMap<TaskId, Member>,
    /// The versions of the tasks that are not settled.
    open: HashMap<TaskId, u64>,
    running: HashSet<OutcomeId>,
    hopeless: HashMap<TaskId, Hopeless>,
    /// How often the rules, or what stands still, were changed.
    rules: u64,
}

/// When nobody could have a task, whoever might be free.
#[derive(Debug, PartialEq, Eq)]
struct Hopeless {
    capability: String,
    /// How often those who have the capability had changed.
    changes: u64,
    rules: u64,
    version: u64,
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

    /// The version of a task at this position; nothing once it is settled.
    pub fn version_of(&self, task: TaskId) -> Option<u64> {
        self.open.get(&task).copied()
    }

    /// Notes that nobody can have the task of this version, whoever becomes free.
    pub(super) fn note_hopeless(&mut self, task: &Task, version: u64) {
        let capability = task.spec.capability.clone();
        let since = Hopeless {
            changes: self.changes_of(&capability),
            capability,
            rules: self.rules,
            version,
        };
        self.hopeless.insert(task.id, since);
    }

    /// Whether that was noted, and neither the task nor those who have its capability nor the rules have
    /// changed since: time alone brings nobody.
    pub fn is_hopeless(&self, task: TaskId) -> bool {
        self.hopeless.get(&task).is_some_and(|since| {
            self.version_of(task) == Some(since.version)
                && self.rules == since.rules
                && self.changes_of(&since.capability) == since.changes
        })
    }

    fn changes_of(&self, capability: &str) -> u64 {
        self.columns.get(capability).map_or(0, Column::changes)
    }

    /// A contributor's record.
    pub fn contributor(&self, id: ContributorId) -> Option<&Contributor> {
        let member = *self.members.get(&id)? as usize;
        self.contributors.get(member)?.as_ref()
    }

    /// Whether agents take no work.
    pub fn agents_stopped(&self) -> bool {
        self.network
            .as_ref()
            .is_some_and(|network| network.stopped.contains(&Switch::Agents))
    }

    /// Whether somebody holds as many tasks as they take at a time.
    pub fn is_busy(&self, id: ContributorId) -> bool {
        let held = self
            .members
            .get(&id)
            .map(|member| self.held[*member as usize]);
        self.contributor(id)
            .zip(held)
            .is_some_and(|(contributor, held)| held >= u32::from(contributor.profile.concurrency))
    }

    /// Reads on from the latest events of this process, as far as they follow on.
    pub fn follow(&mut self, recent: &Recent) -> Result<(), StoreError> {
        loop {
            let batches = recent.after(self.position);
            if batches.is_empty() {
                return Ok(());
            }
            for (first_position, envelopes) in batches {
                for (position, envelope) in (first_position..).zip(envelopes.iter()) {
                    if position > self.position {
                        self.take_in(position, envelope)?;
                    }
                }
            }
        }
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
                let envelope = Envelope::from_stored(&row.event.body).map_err(|error| {
                    StoreError::Damaged(format!("event {}: {error}", row.position))
                })?;
                self.take_in(row.position, &envelope)?;
            }
        }
    }

    /// Ranks everybody for a task, after so many offers to whom were decided at this position; nothing is
    /// decided when nobody can have it.
    pub fn rank(
        &self,
        task: &Task,
        now: Timestamp,
        seed: u64,
        ahead: &BTreeMap<ContributorId, u16>,
    ) -> Decision {
        // Whoever has offers to answer is not free for another one at once.
        let taken = |member: Member, who: &ContributorId| {
            let (held, asked) = (self.held[member as usize], self.asked[member as usize]);
            let ahead = ahead.get(who).copied().unwrap_or_default();
            count(held.saturating_add(asked).saturating_add(u32::from(ahead)))
        };
        Decision {
            ahead: ahead.clone(),
            ..self.rank_by(task, (now, seed), true, taken)
        }
    }

    /// Makes a recorded decision again, by the rule that it was made by.
    pub(super) fn rank_again(&self, task: &Task, seed: u64, recorded: &Decision) -> Decision {
        if recorded.algorithm != Decision::WITHOUT_OFFERS {
            return self.rank(task, recorded.at, seed, &recorded.ahead);
        }
        let held = |member: Member, _: &ContributorId| count(self.held[member as usize]);
        // It came under that name, too, that work goes back to whoever did it; where that made a difference, it
        // is on record.
        let returns = recorded.leading.iter().any(|scored| scored.again);
        Decision {
            algorithm: Decision::WITHOUT_OFFERS.to_owned(),
            ..self.rank_by(task, (recorded.at, seed), returns, held)
        }
    }

    /// Ranks everybody who has so many tasks taken; what came back `returns` to whoever did it, or is anybody's.
    fn rank_by(
        &self,
        task: &Task,
        (now, seed): (Timestamp, u64),
        returns: bool,
        taken: impl Fn(Member, &ContributorId) -> u16,
    ) -> Decision {
        let default = Policy::default();
        let policy = self
            .network
            .as_ref()
            .map_or(&default, |network| &network.policy);
        let mut requirement = Requirement::of(task, self.agents_stopped(), now);
        requirement.again = requirement.again.filter(|_| returns);
        let grounds = Grounds {
            policy,
            position: self.position,
            at: now,
            seed,
        };
        let mut ranking = Ranking::new(task.spec.risk, grounds);
        let mut excluded: BTreeMap<Exclusion, u32> = BTreeMap::new();
        let mut looked_at = 0;
        let mut look_at = |member: Member, applicant: &Applicant| {
            looked_at += 1;
            let held = self.held[member as usize];
            let is_busy = held >= u32::from(applicant.concurrency) && requirement.only.is_none();
            let why = applicant.exclusion(&requirement, task);
            if let Some(why) = why.or(is_busy.then_some(Exclusion::Busy)) {
                *excluded.entry(why).or_insert(0) += 1;
                return;
            }
            let taken = taken(member, &applicant.contributor);
            ranking.add(&Candidate::of(applicant, &requirement, taken, now));
        };
        let column = self.columns.get(requirement.capability);
        for (member, applicant) in column.map_or(&[][..], Column::applicants) {
            look_at(*member, applicant);
        }
        // Whom it was escalated to is asked whatever they can do.
        if let Some(only) = requirement.only
            && !column.is_some_and(|column| column.has(only))
            && let Some(member) = self.members.get(&only)
            && let Some(contributor) = self.contributor(only)
        {
            look_at(*member, &Applicant::of(contributor, requirement.capability));
        }
        let others = self.contributors.len() - looked_at;
        if others > 0 {
            let count = u32::try_from(others).unwrap_or(u32::MAX);
            *excluded.entry(Exclusion::Capability).or_insert(0) += count;
        }
        ranking.decide(excluded)
    }

    fn take_in(&mut self, position: u64, envelope: &Envelope) -> Result<(), StoreError> {
        let damaged = || StoreError::Damaged(format!("event {position} does not follow"));
        match (&envelope.event, envelope.stream) {
            (Event::Contributor(event), StreamId::Contributor(id)) => {
                let member = self.members.get(&id).copied();
                let before = member.and_then(|member| self.contributors[member as usize].take());
                if matches!(event, ContributorEvent::Declared { .. }) {
                    self.unlist(before.as_ref());
                }
                let after = Contributor::apply(before, id, event, envelope.recorded_at)
                    .ok_or_else(damaged)?;
                self.list(member, after);
            }
            (Event::Network(event), StreamId::Network(id)) => {
                self.rules += 1;
                let network = Network::apply(self.network.take(), id, event);
                self.network = Some(network.ok_or_else(damaged)?);
            }
            (Event::Outcome(event), StreamId::Outcome(id)) => self.follow_outcome(id, event),
            (Event::Task(event), StreamId::Task(id)) => {
                self.follow_task(id, envelope.version, event);
            }
            _ => {}
        }
        self.position = position;
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
            | OutcomeEvent::ResumptionSpread { .. }
            | OutcomeEvent::TaskSettled(_)
            | OutcomeEvent::BecameOverdue {}
            | OutcomeEvent::SignedOff { .. } => {}
        }
    }

    fn follow_task(&mut self, id: TaskId, version: u64, event: &TaskEvent) {
        self.open.insert(id, version);
        match event {
            TaskEvent::Offered { to, .. } => {
                if let Some(member) = self.members.get(to) {
                    self.offered.insert(id, *member);
                    self.asked[*member as usize] += 1;
                }
            }
            TaskEvent::Declined { .. }
            | TaskEvent::OfferLapsed { .. }
            | TaskEvent::Escalated { .. } => self.is_answered(id),
            TaskEvent::KeptApart { from, .. } => {
                if self.members.get(from) == self.offered.get(&id) {
                    self.is_answered(id);
                }
            }
            TaskEvent::Claimed { holder, .. } => {
                self.is_answered(id);
                if let Some(member) = self.members.get(&holder.id) {
                    self.leased.insert(id, *member);
                    self.held[*member as usize] += 1;
                }
            }
            TaskEvent::Reassigned { .. } => {
                self.is_answered(id);
                self.is_let_go(id);
            }
            TaskEvent::LeaseExpired { .. }
            | TaskEvent::Released { .. }
            | TaskEvent::Drafted { .. }
            | TaskEvent::Submitted { .. } => self.is_let_go(id),
            TaskEvent::Failed { .. } | TaskEvent::Cancelled { .. } => {
                self.is_let_go(id);
                self.settle(id);
            }
            TaskEvent::Accepted { .. } => self.settle(id),
            TaskEvent::Opened(_)
            | TaskEvent::DependentLinked { .. }
            | TaskEvent::DependencyMet { .. }
            | TaskEvent::NobodyFound { .. }
            | TaskEvent::Extended { .. }
            | TaskEvent::Asked { .. }
            | TaskEvent::Answered { .. }
            | TaskEvent::Noted { .. }
            | TaskEvent::Checked { .. }
            | TaskEvent::Reviewed { .. }
            | TaskEvent::ChangesRequested { .. }
            | TaskEvent::ChangesAdded { .. } => {}
        }
    }

    fn settle(&mut self, task: TaskId) {
        self.is_answered(task);
        self.open.remove(&task);
        self.hopeless.remove(&task);
    }

    fn is_let_go(&mut self, task: TaskId) {
        one_less(&mut self.held, self.leased.remove(&task));
    }

    fn is_answered(&mut self, task: TaskId) {
        one_less(&mut self.asked, self.offered.remove(&task));
    }

    /// Lists a contributor as they are now, under the capabilities that they have now.
    fn list(&mut self, member: Option<Member>, contributor: Contributor) {
        let id = contributor.id;
        let member = member.unwrap_or_else(|| {
            let member = Member::try_from(self.contributors.len())
                .expect("a network has fewer than four thousand million contributors");
            self.members.insert(id, member);
            self.contributors.push(None);
            self.held.push(0);
            self.asked.push(0);
            member
        });
        for capability in contributor.skills.keys() {
            let applicant = Applicant::of(&contributor, capability);
            // A capability is new far more rarely than somebody's standing changes.
            if !self.columns.contains_key(capability) {
                self.columns.insert(capability.clone(), Column::default());
            }
            if let Some(column) = self.columns.get_mut(capability) {
                column.put(member, applicant);
            }
        }
        self.contributors[member as usize] = Some(contributor);
    }

    fn unlist(&mut self, contributor: Option<&Contributor>) {
        let contributor = contributor.into_iter();
        for (id, capability) in contributor.flat_map(|it| it.skills.keys().map(|key| (it.id, key)))
        {
            if let Some(column) = self.columns.get_mut(capability) {
                column.take(id);
            }
        }
    }
}

fn one_less(counts: &mut [u32], of: Option<Member>) {
    if let Some(count) = of.and_then(|member| counts.get_mut(member as usize)) {
        *count = count.saturating_sub(1);
    }
}

/// A count as ranking takes it: beyond what anybody takes at a time it makes no difference.
fn count(of: u32) -> u16 {
    u16::try_from(of).unwrap_or(u16::MAX)
}
