//! Timers: what is due when.

use consort_kernel::effect::{Timer, TimerChange};
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, params};

use super::key;
use crate::StoreError;

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
