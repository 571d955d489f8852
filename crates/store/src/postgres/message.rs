//! The outbox: messages for the world that wait for their delivery.

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Streams, integers, read_natural, read_stream};
use crate::key;
use crate::write::OutboxRow;

/// Writes the messages after the last position ever given, and tells the new last one.
pub(super) fn insert(session: &mut Session, messages: &[OutboxRow], last: i64) -> Tried<i64> {
    if messages.is_empty() {
        return Ok(last);
    }
    let streams: Streams = messages.iter().map(|message| message.stream).collect();
    let versions = integers(messages.iter().map(|message| message.version))?;
    let topics: Vec<&str> = messages.iter().map(|one| one.topic.as_str()).collect();
    session.change(
        "INSERT INTO outbox (shard, position, kind, id, version, topic)
             SELECT 0, $1 + m.place, m.kind, m.id, m.version, m.topic
             FROM unnest($2::smallint[], $3::uuid[], $4::bigint[], $5::text[])
                 WITH ORDINALITY AS m (kind, id, version, topic, place)",
        &[&last, &streams.kinds, &streams.ids, &versions, &topics],
    )?;
    Ok(last + key::limit(messages.len()))
}

/// Writes messages at the positions that they have.
pub(super) fn put(session: &mut Session, messages: &[(u64, OutboxRow)]) -> Tried<()> {
    for (position, message) in messages {
        // What waits comes one after the other, with gaps where something was delivered.
        insert(
            session,
            std::slice::from_ref(message),
            key::integer(position - 1)?,
        )?;
    }
    Ok(())
}

/// Messages after a position that wait, the oldest first.
pub(super) fn list(
    session: &mut Session,
    after: u64,
    limit: usize,
) -> Tried<Vec<(u64, OutboxRow)>> {
    let rows = session.rows(
        "SELECT position, kind, id, version, topic FROM outbox
             WHERE shard = 0 AND position > $1 ORDER BY position LIMIT $2",
        &[&key::integer(after)?, &key::limit(limit)],
    )?;
    rows.iter()
        .map(|row| {
            let message = OutboxRow {
                stream: read_stream(row, 1)?,
                version: read_natural(row, 3)?,
                topic: get(row, 4)?,
            };
            Ok((read_natural(row, 0)?, message))
        })
        .collect()
}

/// Forgets messages that were delivered.
pub(super) fn forget(session: &mut Session, positions: &[u64]) -> Tried<()> {
    let positions = integers(positions.iter().copied())?;
    session
        .change(
            "DELETE FROM outbox WHERE shard = 0 AND position = ANY($1::bigint[])",
            &[&positions],
        )
        .map(|_| ())
}
