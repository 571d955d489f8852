//! The forms that a database came in, oldest first, and the one rule by which a binary works with a
//! database or refuses it. How a form is applied is the matter of each kind of database.
//!
//! A form names the oldest form that a binary must know to work with it (`min_binary`). Whatever only
//! adds leaves that number as it was, so that binaries of before and after work on one database; only what
//! takes something away raises it. A binary refuses a database when the highest of these numbers is above
//! the newest form that it knows, and for no other newness.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;

use crate::StoreError;

/// One form of a database; the files of all kinds of databases have the same number and name.
#[derive(Debug)]
pub(crate) struct Migration {
    /// Its number.
    pub(crate) version: u32,
    /// Its name.
    pub(crate) name: &'static str,
    /// The oldest form that a binary must know to work with a database of this one.
    pub(crate) min_binary: u32,
    sqlite: &'static str,
    #[cfg(feature = "postgres")]
    postgres: &'static str,
}

/// A form, and the files that have its number and name.
macro_rules! form {
    ($version:literal, $name:literal, min_binary: $min_binary:literal) => {
        Migration {
            version: $version,
            name: $name,
            min_binary: $min_binary,
            sqlite: include_str!(concat!(
                "../migrations/sqlite/V",
                $version,
                "__",
                $name,
                ".sql"
            )),
            #[cfg(feature = "postgres")]
            postgres: include_str!(concat!(
                "../migrations/postgres/V",
                $version,
                "__",
                $name,
                ".sql"
            )),
        }
    };
}

/// Every form, in order; files are never changed once they are released.
pub(crate) const MIGRATIONS: [Migration; 9] = [
    form!(1, "first", min_binary: 1),
    form!(2, "personal_and_refusals", min_binary: 2),
    // Whoever does not know the table does not need it.
    form!(3, "passes", min_binary: 2),
    // Passes that were made before, and by whoever does not know the columns, have none of them.
    form!(4, "credentials", min_binary: 2),
    // Whoever does not know the tables sends nothing.
    form!(5, "webhooks", min_binary: 2),
    // Whoever does not know the table does not need it.
    form!(6, "views", min_binary: 2),
    // Whoever does not know the tables does not need them.
    form!(7, "remarks", min_binary: 2),
    // Whoever does not know the tables sends nothing.
    form!(8, "notices", min_binary: 2),
    // Whoever does not know the table does not need it.
    form!(9, "transients", min_binary: 2),
];

/// The newest form that this binary knows.
pub const NEWEST: u32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

impl Migration {
    /// What makes it on SQLite.
    pub(crate) const fn on_sqlite(&self) -> &'static str {
        self.sqlite
    }

    /// What makes it on PostgreSQL.
    #[cfg(feature = "postgres")]
    pub(crate) const fn on_postgres(&self) -> &'static str {
        self.postgres
    }
}

/// Which of the files of a form is meant.
pub(crate) type File = fn(&Migration) -> &'static str;

/// What a database says of a form that was applied to it.
#[derive(Debug)]
pub(crate) struct Applied {
    /// Its number.
    pub(crate) version: u32,
    /// Its name.
    pub(crate) name: String,
    /// The digest of the file that made it.
    pub(crate) digest: Vec<u8>,
    /// The oldest form that a binary must know since then.
    pub(crate) min_binary: u32,
}

/// Tells the form of a database by what was applied to it; refuses one that needs a newer binary, or
/// that was made by files that differ from these. It is 0 where nothing was applied.
pub(crate) fn check(applied: &[Applied], file: File) -> Result<u32, StoreError> {
    let needed = applied.iter().map(|form| form.min_binary).max();
    if let Some(needed) = needed.filter(|needed| *needed > NEWEST) {
        return Err(StoreError::TooNew {
            needed,
            known: NEWEST,
        });
    }
    for form in applied {
        let is_ours = known(form.version)
            .is_none_or(|known| Digest::of(file(known).as_bytes()).as_bytes() == &form.digest[..]);
        if !is_ours {
            return Err(StoreError::Damaged(format!(
                "form {} of the database was not made by this consort's own file",
                form.version
            )));
        }
    }
    Ok(applied.iter().map(|form| form.version).max().unwrap_or(0))
}

fn known(version: u32) -> Option<&'static Migration> {
    MIGRATIONS.iter().find(|form| form.version == version)
}

/// The forms that come after this one.
pub(crate) fn after(found: u32) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(move |form| form.version > found)
}

/// The forms that this binary knows, up to this one.
pub(crate) fn up_to(found: u32) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(move |form| form.version <= found)
}

/// Forms up to the one that was found that are not on record as they were applied.
pub(crate) fn off_record(applied: &[Applied], found: u32) -> Vec<String> {
    up_to(found)
        .filter(|known| {
            !applied.iter().any(|form| {
                form.version == known.version
                    && form.name == known.name
                    && form.min_binary == known.min_binary
            })
        })
        .map(|known| format!("form {} is not on record as it was applied", known.version))
        .collect()
}

/// Tables, indexes and rules by kind and name, with what makes each what it is.
pub(crate) type Objects = BTreeMap<(String, String), String>;

/// Where what a database keeps is not what its forms make. What a form added that this binary does not
/// know is no difference: tables, indexes and rules, and columns of tables that were there.
pub(crate) fn compare(expected: &Objects, kept: &Objects, found: u32) -> Vec<String> {
    let is_newer = found > NEWEST;
    let mut differences = Vec::new();
    for ((kind, name), made) in expected {
        match kept.get(&(kind.clone(), name.clone())) {
            Some(kept) if kept == made => {}
            Some(kept) if is_newer && kind == "table" && has_more_columns(made, kept) => {}
            Some(_) => differences.push(format!("the {kind} {name} is not as it was made")),
            None => differences.push(format!("the {kind} {name} is missing")),
        }
    }
    let added = kept.keys().filter(|key| !expected.contains_key(key));
    for (kind, name) in added.filter(|_| !is_newer) {
        differences.push(format!("the {kind} {name} was added by somebody"));
    }
    differences
}

/// Whether one definition of a table is the other one with something put in at one place, after a comma,
/// which is how columns are added.
fn has_more_columns(made: &str, kept: &str) -> bool {
    let same = made.bytes().zip(kept.bytes()).take_while(|(a, b)| a == b);
    let same = same.count();
    kept.len() > made.len()
        && (0..=same).any(|place| {
            kept.get(place..).is_some_and(|rest| rest.starts_with(','))
                && made.get(place..).is_some_and(|rest| kept.ends_with(rest))
        })
}
