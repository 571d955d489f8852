//! The rows as a decision sees them: what the batch changed, over what is cached.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::id::{NetworkId, OutcomeId, TaskId};
use consort_kernel::network::Network;
use consort_kernel::state::{Rows, State};
use consort_kernel::stream::StreamId;
use consort_store::{StateQuery, Store, StoreError};

use super::cache::Cache;
use super::write::Changed;

/// Statuses of tasks that are not settled.
const OPEN: [&str; 7] = [
    "blocked",
    "ready",
    "offered",
    "leased",
    "checking",
    "reviewing",
    "signing",
];

/// A view of the rows.
pub(super) struct View<'a> {
    store: &'a dyn Store,
    changed: &'a BTreeMap<StreamId, Changed>,
    cache: &'a Cache,
    network: NetworkId,
    failure: RefCell<Option<StoreError>>,
}

impl<'a> View<'a> {
    pub(super) const fn new(
        store: &'a dyn Store,
        changed: &'a BTreeMap<StreamId, Changed>,
        cache: &'a Cache,
        network: NetworkId,
    ) -> Self {
        Self {
            store,
            changed,
            cache,
            network,
            failure: RefCell::new(None),
        }
    }

    /// The failure of the store, if one came between.
    pub(super) fn failure(self) -> Result<(), StoreError> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }

    /// Tasks with these statuses, as the store and this batch have them.
    fn listed(
        &self,
        outcome: Option<OutcomeId>,
        statuses: &[&str],
        after: Option<TaskId>,
        limit: usize,
    ) -> Vec<TaskId> {
        // What this batch changed must not hide that the store has more, so so many more are read.
        let mut tasks: BTreeSet<TaskId> = self
            .stored_tasks(outcome, statuses, after, limit + self.changed.len())
            .into_iter()
            .collect();
        for changed in self.changed.values() {
            let State::Task(task) = &changed.cached.state else {
                continue;
            };
            let is_other = outcome.is_some_and(|outcome| task.outcome != outcome);
            if is_other || after.is_some_and(|after| task.id <= after) {
                continue;
            }
            if statuses.contains(&task.phase.as_str()) {
                tasks.insert(task.id);
            } else {
                tasks.remove(&task.id);
            }
        }
        tasks.into_iter().take(limit).collect()
    }

    fn stored_tasks(
        &self,
        outcome: Option<OutcomeId>,
        statuses: &[&str],
        after: Option<TaskId>,
        limit: usize,
    ) -> Vec<TaskId> {
        let query = StateQuery {
            kind: Some("task"),
            parent: outcome.map(StreamId::Outcome),
            statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
            after: after.map(StreamId::Task),
            backwards: false,
            limit,
        };
        match self.store.states(&query) {
            Ok(rows) => rows
                .into_iter()
                .filter_map(|row| match row.stream {
                    StreamId::Task(id) => Some(id),
                    StreamId::Network(_)
                    | StreamId::Organisation(_)
                    | StreamId::Contributor(_)
                    | StreamId::Outcome(_) => None,
                })
                .collect(),
            Err(error) => {
                self.failure.replace(Some(error));
                Vec::new()
            }
        }
    }
}

impl Rows for View<'_> {
    fn state(&self, stream: StreamId) -> Option<&State> {
        let changed = self
            .changed
            .get(&stream)
            .map(|changed| &changed.cached.state);
        changed.or_else(|| self.cache.get(stream).map(|cached| &cached.state))
    }

    fn network(&self) -> Option<&Network> {
        match self.state(StreamId::Network(self.network)) {
            Some(State::Network(network)) => Some(network),
            Some(_) | None => None,
        }
    }

    fn tasks_of(&self, outcome: OutcomeId, after: Option<TaskId>, limit: usize) -> Vec<TaskId> {
        self.listed(Some(outcome), &OPEN, after, limit)
    }

    fn unsigned(
        &self,
        outcome: Option<OutcomeId>,
        after: Option<TaskId>,
        limit: usize,
    ) -> Vec<TaskId> {
        self.listed(outcome, &["signing"], after, limit)
    }
}
