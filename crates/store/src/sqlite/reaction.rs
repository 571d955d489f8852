//! Reactions: commands that an event asked of another stream and that are yet to be run.

use consort_kernel::id::CommandId;
use rusqlite::Connection;
use rusqlite::params;

use super::key;
use crate::StoreError;
use crate::write::ReactionRow;

/// Writes the reactions; the database refuses one that waits already.
pub(super) fn insert(connection: &Connection, reactions: &[ReactionRow]) -> Result<(), StoreError> {
    for reaction in reactions {
        connection
            .prepare_cached("INSERT OR ROLLBACK INTO reactions (id, body) VALUES (?1, ?2)")
            .and_then(|mut insert| {
                insert.execute(params![reaction.id.bits().to_be_bytes(), reaction.body])
            })?;
    }
    Ok(())
}

/// Takes the reactions that were handled; false if one was taken by another commit.
pub(super) fn take(connection: &Connection, done: &[CommandId]) -> Result<bool, StoreError> {
    for id in done {
        let taken = connection
            .prepare_cached("DELETE FROM reactions WHERE id = ?1")
            .and_then(|mut delete| delete.execute([id.bits().to_be_bytes()]))?;
        if taken != 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the reaction waits.
pub(super) fn waits(connection: &Connection, id: CommandId) -> Result<bool, StoreError> {
    connection
        .prepare_cached("SELECT 1 FROM reactions WHERE id = ?1")
        .and_then(|mut select| select.exists([id.bits().to_be_bytes()]))
        .map_err(StoreError::from)
}

/// Reactions that wait, the oldest first.
pub(super) fn list(connection: &Connection, limit: usize) -> Result<Vec<ReactionRow>, StoreError> {
    let mut select =
        connection.prepare_cached("SELECT id, body FROM reactions ORDER BY position LIMIT ?1")?;
    let rows = select.query_map([key::limit(limit)], |row| {
        Ok(ReactionRow {
            id: CommandId::from_bits(u128::from_be_bytes(row.get(0)?)),
            body: row.get(1)?,
        })
    })?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}
