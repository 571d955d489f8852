//! What the world begins with, and things with good defaults to plan and hand in.

use std::collections::BTreeMap;

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::{NetworkCommand, Policy};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::{Charter, OutcomeCommand, PreApproval};
use consort_kernel::personal::PersonalValue;
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{
    AiUse, ContextItem, ContextSource, Criterion, DataClass, Instructions, Method, Mode,
    Provenance, Risk, Submission, TaskSpec,
};
use consort_kernel::time::Timestamp;

use super::World;

/// What the organisation has set aside at the beginning.
pub(crate) const FUNDS: i64 = 1_000_000;
/// What an outcome is given at its beginning.
pub(crate) const BUDGET: i64 = 100_000;

impl World {
    /// A network with default rules.
    pub(crate) fn new() -> Self {
        Self::with_policy(Policy::default())
    }

    /// A network with these rules.
    pub(crate) fn with_policy(policy: Policy) -> Self {
        let now = Timestamp::from_millis(1_795_226_400_000);
        let (ada, steward) = (ContributorId::new(now, 1), ContributorId::new(now, 2));
        let mut world = Self {
            now,
            network: NetworkId::new(now, 3),
            organisation: OrganisationId::new(now, 4),
            ada,
            steward,
            states: BTreeMap::new(),
            history: Vec::new(),
            balances: BTreeMap::new(),
            acceptances: BTreeMap::new(),
            timers: BTreeMap::new(),
            refused: Vec::new(),
            leases: BTreeMap::new(),
            versions: BTreeMap::new(),
            next: 100,
        };
        let found = NetworkCommand::Found {
            policy: Box::new(policy),
            steward,
        };
        let (network, organisation) = (world.network, world.organisation);
        world
            .by(steward, Body::Network(network, found))
            .expect("a network is founded once");
        world.add(ada, Nature::Person, Profile::default(), &[]);
        world.add(steward, Nature::Person, Profile::default(), &[]);
        world.found(organisation, ada);
        world.deposit(organisation, FUNDS);
        world
    }

    /// Adds a contributor under this identifier.
    pub(crate) fn add(
        &mut self,
        id: ContributorId,
        nature: Nature,
        profile: Profile,
        capabilities: &[(&str, u8)],
    ) {
        self.try_add(id, nature, profile, capabilities)
            .expect("the test's contributor can be added");
    }

    /// Asks for a contributor under this identifier.
    pub(crate) fn try_add(
        &mut self,
        id: ContributorId,
        nature: Nature,
        profile: Profile,
        capabilities: &[(&str, u8)],
    ) -> Result<(), Rejection> {
        let name = personal_name(id.bits());
        let by = match &nature {
            Nature::Agent { operator, .. } => *operator,
            Nature::Person => id,
        };
        let add = ContributorCommand::Add {
            capabilities: levels(capabilities),
            name: name.commitment(),
            nature,
            profile,
        };
        let principal = Principal::Contributor(by);
        self.send_with(principal, Body::Contributor(id, add), vec![name])
            .map(|_| ())
    }

    /// A person who can write at level 5.
    pub(crate) fn person(&mut self) -> ContributorId {
        self.person_with(Profile::default(), &[("write", 5)])
    }

    /// A person with this profile and these capabilities.
    pub(crate) fn person_with(
        &mut self,
        profile: Profile,
        capabilities: &[(&str, u8)],
    ) -> ContributorId {
        let id = ContributorId::new(self.now, self.draw());
        self.add(id, Nature::Person, profile, capabilities);
        id
    }

    /// An agent of this family that can write at level 5; Ada answers for it.
    pub(crate) fn agent(&mut self, family: &str) -> ContributorId {
        let id = ContributorId::new(self.now, self.draw());
        let nature = Nature::Agent {
            family: family.to_owned(),
            operator: self.ada,
        };
        self.add(id, nature, agent_profile(), &[("write", 5)]);
        id
    }

    /// Founds an organisation.
    pub(crate) fn found(&mut self, id: OrganisationId, owner: ContributorId) {
        let name = personal_name(id.bits());
        let found = OrganisationCommand::Found {
            name: name.commitment(),
            owner,
        };
        let principal = Principal::Contributor(owner);
        self.send_with(principal, Body::Organisation(id, found), vec![name])
            .expect("an organisation is founded once");
    }

    /// Sets practice money aside, as the owner does.
    pub(crate) fn deposit(&mut self, organisation: OrganisationId, minor: i64) {
        let owner = self.party(organisation).owner;
        let deposit = OrganisationCommand::Deposit {
            amount: Amount::from_minor(minor),
            asset: Asset::PRACTICE,
            reference: "an opening balance".to_owned(),
        };
        self.by(owner, Body::Organisation(organisation, deposit))
            .expect("an owner sets money aside");
    }

    /// Gives practice money to an outcome, as the owner does.
    pub(crate) fn fund(&mut self, organisation: OrganisationId, outcome: OutcomeId, minor: i64) {
        let owner = self.party(organisation).owner;
        let fund = OrganisationCommand::Fund {
            amount: Amount::from_minor(minor),
            asset: Asset::PRACTICE,
            outcome,
        };
        self.by(owner, Body::Organisation(organisation, fund))
            .expect("the organisation has the money");
    }

    /// States an outcome, without money.
    pub(crate) fn state_outcome(&mut self, charter: Charter) -> OutcomeId {
        let id = OutcomeId::new(self.now, self.draw());
        let accountable = charter.accountable;
        let create = OutcomeCommand::Create(Box::new(charter));
        self.by(accountable, Body::Outcome(id, create))
            .expect("the test's charter is complete");
        id
    }

    /// An outcome with its budget and no plan.
    pub(crate) fn outcome_with(&mut self, charter: Charter) -> OutcomeId {
        let id = self.state_outcome(charter);
        self.fund(self.organisation, id, BUDGET);
        id
    }

    /// A running outcome with these tasks.
    pub(crate) fn running<const N: usize>(
        &mut self,
        specs: [TaskSpec; N],
    ) -> (OutcomeId, [TaskId; N]) {
        let charter = charter(self);
        self.running_with(charter, specs)
    }

    /// A running outcome with this charter and these tasks.
    pub(crate) fn running_with<const N: usize>(
        &mut self,
        charter: Charter,
        specs: [TaskSpec; N],
    ) -> (OutcomeId, [TaskId; N]) {
        let outcome = self.outcome_with(charter);
        let tasks = std::array::from_fn(|n| TaskId::in_outcome(outcome, &specs[n].key));
        self.plan(outcome, specs.into()).expect("the plan is good");
        self.ask_outcome(outcome, OutcomeCommand::Start)
            .expect("the plan covers the outcome");
        (outcome, tasks)
    }
}

/// What an agent declares: it takes many tasks at a time.
pub(crate) fn agent_profile() -> Profile {
    Profile {
        concurrency: 8,
        ..Profile::default()
    }
}

/// An outcome that Ada answers for, with one criterion, `done`.
pub(crate) fn charter(world: &World) -> Charter {
    Charter {
        accountable: world.ada,
        asset: Asset::PRACTICE,
        baseline: None,
        criteria: vec![criterion("done", 1, Method::Judgment)],
        deadline: None,
        escalation: Vec::new(),
        narrative: "The board meets on Friday.".to_owned(),
        objective: "Decide which offer to take.".to_owned(),
        organisation: world.organisation,
        playbook: None,
        title: "Three offers compared".to_owned(),
    }
}

/// A task of low risk for anybody, at 1,000 units, that serves `done`.
pub(crate) fn spec(key: &str) -> TaskSpec {
    TaskSpec {
        apart_from: Vec::new(),
        capability: "write".to_owned(),
        gate: false,
        instructions: Instructions {
            constraints: vec!["Quote, do not guess.".to_owned()],
            context: vec![ContextItem {
                class: DataClass::Internal,
                expires_at: None,
                name: "offer".to_owned(),
                source: ContextSource::Artefact(Digest::of(b"the offer")),
            }],
            criteria: vec![criterion("complete", 1, Method::Judgment)],
            goal: "Say what the offer promises.".to_owned(),
        },
        key: key.to_owned(),
        kind: "summarise".to_owned(),
        lease_ms: 60_000,
        level: 3,
        mode: Mode::Either,
        needs: Vec::new(),
        price: Amount::from_minor(1_000),
        risk: Risk::Low,
        serves: vec!["done".to_owned()],
        title: format!("Summarise {key}"),
        weight: 1,
    }
}

/// A criterion.
pub(crate) fn criterion(key: &str, weight: u32, method: Method) -> Criterion {
    Criterion {
        key: key.to_owned(),
        method,
        text: format!("It is {key}."),
        weight,
    }
}

/// A signature in advance for a day that covers everything that may be signed in advance.
pub(crate) fn pre_approval(world: &World) -> PreApproval {
    PreApproval {
        amount_max: Amount::from_minor(1_000),
        expires_at: world.now.plus_millis(86_400_000),
        gates: true,
        reason: "I know this kind of work.".to_owned(),
        risk_max: Risk::Medium,
        source: None,
    }
}

/// Something to hand in.
pub(crate) fn submission(text: &str) -> Submission {
    Submission {
        content: Digest::of(text.as_bytes()),
        files: BTreeMap::new(),
        provenance: Provenance {
            ai: AiUse::None,
            made_with: None,
        },
    }
}

pub(crate) fn personal_name(bits: u128) -> PersonalValue {
    PersonalValue {
        field: "name".to_owned(),
        salt: Digest::of(&bits.to_be_bytes()),
        value: "Somebody".to_owned(),
    }
}

fn levels(capabilities: &[(&str, u8)]) -> BTreeMap<String, u8> {
    let owned = |(key, level): &(&str, u8)| ((*key).to_owned(), *level);
    capabilities.iter().map(owned).collect()
}
