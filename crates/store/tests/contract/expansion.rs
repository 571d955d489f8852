//! A form only adds, so that servers of the version before go on beside those that made it, or it says
//! that they cannot, by a higher `min_binary`.

use std::collections::{BTreeMap, BTreeSet};

use consort_store::sqlite::DATABASE_FILE;
use rusqlite::Connection;

use crate::fixture::Place;

/// What is in the way of a version that knows the tables only as they were before these statements:
/// whatever is not known to only add. What a form makes itself, it may do with as it likes.
fn contractions(sql: &str) -> Vec<String> {
    let statements = statements(sql);
    let made = made_by(&statements);
    let contracts = |statement: &&Vec<String>| !only_adds(statement, &made);
    let told = |statement: &Vec<String>| statement.join(" ");
    statements.iter().filter(contracts).map(told).collect()
}

/// The tables that these statements make.
fn made_by(statements: &[Vec<String>]) -> BTreeSet<String> {
    let name = |statement: &Vec<String>| match words(statement)[..] {
        ["create", "table", name, ..] => Some(name.to_owned()),
        _ => None,
    };
    statements.iter().filter_map(name).collect()
}

fn words(statement: &[String]) -> Vec<&str> {
    statement.iter().map(String::as_str).collect()
}

fn only_adds(statement: &[String], made: &BTreeSet<String>) -> bool {
    let words = words(statement);
    match words[..] {
        // Not with IF NOT EXISTS, which says nothing of what is there then.
        ["create", "table", name, ..] => name != "if",
        // What has to be unique, and what a rule forbids, an earlier version does not know of.
        ["create", "unique", "index", ..] | ["create", "trigger", ..] => {
            on(&words).is_some_and(|table| made.contains(table))
        }
        ["create", "index" | "function", ..] => true,
        ["insert", "into", table, ..] | ["alter", "table", table, ..] if made.contains(table) => {
            true
        }
        ["alter", "table", _, "add", "column", _, ref column @ ..] => adds_a_column(column),
        _ => false,
    }
}

/// The table that an index or a rule is on.
fn on<'a>(words: &[&'a str]) -> Option<&'a str> {
    let place = words.iter().position(|word| *word == "on")?;
    words.get(place + 1).copied()
}

/// Whether rows can go on being written without a column that is defined so.
fn adds_a_column(definition: &[&str]) -> bool {
    let has = |word: &str| definition.contains(&word);
    let is_needed = definition.windows(2).any(|pair| pair == ["not", "null"]);
    let is_bound = [
        "unique",
        "primary",
        "check",
        "references",
        "add",
        "drop",
        "alter",
        "rename",
    ];
    (!is_needed || has("default")) && !is_bound.into_iter().any(has)
}

/// The statements as words in small letters, without notes. What stands in a text, or is the body of a
/// function or a rule, is left out: it belongs to what is made.
fn statements(sql: &str) -> Vec<Vec<String>> {
    let mut statements = Vec::new();
    let mut statement: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    for token in tokens(sql) {
        match token.as_str() {
            "begin" | "case" => depth += 1,
            "end" => depth = depth.checked_sub(1).expect("what ends has begun"),
            ";" if depth == 0 => statements.push(std::mem::take(&mut statement)),
            _ if depth == 0 => statement.push(token),
            _ => {}
        }
    }
    assert_eq!(depth, 0, "what begins ends");
    assert!(statement.is_empty(), "the last statement is ended");
    statements
}

/// What begins and ends a note, a body, a text and a quoted name.
const QUOTES: [(&str, &str); 5] = [
    ("--", "\n"),
    ("/*", "*/"),
    ("$$", "$$"),
    ("'", "'"),
    ("\"", "\""),
];

fn tokens(sql: &str) -> Vec<String> {
    let sql = format!("{sql}\n");
    let mut tokens = Vec::new();
    let mut rest = sql.as_str();
    while let Some(first) = rest.chars().next() {
        let quoted = QUOTES.iter().find_map(|(open, close)| {
            let (inner, after) = rest.strip_prefix(open)?.split_once(close)?;
            Some((*open, inner, after))
        });
        if let Some((open, inner, after)) = quoted {
            if open == "\"" {
                tokens.push(inner.to_lowercase());
            }
            rest = after;
            continue;
        }
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let length = length.max(first.len_utf8());
        if !first.is_whitespace() {
            tokens.push(rest[..length].to_lowercase());
        }
        rest = &rest[length..];
    }
    tokens
}

/// The form that each form says a binary must know.
fn min_binaries() -> BTreeMap<u32, u32> {
    let place = Place::new();
    drop(place.open());
    let connection = Connection::open(place.folder().join(DATABASE_FILE)).unwrap();
    let sql = "SELECT version, min_binary FROM forms";
    let mut select = connection.prepare(sql).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_form_that_takes_something_away_says_which_binary_it_needs() {
    let needed = min_binaries();
    for (form, min_binary) in needed.range(2..) {
        let before = needed[&(form - 1)];
        assert!((before..=*form).contains(min_binary), "form {form}");
        for backend in ["sqlite", "postgres"] {
            let sql = crate::earlier::migrations(backend, *form).pop().unwrap();
            let found = contractions(&sql);
            assert!(
                found.is_empty() || *min_binary == *form,
                "form {form} on {backend} has to say that it needs binaries that know it, for: {found:#?}"
            );
        }
    }
}

#[test]
fn what_only_adds_is_told_from_what_does_not() {
    for (sql, only_adds) in [
        (
            "CREATE TABLE more (a INTEGER NOT NULL); CREATE UNIQUE INDEX u ON more (a);",
            true,
        ),
        ("CREATE INDEX i ON passes (label);", true),
        ("CREATE UNIQUE INDEX u ON passes (label);", false),
        ("ALTER TABLE passes ADD COLUMN a TEXT;", true),
        ("ALTER TABLE passes ADD COLUMN a TEXT NOT NULL;", false),
        (
            "ALTER TABLE passes ADD COLUMN a TEXT NOT NULL DEFAULT '';",
            true,
        ),
        (
            "ALTER TABLE passes ADD COLUMN a TEXT, DROP COLUMN label;",
            false,
        ),
        ("ALTER TABLE passes ADD COLUMN a INTEGER UNIQUE;", false),
        (
            "ALTER TABLE passes ADD CONSTRAINT a CHECK (used > 0);",
            false,
        ),
        ("ALTER TABLE passes RENAME COLUMN label TO name;", false),
        ("ALTER TABLE passes RENAME TO keys;", false),
        ("ALTER TABLE passes ALTER COLUMN used TYPE text;", false),
        (
            "ALTER TABLE passes ALTER COLUMN proved SET NOT NULL;",
            false,
        ),
        ("alter table passes\n  drop column label;", false),
        ("DROP TABLE passes;", false),
        ("DROP INDEX passes_of;", false),
        (
            "-- DROP TABLE passes;\nCREATE TABLE more (a TEXT DEFAULT 'DROP; it');",
            true,
        ),
        ("CREATE TABLE more (a TEXT); DROP TABLE passes;", false),
        ("DELETE FROM passes;", false),
        ("UPDATE passes SET label = '';", false),
        ("INSERT INTO passes VALUES (1);", false),
        (
            "CREATE TABLE more (a TEXT); INSERT INTO more VALUES ('a');",
            true,
        ),
        ("CREATE TABLE IF NOT EXISTS passes (a TEXT);", false),
        (
            "CREATE TABLE more (a TEXT);
             CREATE TRIGGER t BEFORE DELETE ON more BEGIN DELETE FROM more; END;",
            true,
        ),
        (
            "CREATE TRIGGER t BEFORE DELETE ON passes BEGIN SELECT RAISE(ABORT, 'never'); END;",
            false,
        ),
        (
            "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN DROP TABLE a; END $$;",
            true,
        ),
        (
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger AS $$ BEGIN END $$;",
            false,
        ),
    ] {
        assert_eq!(contractions(sql).is_empty(), only_adds, "{sql}");
    }
}
