//! Receipts: the answers to commands that were carried out.

use consort_kernel::id::CommandId;
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{
    Id, Streams, command_id, integers, read_digest, read_natural, read_short, read_stream,
};
use crate::key;
use crate::row::Receipt;

/// Writes the receipts; false if one exists.
pub(super) fn insert(session: &mut Session, receipts: &[Receipt]) -> Tried<bool> {
    if receipts.is_empty() {
        return Ok(true);
    }
    let all = || receipts.iter();
    let commands: Vec<Id> = all().map(|one| command_id(one.command)).collect();
    let principals: Vec<&str> = all().map(|one| one.principal.as_str()).collect();
    let digests: Vec<&[u8]> = all().map(|one| one.digest.as_bytes().as_slice()).collect();
    let streams: Streams = all().map(|one| one.stream).collect();
    let versions = integers(all().map(|one| one.first_version))?;
    let events: Vec<i32> = all().map(|one| one.events.into()).collect();
    let moments: Vec<i64> = all().map(|one| one.at.as_millis()).collect();
    let written = session.change(
        "INSERT INTO receipts (shard, command, principal, digest, kind, id, first_version, events,
                 at)
             SELECT 0, r.* FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::smallint[],
                 $5::uuid[], $6::bigint[], $7::integer[], $8::bigint[]) AS r
             ON CONFLICT DO NOTHING",
        &[
            &commands,
            &principals,
            &digests,
            &streams.kinds,
            &streams.ids,
            &versions,
            &events,
            &moments,
        ],
    )?;
    Ok(written == receipts.len())
}

/// The receipts of these commands, in their order.
pub(super) fn find(session: &mut Session, commands: &[(String, CommandId)]) -> Tried<Vec<Receipt>> {
    let principals: Vec<&str> = commands.iter().map(|(name, _)| name.as_str()).collect();
    let ids: Vec<Id> = commands.iter().map(|(_, id)| command_id(*id)).collect();
    let rows = session.rows(
        "SELECT r.principal, r.command, r.digest, r.kind, r.id, r.first_version, r.events, r.at
             FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS w (principal, command, place)
             JOIN receipts AS r
                 ON r.shard = 0 AND r.command = w.command AND r.principal = w.principal
             ORDER BY w.place",
        &[&principals, &ids],
    )?;
    rows.iter().map(read).collect()
}

/// All receipts after one, in the order of their commands and principals.
pub(super) fn list(
    session: &mut Session,
    after: Option<&(CommandId, String)>,
    limit: usize,
) -> Tried<Vec<Receipt>> {
    // Every principal has a name, so the empty one comes before all.
    let (command, principal) = match after {
        Some((command, principal)) => (command_id(*command), principal.as_str()),
        None => (Id::FIRST, ""),
    };
    let rows = session.rows(
        "SELECT principal, command, digest, kind, id, first_version, events, at FROM receipts
             WHERE shard = 0 AND (command, principal) > ($1, $2)
             ORDER BY command, principal LIMIT $3",
        &[&command, &principal, &key::limit(limit)],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Tried<Receipt> {
    let command: Id = get(row, 1)?;
    Ok(Receipt {
        principal: get(row, 0)?,
        command: CommandId::from_bits(command.bits()),
        digest: read_digest(row, 2)?,
        stream: read_stream(row, 3)?,
        first_version: read_natural(row, 5)?,
        events: read_short(row, 6)?,
        at: Timestamp::from_millis(get(row, 7)?),
    })
}
