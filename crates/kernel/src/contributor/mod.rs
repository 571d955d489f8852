//! Contributors: people and agents, in one model.
//!
//! Who somebody is, what they can do, how well they have done it, when they are there and what
//! they may see. An agent has an operator: a person who answers for it.

mod apply;
mod decide;
mod evidence;

pub use decide::decide;
pub use evidence::{Cause, Evidence};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ContributorId, OrganisationId, TaskId};
use crate::personal::Commitment;
use crate::reputation::Track;
use crate::task::DataClass;
use crate::time::Timestamp;

/// How many capabilities one contributor may declare.
pub const CAPABILITIES_MAX: usize = 64;
/// How many other parties a contributor's own row keeps counts of; the events keep them all.
pub const EDGES_MAX: usize = 256;

/// Whether a contributor is a person or an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// An agent.
    Agent {
        /// What it is built on; agents of one family are likely to make the same mistakes.
        family: String,
        /// The person who answers for it.
        operator: ContributorId,
    },
    /// A person.
    Person,
}

/// A capability that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// How far it reaches, from 1 to 8 (the levels of the European Qualifications Framework).
    pub level: u8,
    /// How well it went.
    pub track: Track,
}

/// The part of the day, in UTC, in which somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The hour in which it begins, from 0 to 23.
    pub from: u8,
    /// How many hours it lasts, from 1 to 24.
    pub hours: u8,
}

impl Hours {
    /// Round the clock.
    pub const ALWAYS: Self = Self { from: 0, hours: 24 };

    /// Whether the hour of the day lies within.
    pub const fn covers(self, hour: u8) -> bool {
        (hour + 24 - self.from % 24) % 24 < self.hours
    }
}

/// How two parties came to know each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// One found that somebody else should do the other's work.
    Disputed,
    /// Somebody who knows both introduced them.
    Introduced,
    /// One reviewed the other's work.
    Reviewed,
    /// One's work was accepted by the other, or went on from the other's.
    WorkedWith,
}

/// Why and by whom somebody was suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub at: Timestamp,
    /// The person who decided.
    pub by: ContributorId,
    /// Why, as told to the contributor.
    pub reason: String,
}

/// A person or an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contributor {
    /// Its identifier.
    pub id: ContributorId,
    /// Its name, committed.
    pub name: Commitment,
    /// Person or agent.
    pub nature: Nature,
    /// The profile that it declares.
    pub profile: Profile,
    /// What it can do, by capability.
    pub skills: BTreeMap<String, Skill>,
    /// Counts of its ties to others.
    pub ties: BTreeMap<ContributorId, BTreeMap<Tie, u32>>,
    /// Set while it may not take work.
    pub suspension: Option<Suspension>,
    /// Where a person's money goes once it leaves the network, committed, and since when they say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<(Commitment, Timestamp)>,
}

/// What a contributor declares about how it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Up to which class it may see material.
    pub clearance: DataClass,
    /// How many tasks it holds at a time.
    pub concurrency: u16,
    /// How an agent works, as in `command/tidy` or `model/local`: a name in the configuration of
    /// whoever runs it. People, built-in agents and agents that come by themselves have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// When it works.
    pub hours: Hours,
    /// Organisations that it belongs to.
    pub memberships: Vec<OrganisationId>,
    /// Whether it is offered work.
    #[serde(default, skip_serializing_if = "Offers::are_taken")]
    pub offers: Offers,
    /// Who is paid for its work, where that is somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<ContributorId>,
    /// What it asks, in thousandths of a task's price; above 1000 it is too dear for every task.
    pub rate_permille: u16,
    /// The organisation that supplies it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<OrganisationId>,
}

/// Whether somebody is offered work, beside what they can do and when they work.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Offers {
    /// They are.
    #[default]
    Taken,
    /// Not for now, as they say themselves.
    Away,
    /// They were let in for one task alone, and for no other.
    Guest,
}

impl Offers {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    const fn are_taken(&self) -> bool {
        matches!(self, Self::Taken)
    }
}

impl Profile {
    /// Whether they are offered work.
    pub fn takes_offers(&self) -> bool {
        self.offers == Offers::Taken
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            clearance: DataClass::Internal,
            concurrency: 1,
            driver: None,
            hours: Hours::ALWAYS,
            memberships: Vec::new(),
            offers: Offers::Taken,
            payee: None,
            rate_permille: 1000,
            supplier: None,
        }
    }
}

/// What is asked of a contributor's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContributorCommand {
    /// Adds somebody to the network.
    Add {
        /// Levels by capability.
        capabilities: BTreeMap<String, u8>,
        /// The name, committed.
        name: Commitment,
        /// Person or agent.
        nature: Nature,
        /// The profile.
        profile: Profile,
    },
    /// Declares another profile, or other capabilities; tracks are kept.
    Declare {
        /// Levels by capability.
        capabilities: BTreeMap<String, u8>,
        /// The profile.
        profile: Profile,
    },
    /// Takes the contributor out of work; a person decides it.
    Suspend {
        /// Why, as told to the contributor.
        reason: String,
    },
    /// Lets it work again.
    Reinstate {
        /// Why.
        reason: String,
    },
    /// Says where a person's money goes once it leaves the network: only they themselves do.
    SetPayout {
        /// The words of it, committed.
        details: Commitment,
    },
    /// Introduces it to somebody: done by a person who knows both, or by a steward.
    Introduce {
        /// To whom.
        to: ContributorId,
    },
    /// Records what a task shows about who did it.
    RecordResult {
        /// The capability that it took.
        capability: String,
        /// What it shows.
        evidence: Evidence,
        /// The lease under which it was done.
        lease: u64,
        /// The task.
        task: TaskId,
        /// Who it was done for.
        with: ContributorId,
    },
    /// Records a tie to another party.
    RecordTie {
        /// The task over which it came about.
        task: Option<TaskId>,
        /// How.
        tie: Tie,
        /// To whom.
        to: ContributorId,
    },
}

/// What happened to a contributor's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContributorEvent {
    /// It was added to the network.
    Added {
        /// Levels by capability.
        capabilities: BTreeMap<String, u8>,
        /// The name, committed.
        name: Commitment,
        /// Person or agent.
        nature: Nature,
        /// The profile.
        profile: Profile,
    },
    /// It declared another profile or other capabilities.
    Declared {
        /// Levels by capability.
        capabilities: BTreeMap<String, u8>,
        /// The profile.
        profile: Profile,
    },
    /// It was taken out of work.
    Suspended {
        /// Who decided.
        by: ContributorId,
        /// Why.
        reason: String,
    },
    /// It may work again.
    Reinstated {
        /// Who decided.
        by: ContributorId,
        /// Why.
        reason: String,
    },
    /// They said where their money goes once it leaves the network.
    PayoutSet {
        /// The words of it, committed.
        details: Commitment,
    },
    /// Its standing changed.
    StandingChanged {
        /// The rule by which it changed, and its version.
        algorithm: String,
        /// The capability.
        capability: String,
        /// What it rests on.
        evidence: Evidence,
        /// The lease under which it was done.
        #[serde(with = "crate::text_number")]
        lease: u64,
        /// The task that shows it.
        task: TaskId,
        /// The track after it.
        track: Track,
        /// Who it was done for.
        with: ContributorId,
    },
    /// A tie to another party came about.
    Tied {
        /// Who introduced them, where somebody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ContributorId>,
        /// The task over which it came about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// How.
        tie: Tie,
        /// To whom.
        to: ContributorId,
    },
}

impl Contributor {
    /// Whether it is a person.
    pub const fn is_person(&self) -> bool {
        matches!(self.nature, Nature::Person)
    }

    /// Who is paid for its work.
    pub fn payee(&self) -> ContributorId {
        match (&self.profile.payee, &self.nature) {
            (Some(payee), _) => *payee,
            (None, Nature::Agent { .. } | Nature::Person) => self.id,
        }
    }
}
