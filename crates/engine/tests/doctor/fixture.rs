//! A small network: one outcome that was delivered and paid, and one that is at work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use consort_engine::artefact::Artefacts;
use consort_engine::checkpoint::{Key, Signers, keep};
use consort_engine::lane::{Lane, Work};
use consort_engine::timer;
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::{NetworkCommand, Policy};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::{Charter, Conclusion, OutcomeCommand};
use consort_kernel::personal::PersonalValue;
use consort_kernel::task::{
    AiUse, ContextItem, ContextSource, Criterion, DataClass, Instructions, Judgment, Method, Mode,
    Provenance, Risk, SignOff, Submission, TaskCommand, TaskSpec, Verdict,
};
use consort_kernel::time::Timestamp;
use consort_store::Store;
use consort_store::memory::MemoryStore;
#[cfg(feature = "postgres")]
use consort_store::postgres::PostgresStore;
use consort_store::sqlite::{Ownership, SqliteStore};
#[cfg(feature = "postgres")]
use consort_testkit::postgres::PostgresServer;

/// 1 March 2026, 09:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_772_355_600_000);

/// A folder that goes with its test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "consort-doctor-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn id(number: u128) -> u128 {
    number << 40
}

pub(crate) fn anna() -> ContributorId {
    ContributorId::new(START, id(1))
}

pub(crate) fn ben() -> ContributorId {
    ContributorId::new(START, id(2))
}

pub(crate) fn agent() -> ContributorId {
    ContributorId::new(START, id(3))
}

pub(crate) fn organisation() -> OrganisationId {
    OrganisationId::new(START, id(4))
}

/// The outcome that was delivered.
pub(crate) fn delivered() -> OutcomeId {
    OutcomeId::new(START, id(5))
}

/// The outcome that is at work.
pub(crate) fn running() -> OutcomeId {
    OutcomeId::new(START, id(6))
}

pub(crate) fn network() -> NetworkId {
    NetworkId::new(START, id(7))
}

pub(crate) fn task(outcome: OutcomeId, key: &str) -> TaskId {
    TaskId::in_outcome(outcome, key)
}

/// A network with its store, artefacts and key.
pub(crate) struct Story {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) artefacts: Artefacts,
    pub(crate) key: Key,
    /// All that was done in it, in order, and the log after each.
    pub(crate) told: Vec<(Told, Frontier)>,
    lane: Lane,
    now: Timestamp,
    commands: u128,
    _folder: Folder,
}

/// One thing that was done in a story.
#[derive(Debug)]
pub(crate) enum Told {
    Work(Vec<Work>, Timestamp),
    Checkpoint,
}

/// The story over each store.
pub(crate) fn stories() -> Vec<Story> {
    let folder = Folder::new();
    let sqlite = SqliteStore::open(Ownership::take(folder.path()).unwrap()).unwrap();
    let stories = [
        Story::tell(Arc::new(MemoryStore::new()), Folder::new()),
        Story::tell(Arc::new(sqlite), folder),
    ];
    stories.into_iter().chain(in_database()).collect()
}

/// The story in a database, where there is one.
fn in_database() -> Option<Story> {
    #[cfg(feature = "postgres")]
    if let Some(server) = PostgresServer::shared() {
        let postgres = PostgresStore::open(&server.new_database()).unwrap();
        return Some(Story::tell(Arc::new(postgres), Folder::new()));
    }
    None
}

impl Story {
    fn tell(store: Arc<dyn Store>, folder: Folder) -> Self {
        let lane = Lane::open(Arc::clone(&store), network(), true).unwrap();
        let mut told = Self {
            artefacts: Artefacts::open(&folder.path().join("artefacts")).unwrap(),
            key: Key::from_seed(&format!("consort-{}", network()), &[7; 32]),
            store,
            told: Vec::new(),
            lane,
            now: START,
            commands: 0,
            _folder: folder,
        };
        told.people();
        told.deliver();
        told.checkpoint();
        told.begin_another();
        told.checkpoint();
        told
    }

    /// Whose signatures are known in it.
    pub(crate) fn signers(&self) -> Signers {
        Signers::from(self.key.public().clone())
    }

    /// Somebody asks for something, a second after what was asked before.
    pub(crate) fn ask(&mut self, who: ContributorId, body: Body) {
        self.ask_with(who, body, Vec::new());
    }

    /// Somebody asks for several things, which are decided in one batch.
    pub(crate) fn ask_together(&mut self, who: ContributorId, bodies: Vec<Body>) {
        let commands = bodies
            .into_iter()
            .map(|body| Work::Command(self.command(who, body, Vec::new())));
        let work: Vec<Work> = commands.collect();
        self.step(&work);
    }

    fn ask_with(&mut self, who: ContributorId, body: Body, personal: Vec<PersonalValue>) {
        let command = self.command(who, body, personal);
        self.step(&[Work::Command(command)]);
    }

    fn command(&mut self, who: ContributorId, body: Body, personal: Vec<PersonalValue>) -> Command {
        self.now = self.now.plus_millis(1_000);
        self.commands += 1;
        Command {
            body,
            expected: None,
            id: CommandId::new(self.now, self.commands),
            personal,
            principal: Principal::Contributor(who),
        }
    }

    /// Time passes, and what is due by then is done.
    pub(crate) fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        let work = timer::due(self.store.as_ref(), self.now, 99).unwrap();
        assert!(!work.is_empty(), "nothing was due");
        self.step(&work);
    }

    /// Work is done; none of it is refused.
    pub(crate) fn step(&mut self, work: &[Work]) {
        for reply in self.lane.step(work, self.now) {
            reply.unwrap();
        }
        self.told.push((
            Told::Work(work.to_vec(), self.now),
            self.store.log().unwrap(),
        ));
    }

    fn checkpoint(&mut self) {
        keep(self.store.as_ref(), &self.key).unwrap();
        self.told
            .push((Told::Checkpoint, self.store.log().unwrap()));
    }

    fn people(&mut self) {
        for (who, nature) in [
            (anna(), Nature::Person),
            (ben(), Nature::Person),
            (
                agent(),
                Nature::Agent {
                    family: "built-in".to_owned(),
                    operator: anna(),
                },
            ),
        ] {
            let name = name(&who.to_string());
            let add = ContributorCommand::Add {
                capabilities: BTreeMap::from([("summarise".to_owned(), 5)]),
                name: name.commitment(),
                nature,
                profile: Profile {
                    concurrency: 9,
                    ..Profile::default()
                },
            };
            self.ask_with(anna(), Body::Contributor(who, add), vec![name]);
        }
        // Of what is said twice the last counts.
        for account in ["an account", "another account"] {
            let value = PersonalValue {
                field: "payout".to_owned(),
                ..name(account)
            };
            let details = value.commitment();
            let say = ContributorCommand::SetPayout { details };
            self.ask_with(anna(), Body::Contributor(anna(), say), vec![value]);
        }
        let found = NetworkCommand::Found {
            policy: Box::new(Policy::default()),
            steward: anna(),
        };
        self.ask(anna(), Body::Network(network(), found));
        let name = name("Lindenhof");
        let found = OrganisationCommand::Found {
            name: name.commitment(),
            owner: anna(),
        };
        self.ask_with(
            anna(),
            Body::Organisation(organisation(), found),
            vec![name],
        );
        self.organisation(OrganisationCommand::Deposit {
            amount: Amount::from_minor(20_000),
            asset: Asset::PRACTICE,
            reference: "opening balance".to_owned(),
        });
    }

    fn organisation(&mut self, command: OrganisationCommand) {
        self.ask(anna(), Body::Organisation(organisation(), command));
    }

    fn outcome(&mut self, outcome: OutcomeId, command: OutcomeCommand) {
        self.ask(anna(), Body::Outcome(outcome, command));
    }

    pub(crate) fn task(&mut self, who: ContributorId, task: TaskId, command: TaskCommand) {
        self.ask(who, Body::Task(task, command));
    }

    /// States an outcome, pays for it and begins it.
    fn begin(&mut self, outcome: OutcomeId, minor: i64, add: Vec<TaskSpec>) {
        self.outcome(outcome, OutcomeCommand::Create(Box::new(charter())));
        self.organisation(OrganisationCommand::Fund {
            amount: Amount::from_minor(minor),
            asset: Asset::PRACTICE,
            outcome,
        });
        let plan = OutcomeCommand::ChangePlan {
            add,
            drop: Vec::new(),
            reason: "the plan".to_owned(),
        };
        self.outcome(outcome, plan);
        self.outcome(outcome, OutcomeCommand::Start);
    }

    fn submit(&mut self, who: ContributorId, task: TaskId, lease: u64, text: &str) -> Digest {
        let content = self.artefacts.put(text.as_bytes()).unwrap();
        let file = self
            .artefacts
            .put(format!("file of {text}").as_bytes())
            .unwrap();
        let submission = Submission {
            content,
            files: BTreeMap::from([("table.csv".to_owned(), file)]),
            provenance: Provenance {
                ai: AiUse::Tool,
                made_with: None,
            },
        };
        self.task(who, task, TaskCommand::Submit { lease, submission });
        content
    }

    fn sign(&mut self, task: TaskId, lease: u64, submission: Digest) {
        let sign = SignOff {
            lease,
            opened: vec![submission],
            reason: "I read it".to_owned(),
            submission,
            unmet: Vec::new(),
        };
        self.task(anna(), task, TaskCommand::SignOff(Box::new(sign)));
    }

    fn deliver(&mut self) {
        let document = self.artefacts.put(b"the document").unwrap();
        let secret = self.artefacts.put(b"the secret document").unwrap();
        let mut first = spec("first", document);
        let mut held_close = first.instructions.context[0].clone();
        held_close.class = DataClass::Internal;
        held_close.source = ContextSource::Artefact(secret);
        let listed = self.artefacts.put(b"the listed document").unwrap();
        let list = serde_json::to_vec(&[ContextSource::Artefact(listed)]).unwrap();
        let mut many = held_close.clone();
        many.source = ContextSource::Group(self.artefacts.put(&list).unwrap());
        first.instructions.context.extend([held_close, many]);
        let mut second = spec("second", document);
        second.needs = vec!["first".to_owned()];
        second.risk = Risk::Medium;
        self.begin(delivered(), 5_000, vec![first, second]);
        let [first, second] = ["first", "second"].map(|key| task(delivered(), key));

        self.task(ben(), first, TaskCommand::Claim);
        let release = TaskCommand::Release {
            lease: 1,
            note: "I have no time".to_owned(),
        };
        self.task(ben(), first, release);
        self.task(agent(), first, TaskCommand::Claim);
        let made = self.submit(agent(), first, 2, "{\"points\":[]}");
        self.sign(first, 2, made);

        self.task(agent(), second, TaskCommand::Claim);
        let made = self.submit(agent(), second, 1, "{\"brief\":\"…\"}");
        let judgment = Judgment {
            cause: None,
            gap_note: "nothing was missed".to_owned(),
            lease: 1,
            reasons: Vec::new(),
            submission: made,
            verdict: Verdict::Accept,
        };
        self.task(ben(), second, TaskCommand::Review(Box::new(judgment)));
        self.sign(second, 1, made);
        let conclusion = Conclusion {
            opened: vec![made],
            recommendation: Some("Take the first offer.".to_owned()),
            reason: "It answers the question.".to_owned(),
            scope: "The brief.".to_owned(),
        };
        self.outcome(delivered(), OutcomeCommand::SignOff(conclusion));
    }

    /// One task is held, one is under review, and one waits.
    fn begin_another(&mut self) {
        let document = self.artefacts.put(b"another document").unwrap();
        let mut reviewed = spec("reviewed", document);
        reviewed.risk = Risk::High;
        let mut waiting = spec("waiting", document);
        waiting.needs = vec!["held".to_owned()];
        let add = vec![spec("held", document), reviewed, waiting];
        self.begin(running(), 4_000, add);
        let [held, reviewed] = ["held", "reviewed"].map(|key| task(running(), key));
        self.task(agent(), held, TaskCommand::Claim);
        self.task(agent(), reviewed, TaskCommand::Claim);
        self.submit(agent(), reviewed, 1, "{\"risks\":[]}");
    }
}

fn name(value: &str) -> PersonalValue {
    PersonalValue {
        field: "name".to_owned(),
        salt: Digest::of(value.as_bytes()),
        value: value.to_owned(),
    }
}

fn criterion(key: &str) -> Criterion {
    Criterion {
        key: key.to_owned(),
        method: Method::Judgment,
        text: format!("It is {key}."),
        weight: 1,
    }
}

fn charter() -> Charter {
    Charter {
        accountable: anna(),
        asset: Asset::PRACTICE,
        baseline: None,
        criteria: vec![criterion("done")],
        deadline: Some(START.plus_millis(86_400_000)),
        escalation: Vec::new(),
        narrative: "The board meets next week.".to_owned(),
        objective: "A brief that can be decided on.".to_owned(),
        organisation: organisation(),
        playbook: None,
        title: "Brief".to_owned(),
    }
}

pub(crate) fn spec(key: &str, document: Digest) -> TaskSpec {
    TaskSpec {
        apart_from: Vec::new(),
        capability: "summarise".to_owned(),
        gate: false,
        instructions: Instructions {
            context: vec![ContextItem {
                class: DataClass::Public,
                expires_at: None,
                name: "document".to_owned(),
                source: ContextSource::Artefact(document),
            }],
            constraints: vec!["Quote; do not invent.".to_owned()],
            criteria: vec![criterion("sound")],
            goal: "Say what the document says.".to_owned(),
        },
        key: key.to_owned(),
        kind: "summarise".to_owned(),
        lease_ms: 600_000,
        level: 3,
        mode: Mode::Either,
        needs: Vec::new(),
        price: Amount::from_minor(1_000),
        risk: Risk::Low,
        serves: vec!["done".to_owned()],
        title: key.to_owned(),
        weight: 1,
    }
}
