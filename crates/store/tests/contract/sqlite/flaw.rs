//! What somebody did to the database's own form, or to rows that others name, is told of.

use consort_store::{Flaw, Store, StoreError};
use rusqlite::Connection;

use super::populate;
use crate::fixture::Place;

/// Rules that keep the rows below from being changed.
const RULES: &str = "DROP TRIGGER streams_stay; DROP TRIGGER principals_stay;
    DROP TRIGGER assets_stay; DROP TRIGGER balances_follow_transfers; DROP TRIGGER log_grows;
    DROP TRIGGER states_change; DROP TRIGGER checkpoints_do_not_change;";

fn after(sql: &str) -> Result<Vec<Flaw>, StoreError> {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let log = store.log().unwrap();
    store
        .put_checkpoint(log.size(), log.root(), "a note")
        .unwrap();
    Connection::open(store.file())
        .unwrap()
        .execute_batch(sql)
        .unwrap();
    store.flaws()
}

#[test]
fn a_database_that_nobody_touched_has_no_flaws() {
    assert_eq!(after("").unwrap(), []);
    // What SQLite keeps for itself is nobody's business.
    assert_eq!(after("ANALYZE").unwrap(), []);
}

#[test]
fn tables_indexes_and_rules_that_are_not_as_they_were_made_are_told_of() {
    for (sql, told) in [
        (
            "DROP TRIGGER events_stay",
            "the trigger events_stay is missing",
        ),
        (
            "DROP INDEX states_by_status",
            "the index states_by_status is missing",
        ),
        ("DROP TABLE refusals", "the table refusals is missing"),
        (
            "DROP TRIGGER events_stay;
             CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT 1; END",
            "the trigger events_stay is not as it was made",
        ),
        (
            "CREATE TABLE more (row INTEGER)",
            "the table more was added by somebody",
        ),
        (
            "DELETE FROM forms WHERE version = 2",
            "form 2 is not on record",
        ),
    ] {
        let flaws = after(sql).unwrap();
        let is_told = |flaw: &Flaw| matches!(flaw, Flaw::Form(text) if text.contains(told));
        assert!(flaws.iter().any(is_told), "{sql}: {flaws:?}");
    }
}

#[test]
fn what_a_later_form_added_is_no_flaw() {
    let flaws = after(
        "INSERT INTO forms VALUES (99, 'a table more', x'00', 1);
         CREATE TABLE more (row INTEGER)",
    );
    assert_eq!(flaws.unwrap(), []);
}

#[test]
fn rows_that_contradict_each_other_are_told_of() {
    for (sql, told) in [
        ("DELETE FROM streams WHERE number = 3", "an unknown stream"),
        ("DELETE FROM principals", "an unknown principal"),
        ("DELETE FROM assets", "an unknown asset"),
        (
            "UPDATE balances SET moved = moved + 1",
            "another transfer than the last",
        ),
        ("UPDATE log SET messages = 0", "was not given yet"),
        (
            "UPDATE states SET kind = 3 WHERE stream = 1",
            "another identifier than their stream",
        ),
        (
            "UPDATE checkpoints SET frontier = zeroblob(length(frontier))",
            "the frontier of another log",
        ),
    ] {
        let flaws = after(&format!("{RULES} {sql}")).unwrap();
        let is_told = |flaw: &Flaw| matches!(flaw, Flaw::Content(text) if text.contains(told));
        assert!(flaws.iter().any(is_told), "{sql}: {flaws:?}");
    }
}

#[test]
fn a_log_with_another_root_is_damaged() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let sql = "DROP TRIGGER log_grows; UPDATE log SET root = zeroblob(32)";
    Connection::open(store.file())
        .unwrap()
        .execute_batch(sql)
        .unwrap();
    let log = store.log();
    assert!(matches!(log, Err(StoreError::Damaged(_))), "{log:?}");
}
