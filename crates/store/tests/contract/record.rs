//! The record: the feed, each stream's history, and the log over both.

use consort_kernel::digest::Digest;
use consort_kernel::log::{Frontier, leaf_hash};
use consort_kernel::stream::StreamId;
use consort_store::{Committed, Store, StoreError};

use crate::fixture::{add_change, change, done, receipt, stream};
use crate::picture::{ALL, picture};

/// Seven events of three streams, mixed, in three commits.
fn seven(store: &dyn Store) {
    let mut first = change(stream(1), 0, 2);
    add_change(&mut first, stream(2), 0, 1);
    done(store, &first);
    done(store, &change(stream(3), 0, 1));
    let mut last = change(stream(2), 1, 2);
    add_change(&mut last, stream(1), 2, 1);
    done(store, &last);
}

fn recomputed(store: &dyn Store, size: usize) -> Digest {
    let mut log = Frontier::default();
    for row in store.feed(0, size).unwrap() {
        log.append(leaf_hash(row.event.body.as_bytes()));
    }
    log.root()
}

pub(crate) fn the_feed_is_in_order_and_has_no_gaps(store: &dyn Store) {
    seven(store);
    let feed = store.feed(0, ALL).unwrap();
    let places: Vec<_> = feed.iter().map(|row| row.position).collect();
    assert_eq!(places, [1, 2, 3, 4, 5, 6, 7]);
    let events: Vec<(StreamId, u64)> = feed
        .iter()
        .map(|row| (row.event.stream, row.event.version))
        .collect();
    let one = stream(1);
    let two = stream(2);
    let expected = [
        (one, 1),
        (one, 2),
        (two, 1),
        (stream(3), 1),
        (two, 2),
        (two, 3),
        (one, 3),
    ];
    assert_eq!(events, expected);
    assert_eq!(store.feed(2, 3).unwrap(), feed[2..5]);
    assert_eq!(store.feed(7, 3).unwrap(), []);
    assert_eq!(store.feed(0, 0).unwrap(), []);
}

pub(crate) fn a_history_is_that_of_one_stream(store: &dyn Store) {
    seven(store);
    let feed = store.feed(0, ALL).unwrap();
    let of_two = [feed[2].clone(), feed[4].clone(), feed[5].clone()];
    assert_eq!(store.history(stream(2), 0, ALL).unwrap(), of_two);
    assert_eq!(store.history(stream(2), 1, 1).unwrap(), of_two[1..2]);
    assert_eq!(store.history(stream(2), 3, ALL).unwrap(), []);
    assert_eq!(store.history(stream(8), 0, ALL).unwrap(), []);
}

pub(crate) fn the_log_is_what_its_leaves_come_to(store: &dyn Store) {
    assert_eq!(store.log().unwrap(), Frontier::default());
    seven(store);
    let log = store.log().unwrap();
    assert_eq!(log.size(), 7);
    assert_eq!(log.root(), recomputed(store, 7));
    let Committed::Done {
        first_position,
        log_size,
        log_root,
    } = done(store, &change(stream(4), 0, 2))
    else {
        panic!("it is done");
    };
    assert_eq!((first_position, log_size), (8, 9));
    assert_eq!(log_root, recomputed(store, 9));
}

pub(crate) fn a_checkpoint_agrees_with_the_log(store: &dyn Store) {
    seven(store);
    let root = |size| recomputed(store, size);
    store.put_checkpoint(4, root(4), "of four").unwrap();
    store.put_checkpoint(7, root(7), "of seven").unwrap();
    store.put_checkpoint(5, root(5), "of five").unwrap();
    for (size, root) in [(7, root(4)), (6, root(5)), (8, root(7)), (4, root(5))] {
        let answer = store.put_checkpoint(size, root, "forged");
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "of {size}: {answer:?}"
        );
    }
    store.put_checkpoint(4, root(4), "signed again").unwrap();
    let kept = [(4, "of four"), (5, "of five"), (7, "of seven")];
    let kept: Vec<_> = kept
        .into_iter()
        .map(|(size, note)| (size as u64, root(size), note.to_owned()))
        .collect();
    assert_eq!(store.checkpoints().unwrap(), kept);
}

pub(crate) fn a_snapshot_stays_as_it_was(store: &dyn Store) {
    seven(store);
    let before = picture(store);
    let snapshot = store.snapshot().unwrap();
    done(store, &change(stream(1), 3, 1));
    assert_eq!(picture(snapshot.as_ref()), before);
    assert_ne!(picture(store), before);
    assert_eq!(picture(store.snapshot().unwrap().as_ref()), picture(store));
}

pub(crate) fn all_receipts_are_listed_in_order(store: &dyn Store) {
    let mut set = change(stream(1), 0, 1);
    set.receipts = [("ben", 2), ("ann", 3), ("ann", 2), ("ann", 1)]
        .map(|(principal, number)| receipt(principal, number, stream(1)))
        .to_vec();
    done(store, &set);
    let all = store.all_receipts(None, ALL).unwrap();
    let [ben_2, ann_3, ann_2, ann_1] = set.receipts.try_into().ok().unwrap();
    assert_eq!(all, [ann_1, ann_2, ben_2, ann_3]);
    for (place, last) in all.iter().enumerate() {
        let after = Some((last.command, last.principal.clone()));
        let next: Vec<_> = all.iter().skip(place + 1).take(2).cloned().collect();
        assert_eq!(store.all_receipts(after, 2).unwrap(), next);
    }
}
