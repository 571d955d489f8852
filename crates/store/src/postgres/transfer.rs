//! Transfers and the balances that follow from them.
//!
//! The database itself moves the balances of accounts that can run dry, by one trigger for all
//! transfers of a statement; here rows are only written and read.

use std::collections::BTreeMap;

use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::{Account, Amount, Asset, Transfer};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{
    Id, Streams, account_of, integers, outcome_id, owner_id, read_natural, read_short, read_stream,
    small, task_id,
};
use crate::rules::refused;
use crate::write::TransferWrite;
use crate::{StoreError, TransferQuery, TransferRow, key};

/// The balances of accounts.
type Balances = BTreeMap<(Account, Asset), Amount>;

/// Writes the transfers after those that are there; the row of the log is locked. The database
/// refuses what has no cover.
pub(super) fn insert(session: &mut Session, transfers: &[TransferWrite]) -> Tried<()> {
    if transfers.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(transfers)?;
    name_assets(session, &columns)?;
    let written = session.change(
        "INSERT INTO transfers (shard, position, kind, id, version, line, at, amount, asset,
                 from_role, from_owner, to_role, to_owner, purpose, outcome, task)
             SELECT 0, w.place + coalesce(
                     (SELECT max(position) FROM transfers WHERE shard = 0), 0
                 ), w.kind, w.id, w.version, w.line, w.at, w.amount, w.asset, w.from_role,
                 w.from_owner, w.to_role, w.to_owner, w.purpose, w.outcome, w.task
             FROM unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::integer[], $5::bigint[],
                 $6::bigint[], $7::text[], $8::smallint[], $9::smallint[], $10::uuid[],
                 $11::smallint[], $12::uuid[], $13::smallint[], $14::uuid[], $15::uuid[])
                 WITH ORDINALITY AS w (kind, id, version, line, at, amount, asset, scale, from_role,
                     from_owner, to_role, to_owner, purpose, outcome, task, place)
             JOIN assets AS a ON a.code = w.asset AND a.scale = w.scale",
        &[
            &columns.streams.kinds,
            &columns.streams.ids,
            &columns.versions,
            &columns.lines,
            &columns.moments,
            &columns.amounts,
            &columns.assets,
            &columns.scales,
            &columns.from.0,
            &columns.from.1,
            &columns.to.0,
            &columns.to.1,
            &columns.purposes,
            &columns.outcomes,
            &columns.tasks,
        ],
    )?;
    if written == transfers.len() {
        Ok(())
    } else {
        Err(refused("the scale of an asset never changes").into())
    }
}

/// Makes the assets known that move for the first time.
fn name_assets(session: &mut Session, columns: &Columns<'_>) -> Tried<()> {
    session
        .change(
            "INSERT INTO assets (code, scale)
                 SELECT DISTINCT ON (w.code) w.code, w.scale
                 FROM unnest($1::text[], $2::smallint[]) AS w (code, scale)
                 WHERE NOT EXISTS (SELECT 1 FROM assets AS a WHERE a.code = w.code)
                 ON CONFLICT DO NOTHING",
            &[&columns.assets, &columns.scales],
        )
        .map(|_| ())
}

/// Transfers after a position, of one outcome or of all.
pub(super) fn list(session: &mut Session, query: &TransferQuery) -> Tried<Vec<TransferRow>> {
    /// The columns, in the order in which [`read`] wants them.
    macro_rules! select {
        ($beyond:literal, $order:literal, $narrowed:literal) => {
            concat!(
                "SELECT t.position, t.kind, t.id, t.version, t.line, t.at, t.amount, a.code,
                     a.scale, t.from_role, t.from_owner, t.to_role, t.to_owner, t.purpose,
                     t.outcome, t.task
                 FROM transfers AS t JOIN assets AS a ON a.code = t.asset
                 WHERE t.shard = 0 AND t.position ",
                $beyond,
                " $1",
                $narrowed,
                " ORDER BY t.position ",
                $order,
                " LIMIT $2"
            )
        };
    }
    let after = match (query.backwards, query.after) {
        (true, 0) => i64::MAX,
        (_, after) => key::integer(after)?,
    };
    let limit = key::limit(query.limit);
    let rows = match (query.outcome, query.backwards) {
        (None, false) => session.rows(select!(">", "ASC", ""), &[&after, &limit])?,
        (None, true) => session.rows(select!("<", "DESC", ""), &[&after, &limit])?,
        (Some(outcome), false) => session.rows(
            select!(">", "ASC", " AND t.outcome = $3"),
            &[&after, &limit, &outcome_id(outcome)],
        )?,
        (Some(outcome), true) => session.rows(
            select!("<", "DESC", " AND t.outcome = $3"),
            &[&after, &limit, &outcome_id(outcome)],
        )?,
    };
    rows.iter().map(read).collect()
}

/// The balance of every account that ever moved, folded from the transfers.
pub(super) fn fold(session: &mut Session) -> Tried<Balances> {
    balances(
        session,
        "SELECT m.role, m.owner, a.code, a.scale, m.balance
         FROM (
             SELECT role, owner, asset, sum(amount)::bigint AS balance FROM (
                 SELECT to_role AS role, to_owner AS owner, asset, amount
                     FROM transfers WHERE shard = 0
                 UNION ALL
                 SELECT from_role, from_owner, asset, -amount FROM transfers WHERE shard = 0
             ) AS l GROUP BY role, owner, asset
         ) AS m JOIN assets AS a ON a.code = m.asset",
    )
}

/// The balances of the accounts that can run dry, as they are kept.
pub(super) fn guarded(session: &mut Session) -> Tried<Balances> {
    balances(
        session,
        "SELECT m.role, m.owner, a.code, a.scale, m.balance FROM balances AS m
         JOIN assets AS a ON a.code = m.asset WHERE m.shard = 0",
    )
}

fn balances(session: &mut Session, sql: &'static str) -> Tried<Balances> {
    let rows = session.rows(sql, &[])?;
    rows.iter()
        .map(|row| {
            let balance = Amount::from_minor(get(row, 4)?);
            Ok(((read_account(row, 0)?, read_asset(row, 2)?), balance))
        })
        .collect()
}

fn read(row: &Row) -> Tried<TransferRow> {
    let purpose: i16 = get(row, 13)?;
    let outcome: Option<Id> = get(row, 14)?;
    let task: Option<Id> = get(row, 15)?;
    Ok(TransferRow {
        position: read_natural(row, 0)?,
        write: TransferWrite {
            stream: read_stream(row, 1)?,
            version: read_natural(row, 3)?,
            line: read_short(row, 4)?,
            at: Timestamp::from_millis(get(row, 5)?),
            transfer: Transfer {
                amount: Amount::from_minor(get(row, 6)?),
                asset: read_asset(row, 7)?,
                from: read_account(row, 9)?,
                outcome: outcome.map(|id| OutcomeId::from_bits(id.bits())),
                purpose: key::purpose(purpose.into())?,
                task: task.map(|id| TaskId::from_bits(id.bits())),
                to: read_account(row, 11)?,
            },
        },
    })
}

/// The account whose role and owner stand from this column on.
fn read_account(row: &Row, place: usize) -> Tried<Account> {
    let role: i16 = get(row, place)?;
    let owner: Option<Id> = get(row, place + 1)?;
    Ok(account_of(role, owner)?)
}

/// The asset whose code and scale stand from this column on.
fn read_asset(row: &Row, place: usize) -> Tried<Asset> {
    let code: &str = get(row, place)?;
    let scale: i16 = get(row, place + 1)?;
    let asset = u8::try_from(scale).map(|scale| Asset::new(code, scale));
    match asset {
        Ok(Ok(asset)) => Ok(asset),
        _ => Err(StoreError::Damaged(format!("{code} with {scale} places is no asset")).into()),
    }
}

/// Transfers as columns.
struct Columns<'a> {
    streams: Streams,
    versions: Vec<i64>,
    lines: Vec<i32>,
    moments: Vec<i64>,
    amounts: Vec<i64>,
    assets: Vec<&'a str>,
    scales: Vec<i16>,
    from: (Vec<i16>, Vec<Option<Id>>),
    to: (Vec<i16>, Vec<Option<Id>>),
    purposes: Vec<i16>,
    outcomes: Vec<Option<Id>>,
    tasks: Vec<Option<Id>>,
}

impl<'a> Columns<'a> {
    fn of(writes: &'a [TransferWrite]) -> Tried<Self> {
        let all = || writes.iter();
        let moves = || writes.iter().map(|write| &write.transfer);
        Ok(Self {
            streams: all().map(|write| write.stream).collect(),
            versions: integers(all().map(|write| write.version))?,
            lines: all().map(|write| write.line.into()).collect(),
            moments: all().map(|write| write.at.as_millis()).collect(),
            amounts: moves().map(|one| one.amount.minor()).collect(),
            assets: moves().map(|one| one.asset.code()).collect(),
            scales: moves().map(|one| one.asset.scale().into()).collect(),
            from: moves().map(|one| account(one.from)).unzip(),
            to: moves().map(|one| account(one.to)).unzip(),
            purposes: moves()
                .map(|one| small(key::purpose_number(one.purpose)))
                .collect(),
            outcomes: moves().map(|one| one.outcome.map(outcome_id)).collect(),
            tasks: moves().map(|one| one.task.map(task_id)).collect(),
        })
    }
}

fn account(account: Account) -> (i16, Option<Id>) {
    let (role, owner): (i64, Option<StreamId>) = key::account_key(account);
    (small(role), owner_id(owner))
}
