//! Leases in memory: one at a time, under a number that only grows.

use std::collections::BTreeMap;

use consort_kernel::effect::{Acceptance, LeaseChange, TimerKind};
use consort_kernel::id::TaskId;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::content::{Content, Lease};
use crate::StoreError;
use crate::rules::refused;

/// The leases that a write set changes, as they are after it.
pub(super) type Changed = BTreeMap<TaskId, Lease>;

/// What the changes come to, or why they are refused.
pub(super) fn change(content: &Content, changes: &[LeaseChange]) -> Result<Changed, StoreError> {
    let mut after = Changed::new();
    for one in changes {
        match one {
            LeaseChange::Grant {
                task,
                number,
                holder,
                deadline,
            } => {
                let before = after.get(task).or_else(|| content.leases.get(task));
                if before.is_some_and(|lease| lease.deadline.is_some()) {
                    return Err(refused(format!("{task} is held already")));
                }
                if *number <= before.map_or(0, |lease| lease.number) {
                    return Err(refused(format!("the lease number of {task} only grows")));
                }
                let lease = Lease {
                    number: *number,
                    holder: *holder,
                    deadline: Some(*deadline),
                };
                after.insert(*task, lease);
            }
            LeaseChange::End { task, number } => {
                let before = after.get(task).or_else(|| content.leases.get(task));
                // A lease that ran out may be ended once more, by what takes its task away.
                let Some(lease) = before.filter(|lease| lease.number == *number).copied() else {
                    return Err(refused(format!("{task} was not held under lease {number}")));
                };
                let over = Lease {
                    deadline: None,
                    ..lease
                };
                after.insert(*task, over);
            }
        }
    }
    Ok(after)
}

/// Refuses a second acceptance, and one that was not handed in under the last lease.
pub(super) fn check_acceptances(
    content: &Content,
    changed: &Changed,
    acceptances: &[Acceptance],
) -> Result<(), StoreError> {
    for acceptance in acceptances {
        let task = acceptance.task;
        if content.acceptances.contains_key(&task) {
            return Err(refused(format!("{task} is accepted once")));
        }
        let lease = changed.get(&task).or_else(|| content.leases.get(&task));
        if lease.is_none_or(|lease| lease.number != acceptance.lease) {
            return Err(refused(format!(
                "what is accepted of {task} was not handed in under its last lease"
            )));
        }
    }
    Ok(())
}

/// Moves the deadlines of leases that are current; the others come back.
pub(super) fn extend(content: &mut Content, leases: &[(TaskId, u64, Timestamp)]) -> Vec<TaskId> {
    let mut stale = Vec::new();
    for (task, number, deadline) in leases {
        let current = content
            .leases
            .get_mut(task)
            .filter(|lease| lease.number == *number);
        match current.and_then(|lease| lease.deadline.as_mut()) {
            Some(until) => *until = (*until).max(*deadline),
            None => stale.push(*task),
        }
    }
    stale
}

/// Ends every lease that has no timer of its number.
pub(super) fn end_without_timer(content: &mut Content) {
    for (task, lease) in &mut content.leases {
        let timer = content
            .timers
            .get(&(StreamId::Task(*task), TimerKind::Lease));
        if timer.is_none_or(|(number, _)| *number != lease.number) {
            lease.deadline = None;
        }
    }
}
