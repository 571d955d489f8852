//! Eligibility: the reasons for which somebody cannot have a task, whatever their score.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::ContributorId;
use crate::task::{DataClass, Mode, Task};
use crate::time::Timestamp;

/// Why somebody is left out. The order is that of their words, in which a decision writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// All agents are stopped.
    AgentsStopped,
    /// They take no offers.
    Away,
    /// They hold as many tasks as they take at a time.
    Busy,
    /// They do not have the capability.
    Capability,
    /// They may not see the material.
    Clearance,
    /// It was escalated to somebody else.
    Escalated,
    /// They have the capability at a lower level.
    Level,
    /// Some of its material may not be used any more; that goes for everybody.
    MaterialExpired,
    /// The task is for a person, or for an agent.
    Mode,
    /// It is offered to somebody else, and the offer stands.
    Offered,
    /// Their work is what this task looks at again or is compared with.
    OwnWork,
    /// They turned it down, let its offer lapse, or had it taken from them.
    PassedOver,
    /// They ask more than the task's price.
    Price,
    /// They are suspended.
    Suspended,
}

impl fmt::Display for Exclusion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Capability => "they do not have the capability",
            Self::Level => "they have the capability at a lower level",
            Self::MaterialExpired => "some of its material may not be used any more",
            Self::Mode => "the task is for the other kind of contributor",
            Self::Clearance => "they may not see its material",
            Self::Away => "they take no offers",
            Self::Price => "they ask more than its price",
            Self::Offered => "it is offered to somebody else",
            Self::PassedOver => "they turned it down, or it was taken from them",
            Self::Suspended => "they are suspended",
            Self::Escalated => "it was escalated to somebody else",
            Self::OwnWork => "it looks at their own work again, or is compared with it",
            Self::Busy => "they hold as many tasks as they take at a time",
            Self::AgentsStopped => "all agents are stopped",
        })
    }
}

/// What a task asks of who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement<'a> {
    /// The capability.
    pub capability: &'a str,
    /// Its level.
    pub level: u8,
    /// Who may do it now: in pair mode first agents, then people.
    pub mode: Mode,
    /// The highest class of its material.
    pub class: DataClass,
    /// Whether some of its material may not be used any more.
    pub material_expired: bool,
    /// The only one who may, where it was escalated.
    pub only: Option<ContributorId>,
    /// Who did it and had it sent back, where it was not to go to somebody else: a person does it again,
    /// and what an agent could not do is asked of whoever is best suited now.
    pub again: Option<ContributorId>,
    /// Whether agents are stopped.
    pub agents_stopped: bool,
}

impl<'a> Requirement<'a> {
    /// What this task asks at a moment.
    pub fn of(task: &'a Task, agents_stopped: bool, at: Timestamp) -> Self {
        let context = &task.spec.instructions.context;
        let mode = match (task.spec.mode, &task.draft) {
            (Mode::Pair, None) | (Mode::Ai, _) => Mode::Ai,
            (Mode::Pair, Some(_)) | (Mode::Person, _) => Mode::Person,
            (Mode::Either, _) => Mode::Either,
        };
        Self {
            capability: &task.spec.capability,
            level: task.spec.level,
            mode,
            class: context
                .iter()
                .map(|item| item.class)
                .max()
                .unwrap_or_default(),
            material_expired: context
                .iter()
                .any(|item| item.expires_at.is_some_and(|until| until < at)),
            only: task.escalated.map(|(_, to)| to),
            again: task.returned.as_ref().map(|returned| returned.performer),
            agents_stopped,
        }
    }
}
