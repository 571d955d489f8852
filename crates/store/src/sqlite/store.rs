//! The trait, put together from the words of this folder.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer};
use consort_kernel::id::{CommandId, NetworkId, TaskId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::{
    SqliteStore, acceptance, event, flaw, lease, listing, log, message, network, personal,
    reaction, receipt, refusal, state, timer, transfer,
};
use crate::{
    Committed, FeedRow, Flaw, Identity, LeaseRow, OutboxRow, PersonalRow, ReactionRow, Receipt,
    RefusalRow, StateQuery, StateRow, Store, StoreError, TransferQuery, TransferRow, WriteSet,
};

impl Store for SqliteStore {
    fn identity(&self, fresh: NetworkId) -> Result<Identity, StoreError> {
        if let Some(identity) = self.readers.read(network::find)? {
            return Ok(identity);
        }
        self.writer()?.write(|connection, _| {
            if network::find(connection)?.is_none() {
                network::begin(connection, fresh)?;
            }
            Ok(())
        })?;
        self.readers
            .read(network::find)?
            .ok_or_else(|| StoreError::Damaged("the network was not kept".to_owned()))
    }

    fn load(&self, streams: &[StreamId]) -> Result<Vec<StateRow>, StoreError> {
        self.readers
            .read(|connection| state::load(connection, streams))
    }

    fn receipts(&self, commands: &[(String, CommandId)]) -> Result<Vec<Receipt>, StoreError> {
        self.readers.read(|connection| {
            let found = commands
                .iter()
                .map(|(principal, command)| receipt::find(connection, principal, *command));
            found.filter_map(Result::transpose).collect()
        })
    }

    fn all_receipts(
        &self,
        after: Option<(CommandId, String)>,
        limit: usize,
    ) -> Result<Vec<Receipt>, StoreError> {
        self.readers
            .read(|connection| receipt::list(connection, after, limit))
    }

    fn commit(&self, set: &WriteSet) -> Result<Committed, StoreError> {
        let mut writer = self.writer()?;
        let beside = self.keepings.take();
        writer.commit(set, beside)
    }

    fn extend_leases(
        &self,
        leases: &[(TaskId, u64, Timestamp)],
    ) -> Result<Vec<TaskId>, StoreError> {
        self.writer()?
            .write(|connection, _| lease::extend(connection, leases))
    }

    fn lease(&self, task: TaskId) -> Result<Option<(u64, Timestamp)>, StoreError> {
        self.readers
            .read(|connection| lease::current(connection, task))
    }

    fn leases(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<LeaseRow>, StoreError> {
        self.readers
            .read(|connection| lease::list(connection, after, limit))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        self.readers
            .read(|connection| timer::due(connection, now, limit))
    }

    fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.readers.read(timer::next_due)
    }

    fn reactions(&self, limit: usize) -> Result<Vec<ReactionRow>, StoreError> {
        self.readers
            .read(|connection| reaction::list(connection, limit))
    }

    fn refusals(&self, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
        self.readers
            .read(|connection| refusal::list(connection, limit))
    }

    fn personal(&self, subject: StreamId) -> Result<Vec<PersonalRow>, StoreError> {
        self.readers
            .read(|connection| personal::of(connection, subject))
    }

    fn erase_personal(&self, subject: StreamId) -> Result<(), StoreError> {
        self.writer()?
            .write(|connection, _| personal::erase(connection, subject))
    }

    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<(u64, OutboxRow)>, StoreError> {
        self.readers
            .read(|connection| message::list(connection, after, limit))
    }

    fn outbox_done(&self, positions: &[u64]) -> Result<(), StoreError> {
        self.writer()?
            .write(|connection, _| message::forget(connection, positions))
    }

    fn feed(&self, after: u64, limit: usize) -> Result<Vec<FeedRow>, StoreError> {
        self.readers
            .read(|connection| event::feed(connection, after, limit))
    }

    fn history(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FeedRow>, StoreError> {
        self.readers
            .read(|connection| event::history(connection, stream, after, limit))
    }

    fn states(&self, query: &StateQuery) -> Result<Vec<StateRow>, StoreError> {
        self.readers
            .read(|connection| listing::states(connection, query))
    }

    fn counts(
        &self,
        parent: Option<StreamId>,
    ) -> Result<BTreeMap<(String, String), u64>, StoreError> {
        self.readers
            .read(|connection| listing::counts(connection, parent))
    }

    fn transfers(&self, query: &TransferQuery) -> Result<Vec<TransferRow>, StoreError> {
        self.readers
            .read(|connection| transfer::list(connection, query))
    }

    fn balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        self.readers.read(transfer::fold)
    }

    fn guarded_balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        self.readers.read(transfer::guarded)
    }

    fn acceptances(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Acceptance>, StoreError> {
        self.readers
            .read(|connection| acceptance::list(connection, after, limit))
    }

    fn log(&self) -> Result<Frontier, StoreError> {
        self.readers.read(log::kept)
    }

    fn put_checkpoint(&self, size: u64, root: Digest, note: &str) -> Result<(), StoreError> {
        self.writer()?
            .write(|connection, _| log::put_checkpoint(connection, size, root, note))
    }

    fn checkpoints(&self) -> Result<Vec<(u64, Digest, String)>, StoreError> {
        self.readers.read(log::checkpoints)
    }

    fn flaws(&self) -> Result<Vec<Flaw>, StoreError> {
        self.readers.read(flaw::find)
    }

    fn snapshot(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(self.at_this_moment()?))
    }

    fn rebuild(&self, rows: &[StateRow]) -> Result<(), StoreError> {
        self.writer()?
            .write(|connection, names| state::replace(connection, names, rows))
    }

    fn rebuild_timers(&self, timers: &[Timer]) -> Result<(), StoreError> {
        self.writer()?.write(|connection, _| {
            timer::replace_all(connection, timers)?;
            lease::end_without_timer(connection)
        })
    }
}
