//! Lists of what there is, a bounded number at a time.

use std::collections::BTreeMap;

use consort_kernel::command::Principal;
use consort_kernel::contributor::Contributor;
use consort_kernel::event::Envelope;
use consort_kernel::id::{CommandId, ContributorId, OutcomeId, TaskId};
use consort_kernel::money::{Account, Amount, Asset, Transfer};
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;
use consort_kernel::time::Timestamp;
use consort_store::{FeedRow, Receipt, StateQuery, StoreError, TransferQuery};

use crate::{Engine, EngineError};

/// A transfer, with its place among all and when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its place among all transfers, from 1.
    pub place: u64,
    /// When.
    pub at: Timestamp,
    /// What moved.
    pub transfer: Transfer,
}

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
        let mut query = query("task", statuses, limit);
        query.parent = outcome.map(StreamId::Outcome);
        query.after = after.map(StreamId::Task);
        Ok(tasks(self.found(&query)?))
    }

    /// Tasks with one of these statuses, or all, those of the newest outcomes first, beyond this one; so
    /// many at the most.
    pub fn tasks_before(
        &self,
        outcome: Option<OutcomeId>,
        statuses: &[&str],
        before: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Task>, EngineError> {
        let mut query = query("task", statuses, limit);
        query.parent = outcome.map(StreamId::Outcome);
        query.after = before.map(StreamId::Task);
        query.backwards = true;
        Ok(tasks(self.found(&query)?))
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
        let mut query = query("outcome", statuses, limit);
        query.after = after.map(StreamId::Outcome);
        Ok(outcomes(self.found(&query)?))
    }

    /// The same, the newest first and only those before this one.
    pub fn outcomes_before(
        &self,
        statuses: &[&str],
        before: Option<OutcomeId>,
        limit: usize,
    ) -> Result<Vec<Outcome>, EngineError> {
        let mut query = query("outcome", statuses, limit);
        query.after = before.map(StreamId::Outcome);
        query.backwards = true;
        Ok(outcomes(self.found(&query)?))
    }

    /// Contributors, the newest first, only those before this one; so many at the most.
    pub fn contributors_before(
        &self,
        before: Option<ContributorId>,
        limit: usize,
    ) -> Result<Vec<Contributor>, EngineError> {
        let mut query = query("contributor", &[], limit);
        query.after = before.map(StreamId::Contributor);
        query.backwards = true;
        let states = self.found(&query)?.into_iter();
        Ok(states
            .filter_map(|state| match state {
                State::Contributor(contributor) => Some(*contributor),
                _ => None,
            })
            .collect())
    }

    /// What happened in a stream, the oldest first; so many events at the most.
    pub fn history(&self, stream: StreamId, limit: usize) -> Result<Vec<Envelope>, EngineError> {
        let rows = self.store().history(stream, 0, limit)?;
        rows.iter().map(read_event).collect()
    }

    /// What happened in a stream after a version of it, the oldest first; so many events at the most.
    pub fn since(
        &self,
        stream: StreamId,
        version: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, EngineError> {
        let rows = self.store().history(stream, version, limit)?;
        rows.iter().map(read_event).collect()
    }

    /// What happened last in a stream, the newest first; so many events at the most.
    pub fn latest(&self, stream: StreamId, limit: usize) -> Result<Vec<Envelope>, EngineError> {
        self.before(stream, None, limit)
    }

    /// What happened in a stream before a version of it, or up to now, the newest first; so many events at the
    /// most.
    pub fn before(
        &self,
        stream: StreamId,
        version: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Envelope>, EngineError> {
        let Some(row) = self.store().load(&[stream])?.pop() else {
            return Ok(Vec::new());
        };
        let last = version.map_or(row.version, |it| it.saturating_sub(1).min(row.version));
        let after = last.saturating_sub(limit as u64);
        let count = usize::try_from(last - after).unwrap_or(limit);
        let mut events = Vec::new();
        for row in self.store().history(stream, after, count)? {
            events.push(read_event(&row)?);
        }
        events.reverse();
        Ok(events)
    }

    /// How many events there are.
    pub fn events(&self) -> Result<u64, EngineError> {
        Ok(self.store().log()?.size())
    }

    /// Events of the feed after a position, each with its own, the oldest first; so many at the most.
    pub fn feed_after(
        &self,
        position: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Envelope)>, EngineError> {
        let rows = self.store().feed(position, limit)?;
        let read = rows.iter().map(|row| Ok((row.position, read_event(row)?)));
        read.collect()
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

    /// The events after a position of the feed, with their positions; so many at the most.
    pub fn events_after(
        &self,
        position: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Envelope)>, EngineError> {
        let rows = self.store().feed(position, limit)?;
        let read = |row: &FeedRow| Ok((row.position, read_event(row)?));
        rows.iter().map(read).collect()
    }

    /// The transfers of an outcome with their places among all, the oldest first; so many at the most.
    pub fn transfers_of(
        &self,
        outcome: OutcomeId,
        limit: usize,
    ) -> Result<Vec<(u64, Transfer)>, EngineError> {
        let query = TransferQuery {
            outcome: Some(outcome),
            limit,
            ..TransferQuery::default()
        };
        let rows = self.store().transfers(&query)?.into_iter();
        Ok(rows.map(|row| (row.position, row.write.transfer)).collect())
    }

    /// The transfers of an outcome, or of all, the newest first, only those before this place; so many
    /// at the most.
    pub fn transfers_before(
        &self,
        outcome: Option<OutcomeId>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Moved>, EngineError> {
        let query = TransferQuery {
            outcome,
            after: before,
            backwards: true,
            limit,
        };
        let rows = self.store().transfers(&query)?.into_iter();
        let moved = rows.map(|row| Moved {
            place: row.position,
            at: row.write.at,
            transfer: row.write.transfer,
        });
        Ok(moved.collect())
    }

    /// What stands on every account that ever moved.
    pub fn balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, EngineError> {
        Ok(self.store().balances()?)
    }

    fn found(&self, query: &StateQuery) -> Result<Vec<State>, EngineError> {
        let mut states = Vec::new();
        for row in self.store().states(query)? {
            let state = serde_json::from_str(&row.body)
                .map_err(|error| StoreError::Damaged(format!("{}: {error}", row.stream)))?;
            states.push(state);
        }
        Ok(states)
    }
}

fn query(kind: &'static str, statuses: &[&str], limit: usize) -> StateQuery {
    StateQuery {
        kind: Some(kind),
        statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
        limit,
        ..StateQuery::default()
    }
}

fn tasks(states: Vec<State>) -> Vec<Task> {
    let tasks = states.into_iter().filter_map(|state| match state {
        State::Task(task) => Some(*task),
        _ => None,
    });
    tasks.collect()
}

fn outcomes(states: Vec<State>) -> Vec<Outcome> {
    let outcomes = states.into_iter().filter_map(|state| match state {
        State::Outcome(outcome) => Some(*outcome),
        _ => None,
    });
    outcomes.collect()
}

fn read_event(row: &FeedRow) -> Result<Envelope, EngineError> {
    let damaged = |error| StoreError::Damaged(format!("event {}: {error}", row.position));
    Ok(Envelope::from_stored(&row.event.body).map_err(damaged)?)
}
