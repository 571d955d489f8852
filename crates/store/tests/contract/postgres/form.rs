//! The form of the database: it is the one on SQLite, by names and numbers; newer ones are refused.

use consort_store::StoreError;
use consort_store::postgres::{NEWEST_FORM, PostgresStore};

use super::{new_database, somebody};
use crate::picture::picture;
use crate::sqlite::populate;

fn with_form(sql: &str) -> Option<Result<PostgresStore, StoreError>> {
    let address = new_database()?;
    populate(&PostgresStore::open(&address).unwrap());
    somebody(&address).batch_execute(sql).unwrap();
    Some(PostgresStore::open(&address))
}

fn names(backend: &str) -> Vec<String> {
    let folder = format!("{}/migrations/{backend}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn every_form_has_a_file_of_the_same_name_for_each_database() {
    assert_eq!(names("postgres"), names("sqlite"));
    let newest = format!("V{NEWEST_FORM}__");
    assert!(names("postgres").last().unwrap().starts_with(&newest));
}

#[test]
fn a_database_that_is_opened_again_is_as_it_was() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    populate(&store);
    let before = picture(&store);
    drop(store);
    assert_eq!(picture(&PostgresStore::open(&address).unwrap()), before);
    let as_it_is = PostgresStore::open_as_it_is(&address).unwrap();
    assert_eq!(picture(&as_it_is), before);
}

#[test]
fn servers_that_begin_at_once_make_one_network() {
    let Some(address) = new_database() else {
        return;
    };
    let open = || PostgresStore::open(&address).map(|_| ());
    std::thread::scope(|threads| {
        let opened: Vec<_> = (0..4).map(|_| threads.spawn(open)).collect();
        for one in opened {
            one.join().unwrap().unwrap();
        }
    });
}

#[test]
fn a_database_that_needs_a_newer_binary_is_refused() {
    let Some(answer) = with_form("INSERT INTO forms VALUES (99, 98, 'future', '')") else {
        return;
    };
    match answer {
        Err(StoreError::TooNew { needed, known }) => assert_eq!((needed, known), (98, NEWEST_FORM)),
        other => panic!("{other:?} in place of a refusal"),
    }
}

#[test]
fn a_newer_database_that_an_older_binary_understands_is_opened() {
    let Some(answer) = with_form("INSERT INTO forms VALUES (99, 1, 'an index more', '')") else {
        return;
    };
    assert_eq!(picture(&answer.unwrap()).feed.len(), 6);
}

#[test]
fn a_database_whose_forms_are_not_ours_is_damaged() {
    for sql in [
        "DELETE FROM forms",
        "DROP TABLE forms",
        "UPDATE forms SET digest = '' WHERE version = 1",
    ] {
        let Some(answer) = with_form(sql) else { return };
        assert!(
            matches!(answer, Err(StoreError::Damaged(_))),
            "{sql}: {answer:?}"
        );
    }
}

#[test]
fn a_database_without_a_network_is_not_opened_as_it_is() {
    let Some(address) = new_database() else {
        return;
    };
    let answer = PostgresStore::open_as_it_is(&address);
    assert!(matches!(answer, Err(StoreError::Damaged(_))), "{answer:?}");
}

#[test]
fn what_cannot_be_reached_is_told_of_at_once() {
    let nowhere = PostgresStore::open("postgres://nobody@localhost:1/nothing").unwrap_err();
    assert!(nowhere.to_string().contains("refused"), "{nowhere}");
    let nothing = PostgresStore::open("somewhere over the rainbow").unwrap_err();
    assert!(nothing.to_string().contains("postgres://"), "{nothing}");
}
