//! What waits: timers, reactions and messages, each in its order.

use consort_kernel::effect::{Timer, TimerChange, TimerKind};
use consort_kernel::id::CommandId;
use consort_kernel::stream::StreamId;
use consort_store::{FiredTimer, ReactionRow, Store, WriteSet};

use crate::fixture::{at, change, command, done, message, moved, refused, set, stream};
use crate::picture::ALL;

fn timer(stream: StreamId, kind: TimerKind, due: i64) -> Timer {
    Timer {
        stream,
        kind,
        number: 1,
        due_at: at(due),
    }
}

fn setting(timers: &[Timer]) -> WriteSet {
    WriteSet {
        timers: timers.iter().cloned().map(TimerChange::Set).collect(),
        ..set()
    }
}

fn reaction(number: u128) -> ReactionRow {
    ReactionRow {
        id: command(number),
        body: format!("{{\"number\":\"{number}\"}}"),
    }
}

pub(crate) fn timers_are_due_in_their_order(store: &dyn Store) {
    let first = timer(stream(2), TimerKind::Lease, 10);
    let second = timer(stream(1), TimerKind::Offer, 20);
    let third = timer(stream(1), TimerKind::Review, 20);
    let fourth = timer(stream(3), TimerKind::Offer, 20);
    let last = timer(stream(1), TimerKind::Deadline, 30);
    assert_eq!(store.next_due().unwrap(), None);
    let all = [&last, &fourth, &third, &second, &first].map(Clone::clone);
    done(store, &setting(&all));
    assert_eq!(store.next_due().unwrap(), Some(at(10)));
    assert_eq!(store.due(at(9), ALL).unwrap(), []);
    let due = [first, second, third, fourth];
    assert_eq!(store.due(at(20), ALL).unwrap(), due);
    assert_eq!(store.due(at(20), 3).unwrap(), due[..3]);
}

pub(crate) fn a_timer_takes_the_place_of_the_one_before(store: &dyn Store) {
    done(store, &setting(&[timer(stream(1), TimerKind::Lease, 10)]));
    let later = Timer {
        number: 2,
        ..timer(stream(1), TimerKind::Lease, 30)
    };
    done(store, &setting(std::slice::from_ref(&later)));
    assert_eq!(store.due(at(100), ALL).unwrap(), [later]);
    assert_eq!(store.next_due().unwrap(), Some(at(30)));
}

pub(crate) fn timers_are_set_and_cleared_in_order(store: &dyn Store) {
    let lease = timer(stream(1), TimerKind::Lease, 10);
    let clear = TimerChange::Clear(stream(1), TimerKind::Lease);
    let mut set = setting(std::slice::from_ref(&lease));
    set.timers.push(clear.clone());
    done(store, &set);
    assert_eq!(store.next_due().unwrap(), None);
    set.timers.swap(0, 1);
    done(store, &set);
    assert_eq!(store.due(at(10), ALL).unwrap(), [lease]);
    set.timers = vec![clear.clone(), clear];
    done(store, &set);
    assert_eq!(store.next_due().unwrap(), None);
}

pub(crate) fn a_timer_fires_in_one_commit(store: &dyn Store) {
    let review = timer(stream(1), TimerKind::Review, 10);
    let later = Timer {
        due_at: at(50),
        ..review.clone()
    };
    done(store, &setting(std::slice::from_ref(&review)));
    let mut firing = setting(std::slice::from_ref(&later));
    firing.fired = vec![FiredTimer {
        timer: review,
        command: command(7),
    }];
    done(store, &firing);
    assert_eq!(
        store.due(at(100), ALL).unwrap(),
        std::slice::from_ref(&later)
    );
    moved(store, &firing, &[], &[command(7)]);
    firing.fired[0].timer.due_at = at(50);
    firing.fired[0].timer.number = 2;
    moved(store, &firing, &[], &[command(7)]);
}

pub(crate) fn a_timer_is_due_later_if_it_still_stands(store: &dyn Store) {
    let lease = timer(stream(1), TimerKind::Lease, 10);
    let at_work = |number, due| WriteSet {
        extended: vec![Timer {
            number,
            due_at: at(due),
            ..lease.clone()
        }],
        ..set()
    };
    done(store, &at_work(1, 40));
    assert_eq!(store.next_due().unwrap(), None, "there was no timer");
    done(store, &setting(std::slice::from_ref(&lease)));
    done(store, &at_work(1, 40));
    assert_eq!(store.next_due().unwrap(), Some(at(40)));
    done(store, &at_work(2, 90));
    assert_eq!(store.next_due().unwrap(), Some(at(40)), "another lease's");
}

pub(crate) fn reactions_wait_in_order_until_they_are_done(store: &dyn Store) {
    let written = WriteSet {
        reactions: vec![reaction(5), reaction(1), reaction(3)],
        ..set()
    };
    done(store, &written);
    assert_eq!(store.reactions(2).unwrap(), written.reactions[..2]);
    let handled = WriteSet {
        reactions_done: vec![command(1)],
        reactions: vec![reaction(7)],
        ..set()
    };
    done(store, &handled);
    let left: Vec<CommandId> = store
        .reactions(ALL)
        .unwrap()
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(left, [command(5), command(3), command(7)]);
}

pub(crate) fn a_reaction_is_handled_by_one_commit(store: &dyn Store) {
    let written = WriteSet {
        reactions: vec![reaction(5)],
        ..set()
    };
    done(store, &written);
    refused(store, &written);
    let handled = WriteSet {
        reactions_done: vec![command(5)],
        ..change(stream(1), 0, 1)
    };
    done(store, &handled);
    let second = WriteSet {
        reactions_done: vec![command(5)],
        ..change(stream(2), 0, 1)
    };
    moved(store, &second, &[], &[command(5)]);
}

pub(crate) fn messages_wait_until_they_are_delivered(store: &dyn Store) {
    let mut set = change(stream(1), 0, 3);
    set.outbox = (1..=3)
        .map(|version| message(stream(1), version, "task.changed"))
        .collect();
    done(store, &set);
    let waiting = store.outbox(0, ALL).unwrap();
    let messages: Vec<_> = waiting.iter().map(|(_, message)| message.clone()).collect();
    assert_eq!(messages, set.outbox);
    assert_eq!(store.outbox(0, 2).unwrap(), waiting[..2]);
    store
        .outbox_done(&[waiting[0].0, waiting[2].0, 99])
        .unwrap();
    assert_eq!(store.outbox(0, ALL).unwrap(), waiting[1..2]);
}

pub(crate) fn the_place_of_a_message_is_not_given_again(store: &dyn Store) {
    let mut first = change(stream(1), 0, 1);
    first.outbox = vec![message(stream(1), 1, "task.created")];
    done(store, &first);
    let place = store.outbox(0, ALL).unwrap()[0].0;
    store.outbox_done(&[place]).unwrap();
    let mut second = change(stream(1), 1, 1);
    second.outbox = vec![message(stream(1), 2, "task.changed")];
    done(store, &second);
    // A delivery that is confirmed late does not take the next message away.
    store.outbox_done(&[place]).unwrap();
    assert_eq!(store.outbox(0, ALL).unwrap().len(), 1);
}
