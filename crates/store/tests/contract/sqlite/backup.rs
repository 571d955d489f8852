//! A backup is a whole copy, and a restored network starts a new epoch.

use std::path::Path;

use consort_kernel::digest::Digest;
use consort_kernel::stream::StreamId;
use consort_store::sqlite::{DATABASE_FILE, Ownership, SqliteStore, stage};
use consort_store::{
    Identity, Pass, PassKind, Passes as _, Store, StoreError, View, Views as _, WriteSet,
};

use super::populate;
use crate::fixture::{EPOCH, PERSON, Place, at, done, network, next_of_everything};
use crate::picture::picture;

fn restore(backup: &Path, ownership: &Ownership) -> Result<Identity, StoreError> {
    let staged = stage(backup, ownership)?;
    let identity = staged.identity().clone();
    staged.put_in_place().map(|_| identity)
}

#[test]
fn a_backup_holds_everything_that_was_committed() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let before = picture(&store);
    let backup = place.folder().join("backup.db");
    store.backup_to(&backup).unwrap();
    done(&store, &next_of_everything(3));
    let copy = SqliteStore::open_read_only(&backup).unwrap();
    assert_eq!(picture(&copy), before);
    assert_eq!(copy.integrity_check().unwrap(), [""; 0]);
    let again = store.backup_to(&backup);
    assert!(
        matches!(again, Err(StoreError::NotWritable(_))),
        "it is not overwritten: {again:?}"
    );
}

#[test]
fn a_restored_network_fences_the_old_one_off() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let before = picture(&store);
    let backup = place.folder().join("backup.db");
    store.backup_to(&backup).unwrap();

    let other = Place::new();
    let ownership = other.own();
    let identity = restore(&backup, &ownership).unwrap();
    let expected = Identity {
        network: network(),
        epoch: EPOCH + 1,
    };
    assert_eq!(identity, expected);
    let restored = SqliteStore::open(ownership).unwrap();
    assert_eq!(restored.identity(network()).unwrap(), expected);
    assert_eq!(picture(&restored), before);
    let old = restored.commit(&next_of_everything(3));
    assert!(matches!(old, Err(StoreError::Fenced { .. })), "{old:?}");
    let new = WriteSet {
        epoch: EPOCH + 1,
        ..next_of_everything(3)
    };
    restored.commit(&new).unwrap();
}

#[test]
fn what_lets_people_in_does_not_come_back_with_a_backup() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    for (secret, kind) in [
        (b"a", PassKind::Link),
        (b"b", PassKind::Session),
        (b"c", PassKind::Token),
    ] {
        let pass = Pass {
            secret: Digest::of(secret),
            kind,
            contributor: PERSON,
            label: "a pass".to_owned(),
            created: at(1),
            used: at(1),
            expires: at(9),
            leads_to: None,
            proved: None,
        };
        store.put_pass(&pass).unwrap();
    }
    let view = View {
        owner: StreamId::Contributor(PERSON),
        list: "/tasks".to_owned(),
        name: "Late".to_owned(),
        query: "state=running".to_owned(),
        is_usual: true,
        saved: at(1),
    };
    store.put_view(&view).unwrap();
    let backup = place.folder().join("backup.db");
    store.backup_to(&backup).unwrap();
    let other = Place::new();
    let ownership = other.own();
    restore(&backup, &ownership).unwrap();
    let restored = SqliteStore::open(ownership).unwrap();
    assert_eq!(restored.views_of(view.owner).unwrap(), [view]);
    let left = restored.passes_of(PERSON).unwrap();
    assert_eq!(
        left.iter().map(|pass| pass.kind).collect::<Vec<_>>(),
        [PassKind::Token]
    );
}

#[test]
fn a_backup_goes_into_the_place_of_a_database_that_is_kept() {
    let place = Place::new();
    let backup = place.folder().join("backup.db");
    let store = place.open();
    populate(&store);
    store.backup_to(&backup).unwrap();
    done(&store, &next_of_everything(3));
    let last = picture(&store);
    drop(store);
    for epoch in [2, 3] {
        let ownership = place.own();
        assert_eq!(
            restore(&backup, &ownership).unwrap().epoch,
            epoch,
            "later than both"
        );
        let kept = place
            .folder()
            .join(format!("{DATABASE_FILE}.before-restore"));
        assert_eq!(picture(&SqliteStore::open_read_only(&kept).unwrap()), last);
    }
}

#[test]
fn what_was_replaced_is_kept_each_time_and_nothing_is_left_behind() {
    let place = Place::new();
    let backup = place.folder().join("backup.db");
    let store = place.open();
    populate(&store);
    store.backup_to(&backup).unwrap();
    drop(store);
    let ownership = place.own();
    let mut kept = Vec::new();
    for _ in 0..3 {
        drop(stage(&backup, &ownership).unwrap());
        let staged = stage(&backup, &ownership).unwrap();
        kept.extend(staged.put_in_place().unwrap());
    }
    let names: Vec<_> = kept.iter().filter_map(|kept| kept.file_name()).collect();
    assert_eq!(
        names,
        [
            "consort.db.before-restore",
            "consort.db.before-restore-2",
            "consort.db.before-restore-3"
        ]
    );
    assert!(kept.iter().all(|kept| kept.exists()));
    let torn = place.folder().join("torn.db");
    let mut bytes = std::fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(7);
    std::fs::write(&torn, bytes).unwrap();
    assert!(stage(&torn, &ownership).is_err());
    assert!(!place.folder().join("consort.db.part").exists());
}

#[test]
fn a_backup_goes_into_the_place_of_a_damaged_database_too() {
    let place = Place::new();
    let backup = place.folder().join("backup.db");
    let store = place.open();
    populate(&store);
    store.backup_to(&backup).unwrap();
    let before = picture(&store);
    drop(store);
    for name in ["consort.db", "consort.db-wal"] {
        std::fs::write(
            place.folder().join(name),
            format!("torn {name} ").repeat(900),
        )
        .unwrap();
    }
    let ownership = place.own();
    restore(&backup, &ownership).unwrap();
    assert_eq!(picture(&SqliteStore::open(ownership).unwrap()), before);
    let kept = std::fs::read_to_string(place.folder().join("consort.db.before-restore")).unwrap();
    assert!(
        kept.starts_with("torn consort.db "),
        "what was there is kept"
    );
}

#[test]
fn what_is_no_backup_changes_nothing() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let before = picture(&store);
    drop(store);
    let torn = place.folder().join("torn.db");
    std::fs::write(&torn, "not a database at all ".repeat(500)).unwrap();
    let ownership = place.own();
    let answer = restore(&torn, &ownership);
    assert!(matches!(answer, Err(StoreError::Damaged(_))), "{answer:?}");
    assert!(restore(&place.folder().join("missing.db"), &ownership).is_err());
    let empty = place.folder().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let answer = restore(&empty, &ownership);
    assert!(matches!(answer, Err(StoreError::Damaged(_))), "{answer:?}");
    assert_eq!(picture(&SqliteStore::open(ownership).unwrap()), before);
}
