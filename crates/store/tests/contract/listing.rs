//! States are found by stream, kind, parent and status, page by page.

use std::collections::BTreeMap;

use consort_kernel::stream::StreamId;
use consort_store::{StateQuery, Store};

use crate::fixture::{ORGANISATION, OUTCOME, PERSON, add_change, done, set, stream};
use crate::picture::{ALL, all_states, state};

const PARENT: StreamId = StreamId::Outcome(OUTCOME);

/// Tasks 1 to 6 in three statuses, the even ones under an outcome, and two other streams.
fn six_tasks(store: &dyn Store) {
    let mut set = set();
    let statuses = ["ready", "held", "paid"];
    let mut add = |stream, parent, status: &str| {
        add_change(&mut set, stream, 0, 1);
        let last = set.rows.last_mut().unwrap();
        last.row.parent = parent;
        status.clone_into(&mut last.row.status);
    };
    for number in [4, 2, 6, 1, 5, 3_u8] {
        let parent = number.is_multiple_of(2).then_some(PARENT);
        add(
            stream(number.into()),
            parent,
            statuses[usize::from(number) % 3],
        );
    }
    add(PARENT, Some(StreamId::Organisation(ORGANISATION)), "open");
    add(StreamId::Contributor(PERSON), None, "ready");
    done(store, &set);
}

fn list(store: &dyn Store, query: &StateQuery) -> Vec<StreamId> {
    store
        .states(query)
        .unwrap()
        .into_iter()
        .map(|row| row.stream)
        .collect()
}

fn tasks(numbers: &[u128]) -> Vec<StreamId> {
    numbers.iter().copied().map(stream).collect()
}

pub(crate) fn states_are_loaded_as_they_are_asked_for(store: &dyn Store) {
    six_tasks(store);
    let found = store
        .load(&[stream(9), stream(3), PARENT, stream(1)])
        .unwrap();
    let streams: Vec<_> = found.iter().map(|row| row.stream).collect();
    assert_eq!(streams, [stream(3), PARENT, stream(1)]);
    assert_eq!(store.load(&[]).unwrap(), []);
}

pub(crate) fn states_are_listed_by_kind_parent_and_status(store: &dyn Store) {
    six_tasks(store);
    let task = StateQuery {
        kind: Some("task"),
        ..all_states()
    };
    let under = |query: &StateQuery| StateQuery {
        parent: Some(PARENT),
        ..query.clone()
    };
    let with = |query: &StateQuery, statuses: &[&str]| StateQuery {
        statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
        ..query.clone()
    };
    let everything: Vec<StreamId> = [
        vec![StreamId::Contributor(PERSON), PARENT],
        tasks(&[1, 2, 3, 4, 5, 6]),
    ]
    .concat();
    let person_and_ready = [vec![StreamId::Contributor(PERSON)], tasks(&[3, 6])].concat();
    for (query, expected) in [
        (all_states(), everything),
        (task.clone(), tasks(&[1, 2, 3, 4, 5, 6])),
        (under(&task), tasks(&[2, 4, 6])),
        (under(&all_states()), tasks(&[2, 4, 6])),
        (with(&all_states(), &["ready"]), person_and_ready),
        (with(&task, &["ready", "held"]), tasks(&[1, 3, 4, 6])),
        (with(&under(&task), &["held", "ready"]), tasks(&[4, 6])),
        (with(&task, &["lost"]), vec![]),
    ] {
        assert_eq!(list(store, &query), expected, "{query:?}");
    }
    for nothing in [
        StateQuery {
            kind: Some("dispute"),
            ..all_states()
        },
        StateQuery {
            parent: Some(stream(1)),
            ..all_states()
        },
        StateQuery {
            parent: Some(stream(99)),
            ..all_states()
        },
    ] {
        assert_eq!(list(store, &nothing), [], "{nothing:?}");
    }
}

pub(crate) fn pages_of_states_follow_on(store: &dyn Store) {
    six_tasks(store);
    let statuses = vec!["ready".to_owned(), "held".to_owned(), "paid".to_owned()];
    for query in [
        all_states(),
        StateQuery {
            kind: Some("task"),
            ..all_states()
        },
        StateQuery {
            parent: Some(PARENT),
            ..all_states()
        },
        StateQuery {
            statuses: statuses.clone(),
            ..all_states()
        },
        StateQuery {
            backwards: true,
            ..all_states()
        },
        StateQuery {
            kind: Some("task"),
            backwards: true,
            ..all_states()
        },
        StateQuery {
            statuses,
            backwards: true,
            ..all_states()
        },
    ] {
        let whole = list(store, &query);
        let mut pages = Vec::new();
        let mut after = None;
        loop {
            let page = list(
                store,
                &StateQuery {
                    after,
                    limit: 2,
                    ..query.clone()
                },
            );
            after = page.last().copied();
            pages.extend(page);
            if after.is_none() || pages.len() > ALL {
                break;
            }
        }
        assert_eq!(pages, whole, "{query:?}");
    }
}

pub(crate) fn a_list_that_goes_backwards_is_the_same_from_its_end(store: &dyn Store) {
    six_tasks(store);
    let statuses = vec!["ready".to_owned(), "held".to_owned()];
    for query in [
        all_states(),
        StateQuery {
            kind: Some("task"),
            ..all_states()
        },
        StateQuery {
            kind: Some("contributor"),
            ..all_states()
        },
        StateQuery {
            parent: Some(PARENT),
            ..all_states()
        },
        StateQuery {
            statuses,
            ..all_states()
        },
    ] {
        let mut whole = list(store, &query);
        whole.reverse();
        let backwards = StateQuery {
            backwards: true,
            ..query
        };
        assert_eq!(list(store, &backwards), whole, "{backwards:?}");
    }
}

pub(crate) fn states_are_counted_by_kind_and_status(store: &dyn Store) {
    six_tasks(store);
    let counts = |rows: &[(&str, &str, u64)]| {
        let rows = rows.iter();
        rows.map(|(kind, status, count)| (((*kind).to_owned(), (*status).to_owned()), *count))
            .collect::<BTreeMap<_, _>>()
    };
    let all = counts(&[
        ("contributor", "ready", 1),
        ("outcome", "open", 1),
        ("task", "held", 2),
        ("task", "paid", 2),
        ("task", "ready", 2),
    ]);
    assert_eq!(store.counts(None).unwrap(), all);
    let under = counts(&[
        ("task", "held", 1),
        ("task", "paid", 1),
        ("task", "ready", 1),
    ]);
    assert_eq!(store.counts(Some(PARENT)).unwrap(), under);
    assert_eq!(store.counts(Some(stream(99))).unwrap(), BTreeMap::new());
}

pub(crate) fn a_state_that_changed_is_listed_anew(store: &dyn Store) {
    six_tasks(store);
    let mut set = set();
    add_change(&mut set, stream(1), 1, 1);
    "ready".clone_into(&mut set.rows[0].row.status);
    set.rows[0].row.parent = Some(PARENT);
    done(store, &set);
    let query = StateQuery {
        parent: Some(PARENT),
        statuses: vec!["ready".to_owned()],
        ..all_states()
    };
    assert_eq!(list(store, &query), tasks(&[1, 6]));
    assert_eq!(state(store, stream(1)).unwrap(), set.rows[0].row);
}
