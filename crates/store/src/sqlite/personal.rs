//! Words about people, and their erasure.

use consort_kernel::stream::StreamId;
use rusqlite::{Connection, params};

use super::{key, notice};
use crate::StoreError;
use crate::row::PersonalRow;

/// Keeps the values, each in place of an earlier one of the same field.
pub(super) fn put(connection: &Connection, rows: &[PersonalRow]) -> Result<(), StoreError> {
    for row in rows {
        let (kind, id) = key::stream_key(row.subject);
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO personal (stream_kind, id, field, salt, value)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut insert| {
                insert.execute(params![kind, id, row.field, row.salt.as_bytes(), row.value])
            })?;
    }
    Ok(())
}

/// The values about a subject.
pub(super) fn of(
    connection: &Connection,
    subject: StreamId,
) -> Result<Vec<PersonalRow>, StoreError> {
    let (kind, id) = key::stream_key(subject);
    let mut select = connection.prepare_cached(
        "SELECT field, salt, value FROM personal WHERE stream_kind = ?1 AND id = ?2 ORDER BY field",
    )?;
    let rows = select.query_map(params![kind, id], |row| {
        Ok(PersonalRow {
            subject,
            field: row.get(0)?,
            salt: key::digest(row.get(1)?),
            value: row.get(2)?,
        })
    })?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}

/// All values after one, in the order of their subjects and fields.
#[cfg(feature = "postgres")]
pub(super) fn list(
    connection: &Connection,
    after: Option<&PersonalRow>,
    limit: usize,
) -> Result<Vec<PersonalRow>, StoreError> {
    // Without one to begin after, what is empty comes before all.
    let (kind, id, field) = after.map_or((0, [0; 16], ""), |row| {
        let (kind, id) = key::stream_key(row.subject);
        (kind, id, row.field.as_str())
    });
    let mut select = connection.prepare_cached(
        "SELECT stream_kind, id, field, salt, value FROM personal
             WHERE (stream_kind, id, field) > (?1, ?2, ?3)
             ORDER BY stream_kind, id, field LIMIT ?4",
    )?;
    let asked = params![kind, id, field, key::limit(limit)];
    let rows = select.query_and_then(asked, |row| {
        Ok(PersonalRow {
            subject: key::stream(row.get(0)?, row.get(1)?)?,
            field: row.get(2)?,
            salt: key::digest(row.get(3)?),
            value: row.get(4)?,
        })
    })?;
    rows.collect()
}

/// Erases every value about a subject; their commitments stay and say nothing any more.
pub(super) fn erase(connection: &Connection, subject: StreamId) -> Result<(), StoreError> {
    if let StreamId::Contributor(who) = subject {
        notice::forget(connection, who)?;
    }
    let (kind, id) = key::stream_key(subject);
    connection
        .prepare_cached("DELETE FROM personal WHERE stream_kind = ?1 AND id = ?2")
        .and_then(|mut delete| delete.execute(params![kind, id]))?;
    Ok(())
}
