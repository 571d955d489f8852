//! Looking: what happened since, whom of those who are told something it needs, and when they are told.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use consort_engine::EngineError;
use consort_engine::notice::{Channel, Looked, Notice};
use consort_kernel::id::ContributorId;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::courier::{Courier, KEPT_MS, To, lock};
use super::wish::{When, Wishes};
use super::{Kind, Need, hours, key};
use crate::PostError;

/// How many events, and how many people, are read at a time.
const PAGE: usize = 200;
/// How many notices wait for somebody at the most: the rest stands on their list all the same.
const WAITING_MAX: u64 = 500;
/// How far is looked at the most before that is written, where nothing was to be noted.
const UNWRITTEN_MAX: u64 = 1_000;
/// How often it is asked what a thing needs, where that cannot be said, before it is passed over.
const ASKED_MAX: u32 = 10;
/// How often it is looked who is named in discussions: no event tells of that.
const MENTIONS_MS: i64 = 60_000;

impl Courier {
    /// Notes what everybody is to be told; gives whether anything was noted.
    pub fn look(&self) -> Result<bool, PostError> {
        let Some(mut looked) = self.looked()? else {
            return Ok(false);
        };
        let (store, mut has_noted) = (self.office.engine.store(), false);
        let mut from = self.unwritten(&looked);
        let has_news = !store.feed(from, 1).map_err(EngineError::from)?.is_empty();
        if !has_news && !self.asks_for_mentions() {
            return Ok(false);
        }
        let told = self.told()?;
        loop {
            let rows = store.feed(from, PAGE).map_err(EngineError::from)?;
            let Some(last) = rows.last().map(|row| row.position) else {
                break;
            };
            let subjects: BTreeSet<StreamId> = rows.iter().map(|row| row.event.stream).collect();
            let notices = self.noted(&told, &subjects)?;
            from = last;
            if notices.is_empty() && from - looked.position < UNWRITTEN_MAX {
                *lock(&self.seen) = Some((looked.version, from));
                continue;
            }
            looked.position = from;
            if !self.note(&looked, &notices)? {
                return Ok(has_noted);
            }
            looked.version += 1;
            has_noted |= !notices.is_empty();
        }
        let mentions = self.mentions(&told)?;
        if !mentions.is_empty() {
            looked.position = looked.position.max(from);
            has_noted |= self.note(&looked, &mentions)?;
        }
        Ok(has_noted)
    }

    /// How far was looked; nothing where another server begins at the same time. What happened before
    /// somebody first looked, or before a backup was restored, is told to nobody.
    fn looked(&self) -> Result<Option<Looked>, PostError> {
        let epoch = self.office.epoch()?;
        let kept = self.office.kept.looked().map_err(EngineError::from)?;
        if let Some(looked) = kept.filter(|it| it.epoch == epoch) {
            return Ok(Some(looked));
        }
        let log = self.office.engine.store().log();
        let first = Looked {
            position: log.map_err(EngineError::from)?.size(),
            epoch,
            version: kept.map_or(0, |it| it.version),
        };
        let is_ours = self.note(&first, &[])?;
        Ok(is_ours.then_some(Looked {
            version: first.version + 1,
            ..first
        }))
    }

    fn unwritten(&self, looked: &Looked) -> u64 {
        match *lock(&self.seen) {
            Some((version, position)) if version == looked.version => position,
            _ => looked.position,
        }
    }

    fn note(&self, looked: &Looked, notices: &[Notice]) -> Result<bool, PostError> {
        let noted = self.office.kept.note(looked, notices);
        Ok(noted.map_err(EngineError::from)?)
    }

    /// Everybody who is told something, with what they wish.
    fn told(&self) -> Result<BTreeMap<ContributorId, Wishes>, PostError> {
        let epoch = self.office.epoch()?;
        let (mut told, mut after) = (BTreeMap::new(), None);
        loop {
            let page = self.office.kept.addressees(epoch, after, PAGE);
            let page = page.map_err(EngineError::from)?;
            for one in &page {
                // What stands in the way of one is not in the way of the others.
                match Wishes::read(&one.wishes) {
                    Ok(wishes) => drop(told.insert(one.who, wishes)),
                    Err(error) => tracing::warn!("notices: {}: {error}", one.who),
                }
            }
            if page.len() < PAGE {
                return Ok(told);
            }
            after = page.last().map(|last| last.who);
        }
    }

    /// What of these things is to be told to whom.
    fn noted(
        &self,
        told: &BTreeMap<ContributorId, Wishes>,
        subjects: &BTreeSet<StreamId>,
    ) -> Result<Vec<Notice>, PostError> {
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let among: Vec<ContributorId> = told.keys().copied().collect();
        let mut needs = Vec::new();
        for subject in subjects {
            let found = match self.needed.needs(*subject, &among) {
                Ok(found) => found,
                Err(error) if self.is_asked_again(*subject) => return Err(error),
                Err(error) => {
                    // What is wrong with one thing keeps nobody from being told of the others.
                    tracing::error!("notices: nobody is told of {subject}: {error}");
                    Vec::new()
                }
            };
            needs.extend(found.into_iter().map(|(who, need)| (who, *subject, need)));
        }
        self.due(told, needs)
    }

    /// Whether a thing that could not be looked at is looked at once more before it is passed over.
    fn is_asked_again(&self, subject: StreamId) -> bool {
        let mut unsure = lock(&self.unsure);
        let asked = unsure.entry(subject).or_default();
        *asked += 1;
        let again = *asked < ASKED_MAX;
        if !again {
            unsure.remove(&subject);
        }
        again
    }

    /// Whether it is time to ask who is named in discussions.
    fn asks_for_mentions(&self) -> bool {
        let now = self.office.engine.now();
        let asked = *lock(&self.asked);
        asked.is_none_or(|at| !(0..MENTIONS_MS).contains(&now.millis_since(at)))
    }

    /// Who is named in discussions, asked once a minute.
    fn mentions(&self, told: &BTreeMap<ContributorId, Wishes>) -> Result<Vec<Notice>, PostError> {
        if !self.asks_for_mentions() {
            return Ok(Vec::new());
        }
        *lock(&self.asked) = Some(self.office.engine.now());
        let mut needs = Vec::new();
        for (who, wishes) in told {
            if wishes.when(Kind::Mention) == When::Never {
                continue;
            }
            let found = self.needed.mentions(*who)?;
            needs.extend(
                found
                    .into_iter()
                    .map(|(subject, need)| (*who, subject, need)),
            );
        }
        self.due(told, needs)
    }

    /// The notices of those needs that were not noted before, each at its time, as many as may wait.
    fn due(
        &self,
        told: &BTreeMap<ContributorId, Wishes>,
        needs: Vec<(ContributorId, StreamId, Need)>,
    ) -> Result<Vec<Notice>, PostError> {
        let now = self.office.engine.now();
        let mut waiting: BTreeMap<To, u64> = BTreeMap::new();
        let mut known: BTreeMap<ContributorId, BTreeSet<(Channel, String)>> = BTreeMap::new();
        let mut notices = Vec::new();
        for (who, subject, need) in needs {
            let Some(wishes) = told.get(&who) else {
                continue;
            };
            let Some(due) = hours::due(wishes, wishes.when(need.kind), now) else {
                continue;
            };
            let theirs = match known.entry(who) {
                Entry::Occupied(it) => it.into_mut(),
                Entry::Vacant(it) => {
                    let kept = self.office.kept.notices_of(who, usize::MAX);
                    let kept = kept.map_err(EngineError::from)?.into_iter();
                    it.insert(kept.map(|it| (it.by, it.key)).collect())
                }
            };
            for by in Channel::ALL {
                let key = key::key(subject, &need);
                if !self.office.uses(wishes, by)
                    || !is_news(wishes, by, need.since, now)
                    || !theirs.insert((by, key.clone()))
                {
                    continue;
                }
                let count = match waiting.entry((who, by)) {
                    Entry::Occupied(it) => it.into_mut(),
                    Entry::Vacant(it) => {
                        let count = self.office.kept.waiting_notices(who, by);
                        it.insert(count.map_err(EngineError::from)?)
                    }
                };
                if *count >= WAITING_MAX {
                    continue;
                }
                *count += 1;
                notices.push(Notice {
                    to: who,
                    by,
                    key,
                    noted: now,
                    attempts: 0,
                    due: Some(due),
                    tried: None,
                    answer: None,
                    has_arrived: false,
                });
            }
        }
        Ok(notices)
    }
}

/// Whether something came about while an address was there, and so lately that it would be known if it had been
/// told.
fn is_news(wishes: &Wishes, by: Channel, since: Option<Timestamp>, now: Timestamp) -> bool {
    let was_there = match by {
        Channel::Mail => wishes.mail.as_ref().map(|it| it.confirmed),
        Channel::Chat => wishes.chat.as_ref().map(|it| it.since),
    };
    since.is_none_or(|since| {
        was_there.is_some_and(|there| there <= since) && now.millis_since(since) < KEPT_MS
    })
}
