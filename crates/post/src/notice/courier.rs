//! The courier of notices: follows the feed for everybody who is told something, and sends what is due.
//!
//! What is to be told and how far was looked are written in one transaction; each thing has a key, by which
//! it is noted once. It is asked again when it is sent whether it still needs somebody. An attempt is
//! counted before it is made, and what was not heard of is made again as the same message.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use consort_engine::notice::{Channel, Notice};
use consort_engine::{Engine, EngineError};
use consort_kernel::id::ContributorId;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::letter::Letter;
use super::office::Office;
use super::wish::{Failing, When, Wishes};
use super::{Kind, Need, Needed, hours, key};
use crate::PostError;
use crate::running::{Busy, Running, Work};
use crate::schedule::{ATTEMPTS_MAX, wait_ms};
use crate::send::Outcome;

/// How many notices go into one message.
const TOGETHER_MAX: usize = 200;
/// For how long whoever takes notices has them: longer than any attempt lasts.
const TAKEN_MS: i64 = 180_000;
/// How many messages are sent at a time.
const SENDERS: usize = 2;
const DAY_MS: i64 = 24 * 3_600_000;
/// How long it is told how a notice ended.
pub(super) const KEPT_MS: i64 = 30 * DAY_MS;

/// Whom a message goes to, and by what.
pub(super) type To = (ContributorId, Channel);
/// What still needs somebody, by its keys, and the notices of that.
type Wanted = (Vec<(String, Need)>, Vec<Notice>);

/// Notes what people are to be told, and sends it.
pub struct Courier {
    pub(super) office: Arc<Office>,
    pub(super) needed: Arc<dyn Needed>,
    /// Those that are being sent to.
    busy: Busy<To>,
    /// How far was looked where nothing had to be written, by the version of the row.
    pub(super) seen: Mutex<Option<(u64, u64)>>,
    /// When it was last looked who is named.
    pub(super) asked: Mutex<Option<Timestamp>>,
    /// How often it could not be said of these what they need.
    pub(super) unsure: Mutex<BTreeMap<StreamId, u32>>,
    /// When what was over for long was last forgotten.
    tidied: Mutex<Option<Timestamp>>,
}

impl Courier {
    /// A courier for the notices of an office, which asks here what needs whom.
    pub fn new(office: Arc<Office>, needed: Arc<dyn Needed>) -> Self {
        Self {
            office,
            needed,
            busy: Busy::default(),
            seen: Mutex::default(),
            asked: Mutex::default(),
            unsure: Mutex::default(),
            tidied: Mutex::default(),
        }
    }

    /// Goes to work on threads of its own.
    pub fn start(self) -> std::io::Result<Running> {
        Running::start(&Arc::new(self), SENDERS)
    }

    /// Sends one message that is due; gives whether there was one.
    pub fn send_next(&self) -> Result<bool, PostError> {
        let (office, now) = (&self.office, self.office.engine.now());
        let due = office.kept.due_notices(office.epoch()?, now, SENDERS + 1);
        for to in due.map_err(EngineError::from)? {
            let Some(_taken) = self.busy.take(to) else {
                continue;
            };
            let until = now.plus_millis(TAKEN_MS);
            let claimed = office.kept.claim_notices(to, now, until, TOGETHER_MAX);
            let claimed = claimed.map_err(EngineError::from)?;
            if !claimed.is_empty() {
                self.attempt(to, claimed)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes an attempt that was counted already, and notes what came of it.
    fn attempt(&self, to: To, claimed: Vec<Notice>) -> Result<(), PostError> {
        let (office, now) = (&self.office, self.office.engine.now());
        let wishes = office.wishes(to.0)?;
        if !office.uses(&wishes, to.1) {
            return self.give_up(claimed, "there is no address that takes it any more");
        }
        let awake = hours::awake(&wishes, now);
        if awake > now {
            let later = claimed.into_iter().map(|it| Notice {
                due: Some(awake),
                ..it
            });
            return self.settle(&later.collect::<Vec<_>>());
        }
        let is_lost = |it: &Notice| it.attempts > ATTEMPTS_MAX;
        let (lost, claimed): (Vec<_>, Vec<_>) = claimed.into_iter().partition(is_lost);
        self.give_up(lost, "nothing was heard of the last attempt")?;
        let (needs, claimed) = self.still_needed(to.0, &wishes, claimed)?;
        if needs.is_empty() {
            return Ok(());
        }
        let address = format!("{}/{}", to.0, to.1.name());
        let letter = Letter::of((&office.setup.url, &wishes), &address, &needs);
        match office.send(&wishes, to.1, &letter)? {
            Some(outcome) => self.came_of((to, &wishes), claimed, outcome),
            None => self.give_up(claimed, "there is no address any more"),
        }
    }

    /// What of this still needs somebody, with its notices; the others are over, or gone.
    fn still_needed(
        &self,
        who: ContributorId,
        wishes: &Wishes,
        claimed: Vec<Notice>,
    ) -> Result<Wanted, PostError> {
        let mut known: BTreeMap<(bool, Option<StreamId>), BTreeMap<String, Need>> = BTreeMap::new();
        let (mut needs, mut wanted) = (Vec::new(), Vec::new());
        let (mut dealt_with, mut unwanted) = (Vec::new(), Vec::new());
        for notice in claimed {
            let Some((kind, subject)) = key::read(&notice.key) else {
                unwanted.push(notice);
                continue;
            };
            if wishes.when(kind) == When::Never {
                unwanted.push(notice);
                continue;
            }
            let is_mention = kind == Kind::Mention;
            let place = (is_mention, (!is_mention).then_some(subject));
            let present = match known.entry(place) {
                Entry::Occupied(it) => it.into_mut(),
                Entry::Vacant(it) => it.insert(self.present(who, place.1)?),
            };
            match present.get(&notice.key) {
                Some(need) => {
                    needs.push((notice.key.clone(), need.clone()));
                    wanted.push(notice);
                }
                None => dealt_with.push(notice),
            }
        }
        // What comes back, as an outcome that was paused, is noted again.
        let dropped = self.office.kept.drop_notices(&dealt_with);
        dropped.map_err(EngineError::from)?;
        self.give_up(unwanted, "it is not wanted any more")?;
        needs.sort_by_key(|(_, need)| {
            let place = Kind::ALL.iter().position(|kind| *kind == need.kind);
            (place, need.due)
        });
        Ok((needs, wanted))
    }

    /// What of a thing needs somebody now, or where they are named, by its keys.
    fn present(
        &self,
        who: ContributorId,
        subject: Option<StreamId>,
    ) -> Result<BTreeMap<String, Need>, PostError> {
        let found: Vec<(StreamId, Need)> = match subject {
            Some(subject) => {
                let found = self.needed.needs(subject, &[who])?.into_iter();
                found.map(|(_, need)| (subject, need)).collect()
            }
            None => self.needed.mentions(who)?,
        };
        let keyed = found.into_iter();
        Ok(keyed
            .map(|(subject, need)| (key::key(subject, &need), need))
            .collect())
    }

    /// Notes how an attempt ended, and when the next one is made, if there is one.
    fn came_of(
        &self,
        (to, wishes): (To, &Wishes),
        claimed: Vec<Notice>,
        outcome: Outcome,
    ) -> Result<(), PostError> {
        let now = self.office.engine.now();
        match outcome {
            Outcome::Arrived(answer) => self.settle(&ended(claimed, now, &answer, true)),
            Outcome::Refused(why) => self.settle(&ended(claimed, now, &why, false)),
            Outcome::Gone(why) => {
                self.settle(&ended(claimed, now, &why, false))?;
                self.mark(to, wishes, &Failing { at: now, why })
            }
            Outcome::Failed(why, asked_ms) => {
                let random = self.office.engine.random()?;
                let again = claimed.into_iter().map(|it| {
                    let wait = wait_ms(it.attempts, asked_ms, random);
                    let due = wait.map(|wait| hours::awake(wishes, now.plus_millis(wait)));
                    Notice {
                        due,
                        tried: Some(now),
                        answer: Some(why.clone()),
                        ..it
                    }
                });
                self.settle(&again.collect::<Vec<_>>())
            }
        }
    }

    /// Marks the address to which something was sent, unless there is another one by now.
    fn mark(&self, to: To, sent: &Wishes, failing: &Failing) -> Result<(), PostError> {
        self.office.change(to.0, |wishes| {
            match to.1 {
                Channel::Mail => {
                    let was = sent.mail.as_ref().map(|it| &it.address);
                    let same = wishes.mail.as_mut().filter(|it| Some(&it.address) == was);
                    if let Some(same) = same {
                        same.failing = Some(failing.clone());
                    }
                }
                Channel::Chat => {
                    let was = sent.chat.as_ref().map(|it| &it.address);
                    let same = wishes.chat.as_mut().filter(|it| Some(&it.address) == was);
                    if let Some(same) = same {
                        same.failing = Some(failing.clone());
                    }
                }
            }
            Ok(())
        })
    }

    fn give_up(&self, notices: Vec<Notice>, why: &str) -> Result<(), PostError> {
        self.settle(&ended(notices, self.office.engine.now(), why, false))
    }

    fn settle(&self, notices: &[Notice]) -> Result<(), PostError> {
        if notices.is_empty() {
            return Ok(());
        }
        // Where another attempt was begun, this one is told of nowhere.
        let kept = self.office.kept.settle_notices(notices);
        kept.map_err(EngineError::from)?;
        Ok(())
    }

    /// Forgets, once a day, what was over for long.
    fn tidy(&self) -> Result<(), PostError> {
        let now = self.office.engine.now();
        let mut tidied = lock(&self.tidied);
        if tidied.is_none_or(|at| now.millis_since(at) >= DAY_MS) {
            let forgotten = self.office.kept.forget_notices(now.plus_millis(-KEPT_MS));
            forgotten.map_err(EngineError::from)?;
            *tidied = Some(now);
        }
        Ok(())
    }
}

impl Work for Courier {
    const NAME: &'static str = "notices";

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

pub(super) fn lock<T>(it: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notices that are over.
fn ended(notices: Vec<Notice>, now: Timestamp, answer: &str, has_arrived: bool) -> Vec<Notice> {
    let over = notices.into_iter().map(|it| Notice {
        due: None,
        tried: Some(now),
        answer: Some(answer.to_owned()),
        has_arrived,
        ..it
    });
    over.collect()
}
