//! What can be derived is replaced by what was derived anew, and nothing else changes.

use consort_kernel::effect::{Timer, TimerChange, TimerKind};
use consort_store::{StateRow, Store, StoreError};

use crate::fixture::{add_change, at, change, done, grant, stream, task};
use crate::picture::{ALL, picture, state};

pub(crate) fn a_rebuild_replaces_the_body_of_a_state(store: &dyn Store) {
    let mut set = change(stream(1), 0, 2);
    add_change(&mut set, stream(2), 0, 1);
    done(store, &set);
    let rebuilt = StateRow {
        status: "held".to_owned(),
        body: r#"{"folded":"anew"}"#.to_owned(),
        fence: 1,
        form: 2,
        ..state(store, stream(1)).unwrap()
    };
    let log = store.log().unwrap();
    store.rebuild(std::slice::from_ref(&rebuilt)).unwrap();
    assert_eq!(state(store, stream(1)), Some(rebuilt));
    assert_eq!(store.log().unwrap(), log, "a rebuild is no event");
    let mut next = change(stream(1), 2, 1);
    next.rows[0].row.fence = 1;
    done(store, &next);
}

pub(crate) fn a_rebuild_of_another_version_is_refused_as_a_whole(store: &dyn Store) {
    let mut set = change(stream(1), 0, 2);
    add_change(&mut set, stream(2), 0, 1);
    done(store, &set);
    let before = picture(store);
    let good = StateRow {
        body: "{}".to_owned(),
        ..state(store, stream(2)).unwrap()
    };
    for version in [0, 1, 3] {
        let stale = StateRow {
            version,
            ..state(store, stream(1)).unwrap()
        };
        let answer = store.rebuild(&[good.clone(), stale]);
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "{version}: {answer:?}"
        );
        assert_eq!(picture(store), before);
    }
}

pub(crate) fn rebuilt_timers_take_the_place_of_all(store: &dyn Store) {
    let lease = |number: u128, due| Timer {
        stream: stream(number),
        kind: TimerKind::Lease,
        number: 1,
        due_at: at(due),
    };
    let mut set = change(stream(1), 0, 1);
    set.leases = vec![grant(1, 1, 50), grant(2, 1, 50)];
    set.timers = vec![
        TimerChange::Set(lease(1, 50)),
        TimerChange::Set(lease(2, 50)),
    ];
    done(store, &set);
    let derived = [lease(1, 60)];
    store.rebuild_timers(&derived).unwrap();
    assert_eq!(store.due(at(100), ALL).unwrap(), derived);
    assert_eq!(store.lease(task(1)).unwrap(), Some((1, at(50))));
    assert_eq!(
        store.lease(task(2)).unwrap(),
        None,
        "a lease without its timer is over"
    );
}
