//! The trait, put together from the words of this folder.
//!
//! Each call is a closure that a thread of the pool runs, perhaps more than once, so it owns what
//! it was asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer};
use consort_kernel::id::{CommandId, NetworkId, TaskId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::news::Herald;
use super::pool::Worker;
use super::{
    PostgresStore, Source, acceptance, commit, event, flaw, lease, listing, log, message,
    migration, network, personal, reaction, receipt, refusal, state, timer, transfer,
};
use crate::{
    Committed, FeedRow, Flaw, Identity, LeaseRow, OutboxRow, PersonalRow, ReactionRow, Receipt,
    RefusalRow, StateQuery, StateRow, Store, StoreError, TransferQuery, TransferRow, Watch,
    WriteSet, rules,
};

impl Store for PostgresStore {
    fn identity(&self, fresh: NetworkId) -> Result<Identity, StoreError> {
        if let Some(identity) = self.read(network::find)? {
            return Ok(identity);
        }
        self.write(move |session| network::begin(session, fresh))?;
        self.read(network::find)?
            .ok_or_else(|| StoreError::Damaged("the network was not kept".to_owned()))
    }

    fn load(&self, streams: &[StreamId]) -> Result<Vec<StateRow>, StoreError> {
        let streams = streams.to_vec();
        self.read(move |session| state::load(session, &streams))
    }

    fn receipts(&self, commands: &[(String, CommandId)]) -> Result<Vec<Receipt>, StoreError> {
        let commands = commands.to_vec();
        self.read(move |session| receipt::find(session, &commands))
    }

    fn commit(&self, set: &WriteSet) -> Result<Committed, StoreError> {
        rules::check(set)?;
        let Source::Latest(pool) = &self.source else {
            return Err(StoreError::NotWritable(
                "a moment of the database is for reading".to_owned(),
            ));
        };
        let set = Arc::new(set.clone());
        let committed = pool.call(move |session| commit::commit(session, &set))?;
        if let Some(herald) = self.herald.get() {
            herald.announce();
        }
        Ok(committed)
    }

    fn watch(&self, told: Box<dyn Fn() + Send>) -> Option<Watch> {
        if !matches!(self.source, Source::Latest(_)) {
            return None;
        }
        // Where no thread can be had, there is looking.
        if self.herald.get().is_none() {
            self.herald.set(Herald::start(&self.target).ok()?).ok();
        }
        self.herald.get()?.watch(&self.target, told).ok()
    }

    fn all_receipts(
        &self,
        after: Option<(CommandId, String)>,
        limit: usize,
    ) -> Result<Vec<Receipt>, StoreError> {
        self.read(move |session| receipt::list(session, after.as_ref(), limit))
    }

    fn extend_leases(
        &self,
        leases: &[(TaskId, u64, Timestamp)],
    ) -> Result<Vec<TaskId>, StoreError> {
        let leases = leases.to_vec();
        self.write(move |session| lease::extend(session, &leases))
    }

    fn lease(&self, task: TaskId) -> Result<Option<(u64, Timestamp)>, StoreError> {
        self.read(move |session| lease::current(session, task))
    }

    fn leases(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<LeaseRow>, StoreError> {
        self.read(move |session| lease::list(session, after, limit))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        self.read(move |session| timer::due(session, now, limit))
    }

    fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(timer::next_due)
    }

    fn reactions(&self, limit: usize) -> Result<Vec<ReactionRow>, StoreError> {
        self.read(move |session| reaction::list(session, limit))
    }

    fn refusals(&self, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
        self.read(move |session| refusal::list(session, limit))
    }

    fn personal(&self, subject: StreamId) -> Result<Vec<PersonalRow>, StoreError> {
        self.read(move |session| personal::of(session, subject))
    }

    fn erase_personal(&self, subject: StreamId) -> Result<(), StoreError> {
        self.write(move |session| personal::erase(session, subject))
    }

    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<(u64, OutboxRow)>, StoreError> {
        self.read(move |session| message::list(session, after, limit))
    }

    fn outbox_done(&self, positions: &[u64]) -> Result<(), StoreError> {
        let positions = positions.to_vec();
        self.write(move |session| message::forget(session, &positions))
    }

    fn feed(&self, after: u64, limit: usize) -> Result<Vec<FeedRow>, StoreError> {
        self.read(move |session| event::feed(session, after, limit))
    }

    fn history(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FeedRow>, StoreError> {
        self.read(move |session| event::history(session, stream, after, limit))
    }

    fn states(&self, query: &StateQuery) -> Result<Vec<StateRow>, StoreError> {
        let query = query.clone();
        self.read(move |session| listing::states(session, &query))
    }

    fn counts(
        &self,
        parent: Option<StreamId>,
    ) -> Result<BTreeMap<(String, String), u64>, StoreError> {
        self.read(move |session| listing::counts(session, parent))
    }

    fn transfers(&self, query: &TransferQuery) -> Result<Vec<TransferRow>, StoreError> {
        let query = query.clone();
        self.read(move |session| transfer::list(session, &query))
    }

    fn balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        self.read(transfer::fold)
    }

    fn guarded_balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        self.read(transfer::guarded)
    }

    fn acceptances(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Acceptance>, StoreError> {
        self.read(move |session| acceptance::list(session, after, limit))
    }

    fn log(&self) -> Result<Frontier, StoreError> {
        self.read(log::kept)
    }

    fn put_checkpoint(&self, size: u64, root: Digest, note: &str) -> Result<(), StoreError> {
        let note = note.to_owned();
        self.write(move |session| log::put_checkpoint(session, size, root, &note))
    }

    fn checkpoints(&self) -> Result<Vec<(u64, Digest, String)>, StoreError> {
        self.read(log::checkpoints)
    }

    fn flaws(&self) -> Result<Vec<Flaw>, StoreError> {
        // The form is compared on a connection of its own, which may write what it gives up.
        let form = Worker::new(self.target.clone())?.call(true, migration::differences)?;
        let has_form = form.is_empty();
        let mut flaws: Vec<Flaw> = form.into_iter().map(Flaw::Form).collect();
        match self.read(flaw::contradictions) {
            Ok(found) => flaws.extend(found),
            // Where tables are missing, rows cannot be counted.
            Err(StoreError::Damaged(_)) if !has_form => {}
            Err(error) => return Err(error),
        }
        Ok(flaws)
    }

    fn snapshot(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(self.at_this_moment()?))
    }

    fn rebuild(&self, rows: &[StateRow]) -> Result<(), StoreError> {
        let rows = rows.to_vec();
        self.write(move |session| {
            log::lock(session)?;
            state::replace(session, &rows)
        })
    }

    fn rebuild_timers(&self, timers: &[Timer]) -> Result<(), StoreError> {
        let timers = timers.to_vec();
        self.write(move |session| {
            log::lock(session)?;
            timer::replace_all(session, &timers)?;
            lease::end_without_timer(session)
        })
    }
}
