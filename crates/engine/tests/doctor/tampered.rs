//! A store whose rows somebody changed behind its back: what it reads goes through a change first.
//!
//! A database refuses most of these changes by its triggers; whoever writes to its file passes
//! them by.

use std::collections::BTreeMap;
use std::sync::Arc;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer};
use consort_kernel::id::{CommandId, NetworkId, TaskId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{
    Committed, FeedRow, Flaw, Identity, LeaseRow, OutboxRow, PersonalRow, ReactionRow, Receipt,
    RefusalRow, StateQuery, StateRow, Store, StoreError, TransferQuery, TransferRow, WriteSet,
};

/// A change of all rows of a kind.
type Change<T> = Option<Arc<dyn Fn(&mut T) + Send + Sync>>;

type Balances = BTreeMap<(Account, Asset), Amount>;

/// The store and the changes.
#[derive(Clone)]
pub(crate) struct Tampered {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) events: Change<Vec<FeedRow>>,
    pub(crate) states: Change<Vec<StateRow>>,
    pub(crate) transfers: Change<Vec<TransferRow>>,
    pub(crate) balances: Change<Balances>,
    pub(crate) guarded: Change<Balances>,
    pub(crate) acceptances: Change<Vec<Acceptance>>,
    pub(crate) timers: Change<Vec<Timer>>,
    pub(crate) leases: Change<Vec<LeaseRow>>,
    pub(crate) receipts: Change<Vec<Receipt>>,
    pub(crate) outbox: Change<Vec<(u64, OutboxRow)>>,
    pub(crate) flaws: Change<Vec<Flaw>>,
    /// Which kind of rows cannot be read.
    pub(crate) unreadable: Option<&'static str>,
    pub(crate) checkpoints: Change<Vec<(u64, Digest, String)>>,
    pub(crate) reactions: Change<Vec<ReactionRow>>,
    pub(crate) refusals: Change<Vec<RefusalRow>>,
    pub(crate) personal: Change<Vec<PersonalRow>>,
    pub(crate) log: Change<Frontier>,
    pub(crate) identity: Change<Identity>,
}

impl Tampered {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            events: None,
            states: None,
            transfers: None,
            balances: None,
            guarded: None,
            acceptances: None,
            timers: None,
            leases: None,
            receipts: None,
            outbox: None,
            flaws: None,
            unreadable: None,
            checkpoints: None,
            reactions: None,
            refusals: None,
            personal: None,
            log: None,
            identity: None,
        }
    }

    fn readable(&self, kind: &str) -> Result<(), StoreError> {
        match self.unreadable {
            Some(unreadable) if unreadable == kind => {
                Err(StoreError::Damaged(format!("the {kind} are torn")))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn all_events(&self) -> Result<Vec<FeedRow>, StoreError> {
        Ok(changed(
            self.events.as_deref(),
            self.inner.feed(0, usize::MAX)?,
        ))
    }

    fn all_states(&self) -> Result<Vec<StateRow>, StoreError> {
        let query = StateQuery {
            limit: usize::MAX,
            ..StateQuery::default()
        };
        Ok(changed(self.states.as_deref(), self.inner.states(&query)?))
    }
}

fn changed<T>(change: Option<&(dyn Fn(&mut T) + Send + Sync)>, mut rows: T) -> T {
    if let Some(change) = change {
        change(&mut rows);
    }
    rows
}

impl Store for Tampered {
    fn identity(&self, fresh: NetworkId) -> Result<Identity, StoreError> {
        Ok(changed(
            self.identity.as_deref(),
            self.inner.identity(fresh)?,
        ))
    }

    fn load(&self, streams: &[StreamId]) -> Result<Vec<StateRow>, StoreError> {
        let mut rows = self.all_states()?;
        rows.retain(|row| streams.contains(&row.stream));
        Ok(rows)
    }

    fn receipts(&self, commands: &[(String, CommandId)]) -> Result<Vec<Receipt>, StoreError> {
        let mut rows = changed(
            self.receipts.as_deref(),
            self.inner.all_receipts(None, usize::MAX)?,
        );
        rows.retain(|row| commands.contains(&(row.principal.clone(), row.command)));
        Ok(rows)
    }

    fn all_receipts(
        &self,
        after: Option<(CommandId, String)>,
        limit: usize,
    ) -> Result<Vec<Receipt>, StoreError> {
        let mut rows = changed(
            self.receipts.as_deref(),
            self.inner.all_receipts(None, usize::MAX)?,
        );
        rows.retain(|row| {
            let key = (row.command, row.principal.clone());
            after.as_ref().is_none_or(|after| key > *after)
        });
        rows.truncate(limit);
        Ok(rows)
    }

    fn commit(&self, set: &WriteSet) -> Result<Committed, StoreError> {
        self.inner.commit(set)
    }

    fn extend_leases(
        &self,
        leases: &[(TaskId, u64, Timestamp)],
    ) -> Result<Vec<TaskId>, StoreError> {
        self.inner.extend_leases(leases)
    }

    fn lease(&self, task: TaskId) -> Result<Option<(u64, Timestamp)>, StoreError> {
        self.inner.lease(task)
    }

    fn leases(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<LeaseRow>, StoreError> {
        self.readable("leases")?;
        let mut rows = changed(self.leases.as_deref(), self.inner.leases(None, usize::MAX)?);
        rows.retain(|row| after.is_none_or(|after| row.task > after));
        rows.truncate(limit);
        Ok(rows)
    }

    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        Ok(changed(self.timers.as_deref(), self.inner.due(now, limit)?))
    }

    fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_due()
    }

    fn reactions(&self, limit: usize) -> Result<Vec<ReactionRow>, StoreError> {
        Ok(changed(
            self.reactions.as_deref(),
            self.inner.reactions(limit)?,
        ))
    }

    fn refusals(&self, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
        Ok(changed(
            self.refusals.as_deref(),
            self.inner.refusals(limit)?,
        ))
    }

    fn personal(&self, subject: StreamId) -> Result<Vec<PersonalRow>, StoreError> {
        Ok(changed(
            self.personal.as_deref(),
            self.inner.personal(subject)?,
        ))
    }

    fn erase_personal(&self, subject: StreamId) -> Result<(), StoreError> {
        self.inner.erase_personal(subject)
    }

    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<(u64, OutboxRow)>, StoreError> {
        let mut rows = changed(self.outbox.as_deref(), self.inner.outbox(0, usize::MAX)?);
        rows.retain(|(position, _)| *position > after);
        rows.truncate(limit);
        Ok(rows)
    }

    fn outbox_done(&self, positions: &[u64]) -> Result<(), StoreError> {
        self.inner.outbox_done(positions)
    }

    fn feed(&self, after: u64, limit: usize) -> Result<Vec<FeedRow>, StoreError> {
        self.readable("events")?;
        let rows = self.all_events()?.into_iter();
        Ok(rows
            .filter(|row| row.position > after)
            .take(limit)
            .collect())
    }

    fn history(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FeedRow>, StoreError> {
        let rows = self.all_events()?.into_iter();
        let rows = rows.filter(|row| row.event.stream == stream && row.event.version > after);
        Ok(rows.take(limit).collect())
    }

    fn states(&self, query: &StateQuery) -> Result<Vec<StateRow>, StoreError> {
        let mut rows = self.all_states()?;
        rows.sort_by_key(|row| row.stream);
        let wanted = rows.into_iter().filter(|row| {
            query.kind.is_none_or(|kind| kind == row.stream.kind())
                && query.parent.is_none_or(|parent| Some(parent) == row.parent)
                && query.after.is_none_or(|after| row.stream > after)
        });
        Ok(wanted.take(query.limit).collect())
    }

    fn counts(
        &self,
        parent: Option<StreamId>,
    ) -> Result<BTreeMap<(String, String), u64>, StoreError> {
        self.inner.counts(parent)
    }

    fn transfers(&self, query: &TransferQuery) -> Result<Vec<TransferRow>, StoreError> {
        let all = TransferQuery {
            outcome: query.outcome,
            after: 0,
            backwards: false,
            limit: usize::MAX,
        };
        let rows = changed(self.transfers.as_deref(), self.inner.transfers(&all)?).into_iter();
        Ok(rows
            .filter(|row| row.position > query.after)
            .take(query.limit)
            .collect())
    }

    fn balances(&self) -> Result<Balances, StoreError> {
        Ok(changed(self.balances.as_deref(), self.inner.balances()?))
    }

    fn guarded_balances(&self) -> Result<Balances, StoreError> {
        Ok(changed(
            self.guarded.as_deref(),
            self.inner.guarded_balances()?,
        ))
    }

    fn acceptances(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Acceptance>, StoreError> {
        let mut rows = changed(
            self.acceptances.as_deref(),
            self.inner.acceptances(None, usize::MAX)?,
        );
        rows.sort_by_key(|row| row.task);
        rows.retain(|row| after.is_none_or(|after| row.task > after));
        rows.truncate(limit);
        Ok(rows)
    }

    fn log(&self) -> Result<Frontier, StoreError> {
        Ok(changed(self.log.as_deref(), self.inner.log()?))
    }

    fn put_checkpoint(&self, size: u64, root: Digest, note: &str) -> Result<(), StoreError> {
        self.inner.put_checkpoint(size, root, note)
    }

    fn checkpoints(&self) -> Result<Vec<(u64, Digest, String)>, StoreError> {
        Ok(changed(
            self.checkpoints.as_deref(),
            self.inner.checkpoints()?,
        ))
    }

    fn flaws(&self) -> Result<Vec<Flaw>, StoreError> {
        Ok(changed(self.flaws.as_deref(), self.inner.flaws()?))
    }

    fn snapshot(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(Self {
            inner: Arc::from(self.inner.snapshot()?),
            ..self.clone()
        }))
    }

    fn rebuild(&self, rows: &[StateRow]) -> Result<(), StoreError> {
        self.inner.rebuild(rows)
    }

    fn rebuild_timers(&self, timers: &[Timer]) -> Result<(), StoreError> {
        self.inner.rebuild_timers(timers)
    }
}
