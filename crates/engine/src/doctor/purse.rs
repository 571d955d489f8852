//! Purses: what outcomes and organisations say of their own money, compared with their accounts.
//!
//! Money moves with the event that decides it, and the other side takes note a little later; what
//! still waits to be noted is taken into account.

use std::collections::BTreeMap;

use consort_kernel::command::Body;
use consort_kernel::id::{OrganisationId, OutcomeId};
use consort_kernel::money::{Account, Amount, Asset, Purpose};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::{OutcomeCommand, Phase, Purse};
use consort_kernel::state::State;

use super::Code;
use super::ledger::Ledger;
use super::report::Findings;

/// What has moved for one outcome in one asset, by purpose.
pub(crate) type Moved = BTreeMap<Purpose, i128>;

/// Sums that an outcome has yet to note, by the name of its sum.
type Unnoted = BTreeMap<&'static str, i128>;

/// What an outcome says of its money.
struct Said {
    phase: Phase,
    asset: Asset,
    purse: Purse,
}

/// What outcomes and organisations say of their money.
#[derive(Default)]
pub(super) struct Purses {
    outcomes: BTreeMap<OutcomeId, Said>,
    funds: BTreeMap<OrganisationId, BTreeMap<Asset, Amount>>,
    unnoted: BTreeMap<OutcomeId, Unnoted>,
    /// Sums that an organisation has yet to note.
    refunds: BTreeMap<(OrganisationId, Asset), i128>,
}

impl Purses {
    /// Looks at a state after one of its events.
    pub(super) fn take_in(&mut self, state: &State) {
        match state {
            State::Outcome(outcome) => {
                let said = Said {
                    phase: outcome.phase,
                    asset: outcome.charter.asset,
                    purse: outcome.purse,
                };
                self.outcomes.insert(outcome.id, said);
            }
            State::Organisation(organisation) => {
                self.funds
                    .insert(organisation.id, organisation.funds.clone());
            }
            State::Contributor(_) | State::Network(_) | State::Task(_) => {}
        }
    }

    /// Counts what waits to be noted.
    pub(super) fn wait(&mut self, body: &Body) {
        match body {
            Body::Outcome(outcome, OutcomeCommand::ReceiveFunds { amount, asset, .. }) => {
                if self
                    .outcomes
                    .get(outcome)
                    .is_some_and(|said| said.asset == *asset)
                {
                    self.note(*outcome, "funded", *amount);
                    self.note(*outcome, "available", *amount);
                }
            }
            Body::Outcome(outcome, OutcomeCommand::SettleTask(settled)) => {
                for (sum, amount) in [
                    ("paid", settled.paid),
                    ("fees", settled.fee),
                    ("taxes", settled.tax),
                    ("available", settled.released),
                ] {
                    self.note(*outcome, sum, amount);
                    let taken = Amount::from_minor(-amount.minor());
                    self.note(*outcome, "held", taken);
                }
            }
            Body::Organisation(id, OrganisationCommand::TakeRefund { amount, asset, .. }) => {
                *self.refunds.entry((*id, *asset)).or_default() += i128::from(amount.minor());
            }
            Body::Contributor(..)
            | Body::Network(..)
            | Body::Organisation(..)
            | Body::Outcome(..)
            | Body::Task(..) => {}
        }
    }

    /// Tells of money that an outcome could not take in, and counts it.
    pub(super) fn refused(&mut self, body: &Body, why: &str, findings: &mut Findings) {
        if let Body::Outcome(
            outcome,
            OutcomeCommand::ReceiveFunds {
                amount,
                asset,
                funder,
            },
        ) = body
        {
            let text = format!(
                "{} of {funder} stand in its escrow, and it did not take them in ({why})",
                asset.show(*amount)
            );
            findings.problem(Code::MoneyStranded, outcome, text);
        }
        self.wait(body);
    }

    pub(super) fn finish(
        &self,
        ledger: &Ledger,
        is_broken: &dyn Fn(consort_kernel::stream::StreamId) -> bool,
        findings: &mut Findings,
    ) {
        use consort_kernel::stream::StreamId;
        for (id, said) in &self.outcomes {
            if !is_broken(StreamId::Outcome(*id)) {
                self.outcome(*id, said, ledger, findings);
            }
        }
        for (id, funds) in &self.funds {
            if is_broken(StreamId::Organisation(*id)) {
                continue;
            }
            for (asset, said) in funds {
                let waits = self.refunds.get(&(*id, *asset)).copied().unwrap_or(0);
                let has = ledger.balance(Account::Funds(*id), *asset);
                if i128::from(said.minor()) + waits != i128::from(has.minor()) {
                    let text = format!(
                        "it says that {} are set aside, and its account has {}",
                        asset.show(*said),
                        asset.show(has)
                    );
                    findings.problem(Code::FundsDiffer, id, text);
                }
            }
        }
    }

    fn outcome(&self, id: OutcomeId, said: &Said, ledger: &Ledger, findings: &mut Findings) {
        let nothing = Moved::new();
        let moved = ledger.moved().get(&(id, said.asset)).unwrap_or(&nothing);
        let differ = differences(&said.purse, moved, self.unnoted.get(&id));
        if !differ.is_empty() {
            let text = format!("in minor units, it says: {}", differ.join(", "));
            findings.problem(Code::PurseDiffers, id, text);
        }
        let is_closed = matches!(said.phase, Phase::Delivered | Phase::Cancelled);
        let waits = self
            .unnoted
            .get(&id)
            .is_some_and(|sums| sums.contains_key("available"));
        let left = ledger.balance(Account::Escrow(id), said.asset);
        if is_closed && left != Amount::ZERO && !waits {
            let text = format!("it is closed, and its escrow has {}", said.asset.show(left));
            findings.problem(Code::EscrowLeft, id, text);
        }
    }

    fn note(&mut self, outcome: OutcomeId, sum: &'static str, amount: Amount) {
        let sums = self.unnoted.entry(outcome).or_default();
        *sums.entry(sum).or_default() += i128::from(amount.minor());
    }
}

/// Where the sums of a purse are not those of its accounts.
pub(crate) fn differences(purse: &Purse, moved: &Moved, unnoted: Option<&Unnoted>) -> Vec<String> {
    let mut differ = Vec::new();
    for (name, says, has) in [
        ("funded", purse.funded, sum(moved, &[Purpose::Fund], &[])),
        ("available", purse.available, available(moved)),
        ("held", purse.held, held(moved)),
        ("paid", purse.paid, sum(moved, &[Purpose::Pay], &[])),
        ("fees", purse.fees, sum(moved, &[Purpose::Fee], &[])),
        ("taxes", purse.taxes, sum(moved, &[Purpose::Tax], &[])),
        (
            "refunded",
            purse.refunded,
            sum(moved, &[Purpose::Refund], &[]),
        ),
    ] {
        let unnoted = unnoted.and_then(|sums| sums.get(name)).copied();
        if i128::from(says.minor()) + unnoted.unwrap_or(0) != has {
            differ.push(format!("{name} {says} (its accounts: {has})"));
        }
    }
    differ
}

fn available(moved: &Moved) -> i128 {
    sum(
        moved,
        &[Purpose::Fund, Purpose::Release],
        &[Purpose::Hold, Purpose::Refund],
    )
}

fn held(moved: &Moved) -> i128 {
    sum(
        moved,
        &[Purpose::Hold],
        &[Purpose::Release, Purpose::Pay, Purpose::Fee, Purpose::Tax],
    )
}

fn sum(moved: &Moved, added: &[Purpose], taken: &[Purpose]) -> i128 {
    let of = |purposes: &[Purpose]| -> i128 {
        purposes
            .iter()
            .filter_map(|purpose| moved.get(purpose))
            .sum()
    };
    of(added) - of(taken)
}
