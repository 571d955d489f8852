//! What the people do who answer for outcomes, money and the network.

use std::collections::BTreeSet;

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::ContributorCommand;
use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, OutcomeId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::{Duty, NetworkCommand, Switch};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::outcome::{Conclusion, Outcome, OutcomeCommand, Phase};
use consort_kernel::personal::PersonalValue;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;

use super::population::{capabilities, policy, profile};
use super::world::World;
use crate::fixture;

/// Forty days: longer than answers are kept.
const LONG_AGO_MS: i64 = 40 * 24 * 3_600_000;

impl World {
    /// The accountable person sees to an outcome.
    pub(super) fn answer_for(&mut self, id: OutcomeId) {
        let Some(outcome) = self.outcome(id) else {
            return;
        };
        let reason = "so it was decided".to_owned();
        let command = match (outcome.phase, self.random.below(100)) {
            (Phase::Planned, 0..=59) => OutcomeCommand::Start,
            (Phase::Paused, 0..=69) | (_, 0..=2) => OutcomeCommand::Resume { reason },
            (Phase::Running, 3..=12) => OutcomeCommand::Pause { reason },
            (Phase::Running, 13..=14) => OutcomeCommand::Cancel { reason },
            (_, 15..=49) => {
                let change = self.plan_change(&outcome);
                let by = Principal::Contributor(outcome.charter.accountable);
                return self.send(by, change);
            }
            (_, 50..=69) => OutcomeCommand::PreApprove(Box::new(self.terms())),
            (_, 70..=75) => OutcomeCommand::RevokePreApproval {
                number: outcome.pre_approvals_given,
                reason,
            },
            (_, 76..=84) => {
                let number = outcome.pre_approvals_given;
                let close = OutcomeCommand::CloseInAdvance { number };
                return self.send(Principal::Engine, Body::Outcome(id, close).into());
            }
            _ => OutcomeCommand::SignOff(conclusion()),
        };
        let by = if self.random.chance(95) {
            outcome.charter.accountable
        } else {
            self.population.anybody(&mut self.random)
        };
        self.send(
            Principal::Contributor(by),
            Body::Outcome(id, command).into(),
        );
    }

    /// An owner sets money aside, or gives it to an outcome; some of it to the wrong one.
    pub(super) fn move_money(&mut self, outcome: OutcomeId) {
        let place = self.random.below(self.population.organisations.len());
        let (organisation, owner) = self.population.organisations[place];
        let minor = self.random.between(1, 20_000);
        let amount = Amount::from_minor(minor);
        let euro = Asset::new("EUR", 2).expect("three capitals");
        let asset = if self.random.chance(85) {
            Asset::PRACTICE
        } else {
            euro
        };
        let outcome = if self.random.chance(95) {
            outcome
        } else {
            OutcomeId::new(self.now(), self.random.bits())
        };
        let by = if self.random.chance(80) {
            owner
        } else {
            self.population.anybody(&mut self.random)
        };
        let command = if self.random.chance(15) {
            OrganisationCommand::SetRoles {
                reason: "somebody has to do it".to_owned(),
                roles: self.roles(),
                task: None,
                who: self.population.anybody(&mut self.random),
            }
        } else if self.random.chance(30) {
            OrganisationCommand::Deposit {
                amount,
                asset,
                reference: "more".to_owned(),
            }
        } else {
            OrganisationCommand::Fund {
                amount,
                asset,
                outcome,
            }
        };
        let body = Body::Organisation(organisation, command);
        self.send(Principal::Contributor(by), body.into());
    }

    fn roles(&mut self) -> BTreeSet<Role> {
        let mut roles = BTreeSet::new();
        for role in Role::ALL {
            if self.random.chance(40) {
                roles.insert(role);
            }
        }
        roles
    }

    /// Any duties; the first steward stays one, for the story needs them.
    fn duties(&mut self, is_steward: bool) -> BTreeSet<Duty> {
        let mut duties = BTreeSet::new();
        for duty in Duty::ALL {
            if self.random.chance(50) || (is_steward && duty == Duty::Steward) {
                duties.insert(duty);
            }
        }
        duties
    }

    /// The steward suspends and reinstates, stops and releases, and changes the rules.
    pub(super) fn look_after_the_network(&mut self) {
        let steward = self.population.steward();
        let somebody = self.population.anybody(&mut self.random);
        let reason = "for the good of all".to_owned();
        let switch = if self.random.chance(50) {
            Switch::Agents
        } else {
            Switch::Payouts
        };
        let id = self.network;
        let network = |command| Body::Network(id, command);
        let body = match self.random.below(10) {
            0..=1 => Body::Contributor(somebody, ContributorCommand::Suspend { reason }),
            2..=3 => Body::Contributor(somebody, ContributorCommand::Reinstate { reason }),
            4 => {
                let to = self.population.anybody(&mut self.random);
                Body::Contributor(somebody, ContributorCommand::Introduce { to })
            }
            5 => network(NetworkCommand::Stop { reason, switch }),
            6 => network(NetworkCommand::SetDuties {
                duties: self.duties(somebody == steward),
                reason,
                who: somebody,
            }),
            7..=8 => network(NetworkCommand::Release { reason, switch }),
            _ => {
                let version = self.policy_version() + 1;
                let policy = Box::new(policy(&mut self.random, version));
                Body::Network(
                    self.network,
                    NetworkCommand::ChangePolicy { policy, reason },
                )
            }
        };
        let by = if self.random.chance(90) {
            steward
        } else {
            self.population.anybody(&mut self.random)
        };
        self.send(Principal::Contributor(by), body.into());
    }

    fn policy_version(&self) -> u32 {
        match self.state(StreamId::Network(self.network)) {
            Some(State::Network(network)) => network.policy.version,
            Some(_) | None => 0,
        }
    }

    /// Somebody declares other capabilities, another clearance, another payee.
    pub(super) fn declare(&mut self) {
        let id = self.population.anybody(&mut self.random);
        let mut profile = profile(&mut self.random, false);
        if self.random.chance(20) {
            profile.payee = Some(self.population.person(&mut self.random));
        }
        let declare = ContributorCommand::Declare {
            capabilities: capabilities(&mut self.random, false),
            profile,
        };
        let payout = self.random.chance(20).then(|| PersonalValue {
            field: "payout".to_owned(),
            salt: Digest::of(&self.random.bits().to_be_bytes()),
            value: format!("account {}", self.random.below(1_000)),
        });
        let command = payout.as_ref().map_or(declare, |it| {
            let details = it.commitment();
            ContributorCommand::SetPayout { details }
        });
        let mut command = self.command(
            Principal::Contributor(id),
            Body::Contributor(id, command).into(),
        );
        command.personal = payout.into_iter().collect();
        if self.random.chance(5) {
            let long_ago = self.now().plus_millis(-LONG_AGO_MS);
            command.id = CommandId::new(long_ago, self.random.bits());
        }
        self.post(&command);
    }

    pub(super) fn order(&mut self, outcome: &Outcome, command: OutcomeCommand) {
        let by = Principal::Contributor(outcome.charter.accountable);
        self.insist(by, Body::Outcome(outcome.id, command).into());
    }

    /// What the steward does so that everything can come to its end.
    pub(super) fn put_in_order(&mut self) {
        let steward = Principal::Contributor(self.population.steward());
        let reason = || "the end is near".to_owned();
        for switch in [Switch::Agents, Switch::Payouts] {
            let reason = reason();
            let release = NetworkCommand::Release { reason, switch };
            self.insist(steward, Body::Network(self.network, release).into());
        }
        for member in self.population.members.clone() {
            let reinstate = ContributorCommand::Reinstate { reason: reason() };
            self.insist(steward, Body::Contributor(member.id, reinstate).into());
        }
    }
}

/// How an accountable person signs a result.
pub(super) fn conclusion() -> Conclusion {
    Conclusion {
        opened: vec![Digest::of(b"the brief")],
        recommendation: None,
        reason: "It answers the question.".to_owned(),
        scope: fixture::CAPABILITY.to_owned(),
    }
}
