//! Brings a database to the newest form, forwards only.
//!
//! The forms have the names and numbers of those on SQLite. Each is one SQL file, applied in one
//! transaction with the row that records it and its digest. Which binary works with which form is not
//! decided here.

use consort_kernel::digest::Digest;

use super::SCHEMA;
use super::connection::Session;
use super::error::{Tried, Trouble, get};
use crate::StoreError;
use crate::migration::{self, Applied, Migration, NEWEST, Objects};

/// The table of forms; it is as old as the database and never changes itself.
const FORMS: &str = "CREATE TABLE forms (
    version integer PRIMARY KEY,
    min_binary integer NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL
)";

/// How often a database is tried that other servers make, or write to, at the same time.
const TRIES_MAX: u32 = 3;

/// Brings the database to the newest form, or refuses it.
pub(super) fn migrate(session: &mut Session) -> Tried<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        match migrate_once(session) {
            // What another server made meanwhile stands in the way of making it, or a commit of one
            // had to be let through.
            Err(Trouble::Store(StoreError::Refused(_)) | Trouble::Again(_))
                if tries < TRIES_MAX => {}
            other => return other,
        }
    }
}

fn migrate_once(session: &mut Session) -> Tried<()> {
    let recognised = recognise(session)?;
    if recognised == Recognised::Ours && check_form(session)? >= NEWEST {
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
    for form in migration::after(found) {
        let sql = form.on_postgres();
        session.run(sql)?;
        session.change(
            "INSERT INTO forms (version, name, digest, min_binary) VALUES ($1, $2, $3, $4)",
            &[
                &form.version.cast_signed(),
                &form.name,
                &Digest::of(sql.as_bytes()).as_bytes().as_slice(),
                &form.min_binary.cast_signed(),
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

/// Tells the form of a database, or refuses it.
pub(super) fn check_form(session: &mut Session) -> Tried<u32> {
    let applied = applied(session)?;
    Ok(migration::check(&applied, Migration::on_postgres)?)
}

/// What is on record of the forms that were applied.
fn applied(session: &mut Session) -> Tried<Vec<Applied>> {
    let rows = session.rows("SELECT version, name, digest, min_binary FROM forms", &[])?;
    rows.iter()
        .map(|row| {
            Ok(Applied {
                version: get::<i32>(row, 0)?.unsigned_abs(),
                name: get(row, 1)?,
                digest: get(row, 2)?,
                min_binary: get::<i32>(row, 3)?.unsigned_abs(),
            })
        })
        .collect()
}

/// Where the tables, indexes and rules of the database are not those that its forms make. They are
/// made once more beside them, compared, and given up.
pub(super) fn differences(session: &mut Session) -> Tried<Vec<String>> {
    let applied = applied(session)?;
    let found = migration::check(&applied, Migration::on_postgres)?;
    let kept = objects(session, SCHEMA)?;
    let beside = format!("{SCHEMA}_as_it_is_made");
    session.run(&format!(
        "BEGIN; CREATE SCHEMA {beside}; SET LOCAL search_path = {beside}, pg_temp; {FORMS}"
    ))?;
    let made = migration::up_to(found)
        .try_for_each(|form| session.run(form.on_postgres()))
        .and_then(|()| objects(session, &beside));
    session.give_up();
    let mut differences = migration::off_record(&applied, found);
    differences.extend(migration::compare(&made?, &kept, found));
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
