//! Transfers and the balances that follow from them.
//!
//! The database itself moves the balances of accounts that can run dry, by triggers; here rows are
//! only written and read.

use std::collections::BTreeMap;

use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::{Account, Amount, Asset, Transfer};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, Row, params};

use super::key;
use super::names::{self, Names};
use crate::write::TransferWrite;
use crate::{StoreError, TransferQuery, TransferRow};

/// The balances of accounts.
type Balances = BTreeMap<(Account, Asset), Amount>;

/// Writes the transfers; the database refuses what has no cover.
pub(super) fn insert(
    connection: &Connection,
    names: &mut Names,
    transfers: &[TransferWrite],
) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT OR ROLLBACK INTO transfers (stream, version, line, at, amount, asset,
                 from_role, from_owner, to_role, to_owner, purpose, outcome, task)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for write in transfers {
        let transfer = &write.transfer;
        let (from_role, from_owner) = key::account_key(transfer.from);
        let (to_role, to_owner) = key::account_key(transfer.to);
        let outcome = transfer.outcome.map(StreamId::Outcome);
        let task = transfer.task.map(StreamId::Task);
        insert.execute(params![
            names.stream(connection, write.stream)?,
            key::integer(write.version)?,
            write.line,
            write.at.as_millis(),
            transfer.amount.minor(),
            names.asset(connection, transfer.asset)?,
            from_role,
            names.optional_stream(connection, from_owner)?.unwrap_or(0),
            to_role,
            names.optional_stream(connection, to_owner)?.unwrap_or(0),
            key::purpose_number(transfer.purpose),
            names.optional_stream(connection, outcome)?,
            names.optional_stream(connection, task)?
        ])?;
    }
    Ok(())
}

/// Transfers beyond a position, of one outcome or of all.
pub(super) fn list(
    connection: &Connection,
    query: &TransferQuery,
) -> Result<Vec<TransferRow>, StoreError> {
    let outcome = match query.outcome {
        None => None,
        Some(id) => match names::find_stream(connection, StreamId::Outcome(id))? {
            None => return Ok(Vec::new()),
            found => found,
        },
    };
    let narrowed = if outcome.is_some() {
        "t.outcome = ?3 AND"
    } else {
        "?3 IS NULL AND"
    };
    let (edge, beyond) = match (query.backwards, query.after) {
        (true, 0) => (i64::MAX, "t.position <= ?1 ORDER BY t.position DESC"),
        (true, after) => (
            key::integer(after)?,
            "t.position < ?1 ORDER BY t.position DESC",
        ),
        (false, after) => (key::integer(after)?, "t.position > ?1 ORDER BY t.position"),
    };
    let mut select = connection.prepare_cached(&format!(
        "SELECT t.position, s.kind, s.id, t.version, t.line, t.at, t.amount, a.code, a.scale,
                 t.from_role, f.kind, f.id, t.to_role, g.kind, g.id, t.purpose, o.id, k.id
             FROM transfers AS t
             JOIN streams AS s ON s.number = t.stream
             JOIN assets AS a ON a.number = t.asset
             LEFT JOIN streams AS f ON f.number = t.from_owner
             LEFT JOIN streams AS g ON g.number = t.to_owner
             LEFT JOIN streams AS o ON o.number = t.outcome
             LEFT JOIN streams AS k ON k.number = t.task
             WHERE {narrowed} {beyond} LIMIT ?2"
    ))?;
    let rows = select.query_and_then(params![edge, key::limit(query.limit), outcome], read)?;
    rows.collect()
}

/// The balance of every account that ever moved, folded from the transfers.
pub(super) fn fold(connection: &Connection) -> Result<Balances, StoreError> {
    balances(
        connection,
        "SELECT m.role, s.kind, s.id, a.code, a.scale, m.balance
         FROM (
             SELECT role, owner, asset, sum(amount) AS balance FROM (
                 SELECT to_role AS role, to_owner AS owner, asset, amount FROM transfers
                 UNION ALL
                 SELECT from_role, from_owner, asset, -amount FROM transfers
             ) GROUP BY role, owner, asset
         ) AS m
         JOIN assets AS a ON a.number = m.asset
         LEFT JOIN streams AS s ON s.number = m.owner",
    )
}

/// The balances of the accounts that can run dry, as they are kept.
pub(super) fn guarded(connection: &Connection) -> Result<Balances, StoreError> {
    balances(
        connection,
        "SELECT m.role, s.kind, s.id, a.code, a.scale, m.balance FROM balances AS m
         JOIN assets AS a ON a.number = m.asset
         LEFT JOIN streams AS s ON s.number = m.owner",
    )
}

fn balances(connection: &Connection, sql: &str) -> Result<Balances, StoreError> {
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_and_then([], |row| {
        let account = read_account(row, 0)?;
        let balance = Amount::from_minor(row.get(5)?);
        Ok(((account, read_asset(row, 3)?), balance))
    })?;
    rows.collect()
}

fn read(row: &Row<'_>) -> Result<TransferRow, StoreError> {
    let column = |place: usize| row.get::<_, i64>(place);
    let bits = |place: usize| {
        let id: Option<[u8; 16]> = row.get(place)?;
        Ok::<_, StoreError>(id.map(u128::from_be_bytes))
    };
    Ok(TransferRow {
        position: key::natural(column(0)?)?,
        write: TransferWrite {
            stream: key::stream(column(1)?, row.get(2)?)?,
            version: key::natural(column(3)?)?,
            line: row.get(4)?,
            at: Timestamp::from_millis(column(5)?),
            transfer: Transfer {
                amount: Amount::from_minor(column(6)?),
                asset: read_asset(row, 7)?,
                from: read_account(row, 9)?,
                outcome: bits(16)?.map(OutcomeId::from_bits),
                purpose: key::purpose(column(15)?)?,
                task: bits(17)?.map(TaskId::from_bits),
                to: read_account(row, 12)?,
            },
        },
    })
}

/// The account whose role, and whose owner's kind and identifier, stand from this column on.
fn read_account(row: &Row<'_>, place: usize) -> Result<Account, StoreError> {
    let kind: Option<i64> = row.get(place + 1)?;
    let owner = match kind {
        Some(kind) => Some(key::stream(kind, row.get(place + 2)?)?),
        None => None,
    };
    key::account(row.get(place)?, owner)
}

/// The asset whose code and scale stand from this column on.
fn read_asset(row: &Row<'_>, place: usize) -> Result<Asset, StoreError> {
    let code: String = row.get(place)?;
    let scale: u8 = row.get(place + 1)?;
    Asset::new(&code, scale).map_err(|error| StoreError::Damaged(error.to_string()))
}
