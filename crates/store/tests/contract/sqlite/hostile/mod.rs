//! Statements that must never work, whoever sends them: the database itself refuses each.
//!
//! They are run on the file directly, past the store. In the fixture, task 1 has the number 1, its
//! outcome 2, the person 3, the organisation 4, task 2 the number 5 and task 3 the number 6.

mod lease;
mod money;
mod record;

use consort_kernel::log::{Frontier, leaf_hash};
use consort_store::Store;
use consort_store::sqlite::SqliteStore;
use rusqlite::{Connection, ErrorCode};

use super::populate;
use crate::fixture::Place;
use crate::picture::picture;
use lease::{LEASES, OTHERS};
use money::{BALANCES, TRANSFERS, transfer};
use record::{EVENTS, NAMES, STATES};

/// What must never be, the statement that tries it, and a part of the refusal.
type Row = (&'static str, &'static str, &'static str);

#[test]
fn the_database_refuses_what_must_never_be() {
    let place = Place::new();
    let store = place.open();
    populate_with_checkpoint(&store);
    let before = picture(&store);
    let connection = Connection::open(store.file()).unwrap();
    let rows = [NAMES, EVENTS, STATES, LEASES, OTHERS, TRANSFERS, BALANCES].concat();
    assert!(rows.len() >= 40, "{} statements", rows.len());
    for (what, sql, refusal) in rows {
        let error = connection.execute(sql, []).expect_err(what);
        let code = error.sqlite_error_code();
        assert_eq!(
            code,
            Some(ErrorCode::ConstraintViolation),
            "{what}: {error}"
        );
        let text = error.to_string();
        assert!(
            text.contains(refusal),
            "{what} was refused for another reason: {text}"
        );
        assert!(connection.is_autocommit(), "{what} left a transaction open");
    }
    assert_eq!(picture(&store), before);
    assert_eq!(store.integrity_check().unwrap(), [""; 0]);
}

/// The refusals above would say nothing if the statements failed for being malformed.
#[test]
fn the_database_takes_what_may_be() {
    let place = Place::new();
    let store = place.open();
    populate_with_checkpoint(&store);
    let connection = Connection::open(store.file()).unwrap();
    for sql in [
        "INSERT INTO events (stream, version, body) VALUES (1, 4, '{}')",
        transfer!("(5, 1, 7, 0, 15, 1, 3, 2, 2, 4, 8, 2, NULL)"),
        transfer!("(5, 1, 7, 0, 20, 1, 4, 5, 3, 2, 4, 2, 5)"),
        "INSERT INTO leases VALUES (6, 1, 3, 200)",
        "UPDATE leases SET deadline = NULL WHERE task = 5",
        "INSERT INTO acceptances VALUES (5, 3, zeroblob(32), 3, 0, 9)",
        "UPDATE network SET epoch = epoch + 1",
        "INSERT INTO streams (kind, id) VALUES (5, randomblob(16))",
        "UPDATE states SET body = '[]' WHERE stream = 1",
    ] {
        connection.execute_batch("BEGIN").unwrap();
        assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
        connection.execute_batch("ROLLBACK").unwrap();
    }
}

fn populate_with_checkpoint(store: &SqliteStore) {
    populate(store);
    let mut log = Frontier::default();
    for row in store.feed(0, 3).unwrap() {
        log.append(leaf_hash(row.event.body.as_bytes()));
    }
    store.put_checkpoint(3, log.root(), "signed").unwrap();
}
