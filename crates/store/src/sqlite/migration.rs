//! Brings a database to the newest form, forwards only.
//!
//! A form is one SQL file, applied in one transaction with the row that records it. Its digest is
//! kept: a file that was changed after it was applied is found out. Which binary works with which
//! form is not decided here.

use consort_kernel::digest::Digest;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::StoreError;
use crate::migration::{self, Applied, Migration, Objects};

/// Marks a file as a database of Consort: "Cnst" in ASCII.
const APPLICATION_ID: i64 = 0x436e_7374;

/// The table of forms; it is as old as the database and never changes itself.
const FORMS: &str = "CREATE TABLE IF NOT EXISTS forms (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    min_binary INTEGER NOT NULL
) STRICT";

/// Brings the database to the newest form, or refuses it.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let recognised = recognise(&transaction)?;
    if recognised == Recognised::Empty {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.execute_batch(FORMS)?;
    }
    let found = check_form(&transaction)?;
    if recognised == Recognised::Ours && found == 0 {
        return Err(StoreError::Damaged(
            "the forms of the database are not on record".to_owned(),
        ));
    }
    for form in migration::after(found) {
        let sql = form.on_sqlite();
        transaction.execute_batch(sql)?;
        transaction.execute(
            "INSERT INTO forms (version, name, digest, min_binary) VALUES (?1, ?2, ?3, ?4)",
            params![
                form.version,
                form.name,
                Digest::of(sql.as_bytes()).as_bytes(),
                form.min_binary
            ],
        )?;
    }
    transaction.commit().map_err(StoreError::from)
}

/// Refuses a file that is to be read as it is and is not a database of Consort that this binary
/// can work with.
pub(super) fn check_as_it_is(connection: &Connection) -> Result<(), StoreError> {
    match recognise(connection)? {
        Recognised::Ours => check_form(connection).map(|_| ()),
        Recognised::Empty => Err(StoreError::Damaged("the file is empty".to_owned())),
    }
}

/// Tells the form of a database, or refuses it.
pub(super) fn check_form(connection: &Connection) -> Result<u32, StoreError> {
    migration::check(&applied(connection)?, Migration::on_sqlite)
}

/// What is on record of the forms that were applied.
fn applied(connection: &Connection) -> Result<Vec<Applied>, StoreError> {
    let mut select = connection.prepare("SELECT version, name, digest, min_binary FROM forms")?;
    let rows = select.query_map([], |row| {
        Ok(Applied {
            version: row.get(0)?,
            name: row.get(1)?,
            digest: row.get(2)?,
            min_binary: row.get(3)?,
        })
    })?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}

/// Where the tables, indexes and rules of the database are not those that its forms make.
pub(super) fn differences(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let applied = applied(connection)?;
    let found = migration::check(&applied, Migration::on_sqlite)?;
    let made = Connection::open_in_memory()?;
    made.execute_batch(FORMS)?;
    for form in migration::up_to(found) {
        made.execute_batch(form.on_sqlite())?;
    }
    let mut differences = migration::off_record(&applied, found);
    let (expected, kept) = (objects(&made)?, objects(connection)?);
    differences.extend(migration::compare(&expected, &kept, found));
    Ok(differences)
}

/// Tables, indexes and rules by kind and name, with the statement that made each.
fn objects(connection: &Connection) -> Result<Objects, StoreError> {
    let mut select = connection.prepare(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite|_%' ESCAPE '|'",
    )?;
    let rows = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}

/// What a file was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recognised {
    /// A database of Consort.
    Ours,
    /// Nothing yet.
    Empty,
}

/// Tells what a file is, and refuses one that holds something else.
fn recognise(connection: &Connection) -> Result<Recognised, StoreError> {
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (id, tables) {
        (APPLICATION_ID, _) => Ok(Recognised::Ours),
        (0, 0) => Ok(Recognised::Empty),
        _ => Err(StoreError::Damaged(
            "the file is a database, but not one of consort".to_owned(),
        )),
    }
}
