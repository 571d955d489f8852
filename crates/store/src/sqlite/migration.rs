//! Brings a database to the newest form, forwards only.
//!
//! A form is one SQL file, applied in one transaction with the row that records it. Its digest is
//! kept: a file that was changed after it was applied is found out. A form names the oldest form
//! that a binary must know to work with it, so that an older binary opens a newer database when
//! what was added does not concern it, and refuses it otherwise.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::key;
use crate::StoreError;

/// Marks a file as a database of Consort: "Cnst" in ASCII.
const APPLICATION_ID: i64 = 0x436e_7374;

/// One form of the database.
struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
    /// The oldest form that a binary must know to work with a database of this one.
    min_binary: u32,
}

/// Every form, in order; files are never changed once they are released.
const MIGRATIONS: [Migration; 9] = [
    Migration {
        version: 1,
        name: "first",
        sql: include_str!("../../migrations/sqlite/V1__first.sql"),
        min_binary: 1,
    },
    Migration {
        version: 2,
        name: "personal_and_refusals",
        sql: include_str!("../../migrations/sqlite/V2__personal_and_refusals.sql"),
        min_binary: 2,
    },
    Migration {
        version: 3,
        name: "passes",
        sql: include_str!("../../migrations/sqlite/V3__passes.sql"),
        // Whoever does not know the table does not need it.
        min_binary: 2,
    },
    Migration {
        version: 4,
        name: "credentials",
        sql: include_str!("../../migrations/sqlite/V4__credentials.sql"),
        // Passes that were made before, and by whoever does not know the columns, have none of them.
        min_binary: 2,
    },
    Migration {
        version: 5,
        name: "webhooks",
        sql: include_str!("../../migrations/sqlite/V5__webhooks.sql"),
        // Whoever does not know the tables sends nothing.
        min_binary: 2,
    },
    Migration {
        version: 6,
        name: "views",
        sql: include_str!("../../migrations/sqlite/V6__views.sql"),
        // Whoever does not know the table does not need it.
        min_binary: 2,
    },
    Migration {
        version: 7,
        name: "remarks",
        sql: include_str!("../../migrations/sqlite/V7__remarks.sql"),
        // Whoever does not know the tables does not need them.
        min_binary: 2,
    },
    Migration {
        version: 8,
        name: "notices",
        sql: include_str!("../../migrations/sqlite/V8__notices.sql"),
        // Whoever does not know the tables sends nothing.
        min_binary: 2,
    },
    Migration {
        version: 9,
        name: "transients",
        sql: include_str!("../../migrations/sqlite/V9__transients.sql"),
        // Whoever does not know the table does not need it.
        min_binary: 2,
    },
];

/// The newest form that this binary knows.
pub const NEWEST: u32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// Tables, indexes and rules by kind and name.
type Objects = BTreeMap<(String, String), Option<String>>;

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
    for migration in MIGRATIONS
        .iter()
        .filter(|migration| migration.version > found)
    {
        transaction.execute_batch(migration.sql)?;
        transaction.execute(
            "INSERT INTO forms (version, name, digest, min_binary) VALUES (?1, ?2, ?3, ?4)",
            params![
                migration.version,
                migration.name,
                Digest::of(migration.sql.as_bytes()).as_bytes(),
                migration.min_binary
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

/// Refuses a database that is too new, or was made by files that differ from these; tells its
/// form.
fn check_form(connection: &Connection) -> Result<u32, StoreError> {
    let needed: Option<u32> =
        connection.query_row("SELECT max(min_binary) FROM forms", [], |row| row.get(0))?;
    if let Some(found) = needed.filter(|needed| *needed > NEWEST) {
        return Err(StoreError::TooNew {
            found,
            known: NEWEST,
        });
    }
    for migration in &MIGRATIONS {
        let applied: Option<[u8; 32]> = connection
            .query_row(
                "SELECT digest FROM forms WHERE version = ?1",
                [migration.version],
                |row| row.get(0),
            )
            .optional()?;
        let known = Digest::of(migration.sql.as_bytes());
        if applied.is_some_and(|digest| key::digest(digest) != known) {
            return Err(StoreError::Damaged(format!(
                "form {} of the database was not made by this consort's own file",
                migration.version
            )));
        }
    }
    let found: Option<u32> =
        connection.query_row("SELECT max(version) FROM forms", [], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}

/// Where the tables, indexes and rules of the database are not those that its forms make.
pub(super) fn differences(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let found = check_form(connection)?;
    let made = Connection::open_in_memory()?;
    made.execute_batch(FORMS)?;
    let mut differences = Vec::new();
    for migration in MIGRATIONS.iter().filter(|form| form.version <= found) {
        made.execute_batch(migration.sql)?;
        let known = connection
            .prepare("SELECT 1 FROM forms WHERE version = ?1 AND name = ?2 AND min_binary = ?3")?
            .exists(params![
                migration.version,
                migration.name,
                migration.min_binary
            ])?;
        if !known {
            let version = migration.version;
            differences.push(format!("form {version} is not on record as it was applied"));
        }
    }
    let (expected, kept) = (objects(&made)?, objects(connection)?);
    for ((kind, name), sql) in &expected {
        match kept.get(&(kind.clone(), name.clone())) {
            Some(kept) if kept == sql => {}
            Some(_) => differences.push(format!("the {kind} {name} is not as it was made")),
            None => differences.push(format!("the {kind} {name} is missing")),
        }
    }
    // A later form may have added something.
    let added = kept.keys().filter(|key| !expected.contains_key(key));
    for (kind, name) in added.filter(|_| found <= NEWEST) {
        differences.push(format!("the {kind} {name} was added by somebody"));
    }
    Ok(differences)
}

/// Tables, indexes and rules by kind and name, with the statement that made each.
fn objects(connection: &Connection) -> Result<Objects, StoreError> {
    let mut select = connection.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite|_%' ESCAPE '|'",
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
