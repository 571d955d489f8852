//! Webhooks, and what is on its way to them.

use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::time::Timestamp;

use crate::StoreError;

/// An address that is told what happens.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Whose it is: it is told what they may see.
    pub owner: ContributorId,
    /// Where it is told.
    pub address: String,
    /// The kinds of events that are wanted; all where none is named.
    pub wanted: Vec<String>,
    /// What signs. It has to be kept as it is, for the receiver verifies with the same.
    pub secret: String,
    /// What signed before, and until when it signs beside.
    pub former: Option<(String, Timestamp)>,
    /// When it was added.
    pub created: Timestamp,
    /// When it ended, and why.
    pub ended: Option<(Timestamp, String)>,
    /// Up to which position the feed was looked at for it.
    pub looked: u64,
    /// The epoch of the network that it is told in.
    pub epoch: u64,
    /// Which writing of the row this is, from 1.
    pub version: u64,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whatever is told of it, its secrets are not.
        out.debug_struct("Webhook")
            .field("id", &self.id)
            .field("owner", &self.owner)
            .field("address", &self.address)
            .field("wanted", &self.wanted)
            .field("ended", &self.ended)
            .field("looked", &self.looked)
            .field("epoch", &self.epoch)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// One event on its way to a webhook, or how that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where to.
    pub webhook: WebhookId,
    /// The position of the event in the feed.
    pub position: u64,
    /// How often it was begun to send.
    pub attempts: u32,
    /// When it is sent next; nothing once it is over.
    pub due: Option<Timestamp>,
    /// When the last attempt ended.
    pub tried: Option<Timestamp>,
    /// What came of it, in words.
    pub answer: Option<String>,
    /// Whether it arrived.
    pub has_arrived: bool,
}

impl Delivery {
    /// One that was not sent yet.
    pub const fn new(webhook: WebhookId, position: u64, due: Timestamp) -> Self {
        Self {
            webhook,
            position,
            attempts: 0,
            due: Some(due),
            tried: None,
            answer: None,
            has_arrived: false,
        }
    }
}

/// Keeps webhooks. They are operational, like passes: no event tells of them.
pub trait Webhooks: Send + Sync {
    /// Keeps a new webhook; one that is there already is refused.
    fn put_webhook(&self, webhook: &Webhook) -> Result<(), StoreError>;

    /// The webhook.
    fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError>;

    /// All webhooks of somebody, the oldest first.
    fn webhooks_of(&self, owner: ContributorId) -> Result<Vec<Webhook>, StoreError>;

    /// Webhooks of an epoch that have not ended, in the order of their identifiers.
    fn open_webhooks(
        &self,
        epoch: u64,
        after: Option<WebhookId>,
        limit: usize,
    ) -> Result<Vec<Webhook>, StoreError>;

    /// Writes a webhook that was read at its version, with deliveries that wait from now on, in one
    /// transaction; tells whether it was still at that version. A delivery that waits already goes on
    /// waiting as it was, one that is over begins anew. With the end of a webhook nothing waits for it
    /// any more.
    fn write_webhook(&self, webhook: &Webhook, deliveries: &[Delivery])
    -> Result<bool, StoreError>;

    /// Webhooks of an epoch for which a delivery is due, whose waits longest first.
    fn due_webhooks(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<WebhookId>, StoreError>;

    /// Takes the delivery of a webhook that is due longest: counts the attempt, and nobody else takes it
    /// until a moment.
    fn claim_delivery(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Delivery>, StoreError>;

    /// Writes how an attempt ended; tells whether it was the last that was begun and the delivery waits.
    fn settle_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError>;

    /// The deliveries of a webhook, the latest events first, only those of events before this position; so many
    /// at the most.
    fn deliveries_of(
        &self,
        webhook: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// How many deliveries of a webhook wait.
    fn waiting_deliveries(&self, webhook: WebhookId) -> Result<u64, StoreError>;

    /// Forgets what was over before a moment, webhooks and deliveries; tells how many of both.
    fn forget_deliveries(&self, before: Timestamp) -> Result<usize, StoreError>;
}
