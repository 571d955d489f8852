//! Commands: what somebody asks for, and the context in which it is decided.

mod word;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::contributor::ContributorCommand;
use crate::digest::Digest;
use crate::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use crate::network::{NetworkCommand, Policy};
use crate::organisation::OrganisationCommand;
use crate::outcome::OutcomeCommand;
use crate::personal::PersonalValue;
use crate::rejection::Rejection;
use crate::stream::StreamId;
use crate::task::TaskCommand;
use crate::time::Timestamp;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A person or an agent.
    Contributor(ContributorId),
    /// The engine itself: timers, reactions, automatic checks, routing.
    Engine,
}

impl fmt::Display for Principal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contributor(id) => id.fmt(out),
            Self::Engine => out.write_str("engine"),
        }
    }
}

/// What is asked, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Of a contributor's record.
    Contributor(ContributorId, ContributorCommand),
    /// Of the network.
    Network(NetworkId, NetworkCommand),
    /// Of an organisation.
    Organisation(OrganisationId, OrganisationCommand),
    /// Of an outcome.
    Outcome(OutcomeId, OutcomeCommand),
    /// Of a task.
    Task(TaskId, TaskCommand),
}

impl Body {
    /// The stream that is asked.
    pub const fn target(&self) -> StreamId {
        match self {
            Self::Contributor(id, _) => StreamId::Contributor(*id),
            Self::Network(id, _) => StreamId::Network(*id),
            Self::Organisation(id, _) => StreamId::Organisation(*id),
            Self::Outcome(id, _) => StreamId::Outcome(*id),
            Self::Task(id, _) => StreamId::Task(*id),
        }
    }
}

/// A command: repeated with the same id it has one effect and the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// What is asked.
    pub body: Body,
    /// The version of the stream as who asks has seen it, where nothing may have changed since. It is a
    /// condition, and no part of what is asked: repeated with another one, it is the same command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// Its identifier, made by who asks.
    pub id: CommandId,
    /// Personal values that the body commits to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<PersonalValue>,
    /// Who asks.
    pub principal: Principal,
}

impl Command {
    /// The digest of what is asked: a repeated command must have the same.
    pub fn digest(&self) -> Digest {
        Digest::of(canonical::write(&(&self.body, &self.personal)).as_bytes())
    }
}

/// What a decision may know apart from the rows: it comes from outside and is the same when the
/// decision is made again.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The moment.
    pub now: Timestamp,
    /// Who asks.
    pub principal: Principal,
    /// The rules in force.
    pub policy: &'a Policy,
}

impl Context<'_> {
    /// Refuses everybody but the engine.
    pub(crate) fn engine_only(&self) -> Result<(), Rejection> {
        match self.principal {
            Principal::Engine => Ok(()),
            Principal::Contributor(_) => Err(Rejection::NotAllowed {
                who: self.principal.to_string(),
                why: "this follows from other events and is done by the engine alone",
            }),
        }
    }

    /// The contributor who asks; the engine is none.
    pub(crate) fn contributor(&self) -> Result<ContributorId, Rejection> {
        match self.principal {
            Principal::Contributor(id) => Ok(id),
            Principal::Engine => Err(Rejection::NotAllowed {
                who: self.principal.to_string(),
                why: "a contributor does this",
            }),
        }
    }
}
