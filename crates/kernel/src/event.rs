//! Events: what happened, as it is stored and hashed.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::command::Principal;
use crate::contributor::ContributorEvent;
use crate::id::{CommandId, ContributorId, OrganisationId};
use crate::network::NetworkEvent;
use crate::organisation::OrganisationEvent;
use crate::outcome::OutcomeEvent;
use crate::stream::StreamId;
use crate::task::TaskEvent;
use crate::time::Timestamp;

/// The longest an event may be as stored: the log's tiles give a leaf's length in 16 bits.
pub const EVENT_BYTES_MAX: usize = 65_535;

/// The version of the form in which events are written now.
pub const EVENT_FORM: u16 = 1;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// To a contributor's record.
    Contributor(ContributorEvent),
    /// To the network.
    Network(NetworkEvent),
    /// To an organisation.
    Organisation(OrganisationEvent),
    /// To an outcome.
    Outcome(OutcomeEvent),
    /// To a task.
    Task(TaskEvent),
}

impl Event {
    /// Whether others, who rely on the stream as it was, have to look again.
    pub const fn moves_fence(&self) -> bool {
        match self {
            Self::Contributor(event) => match event {
                ContributorEvent::Added { .. }
                | ContributorEvent::Declared { .. }
                | ContributorEvent::Suspended { .. }
                | ContributorEvent::Reinstated { .. } => true,
                ContributorEvent::PayoutSet { .. }
                | ContributorEvent::StandingChanged { .. }
                | ContributorEvent::Tied { .. } => false,
            },
            Self::Network(event) => event.moves_fence(),
            Self::Organisation(event) => matches!(event, OrganisationEvent::Founded { .. }),
            Self::Outcome(event) => event.moves_fence(),
            Self::Task(event) => event.moves_fence(),
        }
    }
}

/// An event with all that is recorded about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The command that it followed from.
    pub cause: CommandId,
    /// The command that everything of this kind began with, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CommandId>,
    /// When it took effect, where that is not when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Timestamp>,
    /// What happened.
    pub event: Event,
    /// The version of the form that it is written in.
    pub form: u16,
    /// For whom, where somebody acted for somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<ContributorId>,
    /// Whose it is, where it is an organisation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// The version of the policy in force.
    pub policy: u32,
    /// Who asked for it.
    pub principal: Principal,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whose history it belongs to.
    pub stream: StreamId,
    /// Its number in that history, from 1.
    #[serde(with = "crate::text_number")]
    pub version: u64,
}

impl Event {
    /// What happened, in words for programs, as in `task.submitted`.
    pub fn name(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        let outer = value.as_object().and_then(|outer| outer.iter().next());
        let Some((kind, inner)) = outer else {
            return String::new();
        };
        let named = inner.as_object().and_then(|inner| inner.keys().next());
        let what = named.map(String::as_str).or_else(|| inner.as_str());
        format!("{kind}.{}", what.unwrap_or_default())
    }
}

impl Envelope {
    /// The bytes that are stored and hashed.
    pub fn to_canonical(&self) -> String {
        canonical::write(self)
    }

    /// Reads stored bytes.
    pub fn from_stored(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
