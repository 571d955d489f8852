//! What somebody did to the database's own form, or to rows that it keeps for itself, is told of.

use consort_store::postgres::PostgresStore;
use consort_store::{Flaw, Store};

use super::{new_database, somebody};
use crate::sqlite::populate;

fn after(sql: &str) -> Option<Vec<Flaw>> {
    let address = new_database()?;
    let store = PostgresStore::open(&address).unwrap();
    populate(&store);
    let log = store.log().unwrap();
    store
        .put_checkpoint(log.size(), log.root(), "a note")
        .unwrap();
    somebody(&address).batch_execute(sql).unwrap();
    Some(store.flaws().unwrap())
}

#[test]
fn a_database_that_nobody_touched_has_no_flaws() {
    for sql in ["", "ANALYZE"] {
        if let Some(flaws) = after(sql) {
            assert_eq!(flaws, []);
        }
    }
}

#[test]
fn tables_indexes_and_rules_that_are_not_as_they_were_made_are_told_of() {
    for (sql, told) in [
        (
            "DROP TRIGGER events_stay ON events",
            "the trigger events_stay is missing",
        ),
        (
            "ALTER TABLE events DISABLE TRIGGER events_stay",
            "the trigger events_stay is not as it was made",
        ),
        (
            "DROP INDEX states_by_status",
            "the index states_by_status is missing",
        ),
        ("DROP TABLE refusals", "the table refusals is missing"),
        (
            "ALTER TABLE balances DROP CONSTRAINT balances_balance_check",
            "the check balances.balances_balance_check is missing",
        ),
        (
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RETURN NULL; END $$",
            "the function refuse is not as it was made",
        ),
        (
            "CREATE TABLE more (number integer)",
            "the table more was added by somebody",
        ),
        (
            "DELETE FROM forms WHERE version = 2",
            "form 2 is not on record",
        ),
    ] {
        let Some(flaws) = after(sql) else { return };
        let is_told = |flaw: &Flaw| matches!(flaw, Flaw::Form(text) if text.contains(told));
        assert!(flaws.iter().any(is_told), "{sql}: {flaws:?}");
    }
}

#[test]
fn rows_that_contradict_each_other_are_told_of() {
    for (sql, told) in [
        (
            "ALTER TABLE assets DISABLE TRIGGER ALL; DELETE FROM assets",
            "unknown asset",
        ),
        (
            "ALTER TABLE balances DISABLE TRIGGER ALL; UPDATE balances SET moved = 1",
            "last that moved",
        ),
        (
            "ALTER TABLE payouts DISABLE TRIGGER ALL; DELETE FROM payouts",
            "another event than",
        ),
        ("UPDATE outbox SET position = 9", "messages have a position"),
        (
            "UPDATE reactions SET position = 9",
            "reactions have a position",
        ),
        (
            "ALTER TABLE checkpoints DISABLE TRIGGER ALL;
             UPDATE checkpoints SET frontier = ''",
            "checkpoint 6 is kept",
        ),
    ] {
        let Some(flaws) = after(sql) else { return };
        let is_told = |flaw: &Flaw| matches!(flaw, Flaw::Content(text) if text.contains(told));
        assert!(flaws.iter().any(is_told), "{sql}: {flaws:?}");
    }
}
