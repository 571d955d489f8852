//! Databases of earlier forms on SQLite.

use consort_store::Store as _;
use consort_store::StoreError;
use consort_store::sqlite::{DATABASE_FILE, NEWEST_FORM, SqliteStore};
use rusqlite::Connection;

use super::content::fill;
use super::{
    Rows, Table, earlier, every_table_has_rows, has_all, has_all_and_goes_on, keep, kept,
    migrations, rows_are_as_they_were,
};
use crate::fixture::Place;

/// What a database has before its first form. The table is as old as the database, to the letter.
const BEGUN: &str = "PRAGMA application_id = 0x436e7374;
CREATE TABLE forms (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    min_binary INTEGER NOT NULL
) STRICT;";

/// Makes the database of a form that is kept. The rules stand aside while its rows come in, for they
/// want them one after the other as they came about.
pub(crate) fn load(connection: &Connection, form: u32) {
    connection
        .pragma_update(None, "journal_mode", "wal")
        .unwrap();
    connection.execute_batch("BEGIN").unwrap();
    connection.execute_batch(&made(form)).unwrap();
    let triggers = strings(
        connection,
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid",
    );
    for name in strings(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
    ) {
        let sql = format!("DROP TRIGGER {name}");
        connection.execute_batch(&sql).unwrap();
    }
    connection.execute_batch("DELETE FROM log").unwrap();
    connection.execute_batch(&kept("sqlite", form)).unwrap();
    for sql in triggers {
        connection.execute_batch(&sql).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
}

fn made(form: u32) -> String {
    format!("{BEGUN}{}", migrations("sqlite", form).concat())
}

fn strings(connection: &Connection, sql: &str) -> Vec<String> {
    let mut select = connection.prepare(sql).unwrap();
    let rows = select.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// The tables of a form, in the order in which they were made.
fn tables(form: u32) -> Vec<Table> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&made(form)).unwrap();
    let names = strings(
        &connection,
        "SELECT name FROM sqlite_schema
             WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|' ORDER BY rowid",
    );
    let columns = |name: &String| {
        strings(
            &connection,
            &format!("SELECT name FROM pragma_table_info('{name}')"),
        )
    };
    let table = |name: String| Table {
        columns: columns(&name),
        name,
    };
    names.into_iter().map(table).collect()
}

/// What stands in these tables and columns.
fn rows(connection: &Connection, tables: &[Table]) -> Rows {
    let rows = |table: &Table| {
        let values = table.each_in("quote", "").join(" || ', ' || ");
        strings(
            connection,
            &format!(
                "SELECT {values} FROM {} ORDER BY {}",
                table.name,
                table.names()
            ),
        )
    };
    tables
        .iter()
        .map(|table| (table.name.clone(), rows(table)))
        .collect()
}

fn connect(place: &Place) -> Connection {
    Connection::open(place.folder().join(DATABASE_FILE)).unwrap()
}

/// A folder with the database of a form that is kept.
pub(super) fn place_of(form: u32) -> Place {
    let place = Place::new();
    load(&connect(&place), form);
    place
}

#[test]
fn the_newest_form_is_kept() {
    let place = Place::new();
    fill(&place.open(), 0, NEWEST_FORM);
    let tables = tables(NEWEST_FORM);
    keep("sqlite", &tables, &rows(&connect(&place), &tables));
    has_all(&place_of(NEWEST_FORM).open(), NEWEST_FORM);
}

#[test]
fn a_database_of_every_earlier_form_is_brought_forward_with_all_that_is_in_it() {
    for form in earlier() {
        let place = place_of(form);
        let tables = tables(form);
        let before = rows(&connect(&place), &tables);
        every_table_has_rows(&before);
        let store = place.open();
        rows_are_as_they_were(&before, &rows(&connect(&place), &tables));
        has_all_and_goes_on(&store, form);
        assert_eq!(store.integrity_check().unwrap(), [""; 0]);
        drop(store);
        assert_eq!(place.open().flaws().unwrap(), []);
    }
}

#[test]
fn an_upgrade_that_cannot_be_made_leaves_the_database_as_it_was() {
    for form in earlier() {
        let place = place_of(form);
        let newest = tables(NEWEST_FORM);
        let last = &newest.last().unwrap().name;
        let somebody = connect(&place);
        // Somebody's table has the name of one that the last form makes.
        let in_the_way = format!("CREATE TABLE {last} (row INTEGER)");
        somebody.execute_batch(&in_the_way).unwrap();
        let before = rows(&somebody, &tables(form));
        let schema = "SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1";
        let made = strings(&somebody, schema);
        SqliteStore::open(place.own()).unwrap_err();
        assert_eq!(rows(&somebody, &tables(form)), before);
        assert_eq!(strings(&somebody, schema), made);
        somebody
            .execute_batch(&format!("DROP TABLE {last}"))
            .unwrap();
        has_all(&place.open(), form);
    }
}

/// What a form that is not known yet might make.
const LATER: &str = "ALTER TABLE passes ADD COLUMN seen_at TEXT;
    ALTER TABLE credentials ADD COLUMN device TEXT;
    CREATE TABLE devices (id INTEGER PRIMARY KEY) STRICT;
    CREATE INDEX passes_seen_at ON passes (seen_at);";

/// Brings the newest database that is kept to a later form, which needs a binary that knows this one.
pub(super) fn later(min_binary: u32) -> Place {
    let place = place_of(NEWEST_FORM);
    let somebody = connect(&place);
    somebody.execute_batch(LATER).unwrap();
    let later = NEWEST_FORM + 1;
    let sql = format!("INSERT INTO forms VALUES ({later}, 'devices', zeroblob(32), {min_binary})");
    somebody.execute_batch(&sql).unwrap();
    place
}

#[test]
fn a_later_form_that_only_adds_is_worked_with() {
    for min_binary in [1, NEWEST_FORM] {
        let place = later(min_binary);
        has_all_and_goes_on(&place.open(), NEWEST_FORM);
        drop(place.open());
        let file = place.folder().join(DATABASE_FILE);
        SqliteStore::open_read_only(&file).unwrap();
    }
}

#[test]
fn a_later_form_that_took_something_away_is_refused_and_left_as_it_is() {
    let needed = NEWEST_FORM + 1;
    let place = later(needed);
    let bytes = || std::fs::read(place.folder().join(DATABASE_FILE)).unwrap();
    let before = bytes();
    let error = SqliteStore::open(place.own()).unwrap_err();
    assert!(
        matches!(error, StoreError::TooNew { needed: form, known: NEWEST_FORM } if form == needed),
        "{error:?}"
    );
    assert!(error.to_string().contains("install the version"), "{error}");
    assert!(bytes() == before, "a database that was refused was changed");
}
