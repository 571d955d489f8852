//! The outbox: messages for the world that wait for their delivery.

use rusqlite::{Connection, params};

use super::key;
use super::names::Names;
use crate::StoreError;
use crate::write::OutboxRow;

/// Writes the messages after the last position ever given, and tells the new last one.
pub(super) fn insert(
    connection: &Connection,
    names: &mut Names,
    messages: &[OutboxRow],
    mut last: i64,
) -> Result<i64, StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT OR ROLLBACK INTO outbox (position, stream, version, topic) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for message in messages {
        last += 1;
        let stream = names.stream(connection, message.stream)?;
        insert.execute(params![
            last,
            stream,
            key::integer(message.version)?,
            message.topic
        ])?;
    }
    Ok(last)
}

/// Writes messages at the positions that they have.
#[cfg(feature = "postgres")]
pub(super) fn put(
    connection: &Connection,
    names: &mut Names,
    messages: &[(u64, OutboxRow)],
) -> Result<(), StoreError> {
    for (position, message) in messages {
        // What waits comes one after the other, with gaps where something was delivered.
        let before = key::integer(position.saturating_sub(1))?;
        insert(connection, names, std::slice::from_ref(message), before)?;
    }
    Ok(())
}

/// Messages after a position that wait, the oldest first.
pub(super) fn list(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, OutboxRow)>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT m.position, s.kind, s.id, m.version, m.topic
             FROM outbox AS m JOIN streams AS s ON s.number = m.stream
             WHERE m.position > ?1 ORDER BY m.position LIMIT ?2",
    )?;
    let rows = select.query_and_then(params![key::integer(after)?, key::limit(limit)], |row| {
        let column = |place: usize| row.get::<_, i64>(place);
        let message = OutboxRow {
            stream: key::stream(column(1)?, row.get(2)?)?,
            version: key::natural(column(3)?)?,
            topic: row.get(4)?,
        };
        Ok((key::natural(column(0)?)?, message))
    })?;
    rows.collect()
}

/// Forgets messages that were delivered.
pub(super) fn forget(connection: &Connection, positions: &[u64]) -> Result<(), StoreError> {
    let mut delete = connection.prepare_cached("DELETE FROM outbox WHERE position = ?1")?;
    for position in positions {
        delete.execute([key::integer(*position)?])?;
    }
    Ok(())
}
