//! All that can be read from a store, so that two moments or two stores can be compared.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer};
use consort_kernel::id::TaskId;
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{
    FeedRow, OutboxRow, ReactionRow, Receipt, StateQuery, StateRow, Store, TransferQuery,
    TransferRow,
};

use crate::fixture::{at, command, task};

/// More rows than a contract ever writes.
pub(crate) const ALL: usize = 10_000;

/// The tasks and commands whose lease and receipt are in the picture.
const WATCHED: u128 = 12;

/// The principals whose receipts are in the picture.
const PRINCIPALS: [&str; 2] = ["ann", "ben"];

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) feed: Vec<FeedRow>,
    pub(crate) log: Frontier,
    pub(crate) states: Vec<StateRow>,
    pub(crate) counts: BTreeMap<(String, String), u64>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) transfers: Vec<TransferRow>,
    pub(crate) balances: BTreeMap<(Account, Asset), Amount>,
    pub(crate) guarded: BTreeMap<(Account, Asset), Amount>,
    pub(crate) acceptances: Vec<Acceptance>,
    pub(crate) leases: Vec<(TaskId, u64, Timestamp)>,
    pub(crate) timers: Vec<Timer>,
    pub(crate) reactions: Vec<ReactionRow>,
    pub(crate) outbox: Vec<(u64, OutboxRow)>,
    pub(crate) checkpoints: Vec<(u64, Digest, String)>,
}

/// Takes the picture.
pub(crate) fn picture(store: &dyn Store) -> Picture {
    let commands: Vec<_> = PRINCIPALS
        .iter()
        .flat_map(|name| (0..WATCHED).map(|number| ((*name).to_owned(), command(number))))
        .collect();
    let leases = (0..WATCHED).filter_map(|number| {
        let lease = store.lease(task(number)).unwrap();
        lease.map(|(lease, deadline)| (task(number), lease, deadline))
    });
    Picture {
        feed: store.feed(0, ALL).unwrap(),
        log: store.log().unwrap(),
        states: store.states(&all_states()).unwrap(),
        counts: store.counts(None).unwrap(),
        receipts: store.receipts(&commands).unwrap(),
        transfers: store.transfers(&all_transfers()).unwrap(),
        balances: store.balances().unwrap(),
        guarded: store.guarded_balances().unwrap(),
        acceptances: store.acceptances(None, ALL).unwrap(),
        leases: leases.collect(),
        timers: store.due(at(i64::MAX), ALL).unwrap(),
        reactions: store.reactions(ALL).unwrap(),
        outbox: store.outbox(0, ALL).unwrap(),
        checkpoints: store.checkpoints().unwrap(),
    }
}

pub(crate) fn all_states() -> StateQuery {
    StateQuery {
        limit: ALL,
        ..StateQuery::default()
    }
}

pub(crate) fn all_transfers() -> TransferQuery {
    TransferQuery {
        limit: ALL,
        ..TransferQuery::default()
    }
}

/// The state of one stream.
pub(crate) fn state(store: &dyn Store, stream: StreamId) -> Option<StateRow> {
    store.load(&[stream]).unwrap().pop()
}
