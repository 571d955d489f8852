//! Routing as the engine does it: everybody is looked at as the feed was at one position.

use std::collections::BTreeMap;

use consort_kernel::id::TaskId;
use consort_kernel::network::Policy;
use consort_kernel::routing::{
    Applicant, Candidate, Decision, Exclusion, Grounds, Ranking, Requirement,
};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Phase;
use consort_kernel::time::Timestamp;

use super::World;

impl World {
    /// Decides now to whom the task is offered.
    pub(crate) fn route(&self, task: TaskId, seed: u64) -> Decision {
        let policy = self.policy();
        self.decision(task, self.history.len(), &policy, self.now, seed)
    }

    /// Makes a decision again from its record, whatever has happened since.
    pub(crate) fn route_again(&self, task: TaskId, decision: &Decision) -> Decision {
        let position = usize::try_from(decision.position).expect("the test's feed is short");
        let policy = self.policy();
        self.decision(task, position, &policy, decision.at, decision.seed)
    }

    /// The states that the first events of the feed add up to.
    pub(crate) fn fold(&self, position: usize) -> BTreeMap<StreamId, State> {
        let mut states = BTreeMap::new();
        for recorded in &self.history[..position] {
            let before = states.remove(&recorded.stream);
            let after = State::apply(before, recorded.stream, &recorded.event, recorded.at);
            states.insert(recorded.stream, after.expect("it followed before"));
        }
        states
    }

    fn decision(
        &self,
        task: TaskId,
        position: usize,
        policy: &Policy,
        at: Timestamp,
        seed: u64,
    ) -> Decision {
        let then = Self {
            states: self.fold(position),
            ..self.clone()
        };
        let work = then.work(task);
        let requirement = Requirement::of(work, false, at);
        let mut excluded: BTreeMap<Exclusion, u32> = BTreeMap::new();
        let grounds = Grounds {
            policy,
            position: position as u64,
            at,
            seed,
        };
        let mut ranking = Ranking::new(work.spec.risk, grounds);
        for state in then.states.values() {
            let State::Contributor(contributor) = state else {
                continue;
            };
            let applicant = Applicant::of(contributor, requirement.capability);
            if let Some(why) = applicant.exclusion(&requirement, work) {
                *excluded.entry(why).or_default() += 1;
                continue;
            }
            let held = then.states.values().filter(|state| match state {
                State::Task(task) => match &task.phase {
                    Phase::Leased(lease) => lease.holder.id == contributor.id,
                    _ => false,
                },
                State::Contributor(_)
                | State::Network(_)
                | State::Organisation(_)
                | State::Outcome(_) => false,
            });
            ranking.add(&Candidate::of(
                &applicant,
                &requirement,
                u16::try_from(held.count()).expect("few tasks are held"),
                at,
            ));
        }
        ranking.decide(excluded)
    }
}
