//! States: what a stream came to, out of memory where this process alone writes, with its version.

use std::sync::Arc;

use consort_kernel::id::{OrganisationId, TaskId};
use consort_kernel::network::Policy;
use consort_kernel::organisation::Organisation;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;
use consort_store::{StateRow, StoreError};

use crate::{Engine, EngineError};

/// A state with the version that it is at.
pub type Versioned = (Arc<State>, u64);

impl Engine {
    /// A task as it is.
    pub fn task(&self, id: TaskId) -> Result<Option<Task>, EngineError> {
        match self.state(StreamId::Task(id))? {
            Some(State::Task(task)) => Ok(Some(*task)),
            Some(_) | None => Ok(None),
        }
    }

    /// An organisation as it is.
    pub fn organisation(&self, id: OrganisationId) -> Result<Option<Organisation>, EngineError> {
        match self.state(StreamId::Organisation(id))? {
            Some(State::Organisation(organisation)) => Ok(Some(*organisation)),
            Some(_) | None => Ok(None),
        }
    }

    /// The policy in force; the usual one where there is no network yet.
    pub fn policy(&self) -> Result<Policy, EngineError> {
        match self.state(StreamId::Network(self.network()))? {
            Some(State::Network(network)) => Ok(network.policy),
            Some(_) | None => Ok(Policy::default()),
        }
    }

    /// The state of a stream as it is.
    pub fn state(&self, stream: StreamId) -> Result<Option<State>, EngineError> {
        Ok(self.shared_state(stream)?.map(Arc::unwrap_or_clone))
    }

    /// The same, for whoever only looks at it.
    pub fn shared_state(&self, stream: StreamId) -> Result<Option<Arc<State>>, EngineError> {
        Ok(self.shared_versioned(stream)?.map(|(state, _)| state))
    }

    /// The state of a stream with its version, as one read gives them: what somebody has seen.
    pub fn versioned(&self, stream: StreamId) -> Result<Option<(State, u64)>, EngineError> {
        let found = self.shared_versioned(stream)?;
        Ok(found.map(|(state, version)| (Arc::unwrap_or_clone(state), version)))
    }

    fn shared_versioned(&self, stream: StreamId) -> Result<Option<Versioned>, EngineError> {
        let missing = match self.shelf.get(stream) {
            Ok(kept) if self.alone => return Ok(Some(kept)),
            Ok(_) => None,
            Err(missing) => Some(missing),
        };
        let Some(row) = self.store().load(&[stream])?.pop() else {
            return Ok(None);
        };
        let kept = versioned(&row)?;
        if let Some(missing) = missing {
            self.shelf.bring(&missing, stream, &kept);
        }
        Ok(Some(kept))
    }

    /// The same of several streams, in no order; what is not there is left out.
    pub(crate) fn all_versioned(
        &self,
        streams: &[StreamId],
    ) -> Result<Vec<Versioned>, EngineError> {
        if self.alone {
            let each = streams.iter().map(|it| self.shared_versioned(*it));
            return each.filter_map(Result::transpose).collect();
        }
        let rows = self.store().load(streams)?;
        Ok(rows.iter().map(versioned).collect::<Result<_, _>>()?)
    }
}

/// The state in a row, with its version.
pub(crate) fn versioned(row: &StateRow) -> Result<Versioned, StoreError> {
    let state = serde_json::from_str(&row.body)
        .map_err(|error| StoreError::Damaged(format!("the state of {}: {error}", row.stream)))?;
    Ok((Arc::new(state), row.version))
}

/// The task in the body of a row.
pub(crate) fn task_of(body: &str) -> Result<Task, StoreError> {
    match serde_json::from_str(body) {
        Ok(State::Task(task)) => Ok(*task),
        Ok(
            State::Contributor(_) | State::Network(_) | State::Organisation(_) | State::Outcome(_),
        ) => Err(StoreError::Damaged(
            "a task's row holds something else".to_owned(),
        )),
        Err(error) => Err(StoreError::Damaged(format!("the state of a task: {error}"))),
    }
}
