//! A network with an accountable person and one agent, whose driver does as the test says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use consort_engine::Engine;
use consort_engine::artefact::Artefacts;
use consort_engine::check::Programs;
use consort_engine::runner::{
    Commission, Dispatcher, Driver, Drivers, Failure, Product, Retry, Settings,
};
use consort_kernel::command::Principal;
use consort_kernel::contributor::Profile;
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::network::Policy;
use consort_kernel::outcome::{OutcomeCommand, PLAN_CHANGE_MAX};
use consort_kernel::task::{AiUse, ContextSource, Mode, Task, TaskSpec};
use consort_store::Store;
use consort_store::memory::MemoryStore;
use consort_testkit::clock::ManualClock;
use consort_testkit::fixture::{self, Asked, START};
use tempfile::TempDir;

pub(crate) const ADA: ContributorId = ContributorId::from_bits(1);
pub(crate) const AGENT: ContributorId = ContributorId::from_bits(2);
pub(crate) const ORGANISATION: OrganisationId = OrganisationId::from_bits(3);
pub(crate) const OUTCOME: OutcomeId = OutcomeId::from_bits(4);

/// Rests that a test can tell: 500 milliseconds, then 1,000, and so on.
pub(crate) const RETRY: Retry = Retry {
    first_ms: 1_000,
    longest_ms: 60_000,
    tries_max: 3,
};

/// What a driver does with its next task.
pub(crate) enum Act {
    Fail(&'static str),
    HandOver(&'static str),
    Later(u64),
    Panic(&'static str),
}

/// A driver that does as it is told, in order, and then makes what is asked.
#[derive(Default)]
pub(crate) struct Scripted {
    acts: Mutex<VecDeque<Act>>,
    pub(crate) given: Mutex<Vec<Commission>>,
    pub(crate) calls: Mutex<usize>,
}

impl Driver for Scripted {
    fn perform(&self, commission: &Commission) -> Result<Product, Failure> {
        self.given.lock().unwrap().push(commission.clone());
        *self.calls.lock().unwrap() += 1;
        let act = self.acts.lock().unwrap().pop_front();
        match act {
            None => Ok(product()),
            Some(Act::Fail(why)) => Err(Failure::Passing(why.to_owned())),
            Some(Act::HandOver(why)) => Err(Failure::HandOver(why.to_owned())),
            Some(Act::Later(wait_ms)) => Err(Failure::Later {
                note: "not now".to_owned(),
                wait_ms,
            }),
            Some(Act::Panic(why)) => panic!("{why}"),
        }
    }
}

pub(crate) fn product() -> Product {
    Product {
        content: serde_json::json!({"text": "done"}),
        files: BTreeMap::new(),
        ai: AiUse::Tool,
        made_with: "scripted 1".to_owned(),
    }
}

/// The network, and the parts that a test moves by hand.
pub(crate) struct Story {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) driver: Arc<Scripted>,
    _folder: TempDir,
}

impl Story {
    /// A running outcome of Ada's with tasks of these keys.
    pub(crate) fn new(keys: &[&str], acts: Vec<Act>) -> Self {
        Self::with_specs(keys.iter().map(|key| spec(key)).collect(), acts)
    }

    pub(crate) fn with_specs(specs: Vec<TaskSpec>, acts: Vec<Act>) -> Self {
        Self::over(Arc::new(MemoryStore::new()), specs, acts)
    }

    pub(crate) fn over(disk: Arc<dyn Store>, mut specs: Vec<TaskSpec>, acts: Vec<Act>) -> Self {
        let folder = TempDir::new().unwrap();
        let artefacts = Artefacts::open(folder.path()).unwrap();
        let material = artefacts.put(b"\"a document\"").unwrap();
        for item in specs
            .iter_mut()
            .flat_map(|spec| &mut spec.instructions.context)
        {
            item.source = ContextSource::Artefact(material);
        }
        let clock = Arc::new(ManualClock::at(START));
        let engine = Engine::start(disk, artefacts, clock.clone(), true).unwrap();
        let driver = Scripted {
            acts: Mutex::new(acts.into()),
            ..Scripted::default()
        };
        let story = Self {
            engine,
            clock,
            driver: Arc::new(driver),
            _folder: folder,
        };
        let many = Profile {
            concurrency: 50,
            ..Profile::default()
        };
        let network = story.engine.network();
        let start = consort_kernel::command::Body::Outcome(OUTCOME, OutcomeCommand::Start);
        let charter = fixture::charter(ORGANISATION, ADA);
        for asked in [
            fixture::found_network(network, ADA, Policy::default()),
            fixture::add_person(ADA, BTreeMap::new(), Profile::default()),
            fixture::add_agent(AGENT, ("scripted", ADA), fixture::able(5), many),
            fixture::found_organisation(ORGANISATION, ADA),
            fixture::deposit(ORGANISATION, 50_000),
            fixture::create_outcome(OUTCOME, charter),
            fixture::fund(ORGANISATION, OUTCOME, 20_000),
        ] {
            story.ask(asked);
        }
        for some in specs.chunks(PLAN_CHANGE_MAX) {
            story.ask(fixture::add_tasks(OUTCOME, some.to_vec()));
        }
        story.ask(start.into());
        story
    }

    pub(crate) fn ask(&self, asked: Asked) {
        let id = self
            .engine
            .command(Principal::Contributor(ADA), asked.body.clone());
        let command = asked.by(Principal::Contributor(ADA), id.unwrap().id);
        self.engine.send(command).unwrap();
    }

    pub(crate) fn settings() -> Settings {
        Settings {
            retry: RETRY,
            draws: Arc::new(|| 0),
            ..Settings::default()
        }
    }

    /// A dispatcher for the agent, whose draws are all zero.
    pub(crate) fn dispatcher(&self) -> Dispatcher {
        self.dispatcher_with(Self::settings(), usize::MAX)
    }

    pub(crate) fn dispatcher_with(&self, settings: Settings, at_once: usize) -> Dispatcher {
        let mut drivers = Drivers::default();
        drivers.add_limited(AGENT, self.driver.clone(), at_once);
        Dispatcher::new(self.engine.clone(), drivers, settings)
    }

    pub(crate) fn dispatcher_with_programs(
        &self,
        programs: Arc<dyn Programs + Send + Sync>,
    ) -> Dispatcher {
        let settings = Settings {
            programs,
            ..Self::settings()
        };
        self.dispatcher_with(settings, usize::MAX)
    }

    pub(crate) fn task(&self, key: &str) -> Task {
        self.engine.task(id(key)).unwrap().unwrap()
    }

    pub(crate) fn calls(&self) -> usize {
        *self.driver.calls.lock().unwrap()
    }
}

pub(crate) fn id(key: &str) -> TaskId {
    TaskId::in_outcome(OUTCOME, key)
}

pub(crate) fn spec(key: &str) -> TaskSpec {
    TaskSpec {
        mode: Mode::Ai,
        ..fixture::spec(key)
    }
}

/// Looks once and sees to everything; tells what there was to be done.
pub(crate) fn round(dispatcher: &Dispatcher) -> Vec<TaskId> {
    let look = dispatcher.look().unwrap();
    for task in &look.tasks {
        dispatcher.see_to(*task);
    }
    look.tasks
}

/// The digest of what the driver makes.
pub(crate) fn made() -> Digest {
    Digest::of(&serde_json::to_vec(&product().content).unwrap())
}
