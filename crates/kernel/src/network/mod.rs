//! The network: its policy, its stewards, and the two switches that stop everything of a kind.

mod decide;
mod effects;
mod policy;

pub use decide::decide;
pub(crate) use effects::effects;
pub use policy::{Policy, ReviewRule, RoutingWeights};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{ContributorId, NetworkId, TaskId};

/// The most stewards, and operators, that a network has: they are in the row that every command reads.
pub const STEWARDS_MAX: usize = 100;

/// What a switch stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Nothing is paid.
    Payouts,
    /// No agent takes work.
    Agents,
}

/// What somebody does for the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Looks after its health, its rules and its people.
    Steward,
    /// Keeps its servers running, and sees no more of the work than that takes.
    Operator,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Steward, Self::Operator];

    /// Its name, as in a policy.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steward => "steward",
            Self::Operator => "operator",
        }
    }
}

/// One deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its identifier.
    pub id: NetworkId,
    /// The rules in force.
    pub policy: Policy,
    /// Who looks after it.
    pub stewards: BTreeSet<ContributorId>,
    /// Who keeps its servers running.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub operators: BTreeSet<ContributorId>,
    /// Switches that are on.
    pub stopped: BTreeSet<Switch>,
}

/// What is asked of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkCommand {
    /// Founds the network, once.
    Found {
        /// The first rules.
        policy: Box<Policy>,
        /// The first steward.
        steward: ContributorId,
    },
    /// Puts other rules in force for what comes after.
    ChangePolicy {
        /// The rules; their version is one more than the present one's.
        policy: Box<Policy>,
        /// Why.
        reason: String,
    },
    /// Stops everything of a kind at once.
    Stop {
        /// Why.
        reason: String,
        /// What.
        switch: Switch,
    },
    /// Lets it go on.
    Release {
        /// Why.
        reason: String,
        /// What.
        switch: Switch,
    },
    /// Says what somebody does for the network; without a duty they do nothing for it any more.
    SetDuties {
        /// What they do from now on.
        duties: BTreeSet<Duty>,
        /// Why.
        reason: String,
        /// Who.
        who: ContributorId,
    },
    /// Reaches the next tasks that payouts go on for.
    SpreadRelease {
        /// Those after this one.
        after: Option<TaskId>,
    },
}

/// What happened to the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkEvent {
    /// It was founded.
    Founded {
        /// The first rules.
        policy: Box<Policy>,
        /// The first steward.
        steward: ContributorId,
    },
    /// Other rules are in force.
    PolicyChanged {
        /// The rules.
        policy: Box<Policy>,
        /// Why.
        reason: String,
    },
    /// Everything of a kind was stopped.
    Stopped {
        /// Why.
        reason: String,
        /// What.
        switch: Switch,
    },
    /// It goes on.
    Released {
        /// Why.
        reason: String,
        /// What.
        switch: Switch,
    },
    /// Somebody's duties are others now.
    DutiesSet {
        /// What they do from now on.
        duties: BTreeSet<Duty>,
        /// Why.
        reason: String,
        /// Who.
        who: ContributorId,
    },
    /// The next tasks that payouts go on for were reached: each looks again for a signature in
    /// advance.
    ReleaseSpread {
        /// Whether there are more.
        more: bool,
        /// Which.
        tasks: Vec<TaskId>,
    },
}

impl NetworkEvent {
    /// Whether others, who rely on the network as it was, have to look again.
    pub const fn moves_fence(&self) -> bool {
        match self {
            Self::Founded { .. }
            | Self::PolicyChanged { .. }
            | Self::Stopped { .. }
            | Self::Released { .. }
            | Self::DutiesSet { .. } => true,
            Self::ReleaseSpread { .. } => false,
        }
    }
}

impl Network {
    /// What somebody does for it.
    pub fn duties_of(&self, who: ContributorId) -> BTreeSet<Duty> {
        let has = |duty: &Duty| match duty {
            Duty::Steward => self.stewards.contains(&who),
            Duty::Operator => self.operators.contains(&who),
        };
        Duty::ALL.into_iter().filter(has).collect()
    }

    /// The state after an event.
    pub fn apply(this: Option<Self>, id: NetworkId, event: &NetworkEvent) -> Option<Self> {
        let Some(mut network) = this else {
            return match event {
                NetworkEvent::Founded { policy, steward } => Some(Self {
                    id,
                    policy: policy.as_ref().clone(),
                    stewards: BTreeSet::from([*steward]),
                    operators: BTreeSet::new(),
                    stopped: BTreeSet::new(),
                }),
                NetworkEvent::PolicyChanged { .. }
                | NetworkEvent::Stopped { .. }
                | NetworkEvent::Released { .. }
                | NetworkEvent::DutiesSet { .. }
                | NetworkEvent::ReleaseSpread { .. } => None,
            };
        };
        match event {
            NetworkEvent::Founded { .. } => return None,
            NetworkEvent::PolicyChanged { policy, .. } => network.policy = policy.as_ref().clone(),
            NetworkEvent::Stopped { switch, .. } => {
                network.stopped.insert(*switch);
            }
            NetworkEvent::Released { switch, .. } => {
                network.stopped.remove(switch);
            }
            NetworkEvent::DutiesSet { duties, who, .. } => {
                for (duty, those) in [
                    (Duty::Steward, &mut network.stewards),
                    (Duty::Operator, &mut network.operators),
                ] {
                    if duties.contains(&duty) {
                        those.insert(*who);
                    } else {
                        those.remove(who);
                    }
                }
            }
            NetworkEvent::ReleaseSpread { .. } => {}
        }
        Some(network)
    }
}
