//! What was answered: every acknowledged command is there, once, and the same answer is given
//! again.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::id::CommandId;
use consort_store::{Receipt, Store};
use serde_json::Value;

use super::Findings;
use super::entry::Entry;

/// How many receipts are looked up at a time.
const PAGE: usize = 500;

/// Who asked, and the command's id.
type Key = (String, String);

/// What a command was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    digest: String,
    stream: String,
    /// The events of the command's own stream.
    events: Vec<Value>,
}

/// What a command left in the feed.
#[derive(Debug, Default)]
struct Left {
    last: u64,
    /// The number of its events by stream, with the first version.
    streams: BTreeMap<String, (u64, u64)>,
}

/// All answers and effects.
#[derive(Debug, Default)]
pub(super) struct Answers {
    given: BTreeMap<Key, Given>,
    left: BTreeMap<Key, Left>,
    /// Commands whose events are new.
    new: BTreeSet<Key>,
    /// Commands that others follow from; they have no receipts.
    reactions: BTreeSet<Key>,
}

impl Answers {
    /// Notes which command an event came of: all events of one command stand together.
    pub(super) fn take_in(&mut self, entry: &Entry<'_>, findings: &mut Findings) {
        let key = (entry.principal.to_owned(), entry.cause.to_owned());
        if entry.correlation.is_some() {
            self.reactions.insert(key.clone());
        }
        let left = self.left.entry(key.clone()).or_default();
        let is_together = left.last == 0 || left.last + 1 == entry.position;
        findings.require(is_together, 1, || {
            format!("{} took effect twice", entry.cause)
        });
        left.last = entry.position;
        let span = left
            .streams
            .entry(entry.stream.to_owned())
            .or_insert((0, entry.version));
        span.0 += 1;
        self.new.insert(key);
    }

    /// Every command that left something, and is neither a timer nor a reaction, has its receipt.
    pub(super) fn check_new(
        &mut self,
        store: &dyn Store,
        timers: &BTreeSet<String>,
        findings: &mut Findings,
    ) {
        let new = std::mem::take(&mut self.new);
        let is_told = |key: &Key| !timers.contains(&key.1) && !self.reactions.contains(key);
        let told: Vec<Key> = new.into_iter().filter(is_told).collect();
        for page in told.chunks(PAGE) {
            let found = receipts(store, page);
            for key in page {
                if let Some(receipt) = found.get(key) {
                    self.check_effect(key, receipt, findings);
                } else {
                    findings.add(1, format!("{} of {} has no receipt", key.1, key.0));
                }
            }
        }
    }

    fn check_effect(&self, key: &Key, receipt: &Receipt, findings: &mut Findings) {
        let left = self.left.get(key);
        let span = left.and_then(|left| left.streams.get(&receipt.stream.to_string()));
        let (count, first) = span.copied().unwrap_or((0, receipt.first_version));
        let answered = (u64::from(receipt.events), receipt.first_version);
        findings.require((count, first) == answered, 1, || {
            let id = &key.1;
            format!("{id} left {count} events from {first}, and its receipt says {answered:?}")
        });
    }

    pub(super) fn acknowledged(
        &mut self,
        store: &dyn Store,
        [principal, command, digest]: [&str; 3],
        events: Vec<Value>,
        findings: &mut Findings,
    ) {
        let key = (principal.to_owned(), command.to_owned());
        let Some(receipt) = receipt(store, &key) else {
            return findings.add(1, format!("{command} was acknowledged and has no receipt"));
        };
        let given = Given {
            digest: digest.to_owned(),
            events,
            stream: receipt.stream.to_string(),
        };
        check_receipt(store, &key, &given, &receipt, findings);
        if let Some(before) = self.given.get(&key) {
            findings.require(*before == given, 1, || {
                format!("{command} was answered differently the second time")
            });
        } else {
            self.given.insert(key, given);
        }
    }

    /// Nothing that was acknowledged is missing.
    pub(super) fn check_all(&self, store: &dyn Store, findings: &mut Findings) {
        for (key, given) in &self.given {
            match receipt(store, key) {
                Some(receipt) => {
                    check_receipt(store, key, given, &receipt, findings);
                    self.check_effect(key, &receipt, findings);
                }
                None => findings.add(1, format!("{} was acknowledged and is gone", key.1)),
            }
        }
    }
}

/// The stored answer is the given one.
fn check_receipt(
    store: &dyn Store,
    key: &Key,
    given: &Given,
    receipt: &Receipt,
    findings: &mut Findings,
) {
    let after = receipt.first_version.saturating_sub(1);
    let count = usize::from(receipt.events);
    let rows = store.history(receipt.stream, after, count);
    let stored: Vec<Value> = rows
        .unwrap_or_default()
        .iter()
        .filter_map(|row| serde_json::from_str::<Value>(&row.event.body).ok())
        .map(|mut envelope| envelope["event"].take())
        .collect();
    let is_same = stored == given.events
        && receipt.digest.to_string() == given.digest
        && receipt.stream.to_string() == given.stream;
    findings.require(is_same, 1, || {
        format!(
            "{} was acknowledged with another answer than is stored",
            key.1
        )
    });
}

fn receipt(store: &dyn Store, key: &Key) -> Option<Receipt> {
    receipts(store, std::slice::from_ref(key)).remove(key)
}

/// Those of these receipts that are there.
fn receipts(store: &dyn Store, keys: &[Key]) -> BTreeMap<Key, Receipt> {
    let commands = keys
        .iter()
        .filter_map(|(principal, command)| Some((principal.clone(), command.parse().ok()?)));
    let commands: Vec<(String, CommandId)> = commands.collect();
    let found = store.receipts(&commands).unwrap_or_default().into_iter();
    found
        .map(|it| ((it.principal.clone(), it.command.to_string()), it))
        .collect()
}
