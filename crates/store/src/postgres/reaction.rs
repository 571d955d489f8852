//! Reactions: commands that an event asked of another stream and that are yet to be run.

use consort_kernel::id::CommandId;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, command_id};
use crate::key;
use crate::write::ReactionRow;

/// Writes the reactions after the last position ever given, and tells the new last one; the
/// database refuses one that waits already.
pub(super) fn insert(session: &mut Session, reactions: &[ReactionRow], last: i64) -> Tried<i64> {
    if reactions.is_empty() {
        return Ok(last);
    }
    let ids: Vec<Id> = reactions.iter().map(|one| command_id(one.id)).collect();
    let bodies: Vec<&str> = reactions.iter().map(|one| one.body.as_str()).collect();
    session.change(
        "INSERT INTO reactions (shard, position, id, body)
             SELECT 0, $1 + r.place, r.id, r.body
             FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS r (id, body, place)",
        &[&last, &ids, &bodies],
    )?;
    Ok(last + key::limit(reactions.len()))
}

/// Takes the reactions that were handled; false if one was taken by another commit.
pub(super) fn take(session: &mut Session, done: &[CommandId]) -> Tried<bool> {
    if done.is_empty() {
        return Ok(true);
    }
    let ids: Vec<Id> = done.iter().copied().map(command_id).collect();
    let taken = session.change(
        "DELETE FROM reactions WHERE shard = 0 AND id = ANY($1::uuid[])",
        &[&ids],
    )?;
    Ok(taken == done.len())
}

/// Those of these reactions that do not wait any more.
pub(super) fn gone(session: &mut Session, sought: &[CommandId]) -> Tried<Vec<CommandId>> {
    let ids: Vec<Id> = sought.iter().copied().map(command_id).collect();
    let rows = session.rows(
        "SELECT w.id FROM unnest($1::uuid[]) AS w (id)
             WHERE NOT EXISTS (SELECT 1 FROM reactions AS r WHERE r.shard = 0 AND r.id = w.id)",
        &[&ids],
    )?;
    rows.iter()
        .map(|row| Ok(CommandId::from_bits(get::<Id>(row, 0)?.bits())))
        .collect()
}

/// Reactions that wait, the oldest first.
pub(super) fn list(session: &mut Session, limit: usize) -> Tried<Vec<ReactionRow>> {
    let rows = session.rows(
        "SELECT id, body FROM reactions WHERE shard = 0 ORDER BY position LIMIT $1",
        &[&key::limit(limit)],
    )?;
    rows.iter()
        .map(|row| {
            Ok(ReactionRow {
                id: CommandId::from_bits(get::<Id>(row, 0)?.bits()),
                body: get(row, 1)?,
            })
        })
        .collect()
}
