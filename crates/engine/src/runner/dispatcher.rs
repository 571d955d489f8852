//! The dispatcher: finds what is to be done, and does one piece of it when told to.
//!
//! It starts no thread and waits for nothing: the runner's threads drive it, and so can a caller
//! that wants one thing done after the other. Moments come from the engine's clock and draws from
//! the settings. After a failure a task rests and is tried again; what fails too often is given
//! back, and the policy of the network hands it to a person.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::task::{Phase, Task};
use consort_kernel::time::Timestamp;
use consort_store::StoreError;

use super::check::Libraries;
use super::desk::Desk;
use super::{Drivers, Settings, panic_words, work};
use crate::artefact::ArtefactError;
use crate::lane::LaneError;
use crate::routing::{Directory, Walk};
use crate::{Engine, EngineError};

/// How many tasks are looked at at a time.
const PAGE: usize = 500;
/// While so many tasks are in hand no further ones are looked for: with a look after every task
/// that was done, each of up to [`PAGE`] tasks, work would grow with its square.
const ENOUGH_IN_HAND: usize = 32;
/// How many looks a caller gets who wants everything done at once: each does at least one thing.
const LOOKS_MAX: usize = 10_000;

/// What a look found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Tasks that something is to be done about; they are in hand from now on.
    pub tasks: Vec<TaskId>,
    /// Whether there are tasks that were not looked at.
    pub more: bool,
    /// Whether so many tasks are ready that one look at all of them took several: a rest is due.
    pub was_long: bool,
}

/// Finds what is to be done, and does it piece by piece.
pub struct Dispatcher {
    pub(super) engine: Arc<Engine>,
    pub(super) drivers: Drivers,
    pub(super) settings: Settings,
    pub(super) libraries: Libraries,
    desk: Mutex<Desk>,
    round: Mutex<Round>,
    trouble: Mutex<BTreeMap<TaskId, String>>,
    broken: Mutex<Option<EngineError>>,
}

/// What is known from one look to the next.
#[derive(Default)]
struct Round {
    directory: Directory,
    /// Where the next look goes on.
    after: Option<TaskId>,
    /// Ready tasks that nobody can have, and how often the bell had rung when that was looked at.
    unroutable: BTreeSet<TaskId>,
    heard: u64,
    sweep: Sweep,
}

/// What became of the ready tasks since the look that began with the first page of them.
#[derive(Default)]
struct Sweep {
    walk: Walk,
    heard: u64,
    unroutable: BTreeSet<TaskId>,
    /// Whether tasks were left for the next time, so that the offers that were made count for them.
    has_left: bool,
}

impl Dispatcher {
    /// A dispatcher for the agents of these drivers.
    pub fn new(engine: Arc<Engine>, drivers: Drivers, settings: Settings) -> Self {
        Self {
            engine,
            drivers,
            settings,
            libraries: Libraries::default(),
            desk: Mutex::default(),
            round: Mutex::default(),
            trouble: Mutex::default(),
            broken: Mutex::default(),
        }
    }

    /// Offers what is ready, gives signs of life, and takes in hand what is to be done here.
    pub fn look(&self) -> Result<Look, EngineError> {
        let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        self.beat()?;
        if self.in_hand() >= ENOUGH_IN_HAND {
            return Ok(Look::default());
        }
        let now = self.engine.now();
        let was_sweeping = round.sweep.walk.is_under_way();
        let more_ready = self.route(&mut round, now)?;
        let mut to_do = self.engine.tasks_to_do(self.drivers.agents())?;
        if let Some(after) = round.after {
            to_do.retain(|task| *task > after);
        }
        let more_to_do = to_do.len() > PAGE;
        to_do.truncate(PAGE);
        round.after = to_do.last().copied().filter(|_| more_to_do);
        let mut tasks = Vec::new();
        for task in self.engine.tasks(&to_do)? {
            if self.take(&task, round.directory.agents_stopped()) {
                tasks.push(task.id);
            }
        }
        Ok(Look {
            tasks,
            more: more_ready || more_to_do,
            was_long: was_sweeping && !round.sweep.walk.is_under_way(),
        })
    }

    /// Offers the next ready tasks; tells whether there are more of them.
    fn route(&self, round: &mut Round, now: Timestamp) -> Result<bool, EngineError> {
        let sweep = &mut round.sweep;
        let is_long = sweep.walk.is_under_way();
        if !sweep.walk.is_under_way() {
            sweep.heard = self.engine.bell().rings();
        }
        let directory = &mut round.directory;
        let routed = sweep
            .walk
            .next(self.engine.as_ref(), directory, now, PAGE)?;
        if !routed.offers.is_empty() {
            // An offer that is rejected met news; the next look sees them.
            let answers = self.engine.send_all(routed.offers)?;
            sweep.has_left |= routed.has_left && answers.iter().any(Result::is_ok);
        }
        sweep.unroutable.extend(routed.unroutable);
        if sweep.walk.is_under_way() {
            return Ok(true);
        }
        round.unroutable = std::mem::take(&mut sweep.unroutable);
        round.heard = sweep.heard;
        // What became ready behind the walk's back is looked at by the next one.
        let is_late = is_long && self.engine.bell().rings() > sweep.heard;
        Ok(std::mem::take(&mut sweep.has_left) || is_late)
    }

    /// Does what is to be done about a task that is in hand, and puts it down.
    pub fn see_to(&self, task: TaskId) {
        // Whatever breaks off here, the task does not stay in a hand that is gone.
        let done = catch_unwind(AssertUnwindSafe(|| work::see_to(self, task)));
        let done = done.unwrap_or_else(|panic| {
            Err(StoreError::Failed(format!("a defect: {}", panic_words(&*panic))).into())
        });
        if let Err(error) = done {
            self.failed(task, error);
        }
        self.desk().put_down(task);
        self.engine.bell().ring();
    }

    /// Does what can be done now, one thing after the other, until nothing is left.
    pub fn settle(&self) -> Result<(), EngineError> {
        for _ in 0..LOOKS_MAX {
            let look = self.look()?;
            if look.tasks.is_empty() && !look.more {
                break;
            }
            for task in look.tasks {
                self.see_to(task);
            }
            if let Some(error) = self.take_broken() {
                return Err(error);
            }
        }
        Ok(())
    }

    /// What went wrong lately, by task.
    pub fn trouble(&self) -> BTreeMap<TaskId, String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.clone()
    }

    /// What nothing can go on after, as a full disk; it is told once.
    pub fn take_broken(&self) -> Option<EngineError> {
        self.broken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Ready tasks that nobody can have, as of a look that began when the bell had rung this often
    /// or more; nothing if there was none since.
    pub fn unroutable(&self, heard: u64) -> Option<BTreeSet<TaskId>> {
        let round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        (round.heard >= heard).then(|| round.unroutable.clone())
    }

    /// How many tasks are in hand.
    pub fn in_hand(&self) -> usize {
        self.desk().in_hand()
    }

    /// Whether a task is done by an agent of this process.
    pub fn has(&self, agent: ContributorId) -> bool {
        self.drivers.has(agent)
    }

    /// Puts down, undone, what was taken in hand.
    pub(super) fn put_down(&self, task: TaskId) {
        self.desk().put_down(task);
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what went wrong with a task.
    pub(super) fn note(&self, task: TaskId, what: &str) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.insert(task, what.to_owned());
    }

    /// Forgets what went wrong with a task: it went well.
    pub(super) fn went_well(&self, task: TaskId) {
        self.desk().forget(task);
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.remove(&task);
    }

    /// Notes what nothing can go on after; the first of it is what is told.
    pub(super) fn broke(&self, error: EngineError) {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.get_or_insert(error);
    }

    /// Gives the signs of life that are due. A lease that is over needs none.
    fn beat(&self) -> Result<(), EngineError> {
        let due = self.desk().beats_due(self.engine.now());
        for beat in due {
            if !self
                .engine
                .heartbeat(beat.task, beat.lease, beat.lease_ms)?
            {
                self.desk().let_go(beat.task);
            }
        }
        Ok(())
    }

    /// Takes a task in hand, if something is to be done about it here and now. While all agents are
    /// stopped none of them begins anything.
    fn take(&self, task: &Task, agents_stopped: bool) -> bool {
        let agent = match &task.phase {
            Phase::Offered(offer) => Some(offer.to),
            Phase::Leased(lease) => Some(lease.holder.id),
            Phase::Checking(_) => None,
            Phase::Blocked
            | Phase::Ready
            | Phase::Reviewing(_)
            | Phase::Signing(_)
            | Phase::Accepted(..)
            | Phase::Failed { .. }
            | Phase::Cancelled { .. } => return false,
        };
        let agent = match agent {
            Some(agent) if agents_stopped || !self.drivers.has(agent) => return false,
            Some(agent) => Some((agent, self.drivers.at_once(agent))),
            None => None,
        };
        self.desk().take(task.id, agent, self.engine.now())
    }

    /// A task could not be seen to, by no fault of its contributor's: it rests, unless nothing can
    /// go on.
    fn failed(&self, task: TaskId, error: EngineError) {
        self.note(task, &error.to_string());
        if stops_everything(&error) {
            self.broke(error);
            return;
        }
        let draw = (self.settings.draws)();
        let now = self.engine.now();
        self.desk().failed(task, &self.settings.retry, now, draw);
    }
}

/// Whether after this error nothing else can go well either.
pub(super) const fn stops_everything(error: &EngineError) -> bool {
    match error {
        EngineError::Stopped
        | EngineError::Lane(LaneError::Store(_))
        | EngineError::Artefact(ArtefactError::Disk { .. })
        | EngineError::Store(
            StoreError::NotWritable(_)
            | StoreError::TooNew { .. }
            | StoreError::OtherForm { .. }
            | StoreError::Fenced { .. }
            | StoreError::Unknown(_)
            | StoreError::Damaged(_),
        ) => true,
        EngineError::Busy
        | EngineError::Check(_)
        | EngineError::NoEntropy(_)
        | EngineError::Lane(LaneError::Rejected(_) | LaneError::Busy | LaneError::Quarantined(_))
        | EngineError::Artefact(
            ArtefactError::Missing(_) | ArtefactError::Damaged(_) | ArtefactError::TooLarge { .. },
        )
        | EngineError::Store(StoreError::Refused(_) | StoreError::Failed(_)) => false,
    }
}
