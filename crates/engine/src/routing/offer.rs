//! Offers: one for each ready task that somebody can have.

use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, TaskId};
use consort_kernel::routing::{Decision, Exclusion};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Task, TaskCommand};
use consort_kernel::time::Timestamp;
use consort_store::{StateQuery, Store, StoreError};

use super::Directory;

/// What routing comes to.
#[derive(Debug, Default)]
pub struct Routed {
    /// Offers to make, and tasks to report that nobody can have.
    pub offers: Vec<Command>,
    /// Ready tasks that nobody can have as things are.
    pub unroutable: Vec<TaskId>,
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
    let mut routed = Routed::default();
    let rows = store.states(&query)?;
    directory.read_on(store, None)?;
    for row in rows {
        let StreamId::Task(id) = row.stream else {
            continue;
        };
        if directory.version_of(id) != Some(row.version) {
            continue;
        }
        let task = task(&row.body)?;
        if !directory.is_running(task.outcome) {
            continue;
        }
        // Who let the offer lapse of what was escalated to them has been asked: the next in the
        // chain is, when the time for it is up.
        if task
            .escalated
            .is_some_and(|(_, to)| task.passed_over.contains(&to))
        {
            continue;
        }
        let decision = directory.rank(&task, now, seed(&task));
        let command = if decision.chosen().is_some() {
            TaskCommand::Offer(Box::new(decision))
        } else {
            routed.unroutable.push(task.id);
            if task.nobody_found || task.escalated.is_some() || is_for_now(&decision) {
                continue;
            }
            TaskCommand::ReportNobody(Box::new(decision))
        };
        let place = format!("{}/{}/{}", task.id, task.offer_number, row.version);
        routed.offers.push(Command {
            body: Body::Task(task.id, command),
            expected: None,
            id: CommandId::new(now, Digest::of(place.as_bytes()).leading_bits()),
            personal: Vec::new(),
            principal: Principal::Engine,
        });
    }
    Ok(routed)
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
