//! Small parts that tests are told with: people, agents, an organisation, an outcome and its tasks.
//!
//! Everything here is plain data. A test changes what its story is about and leaves the rest.

use std::collections::BTreeMap;

use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::{NetworkCommand, Policy};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::{Charter, OutcomeCommand, PreApproval};
use consort_kernel::personal::PersonalValue;
use consort_kernel::task::{
    AiUse, ContextItem, ContextSource, Criterion, DataClass, Instructions, Judgment, Method, Mode,
    Provenance, Reason, Risk, SignOff, Submission, TaskCommand, TaskSpec, Verdict,
};
use consort_kernel::time::Timestamp;

/// The capability that fixtures ask for.
pub const CAPABILITY: &str = "summarise";

/// The moment at which stories begin: 1 March 2026, 09:00 UTC.
pub const START: Timestamp = Timestamp::from_millis(1_772_355_600_000);

/// Something asked, with the words about people that belong to it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What is asked.
    pub body: Body,
    /// Words about people that the body commits to.
    pub personal: Vec<PersonalValue>,
}

impl From<Body> for Asked {
    fn from(body: Body) -> Self {
        Self {
            body,
            personal: Vec::new(),
        }
    }
}

impl Asked {
    /// The command by which a principal asks it.
    pub fn by(self, principal: Principal, id: CommandId) -> Command {
        Command {
            body: self.body,
            expected: None,
            id,
            personal: self.personal,
            principal,
        }
    }
}

/// The capability of the fixtures at a level.
pub fn able(level: u8) -> BTreeMap<String, u8> {
    BTreeMap::from([(CAPABILITY.to_owned(), level)])
}

/// Founds a network.
pub fn found_network(id: NetworkId, steward: ContributorId, policy: Policy) -> Asked {
    let policy = Box::new(policy);
    Body::Network(id, NetworkCommand::Found { policy, steward }).into()
}

/// Adds a person.
pub fn add_person(
    id: ContributorId,
    capabilities: BTreeMap<String, u8>,
    profile: Profile,
) -> Asked {
    add(id, Nature::Person, capabilities, profile)
}

/// Adds an agent of a family, for which a person answers.
pub fn add_agent(
    id: ContributorId,
    (family, operator): (&str, ContributorId),
    capabilities: BTreeMap<String, u8>,
    profile: Profile,
) -> Asked {
    let family = family.to_owned();
    add(
        id,
        Nature::Agent { family, operator },
        capabilities,
        profile,
    )
}

fn add(
    id: ContributorId,
    nature: Nature,
    capabilities: BTreeMap<String, u8>,
    profile: Profile,
) -> Asked {
    let name = name(&id.to_string());
    let body = ContributorCommand::Add {
        capabilities,
        name: name.commitment(),
        nature,
        profile,
    };
    Asked {
        body: Body::Contributor(id, body),
        personal: vec![name],
    }
}

/// Founds an organisation.
pub fn found_organisation(id: OrganisationId, owner: ContributorId) -> Asked {
    let name = name(&id.to_string());
    let body = OrganisationCommand::Found {
        name: name.commitment(),
        owner,
    };
    Asked {
        body: Body::Organisation(id, body),
        personal: vec![name],
    }
}

/// Sets practice money aside.
pub fn deposit(id: OrganisationId, minor: i64) -> Asked {
    let body = OrganisationCommand::Deposit {
        amount: Amount::from_minor(minor),
        asset: Asset::PRACTICE,
        reference: "opening balance".to_owned(),
    };
    Body::Organisation(id, body).into()
}

/// Gives practice money to an outcome.
pub fn fund(id: OrganisationId, outcome: OutcomeId, minor: i64) -> Asked {
    let body = OrganisationCommand::Fund {
        amount: Amount::from_minor(minor),
        asset: Asset::PRACTICE,
        outcome,
    };
    Body::Organisation(id, body).into()
}

/// A charter with one criterion, `done`.
pub fn charter(organisation: OrganisationId, accountable: ContributorId) -> Charter {
    Charter {
        accountable,
        asset: Asset::PRACTICE,
        baseline: None,
        criteria: vec![criterion("done", Method::Judgment)],
        deadline: None,
        escalation: Vec::new(),
        narrative: "The board meets next week.".to_owned(),
        objective: "A brief that can be decided on.".to_owned(),
        organisation,
        playbook: None,
        title: "Brief".to_owned(),
    }
}

/// States an outcome.
pub fn create_outcome(id: OutcomeId, charter: Charter) -> Asked {
    Body::Outcome(id, OutcomeCommand::Create(Box::new(charter))).into()
}

/// Adds tasks to a plan.
pub fn add_tasks(outcome: OutcomeId, add: Vec<TaskSpec>) -> Asked {
    let body = OutcomeCommand::ChangePlan {
        add,
        drop: Vec::new(),
        reason: "the plan".to_owned(),
    };
    Body::Outcome(outcome, body).into()
}

/// A pre-approval up to an amount and a risk.
pub fn pre_approval(minor: i64, risk_max: Risk, gates: bool, expires_at: Timestamp) -> PreApproval {
    PreApproval {
        amount_max: Amount::from_minor(minor),
        expires_at,
        gates,
        reason: "routine work".to_owned(),
        risk_max,
        source: None,
    }
}

/// A task of low risk for whoever is best suited, with one criterion that a person judges.
pub fn spec(key: &str) -> TaskSpec {
    TaskSpec {
        apart_from: Vec::new(),
        capability: CAPABILITY.to_owned(),
        gate: false,
        instructions: Instructions {
            context: vec![ContextItem {
                class: DataClass::Internal,
                expires_at: None,
                name: "document".to_owned(),
                source: ContextSource::Artefact(Digest::of(key.as_bytes())),
            }],
            constraints: vec!["Quote; do not invent.".to_owned()],
            criteria: vec![criterion("sound", Method::Judgment)],
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

/// A criterion.
pub fn criterion(key: &str, method: Method) -> Criterion {
    Criterion {
        key: key.to_owned(),
        method,
        text: format!("It is {key}."),
        weight: 1,
    }
}

/// A submission whose content is this text.
pub fn submission(text: &str) -> Submission {
    Submission {
        content: Digest::of(text.as_bytes()),
        files: BTreeMap::new(),
        provenance: Provenance {
            ai: AiUse::Tool,
            made_with: Some("fixture 1".to_owned()),
        },
    }
}

/// Hands something in.
pub fn submit(task: TaskId, lease: u64, submission: Submission) -> Asked {
    Body::Task(task, TaskCommand::Submit { lease, submission }).into()
}

/// Judges what was handed in; work that goes back has a reason for the criterion `sound`.
pub fn review(task: TaskId, lease: u64, submission: Digest, verdict: Verdict) -> Asked {
    let reasons = match verdict {
        Verdict::Accept | Verdict::Escalate => Vec::new(),
        Verdict::RequestChanges | Verdict::Reject => vec![reason()],
    };
    let judgment = Judgment {
        cause: None,
        gap_note: "Nothing was missed.".to_owned(),
        lease,
        reasons,
        submission,
        verdict,
    };
    Body::Task(task, TaskCommand::Review(Box::new(judgment))).into()
}

/// Signs what was handed in, after opening it.
pub fn sign_off(task: TaskId, lease: u64, submission: Digest) -> Asked {
    let sign = SignOff {
        lease,
        opened: vec![submission],
        reason: "It says what it should.".to_owned(),
        submission,
        unmet: Vec::new(),
    };
    Body::Task(task, TaskCommand::SignOff(Box::new(sign))).into()
}

/// A reason for sending work back.
pub fn reason() -> Reason {
    Reason {
        criterion: "sound".to_owned(),
        text: "A passage is missing.".to_owned(),
    }
}

fn name(of: &str) -> PersonalValue {
    PersonalValue {
        field: "name".to_owned(),
        salt: Digest::of(of.as_bytes()),
        value: format!("Name of {of}"),
    }
}
