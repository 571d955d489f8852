//! A task has at most one lease, under a number that only grows.

use consort_kernel::effect::LeaseChange;
use consort_kernel::id::TaskId;
use consort_kernel::time::Timestamp;
use consort_store::{LeaseRow, Store, WriteSet};

use crate::fixture::{PERSON, at, change, done, end, grant, refused, stream, task};

fn with(read_version: u64, leases: Vec<LeaseChange>) -> WriteSet {
    WriteSet {
        leases,
        ..change(stream(1), read_version, 1)
    }
}

fn current(store: &dyn Store) -> Option<(u64, Timestamp)> {
    store.lease(task(1)).unwrap()
}

pub(crate) fn a_lease_is_granted_and_ended(store: &dyn Store) {
    assert_eq!(current(store), None);
    done(store, &with(0, vec![grant(1, 1, 50)]));
    assert_eq!(current(store), Some((1, at(50))));
    done(store, &with(1, vec![end(1, 1)]));
    assert_eq!(current(store), None);
    done(store, &with(2, vec![grant(1, 2, 90)]));
    assert_eq!(current(store), Some((2, at(90))));
}

pub(crate) fn a_task_has_one_lease_at_a_time(store: &dyn Store) {
    done(store, &with(0, vec![grant(1, 1, 50)]));
    refused(store, &with(1, vec![grant(1, 2, 60)]));
    refused(store, &with(1, vec![grant(1, 1, 60)]));
    done(store, &with(1, vec![end(1, 1), grant(1, 2, 60)]));
    assert_eq!(current(store), Some((2, at(60))));
}

pub(crate) fn the_number_of_a_lease_only_grows(store: &dyn Store) {
    refused(store, &with(0, vec![grant(1, 0, 50)]));
    done(store, &with(0, vec![grant(1, 4, 50), end(1, 4)]));
    for number in [1, 3, 4] {
        refused(store, &with(1, vec![grant(1, number, 50)]));
    }
    done(store, &with(1, vec![grant(1, 5, 50)]));
}

pub(crate) fn only_the_latest_lease_is_ended(store: &dyn Store) {
    refused(store, &with(0, vec![end(1, 1)]));
    done(store, &with(0, vec![grant(1, 2, 50)]));
    refused(store, &with(1, vec![end(1, 1)]));
    refused(store, &with(1, vec![end(1, 3)]));
    done(store, &with(1, vec![end(1, 2)]));
    assert_eq!(current(store), None);
}

pub(crate) fn a_lease_that_is_over_may_be_ended_again(store: &dyn Store) {
    done(store, &with(0, vec![grant(1, 2, 50), end(1, 2)]));
    done(store, &with(1, vec![end(1, 2)]));
    assert_eq!(current(store), None);
}

pub(crate) fn a_heartbeat_extends_only_the_current_lease(store: &dyn Store) {
    done(
        store,
        &with(0, vec![grant(1, 1, 50), end(1, 1), grant(1, 2, 60)]),
    );
    let extend = |task: TaskId, number, deadline| {
        store
            .extend_leases(&[(task, number, at(deadline))])
            .unwrap()
    };
    assert_eq!(extend(task(1), 1, 500), [task(1)], "a stale number");
    assert_eq!(
        extend(task(1), 3, 500),
        [task(1)],
        "a number that was not given"
    );
    assert_eq!(
        extend(task(9), 1, 500),
        [task(9)],
        "a task that nobody holds"
    );
    assert_eq!(current(store), Some((2, at(60))));
    assert_eq!(extend(task(1), 2, 70), []);
    assert_eq!(current(store), Some((2, at(70))));
    done(store, &with(1, vec![end(1, 2)]));
    assert_eq!(extend(task(1), 2, 80), [task(1)], "a lease that is over");
}

pub(crate) fn a_late_heartbeat_takes_no_time_away(store: &dyn Store) {
    done(store, &with(0, vec![grant(1, 1, 50)]));
    store
        .extend_leases(&[(task(1), 1, at(90)), (task(1), 1, at(70))])
        .unwrap();
    assert_eq!(current(store), Some((1, at(90))));
}

pub(crate) fn heartbeats_are_extended_together(store: &dyn Store) {
    done(store, &with(0, vec![grant(1, 1, 50), grant(2, 1, 50)]));
    let beats = [
        (task(1), 1, at(80)),
        (task(3), 1, at(80)),
        (task(2), 1, at(80)),
    ];
    assert_eq!(store.extend_leases(&beats).unwrap(), [task(3)]);
    assert_eq!(store.lease(task(2)).unwrap(), Some((1, at(80))));
}

pub(crate) fn the_last_lease_of_each_task_is_listed(store: &dyn Store) {
    done(
        store,
        &with(0, vec![grant(2, 1, 50), grant(1, 1, 50), grant(3, 4, 60)]),
    );
    done(store, &with(1, vec![end(1, 1), grant(1, 2, 70), end(3, 4)]));
    let row = |of, number, deadline: Option<i64>| LeaseRow {
        task: task(of),
        number,
        holder: PERSON,
        deadline: deadline.map(at),
    };
    let all = [row(1, 2, Some(70)), row(2, 1, Some(50)), row(3, 4, None)];
    assert_eq!(store.leases(None, 9).unwrap(), all);
    assert_eq!(store.leases(Some(task(1)), 1).unwrap(), all[1..2]);
    assert_eq!(store.leases(Some(task(3)), 9).unwrap(), []);
}
