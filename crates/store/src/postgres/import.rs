//! Takes a network over from a file of SQLite: everything, at its own places, or nothing.
//!
//! The rules of this database hold for what comes in as for everything else. The source is read
//! and never written; what it holds is compared with what its log says on the way. Whether states,
//! balances and all the rest follow from the events is for the doctor to say, before and after.

use std::sync::Arc;

use consort_kernel::effect::TimerChange;
use consort_kernel::id::{ContributorId, NetworkId, OutcomeId};
use consort_kernel::log::Frontier;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::connection::Session;
use super::error::Tried;
use super::log::{self, Edge};
use super::{
    PostgresStore, Source, acceptance, credential, event, lease, message, network, notice, pass,
    personal, reaction, receipt, refusal, remark, state, timer, transfer, view, webhook,
};
use crate::rules::refused;
use crate::sqlite::SqliteStore;
use crate::write::RowWrite;
use crate::{
    Credentials as _, EventRow, Notices as _, Passes as _, Remarks as _, StateQuery, StateRow,
    Store as _, StoreError, TransferQuery, Views as _, Webhooks as _,
};

/// Rows that are read and written at a time.
const PAGE: usize = 1_000;

impl PostgresStore {
    /// Takes over the network that the file holds; this database must not hold one yet.
    pub fn take_over(&self, source: Arc<SqliteStore>) -> Result<(), StoreError> {
        match &self.source {
            Source::Latest(pool) => {
                pool.first(move |session| session.write(|session| take_over(session, &source)))
            }
            Source::Moment(_) => Err(StoreError::NotWritable(
                "a moment of the database is for reading".to_owned(),
            )),
        }
    }
}

fn take_over(session: &mut Session, source: &SqliteStore) -> Tried<()> {
    let edge = log::lock(session)?;
    if edge.log.size() > 0 || network::find(session)?.is_some() {
        return Err(refused("this database holds a network already").into());
    }
    // The source has an identity; a new one is not asked for.
    let identity = source.identity(NetworkId::from_bits(0))?;
    network::put(session, &identity)?;
    let log = events(session, source)?;
    if log != source.log()? {
        return Err(StoreError::Damaged("the log is not that of the events".to_owned()).into());
    }
    states(session, source)?;
    receipts(session, source)?;
    leases_and_acceptances(session, source)?;
    transfers(session, source)?;
    let due = source.due(Timestamp::from_millis(i64::MAX), usize::MAX)?;
    let timers: Vec<TimerChange> = due.into_iter().map(TimerChange::Set).collect();
    timer::change(session, &timers)?;
    refusal::insert(session, &source.refusals(usize::MAX)?)?;
    message::put(session, &source.outbox(0, usize::MAX)?)?;
    let after = Edge {
        messages: source.last_message()?,
        reactions: reaction::insert(session, &source.reactions(usize::MAX)?, 0)?,
        log,
    };
    log::put_edge(session, &after, after.log.root())?;
    if let Some(looked) = source.looked()? {
        notice::keep_looked(session, &looked)?;
    }
    for (size, root, note) in source.checkpoints()? {
        log::put_checkpoint(session, size, root, &note)?;
    }
    Ok(())
}

fn events(session: &mut Session, source: &SqliteStore) -> Tried<Frontier> {
    let mut log = Frontier::default();
    loop {
        let page = source.feed(log.size(), PAGE)?;
        if page.is_empty() {
            return Ok(log);
        }
        let page: Vec<EventRow> = page.into_iter().map(|row| row.event).collect();
        event::append(session, &page, &mut log)?;
    }
}

/// States, and the words, passes and webhooks that belong to their streams.
fn states(session: &mut Session, source: &SqliteStore) -> Tried<()> {
    let mut query = StateQuery {
        limit: PAGE,
        ..StateQuery::default()
    };
    loop {
        let page = source.states(&query)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        query.after = Some(last.stream);
        for StateRow { stream, .. } in &page {
            personal::put(session, &source.personal(*stream)?)?;
            if matches!(stream, StreamId::Contributor(_) | StreamId::Organisation(_)) {
                for one in source.views_of(*stream)? {
                    view::put(session, &one)?;
                }
            }
            if let StreamId::Outcome(outcome) = stream {
                remarks(session, source, *outcome)?;
            }
            if let StreamId::Contributor(contributor) = stream {
                for one in source.passes_of(*contributor)? {
                    pass::put(session, &one)?;
                }
                for one in source.credentials_of(*contributor)? {
                    credential::put(session, &one)?;
                }
                notices(session, source, *contributor)?;
                for one in source.webhooks_of(*contributor)? {
                    webhook::put(session, &one)?;
                    webhook::wait(session, &source.deliveries_of(one.id, usize::MAX)?)?;
                }
            }
        }
        let new = page.into_iter().map(|row| RowWrite {
            row,
            read_version: 0,
        });
        state::write(session, &new.collect::<Vec<_>>())?;
    }
}

/// What somebody wishes to be told, and what they were told.
fn notices(session: &mut Session, source: &SqliteStore, who: ContributorId) -> Tried<()> {
    if let Some(addressee) = source.addressee(who)? {
        notice::keep(session, &addressee)?;
    }
    notice::wait(session, &source.notices_of(who, usize::MAX)?)
}

/// The discussion of an outcome, with who has still to read what.
fn remarks(session: &mut Session, source: &SqliteStore, outcome: OutcomeId) -> Tried<()> {
    let mut before = None;
    loop {
        let page = source.remarks(outcome, before, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        before = Some((last.at, last.id));
        for one in &page {
            let readers = source.readers(outcome, one.id)?;
            remark::put(session, one, &readers)?;
        }
    }
}

fn receipts(session: &mut Session, source: &SqliteStore) -> Tried<()> {
    let mut after = None;
    loop {
        let page = source.all_receipts(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some((last.command, last.principal.clone()));
        receipt::insert(session, &page)?;
    }
}

/// An acceptance is of the last lease of its task, so that one comes first.
fn leases_and_acceptances(session: &mut Session, source: &SqliteStore) -> Tried<()> {
    let mut after = None;
    loop {
        let page = source.leases(after, PAGE)?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.task);
        let leases = page.into_iter().map(|lease| (lease.task, lease));
        lease::put(session, &leases.collect())?;
    }
    let mut after = None;
    loop {
        let page = source.acceptances(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.task);
        acceptance::insert(session, &page)?;
    }
}

fn transfers(session: &mut Session, source: &SqliteStore) -> Tried<()> {
    let mut query = TransferQuery {
        limit: PAGE,
        ..TransferQuery::default()
    };
    loop {
        let page = source.transfers(&query)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        query.after = last.position;
        let writes: Vec<_> = page.into_iter().map(|row| row.write).collect();
        transfer::insert(session, &writes)?;
    }
}
