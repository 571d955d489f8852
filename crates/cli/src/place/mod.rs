//! The place: a data directory, opened, with the engine over it and the local network in it.

pub(crate) mod hire;
pub(crate) mod spending;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use consort_agents::builtin::{AGENTS, BuiltIn, FAMILY};
use consort_agents::model::Journal;
use consort_engine::Engine;
use consort_engine::access::Doors;
use consort_engine::artefact::Artefacts;
use consort_engine::clock::{Clock, SystemClock};
use consort_engine::network::{self, Newcomer};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::id::{ContributorId, OrganisationId};
use consort_kernel::network::{Policy, ReviewRule};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::DataClass;
use consort_store::Store;
use consort_store::sqlite::{Ownership, SqliteStore};

use crate::database::{self, Database};

/// What a person of a local network is asked to do.
pub(crate) const PERSON_CAPABILITIES: [&str; 2] = ["decide", "judge"];
/// The level of capabilities in a local network: the highest, for nobody compares there.
const LEVEL: u8 = 8;
/// How many tasks a built-in agent takes at a time: enough to keep every worker busy.
const AGENT_CONCURRENCY: u16 = 16;
/// How long an offer stands in a local network: few can do the same there, and people sleep.
const OFFER_MS: u32 = 24 * 3_600_000;
/// How many tasks a person of a local network takes at a time.
const PERSON_CONCURRENCY: u16 = 64;

/// A data directory with the engine over it.
pub(crate) struct Place {
    pub(crate) engine: Arc<Engine>,
    pub(crate) passes: Arc<dyn Doors>,
    pub(crate) directory: PathBuf,
    kept: Kept,
    spending: Mutex<Option<Arc<Journal>>>,
    founding: Mutex<()>,
}

/// Where the network of a place is kept.
enum Kept {
    /// In a file of the data directory.
    File(Arc<SqliteStore>),
    /// In a database, which other servers may have, too. The directory is this process's own.
    Database {
        url: String,
        store: Arc<Database>,
        _owned: Ownership,
    },
}

/// Who is in a local network.
#[derive(Debug, Clone)]
pub(crate) struct Local {
    pub(crate) person: ContributorId,
    pub(crate) organisation: OrganisationId,
}

impl Place {
    /// Opens the data directory, which belongs to this process until it ends, and the network in it
    /// or in a database.
    pub(crate) fn open(
        directory: &Path,
        database: Option<&str>,
        artefacts: Option<&Path>,
    ) -> Result<Self> {
        std::fs::create_dir_all(directory).with_context(|| {
            format!("the data directory {} cannot be made", directory.display())
        })?;
        let owned = Ownership::take(directory)?;
        let artefacts = match artefacts {
            Some(folder) => Artefacts::open(folder)?,
            None => Artefacts::open(&directory.join("artefacts"))?,
        };
        match database {
            None => {
                let store = Arc::new(SqliteStore::open(owned)?);
                let kept = Kept::File(Arc::clone(&store));
                Self::over(directory, artefacts, store, Arc::new(SystemClock), kept)
            }
            Some(url) => {
                let (store, clock) = database::open(url)?;
                let kept = Kept::Database {
                    url: url.to_owned(),
                    store: Arc::clone(&store),
                    _owned: owned,
                };
                Self::over(directory, artefacts, store, clock, kept)
            }
        }
    }

    fn over<S: Store + Doors + 'static>(
        directory: &Path,
        artefacts: Artefacts,
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        kept: Kept,
    ) -> Result<Self> {
        let is_alone = matches!(kept, Kept::File(_));
        let engine = Engine::start(store.clone(), artefacts, clock, is_alone)?;
        Ok(Self {
            engine,
            passes: store,
            directory: directory.to_owned(),
            kept,
            spending: Mutex::default(),
            founding: Mutex::default(),
        })
    }

    /// Copies the network as it is now to a new file, and tells how many events of how many are
    /// copied where that takes a while. The copy is checked before it gets its name.
    pub(crate) fn copy_to(&self, target: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
        match &self.kept {
            Kept::File(store) => Ok(store.backup_to(target)?),
            Kept::Database { store, .. } => database::back_up(store, target, progress),
        }
    }

    /// The database that keeps the network, where one does.
    pub(crate) fn database(&self) -> Option<&str> {
        match &self.kept {
            Kept::File(_) => None,
            Kept::Database { url, .. } => Some(url),
        }
    }

    /// Whether there is one in this directory.
    pub(crate) fn is_at(directory: &Path) -> bool {
        directory.join("consort.db").exists()
    }

    /// The local network, founded with this person if there is none yet.
    pub(crate) fn local(&self, person_name: &str) -> Result<Local> {
        // Of several that begin at a time, one founds it.
        let _alone = self.founding.lock().unwrap_or_else(PoisonError::into_inner);
        let engine = &self.engine;
        let founder = ContributorId::new(engine.now(), engine.random()?);
        network::found(engine, policy(), founder)?;
        let named = network::contributors(engine)?;
        let person = match named.get(person_name) {
            Some(id) => *id,
            None if named.is_empty() => {
                self.newcomer(self.steward()?, &person_newcomer(person_name))?
            }
            None => self.newcomer(founder, &person_newcomer(person_name))?,
        };
        let organisation = network::organisation(engine, person, &format!("{person_name}'s desk"))?;
        for agent in AGENTS {
            if !named.contains_key(agent.name) {
                self.agent(agent, person)?;
            }
        }
        Ok(Local {
            person,
            organisation,
        })
    }

    fn newcomer(&self, id: ContributorId, newcomer: &Newcomer) -> Result<ContributorId> {
        network::add(&self.engine, id, newcomer)?;
        Ok(id)
    }

    fn agent(&self, agent: BuiltIn, operator: ContributorId) -> Result<ContributorId> {
        let id = ContributorId::new(self.engine.now(), self.engine.random()?);
        self.newcomer(id, &agent_newcomer(agent.name, agent.capability, operator))
    }

    fn steward(&self) -> Result<ContributorId> {
        let id = self.engine.network();
        match self.engine.state(StreamId::Network(id))? {
            Some(State::Network(network)) => network
                .stewards
                .first()
                .copied()
                .ok_or_else(|| anyhow!("{id} has no steward")),
            Some(_) | None => Err(anyhow!("{id} is not founded")),
        }
    }
}

/// The policy of a local network: one person answers for everything in it, so work of medium risk
/// needs their signature and no further reviewer.
fn policy() -> Policy {
    let mut policy = Policy {
        offer_ms: OFFER_MS,
        ..Policy::default()
    };
    let [_, medium, _, _] = &mut policy.reviews;
    *medium = ReviewRule {
        in_advance: true,
        reviews: 0,
        separate_signer: false,
    };
    policy
}

fn person_newcomer(name: &str) -> Newcomer {
    let capabilities = PERSON_CAPABILITIES.map(|capability| (capability.to_owned(), LEVEL));
    Newcomer {
        name: name.to_owned(),
        nature: Nature::Person,
        capabilities: capabilities.into(),
        profile: Profile {
            clearance: DataClass::Restricted,
            concurrency: PERSON_CONCURRENCY,
            ..Profile::default()
        },
    }
}

fn agent_newcomer(name: &str, capability: &str, operator: ContributorId) -> Newcomer {
    Newcomer {
        name: name.to_owned(),
        nature: Nature::Agent {
            family: FAMILY.to_owned(),
            operator,
        },
        capabilities: BTreeMap::from([(capability.to_owned(), LEVEL)]),
        profile: Profile {
            // Built-in tools keep what they read in this process.
            clearance: DataClass::Restricted,
            concurrency: AGENT_CONCURRENCY,
            ..Profile::default()
        },
    }
}
