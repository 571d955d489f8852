//! Money is conserved, is moved once, and is paid only for what somebody accepted.

use std::collections::BTreeMap;

use consort_kernel::id::OutcomeId;
use consort_kernel::money::{Account, Amount, Asset, Purpose};
use consort_kernel::stream::StreamId;
use consort_store::{Store, TransferQuery, TransferWrite, WriteSet};

use crate::commit::everything;
use crate::fixture::{
    ORGANISATION, OUTCOME, PERSON, acceptance, change, done, end, grant, refused, stream, task,
    transfer,
};
use crate::picture::{ALL, picture};

const FUNDS: Account = Account::Funds(ORGANISATION);
const ESCROW: Account = Account::Escrow(OUTCOME);

/// The store in which 100 lie in escrow and 40 in the hold of task 1, which is at version 1.
fn funded(store: &dyn Store) {
    let mut set = change(stream(1), 0, 1);
    set.transfers = vec![
        transfer((1, 1, 0), Purpose::Deposit, Account::Clearing, FUNDS, 140),
        transfer((1, 1, 1), Purpose::Fund, FUNDS, ESCROW, 140),
        transfer((1, 1, 2), Purpose::Hold, ESCROW, Account::Hold(task(1)), 40),
    ];
    done(store, &set);
}

/// The next event of task 1 with these transfers.
fn moving(version: u64, transfers: Vec<TransferWrite>) -> WriteSet {
    WriteSet {
        transfers,
        ..change(stream(1), version - 1, 1)
    }
}

fn pay(version: u64, minor: i64) -> TransferWrite {
    let hold = Account::Hold(task(1));
    transfer(
        (1, version, 0),
        Purpose::Pay,
        hold,
        Account::Payable(PERSON),
        minor,
    )
}

/// Task 1 is accepted by its next event.
fn accepted(version: u64) -> WriteSet {
    WriteSet {
        leases: vec![grant(1, 1, 10), end(1, 1)],
        acceptances: vec![acceptance(1, 1)],
        ..change(stream(1), version - 1, 1)
    }
}

pub(crate) fn balances_are_the_sum_of_transfers(store: &dyn Store) {
    done(store, &everything());
    let amount = |minor| Amount::from_minor(minor);
    let expected = BTreeMap::from([
        ((Account::Clearing, Asset::PRACTICE), amount(-100)),
        ((FUNDS, Asset::PRACTICE), amount(0)),
        ((ESCROW, Asset::PRACTICE), amount(40)),
        ((Account::Hold(task(1)), Asset::PRACTICE), amount(0)),
        ((Account::Payable(PERSON), Asset::PRACTICE), amount(50)),
        ((Account::Fee, Asset::PRACTICE), amount(10)),
    ]);
    assert_eq!(store.balances().unwrap(), expected);
    let kept = BTreeMap::from([
        ((FUNDS, Asset::PRACTICE), amount(0)),
        ((ESCROW, Asset::PRACTICE), amount(40)),
    ]);
    assert_eq!(
        store.guarded_balances().unwrap(),
        kept,
        "an empty hold goes away"
    );
}

pub(crate) fn an_account_that_can_run_dry_never_goes_below_zero(store: &dyn Store) {
    funded(store);
    let other = Account::Hold(task(2));
    for (reason, from, to, minor) in [
        ("more than the escrow", ESCROW, other, 101),
        ("more than the hold", Account::Hold(task(1)), ESCROW, 41),
        ("out of empty funds", FUNDS, ESCROW, 1),
        ("out of a hold that is not there", other, ESCROW, 1),
    ] {
        let set = moving(
            2,
            vec![transfer((1, 2, 0), Purpose::Release, from, to, minor)],
        );
        let refusal = refused(store, &set);
        assert!(!refusal.is_empty(), "{reason}");
    }
    let all = moving(
        2,
        vec![transfer((1, 2, 0), Purpose::Hold, ESCROW, other, 100)],
    );
    done(store, &all);
}

pub(crate) fn cover_is_counted_within_the_commit(store: &dyn Store) {
    funded(store);
    let other = Account::Hold(task(2));
    let there_and_back = moving(
        2,
        vec![
            transfer((1, 2, 0), Purpose::Hold, ESCROW, other, 100),
            transfer((1, 2, 1), Purpose::Release, other, ESCROW, 100),
            transfer((1, 2, 2), Purpose::Hold, ESCROW, other, 70),
        ],
    );
    done(store, &there_and_back);
    let twice = moving(
        3,
        vec![
            transfer((1, 3, 0), Purpose::Hold, ESCROW, other, 20),
            transfer((1, 3, 1), Purpose::Hold, ESCROW, other, 20),
        ],
    );
    refused(store, &twice);
}

pub(crate) fn a_transfer_moves_something_somewhere(store: &dyn Store) {
    funded(store);
    for (minor, to) in [(0, FUNDS), (-5, FUNDS), (5, ESCROW)] {
        refused(
            store,
            &moving(
                2,
                vec![transfer((1, 2, 0), Purpose::Refund, ESCROW, to, minor)],
            ),
        );
    }
    done(
        store,
        &moving(
            2,
            vec![transfer((1, 2, 0), Purpose::Refund, ESCROW, FUNDS, 5)],
        ),
    );
}

pub(crate) fn nothing_is_paid_that_nobody_accepted(store: &dyn Store) {
    funded(store);
    refused(store, &moving(2, vec![pay(2, 10)]));
    let mut set = accepted(2);
    set.transfers.push(pay(2, 10));
    done(store, &set);
}

pub(crate) fn a_task_is_paid_once(store: &dyn Store) {
    funded(store);
    let mut set = accepted(2);
    let hold = Account::Hold(task(1));
    set.transfers = vec![pay(2, 10)];
    set.transfers
        .push(transfer((1, 2, 1), Purpose::Fee, hold, Account::Fee, 1));
    done(store, &set);
    refused(store, &moving(3, vec![pay(3, 10)]));
    refused(
        store,
        &moving(
            3,
            vec![transfer((1, 3, 9), Purpose::Tax, hold, Account::Tax, 1)],
        ),
    );
    done(
        store,
        &moving(
            3,
            vec![transfer((1, 3, 0), Purpose::Release, hold, ESCROW, 29)],
        ),
    );
}

pub(crate) fn a_payout_comes_out_of_the_hold_of_its_task(store: &dyn Store) {
    funded(store);
    for from in [ESCROW, FUNDS, Account::Hold(task(2)), Account::Clearing] {
        let mut set = accepted(2);
        let payee = Account::Payable(PERSON);
        set.transfers = vec![transfer((1, 2, 0), Purpose::Pay, from, payee, 1)];
        refused(store, &set);
    }
    let mut nobodys = accepted(2);
    nobodys.transfers = vec![pay(2, 1)];
    nobodys.transfers[0].transfer.task = None;
    refused(store, &nobodys);
}

pub(crate) fn assets_stand_apart_and_keep_their_scale(store: &dyn Store) {
    funded(store);
    let mut set = moving(
        2,
        vec![transfer((1, 2, 0), Purpose::Refund, ESCROW, FUNDS, 1)],
    );
    set.transfers[0].transfer.asset = Asset::new("EUR", 2).unwrap();
    refused(store, &set);
    set.transfers[0].transfer.asset = Asset::new("PRACTICE", 3).unwrap();
    refused(store, &set);
    set.transfers[0].transfer.asset = Asset::PRACTICE;
    done(store, &set);
}

pub(crate) fn a_balance_that_does_not_fit_is_refused(store: &dyn Store) {
    funded(store);
    let deposit = |line, minor| {
        transfer(
            (1, 2, line),
            Purpose::Deposit,
            Account::Clearing,
            FUNDS,
            minor,
        )
    };
    refused(store, &moving(2, vec![deposit(0, i64::MAX), deposit(1, 1)]));
}

pub(crate) fn transfers_are_listed_in_order_and_by_outcome(store: &dyn Store) {
    funded(store);
    let elsewhere = OutcomeId::from_bits(77);
    let mut set = moving(
        2,
        vec![transfer((1, 2, 0), Purpose::Refund, ESCROW, FUNDS, 1)],
    );
    set.transfers[0].transfer.outcome = Some(elsewhere);
    done(store, &set);
    let walk = |outcome, after, limit, backwards| {
        let query = TransferQuery {
            outcome,
            after,
            backwards,
            limit,
        };
        let rows = store.transfers(&query).unwrap();
        rows.into_iter().map(|row| row.position).collect::<Vec<_>>()
    };
    let list = |outcome, after, limit| walk(outcome, after, limit, false);
    assert_eq!(list(None, 0, ALL), [1, 2, 3, 4]);
    assert_eq!(list(None, 1, 2), [2, 3]);
    assert_eq!(list(Some(OUTCOME), 0, ALL), [1, 2, 3]);
    assert_eq!(list(Some(OUTCOME), 2, ALL), [3]);
    assert_eq!(list(Some(elsewhere), 0, ALL), [4]);
    assert_eq!(list(Some(OutcomeId::from_bits(78)), 0, ALL), [0_u64; 0]);
    assert_eq!(walk(None, 0, ALL, true), [4, 3, 2, 1]);
    assert_eq!(walk(None, 4, 2, true), [3, 2]);
    assert_eq!(walk(None, 1, ALL, true), [0_u64; 0]);
    assert_eq!(walk(Some(OUTCOME), 3, ALL, true), [2, 1]);
}

pub(crate) fn a_task_is_accepted_once(store: &dyn Store) {
    done(store, &accepted(1));
    let again = WriteSet {
        leases: vec![grant(1, 2, 10)],
        acceptances: vec![acceptance(1, 2)],
        ..change(stream(1), 1, 1)
    };
    refused(store, &again);
    let first = picture(store).acceptances;
    assert_eq!(first, [acceptance(1, 1)]);
}

pub(crate) fn what_is_accepted_was_handed_in_under_the_last_lease(store: &dyn Store) {
    let never_held = WriteSet {
        acceptances: vec![acceptance(1, 1)],
        ..change(stream(1), 0, 1)
    };
    refused(store, &never_held);
    let taken_over = WriteSet {
        leases: vec![grant(1, 1, 10), end(1, 1), grant(1, 2, 10)],
        ..change(stream(1), 0, 1)
    };
    done(store, &taken_over);
    for (lease, allowed) in [(1, false), (3, false), (2, true)] {
        let set = WriteSet {
            acceptances: vec![acceptance(1, lease)],
            ..change(stream(1), 1, 1)
        };
        if allowed {
            done(store, &set);
        } else {
            refused(store, &set);
        }
    }
}

pub(crate) fn acceptances_are_listed_in_the_order_of_their_tasks(store: &dyn Store) {
    for number in [5, 2, 9] {
        let set = WriteSet {
            leases: vec![grant(number, 1, 10)],
            acceptances: vec![acceptance(number, 1)],
            ..change(StreamId::Task(task(number)), 0, 1)
        };
        done(store, &set);
    }
    let list = |after, limit| {
        let found = store.acceptances(after, limit).unwrap();
        found.into_iter().map(|one| one.task).collect::<Vec<_>>()
    };
    assert_eq!(list(None, ALL), [task(2), task(5), task(9)]);
    assert_eq!(list(Some(task(2)), 1), [task(5)]);
    assert_eq!(list(Some(task(9)), ALL), []);
}
