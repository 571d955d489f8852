//! The network that a benchmark runs in: who does, reviews and signs, and what is asked of them.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use consort_engine::Engine;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::Policy;
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::{Charter, OutcomeCommand};
use consort_kernel::task::{
    ContextItem, ContextSource, Criterion, DataClass, Instructions, Method, Mode, Risk, TaskSpec,
};

use super::lifecycle::{Load, PLAN};

/// How many people do the work, and review each other's.
pub(super) const PEOPLE: usize = 48;
/// What the work takes.
pub(super) const CAPABILITY: &str = "label";
const LEVEL: u8 = 4;
/// What is paid for a task, in minor units.
pub(super) const PRICE: Amount = Amount::from_minor(250);

/// Who works.
pub(super) struct Crew {
    pub(super) steward: ContributorId,
    pub(super) people: Vec<ContributorId>,
    organisation: OrganisationId,
    /// How many of the people, from the first, are asked where an outcome goes up.
    overseers: usize,
}

impl Crew {
    /// Founds a network with so many people, and money enough for so many tasks. The overseers among
    /// the people see every outcome.
    pub(super) fn gather(
        engine: &Engine,
        load: Load,
        people: usize,
        overseers: usize,
    ) -> Result<Self> {
        let steward = id(engine)?;
        network::found(engine, Policy::default(), steward)?;
        // Twice what each would hold if all held the same, so that routing has a choice.
        let each = u16::try_from(2 * load.in_flight as usize / people + 2).unwrap_or(u16::MAX);
        let add = |who, name: String, capabilities| -> Result<ContributorId> {
            let newcomer = Newcomer {
                name,
                nature: Nature::Person,
                capabilities,
                profile: Profile {
                    concurrency: each,
                    ..Profile::default()
                },
            };
            network::add(engine, who, &newcomer)?;
            Ok(who)
        };
        add(steward, "Steward".to_owned(), BTreeMap::new())?;
        let people = (0..people)
            .map(|number| {
                let capabilities = BTreeMap::from([(CAPABILITY.to_owned(), LEVEL)]);
                add(id(engine)?, format!("Person {number}"), capabilities)
            })
            .collect::<Result<_>>()?;
        let organisation = network::organisation(engine, steward, "Bench")?;
        // Whoever divides the tasks among outcomes may round up for each.
        let tasks = load.tasks.next_multiple_of(PLAN) + PLAN;
        let amount = Amount::from_minor(PRICE.minor() * i64::from(tasks));
        let deposit = OrganisationCommand::Deposit {
            amount,
            asset: Asset::PRACTICE,
            reference: "for the benchmark".to_owned(),
        };
        engine.execute(
            Principal::Contributor(steward),
            Body::Organisation(organisation, deposit),
        )?;
        Ok(Self {
            steward,
            people,
            organisation,
            overseers,
        })
    }

    /// States an outcome and funds it for so many tasks.
    pub(super) fn outcome(&self, engine: &Engine, tasks: u32) -> Result<OutcomeId> {
        let outcome = OutcomeId::new(engine.now(), engine.random()?);
        let person = Principal::Contributor(self.steward);
        let create = OutcomeCommand::Create(Box::new(self.charter()));
        let fund = OrganisationCommand::Fund {
            amount: Amount::from_minor(PRICE.minor() * i64::from(tasks)),
            asset: Asset::PRACTICE,
            outcome,
        };
        let commands = vec![
            engine.command(person, Body::Outcome(outcome, create))?,
            engine.command(person, Body::Organisation(self.organisation, fund))?,
        ];
        for answer in engine.send_all(commands)? {
            answer.map_err(|error| anyhow!("an outcome could not be stated: {error}"))?;
        }
        Ok(outcome)
    }

    /// Somebody other than who did the work.
    pub(super) fn reviewer(&self, place: usize, performer: ContributorId) -> ContributorId {
        let one = self.people[place % self.people.len()];
        if one == performer {
            self.people[(place + 1) % self.people.len()]
        } else {
            one
        }
    }

    fn charter(&self) -> Charter {
        Charter {
            accountable: self.steward,
            asset: Asset::PRACTICE,
            baseline: None,
            criteria: vec![criterion()],
            deadline: None,
            escalation: self.people[..self.overseers].to_vec(),
            narrative: "Complaints are answered by the right desk the same day.".to_owned(),
            objective: "Every letter has a label that two people agree on.".to_owned(),
            organisation: self.organisation,
            playbook: None,
            title: "Label the letters".to_owned(),
        }
    }
}

/// A task as people would describe it.
pub(super) fn task(number: u32) -> TaskSpec {
    TaskSpec {
        apart_from: Vec::new(),
        capability: CAPABILITY.to_owned(),
        gate: false,
        instructions: Instructions {
            constraints: vec!["Use only the labels of the guide; do not guess.".to_owned()],
            context: vec![ContextItem {
                class: DataClass::Internal,
                expires_at: None,
                name: "letter".to_owned(),
                source: ContextSource::Artefact(Digest::of(&number.to_be_bytes())),
            }],
            criteria: vec![criterion()],
            goal: "Say which desk should answer this letter, so that nobody waits twice."
                .to_owned(),
        },
        key: format!("label[{number}]"),
        kind: "label".to_owned(),
        lease_ms: 3_600_000,
        level: LEVEL,
        mode: Mode::Person,
        needs: Vec::new(),
        price: PRICE,
        risk: Risk::Medium,
        serves: vec!["labelled".to_owned()],
        title: format!("Label letter {number}"),
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

fn id(engine: &Engine) -> Result<ContributorId> {
    Ok(ContributorId::new(engine.now(), engine.random()?))
}
