//! Events: the feed, and the history of each stream.

use consort_kernel::log::{Frontier, leaf_hash};
use consort_kernel::stream::StreamId;
use rusqlite::{Connection, Row, params};

use super::key;
use super::names::{self, Names};
use crate::StoreError;
use crate::row::{EventRow, FeedRow};

/// Appends the events to the feed and their leaves to the log.
pub(super) fn append(
    connection: &Connection,
    names: &mut Names,
    events: &[EventRow],
    log: &mut Frontier,
) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT OR ROLLBACK INTO events (stream, version, body) VALUES (?1, ?2, ?3)",
    )?;
    for event in events {
        let stream = names.stream(connection, event.stream)?;
        let version = key::integer(event.version)?;
        let position = insert.insert(params![stream, version, event.body])?;
        if position != key::integer(log.size() + 1)? {
            return Err(StoreError::Damaged(format!(
                "the log has {} leaves, and the next event is number {position}",
                log.size()
            )));
        }
        log.append(leaf_hash(event.body.as_bytes()));
    }
    Ok(())
}

/// Events of the feed after a position.
pub(super) fn feed(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<FeedRow>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT e.position, e.version, e.body, s.kind, s.id
             FROM events AS e JOIN streams AS s ON s.number = e.stream
             WHERE e.position > ?1 ORDER BY e.position LIMIT ?2",
    )?;
    let rows = select.query_and_then(params![key::integer(after)?, key::limit(limit)], read)?;
    rows.collect()
}

/// Events of one stream after a version.
pub(super) fn history(
    connection: &Connection,
    stream: StreamId,
    after: u64,
    limit: usize,
) -> Result<Vec<FeedRow>, StoreError> {
    let Some(number) = names::find_stream(connection, stream)? else {
        return Ok(Vec::new());
    };
    let mut select = connection.prepare_cached(
        "SELECT e.position, e.version, e.body, s.kind, s.id
             FROM events AS e JOIN streams AS s ON s.number = e.stream
             WHERE e.stream = ?1 AND e.version > ?2 ORDER BY e.version LIMIT ?3",
    )?;
    let rows = select.query_and_then(
        params![number, key::integer(after)?, key::limit(limit)],
        read,
    )?;
    rows.collect()
}

fn read(row: &Row<'_>) -> Result<FeedRow, StoreError> {
    let column = |place: usize| row.get::<_, i64>(place);
    Ok(FeedRow {
        position: key::natural(column(0)?)?,
        event: EventRow {
            stream: key::stream(column(3)?, row.get(4)?)?,
            version: key::natural(column(1)?)?,
            body: row.get(2)?,
        },
    })
}
