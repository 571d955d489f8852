//! Planted faults: bugs put in on purpose, to show that the auditor sees them.
//!
//! Each stands between the lanes and the store, or between the simulator and the lanes. None of
//! them can be switched on outside of a simulation.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, LeaseChange, Timer, TimerChange, TimerKind};
use consort_kernel::id::{CommandId, NetworkId, TaskId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset, Purpose};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::memory::MemoryStore;
use consort_store::{
    Committed, EventRow, FeedRow, Flaw, Identity, LeaseRow, OutboxRow, PersonalRow, ReactionRow,
    Receipt, RefusalRow, StateQuery, StateRow, Store, StoreError, TransferQuery, TransferRow,
    WriteSet,
};
use serde_json::Value;

/// A bug that is put in on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// An overdue review accepts what it was to escalate.
    AcceptedOnTimer,
    /// Rows that were relied on are not compared at the commit.
    DroppedGuards,
    /// An acceptance names somebody who signed nothing.
    ForgedSignature,
    /// What follows from an event on another stream is forgotten.
    LostReaction,
    /// Answers are not kept, so that a repeated command is carried out again.
    LostReceipt,
    /// A lease has no timer.
    LostTimer,
    /// A payout is booked twice.
    PaidTwice,
    /// A lease number is given out a second time.
    ReusedLeaseNumber,
    /// A review is by who did the work.
    ReviewedOwnWork,
    /// What is left of an outcome's money is not given back.
    SkippedRefund,
    /// One of several engines rejects on the word of its cache.
    StaleRejection,
    /// Two events of the feed change places.
    SwappedEvents,
    /// Somebody takes two tasks of a group.
    TookTwo,
    /// A stored state is not the fold of its events.
    TamperedState,
    /// An event is not what it was when it was hashed.
    TamperedEvent,
}

impl Plant {
    /// Every planted fault, with the rules of which the auditor must name one.
    pub const ALL: [(Self, &'static [u8]); 15] = [
        (Self::AcceptedOnTimer, &[4]),
        (Self::DroppedGuards, &[9, 10]),
        (Self::ForgedSignature, &[5]),
        (Self::LostReaction, &[1, 3]),
        (Self::LostReceipt, &[1]),
        (Self::LostTimer, &[2]),
        (Self::PaidTwice, &[3]),
        (Self::ReusedLeaseNumber, &[2]),
        (Self::ReviewedOwnWork, &[6]),
        (Self::SkippedRefund, &[3]),
        (Self::StaleRejection, &[1]),
        (Self::SwappedEvents, &[8]),
        (Self::TookTwo, &[6]),
        (Self::TamperedState, &[8]),
        (Self::TamperedEvent, &[8]),
    ];
}

/// Which position of the feed is tampered with.
const TAMPERED: usize = 40;

/// A store with a bug, or with none.
pub(super) struct PlantedStore {
    inner: MemoryStore,
    plant: Option<Plant>,
    /// The highest lease number of each task.
    leases: Mutex<BTreeMap<TaskId, u64>>,
    /// Who took each task of a group.
    holders: Mutex<BTreeMap<String, Value>>,
}

impl PlantedStore {
    pub(super) fn new(inner: MemoryStore, plant: Option<Plant>) -> Self {
        Self {
            inner,
            plant,
            leases: Mutex::default(),
            holders: Mutex::default(),
        }
    }

    fn has(&self, plant: Plant) -> bool {
        self.plant == Some(plant)
    }

    fn leases(&self) -> MutexGuard<'_, BTreeMap<TaskId, u64>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The write set with the bug in it.
    fn spoiled(&self, plant: Plant, set: &WriteSet) -> WriteSet {
        let mut set = set.clone();
        match plant {
            Plant::DroppedGuards => set.guards.clear(),
            Plant::ForgedSignature => set.events.iter_mut().for_each(forge),
            Plant::LostReaction => set.reactions.clear(),
            Plant::LostReceipt => set.receipts.retain(|receipt| receipt.events != 1),
            Plant::LostTimer => set.timers.retain(|change| {
                !matches!(change, TimerChange::Set(timer)
                    if timer.kind == TimerKind::Lease && timer.number > 1)
            }),
            Plant::ReusedLeaseNumber => {
                let mut known = self.leases();
                set.leases.retain(|change| match change {
                    LeaseChange::Grant { task, number, .. } => {
                        let last = known.entry(*task).or_default();
                        let grows = *number > *last;
                        *last = (*last).max(*number);
                        grows
                    }
                    LeaseChange::End { task, number } => self
                        .inner
                        .lease(*task)
                        .is_ok_and(|lease| lease.is_some_and(|(current, _)| current == *number)),
                });
            }
            Plant::ReviewedOwnWork => {
                for at in 0..set.events.len() {
                    own_review(&mut set, at);
                }
            }
            Plant::SkippedRefund => set
                .transfers
                .retain(|write| write.transfer.purpose != Purpose::Refund),
            Plant::TookTwo => {
                let mut holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
                for row in &mut set.events {
                    take_another(row, &mut holders);
                }
            }
            Plant::TamperedState => {
                for write in &mut set.rows {
                    let body = &write.row.body;
                    write.row.body = body.replace("\"paid\":\"", "\"paid\":\"1");
                }
            }
            Plant::AcceptedOnTimer
            | Plant::PaidTwice
            | Plant::StaleRejection
            | Plant::SwappedEvents
            | Plant::TamperedEvent => {}
        }
        set
    }
}

/// Puts the one who did the work in the place of who signed.
fn forge(row: &mut EventRow) {
    let Some(mut event) = parsed(&row.body) else {
        return;
    };
    let organisation = event["organisation"].clone();
    let approval = &mut event["event"]["task"]["accepted"]["settlement"]["approval"];
    for kind in ["in_advance", "signed_off"] {
        if approval[kind].is_object() {
            approval[kind]["by"] = organisation.clone();
            row.body = event.to_string();
            return;
        }
    }
}

/// Puts the one who has another task of the group in the place of who takes one.
fn take_another(row: &mut EventRow, holders: &mut BTreeMap<String, Value>) {
    let Some(mut event) = parsed(&row.body) else {
        return;
    };
    let claimed = &mut event["event"]["task"]["claimed"];
    let others = claimed["apart_from"].as_array().into_iter().flatten();
    let mut others = others.filter_map(|other| holders.get(other.as_str()?));
    if let Some(holder) = others.next().cloned() {
        claimed["holder"] = holder.clone();
        event["principal"] = serde_json::json!({ "contributor": holder["id"] });
        row.body = event.to_string();
    } else if claimed.is_object() {
        holders.insert(row.stream.to_string(), claimed["holder"].clone());
    }
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

impl Store for PlantedStore {
    fn identity(&self, fresh: NetworkId) -> Result<Identity, StoreError> {
        self.inner.identity(fresh)
    }

    fn load(&self, streams: &[StreamId]) -> Result<Vec<StateRow>, StoreError> {
        let mut rows = self.inner.load(streams)?;
        if self.has(Plant::ReusedLeaseNumber) {
            for row in &mut rows {
                if row.status == "ready"
                    && let Some(mut state) = parsed(&row.body)
                    && let Some(number) = state["task"]["lease_number"].as_u64()
                {
                    state["task"]["lease_number"] = number.saturating_sub(1).into();
                    row.body = state.to_string();
                }
            }
        }
        Ok(rows)
    }

    fn receipts(&self, commands: &[(String, CommandId)]) -> Result<Vec<Receipt>, StoreError> {
        self.inner.receipts(commands)
    }

    fn all_receipts(
        &self,
        after: Option<(CommandId, String)>,
        limit: usize,
    ) -> Result<Vec<Receipt>, StoreError> {
        self.inner.all_receipts(after, limit)
    }

    fn commit(&self, set: &WriteSet) -> Result<Committed, StoreError> {
        match self.plant {
            Some(plant) => self.inner.commit(&self.spoiled(plant, set)),
            None => self.inner.commit(set),
        }
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
        self.inner.leases(after, limit)
    }

    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        self.inner.due(now, limit)
    }

    fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_due()
    }

    fn reactions(&self, limit: usize) -> Result<Vec<ReactionRow>, StoreError> {
        self.inner.reactions(limit)
    }

    fn refusals(&self, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
        self.inner.refusals(limit)
    }

    fn personal(&self, subject: StreamId) -> Result<Vec<PersonalRow>, StoreError> {
        self.inner.personal(subject)
    }

    fn erase_personal(&self, subject: StreamId) -> Result<(), StoreError> {
        self.inner.erase_personal(subject)
    }

    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<(u64, OutboxRow)>, StoreError> {
        self.inner.outbox(after, limit)
    }

    fn outbox_done(&self, positions: &[u64]) -> Result<(), StoreError> {
        self.inner.outbox_done(positions)
    }

    fn feed(&self, after: u64, limit: usize) -> Result<Vec<FeedRow>, StoreError> {
        let mut rows = self.inner.feed(after, limit)?;
        let first = usize::try_from(after).unwrap_or(usize::MAX);
        let Some(place) = TAMPERED.checked_sub(first) else {
            return Ok(rows);
        };
        if self.has(Plant::SwappedEvents) && place + 1 < rows.len() {
            rows.swap(place, place + 1);
            let (one, other) = (rows[place].position, rows[place + 1].position);
            rows[place].position = other;
            rows[place + 1].position = one;
        }
        if self.has(Plant::TamperedEvent)
            && let Some(row) = rows.get_mut(place)
        {
            row.event.body = row.event.body.replacen("\"policy\":", "\"policy\":1", 1);
        }
        Ok(rows)
    }

    fn history(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FeedRow>, StoreError> {
        self.inner.history(stream, after, limit)
    }

    fn states(&self, query: &StateQuery) -> Result<Vec<StateRow>, StoreError> {
        self.inner.states(query)
    }

    fn counts(
        &self,
        parent: Option<StreamId>,
    ) -> Result<BTreeMap<(String, String), u64>, StoreError> {
        self.inner.counts(parent)
    }

    fn transfers(&self, query: &TransferQuery) -> Result<Vec<TransferRow>, StoreError> {
        let rows = self.inner.transfers(query)?;
        if !self.has(Plant::PaidTwice) {
            return Ok(rows);
        }
        let twice = |row: TransferRow| match row.write.transfer.purpose {
            Purpose::Pay => vec![row.clone(), row],
            _ => vec![row],
        };
        Ok(rows.into_iter().flat_map(twice).collect())
    }

    fn balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        self.inner.balances()
    }

    fn guarded_balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        self.inner.guarded_balances()
    }

    fn acceptances(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Acceptance>, StoreError> {
        self.inner.acceptances(after, limit)
    }

    fn log(&self) -> Result<Frontier, StoreError> {
        self.inner.log()
    }

    fn put_checkpoint(&self, size: u64, root: Digest, note: &str) -> Result<(), StoreError> {
        self.inner.put_checkpoint(size, root, note)
    }

    fn checkpoints(&self) -> Result<Vec<(u64, Digest, String)>, StoreError> {
        self.inner.checkpoints()
    }

    fn flaws(&self) -> Result<Vec<Flaw>, StoreError> {
        self.inner.flaws()
    }

    fn snapshot(&self) -> Result<Box<dyn Store>, StoreError> {
        self.inner.snapshot()
    }

    fn rebuild(&self, rows: &[StateRow]) -> Result<(), StoreError> {
        self.inner.rebuild(rows)
    }

    fn rebuild_timers(&self, timers: &[Timer]) -> Result<(), StoreError> {
        self.inner.rebuild_timers(timers)
    }
}

/// Puts the one who did the work in the place of the reviewer.
fn own_review(set: &mut WriteSet, at: usize) {
    let row = set
        .rows
        .iter()
        .find(|write| write.row.stream == set.events[at].stream);
    let Some(state) = row.and_then(|write| parsed(&write.row.body)) else {
        return;
    };
    let phase = &state["task"]["phase"];
    let handed = ["reviewing", "signing"]
        .into_iter()
        .map(|name| &phase[name])
        .find(|handed| handed.is_object());
    let holder = handed.map(|handed| handed["lease"]["holder"].clone());
    let Some(mut event) = parsed(&set.events[at].body) else {
        return;
    };
    let (Some(holder), true) = (holder, event["event"]["task"]["reviewed"].is_object()) else {
        return;
    };
    event["principal"] = serde_json::json!({ "contributor": holder["id"] });
    event["event"]["task"]["reviewed"]["review"]["by"] = holder;
    set.events[at].body = event.to_string();
}
