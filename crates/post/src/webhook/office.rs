//! The office: where people add webhooks, look after them and end them.
//!
//! Everything is asked of somebody's own webhooks; those of others are not there. Secrets are drawn here
//! and shown once, by whoever calls.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consort_engine::webhook::{Delivery, Webhook, Webhooks};
use consort_engine::{Engine, EngineError};
use consort_kernel::digest::Digest;
use consort_kernel::event::Envelope;
use consort_kernel::id::{ContributorId, NetworkId, WebhookId};
use consort_kernel::rejection::Rejection;
use consort_kernel::time::Timestamp;

use super::wish::wanted;
use crate::send::{WHY_NONE, check};
use crate::{PostError, Reach};

/// How many webhooks somebody has at the most: each is told of every event that its owner may see.
pub const WEBHOOKS_MAX: usize = 10;
/// What a secret begins with, after Standard Webhooks.
pub(crate) const SECRET_PREFIX: &str = "whsec_";
/// How long a secret that was replaced signs beside the new one.
const BESIDE_MS: i64 = 24 * 3_600_000;
/// How often a change is tried again, when the webhook moved meanwhile.
const TRIES_MAX: usize = 20;

/// A webhook that is changed, and what of it was seen before: nothing in particular, or one of these standings.
#[derive(Debug, Clone)]
pub struct Which {
    id: WebhookId,
    seen: Vec<u64>,
}

impl Which {
    /// A webhook of which one of these standings was seen; of none, nothing in particular.
    pub const fn seen(id: WebhookId, seen: Vec<u64>) -> Self {
        Self { id, seen }
    }
}

impl From<WebhookId> for Which {
    fn from(id: WebhookId) -> Self {
        let seen = Vec::new();
        Self { id, seen }
    }
}

/// How a webhook stands, as a number that is never zero: another one after each change of its owner's or of the
/// network, and the same while it is told what happens.
pub fn standing(webhook: &Webhook) -> u64 {
    let Webhook {
        address,
        wanted,
        secret,
        ended,
        epoch,
        ..
    } = webhook;
    let ended = ended.as_ref().map(|(at, _)| at.as_millis());
    let text = format!("{address:?} {wanted:?} {secret:?} {ended:?} {epoch}");
    let digest = Digest::of(text.as_bytes());
    let bytes = digest.as_bytes().first_chunk();
    u64::from_be_bytes(*bytes.expect("a digest has more than eight bytes")) | 1
}

/// Keeps webhooks for their owners.
pub struct Office {
    pub(crate) engine: Arc<Engine>,
    pub(crate) kept: Arc<dyn Webhooks>,
    pub(crate) reach: Reach,
    adding: Mutex<()>,
}

impl Office {
    /// Over what is kept; hosts beside those in public may be reached where the operator names them.
    pub fn new(engine: Arc<Engine>, kept: Arc<dyn Webhooks>, reach: Reach) -> Self {
        Self {
            engine,
            kept,
            reach,
            adding: Mutex::default(),
        }
    }

    /// Why nothing is sent from here, if it is so.
    pub const fn why_none(&self) -> Option<&'static str> {
        WHY_NONE
    }

    /// Adds a webhook of somebody's, which is told what happens from now on; gives it with its secret.
    /// Under an identifier that was used already nothing is added, and the same request gets the webhook
    /// that it made, without its secret.
    pub fn add<'a>(
        &self,
        owner: ContributorId,
        address: &str,
        kinds: impl IntoIterator<Item = &'a str>,
        id: Option<WebhookId>,
    ) -> Result<(Webhook, Option<String>), PostError> {
        let (address, wanted) = (address.trim(), wanted(kinds)?);
        check(address, &self.reach)?;
        // Of several who add at a time, nobody gets past the limit.
        let _alone = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.engine.now();
        let id = match id {
            Some(id) => id,
            None => WebhookId::new(now, self.engine.random()?),
        };
        if let Some(known) = self.kept.webhook(id).map_err(EngineError::from)? {
            let is_same =
                known.owner == owner && known.address == address && known.wanted == wanted;
            return if is_same {
                Ok((known, None))
            } else {
                Err(Rejection::IdReused.into())
            };
        }
        let open = self
            .of(owner)?
            .iter()
            .filter(|it| it.ended.is_none())
            .count();
        if open >= WEBHOOKS_MAX {
            let (what, limit) = ("open webhooks", WEBHOOKS_MAX);
            return Err(Rejection::LimitReached { what, limit }.into());
        }
        let secret = self.secret()?;
        let log = self.engine.store().log().map_err(EngineError::from)?;
        let webhook = Webhook {
            id,
            owner,
            address: address.to_owned(),
            wanted,
            secret: secret.clone(),
            former: None,
            created: now,
            ended: None,
            looked: log.size(),
            epoch: self.epoch()?,
            version: 1,
        };
        self.kept.put_webhook(&webhook).map_err(EngineError::from)?;
        Ok((webhook, Some(secret)))
    }

    /// Somebody's webhooks, the oldest first.
    pub fn of(&self, owner: ContributorId) -> Result<Vec<Webhook>, PostError> {
        Ok(self.kept.webhooks_of(owner).map_err(EngineError::from)?)
    }

    /// A webhook of somebody's.
    pub fn find(&self, owner: ContributorId, id: WebhookId) -> Result<Webhook, PostError> {
        let found = self.kept.webhook(id).map_err(EngineError::from)?;
        found
            .filter(|webhook| webhook.owner == owner)
            .ok_or(PostError::NotHere)
    }

    /// The deliveries of a webhook of somebody's, those of the latest events first, only those of events before
    /// this position; so many at the most.
    pub fn deliveries(
        &self,
        owner: ContributorId,
        id: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, PostError> {
        let webhook = self.find(owner, id)?;
        let found = self.kept.deliveries_of(webhook.id, before, limit);
        Ok(found.map_err(EngineError::from)?)
    }

    /// How many deliveries of a webhook of somebody's wait.
    pub fn waiting(&self, owner: ContributorId, id: WebhookId) -> Result<u64, PostError> {
        let webhook = self.find(owner, id)?;
        let waiting = self.kept.waiting_deliveries(webhook.id);
        Ok(waiting.map_err(EngineError::from)?)
    }

    /// Whether a webhook rests because the network came out of a backup after it was added.
    pub fn rests(&self, webhook: &Webhook) -> Result<bool, PostError> {
        Ok(webhook.ended.is_none() && webhook.epoch != self.epoch()?)
    }

    /// Ends a webhook; one that has ended stays as it is.
    pub fn end(
        &self,
        owner: ContributorId,
        which: impl Into<Which>,
        why: &str,
    ) -> Result<(), PostError> {
        let now = self.engine.now();
        self.change(owner, which, |webhook| {
            webhook.ended.get_or_insert_with(|| (now, why.to_owned()));
            Ok(Vec::new())
        })
    }

    /// Gives a webhook a new secret; the one before signs beside it for a day.
    pub fn rotate(
        &self,
        owner: ContributorId,
        which: impl Into<Which>,
    ) -> Result<String, PostError> {
        let secret = self.secret()?;
        let until = self.engine.now().plus_millis(BESIDE_MS);
        self.change(owner, which, |webhook| {
            check_open(webhook)?;
            let before = std::mem::replace(&mut webhook.secret, secret.clone());
            webhook.former = Some((before, until));
            Ok(Vec::new())
        })?;
        Ok(secret)
    }

    /// Sends the event at a position again, or for the first time, if it was told before.
    pub fn send_again(
        &self,
        owner: ContributorId,
        which: impl Into<Which>,
        position: u64,
    ) -> Result<(), PostError> {
        let now = self.engine.now();
        self.change(owner, which, |webhook| {
            check_open(webhook)?;
            if !(1..=webhook.looked).contains(&position) {
                return Err(PostError::NotHere);
            }
            Ok(vec![Delivery::new(webhook.id, position, now)])
        })
    }

    /// Sends everything that happened since a moment again.
    pub fn send_since(
        &self,
        owner: ContributorId,
        which: impl Into<Which>,
        since: Timestamp,
    ) -> Result<(), PostError> {
        let before = self.before(since)?;
        self.change(owner, which, |webhook| {
            check_open(webhook)?;
            webhook.looked = webhook.looked.min(before);
            Ok(Vec::new())
        })
    }

    /// Has a webhook go on that rests since a backup was restored.
    pub fn go_on(&self, owner: ContributorId, which: impl Into<Which>) -> Result<(), PostError> {
        let epoch = self.epoch()?;
        self.change(owner, which, |webhook| {
            check_open(webhook)?;
            webhook.epoch = epoch;
            Ok(Vec::new())
        })
    }

    /// The network's epoch.
    pub(crate) fn epoch(&self) -> Result<u64, PostError> {
        let network: NetworkId = self.engine.network();
        let identity = self.engine.store().identity(network);
        Ok(identity.map_err(EngineError::from)?.epoch)
    }

    /// Changes a webhook, and has deliveries wait; tried again where it moved meanwhile.
    fn change(
        &self,
        owner: ContributorId,
        which: impl Into<Which>,
        mut with: impl FnMut(&mut Webhook) -> Result<Vec<Delivery>, PostError>,
    ) -> Result<(), PostError> {
        let Which { id, seen } = which.into();
        for _ in 0..TRIES_MAX {
            let mut webhook = self.find(owner, id)?;
            if !seen.is_empty() && !seen.contains(&standing(&webhook)) {
                return Err(PostError::Moved);
            }
            let deliveries = with(&mut webhook)?;
            let written = self.kept.write_webhook(&webhook, &deliveries);
            if written.map_err(EngineError::from)? {
                return Ok(());
            }
        }
        Err(EngineError::Busy.into())
    }

    /// The position of the last event before a moment. Moments never go back within a stream, and hardly
    /// between streams, so the feed is halved until one is left.
    fn before(&self, since: Timestamp) -> Result<u64, PostError> {
        let store = self.engine.store();
        let (mut low, mut high) = (0, store.log().map_err(EngineError::from)?.size());
        while low < high {
            let middle = low + (high - low) / 2;
            let row = store.feed(middle, 1).map_err(EngineError::from)?.pop();
            let is_before = match row {
                Some(row) => read(&row.event.body)?.recorded_at < since,
                None => false,
            };
            if is_before {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// 256 random bits as a secret.
    fn secret(&self) -> Result<String, PostError> {
        let bits = [self.engine.random()?, self.engine.random()?];
        let bytes = bits.map(u128::to_be_bytes).concat();
        Ok(format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes)))
    }
}

/// An event as it is stored.
pub(crate) fn read(body: &str) -> Result<Envelope, PostError> {
    Envelope::from_stored(body)
        .map_err(|error| PostError::Unreadable(format!("an event cannot be read: {error}")))
}

fn check_open(webhook: &Webhook) -> Result<(), PostError> {
    if webhook.ended.is_some() {
        return Err(PostError::Misused(
            "this webhook has ended; add it anew".to_owned(),
        ));
    }
    Ok(())
}
