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
use consort_store::{StateQuery, Store, StoreError};

use super::Directory;
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

/// Decides on offers for ready tasks of running outcomes, at most so many of them.
///
/// Every decision is made at one position of the feed: the directory is read on between two looks
/// at the tasks, and a task that changed meanwhile is left for the next time.
pub fn offers(
    store: &dyn Store,
    directory: &mut Directory,
    now: Timestamp,
    limit: usize,
) -> Result<Routed, StoreError> {
    let query = StateQuery {
        kind: Some("task"),
        statuses: vec!["ready".to_owned()],
        limit,
        ..StateQuery::default()
    };
    let rows = store.states(&query)?;
    directory.read_on(store, None)?;
    let mut routed = Routed::default();
    for row in rows {
        if let StreamId::Task(id) = row.stream
            && directory.version_of(id) == Some(row.version)
        {
            routed.add(directory, &task(&row.body)?, row.version, now);
        }
    }
    Ok(routed)
}

/// A walk through the ready tasks of an engine, a page at a time, over and over.
#[derive(Debug, Default)]
pub struct Walk {
    after: Option<TaskId>,
}

impl Walk {
    /// Whether the next page is not the first.
    pub const fn is_under_way(&self) -> bool {
        self.after.is_some()
    }

    /// Decides on offers for the next ready tasks, at most so many of them, as [`offers`] does; what the
    /// engine has in memory is not read again.
    pub fn next(
        &mut self,
        engine: &Engine,
        directory: &mut Directory,
        now: Timestamp,
        limit: usize,
    ) -> Result<Routed, EngineError> {
        directory.follow(engine.recent())?;
        let mut ready = engine.ready_tasks(self.after, limit)?;
        self.after = ready.last().copied().filter(|_| ready.len() == limit);
        directory.read_on(engine.store(), None)?;
        let hopeless = ready.extract_if(.., |task| directory.is_hopeless(*task));
        let mut routed = Routed {
            unroutable: hopeless.collect(),
            ..Routed::default()
        };
        let ready: Vec<StreamId> = ready.into_iter().map(StreamId::Task).collect();
        for (state, version) in engine.all_versioned(&ready)? {
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

pub(crate) fn task(body: &str) -> Result<Task, StoreError> {
    match serde_json::from_str(body) {
        Ok(State::Task(task)) => Ok(*task),
        Ok(
            State::Contributor(_) | State::Network(_) | State::Organisation(_) | State::Outcome(_),
        ) => Err(StoreError::Damaged(
            "a task's row holds something else".to_owned(),
        )),
        Err(error) => Err(StoreError::Damaged(format!("the state of a task: {error}"))),
    }
}
