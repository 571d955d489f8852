//! The ledger: each transfer compared with the event that it follows from, and balances folded.
//!
//! Transfers are kept in the order of their events, so both are read side by side; what finds no
//! partner at once waits for one until the end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use consort_kernel::id::OutcomeId;
use consort_kernel::money::{Account, Amount, Asset, Transfer};
use consort_kernel::stream::StreamId;
use consort_store::{Store, StoreError, TransferQuery, TransferRow, TransferWrite};

use super::Code;
use super::PAGE;
use super::purse::Moved;
use super::report::Findings;

/// An event's line: stream, version, line.
type Line = (StreamId, u64, u16);

/// Balances of accounts.
type Balances = BTreeMap<(Account, Asset), Amount>;

/// The transfers as they are read, and what they add up to.
#[derive(Default)]
pub(super) struct Ledger {
    after: u64,
    count: u64,
    ahead: VecDeque<TransferRow>,
    /// Follow from events, and were not found yet.
    expected: BTreeMap<Line, TransferWrite>,
    /// Were found, and follow from no event yet.
    found: BTreeMap<Line, TransferWrite>,
    balances: Balances,
    overdrawn: BTreeSet<(Account, Asset)>,
    moved: BTreeMap<(OutcomeId, Asset), Moved>,
}

impl Ledger {
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// The balance of an account, folded from the transfers.
    pub(super) fn balance(&self, account: Account, asset: Asset) -> Amount {
        self.balances
            .get(&(account, asset))
            .copied()
            .unwrap_or_default()
    }

    /// What has moved for each outcome.
    pub(super) const fn moved(&self) -> &BTreeMap<(OutcomeId, Asset), Moved> {
        &self.moved
    }

    /// Compares the next transfer with one that follows from an event.
    pub(super) fn expect(
        &mut self,
        store: &dyn Store,
        expected: TransferWrite,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let line = line(&expected);
        self.expected.insert(line, expected);
        self.pair(line, findings);
        if let Some(row) = self.next(store)? {
            self.take_in(row, findings);
        }
        Ok(())
    }

    /// Reads what is left and compares the balances. Transfers of broken streams are passed over.
    pub(super) fn finish(
        &mut self,
        store: &dyn Store,
        is_broken: &dyn Fn(StreamId) -> bool,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        while let Some(row) = self.next(store)? {
            self.take_in(row, findings);
        }
        for expected in self.expected.values() {
            let text = format!("{} is missing from the ledger", told(&expected.transfer));
            findings.problem(Code::TransferMissing, subject(expected), text);
        }
        for found in self.found.values().filter(|found| !is_broken(found.stream)) {
            let text = format!("{} follows from no event", told(&found.transfer));
            findings.problem(Code::TransferUnasked, subject(found), text);
        }
        let all = store.balances()?;
        compare("balance", &self.balances, &all, |_| true, findings);
        let guarded = store.guarded_balances()?;
        let is_guarded = Account::is_guarded;
        compare(
            "guarded balance",
            &self.balances,
            &guarded,
            is_guarded,
            findings,
        );
        self.compare_rows(&guarded, findings);
        Ok(())
    }

    /// An account that can run dry has a row from its first transfer on, even when it is empty; only
    /// the empty hold of a task has none.
    fn compare_rows(&self, kept: &Balances, findings: &mut Findings) {
        let empty = |balances: &Balances, key| balances.get(key) == Some(&Amount::ZERO);
        for key @ (account, _) in self.balances.keys().filter(|(it, _)| it.is_guarded()) {
            if empty(&self.balances, key) && !kept.contains_key(key) {
                let text = "it is empty, and that is not kept".to_owned();
                findings.problem(Code::BalanceDiffers, account, text);
            }
        }
        for key @ (account, _) in kept.keys() {
            if empty(kept, key) && !self.balances.contains_key(key) {
                let text = "it is kept as empty, and nothing ever moved on it".to_owned();
                findings.problem(Code::BalanceDiffers, account, text);
            }
        }
    }

    fn next(&mut self, store: &dyn Store) -> Result<Option<TransferRow>, StoreError> {
        if self.ahead.is_empty() {
            let query = TransferQuery {
                outcome: None,
                after: self.after,
                backwards: false,
                limit: PAGE,
            };
            self.ahead.extend(store.transfers(&query)?);
            self.after = self.ahead.back().map_or(self.after, |row| row.position);
        }
        Ok(self.ahead.pop_front())
    }

    fn take_in(&mut self, row: TransferRow, findings: &mut Findings) {
        self.count += 1;
        self.add(&row.write, findings);
        let line = line(&row.write);
        if let Some(twice) = self.found.insert(line, row.write) {
            let text = format!("{} is in the ledger twice", told(&twice.transfer));
            findings.problem(Code::TransferUnasked, subject(&twice), text);
        }
        self.pair(line, findings);
    }

    /// Compares an event's line with the transfer of the same line, once both are there.
    fn pair(&mut self, line: Line, findings: &mut Findings) {
        if !(self.expected.contains_key(&line) && self.found.contains_key(&line)) {
            return;
        }
        let pair = (self.expected.remove(&line), self.found.remove(&line));
        if let (Some(expected), Some(found)) = pair
            && expected != found
        {
            let mut text = format!(
                "{} is in the ledger, and {} follows from the event",
                told(&found.transfer),
                told(&expected.transfer)
            );
            if expected.transfer == found.transfer {
                text = format!(
                    "{} is in the ledger with another moment",
                    told(&found.transfer)
                );
            }
            findings.problem(Code::TransferChanged, subject(&found), text);
        }
    }

    fn add(&mut self, write: &TransferWrite, findings: &mut Findings) {
        let transfer = &write.transfer;
        let (asset, amount) = (transfer.asset, transfer.amount);
        let mut fits = true;
        for (account, sign) in [(transfer.from, -1), (transfer.to, 1)] {
            let balance = self.balances.entry((account, asset)).or_default();
            let after = amount
                .minor()
                .checked_mul(sign)
                .and_then(|change| balance.minor().checked_add(change));
            match after {
                Some(after) => *balance = Amount::from_minor(after),
                None => fits = false,
            }
            let is_overdrawn = *balance < Amount::ZERO && account.is_guarded();
            if is_overdrawn && self.overdrawn.insert((account, asset)) {
                let text = format!("{account} goes down to {}", asset.show(*balance));
                findings.problem(Code::BalanceNegative, subject(write), text);
            }
            if matches!(account, Account::Hold(_)) && *balance == Amount::ZERO {
                self.balances.remove(&(account, asset));
            }
        }
        if !fits {
            let text = "the sum of an account does not fit".to_owned();
            findings.problem(Code::BalanceDiffers, subject(write), text);
        }
        if let Some(outcome) = transfer.outcome {
            let moved = self.moved.entry((outcome, asset)).or_default();
            *moved.entry(transfer.purpose).or_default() += i128::from(amount.minor());
        }
    }
}

const fn line(write: &TransferWrite) -> Line {
    (write.stream, write.version, write.line)
}

fn subject(write: &TransferWrite) -> String {
    format!(
        "event {} of {}, line {}",
        write.version, write.stream, write.line
    )
}

fn told(transfer: &Transfer) -> String {
    format!(
        "{} from {} to {} ({})",
        transfer.asset.show(transfer.amount),
        transfer.from,
        transfer.to,
        transfer.purpose.as_str()
    )
}

/// Compares balances that are kept with those that were folded; an empty account may be left out
/// of either.
fn compare(
    what: &str,
    folded: &Balances,
    kept: &Balances,
    is_meant: impl Fn(Account) -> bool,
    findings: &mut Findings,
) {
    let keys: BTreeSet<&(Account, Asset)> = folded.keys().chain(kept.keys()).collect();
    for key in keys.into_iter().filter(|(account, _)| is_meant(*account)) {
        let (account, asset) = key;
        let of = |balances: &Balances| balances.get(key).copied().unwrap_or_default();
        if of(folded) != of(kept) {
            let text = format!(
                "its {what} is kept as {}, and its transfers add up to {}",
                asset.show(of(kept)),
                asset.show(of(folded))
            );
            findings.problem(Code::BalanceDiffers, account, text);
        }
    }
}
