//! The faults that a test asks for in memory, and how a caller comes out of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use consort_store::memory::{Faults, MemoryStore};
use consort_store::{Committed, Store, StoreError, WriteSet};

use crate::fixture::{change, command, done, moved, network, receipt, stream};
use crate::picture::picture;

/// Fails the next commit before it, or loses the answer to it.
#[derive(Default)]
struct Once {
    before: AtomicBool,
    after: AtomicBool,
}

impl Faults for Once {
    fn before_commit(&self, _: &WriteSet) -> Option<StoreError> {
        let fails = self.before.swap(false, Ordering::Relaxed);
        fails.then(|| StoreError::Failed("as it was asked to".to_owned()))
    }

    fn loses_answer(&self, _: &WriteSet, answer: &Committed) -> bool {
        matches!(answer, Committed::Done { .. }) && self.after.swap(false, Ordering::Relaxed)
    }
}

fn with_receipt() -> WriteSet {
    WriteSet {
        receipts: vec![receipt("ann", 1, stream(1))],
        ..change(stream(1), 0, 1)
    }
}

#[test]
fn a_commit_that_fails_before_writes_nothing() {
    let faults = Arc::new(Once::default());
    let store = MemoryStore::new().with_faults(faults.clone());
    store.identity(network()).unwrap();
    let before = picture(&store);
    faults.before.store(true, Ordering::Relaxed);
    assert!(matches!(
        store.commit(&with_receipt()),
        Err(StoreError::Failed(_))
    ));
    assert_eq!(picture(&store), before);
    done(&store, &with_receipt());
}

#[test]
fn a_lost_answer_is_found_in_the_receipts() {
    let faults = Arc::new(Once::default());
    let store = MemoryStore::new().with_faults(faults.clone());
    store.identity(network()).unwrap();
    faults.after.store(true, Ordering::Relaxed);
    let set = with_receipt();
    assert!(matches!(store.commit(&set), Err(StoreError::Unknown(_))));
    let asked = [("ann".to_owned(), command(1))];
    assert_eq!(store.receipts(&asked).unwrap(), set.receipts);
    moved(&store, &set, &[stream(1)], &[command(1)]);
}

#[test]
fn two_engines_share_one_content_and_each_has_its_faults() {
    let first = MemoryStore::new();
    let faults = Arc::new(Once::default());
    let second = first.with_faults(faults.clone());
    done(&first, &change(stream(1), 0, 1));
    faults.before.store(true, Ordering::Relaxed);
    done(&first, &change(stream(1), 1, 1));
    assert!(second.commit(&change(stream(1), 2, 1)).is_err());
    moved(&second, &change(stream(1), 1, 1), &[stream(1)], &[]);
    done(&second, &change(stream(1), 2, 1));
    assert_eq!(picture(&first), picture(&second));
}
