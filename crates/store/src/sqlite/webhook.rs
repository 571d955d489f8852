//! Webhooks by their identifiers, and their deliveries by position.

use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{SqliteStore, moment};
use crate::key::{bound, integer, limit as rows, natural};
use crate::rules::refused;
use crate::{Delivery, StoreError, Webhook, Webhooks};

const WEBHOOK: &str = "id, owner, address, wanted, secret, former_secret, former_until, created, ended, \
                       ended_why, looked, epoch, version";
const DELIVERY: &str = "webhook, position, attempts, due, tried, answer, has_arrived";

impl Webhooks for SqliteStore {
    fn put_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        self.writer()?
            .write(|connection, _| put(connection, webhook))
    }

    fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        self.readers.read(|connection| {
            let sql = format!("SELECT {WEBHOOK} FROM webhooks WHERE id = ?1");
            let mut select = connection.prepare_cached(&sql)?;
            let found = select.query_row([bytes(id)], webhook).optional()?;
            found.transpose()
        })
    }

    fn webhooks_of(&self, owner: ContributorId) -> Result<Vec<Webhook>, StoreError> {
        self.readers.read(|connection| {
            let sql =
                format!("SELECT {WEBHOOK} FROM webhooks WHERE owner = ?1 ORDER BY created, id");
            let mut select = connection.prepare_cached(&sql)?;
            let found = select.query_map([owner.bits().to_be_bytes()], webhook)?;
            found.map(|row| row?).collect()
        })
    }

    fn open_webhooks(
        &self,
        epoch: u64,
        after: Option<WebhookId>,
        limit: usize,
    ) -> Result<Vec<Webhook>, StoreError> {
        self.readers.read(|connection| {
            let sql = format!(
                "SELECT {WEBHOOK} FROM webhooks
                 WHERE ended IS NULL AND epoch = ?1 AND (?2 IS NULL OR id > ?2)
                 ORDER BY id LIMIT ?3"
            );
            let mut select = connection.prepare_cached(&sql)?;
            let asked = params![integer(epoch)?, after.map(bytes), rows(limit)];
            let found = select.query_map(asked, webhook)?;
            found.map(|row| row?).collect()
        })
    }

    fn write_webhook(
        &self,
        webhook: &Webhook,
        deliveries: &[Delivery],
    ) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let sql = "UPDATE webhooks SET owner = ?2, address = ?3, wanted = ?4, secret = ?5,
                           former_secret = ?6, former_until = ?7, created = ?8, ended = ?9,
                           ended_why = ?10, looked = ?11, epoch = ?12, version = ?13 + 1
                       WHERE id = ?1 AND version = ?13";
            if write(connection, sql, webhook)? == 0 {
                return Ok(false);
            }
            wait(connection, deliveries)?;
            if webhook.ended.is_some() {
                let sql = "DELETE FROM deliveries WHERE webhook = ?1 AND due IS NOT NULL";
                connection
                    .prepare_cached(sql)?
                    .execute([bytes(webhook.id)])?;
            }
            Ok(true)
        })
    }

    fn due_webhooks(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<WebhookId>, StoreError> {
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT webhook FROM deliveries JOIN webhooks ON webhooks.id = deliveries.webhook
                 WHERE due IS NOT NULL AND due <= ?2 AND epoch = ?1
                 GROUP BY webhook ORDER BY min(due), webhook LIMIT ?3",
            )?;
            let asked = params![integer(epoch)?, now.as_millis(), rows(limit)];
            let found = select.query_map(asked, |row| id(row, 0))?;
            found.collect::<Result<_, _>>().map_err(StoreError::from)
        })
    }

    fn claim_delivery(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        self.writer()?.write(|connection, _| {
            let sql = format!(
                "UPDATE deliveries SET attempts = attempts + 1, due = ?3
                 WHERE webhook = ?1 AND position = (SELECT position FROM deliveries
                     WHERE webhook = ?1 AND due IS NOT NULL AND due <= ?2
                     ORDER BY due, position LIMIT 1)
                 RETURNING {DELIVERY}"
            );
            let mut claim = connection.prepare_cached(&sql)?;
            let asked = params![bytes(webhook), now.as_millis(), until.as_millis()];
            let found = claim.query_row(asked, delivery).optional()?;
            found.transpose()
        })
    }

    fn settle_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let sql = "UPDATE deliveries SET due = ?4, tried = ?5, answer = ?6, has_arrived = ?7
                       WHERE webhook = ?1 AND position = ?2 AND attempts = ?3 AND due IS NOT NULL";
            Ok(change(connection, sql, delivery)? == 1)
        })
    }

    fn deliveries_of(
        &self,
        webhook: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.readers.read(|connection| {
            let sql = format!(
                "SELECT {DELIVERY} FROM deliveries WHERE webhook = ?1 AND position < ?2
                 ORDER BY position DESC LIMIT ?3"
            );
            let mut select = connection.prepare_cached(&sql)?;
            let found = select.query_map(
                params![bytes(webhook), bound(before), rows(limit)],
                delivery,
            )?;
            found.map(|row| row?).collect()
        })
    }

    fn waiting_deliveries(&self, webhook: WebhookId) -> Result<u64, StoreError> {
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT count(*) FROM deliveries WHERE webhook = ?1 AND due IS NOT NULL",
            )?;
            natural(select.query_row([bytes(webhook)], |row| row.get(0))?)
        })
    }

    fn forget_deliveries(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.writer()?.write(|connection, _| {
            let forget = |sql| -> Result<usize, StoreError> {
                let mut delete = connection.prepare_cached(sql)?;
                Ok(delete.execute([before.as_millis()])?)
            };
            let deliveries = forget(
                "DELETE FROM deliveries WHERE (due IS NULL AND tried < ?1)
                     OR webhook IN (SELECT id FROM webhooks WHERE ended < ?1)",
            )?;
            Ok(deliveries + forget("DELETE FROM webhooks WHERE ended < ?1")?)
        })
    }
}

/// Keeps a new webhook.
pub(super) fn put(connection: &Connection, webhook: &Webhook) -> Result<(), StoreError> {
    let values = "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13";
    let sql = format!("INSERT INTO webhooks ({WEBHOOK}) VALUES ({values}) ON CONFLICT DO NOTHING");
    if write(connection, &sql, webhook)? == 1 {
        Ok(())
    } else {
        Err(refused("this webhook is there already".to_owned()))
    }
}

/// Keeps deliveries; one that waits already stays as it is.
pub(super) fn wait(connection: &Connection, deliveries: &[Delivery]) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO deliveries ({DELIVERY}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET attempts = excluded.attempts, due = excluded.due,
             tried = excluded.tried, answer = excluded.answer,
             has_arrived = excluded.has_arrived
         WHERE deliveries.due IS NULL"
    );
    for it in deliveries {
        change(connection, &sql, it)?;
    }
    Ok(())
}

/// Runs a statement that takes the columns of a webhook; tells how many rows it changed.
fn write(connection: &Connection, sql: &str, webhook: &Webhook) -> Result<usize, StoreError> {
    let (former, until) = webhook.former.clone().unzip();
    let (ended, why) = webhook.ended.clone().unzip();
    let mut statement = connection.prepare_cached(sql)?;
    let changed = statement.execute(params![
        bytes(webhook.id),
        webhook.owner.bits().to_be_bytes(),
        webhook.address,
        webhook.wanted.join(" "),
        webhook.secret,
        former,
        until.map(Timestamp::as_millis),
        webhook.created.as_millis(),
        ended.map(Timestamp::as_millis),
        why,
        integer(webhook.looked)?,
        integer(webhook.epoch)?,
        integer(webhook.version)?,
    ])?;
    Ok(changed)
}

/// Runs a statement that takes the columns of a delivery; tells how many rows it changed.
fn change(connection: &Connection, sql: &str, it: &Delivery) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let changed = statement.execute(params![
        bytes(it.webhook),
        integer(it.position)?,
        it.attempts,
        it.due.map(Timestamp::as_millis),
        it.tried.map(Timestamp::as_millis),
        it.answer,
        it.has_arrived,
    ])?;
    Ok(changed)
}

fn webhook(row: &Row<'_>) -> rusqlite::Result<Result<Webhook, StoreError>> {
    let words: String = row.get(3)?;
    let former: Option<String> = row.get(5)?;
    let ended = moment(row, 8)?;
    let why: Option<String> = row.get(9)?;
    let numbers: [i64; 3] = [row.get(10)?, row.get(11)?, row.get(12)?];
    let read = Webhook {
        id: id(row, 0)?,
        owner: ContributorId::from_bits(u128::from_be_bytes(row.get(1)?)),
        address: row.get(2)?,
        wanted: words.split_whitespace().map(str::to_owned).collect(),
        secret: row.get(4)?,
        former: former.zip(moment(row, 6)?),
        created: Timestamp::from_millis(row.get(7)?),
        ended: ended.zip(why),
        looked: 0,
        epoch: 0,
        version: 0,
    };
    Ok(numbers_of(numbers).map(|[looked, epoch, version]| Webhook {
        looked,
        epoch,
        version,
        ..read
    }))
}

fn numbers_of(stored: [i64; 3]) -> Result<[u64; 3], StoreError> {
    let [looked, epoch, version] = stored.map(natural);
    Ok([looked?, epoch?, version?])
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Result<Delivery, StoreError>> {
    let position: i64 = row.get(1)?;
    let read = Delivery {
        webhook: id(row, 0)?,
        position: 0,
        attempts: row.get(2)?,
        due: moment(row, 3)?,
        tried: moment(row, 4)?,
        answer: row.get(5)?,
        has_arrived: row.get(6)?,
    };
    Ok(natural(position).map(|position| Delivery { position, ..read }))
}

fn id(row: &Row<'_>, place: usize) -> rusqlite::Result<WebhookId> {
    Ok(WebhookId::from_bits(u128::from_be_bytes(row.get(place)?)))
}

const fn bytes(webhook: WebhookId) -> [u8; 16] {
    webhook.bits().to_be_bytes()
}
