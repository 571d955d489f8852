//! Databases of every earlier form are brought to the newest one, with all that is in them.
//!
//! `kept` has a database of every form, for SQLite and for PostgreSQL, as the rows that the software of its
//! time wrote: each file was written out of a database that the store as it was then had filled with what
//! `content` says. No release had forms 1, 5 and 6 alone as its newest, nor 2 on PostgreSQL: those files are
//! by the software of the next form that was, without what came later. The tables are made by the
//! migrations, whose digests stand among the rows.
//!
//! A file is never changed. Whoever adds a form fills, in `content`, the tables that it makes, and runs
//! these tests: each finds no file of the newest form, writes it and fails; run again, it passes. As
//! long as a form is not released, its file may be deleted to have it written anew.

mod content;
#[cfg(feature = "postgres")]
mod postgres;
mod seen;
pub(crate) mod sqlite;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use consort_store::memory::MemoryStore;
use consort_store::sqlite::NEWEST_FORM;

use crate::fixture::{change, done, grant, stream};
use content::Keeps;
use seen::seen;

/// The rows of each table, as SQL writes them.
pub(crate) type Rows = BTreeMap<String, Vec<String>>;

/// A table and its columns.
#[derive(Debug)]
pub(crate) struct Table {
    name: String,
    columns: Vec<String>,
}

impl Table {
    /// The columns as they are named in a statement.
    fn names(&self) -> String {
        let quoted: Vec<_> = self.columns.iter().map(|it| format!("\"{it}\"")).collect();
        quoted.join(", ")
    }

    /// Each column in a call of this function.
    fn each_in(&self, function: &str, ending: &str) -> Vec<String> {
        let call = |column: &String| format!("{function}(\"{column}\"{ending})");
        self.columns.iter().map(call).collect()
    }
}

/// Every form that is not the newest.
pub(crate) fn earlier() -> std::ops::Range<u32> {
    1..NEWEST_FORM
}

fn file(backend: &str, form: u32) -> PathBuf {
    let name = format!("tests/contract/earlier/kept/{backend}/V{form}.sql");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The rows of a database that is kept, as statements.
fn kept(backend: &str, form: u32) -> String {
    let file = file(backend, form);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What makes the forms up to this one, as the files of the migrations say.
pub(crate) fn migrations(backend: &str, form: u32) -> Vec<String> {
    let folder = format!("{}/migrations/{backend}", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    let path = |form: u32| {
        let begin = format!("V{form}__");
        let mut paths = files.iter().map(|file| file.as_ref().unwrap().path());
        paths.find(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(&begin)
        })
    };
    let read = |form: u32| std::fs::read_to_string(path(form).unwrap()).unwrap();
    (1..=form).map(read).collect()
}

/// The file that keeps a database: one statement a table, one line a row.
fn statements(tables: &[Table], rows: &Rows) -> String {
    let mut text = String::new();
    for table in tables {
        let lines: Vec<_> = rows[&table.name]
            .iter()
            .map(|row| format!("({row})"))
            .collect();
        let (name, columns) = (&table.name, table.columns.join(", "));
        writeln!(text, "INSERT INTO {name} ({columns}) VALUES").unwrap();
        writeln!(text, "    {};", lines.join(",\n    ")).unwrap();
    }
    text
}

/// Writes the file of the newest form where it is missing, which fails the test that finds that.
fn keep(backend: &str, tables: &[Table], rows: &Rows) {
    let file = file(backend, NEWEST_FORM);
    if file.exists() {
        return;
    }
    every_table_has_rows(rows);
    std::fs::write(&file, statements(tables, rows)).unwrap();
    panic!("{} was written: read it, and commit it", file.display());
}

#[track_caller]
fn every_table_has_rows(rows: &Rows) {
    for (table, rows) in rows {
        assert!(
            !rows.is_empty(),
            "there is something of everything: {table}"
        );
    }
}

/// What was there is there in the same words; the forms that were applied have come to it.
#[track_caller]
fn rows_are_as_they_were(before: &Rows, after: &Rows) {
    for (table, rows) in before {
        if table == "forms" {
            assert_eq!(after[table].len(), NEWEST_FORM as usize);
            for row in rows {
                assert!(after[table].contains(row), "{row}");
            }
        } else {
            assert_eq!(&after[table], rows, "{table}");
        }
    }
}

/// The store, which was of this form, has all that was put into it.
#[track_caller]
pub(crate) fn has_all(store: &impl Keeps, form: u32) {
    let expected = MemoryStore::new();
    content::fill(&expected, 0, form);
    assert_eq!(seen(store), seen(&expected), "form {form}");
}

/// The store, which was of this form, has all that was put into it, holds what the newest form keeps
/// besides, and goes on.
#[track_caller]
fn has_all_and_goes_on(store: &impl Keeps, form: u32) {
    has_all(store, form);
    assert_eq!(store.flaws().unwrap(), [], "form {form}");
    let expected = MemoryStore::new();
    content::fill(&expected, 0, form);
    content::fill(&expected, form, NEWEST_FORM);
    content::fill(store, form, NEWEST_FORM);
    let mut next = change(stream(3), 1, 2);
    next.leases = vec![grant(3, 1, 900)];
    assert_eq!(done(store, &next), done(&expected, &next));
    assert_eq!(seen(store), seen(&expected), "form {form}");
    assert_eq!(store.flaws().unwrap(), [], "form {form}");
}
