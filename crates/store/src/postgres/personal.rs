//! Words about people, and their erasure.

use std::collections::BTreeMap;

use consort_kernel::stream::StreamId;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, Streams, read_digest, read_stream, stream_key};
use super::notice;
use crate::key;
use crate::row::PersonalRow;

/// Keeps the values, each in place of an earlier one of the same field.
pub(super) fn put(session: &mut Session, rows: &[PersonalRow]) -> Tried<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let latest: BTreeMap<(StreamId, &str), &PersonalRow> = rows
        .iter()
        .map(|row| ((row.subject, row.field.as_str()), row))
        .collect();
    let rows = || latest.values();
    let subjects: Streams = rows().map(|row| row.subject).collect();
    let fields: Vec<&str> = rows().map(|row| row.field.as_str()).collect();
    let salts: Vec<&[u8]> = rows().map(|row| row.salt.as_bytes().as_slice()).collect();
    let values: Vec<&str> = rows().map(|row| row.value.as_str()).collect();
    session
        .change(
            "INSERT INTO personal (stream_kind, id, field, salt, value)
                 SELECT p.* FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::bytea[],
                     $5::text[]) AS p
                 ON CONFLICT (stream_kind, id, field)
                     DO UPDATE SET salt = excluded.salt, value = excluded.value",
            &[&subjects.kinds, &subjects.ids, &fields, &salts, &values],
        )
        .map(|_| ())
}

/// The values about a subject.
pub(super) fn of(session: &mut Session, subject: StreamId) -> Tried<Vec<PersonalRow>> {
    let (kind, id) = stream_key(subject);
    let rows = session.rows(
        "SELECT field, salt, value FROM personal
             WHERE stream_kind = $1 AND id = $2 ORDER BY field",
        &[&kind, &id],
    )?;
    rows.iter()
        .map(|row| {
            Ok(PersonalRow {
                subject,
                field: get(row, 0)?,
                salt: read_digest(row, 1)?,
                value: get(row, 2)?,
            })
        })
        .collect()
}

/// All values after one, in the order of their subjects and fields.
pub(super) fn list(
    session: &mut Session,
    after: Option<&PersonalRow>,
    limit: usize,
) -> Tried<Vec<PersonalRow>> {
    // Without one to begin after, what is empty comes before all.
    let (kind, id, field) = after.map_or((0, Id::FIRST, ""), |row| {
        let (kind, id) = stream_key(row.subject);
        (kind, id, row.field.as_str())
    });
    let rows = session.rows(
        "SELECT stream_kind, id, field, salt, value FROM personal
             WHERE (stream_kind, id, field) > ($1, $2, $3)
             ORDER BY stream_kind, id, field LIMIT $4",
        &[&kind, &id, &field, &key::limit(limit)],
    )?;
    rows.iter()
        .map(|row| {
            Ok(PersonalRow {
                subject: read_stream(row, 0)?,
                field: get(row, 2)?,
                salt: read_digest(row, 3)?,
                value: get(row, 4)?,
            })
        })
        .collect()
}

/// Erases every value about a subject; their commitments stay and say nothing any more.
pub(super) fn erase(session: &mut Session, subject: StreamId) -> Tried<()> {
    if let StreamId::Contributor(who) = subject {
        notice::forget(session, who)?;
    }
    let (kind, id) = stream_key(subject);
    session
        .change(
            "DELETE FROM personal WHERE stream_kind = $1 AND id = $2",
            &[&kind, &id],
        )
        .map(|_| ())
}
