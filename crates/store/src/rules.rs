//! Rules that every write set follows by itself, whatever the store holds.
//!
//! Both stores ask them before they write. What depends on stored rows (versions, balances, lease
//! numbers, a second acceptance) is each store's own to refuse.

use std::collections::{HashMap, HashSet};

use consort_kernel::id::{CommandId, TaskId};
use consort_kernel::money::{Account, Purpose};
use consort_kernel::stream::StreamId;

use crate::StoreError;
use crate::remark::REMARKS_MAX;
use crate::view::VIEWS_MAX;
use crate::write::{TransferWrite, WriteSet};

/// An event stays under 64 KiB, so that a page of the feed stays small; longer things are
/// artefacts.
pub const EVENT_BYTES_MAX: usize = 65_535;

/// The versions of one stream that a write set makes.
struct Span {
    read_version: u64,
    row_version: u64,
    /// The version of the last event seen so far.
    reached: u64,
}

impl Span {
    const fn made(&self, version: u64) -> bool {
        version > self.read_version && version <= self.row_version
    }
}

type Spans = HashMap<StreamId, Span>;

/// Refuses a write set that contradicts itself.
pub(crate) fn check(set: &WriteSet) -> Result<(), StoreError> {
    let spans = check_events(set, check_rows(set)?)?;
    check_transfers(set, &spans)?;
    for message in &set.outbox {
        follows_from_an_event(&spans, message.stream, message.version)?;
    }
    let mut accepted: HashSet<TaskId> = HashSet::new();
    for acceptance in &set.acceptances {
        require(accepted.insert(acceptance.task), || {
            format!("{} is accepted twice", acceptance.task)
        })?;
    }
    check_receipts(set, &spans)?;
    check_reactions(set)
}

/// Whether money of this purpose leaves a hold for good.
pub(crate) const fn is_payout(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Pay | Purpose::Fee | Purpose::Tax => true,
        Purpose::Deposit | Purpose::Fund | Purpose::Hold | Purpose::Release | Purpose::Refund => {
            false
        }
    }
}

/// The error for a broken rule.
pub(crate) fn refused(reason: impl Into<String>) -> StoreError {
    StoreError::Refused(reason.into())
}

/// Refuses one more view than somebody may have.
pub(crate) fn too_many_views() -> StoreError {
    refused(format!(
        "{VIEWS_MAX} views are the most; end one that is not needed any more"
    ))
}

/// Refuses one more remark than a discussion may have.
pub(crate) fn too_many_remarks() -> StoreError {
    refused(format!(
        "a discussion has {REMARKS_MAX} remarks at the most"
    ))
}

fn require(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), StoreError> {
    if holds {
        Ok(())
    } else {
        Err(refused(otherwise()))
    }
}

fn check_rows(set: &WriteSet) -> Result<Spans, StoreError> {
    let mut spans = HashMap::with_capacity(set.rows.len());
    for write in &set.rows {
        let row = &write.row;
        require(row.fence <= row.version, || {
            format!("the fence of {} lies after its version", row.stream)
        })?;
        let span = Span {
            read_version: write.read_version,
            row_version: row.version,
            reached: write.read_version,
        };
        require(spans.insert(row.stream, span).is_none(), || {
            format!("{} is written twice", row.stream)
        })?;
    }
    Ok(spans)
}

fn check_events(set: &WriteSet, mut spans: Spans) -> Result<Spans, StoreError> {
    for event in &set.events {
        let stream = event.stream;
        let Some(span) = spans.get_mut(&stream) else {
            return Err(refused(format!(
                "an event of {stream} comes without its state"
            )));
        };
        require(Some(event.version) == span.reached.checked_add(1), || {
            format!("the events of {stream} have a gap before {}", event.version)
        })?;
        span.reached = event.version;
        require((1..=EVENT_BYTES_MAX).contains(&event.body.len()), || {
            format!(
                "event {} of {stream} has {} bytes",
                event.version,
                event.body.len()
            )
        })?;
    }
    for (stream, span) in &spans {
        require(
            span.reached == span.row_version && span.reached > span.read_version,
            || format!("the state of {stream} has not the version of its last event"),
        )?;
    }
    Ok(spans)
}

fn follows_from_an_event(spans: &Spans, stream: StreamId, version: u64) -> Result<(), StoreError> {
    require(
        spans.get(&stream).is_some_and(|span| span.made(version)),
        || {
            format!(
                "something follows from event {version} of {stream}, which is not written with it"
            )
        },
    )
}

fn check_transfers(set: &WriteSet, spans: &Spans) -> Result<(), StoreError> {
    let mut lines: HashSet<(StreamId, u64, u16)> = HashSet::with_capacity(set.transfers.len());
    for write in &set.transfers {
        follows_from_an_event(spans, write.stream, write.version)?;
        require(
            lines.insert((write.stream, write.version, write.line)),
            || {
                format!(
                    "event {} of {} moves money twice by one line",
                    write.version, write.stream
                )
            },
        )?;
        check_movement(write)?;
    }
    Ok(())
}

fn check_movement(write: &TransferWrite) -> Result<(), StoreError> {
    let transfer = &write.transfer;
    require(transfer.amount.is_positive(), || {
        "a transfer moves more than nothing".to_owned()
    })?;
    require(transfer.from != transfer.to, || {
        format!("a transfer from {} goes nowhere", transfer.from)
    })?;
    let own_hold = transfer
        .task
        .is_some_and(|task| transfer.from == Account::Hold(task));
    require(own_hold || !is_payout(transfer.purpose), || {
        format!(
            "a payout comes out of the hold of its task, not of {}",
            transfer.from
        )
    })
}

fn check_receipts(set: &WriteSet, spans: &Spans) -> Result<(), StoreError> {
    let mut seen: HashSet<(&str, CommandId)> = HashSet::with_capacity(set.receipts.len());
    for receipt in &set.receipts {
        require(seen.insert((&receipt.principal, receipt.command)), || {
            format!("{} is answered twice", receipt.command)
        })?;
        if receipt.events > 0 {
            let last = receipt
                .first_version
                .saturating_add(u64::from(receipt.events) - 1);
            follows_from_an_event(spans, receipt.stream, receipt.first_version)?;
            follows_from_an_event(spans, receipt.stream, last)?;
        }
    }
    Ok(())
}

fn check_reactions(set: &WriteSet) -> Result<(), StoreError> {
    let mut ids: HashSet<CommandId> = HashSet::new();
    let written = set.reactions.iter().map(|reaction| reaction.id);
    for id in written.chain(set.reactions_done.iter().copied()) {
        require(ids.insert(id), || {
            format!("the reaction {id} is written or done twice")
        })?;
    }
    Ok(())
}
