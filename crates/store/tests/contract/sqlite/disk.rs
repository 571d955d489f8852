//! A disk that is full or cannot be written: a clear error, and nothing is lost.

use consort_store::sqlite::{DATABASE_FILE, Options, SqliteStore};
use consort_store::{Store, StoreError};
use rusqlite::Connection;

use super::populate;
use crate::fixture::{Place, at, change, done, next_of_everything, stream, task};
use crate::picture::picture;

/// Enough for an empty network and a few commits: the empty one has about 45 pages.
const FEW: Options = Options {
    pages_max: Some(70),
    checkpoint_pages: None,
    vfs: None,
};

#[test]
fn a_full_disk_keeps_what_was_committed() {
    let place = Place::new();
    let store = place.open_with(&FEW);
    let mut committed = 0;
    let error = loop {
        store.identity(crate::fixture::network()).unwrap();
        let before = picture(&store);
        let mut set = change(stream(1), committed, 1);
        set.events[0].body = "x".repeat(20_000);
        match store.commit(&set) {
            Ok(_) => committed += 1,
            Err(error) => {
                assert_eq!(picture(&store), before, "a part of the commit was kept");
                break error;
            }
        }
        assert!(committed < 100, "the disk never filled up");
    };
    assert!(committed > 0, "nothing fitted");
    assert!(matches!(error, StoreError::NotWritable(_)), "{error}");
    assert!(error.to_string().contains("free some space"), "{error}");
    assert_eq!(store.integrity_check().unwrap(), [""; 0]);

    let before = picture(&store);
    drop(store);
    let store = place.open();
    assert_eq!(picture(&store), before);
    done(&store, &change(stream(1), committed, 1));
}

#[test]
fn a_store_that_was_opened_for_reading_refuses_every_write() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let before = picture(&store);
    let reader = SqliteStore::open_read_only(store.file()).unwrap();
    assert_eq!(picture(&reader), before);
    for answer in [
        reader.commit(&next_of_everything(3)).map(|_| ()),
        reader.extend_leases(&[(task(2), 3, at(500))]).map(|_| ()),
        reader.outbox_done(&[1]),
        reader.rebuild_timers(&[]),
    ] {
        assert!(
            matches!(answer, Err(StoreError::NotWritable(_))),
            "{answer:?}"
        );
    }
    assert_eq!(picture(&store), before);
    done(&store, &next_of_everything(3));
    assert_eq!(
        picture(&reader),
        picture(&store),
        "a reader sees what the owner commits"
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let place = Place::new();
    let file = place.folder().join("a file");
    std::fs::write(&file, "in the way").unwrap();
    let error = consort_store::sqlite::Ownership::take(&file.join("data")).unwrap_err();
    assert!(
        error.to_string().contains("a file/data cannot be used"),
        "{error}"
    );
}

#[test]
fn a_disk_that_cannot_keep_a_log_file_is_refused() {
    let place = Place::new();
    // With locks of this kind SQLite has no memory to share, and keeps a journal without a word.
    let options = Options {
        vfs: Some("unix-dotfile".to_owned()),
        ..Options::default()
    };
    let error = SqliteStore::open_with(place.own(), &options).unwrap_err();
    assert!(
        error.to_string().contains("a disk of this machine"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_no_database_is_damaged() {
    let place = Place::new();
    std::fs::write(
        place.folder().join(DATABASE_FILE),
        "once upon a time ".repeat(1000),
    )
    .unwrap();
    let error = SqliteStore::open(place.own()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let place = Place::new();
    let file = place.folder().join(DATABASE_FILE);
    let other = Connection::open(&file).unwrap();
    other
        .execute_batch("CREATE TABLE songs (title TEXT)")
        .unwrap();
    drop(other);
    let error = SqliteStore::open(place.own()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    let tables: i64 = Connection::open(&file)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn damage_is_found_by_the_cross_checks() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let connection = Connection::open(store.file()).unwrap();
    for (trigger, damage, finding) in [
        (
            "events_stay",
            "DELETE FROM events WHERE position = 6",
            "missing from the log",
        ),
        (
            "states_change",
            "UPDATE states SET version = 1 WHERE stream = 5",
            "version of their last",
        ),
        (
            "balances_follow_transfers",
            "UPDATE balances SET balance = 7 WHERE role = 3",
            "sum of their",
        ),
        (
            "acceptances_stay",
            "DELETE FROM acceptances",
            "without an acceptance",
        ),
        (
            "streams_stay",
            "DELETE FROM streams WHERE number = 1",
            "unknown stream",
        ),
    ] {
        connection
            .execute_batch(&format!("DROP TRIGGER {trigger}"))
            .unwrap();
        connection.execute_batch(damage).unwrap();
        let findings = store.integrity_check().unwrap();
        assert!(
            findings.iter().any(|line| line.contains(finding)),
            "{damage}: {findings:?}"
        );
    }
}
