//! The world as the rows that a decision looks at, and a note of which it looked at.

use std::cell::RefCell;
use std::collections::BTreeSet;

use consort_kernel::contributor::Contributor;
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::network::Network;
use consort_kernel::organisation::Organisation;
use consort_kernel::outcome::Outcome;
use consort_kernel::state::{Rows, State};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};

use super::World;

impl Rows for World {
    fn state(&self, stream: StreamId) -> Option<&State> {
        self.states.get(&stream)
    }

    fn network(&self) -> Option<&Network> {
        match self.states.get(&StreamId::Network(self.network)) {
            Some(State::Network(network)) => Some(network),
            Some(_) | None => None,
        }
    }

    fn tasks_of(&self, outcome: OutcomeId, after: Option<TaskId>, limit: usize) -> Vec<TaskId> {
        let tasks = self.states.values().filter_map(|state| match state {
            State::Task(task) => Some(task),
            State::Contributor(_)
            | State::Network(_)
            | State::Organisation(_)
            | State::Outcome(_) => None,
        });
        tasks
            .filter(|task| task.outcome == outcome && !task.is_settled())
            .map(|task| task.id)
            .filter(|task| after.is_none_or(|after| *task > after))
            .take(limit)
            .collect()
    }

    fn unsigned(
        &self,
        outcome: Option<OutcomeId>,
        after: Option<TaskId>,
        limit: usize,
    ) -> Vec<TaskId> {
        self.unsigned_tasks(outcome, after, limit)
    }
}

impl World {
    fn unsigned_tasks(
        &self,
        outcome: Option<OutcomeId>,
        after: Option<TaskId>,
        limit: usize,
    ) -> Vec<TaskId> {
        let tasks = self.states.values().filter_map(|state| match state {
            State::Task(task) => Some(task),
            State::Contributor(_)
            | State::Network(_)
            | State::Organisation(_)
            | State::Outcome(_) => None,
        });
        tasks
            .filter(|task| outcome.is_none_or(|outcome| task.outcome == outcome))
            .filter(|task| matches!(task.phase, Phase::Signing(_)))
            .map(|task| task.id)
            .filter(|task| after.is_none_or(|after| *task > after))
            .take(limit)
            .collect()
    }
}

/// Rows that remember which of them were looked at.
pub(super) struct Watched<'a> {
    world: &'a World,
    seen: RefCell<BTreeSet<StreamId>>,
}

impl<'a> Watched<'a> {
    pub(super) const fn new(world: &'a World) -> Self {
        Self {
            world,
            seen: RefCell::new(BTreeSet::new()),
        }
    }

    pub(super) fn into_seen(self) -> BTreeSet<StreamId> {
        self.seen.into_inner()
    }
}

impl Rows for Watched<'_> {
    fn state(&self, stream: StreamId) -> Option<&State> {
        self.seen.borrow_mut().insert(stream);
        self.world.state(stream)
    }

    fn network(&self) -> Option<&Network> {
        self.world.network()
    }

    fn tasks_of(&self, outcome: OutcomeId, after: Option<TaskId>, limit: usize) -> Vec<TaskId> {
        self.world.tasks_of(outcome, after, limit)
    }

    fn unsigned(
        &self,
        outcome: Option<OutcomeId>,
        after: Option<TaskId>,
        limit: usize,
    ) -> Vec<TaskId> {
        self.world.unsigned(outcome, after, limit)
    }
}

impl World {
    /// A contributor that is there.
    pub(crate) fn who(&self, id: ContributorId) -> &Contributor {
        self.contributor(id).expect("the test added it")
    }

    /// An organisation that is there.
    pub(crate) fn party(&self, id: OrganisationId) -> &Organisation {
        self.organisation(id).expect("the test founded it")
    }

    /// An outcome that is there.
    pub(crate) fn result(&self, id: OutcomeId) -> &Outcome {
        self.outcome(id).expect("the test stated it")
    }

    /// A task that is there.
    pub(crate) fn work(&self, id: TaskId) -> &Task {
        self.task(id).expect("the test planned it")
    }

    /// The word for how far a task is.
    pub(crate) fn phase(&self, id: TaskId) -> &'static str {
        self.work(id).phase.as_str()
    }
}
