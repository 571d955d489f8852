//! A network in memory, whose clock is moved by hand, somebody who is told by mail, and a courier.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use consort_engine::Engine;
use consort_engine::artefact::Artefacts;
use consort_engine::network::{self, Newcomer};
use consort_engine::notice::{Addressee, Channel, Looked, Notice, Notices, StoreError};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::id::ContributorId;
use consort_kernel::network::Policy;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_post::notice::{Courier, Kind, Need, Needed, Office, Setup, Wishes};
use consort_post::{Encryption, Mail, PostError, Reach};
use consort_testkit::clock::ManualClock;
use consort_testkit::fixture::START;
use consort_testkit::memory_store;
use tempfile::TempDir;

use crate::server::{Does, Server};

/// Where people come.
pub(crate) const URL: &str = "https://consort.example";
/// Where Ada gets mail.
pub(crate) const ADA: &str = "ada@example.org";

/// What needs whom.
#[derive(Default)]
pub(crate) struct World {
    needs: Mutex<BTreeMap<StreamId, Vec<(ContributorId, Need)>>>,
    mentions: Mutex<Vec<(StreamId, Need)>>,
    /// What nobody can say anything about.
    unsure: Mutex<Option<StreamId>>,
}

impl Needed for World {
    fn needs(
        &self,
        subject: StreamId,
        among: &[ContributorId],
    ) -> Result<Vec<(ContributorId, Need)>, PostError> {
        if *self.unsure.lock().unwrap() == Some(subject) {
            return Err(PostError::Unreadable("not now".to_owned()));
        }
        let needs = self.needs.lock().unwrap();
        let found = needs.get(&subject).into_iter().flatten();
        Ok(found
            .filter(|(who, _)| among.contains(who))
            .cloned()
            .collect())
    }

    fn mentions(&self, _: ContributorId) -> Result<Vec<(StreamId, Need)>, PostError> {
        Ok(self.mentions.lock().unwrap().clone())
    }
}

/// What is kept, where the process may die before it notes how an attempt ended.
pub(crate) struct Fragile {
    kept: Arc<dyn Notices>,
    dies: AtomicBool,
}

pub(crate) struct Scene {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) kept: Arc<Fragile>,
    pub(crate) office: Arc<Office>,
    pub(crate) world: Arc<World>,
    pub(crate) courier: Courier,
    pub(crate) ada: ContributorId,
    _folder: TempDir,
}

impl Scene {
    /// With a mail server, and nobody who is told anything yet.
    pub(crate) fn new(port: u16) -> Self {
        Self::by(Mail {
            host: "127.0.0.1".to_owned(),
            port,
            encryption: Encryption::None,
            user: None,
            password: None,
            from: "Consort <consort@example.org>".to_owned(),
        })
    }

    /// The same, with this mail server.
    pub(crate) fn by(mail: Mail) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = memory_store();
        let artefacts = Artefacts::open(&folder.path().join("artefacts")).unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let engine = Engine::start(store.clone(), artefacts, clock.clone(), true).unwrap();
        let ada = ContributorId::new(engine.now(), engine.random().unwrap());
        network::found(&engine, Policy::default(), ada).unwrap();
        let kept = Arc::new(Fragile {
            kept: store,
            dies: AtomicBool::new(false),
        });
        let setup = Setup {
            mail: Some(mail),
            url: URL.to_owned(),
        };
        let reach = Reach::with(["127.0.0.1".to_owned()]);
        let office = Office::new(engine.clone(), kept.clone(), reach, setup);
        let (office, world) = (Arc::new(office), Arc::new(World::default()));
        let courier = Courier::new(Arc::clone(&office), world.clone());
        courier.look().unwrap();
        Self {
            engine,
            clock,
            kept,
            office,
            world,
            courier,
            ada,
            _folder: folder,
        }
    }

    /// With Ada, who confirmed her address, and a server that goes on as it is told.
    pub(crate) fn with_mail(does: &[Does]) -> (Self, Server) {
        let all: Vec<Does> = std::iter::once(Does::Take)
            .chain(does.iter().copied())
            .collect();
        let server = Server::with(&all);
        let scene = Self::new(server.port());
        scene.office.ask_mail(scene.ada, ADA).unwrap();
        let link = server.next().message.body;
        scene.office.confirm(scene.ada, secret(&link)).unwrap();
        (scene, server)
    }

    /// Another courier over the same, as after a start.
    pub(crate) fn another(&self) -> Courier {
        Courier::new(Arc::clone(&self.office), self.world.clone())
    }

    /// Something happens that needs Ada.
    pub(crate) fn needs(&self, kind: Kind, title: &str) -> StreamId {
        let subject = self.join(title);
        let need = need(kind, title);
        let needs = vec![(self.ada, need)];
        self.world.needs.lock().unwrap().insert(subject, needs);
        subject
    }

    /// Nobody can say what this needs, or they can again.
    pub(crate) fn is_unsure(&self, of: Option<StreamId>) {
        *self.world.unsure.lock().unwrap() = of;
    }

    /// She dealt with it.
    pub(crate) fn deal_with(&self, subject: StreamId) {
        self.world.needs.lock().unwrap().remove(&subject);
    }

    /// It needs her again: it has another event.
    pub(crate) fn comes_back(&self, subject: StreamId, kind: Kind, title: &str) {
        let needs = vec![(self.ada, need(kind, title))];
        self.world.needs.lock().unwrap().insert(subject, needs);
        let StreamId::Contributor(id) = subject else {
            panic!("{subject} is nobody");
        };
        let declare = ContributorCommand::Declare {
            capabilities: [("writing".to_owned(), 5)].into(),
            profile: Profile::default(),
        };
        let body = Body::Contributor(id, declare);
        self.engine
            .execute(Principal::Contributor(id), body)
            .unwrap();
    }

    /// Somebody names her.
    pub(crate) fn name(&self, title: &str) {
        let subject = self.join(title);
        let mut mentions = self.world.mentions.lock().unwrap();
        let need = Need {
            since: Some(self.engine.now()),
            ..need(Kind::Mention, title)
        };
        mentions.push((subject, need));
    }

    /// Something happens: somebody joins, which is one event.
    fn join(&self, name: &str) -> StreamId {
        let engine = &self.engine;
        let newcomer = Newcomer {
            name: name.replace(|it: char| it.is_control(), " "),
            nature: Nature::Person,
            capabilities: [("writing".to_owned(), 6)].into(),
            profile: Profile::default(),
        };
        let id = ContributorId::new(engine.now(), engine.random().unwrap());
        network::add(engine, id, &newcomer).unwrap();
        StreamId::Contributor(id)
    }

    /// Looks, and sends until nothing is due.
    pub(crate) fn work(&self) {
        self.courier.look().unwrap();
        while self.courier.send_next().unwrap() {}
    }

    /// It is this moment.
    pub(crate) fn is(&self, moment: &str) {
        self.clock.set(moment.parse().unwrap());
    }

    /// Changes what Ada wishes.
    pub(crate) fn wishes(&self, zone: &str, digest: &str, quiet: Option<(&str, &str)>) {
        use consort_post::notice::{Moment, Quiet};
        let moment = |text| Moment::parse(text).unwrap();
        let quiet = quiet.map(|(from, to)| Quiet {
            from: moment(from),
            to: moment(to),
        });
        let times = (zone, moment(digest));
        self.office.set(self.ada, times, quiet, |_| None).unwrap();
    }

    pub(crate) fn ada_wishes(&self) -> Wishes {
        self.office.wishes(self.ada).unwrap()
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.kept.notices_of(self.ada, 1_000).unwrap()
    }

    /// The one notice that there is.
    pub(crate) fn only(&self) -> Notice {
        let mut all = self.notices();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }
}

fn need(kind: Kind, title: &str) -> Need {
    Need {
        kind,
        occasion: "lease-1".to_owned(),
        title: Some(title.to_owned()),
        outcome: Some("The outcome".to_owned()),
        since: None,
        due: None,
        path: "/tasks/tsk_1".to_owned(),
    }
}

/// The secret of the link in a message.
pub(crate) fn secret(body: &str) -> &str {
    let (_, rest) = body.split_once("/confirm/").unwrap();
    rest.split_whitespace().next().unwrap()
}

impl Fragile {
    /// The process dies with the next attempt, after it was made.
    pub(crate) fn die(&self) {
        self.dies.store(true, Ordering::SeqCst);
    }
}

impl Notices for Fragile {
    fn addressee(&self, who: ContributorId) -> Result<Option<Addressee>, StoreError> {
        self.kept.addressee(who)
    }

    fn write_addressee(&self, addressee: &Addressee) -> Result<bool, StoreError> {
        self.kept.write_addressee(addressee)
    }

    fn addressees(
        &self,
        epoch: u64,
        after: Option<ContributorId>,
        limit: usize,
    ) -> Result<Vec<Addressee>, StoreError> {
        self.kept.addressees(epoch, after, limit)
    }

    fn looked(&self) -> Result<Option<Looked>, StoreError> {
        self.kept.looked()
    }

    fn note(&self, looked: &Looked, notices: &[Notice]) -> Result<bool, StoreError> {
        self.kept.note(looked, notices)
    }

    fn due_notices(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(ContributorId, Channel)>, StoreError> {
        self.kept.due_notices(epoch, now, limit)
    }

    fn claim_notices(
        &self,
        to: (ContributorId, Channel),
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Notice>, StoreError> {
        self.kept.claim_notices(to, now, until, limit)
    }

    fn settle_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        if self.dies.swap(false, Ordering::SeqCst) {
            return Err(StoreError::Failed("the process died".to_owned()));
        }
        self.kept.settle_notices(notices)
    }

    fn drop_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        self.kept.drop_notices(notices)
    }

    fn notices_of(&self, to: ContributorId, limit: usize) -> Result<Vec<Notice>, StoreError> {
        self.kept.notices_of(to, limit)
    }

    fn waiting_notices(&self, to: ContributorId, by: Channel) -> Result<u64, StoreError> {
        self.kept.waiting_notices(to, by)
    }

    fn forget_notices(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.kept.forget_notices(before)
    }
}
