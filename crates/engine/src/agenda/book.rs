//! The book: the agenda's entries, each taken back as it was put when its task moves on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Bound;

use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::outcome::{Outcome, Phase as OutcomePhase};
use consort_kernel::state::State;
use consort_kernel::task::{Phase, Task};
use consort_kernel::time::Timestamp;

use super::turn::{Turn, parties, turns};

/// How many accepted tasks are kept for each contributor.
const DONE_MAX: usize = 50;

/// Every entry.
#[derive(Default)]
pub(super) struct Book {
    /// The tasks that are not settled.
    open: HashMap<TaskId, Entry>,
    turns: HashMap<ContributorId, BTreeSet<(Turn, TaskId)>>,
    /// How often the turns of somebody have changed.
    stirs: HashMap<ContributorId, u64>,
    checking: BTreeSet<TaskId>,
    ready: BTreeSet<TaskId>,
    /// In how many tasks of each outcome somebody takes part.
    parts: HashMap<ContributorId, BTreeMap<OutcomeId, u32>>,
    done: HashMap<ContributorId, BTreeSet<(Timestamp, TaskId)>>,
    outcomes: BTreeMap<OutcomeId, Glance>,
    /// Who signs an outcome that waits for it.
    signers: HashMap<OutcomeId, ContributorId>,
    to_sign: HashMap<ContributorId, BTreeSet<OutcomeId>>,
}

/// What an outcome is, as far as lists choose by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// How far it is, in a word.
    pub phase: &'static str,
    /// Who answers for it.
    pub accountable: ContributorId,
    /// Whom it goes up to.
    pub escalation: Vec<ContributorId>,
    /// Whose it is.
    pub organisation: OrganisationId,
}

/// What was put for a task.
struct Entry {
    version: u64,
    outcome: OutcomeId,
    turns: Vec<(ContributorId, Turn)>,
    parties: Vec<ContributorId>,
}

impl Book {
    /// Puts a state in the place of what was put for it before; an older one changes nothing.
    pub(super) fn put(&mut self, state: &State, version: u64) {
        match state {
            State::Task(task) => self.put_task(task, version),
            State::Outcome(outcome) => self.put_outcome(outcome),
            State::Contributor(_) | State::Network(_) | State::Organisation(_) => {}
        }
    }

    fn put_task(&mut self, task: &Task, version: u64) {
        let id = task.id;
        if self.open.get(&id).is_some_and(|it| it.version > version) {
            return;
        }
        self.take_back(id);
        let mut parties: Vec<ContributorId> = parties(task).collect();
        parties.sort_unstable();
        parties.dedup();
        for who in &parties {
            let outcomes = self.parts.entry(*who).or_default();
            *outcomes.entry(task.outcome).or_default() += 1;
        }
        if task.is_settled() {
            self.put_done(task);
            return;
        }
        match task.phase {
            Phase::Checking(_) => {
                self.checking.insert(id);
            }
            Phase::Ready => {
                self.ready.insert(id);
            }
            _ => {}
        }
        let turns = turns(task);
        for (who, why) in &turns {
            self.turns.entry(*who).or_default().insert((*why, id));
            *self.stirs.entry(*who).or_default() += 1;
        }
        let entry = Entry {
            version,
            outcome: task.outcome,
            turns,
            parties,
        };
        self.open.insert(id, entry);
    }

    fn put_done(&mut self, task: &Task) {
        let Phase::Accepted(handed, _) = &task.phase else {
            return;
        };
        let done = self.done.entry(handed.lease.holder.id).or_default();
        done.insert((handed.at, task.id));
        if done.len() > DONE_MAX {
            done.pop_first();
        }
    }

    fn take_back(&mut self, id: TaskId) {
        self.checking.remove(&id);
        self.ready.remove(&id);
        let Some(entry) = self.open.remove(&id) else {
            return;
        };
        for (who, why) in entry.turns {
            if let Some(turns) = self.turns.get_mut(&who) {
                turns.remove(&(why, id));
                *self.stirs.entry(who).or_default() += 1;
            }
        }
        for who in entry.parties {
            let Some(outcomes) = self.parts.get_mut(&who) else {
                continue;
            };
            if let Some(count) = outcomes.get_mut(&entry.outcome) {
                *count -= 1;
                if *count == 0 {
                    outcomes.remove(&entry.outcome);
                }
            }
        }
    }

    fn put_outcome(&mut self, outcome: &Outcome) {
        let id = outcome.id;
        if let Some(who) = self.signers.remove(&id)
            && let Some(waiting) = self.to_sign.get_mut(&who)
        {
            waiting.remove(&id);
        }
        let charter = &outcome.charter;
        let glance = Glance {
            phase: outcome.phase.as_str(),
            accountable: charter.accountable,
            escalation: charter.escalation.clone(),
            organisation: charter.organisation,
        };
        self.outcomes.insert(id, glance);
        let progress = outcome.progress;
        let is_done = progress.open == 0 && progress.accepted > 0;
        if outcome.phase == OutcomePhase::Running && is_done {
            let who = outcome.charter.accountable;
            self.signers.insert(id, who);
            self.to_sign.entry(who).or_default().insert(id);
        }
    }

    pub(super) fn turns(&self, who: ContributorId, why: &[Turn], limit: usize) -> Vec<TaskId> {
        let Some(turns) = self.turns.get(&who) else {
            return Vec::new();
        };
        let mut found: Vec<TaskId> = Vec::new();
        for wanted in why {
            let from = turns.range((*wanted, TaskId::from_bits(0))..);
            let of_it = from.take_while(|(why, _)| why == wanted);
            let new = of_it.map(|(_, task)| *task).take(limit - found.len());
            found.extend(new);
        }
        // Somebody may be asked about what they are to judge.
        let mut seen = HashSet::new();
        found.retain(|task| seen.insert(*task));
        found
    }

    pub(super) fn stirs(&self, who: ContributorId) -> u64 {
        self.stirs.get(&who).copied().unwrap_or_default()
    }

    pub(super) fn to_do(&self, agents: impl Iterator<Item = ContributorId>) -> Vec<TaskId> {
        let turns = agents.filter_map(|who| self.turns.get(&who)).flatten();
        let had = turns.filter(|(why, _)| matches!(why, Turn::Offer | Turn::Hold));
        let mut found: Vec<TaskId> = had.map(|(_, task)| *task).collect();
        found.extend(&self.checking);
        found.sort_unstable();
        found
    }

    pub(super) fn ready(&self, after: Option<TaskId>, limit: usize) -> Vec<TaskId> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let ready = self.ready.range((from, Bound::Unbounded));
        ready.take(limit).copied().collect()
    }

    pub(super) fn to_sign(&self, who: ContributorId) -> Vec<OutcomeId> {
        let waiting = self.to_sign.get(&who).into_iter().flatten();
        waiting.copied().collect()
    }

    pub(super) fn takes_part(&self, who: ContributorId, outcome: OutcomeId) -> bool {
        self.parts
            .get(&who)
            .is_some_and(|parts| parts.contains_key(&outcome))
    }

    /// The latest outcomes before one, of this phase or of any, in which somebody takes part or that
    /// this keeps.
    pub(super) fn latest(
        &self,
        who: ContributorId,
        phase: Option<&str>,
        before: Option<OutcomeId>,
        limit: usize,
        mut keeps: impl FnMut(&Glance) -> bool,
    ) -> Vec<OutcomeId> {
        let until = before.map_or(Bound::Unbounded, Bound::Excluded);
        let latest_first = self.outcomes.range((Bound::Unbounded, until)).rev();
        latest_first
            .filter(|(_, glance)| phase.is_none_or(|phase| phase == glance.phase))
            .filter(|(id, glance)| keeps(glance) || self.takes_part(who, **id))
            .map(|(id, _)| *id)
            .take(limit)
            .collect()
    }

    pub(super) fn done_lately(&self, who: ContributorId) -> Vec<TaskId> {
        let done = self.done.get(&who).into_iter().flatten();
        done.rev().map(|(_, task)| *task).collect()
    }
}
