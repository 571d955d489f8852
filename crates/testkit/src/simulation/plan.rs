//! Plans: outcomes, their tasks, and the setting up of a network.

use consort_kernel::command::{Body, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OutcomeId};
use consort_kernel::money::Amount;
use consort_kernel::outcome::{Outcome, OutcomeCommand, PreApproval};
use consort_kernel::task::{Bounds, DataClass, Method, Mode, Risk, TaskSpec};

use super::population::CAPABILITIES;
use super::world::World;
use crate::fixture::{self, Asked};

/// What an organisation sets aside at the beginning.
const DEPOSIT_MINOR: i64 = 400_000;

impl World {
    /// Sets up the network: its people, agents, organisations and outcomes.
    pub(super) fn settle_in(&mut self) {
        let steward = self.population.steward();
        let policy = self.population.policy.clone();
        let found = fixture::found_network(self.network, steward, policy);
        self.insist(Principal::Contributor(steward), found);
        for member in self.population.members.clone() {
            let by = member.agent.map_or(member.id, |(_, operator)| operator);
            self.insist(Principal::Contributor(by), member.added());
        }
        for (organisation, owner) in self.population.organisations.clone() {
            let by = Principal::Contributor(owner);
            self.insist(by, fixture::found_organisation(organisation, owner));
            self.insist(by, fixture::deposit(organisation, DEPOSIT_MINOR));
        }
        for _ in 0..=self.random.below(4) {
            self.begin_outcome();
        }
    }

    fn begin_outcome(&mut self) {
        let id = OutcomeId::new(self.now(), self.random.bits());
        let place = self.random.below(self.population.organisations.len());
        let (organisation, _) = self.population.organisations[place];
        let accountable = self.population.person(&mut self.random);
        let mut charter = fixture::charter(organisation, accountable);
        for _ in 0..self.random.below(3) {
            let person = self.population.person(&mut self.random);
            charter.escalation.push(person);
        }
        if self.random.chance(30) {
            let after_ms = self.random.between(600_000, 40_000_000);
            charter.deadline = Some(self.now().plus_millis(after_ms));
        }
        let by = Principal::Contributor(accountable);
        self.insist(by, fixture::create_outcome(id, charter));
        self.outcomes.push(id);
        for (funder, owner) in self.population.organisations.clone() {
            if funder == organisation || self.random.chance(40) {
                let minor = self.random.between(5_000, 60_000);
                let give = fixture::fund(funder, id, minor);
                self.insist(Principal::Contributor(owner), give);
            }
        }
        let count = match self.random.below(10) {
            0..=5 => self.random.between(1, 6),
            6..=8 => self.random.between(5, 14),
            _ => self.random.between(14, 40),
        };
        let add = self.specs(count, &[]);
        self.insist(by, fixture::add_tasks(id, add));
        for _ in 0..self.random.below(3) {
            let terms = self.terms();
            let approve = OutcomeCommand::PreApprove(Box::new(terms));
            self.insist(by, Body::Outcome(id, approve).into());
        }
        if self.random.chance(85) {
            self.insist(by, Body::Outcome(id, OutcomeCommand::Start).into());
        }
    }

    /// So many tasks, each of which may need those before it and the given ones.
    pub(super) fn specs(&mut self, count: i64, known: &[String]) -> Vec<TaskSpec> {
        let mut specs: Vec<TaskSpec> = Vec::new();
        for _ in 0..count {
            self.planned += 1;
            let mut needs: Vec<String> = Vec::new();
            for key in known.iter().chain(specs.iter().map(|spec| &spec.key)) {
                if needs.len() < 3 && self.random.chance(12) {
                    needs.push(key.clone());
                }
            }
            let key = format!("task-{}", self.planned);
            let spec = self.spec(&key, needs);
            specs.push(spec);
        }
        if self.random.chance(30) {
            let first = self.random.below(specs.len());
            let size = self.random.between(2, 4);
            let last = (first + usize::try_from(size).expect("a few")).min(specs.len());
            keep_apart(&mut specs[first..last]);
        }
        specs
    }

    fn spec(&mut self, key: &str, needs: Vec<String>) -> TaskSpec {
        let random = &mut self.random;
        let mut spec = fixture::spec(key);
        CAPABILITIES[random.below(CAPABILITIES.len())].clone_into(&mut spec.capability);
        spec.level = u8::try_from(random.between(1, 6)).expect("a level");
        spec.mode = [
            Mode::Either,
            Mode::Either,
            Mode::Person,
            Mode::Ai,
            Mode::Pair,
        ][random.below(5)];
        spec.risk = [
            Risk::Low,
            Risk::Low,
            Risk::Medium,
            Risk::Medium,
            Risk::High,
            Risk::Critical,
        ][random.below(6)];
        spec.gate = random.chance(10);
        spec.price = Amount::from_minor(random.between(0, 1_500));
        spec.weight = u32::try_from(random.between(0, 5)).expect("a weight");
        spec.lease_ms = u32::try_from(random.between(60_000, 5_400_000)).expect("a lease");
        spec.instructions.context[0].class = [
            DataClass::Public,
            DataClass::Internal,
            DataClass::Internal,
            DataClass::Confidential,
            DataClass::Restricted,
        ][random.below(5)];
        if random.chance(60) {
            let bounds = Method::Bounds(Bounds {
                at: "/text".to_owned(),
                max: 900,
                min: 1,
            });
            let criteria = &mut spec.instructions.criteria;
            criteria.push(fixture::criterion("length", bounds));
            criteria[1].weight = u32::try_from(random.between(0, 4)).expect("a weight");
        }
        if let Some(first) = needs.first()
            && random.chance(30)
        {
            spec.apart_from = vec![first.clone()];
        }
        spec.needs = needs;
        spec
    }

    pub(super) fn terms(&mut self) -> PreApproval {
        let minor = self.random.between(100, 2_000);
        let risk = if self.random.chance(60) {
            Risk::Medium
        } else {
            Risk::Low
        };
        let gates = self.random.chance(40);
        let expires_at = self
            .now()
            .plus_millis(self.random.between(60_000, 90_000_000));
        fixture::pre_approval(minor, risk, gates, expires_at)
    }

    /// A change of a plan: tasks come in, tasks go.
    pub(super) fn plan_change(&mut self, outcome: &Outcome) -> Asked {
        let all = self.tasks_where(outcome.id, |_| true);
        let mut known = Vec::new();
        let mut drop = Vec::new();
        for id in all {
            if self.random.chance(15) {
                known.extend(self.task(id).map(|task| task.spec.key));
            }
            if self.random.chance(4) {
                drop.push(id);
            }
        }
        let count = self.random.between(i64::from(drop.is_empty()), 3);
        let mut add = self.specs(count, &known);
        if let (Some(spec), Some(other)) = (add.first_mut(), known.first())
            && self.random.chance(30)
        {
            // Where the other one is not accepted yet, the change is refused.
            spec.apart_from.push(other.clone());
        }
        let reason = "what was learnt on the way".to_owned();
        Body::Outcome(outcome.id, OutcomeCommand::ChangePlan { add, drop, reason }).into()
    }

    /// What somebody hands in; `is_good` says whether it passes its checks.
    pub(super) fn content(&mut self, by: ContributorId, is_good: bool) -> Digest {
        let text = format!("{by} {}", self.random.next());
        let content = Digest::of(text.as_bytes());
        if !is_good {
            self.bad.insert(content);
        }
        content
    }
}

/// Nobody may do two of these, but for those that need each other.
fn keep_apart(specs: &mut [TaskSpec]) {
    let named: Vec<(String, Vec<String>)> = specs
        .iter()
        .map(|spec| (spec.key.clone(), spec.needs.clone()))
        .collect();
    for spec in specs {
        for (key, needs) in &named {
            let is_linked = needs.contains(&spec.key) || spec.needs.contains(key);
            if *key != spec.key && !is_linked {
                spec.apart_from.push(key.clone());
            }
        }
    }
}
