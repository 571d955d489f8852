//! A network in memory, whose clock is moved by hand, and a courier in it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use consort_engine::Engine;
use consort_engine::artefact::Artefacts;
use consort_engine::network::{self, Newcomer};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::event::Envelope;
use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::network::Policy;
use consort_post::{Courier, Delivery, Office, PostError, Reach, Sight, Webhooks};
use consort_testkit::clock::ManualClock;
use consort_testkit::fixture::START;
use consort_testkit::memory_store;
use tempfile::TempDir;

/// The host that the operator of every scene named.
pub(crate) const HOST: &str = "127.0.0.1";

/// Shows everything but what is hidden.
#[derive(Default)]
pub(crate) struct Eyes {
    pub(crate) hidden: Mutex<BTreeSet<String>>,
    /// Of whom nobody can say now what they may see.
    pub(crate) unsure: Mutex<BTreeSet<ContributorId>>,
}

impl Sight for Eyes {
    fn told(
        &self,
        who: ContributorId,
        position: u64,
        envelope: &Envelope,
    ) -> Result<Option<String>, PostError> {
        if self.unsure.lock().unwrap().contains(&who) {
            return Err(PostError::Unreadable("not now".to_owned()));
        }
        let kind = envelope.event.name();
        let is_hidden = self.hidden.lock().unwrap().contains(&kind);
        let body = format!(r#"{{"id":"{position}","type":"consort.{kind}","to":"{who}"}}"#);
        Ok((!is_hidden).then_some(body))
    }
}

pub(crate) struct Scene {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) kept: Arc<dyn Webhooks>,
    pub(crate) office: Arc<Office>,
    pub(crate) eyes: Arc<Eyes>,
    pub(crate) courier: Courier,
    pub(crate) ada: ContributorId,
    _folder: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::reaching([HOST.to_owned()])
    }

    pub(crate) fn reaching(hosts: impl IntoIterator<Item = String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = memory_store();
        let artefacts = Artefacts::open(&folder.path().join("artefacts")).unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let engine = Engine::start(store.clone(), artefacts, clock.clone(), true).unwrap();
        let ada = ContributorId::new(engine.now(), engine.random().unwrap());
        network::found(&engine, Policy::default(), ada).unwrap();
        let reach = Reach::with(hosts);
        let office = Arc::new(Office::new(engine.clone(), store.clone(), reach));
        let eyes = Arc::new(Eyes::default());
        let courier = Courier::new(Arc::clone(&office), eyes.clone()).unwrap();
        Self {
            engine,
            clock,
            kept: store,
            office,
            eyes,
            courier,
            ada,
            _folder: folder,
        }
    }

    /// Another courier over the same, as another server has.
    pub(crate) fn another(&self) -> Courier {
        Courier::new(Arc::clone(&self.office), self.eyes.clone()).unwrap()
    }

    /// Something happens: somebody joins, which is one event.
    pub(crate) fn join(&self, name: &str) -> u64 {
        let engine = &self.engine;
        let newcomer = Newcomer {
            name: name.to_owned(),
            nature: Nature::Person,
            capabilities: [("writing".to_owned(), 6)].into(),
            profile: Profile::default(),
        };
        let id = ContributorId::new(engine.now(), engine.random().unwrap());
        network::add(engine, id, &newcomer).unwrap();
        engine.store().log().unwrap().size()
    }

    /// A webhook of Ada's, with its secret.
    pub(crate) fn webhook(&self, address: &str) -> (WebhookId, String) {
        let added = self.office.add(self.ada, address, [], None).unwrap();
        (added.0.id, added.1.unwrap())
    }

    /// Looks, and sends until nothing is due.
    pub(crate) fn work(&self) {
        self.courier.look().unwrap();
        while self.courier.send_next().unwrap() {}
    }

    pub(crate) fn deliveries(&self, id: WebhookId) -> Vec<Delivery> {
        self.office.deliveries(self.ada, id, None, 100).unwrap()
    }

    /// The one delivery of a webhook.
    pub(crate) fn only(&self, id: WebhookId) -> Delivery {
        let mut all = self.deliveries(id);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// Moves the clock to when a delivery is due.
    pub(crate) fn wait_for(&self, delivery: &Delivery) {
        self.clock.set(delivery.due.unwrap());
    }
}
