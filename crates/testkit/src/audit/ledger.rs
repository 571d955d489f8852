//! The auditor's own books: every transfer, held against the event that it follows from.

use std::collections::BTreeMap;

use consort_store::{Store, TransferWrite};

use super::Findings;
use super::entry::Entry;

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Move {
    pub(super) purpose: &'static str,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) asset: String,
    pub(super) minor: i128,
}

/// All accounts.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    balances: BTreeMap<(String, String), i128>,
    /// Movements whose event has not been looked at yet.
    new: BTreeMap<(String, u64), Vec<Move>>,
}

impl Ledger {
    pub(super) fn take_in(&mut self, write: &TransferWrite) {
        let transfer = &write.transfer;
        let key = (write.stream.to_string(), write.version);
        self.new.entry(key).or_default().push(Move {
            purpose: transfer.purpose.as_str(),
            from: transfer.from.to_string(),
            to: transfer.to.to_string(),
            asset: transfer.asset.to_string(),
            minor: i128::from(transfer.amount.minor()),
        });
    }

    /// Books what an event moved, which has to be exactly what was expected of it.
    pub(super) fn book(&mut self, entry: &Entry<'_>, expected: Vec<Move>, findings: &mut Findings) {
        let key = (entry.stream.to_owned(), entry.version);
        let mut moves = self.new.remove(&key).unwrap_or_default();
        for one in &moves {
            findings.require(one.minor > 0, 3, || {
                format!("{} to {} moves {}", one.from, one.to, one.minor)
            });
            self.change(&one.from, &one.asset, -one.minor, findings);
            self.change(&one.to, &one.asset, one.minor, findings);
        }
        moves.sort();
        let mut expected: Vec<Move> = expected.into_iter().filter(|one| one.minor != 0).collect();
        expected.sort();
        findings.require(moves == expected, 3, || {
            let Entry { stream, name, .. } = entry;
            format!("'{name}' of {stream} moved {moves:?}, and {expected:?} was due")
        });
    }

    fn change(&mut self, account: &str, asset: &str, minor: i128, findings: &mut Findings) {
        let key = (account.to_owned(), asset.to_owned());
        let balance = self.balances.entry(key).or_default();
        *balance += minor;
        findings.require(*balance >= 0 || !is_guarded(account), 3, || {
            format!("{account} is at {balance}")
        });
    }

    pub(super) fn balance(&self, account: &str, asset: &str) -> i128 {
        let key = (account.to_owned(), asset.to_owned());
        self.balances.get(&key).copied().unwrap_or(0)
    }

    /// Every movement belongs to an event of the feed.
    pub(super) fn nothing_left(&mut self, findings: &mut Findings) {
        for ((stream, version), moves) in std::mem::take(&mut self.new) {
            findings.add(
                3,
                format!("{moves:?} follows from event {version} of {stream}, which is not there"),
            );
        }
    }

    /// The store's own balances of what can run dry are those of the transfers.
    pub(super) fn compare(&self, store: &dyn Store, findings: &mut Findings) {
        let Ok(stored) = store.guarded_balances() else {
            return findings.add(3, "the balances cannot be read");
        };
        let stored: BTreeMap<(String, String), i128> = stored
            .into_iter()
            .map(|((account, asset), amount)| {
                let key = (account.to_string(), asset.to_string());
                (key, i128::from(amount.minor()))
            })
            .filter(|(_, minor)| *minor != 0)
            .collect();
        let ours: BTreeMap<(String, String), i128> = self
            .balances
            .iter()
            .filter(|((account, _), minor)| is_guarded(account) && **minor != 0)
            .map(|(key, minor)| (key.clone(), *minor))
            .collect();
        findings.require(stored == ours, 3, || {
            format!("the store keeps {stored:?}, and its transfers come to {ours:?}")
        });
    }

    /// At the end nothing is in escrow and nothing is held, anywhere.
    pub(super) fn all_settled(&self, findings: &mut Findings) {
        for ((account, asset), minor) in &self.balances {
            let has_to_be_empty = account.starts_with("escrow:") || account.starts_with("hold:");
            findings.require(!has_to_be_empty || *minor == 0, 3, || {
                format!("{minor} of {asset} is left in {account}")
            });
        }
    }
}

fn is_guarded(account: &str) -> bool {
    ["funds:", "escrow:", "hold:"]
        .iter()
        .any(|role| account.starts_with(role))
}
