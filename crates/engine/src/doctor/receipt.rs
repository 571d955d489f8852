//! Receipts: each command that events name as their cause has one that names those events.
//!
//! What was asked is not on record, so the digest of it cannot be compared; and a command that
//! changed nothing is known from its receipt alone. What timers and other events asked for has none.

use std::collections::BTreeMap;

use consort_kernel::command::Principal;
use consort_kernel::event::Envelope;
use consort_kernel::id::CommandId;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{Receipt, Store, StoreError};

use super::Code;
use super::PAGE;
use super::report::Findings;

/// What a command made of one stream.
#[derive(Debug, Clone, Copy)]
struct Made {
    first_version: u64,
    events: u64,
    at: Timestamp,
    /// Whether it was asked at that moment, and not after it by a clock that had gone back.
    is_exact: bool,
}

/// A command and the events that name it, which follow on each other.
struct Asked {
    command: CommandId,
    principal: Principal,
    has_receipt: bool,
    made: BTreeMap<StreamId, Made>,
}

/// The commands of the events that were read.
#[derive(Default)]
pub(super) struct Receipts {
    current: Option<Asked>,
    complete: Vec<Asked>,
    found: u64,
}

impl Receipts {
    /// Takes in an event. `before` is when its stream changed last, as far as it is known, and
    /// `is_timed` tells whether it could be what a timer asked for.
    pub(super) fn take_in(
        &mut self,
        envelope: &Envelope,
        before: Option<Timestamp>,
        is_timed: impl FnOnce() -> bool,
    ) {
        let (command, principal) = (envelope.cause, envelope.principal);
        let is_next = self
            .current
            .as_ref()
            .is_none_or(|asked| (asked.command, asked.principal) != (command, principal));
        if is_next {
            let has_receipt = envelope.correlation.is_none() && !is_timed();
            let next = Asked {
                command,
                principal,
                has_receipt,
                made: BTreeMap::new(),
            };
            self.complete
                .extend(self.current.replace(next).filter(|asked| asked.has_receipt));
        }
        let Some(asked) = &mut self.current else {
            return;
        };
        let at = envelope.recorded_at;
        let made = asked.made.entry(envelope.stream).or_insert(Made {
            first_version: envelope.version,
            events: 0,
            at,
            is_exact: match before {
                Some(before) => before < at,
                None => envelope.version == 1,
            },
        });
        made.events += 1;
    }

    /// Compares the commands whose events were all read.
    pub(super) fn settle(
        &mut self,
        store: &dyn Store,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let complete = std::mem::take(&mut self.complete);
        let keys: Vec<(String, CommandId)> = complete
            .iter()
            .map(|asked| (asked.principal.to_string(), asked.command))
            .collect();
        let receipts = store.receipts(&keys)?.into_iter();
        let mut receipts: BTreeMap<(String, CommandId), Receipt> = receipts
            .map(|receipt| ((receipt.principal.clone(), receipt.command), receipt))
            .collect();
        for (asked, key) in complete.iter().zip(&keys) {
            let Some(receipt) = receipts.remove(key) else {
                let text = format!("{} asked for it, and its receipt is missing", key.0);
                findings.problem(Code::ReceiptMissing, asked.command, text);
                continue;
            };
            self.found += u64::from(receipt.events > 0);
            if let Some(text) = difference(&receipt, asked) {
                findings.problem(Code::ReceiptChanged, asked.command, text);
            }
        }
        Ok(())
    }

    /// Compares the last command, and looks for receipts that name no events.
    pub(super) fn finish(
        &mut self,
        store: &dyn Store,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let last = self.current.take();
        self.complete.extend(last.filter(|asked| asked.has_receipt));
        self.settle(store, findings)?;
        let mut kept = 0;
        each(store, &mut |_| {
            kept += 1;
            Ok(())
        })?;
        if kept == self.found {
            return Ok(());
        }
        // Only now is it worth its while to look up what each of them names.
        each(store, &mut |receipt| {
            if !is_named(store, receipt)? {
                let text = format!(
                    "{} is to have made event {} of {}, which does not name it",
                    receipt.principal, receipt.first_version, receipt.stream
                );
                findings.problem(Code::ReceiptUnasked, receipt.command, text);
            }
            Ok(())
        })
    }
}

/// Where a receipt and the events of its command part.
fn difference(receipt: &Receipt, asked: &Asked) -> Option<String> {
    // Only what is asked of an outcome changes other streams as well: its tasks.
    let outcome = asked
        .made
        .iter()
        .find(|(stream, _)| matches!(stream, StreamId::Outcome(_)));
    let made = match outcome {
        Some((stream, made)) if *stream == receipt.stream => Some(made),
        Some(_) => None,
        None => asked.made.get(&receipt.stream),
    };
    let Some(made) = made else {
        let changes_tasks = outcome.is_none() && matches!(receipt.stream, StreamId::Outcome(_));
        return (!changes_tasks || receipt.events > 0).then(|| {
            format!(
                "its receipt names {}, which it did not change",
                receipt.stream
            )
        });
    };
    let named = (receipt.first_version, u64::from(receipt.events));
    if named != (made.first_version, made.events) {
        return Some(format!(
            "its receipt names {} events from {} on, and {} from {} on name it",
            named.1, named.0, made.events, made.first_version
        ));
    }
    let is_at = receipt.at == made.at || (receipt.at < made.at && !made.is_exact);
    (!is_at).then(|| {
        format!(
            "its receipt is of {}, and its events are of {}",
            receipt.at, made.at
        )
    })
}

/// Goes through all receipts that name events.
fn each(
    store: &dyn Store,
    look: &mut dyn FnMut(&Receipt) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = store.all_receipts(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some((last.command, last.principal.clone()));
        for receipt in page.iter().filter(|receipt| receipt.events > 0) {
            look(receipt)?;
        }
    }
}

/// Whether the first event that a receipt names has its command as its cause.
fn is_named(store: &dyn Store, receipt: &Receipt) -> Result<bool, StoreError> {
    let before = receipt.first_version.saturating_sub(1);
    let rows = store.history(receipt.stream, before, 1)?;
    let envelope = rows
        .first()
        .and_then(|row| Envelope::from_stored(&row.event.body).ok());
    Ok(envelope.is_some_and(|envelope| {
        envelope.cause == receipt.command && envelope.principal.to_string() == receipt.principal
    }))
}
