//! Organisations: parties that own outcomes and set money aside for them.

mod decide;
mod role;

pub use decide::decide;
pub use role::Role;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use crate::money::{Amount, Asset};
use crate::personal::Commitment;

/// The most that is set aside at a time, in minor units: ten trillion euros. Thousands of such
/// deposits are needed before any sum of money no longer fits.
pub const DEPOSIT_MAX: Amount = Amount::from_minor(1_000_000_000_000_000);

/// The most members that an organisation has: all of them are in its row, which every movement of its
/// money writes anew.
pub const MEMBERS_MAX: usize = 1_000;

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its identifier.
    pub id: OrganisationId,
    /// Its name, committed.
    pub name: Commitment,
    /// Who founded it, and stays an owner.
    pub owner: ContributorId,
    /// What it has set aside and not given to an outcome.
    pub funds: BTreeMap<Asset, Amount>,
    /// What others do for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<ContributorId, BTreeSet<Role>>,
    /// Who does something for one of its tasks and is no member.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub guests: BTreeMap<ContributorId, Guest>,
}

/// What somebody from outside does for one task alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// What they do.
    pub roles: BTreeSet<Role>,
    /// For which task.
    pub task: TaskId,
}

/// What is asked of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationCommand {
    /// Founds it.
    Found {
        /// Its name, committed.
        name: Commitment,
        /// Who may act for it.
        owner: ContributorId,
    },
    /// Records money that was set aside outside.
    Deposit {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// What shows it, as in a transfer's reference.
        reference: String,
    },
    /// Gives money to an outcome.
    Fund {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// To which.
        outcome: OutcomeId,
    },
    /// Says what somebody does for it; without a role they are no member and no guest any more.
    SetRoles {
        /// Why.
        reason: String,
        /// What they do from now on.
        roles: BTreeSet<Role>,
        /// For which task alone, where it is one: then they are its guest, and no member.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// Who.
        who: ContributorId,
    },
    /// Takes back what an outcome did not use.
    TakeRefund {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// From which.
        outcome: OutcomeId,
    },
}

/// What happened to an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationEvent {
    /// It was founded.
    Founded {
        /// Its name, committed.
        name: Commitment,
        /// Who may act for it.
        owner: ContributorId,
    },
    /// Money was set aside.
    Deposited {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// What shows it.
        reference: String,
    },
    /// Money was given to an outcome.
    Funded {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// To which.
        outcome: OutcomeId,
    },
    /// Somebody's roles are others now.
    RolesSet {
        /// Who decided it.
        by: ContributorId,
        /// Why.
        reason: String,
        /// What they do from now on.
        roles: BTreeSet<Role>,
        /// For which task alone, where it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// Who.
        who: ContributorId,
    },
    /// Unused money came back.
    RefundTaken {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// From which.
        outcome: OutcomeId,
    },
}

impl Organisation {
    /// What is set aside of an asset.
    pub fn funds_of(&self, asset: Asset) -> Amount {
        self.funds.get(&asset).copied().unwrap_or_default()
    }

    /// What somebody does for one of its tasks: as a member, or as a guest of that task.
    pub fn roles_for(&self, who: ContributorId, task: TaskId) -> BTreeSet<Role> {
        let mut roles = self.roles_of(who);
        if let Some(guest) = self.guests.get(&who).filter(|it| it.task == task) {
            roles.extend(&guest.roles);
        }
        roles
    }

    /// What somebody does for it.
    pub fn roles_of(&self, who: ContributorId) -> BTreeSet<Role> {
        let mut roles = self.members.get(&who).cloned().unwrap_or_default();
        if who == self.owner {
            roles.insert(Role::Owner);
        }
        roles
    }

    /// Whether somebody has one of these roles.
    pub fn has_role(&self, who: ContributorId, any: &[Role]) -> bool {
        let is_founder = who == self.owner && any.contains(&Role::Owner);
        let roles = self.members.get(&who);
        is_founder || roles.is_some_and(|roles| any.iter().any(|role| roles.contains(role)))
    }

    /// Somebody is a member from now on, or a guest of a task, or neither.
    fn name(&mut self, who: ContributorId, roles: BTreeSet<Role>, task: Option<TaskId>) {
        self.members.remove(&who);
        self.guests.remove(&who);
        match task {
            _ if roles.is_empty() => {}
            Some(task) => {
                self.guests.insert(who, Guest { roles, task });
            }
            None => {
                self.members.insert(who, roles);
            }
        }
    }

    /// The state after an event.
    pub fn apply(
        this: Option<Self>,
        id: OrganisationId,
        event: &OrganisationEvent,
    ) -> Option<Self> {
        let Some(mut organisation) = this else {
            return match event {
                OrganisationEvent::Founded { name, owner } => Some(Self {
                    id,
                    name: *name,
                    owner: *owner,
                    funds: BTreeMap::new(),
                    members: BTreeMap::new(),
                    guests: BTreeMap::new(),
                }),
                OrganisationEvent::Deposited { .. }
                | OrganisationEvent::Funded { .. }
                | OrganisationEvent::RolesSet { .. }
                | OrganisationEvent::RefundTaken { .. } => None,
            };
        };
        let (asset, after) = match event {
            OrganisationEvent::Founded { .. } => return None,
            OrganisationEvent::RolesSet {
                roles, task, who, ..
            } => {
                organisation.name(*who, roles.clone(), *task);
                return Some(organisation);
            }
            OrganisationEvent::Deposited { amount, asset, .. }
            | OrganisationEvent::RefundTaken { amount, asset, .. } => {
                (*asset, organisation.funds_of(*asset).checked_add(*amount)?)
            }
            OrganisationEvent::Funded { amount, asset, .. } => {
                (*asset, organisation.funds_of(*asset).checked_sub(*amount)?)
            }
        };
        organisation.funds.insert(asset, after);
        Some(organisation)
    }
}
