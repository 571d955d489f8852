//! Lists of what there is, a bounded number at a time.

use consort_kernel::command::Principal;
use consort_kernel::contributor::Contributor;
use consort_kernel::event::Envelope;
use consort_kernel::id::{CommandId, ContributorId, OutcomeId, TaskId};
use consort_kernel::money::Transfer;
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;
use consort_kernel::time::Timestamp;
use consort_store::{Receipt, StateQuery, StoreError, TransferQuery};

use crate::{Engine, EngineError};

impl Engine {
    /// Tasks with one of these statuses, of one outcome or of all, in the order of their identifiers;
    /// so many at the most.
    pub fn tasks_with(
        &self,
        outcome: Option<OutcomeId>,
        statuses: &[&str],
        limit: usize,
    ) -> Result<Vec<Task>, EngineError> {
        self.tasks_after(outcome, statuses, None, limit)
    }

    /// The same, only those after this one.
    pub fn tasks_after(
        &self,
        outcome: Option<OutcomeId>,
        statuses: &[&str],
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Task>, EngineError> {
        let parent = outcome.map(StreamId::Outcome);
        let states = self.with("task", parent, statuses, (after.map(StreamId::Task), limit))?;
        Ok(states
            .into_iter()
            .filter_map(|state| match state {
                State::Task(task) => Some(*task),
                _ => None,
            })
            .collect())
    }

    /// Outcomes with one of these statuses, or all, in the order of their identifiers; so many at the
    /// most.
    pub fn outcomes_with(
        &self,
        statuses: &[&str],
        limit: usize,
    ) -> Result<Vec<Outcome>, EngineError> {
        self.outcomes_after(statuses, None, limit)
    }

    /// The same, only those after this one.
    pub fn outcomes_after(
        &self,
        statuses: &[&str],
        after: Option<OutcomeId>,
        limit: usize,
    ) -> Result<Vec<Outcome>, EngineError> {
        let after = after.map(StreamId::Outcome);
        let states = self.with("outcome", None, statuses, (after, limit))?;
        Ok(states
            .into_iter()
            .filter_map(|state| match state {
                State::Outcome(outcome) => Some(*outcome),
                _ => None,
            })
            .collect())
    }

    /// Contributors after one, in the order in which they came; so many at the most.
    pub fn contributors_after(
        &self,
        after: Option<ContributorId>,
        limit: usize,
    ) -> Result<Vec<Contributor>, EngineError> {
        let after = after.map(StreamId::Contributor);
        let states = self.with("contributor", None, &[], (after, limit))?;
        Ok(states
            .into_iter()
            .filter_map(|state| match state {
                State::Contributor(contributor) => Some(*contributor),
                _ => None,
            })
            .collect())
    }

    /// What happened in a stream, the oldest first; so many events at the most.
    pub fn history(&self, stream: StreamId, limit: usize) -> Result<Vec<Envelope>, EngineError> {
        let mut events = Vec::new();
        for row in self.store().history(stream, 0, limit)? {
            let event = Envelope::from_stored(&row.event.body)
                .map_err(|error| StoreError::Damaged(format!("event {}: {error}", row.position)))?;
            events.push(event);
        }
        Ok(events)
    }

    /// The current lease of a task: its number, and until when it stands.
    pub fn lease(&self, task: TaskId) -> Result<Option<(u64, Timestamp)>, EngineError> {
        Ok(self.store().lease(task)?)
    }

    /// What a command of somebody's did, if it was carried out.
    pub fn receipt(
        &self,
        principal: Principal,
        command: CommandId,
    ) -> Result<Option<Receipt>, EngineError> {
        let wanted = (principal.to_string(), command);
        Ok(self.store().receipts(&[wanted])?.pop())
    }

    /// The transfers of an outcome with their places among all, the oldest first; so many at the most.
    pub fn transfers_of(
        &self,
        outcome: OutcomeId,
        limit: usize,
    ) -> Result<Vec<(u64, Transfer)>, EngineError> {
        let query = TransferQuery {
            outcome: Some(outcome),
            after: 0,
            limit,
        };
        let rows = self.store().transfers(&query)?.into_iter();
        Ok(rows.map(|row| (row.position, row.write.transfer)).collect())
    }

    fn with(
        &self,
        kind: &'static str,
        parent: Option<StreamId>,
        statuses: &[&str],
        (after, limit): (Option<StreamId>, usize),
    ) -> Result<Vec<State>, EngineError> {
        let query = StateQuery {
            kind: Some(kind),
            parent,
            statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
            after,
            limit,
        };
        let mut states = Vec::new();
        for row in self.store().states(&query)? {
            let state = serde_json::from_str(&row.body)
                .map_err(|error| StoreError::Damaged(format!("{}: {error}", row.stream)))?;
            states.push(state);
        }
        Ok(states)
    }
}
