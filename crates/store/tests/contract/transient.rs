//! Transients: kept under a key, taken once, forgotten when they are over.

use consort_kernel::digest::Digest;
use consort_store::memory::MemoryStore;
use consort_store::{Transient, Transients};

use crate::fixture::{Place, at};
use crate::postgres::new_store;

fn everywhere(contract: fn(&(dyn Transients + Sync))) {
    contract(&MemoryStore::new());
    let place = Place::new();
    contract(&place.open());
    if let Some(store) = new_store() {
        contract(&store);
    }
}

fn transient(key: &str, content: &str, until: i64) -> Transient {
    Transient {
        key: Digest::of(key.as_bytes()),
        content: content.as_bytes().to_vec(),
        until: at(until),
    }
}

#[test]
fn one_is_found_by_its_key_in_place_of_the_one_before() {
    everywhere(|kept| {
        let (empty, first) = (transient("a", "", 20), transient("b", "1\u{0}", 20));
        for one in [&empty, &first] {
            kept.put_transient(one).unwrap();
            assert_eq!(kept.transient(one.key).unwrap().as_ref(), Some(one));
        }
        let second = transient("b", "2", 30);
        kept.put_transient(&second).unwrap();
        assert_eq!(kept.transient(second.key).unwrap(), Some(second));
        assert_eq!(kept.transient(Digest::of(b"c")).unwrap(), None);
    });
}

#[test]
fn it_is_taken_once_however_many_ask() {
    everywhere(|kept| {
        let one = transient("a", "x", 20);
        kept.put_transient(&one).unwrap();
        let taken: Vec<Transient> = std::thread::scope(|scope| {
            let asking: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| kept.take_transient(one.key).unwrap()))
                .collect();
            let asked = asking.into_iter();
            asked.filter_map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(taken, std::slice::from_ref(&one));
        assert_eq!(kept.transient(one.key).unwrap(), None);
    });
}

#[test]
fn one_is_added_once_however_many_add_it_until_it_is_over() {
    everywhere(|kept| {
        let add = |content: &str, until, now| {
            let one = transient("a", content, until);
            kept.add_transient(&one, at(now)).unwrap()
        };
        let added = std::thread::scope(|scope| {
            let adding: Vec<_> = (0..4).map(|_| scope.spawn(|| add("x", 20, 10))).collect();
            let told = adding.into_iter().map(|it| it.join().unwrap());
            told.filter(|is_added| *is_added).count()
        });
        assert_eq!(added, 1);
        assert!(!add("y", 40, 19));
        let key = Digest::of(b"a");
        assert_eq!(kept.transient(key).unwrap(), Some(transient("a", "x", 20)));
        assert!(add("y", 40, 20));
        assert_eq!(kept.transient(key).unwrap(), Some(transient("a", "y", 40)));
    });
}

#[test]
fn what_is_over_is_forgotten_and_nothing_else() {
    everywhere(|kept| {
        for (key, until) in [("a", 20), ("b", 30), ("c", 40)] {
            kept.put_transient(&transient(key, "", until)).unwrap();
        }
        assert_eq!(kept.forget_transients(at(30)).unwrap(), 1);
        assert_eq!(kept.transient(Digest::of(b"a")).unwrap(), None);
        for key in ["b", "c"] {
            assert!(
                kept.transient(Digest::of(key.as_bytes()))
                    .unwrap()
                    .is_some()
            );
        }
    });
}
