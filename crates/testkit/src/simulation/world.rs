//! The world of a run: who is in it, the store, the lanes over it, and how time passes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consort_engine::lane::{Lane, Replies, Work};
use consort_engine::routing::{Directory, Walk};
use consort_kernel::command::{Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OutcomeId, TaskId};
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;
use consort_kernel::time::Timestamp;
use consort_store::memory::MemoryStore;
use consort_store::{StateQuery, Store};

use super::carry::Message;
use super::digest_of;
use super::faults::{ReadOnly, Trouble};
use super::plant::{Plant, PlantedStore};
use super::population::Population;
use super::random::Random;
use crate::audit::Auditor;
use crate::fixture::{Asked, START};

/// How many rounds of acting a run has, at least and at most.
const ROUNDS: (i64, i64) = (40, 110);

/// Everything that a run consists of.
pub(super) struct World {
    pub(super) random: Random,
    pub(super) clock_ms: i64,
    pub(super) network: NetworkId,
    pub(super) plant: Option<Plant>,
    /// The store as the lanes have it, with its troubles.
    store: Arc<dyn Store>,
    /// The same store for those who only look.
    pub(super) eyes: Arc<dyn Store>,
    /// The same store for a lane that is asked what it would say.
    pub(super) read_only: Arc<dyn Store>,
    pub(super) trouble: Arc<Trouble>,
    pub(super) lanes: Vec<Lane>,
    /// What each lane routes by.
    pub(super) routers: Vec<(Directory, Walk)>,
    /// How far each lane's clock is off.
    skews_ms: Vec<i64>,
    batch_events_max: usize,
    pub(super) population: Population,
    pub(super) outcomes: Vec<OutcomeId>,
    pub(super) mail: Vec<Message>,
    /// Leases that were held once.
    pub(super) old_leases: Vec<(ContributorId, TaskId, u64)>,
    /// Contents that fail their checks.
    pub(super) bad: BTreeSet<Digest>,
    /// How many tasks were ever planned, for their keys.
    pub(super) planned: u32,
    /// Whether nothing goes wrong any more.
    pub(super) is_ending: bool,
    pub(super) auditor: Auditor,
    pub(super) steps: u64,
    pub(super) acknowledged: u64,
    /// How many commands were rejected, by the code of the rejection.
    pub(super) rejected: BTreeMap<&'static str, u64>,
}

impl World {
    pub(super) fn new(seed: u64, plant: Option<Plant>) -> Self {
        let mut random = Random::new(seed);
        let memory = MemoryStore::new();
        let trouble = Arc::new(Trouble::new(random.fork()));
        let troubled = memory.with_faults(Arc::clone(&trouble) as Arc<_>);
        let store: Arc<dyn Store> = Arc::new(PlantedStore::new(troubled, plant));
        let eyes: Arc<dyn Store> = Arc::new(PlantedStore::new(memory.clone(), plant));
        let read_only: Arc<dyn Store> = Arc::new(memory.with_faults(Arc::new(ReadOnly)));
        let network = NetworkId::new(START, random.bits());
        let count = 1 + random.below(3);
        let batch_events_max = [2, 6, 25, 2_000][random.below(4)];
        let skews_ms = (0..count).map(|_| random.between(-800, 800)).collect();
        let population = Population::draw(&mut random);
        let mut world = Self {
            random,
            clock_ms: START.as_millis(),
            network,
            plant,
            store,
            eyes,
            read_only,
            trouble,
            lanes: Vec::new(),
            routers: Vec::new(),
            skews_ms,
            batch_events_max,
            population,
            outcomes: Vec::new(),
            mail: Vec::new(),
            old_leases: Vec::new(),
            bad: BTreeSet::new(),
            planned: 0,
            is_ending: false,
            auditor: Auditor::default(),
            steps: 0,
            acknowledged: 0,
            rejected: BTreeMap::new(),
        };
        for _ in 0..count {
            let lane = world.open(count == 1);
            world.lanes.push(lane);
            world.routers.push(Default::default());
        }
        world
    }

    /// Plays the whole run, up to the first violation.
    pub(super) fn play(&mut self) {
        self.settle_in();
        self.trouble.begin();
        for _ in 0..self.random.between(ROUNDS.0, ROUNDS.1) {
            if self.is_over() {
                return;
            }
            self.pass_time();
            self.round();
        }
        self.trouble.end();
        self.is_ending = true;
        self.bring_to_an_end();
        if !self.is_over() {
            self.auditor.conclude(self.eyes.as_ref());
        }
    }

    fn round(&mut self) {
        for _ in 0..=self.random.below(4) {
            self.act();
        }
        self.deliver_due();
        let lane = self.any_lane();
        match self.random.below(12) {
            0..=2 => self.route(lane),
            3..=4 => self.fire(lane),
            5..=6 => self.react(lane),
            7 => {
                let crashed = self.random.chance(40);
                if crashed {
                    self.crash(lane);
                }
            }
            _ => {}
        }
    }

    /// Whether there is nothing more to be found out.
    pub(super) fn is_over(&self) -> bool {
        !self.auditor.violations().is_empty()
    }

    fn pass_time(&mut self) {
        let by_ms = match self.random.below(100) {
            0..=3 => -self.random.between(1, 3_000),
            4..=9 => self.random.between(1, 5) * 3_600_000,
            10..=14 => {
                let next = self.eyes.next_due().ok().flatten();
                next.map_or(0, |due| (due.as_millis() - self.clock_ms).max(0) + 1)
            }
            15..=40 => 0,
            _ => self.random.between(1, 60_000),
        };
        self.clock_ms += by_ms;
    }

    /// The moment as a lane's clock shows it.
    pub(super) fn moment(&self, lane: usize) -> Timestamp {
        Timestamp::from_millis(self.clock_ms + self.skews_ms[lane])
    }

    pub(super) const fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock_ms)
    }

    pub(super) fn any_lane(&mut self) -> usize {
        self.random.below(self.lanes.len())
    }

    /// A lane over the store. With the bug of that name, it believes to be alone.
    fn open(&self, alone: bool) -> Lane {
        let alone = alone || self.plant == Some(Plant::StaleRejection);
        Lane::open(Arc::clone(&self.store), self.network, alone)
            .expect("a store in memory tells who it is")
            .with_batch_events_max(self.batch_events_max)
    }

    /// A lane dies and another one takes its place, with nothing in its cache.
    pub(super) fn crash(&mut self, lane: usize) {
        self.lanes[lane] = self.open(self.lanes.len() == 1);
        if self.random.chance(20) {
            self.routers[lane] = Default::default();
        }
    }

    /// Steps a lane, and lets the auditor look.
    pub(super) fn step(&mut self, lane: usize, work: &[Work]) -> Replies {
        let now = self.moment(lane);
        let replies = self.lanes[lane].step(work, now);
        self.steps += 1;
        self.auditor.inspect(self.eyes.as_ref());
        replies
    }

    pub(super) fn command(&mut self, principal: Principal, asked: Asked) -> Command {
        let id = CommandId::new(self.now(), self.random.bits());
        asked.by(principal, id)
    }

    pub(super) fn state(&self, stream: StreamId) -> Option<State> {
        let rows = self.eyes.load(&[stream]).ok()?;
        serde_json::from_str(&rows.first()?.body).ok()
    }

    pub(super) fn outcome(&self, id: OutcomeId) -> Option<Outcome> {
        match self.state(StreamId::Outcome(id))? {
            State::Outcome(outcome) => Some(*outcome),
            State::Contributor(_) | State::Network(_) | State::Organisation(_) | State::Task(_) => {
                None
            }
        }
    }

    pub(super) fn task(&self, id: TaskId) -> Option<Task> {
        match self.state(StreamId::Task(id))? {
            State::Task(task) => Some(*task),
            State::Contributor(_)
            | State::Network(_)
            | State::Organisation(_)
            | State::Outcome(_) => None,
        }
    }

    /// Tasks of an outcome that are not settled.
    pub(super) fn open_tasks(&self, outcome: OutcomeId) -> Vec<TaskId> {
        let settled = ["accepted", "failed", "cancelled"];
        self.tasks_where(outcome, |status| !settled.contains(&status))
    }

    pub(super) fn tasks_where(
        &self,
        outcome: OutcomeId,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Vec<TaskId> {
        let query = StateQuery {
            kind: Some("task"),
            parent: Some(StreamId::Outcome(outcome)),
            limit: 1_000,
            ..StateQuery::default()
        };
        let rows = self.eyes.states(&query).unwrap_or_default();
        rows.into_iter()
            .filter(|row| is_wanted(&row.status))
            .filter_map(|row| match row.stream {
                StreamId::Task(id) => Some(id),
                StreamId::Network(_)
                | StreamId::Organisation(_)
                | StreamId::Contributor(_)
                | StreamId::Outcome(_) => None,
            })
            .collect()
    }

    /// The log's root, the digest of the whole feed, and its length.
    pub(super) fn fingerprint(&self) -> (String, String, u64) {
        let rows = self.eyes.feed(0, usize::MAX).unwrap_or_default();
        let feed = digest_of(rows.iter().map(|row| row.event.body.as_str()));
        let log = self.eyes.log().unwrap_or_default();
        (log.root().to_string(), feed, log.size())
    }
}
