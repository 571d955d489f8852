//! Damage to what commits leave behind beside the states (leases, receipts, messages) and to the
//! store itself is found and named.

use std::sync::Arc;

use consort_engine::doctor::Code;
use consort_kernel::id::NetworkId;
use consort_kernel::money::{Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{Flaw, OutboxRow, Receipt};

use crate::damage::{Tamper, check, codes, report};
use crate::fixture::{anna, ben, delivered, running, stories, task};

#[test]
fn leases_that_differ_from_the_events_are_found() {
    let gone: Tamper = |store| store.leases = Some(Arc::new(Vec::clear));
    let expected = vec![Code::LeaseMissing, Code::LeaseDiffers];
    check("no leases", gone, expected);
    let over: Tamper = |store| {
        store.leases = Some(Arc::new(|rows| {
            for row in rows.iter_mut() {
                row.deadline = None;
            }
        }));
    };
    check("a lease that is over", over, vec![Code::LeaseMissing]);
    let left: Tamper = |store| {
        store.leases = Some(Arc::new(|rows| {
            let first = task(delivered(), "first");
            let row = rows.iter_mut().find(|row| row.task == first).unwrap();
            row.deadline = Some(Timestamp::from_millis(0));
        }));
    };
    check("a lease that is left", left, vec![Code::LeaseLeft]);
    let holder: Tamper = |store| store.leases = Some(Arc::new(|rows| rows[0].holder = anna()));
    check("another holder", holder, vec![Code::LeaseDiffers]);
    let number: Tamper = |store| store.leases = Some(Arc::new(|rows| rows[0].number += 1));
    check("another number", number, vec![Code::LeaseDiffers]);
    let more: Tamper = |store| {
        store.leases = Some(Arc::new(|rows| {
            let mut row = rows[0].clone();
            row.task = task(running(), "waiting");
            rows.push(row);
            rows.sort_unstable_by_key(|row| row.task);
        }));
    };
    check("one too many", more, vec![Code::LeaseDiffers]);
}

#[test]
fn receipts_that_differ_from_the_events_are_found() {
    let gone: Tamper = |store| store.receipts = Some(Arc::new(Vec::clear));
    check("no receipts", gone, vec![Code::ReceiptMissing]);
    let changes: [fn(&mut Receipt); 4] = [
        |receipt| receipt.stream = StreamId::Contributor(ben()),
        |receipt| receipt.first_version += 1,
        |receipt| receipt.events += 1,
        |receipt| receipt.at = receipt.at.plus_millis(-1),
    ];
    for change in changes {
        for story in stories() {
            let report = report(&story, |store| {
                store.receipts = Some(Arc::new(move |rows| change(&mut rows[0])));
            });
            assert_eq!(codes(&report.problems), [Code::ReceiptChanged]);
        }
    }
    let another: Tamper = |store| {
        store.receipts = Some(Arc::new(|rows| rows[0].principal = ben().to_string()));
    };
    let expected = vec![Code::ReceiptMissing, Code::ReceiptUnasked];
    check("another principal", another, expected);
    let more: Tamper = |store| {
        store.receipts = Some(Arc::new(|rows| {
            let mut row = rows[0].clone();
            row.principal = ben().to_string();
            rows.push(row);
            rows.sort_unstable_by_key(|row| (row.command, row.principal.clone()));
        }));
    };
    check("one too many", more, vec![Code::ReceiptUnasked]);
}

#[test]
fn messages_that_differ_from_the_events_are_found() {
    let topic: Tamper = |store| {
        store.outbox = Some(Arc::new(|rows| rows[0].1.topic = "task.failed".to_owned()));
    };
    check("another topic", topic, vec![Code::MessageChanged]);
    let more: Tamper = |store| {
        store.outbox = Some(Arc::new(|rows| {
            let message = OutboxRow {
                topic: "task.accepted".to_owned(),
                ..rows[0].1.clone()
            };
            rows.push((rows.last().unwrap().0 + 1, message));
        }));
    };
    check("one too many", more, vec![Code::MessageUnasked]);
}

#[test]
fn messages_that_wait_no_longer_are_counted() {
    for story in stories() {
        let waiting = story.store.outbox(0, usize::MAX).unwrap();
        story
            .store
            .outbox_done(&[waiting[0].0, waiting[2].0])
            .unwrap();
        let report = crate::examine::report(&story);
        assert_eq!(report.problems, []);
        assert!(report.notes[0].starts_with("2 messages"), "{report:?}");
    }
}

#[test]
fn the_empty_balance_of_an_account_that_moved_is_kept() {
    let gone: Tamper = |store| {
        store.guarded = Some(Arc::new(|balances| {
            balances.retain(|_, balance| *balance != Amount::ZERO);
        }));
    };
    check("no row", gone, vec![Code::BalanceDiffers]);
    let more: Tamper = |store| {
        store.guarded = Some(Arc::new(|balances| {
            use consort_kernel::money::Account;
            let hold = Account::Hold(task(delivered(), "first"));
            balances.insert((hold, Asset::PRACTICE), Amount::ZERO);
        }));
    };
    check("a row too many", more, vec![Code::BalanceDiffers]);
}

#[test]
fn flaws_of_the_store_and_another_network_are_found() {
    let flaws: Tamper = |store| {
        store.flaws = Some(Arc::new(|flaws| {
            flaws.push(Flaw::Form("the trigger events_stay is missing".to_owned()));
            flaws.push(Flaw::Content("a page is torn".to_owned()));
        }));
    };
    check("flaws", flaws, vec![Code::FormDiffers, Code::StoreDamaged]);
    let another: Tamper = |store| {
        store.identity = Some(Arc::new(|identity| {
            identity.network = NetworkId::from_bits(1);
        }));
    };
    check("another network", another, vec![Code::NetworkDiffers]);
}

#[test]
fn what_cannot_be_read_is_a_finding_and_hides_nothing_else() {
    for story in stories() {
        let found = report(&story, |store| {
            store.unreadable = Some("leases");
            store.acceptances = Some(Arc::new(|rows| {
                rows.pop();
            }));
        });
        let expected = [Code::AcceptanceMissing, Code::Unreadable];
        assert_eq!(codes(&found.problems), expected);
        let found = report(&story, |store| store.unreadable = Some("events"));
        assert_eq!(codes(&found.problems), [Code::Unreadable]);
        assert!(found.notes[0].contains("not compared"), "{found:?}");
    }
}
