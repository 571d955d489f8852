//! Damage to the ledger and the acceptances is found and named.

use std::sync::Arc;

use consort_engine::doctor::{Code, PROBLEMS_MAX};
use consort_kernel::money::{Account, Amount, Asset};

use crate::damage::{Tamper, check, report};
use crate::fixture::{agent, anna, delivered, organisation, running, stories, task};

#[test]
fn a_missing_transfer_is_found() {
    let tamper: Tamper = |store| {
        store.transfers = Some(Arc::new(|rows| {
            let escrow = Account::Escrow(delivered());
            rows.retain(|row| row.write.transfer.to != escrow);
        }));
    };
    let expected = vec![
        Code::TransferMissing,
        Code::BalanceNegative,
        Code::BalanceDiffers,
        Code::PurseDiffers,
        Code::EscrowLeft,
        Code::FundsDiffer,
    ];
    check("missing transfers", tamper, expected);
}

#[test]
fn a_changed_transfer_is_found() {
    let tamper: Tamper = |store| {
        store.transfers = Some(Arc::new(|rows| {
            let payee = Account::Payable(agent());
            let mut paid = rows.iter_mut().map(|row| &mut row.write.transfer);
            let paid = paid.find(|transfer| transfer.to == payee).unwrap();
            paid.to = Account::Payable(anna());
        }));
    };
    let expected = vec![Code::TransferChanged, Code::BalanceDiffers];
    check("another payee", tamper, expected);
}

#[test]
fn a_transfer_that_follows_from_nothing_is_found() {
    let tamper: Tamper = |store| {
        store.transfers = Some(Arc::new(|rows| {
            let mut row = rows[0].clone();
            row.position = rows.last().unwrap().position + 1;
            row.write.line = 7;
            rows.push(row);
        }));
    };
    let expected = vec![
        Code::TransferUnasked,
        Code::BalanceDiffers,
        Code::FundsDiffer,
    ];
    check("money from nowhere", tamper, expected);
}

#[test]
fn a_changed_balance_is_found() {
    let guarded: Tamper = |store| {
        store.guarded = Some(Arc::new(|balances| {
            let key = (Account::Funds(organisation()), Asset::PRACTICE);
            balances.insert(key, Amount::from_minor(1));
        }));
    };
    check("a kept balance", guarded, vec![Code::BalanceDiffers]);
    let all: Tamper = |store| {
        store.balances = Some(Arc::new(|balances| {
            let key = (Account::Payable(agent()), Asset::PRACTICE);
            balances.insert(key, Amount::from_minor(1));
        }));
    };
    check("a folded balance", all, vec![Code::BalanceDiffers]);
}

#[test]
fn acceptances_that_differ_from_the_events_are_found() {
    let gone: Tamper = |store| {
        store.acceptances = Some(Arc::new(|rows| {
            rows.pop();
        }));
    };
    check("no acceptance", gone, vec![Code::AcceptanceMissing]);
    let another: Tamper = |store| {
        store.acceptances = Some(Arc::new(|rows| rows[0].approver = agent()));
    };
    check("another approver", another, vec![Code::AcceptanceChanged]);
    let more: Tamper = |store| {
        store.acceptances = Some(Arc::new(|rows| {
            let mut row = rows[0].clone();
            row.task = task(running(), "held");
            rows.push(row);
        }));
    };
    check("one too many", more, vec![Code::AcceptanceUnasked]);
}

#[test]
fn damage_that_has_spread_is_counted_and_not_told_without_end() {
    let story = stories().remove(0);
    let report = report(&story, |store| {
        store.transfers = Some(Arc::new(|rows| {
            let last = rows.last().unwrap().clone();
            rows.extend((1..2_000).map(|n| {
                let mut row = last.clone();
                row.position += n;
                row.write.line = u16::try_from(n).unwrap() + 10;
                row
            }));
        }));
    });
    assert_eq!(report.problems.len(), PROBLEMS_MAX);
    assert!(report.notes.last().unwrap().contains("more problems"));
}
