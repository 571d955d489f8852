//! Databases of earlier forms on PostgreSQL.

use std::sync::Arc;

use ::postgres::Client;
use consort_store::postgres::{NEWEST_FORM, PostgresStore, SCHEMA};
use consort_store::sqlite::{DATABASE_FILE, SqliteStore, stage};
use consort_store::{Store as _, StoreError};

use super::content::fill;
use super::{
    Rows, Table, earlier, every_table_has_rows, has_all, has_all_and_goes_on, keep, kept,
    migrations, rows_are_as_they_were, sqlite,
};
use crate::fixture::Place;
use crate::picture::picture;
use crate::postgres::{new_database, somebody};

/// The table of forms is as old as the database.
const BEGUN: &str = "CREATE TABLE forms (
    version integer PRIMARY KEY,
    min_binary integer NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL
);";

/// The tables of a network, in the order in which they were made.
const TABLES: &str = "SELECT relname::text FROM pg_class
    WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY oid";

/// How many servers begin at the same time.
const SERVERS: usize = 4;

fn strings(client: &mut Client, sql: &str, of: &[&str]) -> Vec<String> {
    let of: Vec<_> = of
        .iter()
        .map(|it| it as &(dyn ::postgres::types::ToSql + Sync))
        .collect();
    let rows = client.query(sql, &of).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The tables that are there, with their columns.
fn tables(client: &mut Client) -> Vec<Table> {
    let names = strings(client, TABLES, &[SCHEMA]);
    let mut table = |name: String| Table {
        columns: strings(
            client,
            "SELECT attname::text FROM pg_attribute
                 WHERE attrelid = (to_regnamespace($1)::text || '.' || $2)::regclass
                     AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            &[SCHEMA, &name],
        ),
        name,
    };
    names.into_iter().map(&mut table).collect()
}

/// What stands in these tables and columns.
fn rows(client: &mut Client, tables: &[Table]) -> Rows {
    let mut rows = |table: &Table| {
        let values = table.each_in("quote_nullable", "::text").join(", ");
        let (name, order) = (&table.name, table.names());
        let sql = format!("SELECT concat_ws(', ', {values}) FROM {name} ORDER BY {order}");
        strings(client, &sql, &[])
    };
    tables
        .iter()
        .map(|table| (table.name.clone(), rows(table)))
        .collect()
}

/// A new database of a form that is kept, where there is a server. The rules stand aside while its rows
/// come in, for they want them one after the other as they came about.
fn load(form: u32) -> Option<(String, Client)> {
    let address = new_database()?;
    let mut client = somebody(&address);
    let begin =
        format!("BEGIN; CREATE SCHEMA {SCHEMA}; SET search_path = {SCHEMA}, pg_temp; {BEGUN}");
    client.batch_execute(&begin).unwrap();
    for sql in migrations("postgres", form) {
        client.batch_execute(&sql).unwrap();
    }
    set_rules(&mut client, "DISABLE");
    let rows = format!("DELETE FROM log; {}", kept("postgres", form));
    client.batch_execute(&rows).unwrap();
    set_rules(&mut client, "ENABLE");
    client.batch_execute("COMMIT").unwrap();
    Some((address, client))
}

/// Has the rules stand aside, or stand again.
fn set_rules(client: &mut Client, verb: &str) {
    for table in strings(client, TABLES, &[SCHEMA]) {
        let sql = format!("ALTER TABLE {table} {verb} TRIGGER USER");
        client.batch_execute(&sql).unwrap();
    }
}

#[test]
fn the_newest_form_is_kept() {
    let Some(address) = new_database() else {
        return;
    };
    fill(&PostgresStore::open(&address).unwrap(), 0, NEWEST_FORM);
    let mut client = somebody(&address);
    let tables = tables(&mut client);
    keep("postgres", &tables, &rows(&mut client, &tables));
    let (address, _) = load(NEWEST_FORM).unwrap();
    has_all(&PostgresStore::open(&address).unwrap(), NEWEST_FORM);
}

#[test]
fn a_database_of_every_earlier_form_is_brought_forward_with_all_that_is_in_it() {
    for form in earlier() {
        let Some((address, mut client)) = load(form) else {
            return;
        };
        let tables = tables(&mut client);
        let before = rows(&mut client, &tables);
        every_table_has_rows(&before);
        let store = PostgresStore::open(&address).unwrap();
        rows_are_as_they_were(&before, &rows(&mut client, &tables));
        has_all_and_goes_on(&store, form);
    }
}

#[test]
fn servers_that_upgrade_a_database_at_once_do_it_once() {
    for form in earlier() {
        let Some((address, mut client)) = load(form) else {
            return;
        };
        let start = std::sync::Barrier::new(SERVERS);
        let open = || {
            start.wait();
            PostgresStore::open(&address).map(|store| has_all(&store, form))
        };
        std::thread::scope(|threads| {
            let opened: Vec<_> = (0..SERVERS).map(|_| threads.spawn(open)).collect();
            for one in opened {
                one.join().unwrap().unwrap();
            }
        });
        let forms = strings(
            &mut client,
            "SELECT version::text FROM forms ORDER BY version",
            &[],
        );
        let every: Vec<_> = (1..=NEWEST_FORM).map(|form| form.to_string()).collect();
        assert_eq!(forms, every);
        has_all_and_goes_on(&PostgresStore::open(&address).unwrap(), form);
    }
}

/// Who waits for a lock in this database, as soon as somebody does.
fn whoever_waits(client: &mut Client) -> i32 {
    loop {
        let waits = client.query_opt(
            "SELECT pid FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'",
            &[],
        );
        if let Some(row) = waits.unwrap() {
            return row.get(0);
        }
    }
}

#[test]
fn an_upgrade_that_is_cut_off_leaves_the_database_as_it_was() {
    // The last form has to wait for whoever writes passes; by then the others are made.
    for form in earlier().filter(|form| *form >= 3) {
        let Some((address, mut client)) = load(form) else {
            return;
        };
        let tables = tables(&mut client);
        let before = rows(&mut client, &tables);
        let mut writer = somebody(&address);
        writer
            .batch_execute("BEGIN; LOCK TABLE passes IN ROW EXCLUSIVE MODE")
            .unwrap();
        let answer = std::thread::scope(|threads| {
            let server = threads.spawn(|| PostgresStore::open(&address).map(|_| ()));
            let waiting = whoever_waits(&mut client);
            client
                .execute("SELECT pg_terminate_backend($1)", &[&waiting])
                .unwrap();
            server.join().unwrap()
        });
        answer.unwrap_err();
        writer.batch_execute("COMMIT").unwrap();
        let names: Vec<_> = tables.iter().map(|table| table.name.clone()).collect();
        assert_eq!(strings(&mut client, TABLES, &[SCHEMA]), names);
        assert_eq!(rows(&mut client, &tables), before);
        has_all_and_goes_on(&PostgresStore::open(&address).unwrap(), form);
    }
}

#[test]
fn an_upgrade_that_gives_way_to_somebody_is_made_again() {
    let Some((address, mut client)) = load(3) else {
        return;
    };
    let mut writer = somebody(&address);
    let lock = "SET deadlock_timeout = '5min';
        BEGIN; LOCK TABLE passes IN ROW EXCLUSIVE MODE";
    writer.batch_execute(lock).unwrap();
    std::thread::scope(|threads| {
        let server = threads.spawn(|| PostgresStore::open(&address).map(|_| ()));
        whoever_waits(&mut client);
        // Now each waits for the other, and the server is the first to see it.
        let both = "LOCK TABLE forms IN ROW EXCLUSIVE MODE; COMMIT";
        writer.batch_execute(both).unwrap();
        server.join().unwrap().unwrap();
    });
    has_all_and_goes_on(&PostgresStore::open(&address).unwrap(), 3);
}

/// What a form that is not known yet might make.
const LATER: &str = "ALTER TABLE passes ADD COLUMN seen_at text;
    ALTER TABLE credentials ADD COLUMN device text;
    CREATE TABLE devices (id integer PRIMARY KEY);
    CREATE INDEX passes_seen_at ON passes (seen_at);";

/// Brings the newest database that is kept to a later form, which needs a binary that knows this one.
fn later(min_binary: u32) -> Option<(String, Client)> {
    let (address, mut client) = load(NEWEST_FORM)?;
    let later = NEWEST_FORM + 1;
    let sql = format!("{LATER} INSERT INTO forms VALUES ({later}, {min_binary}, 'devices', '')");
    client.batch_execute(&sql).unwrap();
    Some((address, client))
}

#[test]
fn a_later_form_that_only_adds_is_worked_with() {
    for min_binary in [1, NEWEST_FORM] {
        let Some((address, _)) = later(min_binary) else {
            return;
        };
        let store = PostgresStore::open(&address).unwrap();
        has_all_and_goes_on(&store, NEWEST_FORM);
        PostgresStore::open_as_it_is(&address).unwrap();
    }
}

#[test]
fn a_later_form_that_took_something_away_is_refused_and_left_as_it_is() {
    let needed = NEWEST_FORM + 1;
    let Some((address, mut client)) = later(needed) else {
        return;
    };
    let tables = tables(&mut client);
    let before = rows(&mut client, &tables);
    let error = PostgresStore::open(&address).unwrap_err();
    assert!(
        matches!(error, StoreError::TooNew { needed: form, known: NEWEST_FORM } if form == needed),
        "{error:?}"
    );
    let names: Vec<_> = tables.iter().map(|table| table.name.clone()).collect();
    assert_eq!(strings(&mut client, TABLES, &[SCHEMA]), names);
    assert_eq!(rows(&mut client, &tables), before);
}

/// Copies what a file holds into a database; tells why not.
fn not_taken_over(place: &Place) -> Option<StoreError> {
    let address = new_database()?;
    let file = place.folder().join(DATABASE_FILE);
    let source = Arc::new(SqliteStore::open_read_only(&file).unwrap());
    let store = PostgresStore::open(&address).unwrap();
    let error = store.take_over(source).unwrap_err();
    assert_eq!(PostgresStore::find(&address).unwrap(), None);
    assert_eq!(store.flaws().unwrap(), []);
    Some(error)
}

#[test]
fn a_copy_that_would_leave_something_out_is_refused() {
    for form in earlier() {
        let Some(error) = not_taken_over(&sqlite::place_of(form)) else {
            return;
        };
        assert!(
            matches!(error, StoreError::OtherForm { found, known: NEWEST_FORM } if found == form),
            "{error:?}"
        );
        assert!(error.to_string().contains("once with this"), "{error}");
    }
    let error = not_taken_over(&sqlite::later(1)).unwrap();
    assert!(error.to_string().contains("that upgraded it"), "{error}");
    let (address, _) = later(1).unwrap();
    let store = PostgresStore::open(&address).unwrap();
    let place = Place::new();
    let file = place.folder().join("backup.db");
    let error = store.backup_to(&file, &mut |_, _| {}).unwrap_err();
    assert!(matches!(error, StoreError::OtherForm { .. }), "{error:?}");
    assert_eq!(std::fs::read_dir(place.folder()).unwrap().count(), 0);
}

#[test]
fn a_backup_of_every_earlier_form_goes_into_a_database() {
    for form in earlier() {
        let Some(address) = new_database() else {
            return;
        };
        let (backup, other) = (sqlite::place_of(form), Place::new());
        let staged = stage(&backup.folder().join(DATABASE_FILE), &other.own()).unwrap();
        let store = PostgresStore::open(&address).unwrap();
        store.take_over(Arc::new(staged.open().unwrap())).unwrap();
        let expected = picture(&sqlite::place_of(form).open());
        assert_eq!(picture(&store), expected, "form {form}");
    }
}
