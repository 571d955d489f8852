//! The engine in a process: one thread that runs the lane, and the call that everybody makes.
//!
//! The thread takes what waits, steps the lane, answers, and rings the bell. When nothing waits it
//! looks for timers. A lane that breaks ends with the engine: callers are told, and a new start
//! goes on from what is committed.

use std::collections::VecDeque;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel, sync_channel,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::id::{CommandId, NetworkId, TaskId};
use consort_kernel::personal::PersonalValue;
use consort_kernel::time::Timestamp;
use consort_store::{Store, StoreError, Watch};

use crate::agenda::Agenda;
use crate::artefact::{ArtefactError, Artefacts};
use crate::check::CannotCheck;
use crate::clock::Clock;
use crate::feed::{Bell, Recent};
use crate::lane::{Answer, Lane, LaneError, Work};
use crate::shelf::Shelf;
use crate::{figures, lane, reaction, timer};

/// The most commands of one batch: more would make the first ones wait for the last.
const BATCH_MAX: usize = 200;
/// How many commands may wait; beyond it callers are told to try again.
const QUEUE_MAX: usize = 20_000;
/// How often timers are looked for.
const TIMER_TICK: Duration = Duration::from_millis(100);
/// How many timers, or stored reactions, one step takes in.
const FOLLOW_UP_MAX: usize = 200;

/// Why the engine has no answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The lane says why.
    #[error(transparent)]
    Lane(#[from] LaneError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An artefact failed.
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
    /// A check could not be made.
    #[error(transparent)]
    Check(#[from] CannotCheck),
    /// The lane's thread has ended.
    #[error("the engine has stopped; start consort again: it goes on from what is committed")]
    Stopped,
    /// Too many commands wait.
    #[error("the engine is busy: try again in a moment")]
    Busy,
    /// The system gave no random bits.
    #[error("the operating system gives no random bits: {0}")]
    NoEntropy(String),
}

impl EngineError {
    /// The domain's refusal, where it is one.
    pub const fn rejection(&self) -> Option<&consort_kernel::rejection::Rejection> {
        match self {
            Self::Lane(LaneError::Rejected(rejection)) => Some(rejection),
            Self::Lane(_)
            | Self::Store(_)
            | Self::Artefact(_)
            | Self::Check(_)
            | Self::Stopped
            | Self::Busy
            | Self::NoEntropy(_) => None,
        }
    }
}

/// Where answers go, each with the tag of its command.
pub type Reply = Sender<(usize, Result<Answer, LaneError>)>;

struct Request {
    command: Command,
    tag: usize,
    reply: Reply,
}

/// The engine of this process.
pub struct Engine {
    store: Arc<dyn Store>,
    artefacts: Artefacts,
    clock: Arc<dyn Clock>,
    network: NetworkId,
    queue: Mutex<Option<SyncSender<Request>>>,
    bell: Arc<Bell>,
    recent: Arc<Recent>,
    pub(crate) agenda: Arc<Agenda>,
    pub(crate) shelf: Arc<Shelf>,
    /// Whether no other process writes to the store.
    pub(crate) alone: bool,
    /// Has the bell ring for what other processes commit, where the store can tell.
    _watch: Option<Watch>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    /// Starts the engine over a store. `alone` says that no other process writes to it.
    pub fn start(
        store: Arc<dyn Store>,
        artefacts: Artefacts,
        clock: Arc<dyn Clock>,
        alone: bool,
    ) -> Result<Arc<Self>, EngineError> {
        let fresh = NetworkId::new(clock.now(), random()?);
        let lane = Lane::open(Arc::clone(&store), fresh, alone)?;
        let network = lane.network();
        let bell = Arc::new(Bell::default());
        let recent = Arc::clone(lane.recent());
        let agenda = Arc::clone(lane.agenda());
        let states = Arc::clone(lane.shelf());
        let watch = if alone {
            None
        } else {
            let bell = Arc::clone(&bell);
            store.watch(Box::new(move || bell.ring()))
        };
        let (queue, requests) = sync_channel(QUEUE_MAX);
        let shell = Shell {
            lane,
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            bell: Arc::clone(&bell),
            requests,
            backlog: VecDeque::new(),
            seen: (!alone).then_some(0),
        };
        let thread = std::thread::Builder::new()
            .name("lane".to_owned())
            .spawn(move || shell.run())
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Arc::new(Self {
            store,
            artefacts,
            clock,
            network,
            queue: Mutex::new(Some(queue)),
            bell,
            recent,
            agenda,
            shelf: states,
            alone,
            _watch: watch,
            thread: Mutex::new(Some(thread)),
        }))
    }

    /// Carries out a command of somebody's, under a new identifier.
    pub fn execute(&self, principal: Principal, body: Body) -> Result<Answer, EngineError> {
        self.send(self.command(principal, body)?)
    }

    /// A command under a new identifier.
    pub fn command(&self, principal: Principal, body: Body) -> Result<Command, EngineError> {
        let id = CommandId::new(self.clock.now(), random()?);
        Ok(Command {
            body,
            expected: None,
            id,
            personal: Vec::new(),
            principal,
        })
    }

    /// Carries out one command.
    pub fn send(&self, command: Command) -> Result<Answer, EngineError> {
        let mut answers = self.send_all(vec![command])?;
        Ok(answers.pop().ok_or(EngineError::Stopped)??)
    }

    /// Carries out commands, in one batch where they fit; the answers are in their order.
    pub fn send_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Answer, LaneError>>, EngineError> {
        let (reply, replies) = channel();
        let count = commands.len();
        for (tag, command) in commands.into_iter().enumerate() {
            self.post(command, tag, &reply)?;
        }
        drop(reply);
        let mut answers: Vec<Option<Result<Answer, LaneError>>> = vec![None; count];
        for (tag, answer) in replies {
            answers[tag] = Some(answer);
        }
        answers
            .into_iter()
            .map(|answer| answer.ok_or(EngineError::Stopped))
            .collect()
    }

    /// The first of several commands that would be refused if they were carried out one after the other, and
    /// why. Nothing is carried out.
    pub fn rehearse(
        &self,
        commands: Vec<Command>,
    ) -> Result<Option<(usize, EngineError)>, EngineError> {
        let store = self.store.as_ref();
        let refused = lane::rehearse(store, self.network, commands, self.clock.now())?;
        Ok(refused.map(|(at, error)| (at, error.into())))
    }

    /// Hands a command over without waiting; its answer comes with the tag. Where the engine ends
    /// first, no answer comes: ask again under the same identifier.
    pub fn post(&self, command: Command, tag: usize, reply: &Reply) -> Result<(), EngineError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or(EngineError::Stopped)?;
        let request = Request {
            command,
            tag,
            reply: reply.clone(),
        };
        queue.try_send(request).map_err(|error| match error {
            TrySendError::Full(_) => EngineError::Busy,
            TrySendError::Disconnected(_) => EngineError::Stopped,
        })?;
        figures::waits();
        Ok(())
    }

    /// A personal value with a salt of its own, to be committed to.
    pub fn personal(&self, field: &str, value: &str) -> Result<PersonalValue, EngineError> {
        let bits = [random()?.to_be_bytes(), random()?.to_be_bytes()].concat();
        let salt = consort_kernel::digest::Digest::of(&bits);
        Ok(PersonalValue {
            field: field.to_owned(),
            salt,
            value: value.to_owned(),
        })
    }

    /// Random bits for a new identifier.
    pub fn random(&self) -> Result<u128, EngineError> {
        random()
    }

    /// Extends a lease that is still current by its full time; tells whether it was.
    pub fn heartbeat(&self, task: TaskId, lease: u64, lease_ms: u32) -> Result<bool, EngineError> {
        let until = self.clock.now().plus_millis(i64::from(lease_ms));
        Ok(self
            .store
            .extend_leases(&[(task, lease, until)])?
            .is_empty())
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// What the engine keeps, for reading.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Material and results.
    pub const fn artefacts(&self) -> &Artefacts {
        &self.artefacts
    }

    /// Rings after every commit.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// The latest events that were committed.
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// Takes in nothing more, finishes what waits, and ends the thread.
    pub fn stop(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // A lane that panicked has told its callers by hanging up.
            thread.join().ok();
        }
        self.bell.ring();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn random() -> Result<u128, EngineError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| EngineError::NoEntropy(error.to_string()))?;
    Ok(u128::from_be_bytes(bytes))
}

/// How often others are let go first before a batch is decided.
const GATHERINGS: usize = 8;

/// What the lane's thread owns.
struct Shell {
    lane: Lane,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    bell: Arc<Bell>,
    requests: Receiver<Request>,
    backlog: VecDeque<Request>,
    /// How many events the bell has rung for; nothing where no other process commits any.
    seen: Option<u64>,
}

impl Shell {
    fn run(mut self) {
        let mut looked_at = self.clock.now();
        // Reactions that an earlier run left behind come first.
        self.follow_up();
        loop {
            let open = self.take_requests();
            if !self.backlog.is_empty() {
                self.step();
            }
            let now = self.clock.now();
            let tick_ms = i64::try_from(TIMER_TICK.as_millis()).unwrap_or(100);
            if now.millis_since(looked_at).abs() >= tick_ms {
                looked_at = now;
                self.follow_up();
            }
            if !open && self.backlog.is_empty() {
                return;
            }
        }
    }

    /// Takes in what waits; tells whether more can come.
    fn take_requests(&mut self) -> bool {
        match self.requests.recv_timeout(TIMER_TICK) {
            Ok(request) => self.backlog.push_back(request),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        for _ in 0..GATHERINGS {
            // Whoever is about to ask goes first: where nobody is, this takes no time, and where many are, a
            // commit for all of them takes little more than one for the first.
            std::thread::yield_now();
            let before = self.backlog.len();
            let room = BATCH_MAX.saturating_sub(before);
            self.backlog.extend(self.requests.try_iter().take(room));
            if self.backlog.len() == before {
                break;
            }
        }
        true
    }

    fn step(&mut self) {
        let batch: Vec<Request> = self
            .backlog
            .drain(..self.backlog.len().min(BATCH_MAX))
            .collect();
        let work: Vec<Work> = batch
            .iter()
            .map(|request| Work::Command(request.command.clone()))
            .collect();
        figures::taken(batch.len());
        let began = Instant::now();
        let replies = self.lane.step(&work, self.clock.now());
        figures::batch(batch.len(), began.elapsed());
        for (request, reply) in batch.into_iter().zip(replies) {
            figures::answered(&request.command, &reply);
            // Who asked may have gone; what was committed stays.
            request.reply.send((request.tag, reply)).ok();
        }
        self.bell.ring();
        if self.lane.take_has_stored() {
            self.drain_reactions();
        }
    }

    /// Fires timers and runs stored reactions until none is left.
    fn follow_up(&mut self) {
        let now = self.clock.now();
        let due = timer::due(self.store.as_ref(), now, FOLLOW_UP_MAX);
        if let Some(due) = due.ok().filter(|due| !due.is_empty()) {
            self.lane.step(&due, now);
            self.bell.ring();
        }
        self.drain_reactions();
        self.look_for_others();
    }

    /// Rings for what other processes committed: being told of it is quicker where the store tells, and looking
    /// always suffices.
    fn look_for_others(&mut self) {
        if let Some(seen) = &mut self.seen
            && let Ok(log) = self.store.log()
            && log.size() > *seen
        {
            *seen = log.size();
            self.bell.ring();
        }
    }

    fn drain_reactions(&mut self) {
        while let Ok(work) = reaction::waiting(self.store.as_ref(), FOLLOW_UP_MAX) {
            if work.is_empty() {
                return;
            }
            let replies = self.lane.step(&work, self.clock.now());
            self.bell.ring();
            let stuck = replies.iter().all(|reply| {
                matches!(
                    reply,
                    Err(LaneError::Store(_) | LaneError::Busy | LaneError::Quarantined(_))
                )
            });
            if stuck {
                return;
            }
        }
    }
}
