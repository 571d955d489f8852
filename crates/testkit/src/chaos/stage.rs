//! The stage: a network with its people, outcomes, tokens and links, made before any server starts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use consort_engine::Engine;
use consort_engine::access::Access;
use consort_engine::artefact::Artefacts;
use consort_engine::clock::SharedClock;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::Policy;
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::task::{Mode, TaskSpec};
use consort_store::StoreError;
use consort_store::postgres::PostgresStore;

use super::client::Pass;
use crate::fixture;

/// How many people do the work.
pub(super) const WORKERS: usize = 12;
/// How many of them review what the others did.
pub(super) const REVIEWERS: usize = 4;
/// How many sessions the accountable person signs in.
pub(super) const SESSIONS: usize = 6;
/// How many outcomes the tasks belong to.
const OUTCOMES: usize = 4;
/// What is paid for a task, in minor units.
pub(super) const PRICE: i64 = 250;
/// Money for more tasks of each outcome than any run lives.
const FUNDS: i64 = PRICE * 1_000_000;
/// How many tasks somebody has at a time: a few, so that offers go round.
const CONCURRENCY: u16 = 6;
/// Leases that run out are part of it, and nobody is asked what to do about them.
const ATTEMPTS_MAX: u8 = 100;
/// The task that nobody here can do, which is the text of its material, too.
const NOBODYS: &str = "later";
const DAY_MS: i64 = 24 * 3_600_000;

/// Somebody who works.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub(super) id: String,
    pub(super) pass: Pass,
}

/// Who comes in by what, and what there is to do.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) outcomes: Vec<OutcomeId>,
    pub(super) workers: Vec<Worker>,
    /// Links that let the accountable person in, each once.
    pub(super) links: Vec<String>,
}

impl Stage {
    /// Sets the stage in a database.
    pub(super) fn set(database: &str, artefacts: &Path) -> Result<Self> {
        let store = Arc::new(PostgresStore::open(database)?);
        let asked = Arc::downgrade(&store);
        let clock = SharedClock::start(move || match asked.upgrade() {
            Some(store) => store.now(),
            None => Err(StoreError::Failed("the database was closed".to_owned())),
        })?;
        let engine = Engine::start(store.clone(), Artefacts::open(artefacts)?, clock, false)?;
        let people = People::gather(&engine)?;
        let outcomes = (0..OUTCOMES).map(|_| people.outcome(&engine));
        let outcomes = outcomes.collect::<Result<_>>()?;
        let access = Access::new(store);
        let (now, until) = (engine.now(), engine.now().plus_millis(DAY_MS));
        let mut workers = Vec::new();
        for id in &people.workers {
            let token = access.token(*id, "the chaos", now, until)?;
            workers.push(Worker {
                id: id.to_string(),
                pass: Pass::Token(token),
            });
        }
        let links = (0..SESSIONS)
            .map(|_| Ok(access.link(people.steward, "the chaos", now, until)?))
            .collect::<Result<_>>()?;
        engine.stop();
        Ok(Self {
            outcomes,
            workers,
            links,
        })
    }
}

struct People {
    steward: ContributorId,
    workers: Vec<ContributorId>,
    organisation: OrganisationId,
}

impl People {
    fn gather(engine: &Engine) -> Result<Self> {
        let steward = new_id(engine)?;
        let policy = Policy {
            attempts_max: ATTEMPTS_MAX,
            ..Policy::default()
        };
        network::found(engine, policy, steward)?;
        add(engine, steward, "Steward".to_owned(), BTreeMap::new())?;
        let mut workers = Vec::new();
        for number in 0..WORKERS {
            let id = new_id(engine)?;
            add(engine, id, format!("Worker {number}"), fixture::able(5))?;
            workers.push(id);
        }
        let organisation = network::organisation(engine, steward, "Chaos")?;
        let deposit = OrganisationCommand::Deposit {
            amount: Amount::from_minor(FUNDS * i64::try_from(OUTCOMES)?),
            asset: Asset::PRACTICE,
            reference: "for the chaos".to_owned(),
        };
        let body = Body::Organisation(organisation, deposit);
        engine.execute(Principal::Contributor(steward), body)?;
        Ok(Self {
            steward,
            workers,
            organisation,
        })
    }

    /// States an outcome with money, and a task that nobody here can do, so that it runs.
    fn outcome(&self, engine: &Engine) -> Result<OutcomeId> {
        let id = OutcomeId::new(engine.now(), engine.random()?);
        engine.artefacts().put(NOBODYS.as_bytes())?;
        let mut charter = fixture::charter(self.organisation, self.steward);
        charter.escalation = self.workers[..REVIEWERS].to_vec();
        let nobodys = TaskSpec {
            capability: "patience".to_owned(),
            mode: Mode::Person,
            price: Amount::ZERO,
            ..fixture::spec(NOBODYS)
        };
        for asked in [
            fixture::create_outcome(id, charter),
            fixture::fund(self.organisation, id, FUNDS),
            fixture::add_tasks(id, vec![nobodys]),
            Body::Outcome(id, OutcomeCommand::Start).into(),
        ] {
            engine.execute(Principal::Contributor(self.steward), asked.body)?;
        }
        Ok(id)
    }
}

fn new_id(engine: &Engine) -> Result<ContributorId> {
    Ok(ContributorId::new(engine.now(), engine.random()?))
}

fn add(
    engine: &Engine,
    id: ContributorId,
    name: String,
    capabilities: BTreeMap<String, u8>,
) -> Result<()> {
    let newcomer = Newcomer {
        name,
        nature: Nature::Person,
        capabilities,
        profile: Profile {
            concurrency: CONCURRENCY,
            ..Profile::default()
        },
    };
    Ok(network::add(engine, id, &newcomer)?)
}
