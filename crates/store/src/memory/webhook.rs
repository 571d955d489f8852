//! Webhooks by their identifiers, and their deliveries by position.

use std::collections::BTreeMap;

use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::time::Timestamp;

use super::MemoryStore;
use super::content::Content;
use crate::rules::refused;
use crate::{Delivery, StoreError, Webhook, Webhooks};

impl Webhooks for MemoryStore {
    fn put_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let mut content = self.content();
        if content.webhooks.contains_key(&webhook.id) {
            return Err(refused("this webhook is there already".to_owned()));
        }
        content.webhooks.insert(webhook.id, webhook.clone());
        Ok(())
    }

    fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        Ok(self.content().webhooks.get(&id).cloned())
    }

    fn webhooks_of(&self, owner: ContributorId) -> Result<Vec<Webhook>, StoreError> {
        let content = self.content();
        let theirs = content.webhooks.values();
        let mut found: Vec<Webhook> = theirs.filter(|it| it.owner == owner).cloned().collect();
        found.sort_by_key(|it| (it.created, it.id));
        Ok(found)
    }

    fn open_webhooks(
        &self,
        epoch: u64,
        after: Option<WebhookId>,
        limit: usize,
    ) -> Result<Vec<Webhook>, StoreError> {
        let content = self.content();
        let open = content.webhooks.values();
        Ok(open
            .filter(|it| it.ended.is_none() && it.epoch == epoch)
            .filter(|it| after.is_none_or(|after| it.id > after))
            .take(limit)
            .cloned()
            .collect())
    }

    fn write_webhook(
        &self,
        webhook: &Webhook,
        deliveries: &[Delivery],
    ) -> Result<bool, StoreError> {
        let mut content = self.content();
        let kept = content.webhooks.get_mut(&webhook.id);
        let Some(kept) = kept.filter(|it| it.version == webhook.version) else {
            return Ok(false);
        };
        *kept = Webhook {
            version: webhook.version + 1,
            ..webhook.clone()
        };
        for delivery in deliveries {
            let key = (delivery.webhook, delivery.position);
            let waits = content.deliveries.get(&key).is_some_and(waits);
            if !waits {
                content.deliveries.insert(key, delivery.clone());
            }
        }
        if webhook.ended.is_some() {
            let is_gone = |it: &Delivery| it.webhook == webhook.id && waits(it);
            content.deliveries.retain(|_, it| !is_gone(it));
        }
        Ok(true)
    }

    fn due_webhooks(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<WebhookId>, StoreError> {
        let mut first = BTreeMap::new();
        for (due, webhook) in due(&self.content(), epoch).filter(|(due, _)| *due <= now) {
            let earliest = first.entry(webhook).or_insert(due);
            *earliest = due.min(*earliest);
        }
        let mut found: Vec<_> = first.into_iter().map(|(id, due)| (due, id)).collect();
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, id)| id).take(limit).collect())
    }

    fn claim_delivery(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        let mut content = self.content();
        let theirs = content.deliveries.values_mut();
        let due = theirs
            .filter(|it| it.webhook == webhook && it.due.is_some_and(|due| due <= now))
            .min_by_key(|it| (it.due, it.position));
        Ok(due.map(|delivery| {
            delivery.attempts += 1;
            delivery.due = Some(until);
            delivery.clone()
        }))
    }

    fn settle_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        let mut content = self.content();
        let key = (delivery.webhook, delivery.position);
        let kept = content.deliveries.get_mut(&key);
        let Some(kept) = kept.filter(|it| it.attempts == delivery.attempts && waits(it)) else {
            return Ok(false);
        };
        *kept = delivery.clone();
        Ok(true)
    }

    fn deliveries_of(
        &self,
        webhook: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let content = self.content();
        let theirs = content.deliveries.range((webhook, 0)..=(webhook, u64::MAX));
        let theirs = theirs.filter(|((_, position), _)| before.is_none_or(|it| *position < it));
        Ok(theirs.rev().map(|(_, it)| it.clone()).take(limit).collect())
    }

    fn waiting_deliveries(&self, webhook: WebhookId) -> Result<u64, StoreError> {
        let content = self.content();
        let theirs = content.deliveries.values();
        Ok(theirs
            .filter(|it| it.webhook == webhook && waits(it))
            .count() as u64)
    }

    fn forget_deliveries(&self, before: Timestamp) -> Result<usize, StoreError> {
        let mut content = self.content();
        let count = |content: &Content| content.webhooks.len() + content.deliveries.len();
        let there = count(&content);
        let is_past = |at: Option<Timestamp>| at.is_some_and(|at| at < before);
        content
            .webhooks
            .retain(|_, it| !is_past(it.ended.as_ref().map(|(at, _)| *at)));
        let content = &mut *content;
        let webhooks = &content.webhooks;
        content.deliveries.retain(|(webhook, _), it| {
            webhooks.contains_key(webhook) && (waits(it) || !is_past(it.tried))
        });
        Ok(there - count(content))
    }
}

/// When what waits is due, and for which webhook, in an epoch.
fn due(content: &Content, epoch: u64) -> impl Iterator<Item = (Timestamp, WebhookId)> {
    let waiting = content.deliveries.values();
    waiting
        .filter_map(|it| it.due.map(|due| (due, it.webhook)))
        .filter(move |(_, webhook)| {
            let webhook = content.webhooks.get(webhook);
            webhook.is_some_and(|it| it.epoch == epoch)
        })
}

const fn waits(delivery: &Delivery) -> bool {
    delivery.due.is_some()
}
