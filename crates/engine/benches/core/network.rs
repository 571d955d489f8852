//! A network in memory, made by the lane: people, one outcome, one task that is done and one that
//! waits.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use consort_engine::lane::{Lane, Work};
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::event::Envelope;
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::{NetworkCommand, Policy};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::{Charter, OutcomeCommand};
use consort_kernel::personal::PersonalValue;
use consort_kernel::state::{Rows, State};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{
    AiUse, ContextItem, ContextSource, Criterion, DataClass, Instructions, Method, Mode,
    Provenance, Risk, SignOff, Submission, Task, TaskCommand, TaskSpec,
};
use consort_kernel::time::Timestamp;
use consort_store::Store;
use consort_store::memory::MemoryStore;

const START: Timestamp = Timestamp::from_millis(1_795_226_400_000);
const CAPABILITY: &str = "label";
/// How many contributors are added at a time.
const BATCH: usize = 500;

/// The network.
pub(crate) struct Network {
    store: Arc<MemoryStore>,
    lane: Lane,
    commands: u128,
}

/// The states of a small network, as a decision sees them.
pub(crate) struct States(HashMap<StreamId, State>);

impl Rows for States {
    fn state(&self, stream: StreamId) -> Option<&State> {
        self.0.get(&stream)
    }

    fn network(&self) -> Option<&consort_kernel::network::Network> {
        match self.0.get(&StreamId::Network(network())) {
            Some(State::Network(network)) => Some(network),
            Some(_) | None => None,
        }
    }

    fn tasks_of(&self, _: OutcomeId, _: Option<TaskId>, _: usize) -> Vec<TaskId> {
        Vec::new()
    }

    fn unsigned(&self, _: Option<OutcomeId>, _: Option<TaskId>, _: usize) -> Vec<TaskId> {
        Vec::new()
    }
}

impl Network {
    pub(crate) fn with_contributors(count: u32) -> Self {
        let store = Arc::new(MemoryStore::new());
        let lane = Lane::open(store.clone(), network(), true).unwrap();
        let mut it = Self {
            store,
            lane,
            commands: 0,
        };
        let people: Vec<u32> = (0..count).collect();
        for people in people.chunks(BATCH) {
            let added: Vec<Work> = people.iter().map(|number| it.newcomer(*number)).collect();
            it.step(&added);
        }
        it.begin();
        it.do_one();
        it
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub(crate) const fn now() -> Timestamp {
        START
    }

    pub(crate) fn person(number: u32) -> ContributorId {
        ContributorId::new(START, u128::from(number) << 40 | 1)
    }

    /// The task that waits.
    pub(crate) fn task() -> TaskId {
        TaskId::in_outcome(outcome(), "second")
    }

    pub(crate) fn state_of_task(&self) -> Task {
        let row = self.store.load(&[StreamId::Task(Self::task())]).unwrap();
        match serde_json::from_str(&row[0].body).unwrap() {
            State::Task(task) => *task,
            _ => unreachable!("a task's row holds a task"),
        }
    }

    pub(crate) fn rows(&self) -> States {
        let streams = [
            StreamId::Network(network()),
            StreamId::Contributor(Self::person(3)),
            StreamId::Outcome(outcome()),
            StreamId::Task(Self::task()),
        ];
        let rows = self.store.load(&streams).unwrap().into_iter();
        States(
            rows.map(|row| (row.stream, serde_json::from_str(&row.body).unwrap()))
                .collect(),
        )
    }

    /// What happened to the task that is done.
    pub(crate) fn life(&self) -> Vec<Envelope> {
        let task = StreamId::Task(TaskId::in_outcome(outcome(), "first"));
        let rows = self.store.history(task, 0, 100).unwrap().into_iter();
        rows.map(|row| Envelope::from_stored(&row.event.body).unwrap())
            .collect()
    }

    fn newcomer(&mut self, number: u32) -> Work {
        let name = PersonalValue {
            field: "name".to_owned(),
            salt: Digest::of(&number.to_be_bytes()),
            value: format!("Person {number}"),
        };
        let add = ContributorCommand::Add {
            capabilities: BTreeMap::from([(CAPABILITY.to_owned(), 5)]),
            name: name.commitment(),
            nature: Nature::Person,
            profile: Profile {
                rate_permille: 500 + u16::try_from(number % 500).unwrap(),
                ..Profile::default()
            },
        };
        let id = Self::person(number);
        let mut command = self.command(id, Body::Contributor(id, add));
        command.personal.push(name);
        Work::Command(command)
    }

    fn begin(&mut self) {
        let owner = Self::person(0);
        let name = PersonalValue {
            field: "name".to_owned(),
            salt: Digest::of(b"salt"),
            value: "Lindenhof".to_owned(),
        };
        let founded = OrganisationCommand::Found {
            name: name.commitment(),
            owner,
        };
        let mut found = self.command(owner, Body::Organisation(organisation(), founded));
        found.personal.push(name);
        self.step(&[Work::Command(found)]);
        let policy = Box::new(Policy::default());
        let steward = owner;
        let amount = Amount::from_minor(1_000);
        let asset = Asset::PRACTICE;
        let reference = "opening balance".to_owned();
        let add = vec![spec("first"), spec("second")];
        let (drop, reason) = (Vec::new(), "the plan".to_owned());
        for body in [
            Body::Network(network(), NetworkCommand::Found { policy, steward }),
            Body::Organisation(
                organisation(),
                OrganisationCommand::Deposit {
                    amount,
                    asset,
                    reference,
                },
            ),
            Body::Outcome(outcome(), OutcomeCommand::Create(Box::new(charter(owner)))),
            Body::Organisation(
                organisation(),
                OrganisationCommand::Fund {
                    amount,
                    asset,
                    outcome: outcome(),
                },
            ),
            Body::Outcome(outcome(), OutcomeCommand::ChangePlan { add, drop, reason }),
            Body::Outcome(outcome(), OutcomeCommand::Start),
        ] {
            self.ask(owner, body);
        }
    }

    fn do_one(&mut self) {
        let task = TaskId::in_outcome(outcome(), "first");
        let content = Digest::of(b"a label");
        let submission = Submission {
            content,
            files: BTreeMap::new(),
            provenance: Provenance {
                ai: AiUse::None,
                made_with: None,
            },
        };
        let sign = SignOff {
            lease: 1,
            opened: vec![content],
            reason: "The label is right.".to_owned(),
            submission: content,
            unmet: Vec::new(),
        };
        let (lease, performer) = (1, Self::person(1));
        self.ask(performer, Body::Task(task, TaskCommand::Claim));
        let submit = TaskCommand::Submit { lease, submission };
        self.ask(performer, Body::Task(task, submit));
        let sign = TaskCommand::SignOff(Box::new(sign));
        self.ask(Self::person(0), Body::Task(task, sign));
    }

    fn ask(&mut self, who: ContributorId, body: Body) {
        let command = self.command(who, body);
        self.step(&[Work::Command(command)]);
    }

    fn command(&mut self, who: ContributorId, body: Body) -> Command {
        self.commands += 1;
        Command {
            body,
            expected: None,
            id: CommandId::new(START, self.commands),
            personal: Vec::new(),
            principal: Principal::Contributor(who),
        }
    }

    fn step(&mut self, work: &[Work]) {
        for reply in self.lane.step(work, START) {
            reply.unwrap();
        }
    }
}

fn network() -> NetworkId {
    NetworkId::new(START, 1)
}

fn organisation() -> OrganisationId {
    OrganisationId::new(START, 2)
}

fn outcome() -> OutcomeId {
    OutcomeId::new(START, 3)
}

fn charter(accountable: ContributorId) -> Charter {
    Charter {
        accountable,
        asset: Asset::PRACTICE,
        baseline: None,
        criteria: vec![criterion()],
        deadline: None,
        escalation: Vec::new(),
        narrative: "Complaints are answered the same day.".to_owned(),
        objective: "Every letter has a label.".to_owned(),
        organisation: organisation(),
        playbook: None,
        title: "Label the letters".to_owned(),
    }
}

fn spec(key: &str) -> TaskSpec {
    TaskSpec {
        apart_from: Vec::new(),
        capability: CAPABILITY.to_owned(),
        gate: false,
        instructions: Instructions {
            constraints: vec!["Use only the labels of the guide.".to_owned()],
            context: vec![ContextItem {
                class: DataClass::Internal,
                expires_at: None,
                name: "letter".to_owned(),
                source: ContextSource::Artefact(Digest::of(key.as_bytes())),
            }],
            criteria: vec![criterion()],
            goal: "Say which desk should answer this letter.".to_owned(),
        },
        key: key.to_owned(),
        kind: "label".to_owned(),
        lease_ms: 3_600_000,
        level: 4,
        mode: Mode::Person,
        needs: Vec::new(),
        price: Amount::from_minor(250),
        risk: Risk::Low,
        serves: vec!["labelled".to_owned()],
        title: format!("Label the {key} letter"),
        weight: 1,
    }
}

fn criterion() -> Criterion {
    Criterion {
        key: "labelled".to_owned(),
        method: Method::Judgment,
        text: "The label names the desk that the letter is for.".to_owned(),
        weight: 1,
    }
}
