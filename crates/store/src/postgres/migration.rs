//! Brings a database to the newest form, forwards only.
//!
//! The forms have the names and numbers of those on SQLite. Each is one SQL file, applied in one
//! transaction with the row that records it and its digest. A form names the oldest form that a
//! binary must know to work with it, so that servers of two versions run on one database when what
//! was added does not concern the older ones.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;

use super::SCHEMA;
use super::connection::Session;
use super::error::{Tried, Trouble, get};
use crate::StoreError;

/// One form of the database.
struct Migration {
    version: i32,
    name: &'static str,
    sql: &'static str,
    /// The oldest form that a binary must know to work with a database of this one.
    min_binary: i32,
}

/// Every form, in order; files are never changed once they are released.
const MIGRATIONS: [Migration; 9] = [
    Migration {
        version: 1,
        name: "first",
        sql: include_str!("../../migrations/postgres/V1__first.sql"),
        min_binary: 1,
    },
    Migration {
        version: 2,
        name: "personal_and_refusals",
        sql: include_str!("../../migrations/postgres/V2__personal_and_refusals.sql"),
        min_binary: 2,
    },
    Migration {
        version: 3,
        name: "passes",
        sql: include_str!("../../migrations/postgres/V3__passes.sql"),
        // Whoever does not know the table does not need it.
        min_binary: 2,
    },
    Migration {
        version: 4,
        name: "credentials",
        sql: include_str!("../../migrations/postgres/V4__credentials.sql"),
        // Passes that were made before, and by whoever does not know the columns, have none of them.
        min_binary: 2,
    },
    Migration {
        version: 5,
        name: "webhooks",
        sql: include_str!("../../migrations/postgres/V5__webhooks.sql"),
        // Whoever does not know the tables sends nothing.
        min_binary: 2,
    },
    Migration {
        version: 6,
        name: "views",
        sql: include_str!("../../migrations/postgres/V6__views.sql"),
        // Whoever does not know the table does not need it.
        min_binary: 2,
    },
    Migration {
        version: 7,
        name: "remarks",
        sql: include_str!("../../migrations/postgres/V7__remarks.sql"),
        // Whoever does not know the tables does not need them.
        min_binary: 2,
    },
    Migration {
        version: 8,
        name: "notices",
        sql: include_str!("../../migrations/postgres/V8__notices.sql"),
        // Whoever does not know the tables sends nothing.
        min_binary: 2,
    },
    Migration {
        version: 9,
        name: "transients",
        sql: include_str!("../../migrations/postgres/V9__transients.sql"),
        // Whoever does not know the table does not need it.
        min_binary: 2,
    },
];

/// The newest form that this binary knows.
pub const NEWEST: u32 = MIGRATIONS[MIGRATIONS.len() - 1].version.unsigned_abs();

/// The table of forms; it is as old as the database and never changes itself.
const FORMS: &str = "CREATE TABLE forms (
    version integer PRIMARY KEY,
    min_binary integer NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL
)";

/// How often a database is tried that another server makes at the same time.
const TRIES_MAX: u32 = 3;

/// Brings the database to the newest form, or refuses it.
pub(super) fn migrate(session: &mut Session) -> Tried<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        match migrate_once(session) {
            // What another server made meanwhile stands in the way of making it.
            Err(Trouble::Store(StoreError::Refused(_))) if tries < TRIES_MAX => {}
            other => return other,
        }
    }
}

fn migrate_once(session: &mut Session) -> Tried<()> {
    let recognised = recognise(session)?;
    if recognised == Recognised::Ours && check_form(session)? >= newest() {
        return Ok(());
    }
    session.run("BEGIN")?;
    let done = apply(session, recognised);
    match done {
        Ok(()) => session.end(),
        Err(trouble) => {
            session.give_up();
            Err(trouble)
        }
    }
}

fn apply(session: &mut Session, recognised: Recognised) -> Tried<()> {
    if recognised == Recognised::Empty {
        session.run(&format!("CREATE SCHEMA IF NOT EXISTS {SCHEMA}; {FORMS}"))?;
    }
    session.run("LOCK TABLE forms IN EXCLUSIVE MODE")?;
    let found = check_form(session)?;
    if recognised == Recognised::Ours && found == 0 {
        return Err(
            StoreError::Damaged("the forms of the database are not on record".to_owned()).into(),
        );
    }
    for migration in MIGRATIONS.iter().filter(|form| form.version > found) {
        session.run(migration.sql)?;
        session.change(
            "INSERT INTO forms (version, name, digest, min_binary) VALUES ($1, $2, $3, $4)",
            &[
                &migration.version,
                &migration.name,
                &Digest::of(migration.sql.as_bytes()).as_bytes().as_slice(),
                &migration.min_binary,
            ],
        )?;
    }
    Ok(())
}

/// Refuses a database that is to be used as it is and is not one of Consort that this binary can
/// work with.
pub(super) fn check_as_it_is(session: &mut Session) -> Tried<()> {
    match recognise(session)? {
        Recognised::Ours => check_form(session).map(|_| ()),
        Recognised::Empty => Err(StoreError::Damaged(
            "there is no network of consort in this database".to_owned(),
        )
        .into()),
    }
}

/// Whether the tables of a network are in the database, in a form that this binary can work with.
pub(super) fn is_there(session: &mut Session) -> Tried<bool> {
    if recognise(session)? == Recognised::Empty {
        return Ok(false);
    }
    check_form(session).map(|found| found > 0)
}

/// Refuses a database that is too new, or was made by files that differ from these; tells its
/// form.
fn check_form(session: &mut Session) -> Tried<i32> {
    let row = session.one("SELECT max(min_binary), max(version) FROM forms", &[])?;
    let needed: Option<i32> = get(&row, 0)?;
    if let Some(found) = needed.filter(|needed| *needed > newest()) {
        return Err(StoreError::TooNew {
            found: found.unsigned_abs(),
            known: NEWEST,
        }
        .into());
    }
    for migration in &MIGRATIONS {
        let applied = session.optional(
            "SELECT digest FROM forms WHERE version = $1",
            &[&migration.version],
        )?;
        let known = Digest::of(migration.sql.as_bytes());
        if let Some(applied) = applied
            && get::<&[u8]>(&applied, 0)? != known.as_bytes()
        {
            return Err(StoreError::Damaged(format!(
                "form {} of the database was not made by this consort's own file",
                migration.version
            ))
            .into());
        }
    }
    Ok(get::<Option<i32>>(&row, 1)?.unwrap_or(0))
}

const fn newest() -> i32 {
    NEWEST.cast_signed()
}

/// Tables, indexes and rules by kind and name, with what makes each what it is.
type Objects = BTreeMap<(String, String), String>;

/// Where the tables, indexes and rules of the database are not those that its forms make. They are
/// made once more beside them, compared, and given up.
pub(super) fn differences(session: &mut Session) -> Tried<Vec<String>> {
    let found = check_form(session)?;
    let kept = objects(session, SCHEMA)?;
    let beside = format!("{SCHEMA}_as_it_is_made");
    session.run(&format!(
        "BEGIN; CREATE SCHEMA {beside}; SET LOCAL search_path = {beside}, pg_temp; {FORMS}"
    ))?;
    let made = MIGRATIONS
        .iter()
        .filter(|form| form.version <= found)
        .try_for_each(|form| session.run(form.sql))
        .and_then(|()| objects(session, &beside));
    session.give_up();
    let expected = made?;
    let mut differences = off_record(session, found)?;
    for ((kind, name), definition) in &expected {
        match kept.get(&(kind.clone(), name.clone())) {
            Some(kept) if kept == definition => {}
            Some(_) => differences.push(format!("the {kind} {name} is not as it was made")),
            None => differences.push(format!("the {kind} {name} is missing")),
        }
    }
    // A later form may have added something.
    let added = kept.keys().filter(|key| !expected.contains_key(key));
    for (kind, name) in added.filter(|_| found <= newest()) {
        differences.push(format!("the {kind} {name} was added by somebody"));
    }
    Ok(differences)
}

/// Forms that are not on record as they were applied.
fn off_record(session: &mut Session, found: i32) -> Tried<Vec<String>> {
    let mut differences = Vec::new();
    for migration in MIGRATIONS.iter().filter(|form| form.version <= found) {
        let known = session.optional(
            "SELECT 1 FROM forms WHERE version = $1 AND name = $2 AND min_binary = $3",
            &[&migration.version, &migration.name, &migration.min_binary],
        )?;
        if known.is_none() {
            let version = migration.version;
            differences.push(format!("form {version} is not on record as it was applied"));
        }
    }
    Ok(differences)
}

/// What stands in a schema, told without the schema's name.
fn objects(session: &mut Session, schema: &str) -> Tried<Objects> {
    let rows = session.rows(
        "SELECT 'table', c.relname::text, coalesce(c.reloptions::text, '') || (
                 SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                     a.attnotnull, l.collname, pg_get_expr(d.adbin, d.adrelid)), ', '
                     ORDER BY a.attnum)
                 FROM pg_attribute AS a
                 LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
                 LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             )
             FROM pg_class AS c
             WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
         UNION ALL
         SELECT 'check', c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
             FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
             WHERE k.connamespace = to_regnamespace($1) AND k.contype <> 't'
         UNION ALL
         SELECT 'index', c.relname::text, concat(pg_get_indexdef(c.oid), i.indisvalid)
             FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid
             WHERE c.relnamespace = to_regnamespace($1)
         UNION ALL
         SELECT 'trigger', t.tgname::text, concat(pg_get_triggerdef(t.oid), t.tgenabled)
             FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
             WHERE c.relnamespace = to_regnamespace($1) AND NOT t.tgisinternal
         UNION ALL
         SELECT 'function', p.proname::text, pg_get_functiondef(p.oid)
             FROM pg_proc AS p WHERE p.pronamespace = to_regnamespace($1)",
        &[&schema],
    )?;
    rows.iter()
        .map(|row| {
            let definition: String = get(row, 2)?;
            let name = (get(row, 0)?, get(row, 1)?);
            Ok((name, definition.replace(schema, "")))
        })
        .collect()
}

/// What a database was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recognised {
    /// It holds a network of Consort.
    Ours,
    /// It holds none yet.
    Empty,
}

/// Tells what a database is, and refuses one whose schema of our name holds something else.
fn recognise(session: &mut Session) -> Tried<Recognised> {
    let row = session.one(
        "SELECT
             EXISTS (
                 SELECT 1 FROM pg_class
                 WHERE relnamespace = to_regnamespace($1) AND relname = 'forms'
             ),
             EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace($1))",
        &[&SCHEMA],
    )?;
    match (get(&row, 0)?, get(&row, 1)?) {
        (true, _) => Ok(Recognised::Ours),
        (false, false) => Ok(Recognised::Empty),
        (false, true) => Err(StoreError::Damaged(format!(
            "the schema {SCHEMA} of the database is not one of consort"
        ))
        .into()),
    }
}
