//! Copies a network from one database into another, row by row: everything, at its own places.
//!
//! The source is read in pages and never written; it has to stay at its moment. The target takes
//! all of it in one transaction, in an order that its rules allow, and they hold for what comes in
//! as for everything else. In the end the log has to be that of the source, and there have to be as
//! many rows of each kind, so that nothing is left behind in silence. Whether states, balances and
//! all the rest follow from the events is for the doctor to say, before and after. What is known
//! between two requests alone stays behind: whoever began something begins it anew.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer};
use consort_kernel::id::{ContributorId, NetworkId, OutcomeId};
use consort_kernel::log::Frontier;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use crate::migration::NEWEST;
use crate::write::RowWrite;
use crate::{
    Addressee, Credential, Credentials, Delivery, EventRow, Identity, LeaseRow, Looked, Notice,
    Notices, OutboxRow, Pass, Passes, PersonalRow, ReactionRow, Receipt, RefusalRow, Remark,
    Remarks, StateQuery, StateRow, Store, StoreError, TransferQuery, TransferWrite, View, Views,
    Webhook, Webhooks,
};

/// Rows that are read and written at a time.
const PAGE: usize = 1_000;

/// Counts the rows of every table that both databases have. What else one of them has is its own
/// way of finding these.
pub(crate) const ROW_COUNTS: &str = "
    SELECT 'events', count(*) FROM events
    UNION ALL SELECT 'states', count(*) FROM states
    UNION ALL SELECT 'receipts', count(*) FROM receipts
    UNION ALL SELECT 'leases', count(*) FROM leases
    UNION ALL SELECT 'acceptances', count(*) FROM acceptances
    UNION ALL SELECT 'assets', count(*) FROM assets
    UNION ALL SELECT 'transfers', count(*) FROM transfers
    UNION ALL SELECT 'balances', count(*) FROM balances
    UNION ALL SELECT 'timers', count(*) FROM timers
    UNION ALL SELECT 'reactions', count(*) FROM reactions
    UNION ALL SELECT 'refusals', count(*) FROM refusals
    UNION ALL SELECT 'outbox', count(*) FROM outbox
    UNION ALL SELECT 'checkpoints', count(*) FROM checkpoints
    UNION ALL SELECT 'personal', count(*) FROM personal
    UNION ALL SELECT 'passes', count(*) FROM passes
    UNION ALL SELECT 'credentials', count(*) FROM credentials
    UNION ALL SELECT 'webhooks', count(*) FROM webhooks
    UNION ALL SELECT 'deliveries', count(*) FROM deliveries
    UNION ALL SELECT 'views', count(*) FROM views
    UNION ALL SELECT 'remarks', count(*) FROM remarks
    UNION ALL SELECT 'unread', count(*) FROM unread
    UNION ALL SELECT 'addressees', count(*) FROM addressees
    UNION ALL SELECT 'notices', count(*) FROM notices
    UNION ALL SELECT 'notices_looked', count(*) FROM notices_looked";

/// How many rows each table has.
pub(crate) type RowCounts = BTreeMap<String, i64>;

/// A database that is copied, at one moment.
pub(crate) trait Source:
    Store + Credentials + Notices + Passes + Remarks + Views + Webhooks
{
    /// The form that it has.
    fn form(&self) -> Result<u32, StoreError>;

    /// The last position that a message was given, whether or not it waits.
    fn last_message(&self) -> Result<i64, StoreError>;

    /// All words about anybody after some, in the order of their subjects and fields.
    fn all_personal(
        &self,
        after: Option<&PersonalRow>,
        limit: usize,
    ) -> Result<Vec<PersonalRow>, StoreError>;

    /// How many rows there are.
    fn row_counts(&self) -> Result<RowCounts, StoreError>;
}

/// An empty database that takes a copy, in a transaction of its caller's.
pub(crate) trait Target {
    /// Why it does not.
    type Error: From<StoreError>;

    /// Takes the network and its epoch.
    fn identity(&mut self, identity: &Identity) -> Result<(), Self::Error>;
    /// Takes events, in the order of the feed, and adds their leaves to the log.
    fn events(&mut self, rows: &[EventRow], log: &mut Frontier) -> Result<(), Self::Error>;
    /// Takes states that are new.
    fn states(&mut self, rows: &[RowWrite]) -> Result<(), Self::Error>;
    /// Takes words about anybody.
    fn personal(&mut self, rows: &[PersonalRow]) -> Result<(), Self::Error>;
    /// Takes receipts.
    fn receipts(&mut self, rows: &[Receipt]) -> Result<(), Self::Error>;
    /// Takes the last lease of each task.
    fn leases(&mut self, rows: Vec<LeaseRow>) -> Result<(), Self::Error>;
    /// Takes acceptances.
    fn acceptances(&mut self, rows: &[Acceptance]) -> Result<(), Self::Error>;
    /// Takes transfers, in order.
    fn transfers(&mut self, rows: &[TransferWrite]) -> Result<(), Self::Error>;
    /// Takes timers.
    fn timers(&mut self, timers: Vec<Timer>) -> Result<(), Self::Error>;
    /// Takes reactions that were rejected, in order.
    fn refusals(&mut self, rows: &[RefusalRow]) -> Result<(), Self::Error>;
    /// Takes reactions that wait, in order.
    fn reactions(&mut self, rows: &[ReactionRow]) -> Result<(), Self::Error>;
    /// Takes messages that wait, at their positions.
    fn messages(&mut self, rows: &[(u64, OutboxRow)]) -> Result<(), Self::Error>;
    /// Takes a pass.
    fn pass(&mut self, pass: &Pass) -> Result<(), Self::Error>;
    /// Takes a credential.
    fn credential(&mut self, credential: &Credential) -> Result<(), Self::Error>;
    /// Takes a webhook and its deliveries.
    fn webhook(&mut self, webhook: &Webhook, rows: &[Delivery]) -> Result<(), Self::Error>;
    /// Takes a view.
    fn view(&mut self, view: &View) -> Result<(), Self::Error>;
    /// Takes a remark, with who has still to read it.
    fn remark(&mut self, remark: &Remark, readers: &[ContributorId]) -> Result<(), Self::Error>;
    /// Takes what somebody wishes to be told.
    fn addressee(&mut self, addressee: &Addressee) -> Result<(), Self::Error>;
    /// Takes what somebody is told, or was.
    fn notices(&mut self, notices: &[Notice]) -> Result<(), Self::Error>;
    /// Takes how far the feed was looked at for notices.
    fn looked(&mut self, looked: &Looked) -> Result<(), Self::Error>;
    /// Takes the right edge of the log, and the last position that a message was given.
    fn edge(&mut self, log: &Frontier, messages: i64) -> Result<(), Self::Error>;
    /// Takes a signed checkpoint of the log.
    fn checkpoint(&mut self, size: u64, root: Digest, note: &str) -> Result<(), Self::Error>;
    /// How many rows there are now.
    fn row_counts(&mut self) -> Result<RowCounts, Self::Error>;
}

/// Copies everything, and tells how many events of how many are copied.
pub(crate) fn copy<T: Target>(
    source: &dyn Source,
    target: &mut T,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), T::Error> {
    is_of_our_form(source.form()?)?;
    // The source has an identity; a new one is not asked for.
    target.identity(&source.identity(NetworkId::from_bits(0))?)?;
    let log = events(source, target, progress)?;
    states(source, target)?;
    personal(source, target)?;
    receipts(source, target)?;
    leases_and_acceptances(source, target)?;
    transfers(source, target)?;
    target.timers(source.due(Timestamp::from_millis(i64::MAX), usize::MAX)?)?;
    target.refusals(&source.refusals(usize::MAX)?)?;
    target.reactions(&source.reactions(usize::MAX)?)?;
    messages(source, target)?;
    target.edge(&log, source.last_message()?)?;
    if let Some(looked) = source.looked()? {
        target.looked(&looked)?;
    }
    for (size, root, note) in source.checkpoints()? {
        target.checkpoint(size, root, &note)?;
    }
    compare(&source.row_counts()?, &target.row_counts()?)?;
    Ok(())
}

/// Refuses a source that keeps something that would not be looked for, or not what will be.
const fn is_of_our_form(found: u32) -> Result<(), StoreError> {
    if found == NEWEST {
        return Ok(());
    }
    Err(StoreError::OtherForm {
        found,
        known: NEWEST,
    })
}

/// Refuses a copy that has more or fewer rows of something.
fn compare(expected: &RowCounts, copied: &RowCounts) -> Result<(), StoreError> {
    let differs = expected
        .iter()
        .find(|(table, rows)| copied.get(*table) != Some(*rows));
    let Some((table, rows)) = differs else {
        return Ok(());
    };
    let found = copied.get(table).copied().unwrap_or_default();
    Err(StoreError::Damaged(format!(
        "of {rows} rows of {table}, {found} belong to something that is there"
    )))
}

fn events<T: Target>(
    source: &dyn Source,
    target: &mut T,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Frontier, T::Error> {
    let whole = source.log()?;
    let mut log = Frontier::default();
    loop {
        progress(log.size(), whole.size());
        let page = source.feed(log.size(), PAGE)?;
        if page.is_empty() {
            break;
        }
        let page: Vec<EventRow> = page.into_iter().map(|row| row.event).collect();
        target.events(&page, &mut log)?;
    }
    if log == whole {
        return Ok(log);
    }
    Err(StoreError::Damaged("the log is not that of the events".to_owned()).into())
}

/// States, and what belongs to their streams.
fn states<T: Target>(source: &dyn Source, target: &mut T) -> Result<(), T::Error> {
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
            match *stream {
                StreamId::Contributor(who) => {
                    views(source, target, *stream)?;
                    belongings(source, target, who)?;
                }
                StreamId::Organisation(_) => views(source, target, *stream)?,
                StreamId::Outcome(outcome) => remarks(source, target, outcome)?,
                StreamId::Network(_) | StreamId::Task(_) => {}
            }
        }
        let new = page.into_iter().map(|row| RowWrite {
            row,
            read_version: 0,
        });
        target.states(&new.collect::<Vec<_>>())?;
    }
}

fn views<T: Target>(source: &dyn Source, target: &mut T, owner: StreamId) -> Result<(), T::Error> {
    for view in source.views_of(owner)? {
        target.view(&view)?;
    }
    Ok(())
}

/// What lets somebody in, what they wish to be told, and their webhooks.
fn belongings<T: Target>(
    source: &dyn Source,
    target: &mut T,
    who: ContributorId,
) -> Result<(), T::Error> {
    for pass in source.passes_of(who)? {
        target.pass(&pass)?;
    }
    for credential in source.credentials_of(who)? {
        target.credential(&credential)?;
    }
    if let Some(addressee) = source.addressee(who)? {
        target.addressee(&addressee)?;
    }
    target.notices(&source.notices_of(who, usize::MAX)?)?;
    for webhook in source.webhooks_of(who)? {
        let deliveries = source.deliveries_of(webhook.id, None, usize::MAX)?;
        target.webhook(&webhook, &deliveries)?;
    }
    Ok(())
}

/// The discussion of an outcome, with who has still to read what.
fn remarks<T: Target>(
    source: &dyn Source,
    target: &mut T,
    outcome: OutcomeId,
) -> Result<(), T::Error> {
    let mut before = None;
    loop {
        let page = source.remarks(outcome, before, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        before = Some((last.at, last.id));
        for remark in &page {
            target.remark(remark, &source.readers(outcome, remark.id)?)?;
        }
    }
}

fn personal<T: Target>(source: &dyn Source, target: &mut T) -> Result<(), T::Error> {
    let mut after = None;
    loop {
        let mut page = source.all_personal(after.as_ref(), PAGE)?;
        target.personal(&page)?;
        after = page.pop();
        if after.is_none() {
            return Ok(());
        }
    }
}

fn receipts<T: Target>(source: &dyn Source, target: &mut T) -> Result<(), T::Error> {
    let mut after = None;
    loop {
        let page = source.all_receipts(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some((last.command, last.principal.clone()));
        target.receipts(&page)?;
    }
}

/// An acceptance is of the last lease of its task, so that one comes first.
fn leases_and_acceptances<T: Target>(source: &dyn Source, target: &mut T) -> Result<(), T::Error> {
    let mut after = None;
    loop {
        let page = source.leases(after, PAGE)?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.task);
        target.leases(page)?;
    }
    let mut after = None;
    loop {
        let page = source.acceptances(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.task);
        target.acceptances(&page)?;
    }
}

fn transfers<T: Target>(source: &dyn Source, target: &mut T) -> Result<(), T::Error> {
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
        target.transfers(&writes)?;
    }
}

fn messages<T: Target>(source: &dyn Source, target: &mut T) -> Result<(), T::Error> {
    let mut after = 0;
    loop {
        let page = source.outbox(after, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = *last;
        target.messages(&page)?;
    }
}
