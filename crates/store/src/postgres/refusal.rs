//! Reactions that were rejected, on record.

use consort_kernel::id::CommandId;
use consort_kernel::time::Timestamp;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, command_id};
use crate::key;
use crate::row::RefusalRow;

/// Keeps the refusals, after those that are there; the row of the log is locked.
pub(super) fn insert(session: &mut Session, rows: &[RefusalRow]) -> Tried<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = rows.iter().map(|row| command_id(row.id)).collect();
    let moments: Vec<i64> = rows.iter().map(|row| row.at.as_millis()).collect();
    let reasons: Vec<&str> = rows.iter().map(|row| row.why.as_str()).collect();
    let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
    session
        .change(
            "INSERT INTO refusals (shard, position, id, at, why, body)
                 SELECT 0, r.place + coalesce(
                     (SELECT max(position) FROM refusals WHERE shard = 0), 0
                 ), r.id, r.at, r.why, r.body
                 FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[])
                     WITH ORDINALITY AS r (id, at, why, body, place)",
            &[&ids, &moments, &reasons, &bodies],
        )
        .map(|_| ())
}

/// The refusals, the oldest first.
pub(super) fn list(session: &mut Session, limit: usize) -> Tried<Vec<RefusalRow>> {
    let rows = session.rows(
        "SELECT id, at, why, body FROM refusals WHERE shard = 0 ORDER BY position LIMIT $1",
        &[&key::limit(limit)],
    )?;
    rows.iter()
        .map(|row| {
            Ok(RefusalRow {
                id: CommandId::from_bits(get::<Id>(row, 0)?.bits()),
                at: Timestamp::from_millis(get(row, 1)?),
                why: get(row, 2)?,
                body: get(row, 3)?,
            })
        })
        .collect()
}
