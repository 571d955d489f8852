//! The stage: a network with its people, outcomes, tokens and sessions, made before the server starts.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use consort_engine::Engine;
use consort_engine::access::Access;
use consort_engine::artefact::Artefacts;
use consort_engine::clock::SystemClock;
use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{ContributorId, OutcomeId};
use consort_kernel::money::Amount;
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::task::TaskSpec;
use consort_store::sqlite::{Ownership, SqliteStore};
use consort_web::COOKIE_NAME;

use super::super::crew::{Crew, task};
use super::super::lifecycle::Load;
use super::client::Pass;

/// How many outcomes the tasks belong to.
const OUTCOMES: u32 = 16;
/// How many people do the work.
pub(super) const WORKERS: usize = 32;
/// How many of them review what the others did.
const REVIEWERS: usize = 4;
/// How many tokens each of them has to claim with, as many to hand in with, and each reviewer to review with:
/// one program may not ask as often as the one who is best ranked has something to do.
const TOKENS_EACH: usize = 24;
/// How many sessions the accountable person has.
const SESSIONS: usize = 96;
const DAY_MS: i64 = 24 * 3_600_000;

/// Who comes in by what, and what there is to do.
pub(super) struct Stage {
    /// The outcomes, which share the tasks evenly.
    outcomes: Vec<OutcomeId>,
    /// Each worker's tokens to claim with.
    claim: Vec<Vec<Pass>>,
    /// Each worker's tokens to hand in with.
    hand_in: Vec<Vec<Pass>>,
    reviewers: Vec<Vec<Pass>>,
    sessions: Vec<Pass>,
}

impl Stage {
    /// Sets the stage in a folder.
    pub(super) fn set(folder: &Path, load: Load) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let store = Arc::new(SqliteStore::open(Ownership::take(folder)?)?);
        let artefacts = Artefacts::open(&folder.join("artefacts"))?;
        let engine = Engine::start(store.clone(), artefacts, Arc::new(SystemClock), true)?;
        let access = Access::new(store);
        let crew = Crew::gather(&engine, load, WORKERS, REVIEWERS)?;
        let mut outcomes = Vec::new();
        for _ in 0..OUTCOMES {
            let outcome = crew.outcome(&engine, load.tasks.div_ceil(OUTCOMES))?;
            let first = OutcomeCommand::ChangePlan {
                add: vec![nobodys()],
                drop: Vec::new(),
                reason: "an outcome begins with a task".to_owned(),
            };
            for command in [first, OutcomeCommand::Start] {
                let body = Body::Outcome(outcome, command);
                engine.execute(Principal::Contributor(crew.steward), body)?;
            }
            outcomes.push(outcome);
        }
        let token = |who| token(&engine, &access, who);
        let many = |who| {
            (0..TOKENS_EACH)
                .map(|_| token(who))
                .collect::<Result<Vec<_>>>()
        };
        let people = crew.people.iter().copied();
        let claim = people.clone().map(many).collect::<Result<_>>()?;
        let hand_in = people.clone().map(many).collect::<Result<_>>()?;
        let reviewers = people.take(REVIEWERS).map(many).collect::<Result<_>>()?;
        let mut sessions = Vec::new();
        for _ in 0..SESSIONS {
            sessions.push(session(&engine, &access, crew.steward)?);
        }
        engine.stop();
        Ok(Self {
            outcomes,
            claim,
            hand_in,
            reviewers,
            sessions,
        })
    }

    /// By what a worker makes the claim with this number.
    pub(super) fn claim(&self, number: usize, worker: usize) -> &Pass {
        let tokens = &self.claim[worker];
        &tokens[number % tokens.len()]
    }

    /// By what a worker hands in the task with this number.
    pub(super) fn hand_in(&self, number: usize, worker: usize) -> &Pass {
        let tokens = &self.hand_in[worker];
        &tokens[number % tokens.len()]
    }

    /// By what somebody other than this worker comes in to review the task with this number.
    pub(super) fn reviewer(&self, number: usize, worker: usize) -> &Pass {
        let first = number % self.reviewers.len();
        let other = if first == worker {
            (first + 1) % self.reviewers.len()
        } else {
            first
        };
        let tokens = &self.reviewers[other];
        &tokens[number / self.reviewers.len() % tokens.len()]
    }

    /// The outcome of the task with this number.
    pub(super) fn outcome(&self, number: usize) -> OutcomeId {
        self.outcomes[number % self.outcomes.len()]
    }

    /// The session in which the task with this number is created and signed.
    pub(super) fn session(&self, number: usize) -> &Pass {
        &self.sessions[number % self.sessions.len()]
    }
}

/// A task that nobody here can do, so that it stays where it is.
fn nobodys() -> TaskSpec {
    TaskSpec {
        capability: "patience".to_owned(),
        key: "later".to_owned(),
        price: Amount::ZERO,
        ..task(0)
    }
}

fn token(engine: &Engine, access: &Access, who: ContributorId) -> Result<Pass> {
    let now = engine.now();
    let token = access.token(who, "a benchmark", now, now.plus_millis(DAY_MS))?;
    Ok(Pass::Token(token))
}

/// A session of somebody's, begun by a link.
pub(in super::super) fn session(
    engine: &Engine,
    access: &Access,
    who: ContributorId,
) -> Result<Pass> {
    let now = engine.now();
    let link = access.link(who, "a benchmark", now, now.plus_millis(DAY_MS))?;
    let (secret, _) = access
        .enter(&link, now)?
        .context("a link that was just made lets in")?;
    Ok(Pass::Session(format!("{COOKIE_NAME}={secret}")))
}
