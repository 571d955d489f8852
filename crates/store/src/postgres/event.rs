//! Events: the feed, and the history of each stream.

use consort_kernel::log::{Frontier, leaf_hash};
use consort_kernel::stream::StreamId;
use postgres::Row;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Streams, integers, read_natural, read_stream, stream_key};
use crate::key;
use crate::row::{EventRow, FeedRow};

/// Appends the events to the feed and their leaves to the log, whose row is locked.
pub(super) fn append(session: &mut Session, events: &[EventRow], log: &mut Frontier) -> Tried<()> {
    if events.is_empty() {
        return Ok(());
    }
    let streams: Streams = events.iter().map(|event| event.stream).collect();
    let versions = integers(events.iter().map(|event| event.version))?;
    let bodies: Vec<&str> = events.iter().map(|event| event.body.as_str()).collect();
    session.change(
        "INSERT INTO events (shard, position, kind, id, version, body)
             SELECT 0, $1 + e.place, e.kind, e.id, e.version, e.body
             FROM unnest($2::smallint[], $3::uuid[], $4::bigint[], $5::text[])
                 WITH ORDINALITY AS e (kind, id, version, body, place)
             ORDER BY e.place",
        &[
            &key::integer(log.size())?,
            &streams.kinds,
            &streams.ids,
            &versions,
            &bodies,
        ],
    )?;
    for event in events {
        log.append(leaf_hash(event.body.as_bytes()));
    }
    Ok(())
}

/// Events of the feed after a position. None is committed later at an earlier position.
pub(super) fn feed(session: &mut Session, after: u64, limit: usize) -> Tried<Vec<FeedRow>> {
    let rows = session.rows(
        "SELECT position, version, body, kind, id FROM events
             WHERE shard = 0 AND position > $1 ORDER BY position LIMIT $2",
        &[&key::integer(after)?, &key::limit(limit)],
    )?;
    rows.iter().map(read).collect()
}

/// Events of one stream after a version.
pub(super) fn history(
    session: &mut Session,
    stream: StreamId,
    after: u64,
    limit: usize,
) -> Tried<Vec<FeedRow>> {
    let (kind, id) = stream_key(stream);
    let rows = session.rows(
        "SELECT position, version, body, kind, id FROM events
             WHERE shard = 0 AND kind = $1 AND id = $2 AND version > $3 ORDER BY version LIMIT $4",
        &[&kind, &id, &key::integer(after)?, &key::limit(limit)],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Tried<FeedRow> {
    Ok(FeedRow {
        position: read_natural(row, 0)?,
        event: EventRow {
            stream: read_stream(row, 3)?,
            version: read_natural(row, 1)?,
            body: get(row, 2)?,
        },
    })
}
