//! The form of the database: older ones are brought forward, newer ones are refused.

use consort_store::StoreError;
use consort_store::sqlite::{DATABASE_FILE, NEWEST_FORM, SqliteStore};
use rusqlite::Connection;

use super::populate;
use crate::fixture::Place;
use crate::picture::picture;

fn with_form(sql: &str) -> (Place, Result<SqliteStore, StoreError>) {
    let place = Place::new();
    populate(&place.open());
    let connection = Connection::open(place.folder().join(DATABASE_FILE)).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    let answer = SqliteStore::open(place.own());
    (place, answer)
}

#[test]
fn a_database_that_needs_a_newer_binary_is_refused() {
    let (place, answer) = with_form("INSERT INTO forms VALUES (99, 'future', x'00', 98)");
    match answer {
        Err(StoreError::TooNew { needed, known }) => assert_eq!((needed, known), (98, NEWEST_FORM)),
        other => panic!("{other:?} in place of a refusal"),
    }
    let file = place.folder().join(DATABASE_FILE);
    let answer = SqliteStore::open_read_only(&file);
    assert!(
        matches!(answer, Err(StoreError::TooNew { .. })),
        "{answer:?}"
    );
}

#[test]
fn a_newer_database_that_an_older_binary_understands_is_opened() {
    let (_place, answer) = with_form("INSERT INTO forms VALUES (99, 'an index more', x'00', 1)");
    assert_eq!(picture(&answer.unwrap()).feed.len(), 6);
}

#[test]
fn a_database_without_its_forms_is_damaged() {
    for sql in ["DELETE FROM forms", "DROP TABLE forms"] {
        let (_place, answer) = with_form(sql);
        assert!(matches!(answer, Err(StoreError::Damaged(_))), "{answer:?}");
    }
}

#[test]
fn a_form_that_was_made_by_another_file_is_found_out() {
    let (_place, answer) = with_form("UPDATE forms SET digest = zeroblob(32) WHERE version = 1");
    assert!(matches!(answer, Err(StoreError::Damaged(_))), "{answer:?}");
}
