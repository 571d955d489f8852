//! The lane: where commands are decided and committed, in batches.
//!
//! `Lane::step` is synchronous and takes its moment from outside; threads are shells around it, so
//! that the simulator runs the real thing. One step goes through these phases:
//!
//! 1. The rows that the batch needs are loaded: from the cache, or with one read for each wave.
//! 2. Each command is decided on what the ones before it left; what follows from its events on
//!    other streams is decided in the same batch, up to `BATCH_EVENTS_MAX`.
//! 3. The whole batch is one commit. If rows had moved meanwhile, the commands connected with them
//!    leave it and are decided again on fresh rows; the others commit.
//! 4. A command that was carried out before is found out where it shows: its receipt is there when
//!    the commit writes it again, or it is rejected because it has had its effect. Only then are
//!    receipts looked up, and the answer of the first time is given again.
//!
//! A rejection is answered only from rows that are known to be fresh. A command that panics is
//! set apart and never tried again by this process.

mod answer;
mod batch;
mod cache;
mod connected;
mod rehearse;
mod view;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use consort_kernel::command::{Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::effect::Timer;
use consort_kernel::id::{CommandId, NetworkId};
use consort_kernel::rejection::Rejection;
use consort_kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

use consort_store::{Committed, Identity, Store, StoreError, WriteSet};

pub use answer::Answer;

use batch::Batch;
use cache::Cache;
use connected::Touched;
pub(crate) use rehearse::rehearse;
use write::Writes;

use crate::agenda::Agenda;
use crate::feed::Recent;
use crate::shelf::Shelf;
use crate::timer;

/// Above this many events a batch takes in no more reactions; they are stored and come next.
pub(crate) const BATCH_EVENTS_MAX: usize = 2_000;
/// How often a batch is tried again when rows keep moving under it.
const TRIES_MAX: usize = 16;
/// How long answers to commands are kept; an older id is refused, never carried out again.
pub const RECEIPTS_KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// What a lane works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A command from an edge.
    Command(Command),
    /// A timer that fell due, as the command that it stands for.
    Timer(Timer, Command),
    /// A stored reaction.
    Reaction(Reaction),
}

impl Work {
    const fn command(&self) -> &Command {
        match self {
            Self::Command(command) | Self::Timer(_, command) => command,
            Self::Reaction(reaction) => &reaction.command,
        }
    }
}

/// A command that follows from an event of another stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The command; its id is derived from the event's place.
    pub command: Command,
    /// The command that all of it began with.
    pub correlation: CommandId,
}

/// Why a command has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// The domain says no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The store failed.
    #[error("{0}")]
    Store(Arc<str>),
    /// Rows kept moving; it was not carried out.
    #[error("too much is changing at once; nothing was done: try again")]
    Busy,
    /// The command made the software panic; it is set apart.
    #[error(
        "this command hit a defect of the software and was set apart; nothing was changed: {0}"
    )]
    Quarantined(Arc<str>),
}

impl From<StoreError> for LaneError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string().into())
    }
}

/// What became of each piece of work, in the order that it was given.
pub type Replies = Vec<Result<Answer, LaneError>>;

/// A single line of decisions over a store.
pub struct Lane {
    store: Arc<dyn Store>,
    identity: Identity,
    cache: Cache,
    /// Whether no other process writes to the store, so that the cache is always fresh.
    alone: bool,
    /// Above this many events a batch takes in no more reactions.
    batch_events_max: usize,
    quarantined: BTreeMap<CommandId, Arc<str>>,
    recent: Arc<Recent>,
    agenda: Arc<Agenda>,
    shelf: Arc<Shelf>,
    /// Whether reactions were stored that nobody looked for yet.
    has_stored: bool,
}

impl Lane {
    /// A lane over a store; `fresh` names the network if the store is new.
    pub fn open(store: Arc<dyn Store>, fresh: NetworkId, alone: bool) -> Result<Self, StoreError> {
        let identity = store.identity(fresh)?;
        Ok(Self {
            store,
            identity,
            cache: Cache::default(),
            alone,
            batch_events_max: BATCH_EVENTS_MAX,
            quarantined: BTreeMap::new(),
            recent: Arc::default(),
            agenda: Arc::default(),
            shelf: Arc::default(),
            has_stored: false,
        })
    }

    /// The latest events that this lane committed.
    pub const fn recent(&self) -> &Arc<Recent> {
        &self.recent
    }

    /// The agenda, which this lane keeps.
    pub const fn agenda(&self) -> &Arc<Agenda> {
        &self.agenda
    }

    /// Whether reactions were stored since this was last asked.
    pub(crate) const fn take_has_stored(&mut self) -> bool {
        std::mem::replace(&mut self.has_stored, false)
    }

    /// The states that it committed lately.
    pub(crate) const fn shelf(&self) -> &Arc<Shelf> {
        &self.shelf
    }

    /// The same lane with smaller batches: reactions beyond so many events are stored and come
    /// next. Small networks meet that path only so.
    #[must_use]
    pub const fn with_batch_events_max(mut self, events: usize) -> Self {
        self.batch_events_max = events;
        self
    }

    /// The network that the store holds.
    pub const fn network(&self) -> NetworkId {
        self.identity.network
    }

    /// Decides and commits work, and answers each piece of it.
    pub fn step(&mut self, work: &[Work], now: Timestamp) -> Replies {
        let mut replies: Vec<Option<Result<Answer, LaneError>>> = vec![None; work.len()];
        let mut is_fresh = false;
        let mut unknown = None;
        let at_once = self.answer_at_once(work, now, &mut replies);
        if let Err(error) = at_once.and_then(|()| self.set_again(work, now, &mut replies)) {
            return fill(replies, &error.into());
        }
        for _ in 0..TRIES_MAX {
            let open: Vec<usize> = (0..work.len())
                .filter(|at| replies[*at].is_none())
                .collect();
            if open.is_empty() {
                break;
            }
            match self.attempt(work, open, now, &mut replies) {
                Ok(()) => {}
                Err(error @ StoreError::Unknown(_)) => {
                    self.cache.clear();
                    unknown = Some(error);
                }
                Err(StoreError::Damaged(why)) => {
                    // An event need not follow on a row that is out of date.
                    let was_cached = !self.alone && !std::mem::replace(&mut is_fresh, true);
                    self.cache.clear();
                    match self.answer_handled(work, &mut replies) {
                        Ok(has_answered) if has_answered || was_cached => {}
                        Ok(_) => return fill(replies, &StoreError::Damaged(why).into()),
                        Err(error) => return fill(replies, &error.into()),
                    }
                }
                Err(error) => return fill(replies, &error.into()),
            }
        }
        fill(replies, &unknown.map_or(LaneError::Busy, LaneError::from))
    }

    /// Sets timers anew whose leases were extended, now that they fire: a heartbeat moves a
    /// deadline without moving the timer. Such a timer asks for nothing.
    fn set_again(
        &self,
        work: &[Work],
        now: Timestamp,
        replies: &mut [Option<Result<Answer, LaneError>>],
    ) -> Result<(), StoreError> {
        let mut extended = Vec::new();
        for (work, reply) in work.iter().zip(replies) {
            if let Work::Timer(timer, command) = work
                && let Some(later) = timer::extended(self.store.as_ref(), timer, now)?
            {
                extended.push(later);
                *reply = Some(Ok(Answer::handled(command.id)));
            }
        }
        if extended.is_empty() {
            return Ok(());
        }
        let set = WriteSet {
            epoch: self.identity.epoch,
            extended,
            ..WriteSet::default()
        };
        // A timer that could not be set anew is still there and fires again.
        self.store.commit(&set).map(|_| ())
    }

    /// Decides the open work and commits it. Work that is connected with rows that moved stays
    /// open.
    fn attempt(
        &mut self,
        work: &[Work],
        mut open: Vec<usize>,
        now: Timestamp,
        replies: &mut [Option<Result<Answer, LaneError>>],
    ) -> Result<(), StoreError> {
        while !open.is_empty() {
            let Some(decided) = self.decide_all(work, &open, now)? else {
                return Ok(());
            };
            let Decisions {
                writes,
                touched,
                answers,
            } = decided;
            let streams = writes.states().map(|(stream, ..)| stream);
            let clearing = self.shelf.clear(streams);
            let committed = if writes.is_empty() {
                None
            } else {
                Some(self.store.commit(&writes.set)?)
            };
            let Some(Committed::Moved { streams, commands }) = committed else {
                self.has_stored |= !writes.set.reactions.is_empty();
                self.agenda.note(writes.states());
                clearing.fill(writes.states());
                let envelopes = writes.keep(&mut self.cache);
                if let Some(Committed::Done { first_position, .. }) = committed {
                    self.recent.add(first_position, envelopes);
                }
                return self.answer(work, answers, replies);
            };
            drop(clearing);
            for stream in &streams {
                self.cache.forget(*stream);
            }
            let leaving = connected::connected(&touched, &streams, &commands);
            let first = open.iter().copied();
            let known = first.filter(|at| commands.contains(&work[*at].command().id));
            self.answer_repeated(work, known, replies)?;
            for at in &open {
                // Another commit dealt with the reaction, or the timer: nothing is left to do.
                let command = work[*at].command().id;
                let is_follow_up = !matches!(work[*at], Work::Command(_));
                if is_follow_up && commands.contains(&command) {
                    replies[*at] = Some(Ok(Answer::handled(command)));
                }
            }
            let before = open.len();
            open.retain(|at| !leaving.contains(&work[*at].command().id));
            if open.len() == before {
                // Only what follows from the commands met a row that moved: look at it all again.
                return Ok(());
            }
        }
        Ok(())
    }

    /// Decides all open work in one batch. Nothing comes of it when a command panicked: it is set
    /// apart, and the others have to be decided again without it.
    fn decide_all(
        &mut self,
        work: &[Work],
        open: &[usize],
        now: Timestamp,
    ) -> Result<Option<Decisions>, StoreError> {
        let store = Arc::clone(&self.store);
        let mut batch = Batch::new(
            store.as_ref(),
            &mut self.cache,
            &self.identity,
            &self.quarantined,
            self.alone,
            now,
        );
        batch.prefetch(open.iter().map(|at| work[*at].command()))?;
        let mut answers: Vec<(usize, Result<Answer, LaneError>)> = Vec::with_capacity(open.len());
        let mut seen: BTreeMap<(Principal, CommandId), Digest> = BTreeMap::new();
        let mut panicked = None;
        for at in open {
            let command = work[*at].command();
            let digest = command.digest();
            match seen.insert((command.principal, command.id), digest) {
                // The first of two with the same id is answered; the other one finds its receipt
                // at the next try.
                Some(first) if first == digest => continue,
                Some(_) => {
                    answers.push((*at, Err(Rejection::IdReused.into())));
                    continue;
                }
                None => {}
            }
            match batch.run(&work[*at], digest)? {
                Err(LaneError::Quarantined(why)) => {
                    panicked = Some((command.id, why));
                    break;
                }
                reply => answers.push((*at, reply)),
            }
        }
        if panicked.is_none() {
            panicked = batch.react(self.batch_events_max)?.err();
        }
        let (writes, touched) = batch.finish();
        if let Some((command, why)) = panicked {
            self.quarantined.insert(command, why);
            self.cache.clear();
            return Ok(None);
        }
        Ok(Some(Decisions {
            writes,
            touched,
            answers,
        }))
    }
}

/// What a batch came to, before it is committed.
struct Decisions {
    writes: Writes,
    touched: Vec<Touched>,
    answers: Vec<(usize, Result<Answer, LaneError>)>,
}

fn fill(
    replies: Vec<Option<Result<Answer, LaneError>>>,
    error: &LaneError,
) -> Vec<Result<Answer, LaneError>> {
    replies
        .into_iter()
        .map(|reply| reply.unwrap_or_else(|| Err(error.clone())))
        .collect()
}
