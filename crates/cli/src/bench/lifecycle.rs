//! Lifecycles of tasks through the production path: receipts, log, outbox, decision records, and
//! SQLite or PostgreSQL with full durability.
//!
//! One thread plays everybody outside of the engine and keeps so many tasks under way: it plans,
//! routes, takes, hands in, reviews and signs, each as soon as the step before is answered. Files
//! are not part of it: what is handed in is a digest.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use consort_engine::artefact::Artefacts;
use consort_engine::clock::SystemClock;
use consort_engine::lane::{Answer, LaneError};
use consort_engine::routing::{Directory, Walk};
use consort_engine::{Engine, Reply};
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::outcome::{OutcomeCommand, OutcomeEvent};
use consort_kernel::task::{
    AiUse, Judgment, Provenance, SignOff, Submission, TaskCommand, Verdict,
};
use consort_store::Store;
use consort_store::sqlite::{DATABASE_FILE, Ownership, SqliteStore};

use super::crew::{Crew, PEOPLE, task};
use super::machine::{Clock, Taken};
use super::report::rounded;
use crate::database::Fresh;

/// How many tasks one change of a plan adds; of many outcomes each has so many.
pub(super) const PLAN: u32 = 20;
/// How many offers are decided on at a time.
const ROUND: usize = 500;
/// Every task is taken once, so that its first lease is its only one.
const LEASE: u64 = 1;
/// An engine that is silent for so long has broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// How much is done, and how much of it at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) tasks: u32,
    pub(super) in_flight: u32,
}

/// Where the tasks belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    ManyOutcomes,
    OneOutcome,
}

/// What lifecycles took.
pub(super) struct Measured {
    pub(super) taken: Taken,
    pub(super) lives: Times,
    pub(super) commands: Times,
    /// The whole database, with the people and outcomes that were there before.
    pub(super) disk_bytes: u64,
    pub(super) events: u64,
}

/// Times, in the order of their length.
pub(super) struct Times(Vec<Duration>);

impl Times {
    pub(super) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that so many in a hundred keep to, in milliseconds (nearest rank).
    pub(super) fn percentile_ms(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        let time = self.0.get(place).copied().unwrap_or_default();
        rounded(time.as_secs_f64() * 1_000.0, 2)
    }
}

/// Runs lifecycles over a file in a folder of their own.
pub(super) fn run(folder: &Path, shape: Shape, load: Load) -> Result<Measured> {
    std::fs::create_dir_all(folder)?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(Ownership::take(folder)?)?);
    let measured = over(&store, true, folder, shape, load)?;
    // What the log file holds goes into the database when the store is closed.
    drop(store);
    let disk_bytes = std::fs::metadata(folder.join(DATABASE_FILE))?.len();
    Ok(Measured {
        disk_bytes,
        ..measured
    })
}

/// Runs lifecycles in a database of their own, as one of several servers.
pub(super) fn run_in_database(
    url: &str,
    folder: &Path,
    shape: Shape,
    load: Load,
) -> Result<Measured> {
    let database = Fresh::make(url)?;
    let measured = over(&database.store()?, false, folder, shape, load)?;
    let disk_bytes = database.bytes()?;
    Ok(Measured {
        disk_bytes,
        ..measured
    })
}

fn over(
    store: &Arc<dyn Store>,
    is_alone: bool,
    folder: &Path,
    shape: Shape,
    load: Load,
) -> Result<Measured> {
    let artefacts = Artefacts::open(&folder.join("artefacts"))?;
    let engine = Engine::start(
        Arc::clone(store),
        artefacts,
        Arc::new(SystemClock),
        is_alone,
    )?;
    let crew = Crew::gather(&engine, load, PEOPLE, 0)?;
    let outcomes = outcomes(&engine, &crew, shape, load)?;
    let events_before = store.log()?.size();
    let clock = Clock::start();
    let mut play = Play::new(&engine, &crew, outcomes, load);
    play.play()?;
    let taken = clock.stop();
    let events = store.log()?.size() - events_before;
    let (lives, commands) = (Times::new(play.lives), Times::new(play.commands));
    engine.stop();
    Ok(Measured {
        taken,
        lives,
        commands,
        disk_bytes: 0,
        events,
    })
}

/// Lives so many lives in outcomes of a crew's; the outcomes are given back.
pub(super) fn live(engine: &Engine, crew: &Crew, load: Load) -> Result<Vec<OutcomeId>> {
    let outcomes = outcomes(engine, crew, Shape::ManyOutcomes, load)?;
    Play::new(engine, crew, outcomes.clone(), load).play()?;
    Ok(outcomes)
}

fn outcomes(engine: &Engine, crew: &Crew, shape: Shape, load: Load) -> Result<Vec<OutcomeId>> {
    match shape {
        Shape::ManyOutcomes => (0..load.tasks.div_ceil(PLAN))
            .map(|_| crew.outcome(engine, PLAN))
            .collect(),
        Shape::OneOutcome => Ok(vec![crew.outcome(engine, load.tasks)?]),
    }
}

/// How far a task is, as its next command knows.
#[derive(Debug, Clone, Copy)]
enum Step {
    Planned,
    Offered(ContributorId),
    Claimed(ContributorId),
    Submitted(ContributorId),
    Reviewed,
    Paid,
}

/// One task on its way.
struct Life {
    task: TaskId,
    step: Step,
    began: Instant,
    /// When its last command was sent.
    sent: Instant,
}

/// Everybody outside of the engine.
struct Play<'a> {
    engine: &'a Engine,
    crew: &'a Crew,
    outcomes: Vec<OutcomeId>,
    load: Load,
    directory: Directory,
    walk: Walk,
    reply: Reply,
    replies: Receiver<(usize, Result<Answer, LaneError>)>,
    under_way: HashMap<usize, Life>,
    /// When each change of a plan was sent that is not answered yet, by its tag.
    plans: HashMap<usize, Instant>,
    places: HashMap<TaskId, usize>,
    /// Tasks that came into a plan so far.
    planned: u32,
    /// Tasks that wait for an offer; below zero while some were offered before their plan was
    /// answered.
    ready: i64,
    /// Offers that are not answered.
    offering: usize,
    lives: Vec<Duration>,
    commands: Vec<Duration>,
}

impl<'a> Play<'a> {
    fn new(engine: &'a Engine, crew: &'a Crew, outcomes: Vec<OutcomeId>, load: Load) -> Self {
        let (reply, replies) = channel();
        Self {
            engine,
            crew,
            outcomes,
            load,
            directory: Directory::default(),
            walk: Walk::default(),
            reply,
            replies,
            under_way: HashMap::new(),
            plans: HashMap::new(),
            places: HashMap::new(),
            planned: 0,
            ready: 0,
            offering: 0,
            lives: Vec::new(),
            commands: Vec::new(),
        }
    }

    fn play(&mut self) -> Result<()> {
        while self.lives.len() < self.load.tasks as usize {
            while self.has_room() {
                self.plan()?;
            }
            if self.ready > 0 && self.offering == 0 {
                self.route()?;
            }
            let answer = self.replies.recv_timeout(PATIENCE);
            let (tag, answer) = answer.context("the engine has stopped answering")?;
            self.answered(tag, answer)?;
            while let Ok((tag, answer)) = self.replies.try_recv() {
                self.answered(tag, answer)?;
            }
        }
        Ok(())
    }

    /// Whether another change of a plan keeps to the number that may be under way.
    fn has_room(&self) -> bool {
        let left = self.load.tasks - self.planned;
        let under_way = self.under_way.len();
        left > 0 && (under_way == 0 || under_way + PLAN as usize <= self.load.in_flight as usize)
    }

    /// Adds the next tasks to their outcome, and starts it where they are its first.
    fn plan(&mut self) -> Result<()> {
        let count = PLAN
            .min(self.load.in_flight)
            .min(self.load.tasks - self.planned);
        let is_shared = self.outcomes.len() == 1;
        let outcome = self.outcomes[if is_shared {
            0
        } else {
            (self.planned / PLAN) as usize
        }];
        let is_first = if is_shared {
            self.planned == 0
        } else {
            self.planned.is_multiple_of(PLAN)
        };
        // A small number under way fills an outcome in several changes, none across two outcomes.
        let count = count.min(PLAN - self.planned % PLAN);
        let numbers = self.planned..self.planned + count;
        let sent = Instant::now();
        for number in numbers.clone() {
            let task = TaskId::in_outcome(outcome, &task(number).key);
            let place = number as usize;
            self.places.insert(task, place);
            let life = Life {
                task,
                step: Step::Planned,
                began: sent,
                sent,
            };
            self.under_way.insert(place, life);
        }
        let change = OutcomeCommand::ChangePlan {
            add: numbers.clone().map(task).collect(),
            drop: Vec::new(),
            reason: "the next letters came in".to_owned(),
        };
        self.planned += count;
        // Its tasks may be seen, and offered, before it is answered, so its tag is none of theirs.
        let tag = self.load.tasks as usize + numbers.start as usize;
        self.plans.insert(tag, sent);
        self.ask(tag, self.crew.steward, Body::Outcome(outcome, change))?;
        if is_first {
            let start = Body::Outcome(outcome, OutcomeCommand::Start);
            self.ask(usize::MAX, self.crew.steward, start)?;
        }
        Ok(())
    }

    /// Decides on offers, as the runner does.
    fn route(&mut self) -> Result<()> {
        let now = self.engine.now();
        let routed = self
            .walk
            .next(self.engine, &mut self.directory, now, ROUND)?;
        for offer in routed.offers {
            let Body::Task(task, TaskCommand::Offer(decision)) = &offer.body else {
                return Err(anyhow!("routing asked for something else than an offer"));
            };
            let chosen = decision.chosen().context("an offer is made to somebody")?;
            let place = *self
                .places
                .get(task)
                .context("an offer is of a planned task")?;
            let life = self.under_way.get_mut(&place);
            let life = life.context("an offer is of a task under way")?;
            life.step = Step::Offered(chosen);
            self.offering += 1;
            self.post(place, offer)?;
        }
        Ok(())
    }

    fn answered(&mut self, tag: usize, answer: Result<Answer, LaneError>) -> Result<()> {
        let answer = answer.map_err(|error| anyhow!("the engine refused a command: {error}"))?;
        let now = Instant::now();
        if let Some(sent) = self.plans.remove(&tag) {
            self.commands.push(now - sent);
            for event in &answer.events {
                if let Event::Outcome(OutcomeEvent::PlanChanged { added, .. }) = event {
                    self.ready += i64::from(*added);
                }
            }
            return Ok(());
        }
        let Some(life) = self.under_way.get_mut(&tag) else {
            // An outcome was started.
            return Ok(());
        };
        self.commands.push(now - life.sent);
        let (task, step) = (life.task, life.step);
        match step {
            Step::Planned => Err(anyhow!(
                "{task} was answered before anything was asked of it"
            )),
            Step::Offered(by) => {
                self.ready -= 1;
                self.offering -= 1;
                self.go_on(tag, Step::Claimed(by), by, TaskCommand::Claim)
            }
            Step::Claimed(by) => {
                let submit = TaskCommand::Submit {
                    lease: LEASE,
                    submission: submission(task),
                };
                self.go_on(tag, Step::Submitted(by), by, submit)
            }
            Step::Submitted(by) => {
                let reviewer = self.crew.reviewer(tag, by);
                let review = TaskCommand::Review(Box::new(judgment(task)));
                self.go_on(tag, Step::Reviewed, reviewer, review)
            }
            Step::Reviewed => {
                let sign = TaskCommand::SignOff(Box::new(sign_off(task)));
                self.go_on(tag, Step::Paid, self.crew.steward, sign)
            }
            Step::Paid => {
                self.lives.push(now - life.began);
                self.under_way.remove(&tag);
                self.places.remove(&task);
                Ok(())
            }
        }
    }

    fn go_on(
        &mut self,
        tag: usize,
        step: Step,
        by: ContributorId,
        command: TaskCommand,
    ) -> Result<()> {
        let life = self
            .under_way
            .get_mut(&tag)
            .context("what goes on is under way")?;
        life.step = step;
        let task = life.task;
        self.ask(tag, by, Body::Task(task, command))
    }

    fn ask(&mut self, tag: usize, by: ContributorId, body: Body) -> Result<()> {
        let command = self.engine.command(Principal::Contributor(by), body)?;
        self.post(tag, command)
    }

    fn post(&mut self, tag: usize, command: Command) -> Result<()> {
        if let Some(life) = self.under_way.get_mut(&tag) {
            life.sent = Instant::now();
        }
        Ok(self.engine.post(command, tag, &self.reply)?)
    }
}

/// What is handed in; its files would be artefacts, which are not part of this measure.
fn submission(task: TaskId) -> Submission {
    Submission {
        content: Digest::of(&task.bits().to_be_bytes()),
        files: std::collections::BTreeMap::new(),
        provenance: Provenance {
            ai: AiUse::None,
            made_with: None,
        },
    }
}

fn judgment(task: TaskId) -> Judgment {
    Judgment {
        cause: None,
        gap_note: "The letter names two desks; the label names the first.".to_owned(),
        lease: LEASE,
        reasons: Vec::new(),
        submission: submission(task).content,
        verdict: Verdict::Accept,
    }
}

fn sign_off(task: TaskId) -> SignOff {
    let content = submission(task).content;
    SignOff {
        lease: LEASE,
        opened: vec![content],
        reason: "The label is right.".to_owned(),
        submission: content,
        unmet: Vec::new(),
    }
}
