//! Lives of tasks over HTTP: everybody outside of the server, each with a connection of their own.
//!
//! One connection for each worker claims, and waits where nothing is offered to them; the others create
//! tasks while there is room, and bring on what was claimed: handed in, reviewed, opened, signed and paid.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow};
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::super::lifecycle::Load;
use super::client::{Answer, Connection, Pass};
use super::stage::{Stage, WORKERS};

/// What is handed in: one of a few labels, as labellers do, so that its bytes are kept once.
const CONTENT: &str = r#"{"label":"complaints"}"#;
/// The name under which it is read again.
const CONTENT_END: &str = ".json";
/// How long a claim waits for an offer.
const WAIT_SECONDS: u64 = 20;
/// How long somebody with nothing to do waits before they look again.
const GLANCE: Duration = Duration::from_millis(20);
/// A server that finishes no task for so long has broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// The requests of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Create,
    Claim,
    Submit,
    Review,
    Open,
    Accept,
}

impl Step {
    pub(super) const ALL: [Self; 6] = [
        Self::Create,
        Self::Claim,
        Self::Submit,
        Self::Review,
        Self::Open,
        Self::Accept,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Claim => "claim",
            Self::Submit => "submit",
            Self::Review => "review",
            Self::Open => "open",
            Self::Accept => "accept",
        }
    }
}

/// How long everything took.
#[derive(Default)]
pub(super) struct Took {
    pub(super) lives: Vec<Duration>,
    pub(super) requests: Vec<(Step, Duration)>,
}

/// A task that somebody holds.
struct Held {
    task: String,
    number: usize,
    lease: u64,
    worker: usize,
}

/// What everybody shares.
struct Shared {
    stage: Stage,
    load: Load,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    created: usize,
    held: VecDeque<Held>,
    began: HashMap<String, Instant>,
    took: Took,
}

/// The claim's answer, as far as it matters.
#[derive(Deserialize)]
struct Claimed {
    lease: u64,
    task: ClaimedTask,
}

#[derive(Deserialize)]
struct ClaimedTask {
    id: String,
    key: String,
}

/// Lives so many lives, with so many connections.
pub(super) async fn run(
    port: u16,
    stage: Stage,
    load: Load,
    connections: usize,
) -> Result<(Took, Duration)> {
    let shared = Arc::new(Shared {
        stage,
        load,
        state: Mutex::default(),
        news: Notify::new(),
    });
    let mut everybody = JoinSet::new();
    let began = Instant::now();
    for worker in 0..WORKERS {
        let connection = Connection::open(port).await?;
        everybody.spawn(claim(Arc::clone(&shared), connection, worker));
    }
    for _ in WORKERS..connections {
        let connection = Connection::open(port).await?;
        everybody.spawn(bring_on(Arc::clone(&shared), connection));
    }
    let (mut before, mut since) = (0, Instant::now());
    loop {
        let done = tokio::time::timeout(GLANCE, everybody.join_next()).await;
        if let Ok(Some(ended)) = done {
            ended.context("a part of the benchmark broke")??;
        }
        let lives = shared.state().took.lives.len();
        if lives == load.tasks as usize {
            break;
        }
        if lives > before {
            (before, since) = (lives, Instant::now());
        } else if since.elapsed() > PATIENCE {
            return Err(anyhow!(
                "no task was finished for {PATIENCE:?}; {lives} were"
            ));
        }
    }
    let wall = began.elapsed();
    everybody.shutdown().await;
    let took = std::mem::take(&mut shared.state().took);
    Ok((took, wall))
}

/// Claims for one worker, until it is stopped.
async fn claim(shared: Arc<Shared>, mut connection: Connection, worker: usize) -> Result<()> {
    let body = json!({ "wait_seconds": WAIT_SECONDS }).to_string();
    for number in 0.. {
        let pass = shared.stage.claim(number, worker);
        let answer = connection.post("/api/v1/claims", pass, "", body.clone());
        let answer = answer.await?;
        let took = answer.took;
        let body = answer.expect("a claim")?;
        if body.is_empty() {
            continue;
        }
        let claimed: Claimed = serde_json::from_slice(&body)?;
        let number = claimed
            .task
            .key
            .trim_matches(|it: char| !it.is_ascii_digit());
        let held = Held {
            number: number.parse()?,
            task: claimed.task.id,
            lease: claimed.lease,
            worker,
        };
        let mut state = shared.state();
        state.took.requests.push((Step::Claim, took));
        state.held.push_back(held);
        drop(state);
        shared.news.notify_one();
    }
    Ok(())
}

/// Brings on what is held, and creates tasks while nothing is; ends when all were created and it is
/// stopped.
async fn bring_on(shared: Arc<Shared>, mut connection: Connection) -> Result<()> {
    loop {
        let held = shared.state().held.pop_front();
        if let Some(held) = held {
            shared.finish(&mut connection, &held).await?;
        } else if let Some(number) = shared.next_to_create() {
            shared.create(&mut connection, number).await?;
        } else {
            tokio::time::timeout(GLANCE, shared.news.notified())
                .await
                .ok();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_to_create(&self) -> Option<usize> {
        let mut state = self.state();
        let under_way = state.created - state.took.lives.len();
        let is_room = under_way < self.load.in_flight as usize;
        let number = state.created;
        (is_room && number < self.load.tasks as usize).then(|| {
            state.created += 1;
            number
        })
    }

    async fn create(&self, connection: &mut Connection, number: usize) -> Result<()> {
        let outcome = self.stage.outcome(number);
        let id = TaskId::in_outcome(outcome, &key(number)).to_string();
        self.state().began.insert(id, Instant::now());
        let path = format!("/api/v1/outcomes/{outcome}/tasks");
        let pass = self.stage.session(number);
        self.post(connection, Step::Create, &path, pass, number, task(number))
            .await?;
        Ok(())
    }

    async fn finish(&self, connection: &mut Connection, held: &Held) -> Result<()> {
        let at = |rest: &str| format!("/api/v1/tasks/{}/{rest}", held.task);
        let number = held.number;
        let session = self.stage.session(number);
        let submission = Digest::of(CONTENT.as_bytes()).to_string();
        let content: serde_json::Value = serde_json::from_str(CONTENT)?;
        let body = json!({ "lease": held.lease, "content": content, "ai": "none" }).to_string();
        let worker = self.stage.hand_in(number, held.worker);
        self.post(
            connection,
            Step::Submit,
            &at("submissions"),
            worker,
            number,
            body,
        )
        .await?;
        let body = json!({
            "lease": held.lease, "submission": submission, "verdict": "accept",
            "gap_note": "The letter names two desks; the label names the first.",
        });
        let reviewer = self.stage.reviewer(number, held.worker);
        self.post(
            connection,
            Step::Review,
            &at("reviews"),
            reviewer,
            number,
            body.to_string(),
        )
        .await?;
        let file = at(&format!("evidence/{}{CONTENT_END}", key(number)));
        self.post(
            connection,
            Step::Open,
            &file,
            session,
            number,
            String::new(),
        )
        .await?;
        let body = json!({ "lease": held.lease, "submission": submission }).to_string();
        self.post(
            connection,
            Step::Accept,
            &at("accept"),
            session,
            number,
            body,
        )
        .await?;
        let mut state = self.state();
        let began = state.began.remove(&held.task);
        let took = began.map(|it| it.elapsed()).unwrap_or_default();
        state.took.lives.push(took);
        Ok(())
    }

    async fn post(
        &self,
        connection: &mut Connection,
        step: Step,
        path: &str,
        pass: &Pass,
        number: usize,
        body: String,
    ) -> Result<hyper::body::Bytes> {
        let key = uuid_v7(step, number);
        let answer: Answer = connection.post(path, pass, &key, body).await?;
        self.state().took.requests.push((step, answer.took));
        answer.expect(step.word())
    }
}

/// A key as programs should make them: remembered for as long as answers are kept.
fn uuid_v7(step: Step, number: usize) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    let (high, low) = (millis >> 16, millis & 0xffff);
    format!(
        "{high:08x}-{low:04x}-7{:03x}-8000-{number:012x}",
        step as u8
    )
}

fn key(number: usize) -> String {
    format!("label-{number}")
}

/// A task as a program would add it.
fn task(number: usize) -> String {
    json!({
        "reason": "the next letter came in",
        "tasks": [{
            "key": key(number),
            "kind": "label",
            "title": format!("Label letter {number}"),
            "capability": "label",
            "level": 4,
            "mode": "person",
            "risk": "medium",
            "price_minor": 250,
            "lease_seconds": 3_600,
            "serves": ["labelled"],
            "instructions": {
                "goal": "Say which desk should answer this letter, so that nobody waits twice.",
                "constraints": ["Use only the labels of the guide; do not guess."],
                "context": [{ "name": "letter", "text": "Where is my parcel, and whom do I ask?" }],
                "criteria": [{
                    "key": "labelled", "method": { "by": "judgment" },
                    "text": "The label names the desk that the letter is for.",
                }],
            },
        }],
    })
    .to_string()
}
