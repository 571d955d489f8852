//! Random write sets: all stores give the same answers and hold the same, and what must always
//! hold, holds.

use std::sync::Arc;

use consort_kernel::effect::{LeaseChange, Timer, TimerChange, TimerKind};
use consort_kernel::log::{Frontier, leaf_hash};
use consort_kernel::money::{Account, Amount, Purpose};
use consort_kernel::stream::StreamId;
use consort_store::memory::MemoryStore;
use consort_store::{Committed, Guard, ReactionRow, Store, StoreError, WriteSet};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::{collection, sample};

use crate::fixture::{
    ORGANISATION, OUTCOME, PERSON, Place, acceptance, add_change, at, command, end, grant, message,
    network, receipt, set, stream, task, transfer,
};
use crate::picture::{Picture, picture, state};
use crate::postgres::new_store;

/// What one part of a write set is about; versions are filled in from what the store holds, so
/// that most write sets are close to being allowed.
#[derive(Debug, Clone)]
enum Part {
    Change {
        task: u128,
        behind: bool,
        events: u64,
        status: &'static str,
        fenced: bool,
        nested: bool,
    },
    Guard {
        task: u128,
        fence: u64,
    },
    Move {
        purpose: Purpose,
        task: u128,
        minor: i64,
    },
    Lease {
        task: u128,
        number: u64,
        over: bool,
    },
    Accept {
        task: u128,
        lease: u64,
    },
    Timer {
        task: u128,
        kind: TimerKind,
        due: Option<i64>,
    },
    Message,
    Receipt {
        principal: &'static str,
        command: u128,
    },
    React {
        command: u128,
    },
    Reacted {
        command: u128,
    },
}

const TASKS: std::ops::Range<u128> = 1..4;

fn part() -> impl Strategy<Value = Part> {
    let words = sample::select(vec!["ready", "held", "paid"]);
    let purposes = sample::select(Purpose::ALL.to_vec());
    let kinds = sample::select(vec![
        TimerKind::Offer,
        TimerKind::Lease,
        TimerKind::Review,
        TimerKind::Deadline,
    ]);
    let due = prop_oneof![Just(None), (0..50_i64).prop_map(Some)];
    prop_oneof![
        4 => (TASKS, 0..12_u8, 1..3_u64, words, any::<bool>(), any::<bool>()).prop_map(
            |(task, behind, events, status, fenced, nested)| Part::Change {
                task, behind: behind == 0, events, status, fenced, nested,
            }
        ),
        1 => (TASKS, 0..3_u64).prop_map(|(task, fence)| Part::Guard { task, fence }),
        4 => (purposes, TASKS, 0..60_i64)
            .prop_map(|(purpose, task, minor)| Part::Move { purpose, task, minor }),
        2 => (TASKS, 0..4_u64, any::<bool>())
            .prop_map(|(task, number, over)| Part::Lease { task, number, over }),
        2 => (TASKS, 0..4_u64).prop_map(|(task, lease)| Part::Accept { task, lease }),
        1 => (TASKS, kinds, due).prop_map(|(task, kind, due)| Part::Timer { task, kind, due }),
        1 => Just(Part::Message),
        1 => (sample::select(vec!["ann", "ben"]), 0..8_u128)
            .prop_map(|(principal, command)| Part::Receipt { principal, command }),
        1 => (0..6_u128).prop_map(|command| Part::React { command }),
        1 => (0..6_u128).prop_map(|command| Part::Reacted { command }),
    ]
}

/// Puts a write set together from its parts. What follows from an event follows from the last one
/// of the set, or from none.
fn write_set(store: &dyn Store, parts: &[Part]) -> WriteSet {
    let mut set = set();
    let (changes, others): (Vec<_>, Vec<_>) = parts
        .iter()
        .partition(|part| matches!(part, Part::Change { .. }));
    for part in changes.into_iter().chain(others) {
        add_part(&mut set, store, part);
    }
    set
}

fn add_part(set: &mut WriteSet, store: &dyn Store, part: &Part) {
    let (number, last) = last_event(set);
    let line = u16::try_from(set.transfers.len()).unwrap();
    match *part {
        Part::Change {
            task,
            behind,
            events,
            status,
            fenced,
            nested,
        } => {
            let before = state(store, stream(task));
            let (version, fence) = before.map_or((0, 0), |row| (row.version, row.fence));
            add_change(
                set,
                stream(task),
                version.saturating_sub(u64::from(behind)),
                events,
            );
            let row = &mut set.rows.last_mut().unwrap().row;
            status.clone_into(&mut row.status);
            row.fence = if fenced { row.version } else { fence };
            row.parent = nested.then_some(StreamId::Outcome(OUTCOME));
        }
        Part::Guard { task, fence } => set.guards.push(Guard {
            stream: stream(task),
            fence,
        }),
        Part::Move {
            purpose,
            task,
            minor,
        } => {
            let (from, to) = accounts(purpose, task);
            let mut write = transfer((number, last, line), purpose, from, to, minor);
            write.transfer.task = Some(crate::fixture::task(task));
            set.transfers.push(write);
        }
        Part::Lease {
            task,
            number,
            over: true,
        } => set.leases.push(end(task, number)),
        Part::Lease { task, number, .. } => set.leases.push(grant(task, number, 40)),
        Part::Accept { task, lease } => set.acceptances.push(acceptance(task, lease)),
        Part::Timer { task, kind, due } => set.timers.push(match due {
            None => TimerChange::Clear(stream(task), kind),
            Some(due) => TimerChange::Set(Timer {
                stream: stream(task),
                kind,
                number: 1,
                due_at: at(due),
            }),
        }),
        Part::Message => set
            .outbox
            .push(message(stream(number), last, "task.changed")),
        Part::Receipt { principal, command } => {
            let mut receipt = receipt(principal, command, stream(number));
            receipt.first_version = last;
            set.receipts.push(receipt);
        }
        Part::React { command: id } => set.reactions.push(ReactionRow {
            id: command(id),
            body: "{}".to_owned(),
        }),
        Part::Reacted { command: id } => set.reactions_done.push(command(id)),
    }
}

/// The task and version of the last event of the set; of one that is not in it when it is empty.
fn last_event(set: &WriteSet) -> (u128, u64) {
    match set.events.last().map(|event| (event.stream, event.version)) {
        None => (1, 1),
        Some((StreamId::Task(id), version)) => (id.bits(), version),
        Some((other, _)) => panic!("the model changes tasks alone, not {other}"),
    }
}

fn accounts(purpose: Purpose, number: u128) -> (Account, Account) {
    let funds = Account::Funds(ORGANISATION);
    let escrow = Account::Escrow(OUTCOME);
    let hold = Account::Hold(task(number));
    match purpose {
        Purpose::Deposit => (Account::Clearing, funds),
        Purpose::Fund => (funds, escrow),
        Purpose::Hold => (escrow, hold),
        Purpose::Release => (hold, escrow),
        Purpose::Pay => (hold, Account::Payable(PERSON)),
        Purpose::Fee => (hold, Account::Fee),
        Purpose::Tax => (hold, Account::Tax),
        Purpose::Refund => (escrow, funds),
    }
}

/// An answer without the wording of a refusal, which is each store's own.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Given(Committed),
    Refused,
}

fn answer(store: &dyn Store, set: &WriteSet) -> Answer {
    match store.commit(set) {
        Ok(committed) => Answer::Given(committed),
        Err(StoreError::Refused(_)) => Answer::Refused,
        Err(other) => panic!("{other}"),
    }
}

/// What must hold whatever was written.
fn check(picture: &Picture) {
    let total: i64 = picture
        .balances
        .values()
        .map(|balance| balance.minor())
        .sum();
    assert_eq!(total, 0, "money is conserved");
    for (key, folded) in &picture.balances {
        if key.0.is_guarded() {
            assert!(*folded >= Amount::ZERO, "{key:?}");
            let kept = picture.guarded.get(key).copied().unwrap_or_default();
            assert_eq!(kept, *folded, "{key:?}");
        }
    }
    let mut log = Frontier::default();
    for row in &picture.feed {
        log.append(leaf_hash(row.event.body.as_bytes()));
        assert_eq!(row.position, log.size());
    }
    assert_eq!(log, picture.log);
    for state in &picture.states {
        let events = picture
            .feed
            .iter()
            .filter(|row| row.event.stream == state.stream);
        assert_eq!(events.count() as u64, state.version);
    }
    for row in &picture.transfers {
        let transfer = &row.write.transfer;
        if matches!(transfer.purpose, Purpose::Pay | Purpose::Fee | Purpose::Tax) {
            let accepted = picture
                .acceptances
                .iter()
                .any(|one| Some(one.task) == transfer.task);
            assert!(accepted, "{transfer:?}");
        }
    }
}

/// A life that goes well, so that random sets also meet tasks that are held, accepted and funded.
fn first(store: &dyn Store) -> WriteSet {
    let moves = [
        (Purpose::Deposit, 200),
        (Purpose::Fund, 150),
        (Purpose::Hold, 50),
    ];
    let mut set = write_set(store, &[]);
    add_change(&mut set, stream(1), 0, 1);
    for (line, (purpose, minor)) in (0_u16..).zip(moves) {
        let (from, to) = accounts(purpose, 1);
        set.transfers
            .push(transfer((1, 1, line), purpose, from, to, minor));
    }
    set.leases = vec![LeaseChange::clone(&grant(1, 1, 40)), end(1, 1)];
    set
}

/// Commits write sets to all stores, which have to agree after each.
fn check_agreement(stores: &[Arc<dyn Store>], sets: &[Vec<Part>]) {
    for store in stores {
        store.identity(network()).unwrap();
        answer(store.as_ref(), &first(store.as_ref()));
    }
    for parts in sets {
        let set = write_set(stores[0].as_ref(), parts);
        let mut told = stores.iter().map(|store| answer(store.as_ref(), &set));
        let one = told.next().unwrap();
        told.for_each(|other| assert_eq!(one, other, "{set:?}"));
        let mut held = stores.iter().map(|store| picture(store.as_ref()));
        let one = held.next().unwrap();
        held.for_each(|other| assert_eq!(one, other, "{set:?}"));
        check(&one);
    }
}

fn sets() -> impl Strategy<Value = Vec<Vec<Part>>> {
    collection::vec(collection::vec(part(), 1..5), 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn memory_and_sqlite_agree_on_every_write_set(sets in sets()) {
        let place = Place::new();
        check_agreement(&[Arc::new(MemoryStore::new()), Arc::new(place.open())], &sets);
    }
}

proptest! {
    // A database is made for each case, and that takes its time.
    #![proptest_config(ProptestConfig {
        cases: 16,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn memory_and_postgres_agree_on_every_write_set(sets in sets()) {
        if let Some(store) = new_store() {
            check_agreement(&[Arc::new(MemoryStore::new()), Arc::new(store)], &sets);
        }
    }
}
