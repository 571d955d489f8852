//! Backups, restoring them, and what is wrong with a database.
//!
//! A copy is written beside its final place, checked, synced and only then named, so that a file
//! with the right name is always a whole one.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::connection::{self, Location};
use super::error::not_writable;
use super::{DATABASE_FILE, Options, Ownership, SqliteStore, flaw, migration, network, pass};
use crate::{Identity, StoreError};

/// All pages in one step: the copy is of one moment, and the writer is not in its way.
const ALL_PAGES: i32 = -1;

/// What a database that was replaced by a backup is called.
const REPLACED_SUFFIX: &str = "before-restore";

/// How many of them are kept, so that the search for a name ends.
const REPLACED_MAX: u32 = 1_000;

/// What the names of a database's log files end with.
const LOG_SUFFIXES: [&str; 2] = ["-wal", "-shm"];

/// Cross-checks of tables that must agree; each finds how many rows do not.
const CROSS_CHECKS: [(&str, &str); 5] = [
    (
        "events are missing from the log or the log from events",
        "SELECT abs((SELECT size FROM log) - (SELECT count(*) FROM events))
            + abs((SELECT size FROM log) - (SELECT coalesce(max(position), 0) FROM events))",
    ),
    (
        "streams whose state has not the version of their last event",
        "SELECT count(*) FROM (SELECT stream, max(version) AS version FROM events GROUP BY stream)
            AS e LEFT JOIN states AS t ON t.stream = e.stream
            WHERE t.version IS NOT e.version",
    ),
    (
        "accounts whose balance is not the sum of their transfers",
        "SELECT count(*) FROM (
            SELECT role, owner, asset, sum(amount) AS folded FROM (
                SELECT to_role AS role, to_owner AS owner, asset, amount FROM transfers
                UNION ALL SELECT from_role, from_owner, asset, -amount FROM transfers
                UNION ALL SELECT role, owner, asset, -balance FROM balances
            ) WHERE role BETWEEN 2 AND 4 GROUP BY role, owner, asset
        ) WHERE folded <> 0",
    ),
    (
        "payouts without an acceptance",
        "SELECT count(*) FROM transfers
            WHERE purpose BETWEEN 5 AND 7 AND task NOT IN (SELECT task FROM acceptances)",
    ),
    (
        "rows that name an unknown stream",
        "SELECT count(*) FROM (
            SELECT stream FROM events UNION ALL SELECT stream FROM states
            UNION ALL SELECT stream FROM receipts UNION ALL SELECT task FROM leases
            UNION ALL SELECT task FROM acceptances UNION ALL SELECT stream FROM transfers
        ) WHERE stream NOT IN (SELECT number FROM streams)",
    ),
];

/// What is wrong with the database; nothing when all is well.
pub(super) fn problems(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut problems = flaw::torn_pages(connection)?;
    if !problems.is_empty() {
        return Ok(problems);
    }
    for (what, sql) in CROSS_CHECKS {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        if count != 0 {
            problems.push(format!("{what}: {count}"));
        }
    }
    Ok(problems)
}

/// Copies the database as it is now to a new file.
pub(super) fn write(source: &Location, target: &Path) -> Result<(), StoreError> {
    refuse_existing(target)?;
    let part = Part::beside(target)?;
    copy(&connection::open_reader(source)?, &part)?;
    part.name(target)
}

/// Copies a backup beside the database of a data directory, checked and in a new epoch of its
/// network, so that whatever still works for the old one will be fenced off. Nothing is replaced
/// yet.
pub fn stage(backup: &Path, ownership: &Ownership) -> Result<Staged, StoreError> {
    let target = ownership.directory().join(DATABASE_FILE);
    let source = connection::open_reader(&Location::of(backup))?;
    migration::check_as_it_is(&source)?;
    let part = Part::beside(&target)?;
    copy(&source, &part)?;
    let identity = begin_epoch(&part.file, replaced_epoch(&target))?;
    Ok(Staged {
        part,
        target,
        identity,
    })
}

/// A backup that only has to be put in its place; dropped, it goes away.
#[derive(Debug)]
pub struct Staged {
    part: Part,
    target: PathBuf,
    identity: Identity,
}

impl Staged {
    /// The network, in its new epoch.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Reads it where it waits, brought to the newest form.
    pub fn open(&self) -> Result<SqliteStore, StoreError> {
        migration::migrate(&mut open_copy(&self.part.file)?)?;
        SqliteStore::open_read_only(&self.part.file)
    }

    /// Puts it in place. A database that was there is kept beside it, under the name that comes back.
    pub fn put_in_place(self) -> Result<Option<PathBuf>, StoreError> {
        let kept = set_aside(&self.target)?;
        self.part.name(&self.target)?;
        Ok(kept)
    }
}

/// A copy that is not finished; dropped before it has its name, it goes away.
#[derive(Debug)]
pub(super) struct Part {
    file: PathBuf,
}

impl Part {
    pub(super) fn beside(target: &Path) -> Result<Self, StoreError> {
        let file = beside(target, "part");
        remove_if_there(&file)?;
        Ok(Self { file })
    }

    /// Where it is written.
    #[cfg(feature = "postgres")]
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Gives the finished copy its name, durably.
    pub(super) fn name(self, target: &Path) -> Result<(), StoreError> {
        let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        sync(&self.file)
            .and_then(|()| std::fs::rename(&self.file, target))
            .and_then(|()| sync(folder.unwrap_or(Path::new("."))))
            .map_err(|error| not_writable("the copy cannot be finished", &error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // One that has its name is not there any more; one that stays is removed by the next copy.
        std::fs::remove_file(&self.file).ok();
    }
}

/// Copies a database into a file of its own, without a log file beside it, and checks it.
fn copy(source: &Connection, part: &Part) -> Result<(), StoreError> {
    let mut copy = open_copy(&part.file)?;
    let step = Backup::new(source, &mut copy).and_then(|backup| backup.step(ALL_PAGES))?;
    if step != StepResult::Done {
        return Err(StoreError::Failed(
            "the database is locked by another program".to_owned(),
        ));
    }
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    check(&copy)
}

/// Refuses a copy that is not whole.
pub(super) fn check(copy: &Connection) -> Result<(), StoreError> {
    let problems = problems(copy)?;
    if problems.is_empty() {
        Ok(())
    } else {
        Err(StoreError::Damaged(format!(
            "a copy was made but not kept: {}",
            problems.join("; ")
        )))
    }
}

pub(super) fn open_copy(part: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    Connection::open_with_flags(part, flags).map_err(StoreError::from)
}

fn begin_epoch(part: &Path, replaced: u64) -> Result<Identity, StoreError> {
    let connection = open_copy(part)?;
    let Some(identity) = network::find(&connection)? else {
        return Err(StoreError::Damaged(
            "the backup holds no network".to_owned(),
        ));
    };
    let epoch = identity.epoch.max(replaced) + 1;
    network::begin_epoch(&connection, epoch)?;
    pass::end_of_epoch(&connection)?;
    Ok(Identity { epoch, ..identity })
}

/// The epoch of the database that is about to be replaced, as far as it can still be read.
fn replaced_epoch(target: &Path) -> u64 {
    let found = connection::open_reader(&Location::of(target)).and_then(|old| network::find(&old));
    found.ok().flatten().map_or(0, |identity| identity.epoch)
}

/// Keeps the database under another name, which it tells. It also keeps its own until the copy takes
/// that over, so that there is a database at every moment.
fn set_aside(target: &Path) -> Result<Option<PathBuf>, StoreError> {
    let kept = free_name(target)?;
    fold_log_file(target);
    // What is left of a log file belongs to a database that cannot be opened, and must not be
    // taken for the new one's.
    for suffix in LOG_SUFFIXES {
        let left = with_suffix(target, suffix);
        if left.exists() {
            keep(&left, &with_suffix(&kept, suffix), |old, new| {
                std::fs::rename(old, new)
            })?;
        }
    }
    if !target.exists() {
        return Ok(None);
    }
    keep(target, &kept, |old, new| {
        // Not every file system has second names.
        std::fs::hard_link(old, new).or_else(|_| std::fs::rename(old, new))
    })?;
    Ok(Some(kept))
}

/// The first name beside the database that no earlier restore took.
fn free_name(target: &Path) -> Result<PathBuf, StoreError> {
    let name = |number: u32| match number {
        1 => beside(target, REPLACED_SUFFIX),
        _ => beside(target, &format!("{REPLACED_SUFFIX}-{number}")),
    };
    let is_free = |name: &PathBuf| {
        let parts = LOG_SUFFIXES.map(|suffix| with_suffix(name, suffix));
        !name.exists() && parts.iter().all(|part| !part.exists())
    };
    (1..=REPLACED_MAX).map(name).find(is_free).ok_or_else(|| {
        StoreError::NotWritable(format!(
            "{REPLACED_MAX} replaced databases are kept beside {}",
            target.display()
        ))
    })
}

fn keep(
    old: &Path,
    new: &Path,
    how: impl FnOnce(&Path, &Path) -> std::io::Result<()>,
) -> Result<(), StoreError> {
    refuse_existing(new)?;
    how(old, new).map_err(|error| not_writable("the old database cannot be set aside", &error))
}

/// Brings what stands in the log file into the database, if it can still be opened; closing the
/// last connection does that.
fn fold_log_file(target: &Path) {
    if target.exists() {
        let folded = connection::open_writer(&Location::of(target), &Options::default())
            .map(|old| old.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())));
        drop(folded);
    }
}

pub(super) fn refuse_existing(target: &Path) -> Result<(), StoreError> {
    if target.exists() {
        return Err(StoreError::NotWritable(format!(
            "{} is there already, and is not overwritten",
            target.display()
        )));
    }
    Ok(())
}

fn remove_if_there(part: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(not_writable("an unfinished copy is in the way", &error))
        }
        _ => Ok(()),
    }
}

fn beside(target: &Path, word: &str) -> PathBuf {
    with_suffix(target, &format!(".{word}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
