//! Streams: the small histories that events are kept in, one for each thing that changes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};

/// The history of one thing. Its written form is the identifier of the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// The network and its policies.
    Network(NetworkId),
    /// An organisation.
    Organisation(OrganisationId),
    /// A person or an agent.
    Contributor(ContributorId),
    /// An outcome.
    Outcome(OutcomeId),
    /// A task.
    Task(TaskId),
}

/// A text that names no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names nothing: an identifier such as out_… or tsk_… was expected")]
pub struct InvalidStream(String);

impl StreamId {
    /// The word for this kind of stream.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Network(_) => "network",
            Self::Organisation(_) => "organisation",
            Self::Contributor(_) => "contributor",
            Self::Outcome(_) => "outcome",
            Self::Task(_) => "task",
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(id) => id.fmt(out),
            Self::Organisation(id) => id.fmt(out),
            Self::Contributor(id) => id.fmt(out),
            Self::Outcome(id) => id.fmt(out),
            Self::Task(id) => id.fmt(out),
        }
    }
}

impl FromStr for StreamId {
    type Err = InvalidStream;

    fn from_str(text: &str) -> Result<Self, InvalidStream> {
        let invalid = || InvalidStream(text.chars().take(64).collect());
        let (prefix, _) = text.split_once('_').ok_or_else(invalid)?;
        match prefix {
            NetworkId::PREFIX => text.parse().map(Self::Network).map_err(|_| invalid()),
            OrganisationId::PREFIX => text.parse().map(Self::Organisation).map_err(|_| invalid()),
            ContributorId::PREFIX => text.parse().map(Self::Contributor).map_err(|_| invalid()),
            OutcomeId::PREFIX => text.parse().map(Self::Outcome).map_err(|_| invalid()),
            TaskId::PREFIX => text.parse().map(Self::Task).map_err(|_| invalid()),
            _ => Err(invalid()),
        }
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
