//! Timers: what is due when.

use consort_kernel::effect::{Timer, TimerChange};
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, params};

use super::key;
use crate::StoreError;
use crate::write::FiredTimer;

/// Sets and clears timers, in order.
pub(super) fn change(connection: &Connection, changes: &[TimerChange]) -> Result<(), StoreError> {
    for change in changes {
        match change {
            TimerChange::Set(timer) => set(connection, timer)?,
            TimerChange::Clear(stream, kind) => {
                let (stream_kind, id) = key::stream_key(*stream);
                connection
                    .prepare_cached(
                        "DELETE FROM timers WHERE stream_kind = ?1 AND id = ?2 AND kind = ?3",
                    )
                    .and_then(|mut delete| {
                        delete.execute(params![stream_kind, id, key::timer_number(*kind)])
                    })?;
            }
        }
    }
    Ok(())
}

/// Takes timers away that fired; tells whether each was as it was read.
pub(super) fn fire(connection: &Connection, fired: &[FiredTimer]) -> Result<bool, StoreError> {
    for FiredTimer { timer, .. } in fired {
        let (stream_kind, id) = key::stream_key(timer.stream);
        let taken = connection
            .prepare_cached(
                "DELETE FROM timers WHERE stream_kind = ?1 AND id = ?2 AND kind = ?3
                     AND number = ?4 AND due_at = ?5",
            )
            .and_then(|mut delete| {
                delete.execute(params![
                    stream_kind,
                    id,
                    key::timer_number(timer.kind),
                    key::integer(timer.number).ok(),
                    timer.due_at.as_millis()
                ])
            })?;
        if taken == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a timer is as it was read.
pub(super) fn stands(connection: &Connection, timer: &Timer) -> Result<bool, StoreError> {
    let (stream_kind, id) = key::stream_key(timer.stream);
    let mut select = connection.prepare_cached(
        "SELECT 1 FROM timers WHERE stream_kind = ?1 AND id = ?2 AND kind = ?3
             AND number = ?4 AND due_at = ?5",
    )?;
    let stands = select.exists(params![
        stream_kind,
        id,
        key::timer_number(timer.kind),
        key::integer(timer.number).ok(),
        timer.due_at.as_millis()
    ])?;
    Ok(stands)
}

/// Makes timers due at other moments, those of which there still is one of the number.
pub(super) fn extend(connection: &Connection, timers: &[Timer]) -> Result<(), StoreError> {
    for timer in timers {
        let (stream_kind, id) = key::stream_key(timer.stream);
        connection
            .prepare_cached(
                "UPDATE timers SET due_at = ?5 WHERE stream_kind = ?1 AND id = ?2 AND kind = ?3
                     AND number = ?4",
            )
            .and_then(|mut update| {
                update.execute(params![
                    stream_kind,
                    id,
                    key::timer_number(timer.kind),
                    key::integer(timer.number).ok(),
                    timer.due_at.as_millis()
                ])
            })?;
    }
    Ok(())
}

/// Puts these timers in the place of all that are there.
pub(super) fn replace_all(connection: &Connection, timers: &[Timer]) -> Result<(), StoreError> {
    connection.execute("DELETE FROM timers", [])?;
    timers.iter().try_for_each(|timer| set(connection, timer))
}

/// Timers due at a moment, the earliest first; at the same moment in the order of their streams.
pub(super) fn due(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Timer>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT stream_kind, id, kind, number, due_at FROM timers
             WHERE due_at <= ?1 ORDER BY due_at, stream_kind, id, kind LIMIT ?2",
    )?;
    let rows = select.query_and_then(params![now.as_millis(), key::limit(limit)], |row| {
        let column = |place: usize| row.get::<_, i64>(place);
        Ok(Timer {
            stream: key::stream(column(0)?, row.get(1)?)?,
            kind: key::timer_kind(column(2)?)?,
            number: key::natural(column(3)?)?,
            due_at: Timestamp::from_millis(column(4)?),
        })
    })?;
    rows.collect()
}

/// When the next timer is due.
pub(super) fn next_due(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<i64> = connection
        .prepare_cached("SELECT min(due_at) FROM timers")
        .and_then(|mut select| select.query_row([], |row| row.get(0)))?;
    Ok(next.map(Timestamp::from_millis))
}

fn set(connection: &Connection, timer: &Timer) -> Result<(), StoreError> {
    let (stream_kind, id) = key::stream_key(timer.stream);
    let number = key::integer(timer.number)?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO timers (stream_kind, id, kind, number, due_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .and_then(|mut insert| {
            insert.execute(params![
                stream_kind,
                id,
                key::timer_number(timer.kind),
                number,
                timer.due_at.as_millis()
            ])
        })
        .map(|_| ())
        .map_err(StoreError::from)
}
