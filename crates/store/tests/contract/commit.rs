//! A commit is done as a whole, or names what moved, or is refused; there is nothing between.

use consort_kernel::effect::{Timer, TimerChange, TimerKind};
use consort_kernel::id::NetworkId;
use consort_kernel::money::{Account, Purpose};
use consort_kernel::stream::StreamId;
use consort_store::{
    Committed, EVENT_BYTES_MAX, Guard, Identity, ReactionRow, Store, StoreError, WriteSet,
};

use crate::fixture::{
    EPOCH, ORGANISATION, OUTCOME, PERSON, acceptance, add_change, at, change, command, done, end,
    grant, message, moved, network, receipt, refused, set, stream, task, transfer,
};
use crate::picture::{picture, state};

/// A write set with something of everything: task 1 is held, accepted and paid.
pub(crate) fn everything() -> WriteSet {
    let mut set = change(stream(1), 0, 3);
    set.rows[0].row.parent = Some(StreamId::Outcome(OUTCOME));
    set.rows[0].row.fence = 2;
    set.transfers = vec![
        transfer(
            (1, 1, 0),
            Purpose::Deposit,
            Account::Clearing,
            Account::Funds(ORGANISATION),
            100,
        ),
        transfer(
            (1, 1, 1),
            Purpose::Fund,
            Account::Funds(ORGANISATION),
            Account::Escrow(OUTCOME),
            100,
        ),
        transfer(
            (1, 1, 2),
            Purpose::Hold,
            Account::Escrow(OUTCOME),
            Account::Hold(task(1)),
            60,
        ),
        transfer(
            (1, 3, 0),
            Purpose::Pay,
            Account::Hold(task(1)),
            Account::Payable(PERSON),
            50,
        ),
        transfer(
            (1, 3, 1),
            Purpose::Fee,
            Account::Hold(task(1)),
            Account::Fee,
            10,
        ),
    ];
    set.leases = vec![grant(1, 1, 100), end(1, 1)];
    set.acceptances = vec![acceptance(1, 1)];
    set.timers = vec![TimerChange::Set(Timer {
        stream: stream(1),
        kind: TimerKind::Review,
        number: 1,
        due_at: at(90),
    })];
    set.outbox = vec![message(stream(1), 3, "task.accepted")];
    set.reactions = vec![reaction(9)];
    set.receipts = vec![receipt("ann", 1, stream(1))];
    set
}

fn reaction(number: u128) -> ReactionRow {
    ReactionRow {
        id: command(number),
        body: r#"{"unblock":true}"#.to_owned(),
    }
}

pub(crate) fn what_was_committed_is_read_back(store: &dyn Store) {
    let set = everything();
    let answer = done(store, &set);
    let now = picture(store);
    let events: Vec<_> = now.feed.iter().map(|row| row.event.clone()).collect();
    assert_eq!(events, set.events);
    assert_eq!(now.states, [set.rows[0].row.clone()]);
    let transfers: Vec<_> = now.transfers.iter().map(|row| row.write.clone()).collect();
    assert_eq!(transfers, set.transfers);
    assert_eq!(now.acceptances, set.acceptances);
    assert_eq!(now.receipts, set.receipts);
    assert_eq!(now.reactions, set.reactions);
    assert_eq!(now.outbox, [(1, set.outbox[0].clone())]);
    let TimerChange::Set(timer) = &set.timers[0] else {
        panic!("the fixture sets a timer");
    };
    assert_eq!(now.timers, std::slice::from_ref(timer));
    assert_eq!(now.leases, [], "the lease is over");
    let expected = Committed::Done {
        first_position: 1,
        log_size: 3,
        log_root: now.log.root(),
    };
    assert_eq!(answer, expected);
}

pub(crate) fn a_row_that_was_not_as_it_was_read_is_named(store: &dyn Store) {
    done(store, &change(stream(1), 0, 2));
    moved(store, &change(stream(1), 0, 1), &[stream(1)], &[]);
    moved(store, &change(stream(1), 1, 1), &[stream(1)], &[]);
    moved(store, &change(stream(1), 3, 1), &[stream(1)], &[]);
    moved(store, &change(stream(2), 1, 1), &[stream(2)], &[]);
    done(store, &change(stream(1), 2, 1));
}

pub(crate) fn a_guarded_row_whose_fence_moved_is_named(store: &dyn Store) {
    let mut paused = change(stream(1), 0, 2);
    paused.rows[0].row.fence = 2;
    done(store, &paused);
    for (guarded, fence, holds) in [
        (stream(1), 1, false),
        (stream(3), 0, false),
        (stream(1), 2, true),
    ] {
        let mut set = change(stream(2), 0, 1);
        set.guards.push(Guard {
            stream: guarded,
            fence,
        });
        if holds {
            done(store, &set);
        } else {
            moved(store, &set, &[guarded], &[]);
        }
    }
}

pub(crate) fn a_guarded_row_may_change_in_what_does_not_matter(store: &dyn Store) {
    done(store, &change(stream(1), 0, 1));
    done(store, &change(stream(1), 1, 1));
    let mut set = change(stream(2), 0, 1);
    set.guards.push(Guard {
        stream: stream(1),
        fence: 0,
    });
    done(store, &set);
}

pub(crate) fn a_receipt_that_exists_is_named(store: &dyn Store) {
    let mut first = change(stream(1), 0, 1);
    first.receipts.push(receipt("ann", 4, stream(1)));
    done(store, &first);
    let mut again = change(stream(2), 0, 1);
    again.receipts.push(receipt("ann", 4, stream(2)));
    moved(store, &again, &[], &[command(4)]);
    let asked = [
        ("ann".to_owned(), command(4)),
        ("ann".to_owned(), command(5)),
    ];
    assert_eq!(store.receipts(&asked).unwrap(), first.receipts);
}

pub(crate) fn everything_that_moved_is_named_at_once(store: &dyn Store) {
    let mut first = change(stream(1), 0, 1);
    add_change(&mut first, stream(2), 0, 1);
    first.receipts.push(receipt("ann", 4, stream(1)));
    done(store, &first);

    let mut stale = change(stream(2), 0, 1);
    add_change(&mut stale, stream(1), 0, 1);
    add_change(&mut stale, stream(3), 0, 1);
    stale.receipts.push(receipt("ann", 4, stream(1)));
    stale.receipts.push(receipt("ann", 5, stream(3)));
    stale.reactions_done.push(command(8));
    moved(
        store,
        &stale,
        &[stream(1), stream(2)],
        &[command(4), command(8)],
    );
}

pub(crate) fn a_command_of_another_principal_is_another_command(store: &dyn Store) {
    let mut set = change(stream(1), 0, 1);
    set.receipts.push(receipt("ann", 4, stream(1)));
    set.receipts.push(receipt("ben", 4, stream(1)));
    done(store, &set);
    assert_eq!(picture(store).receipts, set.receipts);
}

pub(crate) fn a_commit_that_is_refused_leaves_nothing_behind(store: &dyn Store) {
    let mut set = everything();
    let last = set.transfers.len() - 1;
    set.transfers[last] = transfer(
        (1, 3, 1),
        Purpose::Fee,
        Account::Hold(task(1)),
        Account::Fee,
        11,
    );
    refused(store, &set);
    done(store, &everything());
}

pub(crate) fn a_second_writer_with_an_old_picture_writes_nothing(store: &dyn Store) {
    done(store, &change(stream(1), 0, 1));
    // Both read version 1; the second one learns it from the commit, and can go on from there.
    done(store, &change(stream(1), 1, 1));
    moved(store, &change(stream(1), 1, 1), &[stream(1)], &[]);
    let fresh = state(store, stream(1)).unwrap().version;
    done(store, &change(stream(1), fresh, 1));
    assert_eq!(store.history(stream(1), 0, 10).unwrap().len(), 3);
}

pub(crate) fn a_commit_for_another_epoch_is_fenced_off(store: &dyn Store) {
    done(store, &change(stream(1), 0, 1));
    for epoch in [0, 2] {
        let stale = WriteSet {
            epoch,
            ..change(stream(1), 1, 1)
        };
        let before = picture(store);
        match store.commit(&stale) {
            Err(StoreError::Fenced { ours, current }) => {
                assert_eq!((ours, current), (epoch, EPOCH));
            }
            other => panic!("{other:?} in place of a fence"),
        }
        assert_eq!(picture(store), before);
    }
}

pub(crate) fn an_identity_is_given_once(store: &dyn Store) {
    let expected = Identity {
        network: network(),
        epoch: EPOCH,
    };
    assert!(
        matches!(store.commit(&set()), Err(StoreError::Refused(_))),
        "without an identity"
    );
    assert_eq!(store.identity(network()).unwrap(), expected);
    assert_eq!(store.identity(NetworkId::from_bits(2)).unwrap(), expected);
}

pub(crate) fn a_write_set_that_contradicts_itself_is_refused(store: &dyn Store) {
    type Spoil = fn(&mut WriteSet);
    let cases: [(&str, Spoil); 17] = [
        ("a stream is written twice", |set| {
            set.rows.push(set.rows[0].clone());
        }),
        ("a state skips a version", |set| {
            set.rows[0].row.version += 1;
        }),
        ("a state lags behind its events", |set| {
            set.rows[0].row.version -= 1;
        }),
        ("a state changes without an event", |set| set.events.clear()),
        ("an event comes without its state", |set| set.rows.clear()),
        ("events have a gap", |set| {
            set.events.remove(1);
        }),
        ("an event is written twice", |set| {
            set.events.push(set.events[2].clone());
        }),
        ("an event is too long", |set| {
            set.events[0].body = "x".repeat(EVENT_BYTES_MAX + 1);
        }),
        ("an event is empty", |set| set.events[0].body.clear()),
        ("a fence lies ahead", |set| set.rows[0].row.fence = 9),
        ("a transfer follows from nothing", |set| {
            set.transfers[0].version = 9;
        }),
        ("a line moves money twice", |set| set.transfers[1].line = 0),
        ("a message tells of nothing", |set| {
            set.outbox[0].version = 4;
        }),
        ("a task is accepted twice", |set| {
            set.acceptances.push(set.acceptances[0].clone());
        }),
        ("a command is answered twice", |set| {
            set.receipts.push(set.receipts[0].clone());
        }),
        ("a receipt names other events", |set| {
            set.receipts[0].events = 4;
        }),
        ("a reaction is written and done", |set| {
            set.reactions_done.push(set.reactions[0].id);
        }),
    ];
    for (reason, spoil) in cases {
        let mut spoilt = everything();
        spoil(&mut spoilt);
        store.identity(network()).unwrap();
        let answer = store.commit(&spoilt);
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "{reason}: {answer:?}"
        );
        assert!(picture(store).feed.is_empty(), "{reason}");
    }
    let mut longest = change(stream(1), 0, 1);
    longest.events[0].body = "x".repeat(EVENT_BYTES_MAX);
    done(store, &longest);
}

pub(crate) fn a_fence_never_goes_back(store: &dyn Store) {
    let mut fenced = change(stream(1), 0, 2);
    fenced.rows[0].row.fence = 2;
    done(store, &fenced);
    let mut next = change(stream(1), 2, 1);
    next.rows[0].row.fence = 1;
    refused(store, &next);
    next.rows[0].row.fence = 2;
    done(store, &next);
}

pub(crate) fn the_time_of_a_stream_never_goes_back(store: &dyn Store) {
    let mut later = change(stream(1), 0, 1);
    later.rows[0].row.recorded_at = at(20);
    done(store, &later);
    let mut next = change(stream(1), 1, 1);
    next.rows[0].row.recorded_at = at(19);
    refused(store, &next);
    next.rows[0].row.recorded_at = at(20);
    done(store, &next);
}

pub(crate) fn an_empty_write_set_changes_nothing(store: &dyn Store) {
    done(store, &everything());
    let before = picture(store);
    let expected = Committed::Done {
        first_position: 4,
        log_size: 3,
        log_root: before.log.root(),
    };
    assert_eq!(done(store, &set()), expected);
    assert_eq!(picture(store), before);
}
