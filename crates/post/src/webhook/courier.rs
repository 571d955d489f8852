//! The courier: follows the feed for every webhook, and sends what waits.
//!
//! What is to be told and how far was looked are written in one transaction, and sending begins from what
//! is written: whatever ends in the middle, each event is sent at least once. An attempt is counted before
//! it is made. Whoever takes a delivery has it for a while; of several servers, one sends it as a rule, and
//! where nothing was heard any more another does. A webhook has one attempt at a time, so that a slow
//! receiver holds nobody else up for long.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use consort_engine::webhook::{Delivery, Webhook};
use consort_engine::{Engine, EngineError};
use consort_kernel::digest::Digest;
use consort_kernel::id::WebhookId;
use consort_kernel::time::Timestamp;

use super::office::{Office, read};
use super::wish::is_wanted;
use crate::running::{Busy, Running, Work};
use crate::schedule::{ATTEMPTS_MAX, wait_ms};
use crate::send::{Message, Outcome, Sender};
use crate::{PostError, Sight};

/// How many webhooks, and how many events, are read at a time.
const PAGE: usize = 200;
/// How many deliveries wait for one webhook at the most: where so many do, its place in the feed waits too.
const WAITING_MAX: u64 = 1_000;
/// How far is looked at the most before that is written, where nothing was to be noted: a start looks at as
/// much again.
const UNWRITTEN_MAX: u64 = 1_000;
/// For how long whoever takes a delivery has it: longer than any attempt lasts.
const TAKEN_MS: i64 = 120_000;
/// How many attempts are made at a time.
const SENDERS: usize = 4;
const DAY_MS: i64 = 24 * 3_600_000;
/// How long it is told how a delivery ended.
const KEPT_MS: i64 = 30 * DAY_MS;
/// How many letters of a digest tell messages apart: 128 bits.
const ID_LETTERS: usize = 32;

/// Follows the feed and sends.
pub struct Courier {
    office: Arc<Office>,
    sight: Arc<dyn Sight>,
    sender: Sender,
    /// Those that are being sent to.
    busy: Busy<WebhookId>,
    /// How far was looked where nothing had to be written, by webhook and its version.
    seen: Mutex<BTreeMap<WebhookId, (u64, u64)>>,
    /// When what was over for long was last forgotten.
    tidied: Mutex<Option<Timestamp>>,
}

impl Courier {
    /// A courier for the webhooks of an office, which tells what this sight knows.
    pub fn new(office: Arc<Office>, sight: Arc<dyn Sight>) -> Result<Self, PostError> {
        let sender = Sender::new(&office.reach)?;
        Ok(Self {
            office,
            sight,
            sender,
            busy: Busy::default(),
            seen: Mutex::default(),
            tidied: Mutex::default(),
        })
    }

    /// Notes for every webhook what it is to be told; gives whether anything was noted.
    pub fn look(&self) -> Result<bool, PostError> {
        let epoch = self.office.epoch()?;
        let (mut after, mut has_noted, mut trouble) = (None, false, None);
        loop {
            let page = self.office.kept.open_webhooks(epoch, after, PAGE);
            let page = page.map_err(EngineError::from)?;
            for webhook in &page {
                // What stands in the way of one is not in the way of the others.
                match self.look_for(webhook) {
                    Ok(noted) => has_noted |= noted,
                    Err(error) => trouble = Some(error),
                }
            }
            if page.len() < PAGE {
                return trouble.map_or(Ok(has_noted), Err);
            }
            after = page.last().map(|last| last.id);
        }
    }

    /// Notes what one webhook is to be told.
    fn look_for(&self, webhook: &Webhook) -> Result<bool, PostError> {
        let (kept, store) = (&self.office.kept, self.office.engine.store());
        let mut webhook = webhook.clone();
        let mut has_noted = false;
        let seen = self.seen().get(&webhook.id).copied();
        let mut from = match seen {
            Some((version, position)) if version == webhook.version => position,
            _ => webhook.looked,
        };
        let mut waiting = kept
            .waiting_deliveries(webhook.id)
            .map_err(EngineError::from)?;
        while waiting < WAITING_MAX {
            let rows = store.feed(from, PAGE).map_err(EngineError::from)?;
            let Some(last) = rows.last().map(|row| row.position) else {
                break;
            };
            let now = self.office.engine.now();
            let mut deliveries = Vec::new();
            for row in &rows {
                let envelope = read(&row.event.body)?;
                if !is_wanted(&webhook.wanted, &envelope.event.name()) {
                    continue;
                }
                if self
                    .sight
                    .told(webhook.owner, row.position, &envelope)?
                    .is_some()
                {
                    deliveries.push(Delivery::new(webhook.id, row.position, now));
                }
            }
            from = last;
            if deliveries.is_empty() && from - webhook.looked < UNWRITTEN_MAX {
                self.seen().insert(webhook.id, (webhook.version, from));
                continue;
            }
            waiting += deliveries.len() as u64;
            webhook.looked = from;
            let written = kept.write_webhook(&webhook, &deliveries);
            if !written.map_err(EngineError::from)? {
                // Somebody changed it, or another server was quicker: the next look begins from there.
                return Ok(has_noted);
            }
            webhook.version += 1;
            has_noted |= !deliveries.is_empty();
        }
        Ok(has_noted)
    }

    /// Makes one attempt that is due; gives whether there was one.
    pub fn send_next(&self) -> Result<bool, PostError> {
        let (office, now) = (&self.office, self.office.engine.now());
        let due = office.kept.due_webhooks(office.epoch()?, now, SENDERS + 1);
        let due = due.map_err(EngineError::from)?;
        for id in due {
            let Some(_taken) = self.busy.take(id) else {
                continue;
            };
            let until = now.plus_millis(TAKEN_MS);
            let claimed = office.kept.claim_delivery(id, now, until);
            if let Some(delivery) = claimed.map_err(EngineError::from)? {
                self.attempt(delivery)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes an attempt that was counted already, and notes what came of it.
    fn attempt(&self, delivery: Delivery) -> Result<(), PostError> {
        let kept = &self.office.kept;
        let webhook = kept.webhook(delivery.webhook).map_err(EngineError::from)?;
        let Some(webhook) = webhook.filter(|it| it.ended.is_none()) else {
            return self.settle(
                delivery,
                Outcome::Failed("it had ended".to_owned(), None),
                true,
            );
        };
        if delivery.attempts > ATTEMPTS_MAX {
            let lost = "nothing was heard of the last attempt".to_owned();
            return self.settle(delivery, Outcome::Failed(lost, None), true);
        }
        let Some(message) = self.message(&webhook, delivery.position)? else {
            let hidden = "its owner may not see it any more".to_owned();
            return self.settle(delivery, Outcome::Failed(hidden, None), true);
        };
        let outcome = self.sender.send(&webhook.address, &message);
        if let Outcome::Gone(told) = &outcome {
            let why = format!("its receiver {told}: it is gone");
            let told = told.clone();
            self.settle(delivery, Outcome::Gone(told), true)?;
            return match self.office.end(webhook.owner, webhook.id, &why) {
                // Somebody ended it meanwhile, and it is forgotten.
                Err(PostError::NotHere) => Ok(()),
                ended => ended,
            };
        }
        self.settle(delivery, outcome, false)
    }

    /// What goes out; nothing where its owner may not see it any more.
    fn message(&self, webhook: &Webhook, position: u64) -> Result<Option<Message>, PostError> {
        let now = self.office.engine.now();
        let rows = self
            .office
            .engine
            .store()
            .feed(position.saturating_sub(1), 1);
        let Some(row) = rows.map_err(EngineError::from)?.pop() else {
            return Ok(None);
        };
        let envelope = read(&row.event.body)?;
        let Some(told) = self.sight.told(webhook.owner, position, &envelope)? else {
            return Ok(None);
        };
        // The same event to the same webhook is the same message; another event at this place, after a
        // backup was restored, is another.
        let digest =
            Digest::of_parts(&[&webhook.id.bits().to_be_bytes(), row.event.body.as_bytes()]);
        let mut id = digest.to_string();
        id.truncate(ID_LETTERS);
        let former = webhook.former.iter().filter(|(_, until)| now < *until);
        let secrets = std::iter::once(&webhook.secret).chain(former.map(|(secret, _)| secret));
        Ok(Some(Message {
            id: format!("msg_{id}"),
            at_s: now.as_millis().div_euclid(1_000),
            body: told,
            secrets: secrets.cloned().collect(),
        }))
    }

    /// Notes how an attempt ended, and when the next one is made, if it is not the last.
    fn settle(
        &self,
        mut delivery: Delivery,
        outcome: Outcome,
        is_over: bool,
    ) -> Result<(), PostError> {
        let now = self.office.engine.now();
        delivery.tried = Some(now);
        delivery.due = None;
        delivery.answer = Some(match outcome {
            Outcome::Arrived(told) => {
                delivery.has_arrived = true;
                told
            }
            Outcome::Gone(told) | Outcome::Refused(told) => told,
            Outcome::Failed(told, asked_ms) => {
                let random = self.office.engine.random()?;
                let wait = wait_ms(delivery.attempts, asked_ms, random).filter(|_| !is_over);
                delivery.due = wait.map(|wait| now.plus_millis(wait));
                told
            }
        });
        let kept = self.office.kept.settle_delivery(&delivery);
        // Where the webhook ended, or another attempt was begun, this one is told of nowhere.
        kept.map_err(EngineError::from)?;
        Ok(())
    }

    /// Forgets, once a day, what was over for long.
    fn tidy(&self) -> Result<(), PostError> {
        let now = self.office.engine.now();
        let mut tidied = self.tidied.lock().unwrap_or_else(PoisonError::into_inner);
        if tidied.is_none_or(|at| now.millis_since(at) >= DAY_MS) {
            let before = now.plus_millis(-KEPT_MS);
            let forgotten = self.office.kept.forget_deliveries(before);
            forgotten.map_err(EngineError::from)?;
            *tidied = Some(now);
        }
        Ok(())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, BTreeMap<WebhookId, (u64, u64)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes to work on threads of its own.
    pub fn start(self) -> std::io::Result<Running> {
        Running::start(&Arc::new(self), SENDERS)
    }
}

impl Work for Courier {
    const NAME: &'static str = "webhooks";

    fn engine(&self) -> &Arc<Engine> {
        &self.office.engine
    }

    fn look(&self) -> Result<bool, PostError> {
        let has_noted = self.look()?;
        self.tidy()?;
        Ok(has_noted)
    }

    fn send_next(&self) -> Result<bool, PostError> {
        self.send_next()
    }
}
