//! One random act: four bytes that become a command, more often sensible than not.

use std::collections::BTreeSet;

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{Cause, ContributorCommand, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset, Fraction};
use consort_kernel::network::{Duty, NetworkCommand, Policy, Switch};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::outcome::{Conclusion, OutcomeCommand};
use consort_kernel::personal::PersonalValue;
use consort_kernel::state::Rows;
use consort_kernel::task::{
    Check, DataClass, Judgment, Method, Mode, Phase, Reason, Risk, SignOff, TaskCommand, TaskSpec,
    Verdict,
};

use crate::world::{World, charter, criterion, pre_approval, spec, submission};

/// A world with everybody in it, and outcomes to play with.
pub(super) struct Stage {
    pub(super) world: World,
    people: Vec<ContributorId>,
    organisations: Vec<OrganisationId>,
    outcomes: Vec<OutcomeId>,
    tasks: Vec<TaskId>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let third = |numerator| Fraction {
            denominator: 7,
            numerator,
        };
        let mut world = World::with_policy(Policy {
            fee: third(1),
            tax: third(2),
            ..Policy::default()
        });
        let cheap = Profile {
            clearance: DataClass::Restricted,
            rate_permille: 333,
            ..Profile::default()
        };
        let people = vec![
            world.person(),
            world.person_with(cheap, &[("write", 8)]),
            world.agent("small"),
            world.agent("large"),
            world.ada,
            world.steward,
            ContributorId::new(world.now, 777_777),
        ];
        let other = OrganisationId::new(world.now, 888);
        world.found(other, people[0]);
        world.deposit(other, 5_003);
        let mut stated = charter(&world);
        stated.escalation = vec![people[1]];
        let outcomes = vec![
            world.outcome_with(stated),
            world.state_outcome(charter(&world)),
        ];
        Self {
            organisations: vec![world.organisation, other],
            world,
            people,
            outcomes,
            tasks: Vec::new(),
        }
    }

    /// Plays one act; an answer of no is as good as one of yes.
    pub(super) fn play(&mut self, [kind, who, which, how]: [u8; 4]) {
        self.world.wait(i64::from(how) * 1_000);
        let outcome = *pick(&self.outcomes, which);
        let (usual, body) = match kind % 16 {
            0 => self.about_money(outcome, which, how),
            1 | 2 => self.about_plan(outcome, which, how),
            3 | 7 => self.about_outcome(outcome, how),
            4 => self.about_people(which, how),
            _ if self.tasks.is_empty() => self.about_plan(outcome, which, how),
            5 | 6 => self.route(self.a_task(which), how),
            _ => {
                let task = self.a_task(which);
                self.next_step(task, who, how)
            }
        };
        // One time in four somebody else tries what is not theirs to do.
        let principal = match who % 28 {
            place @ 0..7 => Principal::Contributor(self.people[usize::from(place)]),
            _ => usual,
        };
        // Nonsense is refused; what must hold is looked at after either answer.
        let is_payout = matches!(
            body,
            Body::Contributor(_, ContributorCommand::SetPayout { .. })
        );
        let personal = is_payout.then(payout).into_iter().collect();
        drop(self.world.send_with(principal, body, personal));
    }

    /// A task: one that is still open, where there is one and mostly.
    fn a_task(&self, which: u8) -> TaskId {
        let is_open = |task: &&TaskId| self.world.task(**task).is_some_and(|it| !it.is_settled());
        let open: Vec<TaskId> = self.tasks.iter().filter(is_open).copied().collect();
        if open.is_empty() || which.is_multiple_of(8) {
            return *pick(&self.tasks, which);
        }
        *pick(&open, which)
    }

    fn ada(&self) -> Principal {
        Principal::Contributor(self.world.ada)
    }

    fn about_money(&self, outcome: OutcomeId, which: u8, how: u8) -> (Principal, Body) {
        let organisation = *pick(&self.organisations, which / 2);
        let owner = Principal::Contributor(self.world.party(organisation).owner);
        let amount = Amount::from_minor(i64::from(how) * 37 - 40);
        let asset = if how % 16 == 3 {
            Asset::new("EUR", 2).expect("a currency")
        } else {
            Asset::PRACTICE
        };
        let command = match how % 4 {
            0 => OrganisationCommand::Deposit {
                amount,
                asset,
                reference: "a promise".to_owned(),
            },
            _ => OrganisationCommand::Fund {
                amount,
                asset,
                outcome: if how % 32 == 5 {
                    OutcomeId::from_bits(7)
                } else {
                    outcome
                },
            },
        };
        (owner, Body::Organisation(organisation, command))
    }

    fn about_plan(&mut self, outcome: OutcomeId, which: u8, how: u8) -> (Principal, Body) {
        let reason = "It is needed.".to_owned();
        if which.is_multiple_of(5) && !self.tasks.is_empty() {
            let drop = vec![*pick(&self.tasks, how)];
            let add = Vec::new();
            let change = OutcomeCommand::ChangePlan { add, drop, reason };
            return (self.ada(), Body::Outcome(outcome, change));
        }
        let mut added = random_spec(&format!("t{}", how % 24), which, how);
        if which.is_multiple_of(3) && !self.tasks.is_empty() {
            let needed = self.world.task(*pick(&self.tasks, which / 3));
            let key = needed.map_or("t0", |task| &task.spec.key);
            added.needs = vec![key.to_owned()];
            if which.is_multiple_of(2) {
                added.apart_from.clone_from(&added.needs);
            }
        }
        let task = TaskId::in_outcome(outcome, &added.key);
        if !self.tasks.contains(&task) {
            self.tasks.push(task);
        }
        let mut add = vec![added];
        if which.is_multiple_of(7) {
            let mut other = random_spec(&format!("t{}", how % 24 + 24), which, how);
            other.apart_from = vec![add[0].key.clone()];
            add[0].apart_from.push(other.key.clone());
            self.tasks.push(TaskId::in_outcome(outcome, &other.key));
            add.push(other);
        }
        let drop = Vec::new();
        let change = OutcomeCommand::ChangePlan { add, drop, reason };
        (self.ada(), Body::Outcome(outcome, change))
    }

    fn about_outcome(&self, outcome: OutcomeId, how: u8) -> (Principal, Body) {
        let reason = "It has to be.".to_owned();
        let is_done = self.world.result(outcome).progress.open == 0;
        let command = match if is_done && how.is_multiple_of(2) {
            7
        } else {
            how % 12
        } {
            0 | 1 => OutcomeCommand::Pause { reason },
            2 | 3 => OutcomeCommand::Resume { reason },
            4 | 5 => OutcomeCommand::PreApprove(Box::new(pre_approval(&self.world))),
            6 => OutcomeCommand::RevokePreApproval { number: 1, reason },
            7 => OutcomeCommand::SignOff(Conclusion {
                opened: vec![Digest::of(b"brief")],
                reason,
                recommendation: None,
                scope: "All of it.".to_owned(),
            }),
            8 if how > 200 => OutcomeCommand::Cancel { reason },
            _ => OutcomeCommand::Start,
        };
        (self.ada(), Body::Outcome(outcome, command))
    }

    fn about_people(&self, which: u8, how: u8) -> (Principal, Body) {
        let steward = Principal::Contributor(self.world.steward);
        let reason = "It was seen.".to_owned();
        let who = *pick(&self.people, which);
        let switch = if which.is_multiple_of(2) {
            Switch::Payouts
        } else {
            Switch::Agents
        };
        let network = self.world.network;
        let body = match how % 6 {
            0 if which.is_multiple_of(3) => Body::Network(
                network,
                NetworkCommand::SetDuties {
                    duties: some(&Duty::ALL, how / 6),
                    reason,
                    who,
                },
            ),
            1 if which.is_multiple_of(3) => Body::Organisation(
                *pick(&self.organisations, how / 6),
                OrganisationCommand::SetRoles {
                    reason,
                    roles: some(&Role::ALL, how / 6),
                    task: None,
                    who,
                },
            ),
            2 if which.is_multiple_of(3) => {
                let details = payout().commitment();
                let body = Body::Contributor(who, ContributorCommand::SetPayout { details });
                return (Principal::Contributor(who), body);
            }
            0 => Body::Contributor(who, ContributorCommand::Suspend { reason }),
            1 | 2 => Body::Contributor(who, ContributorCommand::Reinstate { reason }),
            3 => Body::Network(network, NetworkCommand::Stop { reason, switch }),
            _ => Body::Network(network, NetworkCommand::Release { reason, switch }),
        };
        (steward, body)
    }

    fn route(&self, task: TaskId, how: u8) -> (Principal, Body) {
        if self.world.task(task).is_none() {
            return (Principal::Engine, Body::Task(task, TaskCommand::Claim));
        }
        let decision = self.world.route(task, u64::from(how));
        let command = if decision.chosen().is_some() {
            TaskCommand::Offer(Box::new(decision))
        } else {
            TaskCommand::ReportNobody(Box::new(decision))
        };
        (Principal::Engine, Body::Task(task, command))
    }

    fn extend(&self) -> TaskCommand {
        TaskCommand::Extend {
            reason: "It is under way.".to_owned(),
            until: self.world.now.plus_millis(60_000),
        }
    }

    /// What would come next for the task, or what goes wrong with it.
    fn next_step(&self, task: TaskId, who: u8, how: u8) -> (Principal, Body) {
        let someone = Principal::Contributor(*pick(&self.people, who / 28));
        let Some(state) = self.world.task(task) else {
            return (someone, Body::Task(task, TaskCommand::Claim));
        };
        // Now and then a lease number that is over, or not there yet.
        let lease = match how % 16 {
            14 => state.lease_number.saturating_sub(1),
            15 => state.lease_number + 1,
            _ => state.lease_number,
        };
        let engine = Principal::Engine;
        let (principal, command) = match &state.phase {
            _ if how % 32 == 5 && state.returned.is_some() => (self.ada(), more()),
            _ if how == 77 => {
                let reason = "It is too late.".to_owned();
                (
                    self.ada(),
                    TaskCommand::Fail {
                        cause: None,
                        reason,
                    },
                )
            }
            Phase::Offered(offer) => {
                let to = Principal::Contributor(offer.to);
                match how % 6 {
                    0 => (to, TaskCommand::Decline),
                    1 => (
                        engine,
                        TaskCommand::LapseOffer {
                            number: offer.number,
                        },
                    ),
                    _ => (to, TaskCommand::Claim),
                }
            }
            Phase::Leased(held) => {
                let holder = Principal::Contributor(held.holder.id);
                let by = match how % 8 {
                    0 => engine,
                    _ => holder,
                };
                (by, held_step(lease, how))
            }
            Phase::Checking(_) => {
                let checks = state.automatic_criteria().map(|criterion| Check {
                    criterion: criterion.key.clone(),
                    evidence: None,
                    passed: !how.is_multiple_of(5),
                    summary: "It was looked at.".to_owned(),
                });
                let checks = checks.collect();
                (engine, TaskCommand::RecordChecks { checks, lease })
            }
            Phase::Reviewing(handed) => match how % 9 {
                0 => (engine, TaskCommand::EscalateOverdue { lease }),
                _ => (someone, review(lease, handed.submission.content, how)),
            },
            Phase::Signing(handed) => {
                self.signing_step(lease, handed.submission.content, someone, how)
            }
            Phase::Accepted(handed, _) => (self.ada(), sign(lease, handed.submission.content, how)),
            Phase::Ready if state.escalated.is_some() || state.nobody_found => {
                self.stuck_step(lease, who, how)
            }
            Phase::Blocked | Phase::Ready | Phase::Failed { .. } | Phase::Cancelled { .. } => {
                (someone, TaskCommand::Claim)
            }
        };
        (principal, Body::Task(task, command))
    }

    /// What comes next where only a signature is missing.
    fn signing_step(
        &self,
        lease: u64,
        content: Digest,
        someone: Principal,
        how: u8,
    ) -> (Principal, TaskCommand) {
        match how % 9 {
            0 => (Principal::Engine, TaskCommand::EscalateOverdue { lease }),
            1 => (self.ada(), back(lease)),
            2 => (Principal::Engine, TaskCommand::AcceptInAdvance { lease }),
            3 => (someone, review(lease, content, how)),
            _ => (self.ada(), sign(lease, content, how)),
        }
    }

    /// What comes next where somebody has to decide.
    fn stuck_step(&self, lease: u64, who: u8, how: u8) -> (Principal, TaskCommand) {
        let someone = *pick(&self.people, who);
        match how % 5 {
            0 => (Principal::Engine, TaskCommand::EscalateOverdue { lease }),
            1 => (self.ada(), reassign(None)),
            2 => (self.ada(), reassign(Some(someone))),
            3 => (self.ada(), self.extend()),
            _ => (Principal::Contributor(someone), TaskCommand::Claim),
        }
    }
}

fn reassign(to: Option<ContributorId>) -> TaskCommand {
    let reason = "It has to go on.".to_owned();
    TaskCommand::Reassign { reason, to }
}

fn pick<T>(from: &[T], place: u8) -> &T {
    &from[usize::from(place) % from.len()]
}

fn random_spec(key: &str, which: u8, how: u8) -> TaskSpec {
    let mut random = spec(key);
    random.mode = *pick(&[Mode::Either, Mode::Person, Mode::Ai, Mode::Pair], which);
    random.risk = *pick(&[Risk::Low, Risk::Medium, Risk::High, Risk::Critical], how);
    random.price = Amount::from_minor(i64::from(how) * 11);
    random.gate = which.is_multiple_of(7);
    random.instructions.criteria = vec![
        criterion("complete", 3, Method::Judgment),
        criterion("clear", 2, Method::Judgment),
    ];
    if how.is_multiple_of(3) {
        let cited = criterion("cited", 1, Method::MustCite);
        random.instructions.criteria.push(cited);
    }
    if which.is_multiple_of(11) {
        random.serves = Vec::new();
        random.instructions.context[0].class = DataClass::Restricted;
    }
    random
}

fn held_step(lease: u64, how: u8) -> TaskCommand {
    let text = "Which page?".to_owned();
    match how % 8 {
        0 => TaskCommand::Expire { lease },
        1 => TaskCommand::Release { lease, note: text },
        2 => TaskCommand::Ask { lease, text },
        3 => TaskCommand::Note {
            lease,
            note: Digest::of(&[how]),
        },
        _ => TaskCommand::Submit {
            lease,
            submission: submission(&format!("work {how}")),
        },
    }
}

fn reasons() -> Vec<Reason> {
    vec![Reason {
        criterion: "clear".to_owned(),
        text: "It can be read two ways.".to_owned(),
    }]
}

fn review(lease: u64, content: Digest, how: u8) -> TaskCommand {
    let verdict = match how % 13 {
        0 => Verdict::Reject,
        1 | 2 => Verdict::RequestChanges,
        3 => Verdict::Escalate,
        _ => Verdict::Accept,
    };
    let with_reasons = verdict != Verdict::Accept || how.is_multiple_of(4);
    TaskCommand::Review(Box::new(Judgment {
        cause: None,
        gap_note: "Nothing was missed.".to_owned(),
        lease,
        reasons: if with_reasons { reasons() } else { Vec::new() },
        submission: content,
        verdict,
    }))
}

fn more() -> TaskCommand {
    TaskCommand::AddChanges { reasons: reasons() }
}

fn back(lease: u64) -> TaskCommand {
    TaskCommand::RequestChanges {
        cause: Cause::OutsideShock,
        lease,
        reasons: reasons(),
    }
}

fn sign(lease: u64, content: Digest, how: u8) -> TaskCommand {
    let unmet = if how.is_multiple_of(4) {
        vec!["complete".to_owned()]
    } else {
        Vec::new()
    };
    TaskCommand::SignOff(Box::new(SignOff {
        lease,
        opened: vec![content],
        reason: "It answers the question.".to_owned(),
        submission: content,
        unmet,
    }))
}

/// Those of all whose bit is set.
fn some<T: Ord + Copy>(all: &[T], bits: u8) -> BTreeSet<T> {
    let places = all.iter().enumerate();
    places
        .filter(|(place, _)| (bits >> place) & 1 == 1)
        .map(|(_, it)| *it)
        .collect()
}

/// Where everybody's money goes.
fn payout() -> PersonalValue {
    PersonalValue {
        field: "payout".to_owned(),
        salt: Digest::of(b"salt"),
        value: "an account".to_owned(),
    }
}
