//! Offers: one for each ready task that somebody can have.

use std::collections::BTreeMap;

use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, ContributorId, TaskId};
use consort_kernel::routing::{Decision, Exclusion};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task, TaskCommand};
use consort_kernel::time::Timestamp;
use consort_store::{StateQuery, Store};

use super::Directory;
use crate::state::{Versioned, versioned};
use crate::{Engine, EngineError};

/// To how many people and agents offers are made at one position: each offer has on record to whom the ones
/// before it went.
const AHEAD_MAX: usize = 8;

/// What routing comes to.
#[derive(Debug, Default)]
pub struct Routed {
    /// Offers to make, and tasks to report that nobody can have.
    pub offers: Vec<Command>,
    /// Ready tasks that nobody can have as things are.
    pub unroutable: Vec<TaskId>,
    /// Whether ready tasks were left for the next time.
    pub has_left: bool,
    /// How many of the offers are to whom.
    ahead: BTreeMap<ContributorId, u16>,
}

/// Where a walk finds the ready tasks, and what happened since the directory was read.
pub trait Ready {
    /// The ready tasks beyond this one, in the order of their identifiers, at most so many.
    fn ready(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<TaskId>, EngineError>;

    /// Reads the directory on to where the feed is.
    fn read_on(&self, directory: &mut Directory) -> Result<(), EngineError>;

    /// The states that these have, with their versions.
    fn states(&self, tasks: &[StreamId]) -> Result<Vec<Versioned>, EngineError>;
}

/// A walk through the ready tasks, a page at a time, over and over.
#[derive(Debug, Default)]
pub struct Walk {
    after: Option<TaskId>,
}

impl Walk {
    /// Whether the next page is not the first.
    pub const fn is_under_way(&self) -> bool {
        self.after.is_some()
    }

    /// Decides on offers for the next ready tasks of running outcomes, at most so many of them.
    ///
    /// Every decision is made at one position of the feed: the directory is read on between two looks
    /// at the tasks, and a task that changed meanwhile is left for the next time.
    pub fn next(
        &mut self,
        source: &(impl Ready + ?Sized),
        directory: &mut Directory,
        now: Timestamp,
        limit: usize,
    ) -> Result<Routed, EngineError> {
        let mut ready = source.ready(self.after, limit)?;
        self.after = ready.last().copied().filter(|_| ready.len() == limit);
        source.read_on(directory)?;
        let hopeless = ready.extract_if(.., |task| directory.is_hopeless(*task));
        let mut routed = Routed {
            unroutable: hopeless.collect(),
            ..Routed::default()
        };
        let ready: Vec<StreamId> = ready.into_iter().map(StreamId::Task).collect();
        for (state, version) in source.states(&ready)? {
            if let State::Task(task) = state.as_ref()
                && task.phase == Phase::Ready
                && directory.version_of(task.id) == Some(version)
            {
                routed.add(directory, task, version, now);
            }
        }
        Ok(routed)
    }
}

/// What the engine has in memory is not read again.
impl Ready for Engine {
    fn ready(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<TaskId>, EngineError> {
        self.ready_tasks(after, limit)
    }

    fn read_on(&self, directory: &mut Directory) -> Result<(), EngineError> {
        directory.follow(self.recent())?;
        Ok(directory.read_on(self.store(), None)?)
    }

    fn states(&self, tasks: &[StreamId]) -> Result<Vec<Versioned>, EngineError> {
        self.all_versioned(tasks)
    }
}

impl Ready for dyn Store + '_ {
    fn ready(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<TaskId>, EngineError> {
        let query = StateQuery {
            after: after.map(StreamId::Task),
            kind: Some("task"),
            statuses: vec!["ready".to_owned()],
            limit,
            ..StateQuery::default()
        };
        let rows = Store::states(self, &query)?;
        let tasks = rows.into_iter().filter_map(|row| match row.stream {
            StreamId::Task(id) => Some(id),
            _ => None,
        });
        Ok(tasks.collect())
    }

    fn read_on(&self, directory: &mut Directory) -> Result<(), EngineError> {
        Ok(directory.read_on(self, None)?)
    }

    fn states(&self, tasks: &[StreamId]) -> Result<Vec<Versioned>, EngineError> {
        let rows = self.load(tasks)?;
        Ok(rows.iter().map(versioned).collect::<Result<_, _>>()?)
    }
}

impl Routed {
    /// Decides on a ready task of this version, which the directory knows.
    fn add(&mut self, directory: &mut Directory, task: &Task, version: u64, now: Timestamp) {
        if !directory.is_running(task.outcome) {
            return;
        }
        // Who let the offer lapse of what was escalated to them has been asked: the next in the
        // chain is, when the time for it is up.
        if task
            .escalated
            .is_some_and(|(_, to)| task.passed_over.contains(&to))
        {
            return;
        }
        if self.has_left {
            return;
        }
        let decision = directory.rank(task, now, seed(task), &self.ahead);
        let command = if let Some(chosen) = decision.chosen() {
            if self.ahead.len() == AHEAD_MAX && !self.ahead.contains_key(&chosen) {
                self.has_left = true;
                return;
            }
            *self.ahead.entry(chosen).or_default() += 1;
            TaskCommand::Offer(Box::new(decision))
        } else {
            self.unroutable.push(task.id);
            if task.escalated.is_some() || is_for_now(&decision) {
                return;
            }
            if task.nobody_found {
                directory.note_hopeless(task, version);
                return;
            }
            TaskCommand::ReportNobody(Box::new(decision))
        };
        let place = format!("{}/{}/{version}", task.id, task.offer_number);
        self.offers.push(Command {
            body: Body::Task(task.id, command),
            expected: None,
            id: CommandId::new(now, Digest::of(place.as_bytes()).leading_bits()),
            personal: Vec::new(),
            principal: Principal::Engine,
        });
    }
}

/// Whether somebody can have the task as soon as they are free, or agents go on.
fn is_for_now(decision: &Decision) -> bool {
    [Exclusion::Busy, Exclusion::AgentsStopped]
        .iter()
        .any(|why| decision.excluded.contains_key(why))
}

/// The seed of a task's next offer: from the record alone, and another one for every offer.
pub(super) fn seed(task: &Task) -> u64 {
    let place = format!("{}/{}", task.id, task.offer_number);
    let bits = Digest::of(place.as_bytes()).leading_bits() >> 64;
    u64::try_from(bits).expect("64 bits are left")
}
