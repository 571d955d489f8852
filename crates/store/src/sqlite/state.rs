//! States: what the events of each stream amount to, by identifier.

use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::key;
use super::names::Names;
use crate::StoreError;
use crate::row::StateRow;
use crate::rules::refused;
use crate::write::{Guard, RowWrite};

/// The columns of a state with its stream and parent, in the order in which [`read`] wants them.
pub(super) const SELECT_STATE: &str = "SELECT t.kind, t.id, t.version, t.fence, p.kind, p.id,
        t.status, t.form, t.body, t.recorded_at
    FROM states AS t LEFT JOIN streams AS p ON p.number = t.parent";

/// Writes the states; false if one was not as it was read.
pub(super) fn write(
    connection: &Connection,
    names: &mut Names,
    rows: &[RowWrite],
) -> Result<bool, StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT OR ROLLBACK INTO states
                 (stream, kind, id, version, fence, recorded_at, parent, status, form, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut update = connection.prepare_cached(
        "UPDATE OR ROLLBACK states SET version = ?2, fence = ?3, recorded_at = ?4, parent = ?5,
                 status = ?6, form = ?7, body = ?8
             WHERE stream = ?1 AND version = ?9",
    )?;
    for write in rows {
        let row = &write.row;
        let stream = names.stream(connection, row.stream)?;
        let parent = names.optional_stream(connection, row.parent)?;
        let version = key::integer(row.version)?;
        let fence = key::integer(row.fence)?;
        let at = row.recorded_at.as_millis();
        let (kind, id) = key::stream_key(row.stream);
        let written = if write.read_version == 0 {
            insert.execute(params![
                stream, kind, id, version, fence, at, parent, row.status, row.form, row.body
            ])?
        } else {
            let read_version = key::integer(write.read_version)?;
            update.execute(params![
                stream,
                version,
                fence,
                at,
                parent,
                row.status,
                row.form,
                row.body,
                read_version
            ])?
        };
        if written != 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether every guarded row has the fence that it was read with.
pub(super) fn guards_hold(connection: &Connection, guards: &[Guard]) -> Result<bool, StoreError> {
    for guard in guards {
        if guard_moved(connection, guard)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The streams that were not as they were read.
pub(super) fn moved(
    connection: &Connection,
    rows: &[RowWrite],
    guards: &[Guard],
) -> Result<Vec<StreamId>, StoreError> {
    let mut streams = Vec::new();
    for write in rows {
        let (version, _) = version_and_fence(connection, write.row.stream)?.unwrap_or((0, 0));
        if version != write.read_version {
            streams.push(write.row.stream);
        }
    }
    for guard in guards {
        if guard_moved(connection, guard)? {
            streams.push(guard.stream);
        }
    }
    streams.sort_unstable();
    streams.dedup();
    Ok(streams)
}

/// The states of these streams, in their order.
pub(super) fn load(
    connection: &Connection,
    streams: &[StreamId],
) -> Result<Vec<StateRow>, StoreError> {
    let mut select = connection.prepare_cached(&format!(
        "{SELECT_STATE} WHERE t.stream =
                 (SELECT number FROM streams WHERE kind = ?1 AND id = ?2)"
    ))?;
    let mut found = Vec::with_capacity(streams.len());
    for stream in streams {
        let mut rows = select.query(key::stream_key(*stream))?;
        if let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Replaces states whose versions are as they are.
pub(super) fn replace(
    connection: &Connection,
    names: &mut Names,
    rows: &[StateRow],
) -> Result<(), StoreError> {
    for row in rows {
        let write = RowWrite {
            row: row.clone(),
            read_version: row.version,
        };
        if !self::write(connection, names, &[write])? {
            return Err(refused(format!(
                "{} is not at version {}, so its state was not replaced",
                row.stream, row.version
            )));
        }
    }
    Ok(())
}

/// A state from the columns of [`SELECT_STATE`].
pub(super) fn read(row: &Row<'_>) -> Result<StateRow, StoreError> {
    let column = |place: usize| row.get::<_, i64>(place);
    let parent_kind: Option<i64> = row.get(4)?;
    let parent = match parent_kind {
        Some(kind) => Some(key::stream(kind, row.get(5)?)?),
        None => None,
    };
    Ok(StateRow {
        stream: key::stream(column(0)?, row.get(1)?)?,
        version: key::natural(column(2)?)?,
        fence: key::natural(column(3)?)?,
        recorded_at: Timestamp::from_millis(column(9)?),
        parent,
        status: row.get(6)?,
        form: row.get(7)?,
        body: row.get(8)?,
    })
}

fn guard_moved(connection: &Connection, guard: &Guard) -> Result<bool, StoreError> {
    let found = version_and_fence(connection, guard.stream)?;
    Ok(found.is_none_or(|(_, fence)| fence != guard.fence))
}

fn version_and_fence(
    connection: &Connection,
    stream: StreamId,
) -> Result<Option<(u64, u64)>, StoreError> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached(
            "SELECT version, fence FROM states WHERE stream =
                 (SELECT number FROM streams WHERE kind = ?1 AND id = ?2)",
        )
        .and_then(|mut select| {
            select
                .query_row(key::stream_key(stream), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
        })?;
    found
        .map(|(version, fence)| Ok((key::natural(version)?, key::natural(fence)?)))
        .transpose()
}
