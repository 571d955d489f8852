//! Leases: who holds a task, under which number and until when.
//!
//! The changes of a commit are followed in order on what is stored, as in memory; what they come
//! to is written at once. Rows are locked in the order of their tasks, because heartbeats lock them
//! too.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::effect::LeaseChange;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, contributor_id, integers, read_natural, sought, task_id};
use crate::key;
use crate::row::LeaseRow;
use crate::rules::refused;

/// Leases by their tasks.
pub(super) type Leases = BTreeMap<TaskId, LeaseRow>;

/// Grants and ends leases, in order.
pub(super) fn change(session: &mut Session, changes: &[LeaseChange]) -> Tried<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let before = lock(session, changes)?;
    let mut after = Leases::new();
    for change in changes {
        follow(&before, &mut after, change)?;
    }
    end(session, &before, &after)?;
    put(session, &after)
}

fn lock(session: &mut Session, changes: &[LeaseChange]) -> Tried<Leases> {
    let tasks: Vec<Id> = changes
        .iter()
        .map(|change| match change {
            LeaseChange::Grant { task, .. } | LeaseChange::End { task, .. } => task_id(*task),
        })
        .collect();
    let rows = session.rows(
        "SELECT task, number, holder, deadline FROM leases
             WHERE shard = 0 AND task = ANY($1::uuid[]) ORDER BY task FOR UPDATE",
        &[&tasks],
    )?;
    rows.iter()
        .map(|row| read(row).map(|lease| (lease.task, lease)))
        .collect()
}

/// Follows one change.
fn follow(before: &Leases, after: &mut Leases, change: &LeaseChange) -> Tried<()> {
    match change {
        LeaseChange::Grant {
            task,
            number,
            holder,
            deadline,
        } => {
            let last = after.get(task).or_else(|| before.get(task));
            if last.is_some_and(|lease| lease.deadline.is_some()) {
                return Err(refused(format!("{task} is held already")).into());
            }
            if *number <= last.map_or(0, |lease| lease.number) {
                return Err(refused(format!("the lease number of {task} only grows")).into());
            }
            let lease = LeaseRow {
                task: *task,
                number: *number,
                holder: *holder,
                deadline: Some(*deadline),
            };
            after.insert(*task, lease);
        }
        LeaseChange::End { task, number } => {
            let last = after.get(task).or_else(|| before.get(task));
            // A lease that ran out may be ended once more, by what takes its task away.
            let Some(lease) = last.filter(|lease| lease.number == *number) else {
                return Err(refused(format!("{task} was not held under lease {number}")).into());
            };
            let over = LeaseRow {
                deadline: None,
                ..lease.clone()
            };
            after.insert(*task, over);
        }
    }
    Ok(())
}

/// Ends what is held and has a later lease after the commit: the database lets no lease be taken
/// over before it is over.
fn end(session: &mut Session, before: &Leases, after: &Leases) -> Tried<()> {
    let over: Vec<Id> = before
        .values()
        .filter(|lease| lease.deadline.is_some())
        .filter(|lease| after[&lease.task].number > lease.number)
        .map(|lease| task_id(lease.task))
        .collect();
    if over.is_empty() {
        return Ok(());
    }
    session
        .change(
            "UPDATE leases SET deadline = NULL WHERE shard = 0 AND task = ANY($1::uuid[])",
            &[&over],
        )
        .map(|_| ())
}

/// Writes leases, each in the place of the one before.
pub(super) fn put(session: &mut Session, leases: &Leases) -> Tried<()> {
    let all = || leases.values();
    let tasks: Vec<Id> = all().map(|lease| task_id(lease.task)).collect();
    let numbers = integers(all().map(|lease| lease.number))?;
    let holders: Vec<Id> = all().map(|lease| contributor_id(lease.holder)).collect();
    let deadlines: Vec<Option<i64>> = all()
        .map(|lease| lease.deadline.map(Timestamp::as_millis))
        .collect();
    session
        .change(
            "INSERT INTO leases (shard, task, number, holder, deadline)
                 SELECT 0, l.* FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[]) AS l
                 ON CONFLICT (shard, task) DO UPDATE SET number = excluded.number,
                     holder = excluded.holder, deadline = excluded.deadline",
            &[&tasks, &numbers, &holders, &deadlines],
        )
        .map(|_| ())
}

/// Moves the deadlines of leases that are current; the others come back.
pub(super) fn extend(
    session: &mut Session,
    leases: &[(TaskId, u64, Timestamp)],
) -> Tried<Vec<TaskId>> {
    let mut latest: BTreeMap<(TaskId, u64), Timestamp> = BTreeMap::new();
    for (task, number, deadline) in leases {
        let until = latest.entry((*task, *number)).or_insert(*deadline);
        *until = (*until).max(*deadline);
    }
    let tasks: Vec<Id> = latest.keys().map(|(task, _)| task_id(*task)).collect();
    let numbers: Vec<i64> = latest.keys().map(|(_, number)| sought(*number)).collect();
    let deadlines: Vec<i64> = latest.values().map(|until| until.as_millis()).collect();
    let rows = session.rows(
        "WITH beats AS (
             SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[])
                 AS b (task, number, deadline)
         ), locked AS (
             SELECT l.task, l.number, b.deadline FROM leases AS l
             JOIN beats AS b ON b.task = l.task AND b.number = l.number
             WHERE l.shard = 0 AND l.deadline IS NOT NULL
             ORDER BY l.task FOR UPDATE OF l
         )
         UPDATE leases AS l SET deadline = greatest(l.deadline, k.deadline)
             FROM locked AS k
             WHERE l.shard = 0 AND l.task = k.task AND l.number = k.number
                 AND l.deadline IS NOT NULL
             RETURNING l.task, l.number",
        &[&tasks, &numbers, &deadlines],
    )?;
    let mut extended: BTreeSet<(TaskId, u64)> = BTreeSet::new();
    for row in &rows {
        let task: Id = get(row, 0)?;
        extended.insert((TaskId::from_bits(task.bits()), read_natural(row, 1)?));
    }
    Ok(leases
        .iter()
        .filter(|(task, number, _)| !extended.contains(&(*task, *number)))
        .map(|(task, _, _)| *task)
        .collect())
}

/// The number and deadline of the current lease of a task.
pub(super) fn current(session: &mut Session, task: TaskId) -> Tried<Option<(u64, Timestamp)>> {
    let found = session.optional(
        "SELECT number, deadline FROM leases
             WHERE shard = 0 AND task = $1 AND deadline IS NOT NULL",
        &[&task_id(task)],
    )?;
    found
        .map(|row| {
            Ok((
                read_natural(&row, 0)?,
                Timestamp::from_millis(get(&row, 1)?),
            ))
        })
        .transpose()
}

/// The last lease of each task, in the order of the tasks.
pub(super) fn list(
    session: &mut Session,
    after: Option<TaskId>,
    limit: usize,
) -> Tried<Vec<LeaseRow>> {
    let rows = session.rows(
        "SELECT task, number, holder, deadline FROM leases
             WHERE shard = 0 AND ($1::uuid IS NULL OR task > $1) ORDER BY task LIMIT $2",
        &[&after.map(task_id), &key::limit(limit)],
    )?;
    rows.iter().map(read).collect()
}

/// Ends every lease that has no timer of its number.
pub(super) fn end_without_timer(session: &mut Session) -> Tried<()> {
    session
        .change(
            "UPDATE leases AS l SET deadline = NULL
                 WHERE l.shard = 0 AND l.deadline IS NOT NULL AND NOT EXISTS (
                     SELECT 1 FROM timers AS t
                     WHERE t.shard = l.shard AND t.stream_kind = 5 AND t.id = l.task
                         AND t.kind = 2 AND t.number = l.number
                 )",
            &[],
        )
        .map(|_| ())
}

fn read(row: &Row) -> Tried<LeaseRow> {
    let task: Id = get(row, 0)?;
    let holder: Id = get(row, 2)?;
    let deadline: Option<i64> = get(row, 3)?;
    Ok(LeaseRow {
        task: TaskId::from_bits(task.bits()),
        number: read_natural(row, 1)?,
        holder: ContributorId::from_bits(holder.bits()),
        deadline: deadline.map(Timestamp::from_millis),
    })
}
