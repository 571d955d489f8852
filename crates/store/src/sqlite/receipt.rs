//! Receipts: the answers to commands that were carried out.

use consort_kernel::id::CommandId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::key;
use super::names::{self, Names};
use crate::StoreError;
use crate::row::Receipt;

/// Writes the receipts; the database refuses one that exists.
pub(super) fn insert(
    connection: &Connection,
    names: &mut Names,
    receipts: &[Receipt],
) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT OR ROLLBACK INTO receipts (command, principal, digest, stream, first_version, events, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for receipt in receipts {
        let principal = names.principal(connection, &receipt.principal)?;
        let stream = names.stream(connection, receipt.stream)?;
        insert.execute(params![
            receipt.command.bits().to_be_bytes(),
            principal,
            receipt.digest.as_bytes(),
            stream,
            key::integer(receipt.first_version)?,
            receipt.events,
            receipt.at.as_millis()
        ])?;
    }
    Ok(())
}

/// The receipt of a command, if it was carried out.
pub(super) fn find(
    connection: &Connection,
    principal: &str,
    command: CommandId,
) -> Result<Option<Receipt>, StoreError> {
    let Some(number) = names::find_principal(connection, principal)? else {
        return Ok(None);
    };
    let mut select = connection.prepare_cached(
        "SELECT r.digest, s.kind, s.id, r.first_version, r.events, r.at
             FROM receipts AS r JOIN streams AS s ON s.number = r.stream
             WHERE r.command = ?1 AND r.principal = ?2",
    )?;
    let found = select
        .query_row(params![command.bits().to_be_bytes(), number], |row| {
            Ok((
                row.get::<_, [u8; 32]>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, [u8; 16]>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, u16>(4)?,
                row.get::<_, i64>(5)?,
            ))
        })
        .optional()?;
    let Some((digest, kind, id, first_version, events, at)) = found else {
        return Ok(None);
    };
    Ok(Some(Receipt {
        principal: principal.to_owned(),
        command,
        digest: key::digest(digest),
        stream: key::stream(kind, id)?,
        first_version: key::natural(first_version)?,
        events,
        at: Timestamp::from_millis(at),
    }))
}

/// All receipts after one, in the order of their commands and principals.
pub(super) fn list(
    connection: &Connection,
    after: Option<(CommandId, String)>,
    limit: usize,
) -> Result<Vec<Receipt>, StoreError> {
    // Without one to begin after, what is empty comes before all.
    let (command, principal) = match after {
        Some((command, principal)) => (command.bits().to_be_bytes().to_vec(), principal),
        None => (Vec::new(), String::new()),
    };
    let mut select = connection.prepare_cached(
        "SELECT p.name, r.command, r.digest, s.kind, s.id, r.first_version, r.events, r.at
             FROM receipts AS r
             JOIN principals AS p ON p.number = r.principal
             JOIN streams AS s ON s.number = r.stream
             WHERE r.command >= ?1 AND (r.command, p.name) > (?1, ?2)
             ORDER BY r.command, p.name LIMIT ?3",
    )?;
    let rows = select.query_and_then(params![command, principal, key::limit(limit)], |row| {
        Ok(Receipt {
            principal: row.get(0)?,
            command: CommandId::from_bits(u128::from_be_bytes(row.get(1)?)),
            digest: key::digest(row.get(2)?),
            stream: key::stream(row.get(3)?, row.get(4)?)?,
            first_version: key::natural(row.get(5)?)?,
            events: row.get(6)?,
            at: Timestamp::from_millis(row.get(7)?),
        })
    })?;
    rows.collect()
}
