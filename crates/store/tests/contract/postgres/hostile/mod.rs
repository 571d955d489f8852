//! Statements that must never work, whoever sends them: the database itself refuses each.
//!
//! They are run on the database directly, past the store. `#7` stands for the identifier 7: in the
//! fixture tasks are 1, 2 and 3, the person is 7, the organisation 8 and the outcome 9.

mod money;
mod record;

use consort_kernel::log::{Frontier, leaf_hash};
use consort_store::Store;
use consort_store::postgres::PostgresStore;

use super::{new_database, somebody};
use crate::picture::picture;
use crate::sqlite::populate;
use money::{BALANCES, TRANSFERS, transfer};
use record::{EVENTS, LEASES, NAMES, OTHERS, STATES};

/// What must never be, the statement that tries it, and a part of the refusal.
type Row = (&'static str, &'static str, &'static str);

#[test]
fn the_database_refuses_what_must_never_be() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    populate_with_checkpoint(&store);
    let before = picture(&store);
    let mut somebody = somebody(&address);
    let rows = [NAMES, EVENTS, STATES, LEASES, OTHERS, TRANSFERS, BALANCES].concat();
    assert!(rows.len() >= 70, "{} statements", rows.len());
    for (what, sql, refusal) in rows {
        let error = somebody.batch_execute(&written(sql)).expect_err(what);
        let said = error.as_db_error().expect(what);
        assert!(said.code().code().starts_with("23"), "{what}: {said:?}");
        assert!(
            said.message().contains(refusal),
            "{what} was refused for another reason: {said:?}"
        );
    }
    assert_eq!(picture(&store), before);
    assert_eq!(store.flaws().unwrap(), []);
}

/// The refusals above would say nothing if the statements failed for being malformed.
#[test]
fn the_database_takes_what_may_be() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    populate_with_checkpoint(&store);
    let mut somebody = somebody(&address);
    for sql in [
        "INSERT INTO events VALUES (7, 4, 0, 5, #1, '{}')",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 15, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        transfer!("(0, 8, 5, #2, 1, 7, 0, 20, 'PRACTICE', 4, #2, 3, #9, 4, #9, #2)"),
        "INSERT INTO leases VALUES (1, 200, 0, #3, #7)",
        "UPDATE leases SET deadline = NULL WHERE task = #2",
        "INSERT INTO acceptances VALUES (3, 9, 0, false, #2, #7, sha256(''))",
        "UPDATE network SET epoch = epoch + 1",
        "UPDATE states SET body = '[]' WHERE id = #1",
    ] {
        let mut attempt = somebody.transaction().unwrap();
        let changed = attempt.execute(&written(sql), &[]);
        assert_eq!(changed.unwrap(), 1, "{sql}");
    }
}

/// The statement with identifiers in the place of their numbers.
fn written(sql: &str) -> String {
    (1..=9).fold(sql.to_owned(), |sql, number| {
        let id = format!("'00000000-0000-0000-0000-00000000000{number}'::uuid");
        sql.replace(&format!("#{number}"), &id)
    })
}

fn populate_with_checkpoint(store: &dyn Store) {
    populate(store);
    let mut log = Frontier::default();
    for row in store.feed(0, 3).unwrap() {
        log.append(leaf_hash(row.event.body.as_bytes()));
    }
    store.put_checkpoint(3, log.root(), "signed").unwrap();
}
