//! Acceptances: one for a task, with the person who answers for it.

use consort_kernel::effect::Acceptance;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, params};

use super::key;
use super::names::Names;
use crate::StoreError;

/// Writes the acceptances; the database refuses a second one of a task.
pub(super) fn insert(
    connection: &Connection,
    names: &mut Names,
    acceptances: &[Acceptance],
) -> Result<(), StoreError> {
    for acceptance in acceptances {
        let row = params![
            names.stream(connection, StreamId::Task(acceptance.task))?,
            key::integer(acceptance.lease)?,
            acceptance.submission.as_bytes(),
            names.stream(connection, StreamId::Contributor(acceptance.approver))?,
            acceptance.in_advance,
            acceptance.at.as_millis()
        ];
        connection
            .prepare_cached(
                "INSERT OR ROLLBACK INTO acceptances (task, lease, submission, approver, in_advance, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut insert| insert.execute(row))?;
    }
    Ok(())
}

/// Acceptances in the order of their tasks.
pub(super) fn list(
    connection: &Connection,
    after: Option<TaskId>,
    limit: usize,
) -> Result<Vec<Acceptance>, StoreError> {
    // Without a task to begin after, the empty identifier comes before all.
    let after = after.map_or_else(Vec::new, |task| task.bits().to_be_bytes().to_vec());
    let mut select = connection.prepare_cached(
        "SELECT s.id, a.lease, a.submission, p.id, a.in_advance, a.at
             FROM streams AS s
             CROSS JOIN acceptances AS a ON a.task = s.number
             CROSS JOIN streams AS p ON p.number = a.approver
             WHERE s.kind = 5 AND s.id > ?1 ORDER BY s.id LIMIT ?2",
    )?;
    let rows = select.query_and_then(params![after, key::limit(limit)], |row| {
        let bits = |place: usize| {
            row.get::<_, [u8; 16]>(place)
                .map(u128::from_be_bytes)
                .map_err(StoreError::from)
        };
        Ok(Acceptance {
            task: TaskId::from_bits(bits(0)?),
            lease: key::natural(row.get(1)?)?,
            submission: key::digest(row.get(2)?),
            approver: ContributorId::from_bits(bits(3)?),
            in_advance: row.get(4)?,
            at: Timestamp::from_millis(row.get(5)?),
        })
    })?;
    rows.collect()
}
