//! Reactions that were rejected, on record.

use consort_kernel::id::CommandId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, params};

use super::key;
use crate::StoreError;
use crate::row::RefusalRow;

/// Keeps the refusals.
pub(super) fn insert(connection: &Connection, rows: &[RefusalRow]) -> Result<(), StoreError> {
    for row in rows {
        let id = row.id.bits().to_be_bytes();
        connection
            .prepare_cached("INSERT INTO refusals (id, at, why, body) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| {
                insert.execute(params![id, row.at.as_millis(), row.why, row.body])
            })?;
    }
    Ok(())
}

/// The refusals, the oldest first.
pub(super) fn list(connection: &Connection, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT id, at, why, body FROM refusals ORDER BY position LIMIT ?1")?;
    let rows = select.query_map([key::limit(limit)], |row| {
        Ok(RefusalRow {
            id: CommandId::from_bits(u128::from_be_bytes(row.get(0)?)),
            at: Timestamp::from_millis(row.get(1)?),
            why: row.get(2)?,
            body: row.get(3)?,
        })
    })?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}
