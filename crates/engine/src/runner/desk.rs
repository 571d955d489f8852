//! The runner's desk: what is in hand, what rests, and which leases need a sign of life.
//!
//! Plain bookkeeping in memory. Nothing of it matters after a crash: what is there tells again what
//! is to be done. Moments and draws come from the caller.

use std::collections::BTreeMap;

use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::time::Timestamp;

use super::Retry;

/// A lease gets a sign of life this many times in its length, so that two may be late.
const BEATS_IN_LEASE: i64 = 3;
/// After this long a lease gets no more signs of life: an agent that hangs must not keep its task
/// for ever. In milliseconds.
const WORK_MS_MAX: i64 = 24 * 3_600_000;
/// A task is put off for no longer than this in all: a person is told rather than left to wait. In
/// milliseconds.
const PUT_OFF_MS_MAX: i64 = 3_600_000;
/// What was put off together comes back within so long after its wait, spread by the draw, in
/// milliseconds.
const PUT_OFF_SPREAD_MS: u64 = 1_000;
/// How many failures are remembered; beyond it all are forgotten, which costs some tries and
/// nothing else.
const REMEMBERED_MAX: usize = 10_000;

/// What the runner has on its desk.
#[derive(Debug, Default)]
pub(super) struct Desk {
    in_hand: BTreeMap<TaskId, Option<ContributorId>>,
    failures: BTreeMap<TaskId, Failures>,
    given_up: BTreeMap<(TaskId, ContributorId), String>,
    held: BTreeMap<TaskId, Held>,
}

/// How often a task failed, until when it rests, and since when it is put off without having
/// failed.
#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    rests_until: Timestamp,
    put_off_since: Option<Timestamp>,
}

/// A lease that an agent of this process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    lease: u64,
    lease_ms: u32,
    since: Timestamp,
    beaten: Timestamp,
}

/// A sign of life that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beat {
    pub(super) task: TaskId,
    pub(super) lease: u64,
    pub(super) lease_ms: u32,
}

impl Desk {
    /// Takes a task in hand, unless it is, rests, or its agent has enough to do.
    pub(super) fn take(
        &mut self,
        task: TaskId,
        agent: Option<(ContributorId, usize)>,
        now: Timestamp,
    ) -> bool {
        let rests = self
            .failures
            .get(&task)
            .is_some_and(|failures| now < failures.rests_until);
        let is_full = agent.is_some_and(|(agent, at_once)| {
            let of_agent = self.in_hand.values().filter(|of| **of == Some(agent));
            of_agent.count() >= at_once
        });
        if rests || is_full || self.in_hand.contains_key(&task) {
            return false;
        }
        self.in_hand.insert(task, agent.map(|(agent, _)| agent));
        true
    }

    /// Puts a task out of hand.
    pub(super) fn put_down(&mut self, task: TaskId) {
        self.in_hand.remove(&task);
    }

    /// How many tasks are in hand.
    pub(super) fn in_hand(&self) -> usize {
        self.in_hand.len()
    }

    /// Notes a failure: until when the task rests, or nothing when that was the last try.
    pub(super) fn failed(
        &mut self,
        task: TaskId,
        retry: &Retry,
        now: Timestamp,
        draw: u64,
    ) -> Option<Timestamp> {
        self.make_room();
        let count = self.failures.get(&task).map_or(0, |it| it.count) + 1;
        let rests_until = now.plus_millis(retry.rest_ms(count, draw));
        let failures = Failures {
            count,
            rests_until,
            put_off_since: None,
        };
        self.failures.insert(task, failures);
        (!retry.is_exhausted(count)).then_some(rests_until)
    }

    /// Notes that a task has to wait without having failed: until when, or nothing when that would
    /// be too long in all.
    pub(super) fn put_off(
        &mut self,
        task: TaskId,
        wait_ms: u64,
        now: Timestamp,
        draw: u64,
    ) -> Option<Timestamp> {
        self.make_room();
        let known = self.failures.get(&task);
        let since = known.and_then(|it| it.put_off_since).unwrap_or(now);
        let wait_ms = wait_ms.saturating_add(draw % PUT_OFF_SPREAD_MS);
        let wait_ms = i64::try_from(wait_ms).unwrap_or(i64::MAX);
        if wait_ms > PUT_OFF_MS_MAX - now.millis_since(since) {
            return None;
        }
        let rests_until = now.plus_millis(wait_ms);
        let failures = Failures {
            count: known.map_or(0, |it| it.count),
            rests_until,
            put_off_since: Some(since),
        };
        self.failures.insert(task, failures);
        Some(rests_until)
    }

    fn make_room(&mut self) {
        if self.failures.len() + self.given_up.len() >= REMEMBERED_MAX {
            self.failures.clear();
            self.given_up.clear();
        }
    }

    /// Notes that an agent gives a task back for good, and why.
    pub(super) fn give_up(&mut self, task: TaskId, agent: ContributorId, why: &str) {
        self.failures.remove(&task);
        self.given_up.insert((task, agent), why.to_owned());
    }

    /// Why an agent gave a task back for good, if it did.
    pub(super) fn given_up(&self, task: TaskId, agent: ContributorId) -> Option<&str> {
        self.given_up.get(&(task, agent)).map(String::as_str)
    }

    /// Forgets earlier failures of a task: it went well, or it is somebody else's.
    pub(super) fn forget(&mut self, task: TaskId) {
        self.failures.remove(&task);
        self.given_up.retain(|(given_up, _), _| *given_up != task);
    }

    /// Notes that an agent of this process holds a lease, and gives signs of life from now on.
    pub(super) fn hold(&mut self, task: TaskId, lease: u64, lease_ms: u32, now: Timestamp) {
        let known = self.held.get(&task).is_some_and(|held| held.lease == lease);
        if !known {
            let (since, beaten) = (now, now);
            let held = Held {
                lease,
                lease_ms,
                since,
                beaten,
            };
            self.held.insert(task, held);
        }
    }

    /// Ends the signs of life for a task.
    pub(super) fn let_go(&mut self, task: TaskId) {
        self.held.remove(&task);
    }

    /// The signs of life that are due; each is given out once.
    pub(super) fn beats_due(&mut self, now: Timestamp) -> Vec<Beat> {
        let mut due = Vec::new();
        for (task, held) in &mut self.held {
            let every_ms = (i64::from(held.lease_ms) / BEATS_IN_LEASE).max(1);
            let is_due = now.millis_since(held.beaten) >= every_ms;
            if is_due && now.millis_since(held.since) < WORK_MS_MAX {
                held.beaten = now;
                due.push(Beat {
                    task: *task,
                    lease: held.lease,
                    lease_ms: held.lease_ms,
                });
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use consort_kernel::id::OutcomeId;

    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_772_355_600_000);
    const RETRY: Retry = Retry {
        first_ms: 1_000,
        longest_ms: 60_000,
        tries_max: 3,
    };

    fn task(key: &str) -> TaskId {
        TaskId::in_outcome(OutcomeId::new(START, 1), key)
    }

    fn agent(number: u128) -> ContributorId {
        ContributorId::new(START, number)
    }

    fn after(millis: i64) -> Timestamp {
        START.plus_millis(millis)
    }

    #[test]
    fn a_task_is_in_hand_once() {
        let mut desk = Desk::default();
        assert!(desk.take(task("a"), None, START));
        assert!(!desk.take(task("a"), None, START));
        desk.put_down(task("a"));
        assert!(desk.take(task("a"), None, START));
    }

    #[test]
    fn an_agent_has_no_more_tasks_in_hand_than_its_limit() {
        let mut desk = Desk::default();
        let limited = Some((agent(1), 2));
        assert!(desk.take(task("a"), limited, START));
        assert!(desk.take(task("b"), limited, START));
        assert!(!desk.take(task("c"), limited, START));
        assert!(desk.take(task("c"), Some((agent(2), 1)), START));
        desk.put_down(task("a"));
        assert!(desk.take(task("d"), limited, START));
    }

    #[test]
    fn a_task_that_failed_rests_and_is_given_up_in_the_end() {
        let mut desk = Desk::default();
        let failed = |desk: &mut Desk| desk.failed(task("a"), &RETRY, START, 0);
        assert_eq!(failed(&mut desk), Some(after(500)));
        assert!(!desk.take(task("a"), None, after(499)));
        assert_eq!(failed(&mut desk), Some(after(1_000)));
        assert!(desk.take(task("a"), None, after(1_000)));
        assert_eq!(failed(&mut desk), None);
    }

    #[test]
    fn a_task_that_is_put_off_has_not_failed_and_waits_for_an_hour_at_most() {
        let mut desk = Desk::default();
        let put_off = |desk: &mut Desk, wait_ms, now| desk.put_off(task("a"), wait_ms, now, 0);
        assert_eq!(put_off(&mut desk, 1_800_000, START), Some(after(1_800_000)));
        assert!(!desk.take(task("a"), None, after(1_799_999)));
        assert!(desk.take(task("a"), None, after(1_800_000)));
        // It counts from the first time on, and as no try.
        assert_eq!(put_off(&mut desk, 1_800_001, after(1_800_000)), None);
        assert_eq!(put_off(&mut desk, u64::MAX, START), None);
        for rests_ms in [500, 1_000] {
            let failed = desk.failed(task("a"), &RETRY, START, 0);
            assert_eq!(failed, Some(after(rests_ms)));
        }
        // What failed meanwhile was tried: the hour begins anew.
        assert!(put_off(&mut desk, 3_600_000, after(7_200_000)).is_some());
    }

    #[test]
    fn what_went_well_begins_anew_with_its_tries() {
        let mut desk = Desk::default();
        desk.failed(task("a"), &RETRY, START, 0);
        desk.give_up(task("a"), agent(1), "no such tool");
        assert_eq!(desk.given_up(task("a"), agent(1)), Some("no such tool"));
        assert_eq!(desk.given_up(task("a"), agent(2)), None);
        desk.forget(task("a"));
        assert_eq!(desk.given_up(task("a"), agent(1)), None);
        assert!(desk.take(task("a"), None, START));
    }

    #[test]
    fn a_lease_gets_a_sign_of_life_three_times_in_its_length() {
        let mut desk = Desk::default();
        desk.hold(task("a"), 7, 30_000, START);
        let beat = Beat {
            task: task("a"),
            lease: 7,
            lease_ms: 30_000,
        };
        for (millis, due) in [
            (9_999, vec![]),
            (10_000, vec![beat]),
            (10_001, vec![]),
            (20_000, vec![beat]),
        ] {
            assert_eq!(desk.beats_due(after(millis)), due, "after {millis} ms");
        }
        desk.let_go(task("a"));
        assert_eq!(desk.beats_due(after(60_000)), []);
    }

    #[test]
    fn an_agent_that_hangs_gets_no_signs_of_life_for_ever() {
        let mut desk = Desk::default();
        desk.hold(task("a"), 7, 30_000, START);
        // To work on under the same lease does not begin its time anew.
        desk.hold(task("a"), 7, 30_000, after(WORK_MS_MAX - 1));
        assert_eq!(desk.beats_due(after(WORK_MS_MAX)), []);
        desk.hold(task("a"), 8, 30_000, after(WORK_MS_MAX));
        assert_eq!(desk.beats_due(after(WORK_MS_MAX + 10_000)).len(), 1);
    }
}
