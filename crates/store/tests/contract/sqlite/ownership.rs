//! One process owns a data directory.

use consort_store::sqlite::{Ownership, OwnershipError};

use crate::fixture::Place;

#[test]
fn a_directory_has_one_owner_who_is_named() {
    let place = Place::new();
    let store = place.open();
    match Ownership::take(place.folder()) {
        Err(error @ OwnershipError::Owned { pid, .. }) => {
            assert_eq!(pid, Some(std::process::id()));
            let process = format!("in use by process {}", std::process::id());
            assert!(error.to_string().contains(&process), "{error}");
        }
        other => panic!("{other:?} although it is owned"),
    }
    drop(store);
    place.own();
}

#[test]
fn a_directory_is_made_for_its_owner() {
    let place = Place::new();
    let below = place.folder().join("deeply/below");
    let ownership = Ownership::take(&below).unwrap();
    assert_eq!(ownership.directory(), below);
    assert!(below.is_dir());
}
