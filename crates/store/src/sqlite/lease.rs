//! Leases: who holds a task, under which number and until when.

use consort_kernel::effect::LeaseChange;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::key;
use super::names::{self, Names};
use crate::StoreError;
use crate::row::LeaseRow;
use crate::rules::refused;

/// Grants and ends leases, in order.
pub(super) fn change(
    connection: &Connection,
    names: &mut Names,
    changes: &[LeaseChange],
) -> Result<(), StoreError> {
    for change in changes {
        match change {
            LeaseChange::Grant {
                task,
                number,
                holder,
                deadline,
            } => {
                let row = params![
                    names.stream(connection, StreamId::Task(*task))?,
                    key::integer(*number)?,
                    names.stream(connection, StreamId::Contributor(*holder))?,
                    deadline.as_millis()
                ];
                grant(connection, row)?;
            }
            LeaseChange::End { task, number } => {
                let stream = names.stream(connection, StreamId::Task(*task))?;
                // A lease that ran out may be ended once more, by what takes its task away.
                let ended = connection
                    .prepare_cached(
                        "UPDATE OR ROLLBACK leases SET deadline = NULL
                         WHERE task = ?1 AND number = ?2",
                    )
                    .and_then(|mut end| end.execute(params![stream, key::integer(*number).ok()]))?;
                if ended != 1 {
                    return Err(refused(format!("{task} was not held under lease {number}")));
                }
            }
        }
    }
    Ok(())
}

/// Grants a lease: the first of a task by a row, a later one by a higher number.
fn grant(connection: &Connection, row: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
    // The number has to change: the trigger lets one lease keep its number, for heartbeats.
    let granted = connection
        .prepare_cached(
            "UPDATE OR ROLLBACK leases SET number = ?2, holder = ?3, deadline = ?4
             WHERE task = ?1 AND number <> ?2",
        )
        .and_then(|mut again| again.execute(row))?;
    if granted == 0 {
        connection
            .prepare_cached(
                "INSERT OR ROLLBACK INTO leases (task, number, holder, deadline) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut first| first.execute(row))?;
    }
    Ok(())
}

/// Keeps leases as they are elsewhere, the last of each task.
#[cfg(feature = "postgres")]
pub(super) fn put(
    connection: &Connection,
    names: &mut Names,
    leases: &[LeaseRow],
) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT OR ROLLBACK INTO leases (task, number, holder, deadline) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for lease in leases {
        insert.execute(params![
            names.stream(connection, StreamId::Task(lease.task))?,
            key::integer(lease.number)?,
            names.stream(connection, StreamId::Contributor(lease.holder))?,
            lease.deadline.map(Timestamp::as_millis)
        ])?;
    }
    Ok(())
}

/// Moves the deadlines of leases that are current; the others come back.
pub(super) fn extend(
    connection: &Connection,
    leases: &[(TaskId, u64, Timestamp)],
) -> Result<Vec<TaskId>, StoreError> {
    let mut update = connection.prepare_cached(
        "UPDATE OR ROLLBACK leases SET deadline = max(deadline, ?3)
             WHERE task = (SELECT number FROM streams WHERE kind = 5 AND id = ?1)
                 AND number = ?2 AND deadline IS NOT NULL",
    )?;
    let mut stale = Vec::new();
    for (task, number, deadline) in leases {
        let (_, id) = key::stream_key(StreamId::Task(*task));
        let extended = update.execute(params![id, key::integer(*number)?, deadline.as_millis()])?;
        if extended == 0 {
            stale.push(*task);
        }
    }
    Ok(stale)
}

/// The number and deadline of the current lease of a task.
pub(super) fn current(
    connection: &Connection,
    task: TaskId,
) -> Result<Option<(u64, Timestamp)>, StoreError> {
    let Some(stream) = names::find_stream(connection, StreamId::Task(task))? else {
        return Ok(None);
    };
    let found: Option<(i64, i64)> = connection
        .prepare_cached(
            "SELECT number, deadline FROM leases WHERE task = ?1 AND deadline IS NOT NULL",
        )
        .and_then(|mut select| {
            select
                .query_row([stream], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
    found
        .map(|(number, deadline)| Ok((key::natural(number)?, Timestamp::from_millis(deadline))))
        .transpose()
}

/// The last lease of each task, in the order of the tasks.
pub(super) fn list(
    connection: &Connection,
    after: Option<TaskId>,
    limit: usize,
) -> Result<Vec<LeaseRow>, StoreError> {
    // Without a task to begin after, the empty identifier comes before all.
    let after = after.map_or_else(Vec::new, |task| task.bits().to_be_bytes().to_vec());
    let mut select = connection.prepare_cached(
        "SELECT s.id, l.number, h.id, l.deadline
             FROM streams AS s
             CROSS JOIN leases AS l ON l.task = s.number
             CROSS JOIN streams AS h ON h.number = l.holder
             WHERE s.kind = 5 AND s.id > ?1 ORDER BY s.id LIMIT ?2",
    )?;
    let rows = select.query_and_then(params![after, key::limit(limit)], |row| {
        let deadline: Option<i64> = row.get(3)?;
        Ok(LeaseRow {
            task: TaskId::from_bits(u128::from_be_bytes(row.get(0)?)),
            number: key::natural(row.get(1)?)?,
            holder: ContributorId::from_bits(u128::from_be_bytes(row.get(2)?)),
            deadline: deadline.map(Timestamp::from_millis),
        })
    })?;
    rows.collect()
}

/// Ends every lease that has no timer of its number.
pub(super) fn end_without_timer(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute(
            "UPDATE OR ROLLBACK leases SET deadline = NULL
             WHERE deadline IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM streams AS s JOIN timers AS t
                     ON t.stream_kind = s.kind AND t.id = s.id
                 WHERE s.number = leases.task AND t.kind = 2 AND t.number = leases.number
             )",
            [],
        )
        .map(|_| ())
        .map_err(StoreError::from)
}
