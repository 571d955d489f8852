//! Webhooks by their identifiers, and their deliveries by position.

use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::time::Timestamp;
use postgres::Row;
use postgres::types::ToSql;

use super::PostgresStore;
use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, contributor_id, read_natural, sought};
use crate::key::{bound, damaged, integer, limit as rows};
use crate::rules::refused;
use crate::{Delivery, StoreError, Webhook, Webhooks};

impl Webhooks for PostgresStore {
    fn put_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let webhook = webhook.clone();
        self.write(move |session| put(session, &webhook))
    }

    fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        self.read(move |session| {
            let found = session.optional(
                "SELECT id, owner, address, wanted, secret, former_secret, former_until, created,
                        ended, ended_why, looked, epoch, version
                     FROM webhooks WHERE id = $1",
                &[&webhook_id(id)],
            )?;
            found.as_ref().map(read).transpose()
        })
    }

    fn webhooks_of(&self, owner: ContributorId) -> Result<Vec<Webhook>, StoreError> {
        self.read(move |session| {
            let found = session.rows(
                "SELECT id, owner, address, wanted, secret, former_secret, former_until, created,
                        ended, ended_why, looked, epoch, version
                     FROM webhooks WHERE owner = $1 ORDER BY created, id",
                &[&contributor_id(owner)],
            )?;
            found.iter().map(read).collect()
        })
    }

    fn open_webhooks(
        &self,
        epoch: u64,
        after: Option<WebhookId>,
        limit: usize,
    ) -> Result<Vec<Webhook>, StoreError> {
        self.read(move |session| {
            let found = session.rows(
                "SELECT id, owner, address, wanted, secret, former_secret, former_until, created,
                        ended, ended_why, looked, epoch, version
                     FROM webhooks
                     WHERE ended IS NULL AND epoch = $1 AND ($2::uuid IS NULL OR id > $2)
                     ORDER BY id LIMIT $3",
                &[&sought(epoch), &after.map(webhook_id), &rows(limit)],
            )?;
            found.iter().map(read).collect()
        })
    }

    fn write_webhook(
        &self,
        webhook: &Webhook,
        deliveries: &[Delivery],
    ) -> Result<bool, StoreError> {
        let (webhook, deliveries) = (webhook.clone(), deliveries.to_vec());
        self.write(move |session| write(session, &webhook, &deliveries))
    }

    fn due_webhooks(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<WebhookId>, StoreError> {
        self.read(move |session| {
            let found = session.rows(
                "SELECT webhook FROM deliveries JOIN webhooks ON webhooks.id = deliveries.webhook
                     WHERE due IS NOT NULL AND due <= $2 AND epoch = $1
                     GROUP BY webhook ORDER BY min(due), webhook LIMIT $3",
                &[&sought(epoch), &now.as_millis(), &rows(limit)],
            )?;
            found.iter().map(|row| read_id(row, 0)).collect()
        })
    }

    fn claim_delivery(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        self.write(move |session| {
            // Two servers that look at a time take different ones, and wait for nobody.
            let found = session.optional(
                "UPDATE deliveries SET attempts = attempts + 1, due = $3
                     WHERE webhook = $1 AND position = (SELECT position FROM deliveries
                         WHERE webhook = $1 AND due IS NOT NULL AND due <= $2
                         ORDER BY due, position LIMIT 1 FOR UPDATE SKIP LOCKED)
                     RETURNING webhook, position, attempts, due, tried, answer, has_arrived",
                &[&webhook_id(webhook), &now.as_millis(), &until.as_millis()],
            )?;
            found.as_ref().map(read_delivery).transpose()
        })
    }

    fn settle_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        let delivery = delivery.clone();
        self.write(move |session| {
            let sql = "UPDATE deliveries SET due = $4, tried = $5, answer = $6, has_arrived = $7
                       WHERE webhook = $1 AND position = $2 AND attempts = $3 AND due IS NOT NULL";
            Ok(change(session, sql, &delivery)? == 1)
        })
    }

    fn deliveries_of(
        &self,
        webhook: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.read(move |session| {
            let found = session.rows(
                "SELECT webhook, position, attempts, due, tried, answer, has_arrived
                     FROM deliveries WHERE webhook = $1 AND position < $2
                     ORDER BY position DESC LIMIT $3",
                &[&webhook_id(webhook), &bound(before), &rows(limit)],
            )?;
            found.iter().map(read_delivery).collect()
        })
    }

    fn waiting_deliveries(&self, webhook: WebhookId) -> Result<u64, StoreError> {
        self.read(move |session| {
            let row = session.one(
                "SELECT count(*) FROM deliveries WHERE webhook = $1 AND due IS NOT NULL",
                &[&webhook_id(webhook)],
            )?;
            read_natural(&row, 0)
        })
    }

    fn forget_deliveries(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(move |session| {
            let deliveries = session.change(
                "DELETE FROM deliveries WHERE (due IS NULL AND tried < $1)
                     OR webhook IN (SELECT id FROM webhooks WHERE ended < $1)",
                &[&before.as_millis()],
            )?;
            let ended = "DELETE FROM webhooks WHERE ended < $1";
            Ok(deliveries + session.change(ended, &[&before.as_millis()])?)
        })
    }
}

/// Keeps a new webhook.
pub(super) fn put(session: &mut Session, webhook: &Webhook) -> Tried<()> {
    let sql =
        "INSERT INTO webhooks (id, owner, address, wanted, secret, former_secret, former_until,
                       created, ended, ended_why, looked, epoch, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
               ON CONFLICT DO NOTHING";
    if set(session, sql, webhook)? == 1 {
        Ok(())
    } else {
        Err(refused("this webhook is there already".to_owned()).into())
    }
}

/// Keeps deliveries; one that waits already stays as it is.
pub(super) fn wait(session: &mut Session, deliveries: &[Delivery]) -> Tried<()> {
    let sql = "INSERT INTO deliveries
                       (webhook, position, attempts, due, tried, answer, has_arrived)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (webhook, position) DO UPDATE SET attempts = excluded.attempts,
                   due = excluded.due, tried = excluded.tried, answer = excluded.answer,
                   has_arrived = excluded.has_arrived
               WHERE deliveries.due IS NULL";
    for delivery in deliveries {
        change(session, sql, delivery)?;
    }
    Ok(())
}

fn write(session: &mut Session, webhook: &Webhook, deliveries: &[Delivery]) -> Tried<bool> {
    let sql = "UPDATE webhooks SET owner = $2, address = $3, wanted = $4, secret = $5,
                   former_secret = $6, former_until = $7, created = $8, ended = $9, ended_why = $10,
                   looked = $11, epoch = $12, version = $13 + 1
               WHERE id = $1 AND version = $13";
    if set(session, sql, webhook)? == 0 {
        return Ok(false);
    }
    wait(session, deliveries)?;
    if webhook.ended.is_some() {
        session.change(
            "DELETE FROM deliveries WHERE webhook = $1 AND due IS NOT NULL",
            &[&webhook_id(webhook.id)],
        )?;
    }
    Ok(true)
}

/// Runs a statement that takes the columns of a webhook; tells how many rows it changed.
fn set(session: &mut Session, sql: &'static str, webhook: &Webhook) -> Tried<usize> {
    let (former, until) = webhook.former.clone().unzip();
    let (ended, why) = webhook.ended.clone().unzip();
    let columns: [&(dyn ToSql + Sync); 13] = [
        &webhook_id(webhook.id),
        &contributor_id(webhook.owner),
        &webhook.address,
        &webhook.wanted.join(" "),
        &webhook.secret,
        &former,
        &until.map(Timestamp::as_millis),
        &webhook.created.as_millis(),
        &ended.map(Timestamp::as_millis),
        &why,
        &integer(webhook.looked)?,
        &integer(webhook.epoch)?,
        &integer(webhook.version)?,
    ];
    session.change(sql, &columns)
}

/// Runs a statement that takes the columns of a delivery; tells how many rows it changed.
fn change(session: &mut Session, sql: &'static str, delivery: &Delivery) -> Tried<usize> {
    let columns: [&(dyn ToSql + Sync); 7] = [
        &webhook_id(delivery.webhook),
        &integer(delivery.position)?,
        &i64::from(delivery.attempts),
        &delivery.due.map(Timestamp::as_millis),
        &delivery.tried.map(Timestamp::as_millis),
        &delivery.answer,
        &delivery.has_arrived,
    ];
    session.change(sql, &columns)
}

fn read(row: &Row) -> Tried<Webhook> {
    let words: String = get(row, 3)?;
    let former: Option<String> = get(row, 5)?;
    let why: Option<String> = get(row, 9)?;
    Ok(Webhook {
        id: read_id(row, 0)?,
        owner: ContributorId::from_bits(get::<Id>(row, 1)?.bits()),
        address: get(row, 2)?,
        wanted: words.split_whitespace().map(str::to_owned).collect(),
        secret: get(row, 4)?,
        former: former.zip(moment(row, 6)?),
        created: Timestamp::from_millis(get(row, 7)?),
        ended: moment(row, 8)?.zip(why),
        looked: read_natural(row, 10)?,
        epoch: read_natural(row, 11)?,
        version: read_natural(row, 12)?,
    })
}

fn read_delivery(row: &Row) -> Tried<Delivery> {
    let attempts: i64 = get(row, 2)?;
    Ok(Delivery {
        webhook: read_id(row, 0)?,
        position: read_natural(row, 1)?,
        attempts: u32::try_from(attempts).map_err(|_| damaged("count", attempts))?,
        due: moment(row, 3)?,
        tried: moment(row, 4)?,
        answer: get(row, 5)?,
        has_arrived: get(row, 6)?,
    })
}

fn moment(row: &Row, place: usize) -> Tried<Option<Timestamp>> {
    Ok(get::<Option<i64>>(row, place)?.map(Timestamp::from_millis))
}

fn read_id(row: &Row, place: usize) -> Tried<WebhookId> {
    Ok(WebhookId::from_bits(get::<Id>(row, place)?.bits()))
}

const fn webhook_id(webhook: WebhookId) -> Id {
    Id(webhook.bits().to_be_bytes())
}
