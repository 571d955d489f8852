//! The load: programs and a person who live the lives of tasks, and write down what they were told.
//!
//! Everybody sends each request under a key, and the same again under the same key where no answer came, to
//! whichever server is there. Now and then they send twice what was answered, at another server. Some let a
//! short lease run out, and hand in under it when it is over.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex as Turns, Semaphore, watch};
use tokio::task::JoinSet;

use super::acknowledged::Acknowledged;
use super::client::{Answer, Ask, Client, Pass, Ports, Troubles};
use super::stage::{PRICE, REVIEWERS, Stage};
use crate::fixture;
use crate::simulation::random::Random;

/// How many tasks are under way at once.
const UNDER_WAY: usize = 40;
/// How many programs create tasks.
const CREATORS: usize = 2;
/// How long a claim waits for an offer.
const WAIT_SECONDS: u64 = 3;
/// How long a lease lasts, in seconds: longer than what goes wrong usually takes.
const LEASE_SECONDS: u64 = 40;
/// How long one lasts that is to run out.
const SHORT_SECONDS: u64 = 2;
/// How long after it was claimed such a task is handed in, when its lease is over.
const LATE: Duration = Duration::from_secs(3);
/// Of so many tasks, one has a lease that is to run out.
const SHORT_EVERY: usize = 20;
/// Of a hundred answered requests, so many are sent again.
const AGAIN_PERCENT: u64 = 10;
/// Of a hundred requests, so many are sent to two servers at a time, as by a client that did not want to wait.
const AT_ONCE_PERCENT: u64 = 20;
/// Of a hundred held tasks, so many are kept by a heartbeat.
const HEARTBEAT_PERCENT: u64 = 30;
/// How often somebody opens what they sign before it is a defect that it counts as not opened: what was
/// opened is known to the server where it was, until that is killed.
const OPENINGS_MAX: usize = 20;

/// What is handed in, and its digest.
const CONTENT: &str = r#"{"text":"It says what it should."}"#;

/// A task that was handed in.
struct Handed {
    task: String,
    lease: u64,
    /// Who did it, by their place among the workers.
    by: usize,
}

/// What everybody shares.
pub(super) struct Load {
    stage: Stage,
    ports: Arc<Ports>,
    pub(super) troubles: Arc<Troubles>,
    acknowledged: Mutex<Acknowledged>,
    began: Instant,
    seed: u64,
    created: AtomicUsize,
    room: Semaphore,
    handed: UnboundedSender<Handed>,
    waiting: Turns<UnboundedReceiver<Handed>>,
    /// How many lives were lived.
    pub(super) lives: watch::Sender<u64>,
}

impl Load {
    pub(super) fn new(stage: Stage, ports: &Arc<Ports>, seed: u64) -> Arc<Self> {
        let (handed, waiting) = unbounded_channel();
        Arc::new(Self {
            stage,
            ports: Arc::clone(ports),
            troubles: Arc::default(),
            acknowledged: Mutex::default(),
            began: Instant::now(),
            seed,
            created: AtomicUsize::new(0),
            room: Semaphore::new(UNDER_WAY),
            handed,
            waiting: Turns::new(waiting),
            lives: watch::Sender::new(0),
        })
    }

    /// Begins, with these sessions of the accountable person's.
    pub(super) fn begin(self: &Arc<Self>, sessions: Vec<Pass>) -> JoinSet<()> {
        let mut everybody = JoinSet::new();
        let sessions: Arc<[Pass]> = sessions.into();
        for place in 0..CREATORS {
            let actor = self.actor(place, 1);
            everybody.spawn(actor.create(Arc::clone(&sessions)));
        }
        for place in 0..self.stage.workers.len() {
            everybody.spawn(self.actor(place, 2).work(place));
        }
        for (place, session) in sessions.iter().enumerate() {
            everybody.spawn(self.actor(place, 3).judge(session.clone()));
        }
        everybody
    }

    /// Nothing is created any more.
    pub(super) fn close(&self) {
        self.room.close();
    }

    /// Whether everything that was begun has come to its end.
    pub(super) fn is_over(&self) -> bool {
        let acknowledged = self.acknowledged();
        let begun = self.created.load(Ordering::Relaxed);
        acknowledged.accepted() == begun && acknowledged.open().next().is_none()
    }

    pub(super) fn acknowledged(&self) -> MutexGuard<'_, Acknowledged> {
        self.acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn actor(self: &Arc<Self>, place: usize, kind: u64) -> Actor {
        let mut random = Random::new(self.seed ^ (kind << 32) ^ place as u64);
        Actor {
            client: Client::new(&self.ports, &self.troubles, place),
            second: Client::new(&self.ports, &self.troubles, place + 1),
            random: random.fork(),
            load: Arc::clone(self),
        }
    }
}

/// Somebody who sends one request after the other.
struct Actor {
    load: Arc<Load>,
    client: Client,
    /// Another one, for what is sent to two servers at a time.
    second: Client,
    random: Random,
}

impl Actor {
    /// Creates tasks while there is room.
    async fn create(mut self, sessions: Arc<[Pass]>) {
        while let Ok(room) = Arc::clone(&self.load).room.acquire().await {
            // It is free again when the task is accepted.
            room.forget();
            let number = self.load.created.fetch_add(1, Ordering::Relaxed);
            let outcome = self.load.stage.outcomes[number % self.load.stage.outcomes.len()];
            let ask = Ask {
                path: format!("/api/v1/outcomes/{outcome}/tasks"),
                pass: sessions[number % sessions.len()].clone(),
                key: self.key(),
                body: task(number),
            };
            let Some(answer) = self.carry_out("create", &ask).await else {
                continue;
            };
            let id = answer.body["tasks"][0].as_str().unwrap_or_default();
            self.load.acknowledged().of(id).is_created = true;
        }
    }

    /// Claims, does and hands in.
    async fn work(mut self, place: usize) {
        let id = self.load.stage.workers[place].id.clone();
        let mut let_go: Option<(String, u64, Duration)> = None;
        loop {
            let now = self.load.began.elapsed();
            if let Some((task, lease, _)) = let_go.take_if(|(_, _, since)| *since + LATE < now) {
                self.hand_in(place, &task, lease).await;
            }
            let Some((task, lease, is_short)) = self.claim(place).await else {
                continue;
            };
            let now = self.load.began.elapsed();
            self.load.acknowledged().claimed(&task, &id, lease, now);
            if is_short && lease == 1 {
                let_go = Some((task, lease, now));
                continue;
            }
            if self.random.chance(HEARTBEAT_PERCENT) {
                let body = json!({ "lease": lease });
                self.under(place, (&task, lease), "heartbeat", body).await;
            }
            self.hand_in(place, &task, lease).await;
        }
    }

    /// The next task that is offered: its identifier, the lease, and whether it is to run out.
    async fn claim(&mut self, place: usize) -> Option<(String, u64, bool)> {
        let ask = Ask {
            path: "/api/v1/claims".to_owned(),
            pass: self.load.stage.workers[place].pass.clone(),
            key: self.key(),
            body: json!({ "wait_seconds": WAIT_SECONDS }),
        };
        let answer = self.ask("claim", &ask).await;
        match answer.status {
            StatusCode::NO_CONTENT => None,
            StatusCode::OK => {
                let task = answer.body["task"]["id"].as_str()?.to_owned();
                let lease = answer.body["lease"].as_u64()?;
                let is_short = answer.body["lease_ms"] == SHORT_SECONDS * 1_000;
                Some((task, lease, is_short))
            }
            // The first answer was lost, and the lease ran out before the second.
            StatusCode::UNPROCESSABLE_ENTITY if answer.detail().contains("held no more") => {
                self.load.acknowledged().stale += 1;
                None
            }
            _ => {
                self.complain("claim", &ask, &answer);
                None
            }
        }
    }

    async fn hand_in(&mut self, place: usize, task: &str, lease: u64) {
        let content: Value = serde_json::from_str(CONTENT).expect("it is JSON");
        let body = json!({ "lease": lease, "content": content, "ai": "none" });
        if self.under(place, (task, lease), "submissions", body).await {
            self.load.acknowledged().of(task).handed_in.push(lease);
            let handed = Handed {
                task: task.to_owned(),
                lease,
                by: place,
            };
            // Whoever judges waits for as long as anybody works.
            self.load.handed.send(handed).ok();
        }
    }

    /// Sends something under a lease; tells whether it was taken. A lease may have run out.
    async fn under(&mut self, place: usize, held: (&str, u64), what: &str, body: Value) -> bool {
        let (task, lease) = held;
        let ask = Ask {
            path: format!("/api/v1/tasks/{task}/{what}"),
            pass: self.load.stage.workers[place].pass.clone(),
            key: self.key(),
            body,
        };
        let sent = self.load.began.elapsed();
        let answer = self.ask(what, &ask).await;
        if answer.status.is_success() {
            self.load.acknowledged().held(task, lease, sent);
            self.repeat(what, &ask).await;
            return true;
        }
        // Whoever holds a task no more may find it held by another, handed in, or nothing of theirs at all.
        let is_over = [
            "stale_lease",
            "wrong_phase",
            "already_claimed",
            "no_right",
            "not_found",
        ];
        if is_over.contains(&answer.problem()) {
            self.load.acknowledged().stale += 1;
        } else {
            self.complain(what, &ask, &answer);
        }
        false
    }

    /// Reviews as somebody else, opens, signs and pays.
    async fn judge(mut self, session: Pass) {
        loop {
            let handed = self.load.waiting.lock().await.recv().await;
            let Some(handed) = handed else {
                return;
            };
            self.review(&handed).await;
            self.accept(&handed, &session).await;
        }
    }

    async fn review(&mut self, handed: &Handed) {
        let mut place = self.random.below(REVIEWERS);
        if place == handed.by {
            place = (place + 1) % REVIEWERS;
        }
        let reviewer = self.load.stage.workers[place].clone();
        let ask = Ask {
            path: format!("/api/v1/tasks/{}/reviews", handed.task),
            pass: reviewer.pass,
            key: self.key(),
            body: json!({
                "lease": handed.lease, "submission": digest(), "verdict": "accept",
                "gap_note": "It could be shorter.",
            }),
        };
        if self.carry_out("review", &ask).await.is_some() {
            self.load.acknowledged().of(&handed.task).reviewed = Some((reviewer.id, handed.lease));
        }
    }

    async fn accept(&mut self, handed: &Handed, session: &Pass) {
        let at = |rest: &str| format!("/api/v1/tasks/{}/{rest}", handed.task);
        let sign = Ask {
            path: at("accept"),
            pass: session.clone(),
            key: self.key(),
            body: json!({ "lease": handed.lease, "submission": digest() }),
        };
        for _ in 0..OPENINGS_MAX {
            let answer = self.client.ask(&sign).await;
            if answer.status.is_success() {
                self.repeat("accept", &sign).await;
                self.load.acknowledged().of(&handed.task).accepted = Some(handed.lease);
                self.load.room.add_permits(1);
                self.load.lives.send_modify(|lives| *lives += 1);
                return;
            }
            let Some(name) = not_opened(&answer) else {
                return self.complain("accept", &sign, &answer);
            };
            let open = Ask {
                path: at(&format!("evidence/{name}")),
                body: Value::Null,
                ..sign.clone()
            };
            let opened = self.client.ask(&open).await;
            if !opened.status.is_success() {
                return self.complain("open", &open, &opened);
            }
        }
        let lost = format!(
            "{} was opened again and again, and could not be signed",
            handed.task
        );
        self.load.acknowledged().unexpected.push(lost);
    }

    /// Sends something to a server, and now and then to another one at the same time, under the same key. It
    /// has one effect, and both have to say so.
    async fn ask(&mut self, what: &str, ask: &Ask) -> Answer {
        if !self.random.chance(AT_ONCE_PERCENT) {
            return self.client.ask(ask).await;
        }
        let sent = Instant::now();
        let (one, other) = tokio::join!(self.client.ask(ask), self.second.ask(ask));
        let is_done = [&one, &other].map(|it| it.status.is_success());
        if is_done[0] != is_done[1] {
            let (done, refused) = if is_done[0] {
                (&one, &other)
            } else {
                (&other, &one)
            };
            let lease_ms = done.body["lease_ms"].as_u64().map(u128::from);
            let has_run_out = lease_ms.is_some_and(|it| sent.elapsed().as_millis() >= it);
            if has_run_out && refused.detail().contains("held no more") {
                // The lease that one of them gave was over before the other one answered.
                self.load.acknowledged().stale += 1;
                return first_of(one, other, is_done);
            }
            self.complain(&format!("{what}, sent to two at once"), ask, refused);
        }
        let claimed = |it: &Answer| (it.body["task"]["id"].clone(), it.body["lease"].clone());
        if one.status == StatusCode::OK
            && other.status == one.status
            && claimed(&one) != claimed(&other)
        {
            self.complain(&format!("{what}, one of two at once"), ask, &one);
            self.complain(&format!("{what}, the other at once"), ask, &other);
        }
        first_of(one, other, is_done)
    }

    /// Sends what has to be taken; nothing where it was not, which is written down.
    async fn carry_out(&mut self, what: &str, ask: &Ask) -> Option<Answer> {
        let answer = self.ask(what, ask).await;
        if !answer.status.is_success() {
            self.complain(what, ask, &answer);
            return None;
        }
        self.repeat(what, ask).await;
        Some(answer)
    }

    /// Now and then sends again what was answered, to another server: it has to be answered as done.
    async fn repeat(&mut self, what: &str, ask: &Ask) {
        // A heartbeat has no key: it is a new one each time.
        if what == "heartbeat" || !self.random.chance(AGAIN_PERCENT) {
            return;
        }
        self.client.move_on();
        let answer = self.client.ask(ask).await;
        if answer.status.is_success() {
            self.load.acknowledged().repeated += 1;
        } else {
            self.complain(&format!("{what}, sent twice"), ask, &answer);
        }
    }

    fn complain(&self, what: &str, ask: &Ask, answer: &Answer) {
        let Answer { status, body } = answer;
        let what = format!("{what} ({}) was answered with {status}: {body}", ask.path);
        self.load.acknowledged().unexpected.push(what);
    }

    /// A key as programs should make them: a UUID of version 7.
    fn key(&mut self) -> String {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.unwrap_or(Duration::ZERO).as_millis();
        let (high, low) = (millis >> 16, millis & 0xffff);
        let (one, other) = (self.random.next(), self.random.next());
        let (one, other) = (one & 0xfff, other & 0xffff_ffff_ffff);
        format!("{high:08x}-{low:04x}-7{one:03x}-8000-{other:012x}")
    }
}

/// The answer to go by, of two: of two claims one may have waited in vain.
fn first_of(one: Answer, other: Answer, is_done: [bool; 2]) -> Answer {
    let in_vain = !is_done[0] || one.status == StatusCode::NO_CONTENT;
    if is_done[1] && in_vain { other } else { one }
}

/// The file that has to be opened first, where an answer says so.
fn not_opened(answer: &Answer) -> Option<String> {
    let (_, rest) = answer.detail().split_once("open '")?;
    let (name, _) = rest.split_once("' before you sign")?;
    Some(name.to_owned())
}

fn digest() -> String {
    consort_kernel::digest::Digest::of(CONTENT.as_bytes()).to_string()
}

/// A task as a program would add it.
fn task(number: usize) -> Value {
    let is_short = number % SHORT_EVERY == SHORT_EVERY - 1;
    json!({
        "reason": "the next document came in",
        "tasks": [{
            "key": format!("document-{number}"),
            "kind": "summarise",
            "title": format!("Summarise document {number}"),
            "capability": fixture::CAPABILITY,
            "level": 3,
            "mode": "person",
            "risk": "medium",
            "price_minor": PRICE,
            "lease_seconds": if is_short { SHORT_SECONDS } else { LEASE_SECONDS },
            "serves": ["done"],
            "instructions": {
                "goal": "Say what the document says.",
                "constraints": ["Quote; do not invent."],
                "context": [{ "name": "document", "text": "We meet on Tuesday." }],
                "criteria": [{
                    "key": "sound", "method": { "by": "judgment" }, "text": "It is sound.",
                }],
            },
        }],
    })
}
