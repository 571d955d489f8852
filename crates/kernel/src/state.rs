//! States: what the events of each stream add up to.

use serde::{Deserialize, Serialize};

use crate::contributor::Contributor;
use crate::event::Event;
use crate::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use crate::network::Network;
use crate::organisation::Organisation;
use crate::outcome::Outcome;
use crate::stream::StreamId;
use crate::task::Task;
use crate::time::Timestamp;

/// The version of the form in which states are written now; another one is folded anew.
pub const STATE_FORM: u16 = 1;

/// The state of one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A contributor's record.
    Contributor(Box<Contributor>),
    /// The network.
    Network(Box<Network>),
    /// An organisation.
    Organisation(Box<Organisation>),
    /// An outcome.
    Outcome(Box<Outcome>),
    /// A task.
    Task(Box<Task>),
}

/// An event that cannot follow on the state that it was applied to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an event of {stream} does not follow from what came before it")]
pub struct DoesNotFollow {
    /// The stream.
    pub stream: StreamId,
}

impl State {
    /// The state after an event of the stream that was recorded at `at`.
    ///
    /// ```
    /// use consort_kernel::event::Event;
    /// use consort_kernel::id::{ContributorId, NetworkId};
    /// use consort_kernel::network::{NetworkEvent, Policy};
    /// use consort_kernel::state::State;
    /// use consort_kernel::stream::StreamId;
    /// use consort_kernel::time::Timestamp;
    ///
    /// let now = Timestamp::from_millis(1_795_226_400_000);
    /// let stream = StreamId::Network(NetworkId::new(now, 1));
    /// let founded = Event::Network(NetworkEvent::Founded {
    ///     policy: Box::new(Policy::default()),
    ///     steward: ContributorId::new(now, 2),
    /// });
    /// let state = State::apply(None, stream, &founded, now)?;
    /// assert_eq!(state.status(), "active");
    /// // A network is founded once: the same event does not follow on it again.
    /// assert!(State::apply(Some(state), stream, &founded, now).is_err());
    /// # Ok::<(), consort_kernel::state::DoesNotFollow>(())
    /// ```
    pub fn apply(
        this: Option<Self>,
        stream: StreamId,
        event: &Event,
        at: Timestamp,
    ) -> Result<Self, DoesNotFollow> {
        let applied = match (stream, event) {
            (StreamId::Contributor(id), Event::Contributor(event)) => match this {
                Some(Self::Contributor(state)) => Contributor::apply(Some(*state), id, event, at),
                None => Contributor::apply(None, id, event, at),
                Some(_) => None,
            }
            .map(|state| Self::Contributor(Box::new(state))),
            (StreamId::Network(id), Event::Network(event)) => match this {
                Some(Self::Network(state)) => Network::apply(Some(*state), id, event),
                None => Network::apply(None, id, event),
                Some(_) => None,
            }
            .map(|state| Self::Network(Box::new(state))),
            (StreamId::Organisation(id), Event::Organisation(event)) => match this {
                Some(Self::Organisation(state)) => Organisation::apply(Some(*state), id, event),
                None => Organisation::apply(None, id, event),
                Some(_) => None,
            }
            .map(|state| Self::Organisation(Box::new(state))),
            (StreamId::Outcome(id), Event::Outcome(event)) => match this {
                Some(Self::Outcome(state)) => Outcome::apply(Some(*state), id, event),
                None => Outcome::apply(None, id, event),
                Some(_) => None,
            }
            .map(|state| Self::Outcome(Box::new(state))),
            (StreamId::Task(id), Event::Task(event)) => match this {
                Some(Self::Task(state)) => Task::apply(Some(*state), id, event, at),
                None => Task::apply(None, id, event, at),
                Some(_) => None,
            }
            .map(|state| Self::Task(Box::new(state))),
            _ => None,
        };
        applied.ok_or(DoesNotFollow { stream })
    }

    /// The stream that this state is listed under.
    pub fn parent(&self) -> Option<StreamId> {
        match self {
            Self::Task(task) => Some(StreamId::Outcome(task.outcome)),
            Self::Outcome(outcome) => Some(StreamId::Organisation(outcome.charter.organisation)),
            Self::Contributor(_) | Self::Network(_) | Self::Organisation(_) => None,
        }
    }

    /// The organisation that it belongs to.
    pub fn organisation(&self) -> Option<OrganisationId> {
        match self {
            Self::Task(task) => Some(task.organisation),
            Self::Outcome(outcome) => Some(outcome.charter.organisation),
            Self::Organisation(organisation) => Some(organisation.id),
            Self::Contributor(_) | Self::Network(_) => None,
        }
    }

    /// The word that it is listed by.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Contributor(contributor) => {
                match (&contributor.suspension, contributor.is_person()) {
                    (Some(_), _) => "suspended",
                    (None, true) => "person",
                    (None, false) => "agent",
                }
            }
            Self::Network(_) | Self::Organisation(_) => "active",
            Self::Outcome(outcome) => outcome.phase.as_str(),
            Self::Task(task) => task.phase.as_str(),
        }
    }
}

/// The rows that a decision may look at.
pub trait Rows {
    /// The state of a stream, if it exists.
    fn state(&self, stream: StreamId) -> Option<&State>;

    /// The network.
    fn network(&self) -> Option<&Network>;

    /// Tasks of an outcome that are not settled, in the order of their identifiers.
    fn tasks_of(&self, outcome: OutcomeId, after: Option<TaskId>, limit: usize) -> Vec<TaskId>;

    /// Tasks, of one outcome or of all, that only lack a signature, in the order of their
    /// identifiers.
    fn unsigned(
        &self,
        outcome: Option<OutcomeId>,
        after: Option<TaskId>,
        limit: usize,
    ) -> Vec<TaskId>;

    /// A contributor's record.
    fn contributor(&self, id: ContributorId) -> Option<&Contributor> {
        match self.state(StreamId::Contributor(id)) {
            Some(State::Contributor(state)) => Some(state),
            Some(_) | None => None,
        }
    }

    /// An organisation.
    fn organisation(&self, id: OrganisationId) -> Option<&Organisation> {
        match self.state(StreamId::Organisation(id)) {
            Some(State::Organisation(state)) => Some(state),
            Some(_) | None => None,
        }
    }

    /// An outcome.
    fn outcome(&self, id: OutcomeId) -> Option<&Outcome> {
        match self.state(StreamId::Outcome(id)) {
            Some(State::Outcome(state)) => Some(state),
            Some(_) | None => None,
        }
    }

    /// A task.
    fn task(&self, id: TaskId) -> Option<&Task> {
        match self.state(StreamId::Task(id)) {
            Some(State::Task(state)) => Some(state),
            Some(_) | None => None,
        }
    }
}
