//! Connections: one that writes, and a few that read beside it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::Options;
use crate::StoreError;

/// Readers that are kept open; more are opened under load and closed after.
const IDLE_READERS_MAX: usize = 4;

/// Prepared statements that a connection keeps; there are fewer than this in all.
const STATEMENTS_MAX: usize = 96;

/// Pages are copied from the log file into the database after so many (16 MiB): rarely enough that
/// a page that is written often is copied once, often enough that opening stays quick.
const CHECKPOINT_PAGES: u32 = 4_000;

/// What the log file is cut back to after a burst.
const LOG_FILE_BYTES_MAX: u32 = 64 * 1024 * 1024;

/// Kibibytes of pages that the writer keeps in memory (negative, as SQLite wants it).
const WRITER_CACHE_KIB: i32 = -16 * 1024;

/// Where a database lies: its file, and what reaches the disk for SQLite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    file: PathBuf,
    /// The name of one of SQLite's virtual file systems; the operating system's own if there is none.
    vfs: Option<String>,
}

impl Location {
    /// A file that is reached through the operating system.
    pub(super) fn of(file: &Path) -> Self {
        Self::with(file, None)
    }

    pub(super) fn with(file: &Path, vfs: Option<String>) -> Self {
        Self {
            file: file.to_owned(),
            vfs,
        }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    fn open(&self, flags: OpenFlags) -> rusqlite::Result<Connection> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        match &self.vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(&self.file, flags, vfs.as_str()),
            None => Connection::open_with_flags(&self.file, flags),
        }
    }
}

/// Opens the connection that writes.
pub(super) fn open_writer(
    location: &Location,
    options: &Options,
) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = location.open(flags)?;
    let set = |name: &str, value: &dyn rusqlite::ToSql| {
        connection
            .pragma_update(None, name, value)
            .map_err(StoreError::from)
    };
    // SQLite answers with the mode that it stays in where it cannot have this one. In the others a
    // commit that was answered may go back when the power fails.
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Failed(format!(
            "the disk cannot keep a log file beside it (its mode stays {mode}). Put the data on a disk of this machine"
        )));
    }
    set("synchronous", &"FULL")?;
    let checkpoint_pages = options.checkpoint_pages.unwrap_or(CHECKPOINT_PAGES);
    set("wal_autocheckpoint", &checkpoint_pages)?;
    set("journal_size_limit", &LOG_FILE_BYTES_MAX)?;
    set("cache_size", &WRITER_CACHE_KIB)?;
    if let Some(pages) = options.pages_max {
        set("max_page_count", &pages)?;
    }
    prepare_for_statements(&connection)?;
    Ok(connection)
}

/// Opens a connection that can only read.
pub(super) fn open_reader(location: &Location) -> Result<Connection, StoreError> {
    let connection = location.open(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    prepare_for_statements(&connection)?;
    Ok(connection)
}

/// Lets statements be prepared once: without this guarantee SQLite plans a statement anew whenever
/// a parameter changes that a column's statistics could speak to, and there are none.
fn prepare_for_statements(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(())
}

/// What is read through: readers that wait to be used, or one that stays at its moment.
#[derive(Debug)]
pub(super) enum Readers {
    /// Each reads the latest.
    Latest {
        location: Location,
        idle: Mutex<Vec<Connection>>,
    },
    /// One transaction, which sees nothing of what is committed after it began.
    Moment(Mutex<Connection>),
}

impl Readers {
    pub(super) fn new(location: Location) -> Self {
        Self::Latest {
            location,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A reader for which it stays this moment.
    pub(super) fn at_this_moment(location: &Location) -> Result<Self, StoreError> {
        let connection = open_reader(location)?;
        connection.execute_batch("BEGIN")?;
        // A transaction stays at the moment of its first look.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(Self::Moment(Mutex::new(connection)))
    }

    /// Reads in one transaction, so that several statements see one moment.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (location, idle) = match self {
            Self::Latest { location, idle } => (location, idle),
            Self::Moment(connection) => {
                return work(&connection.lock().unwrap_or_else(PoisonError::into_inner));
            }
        };
        let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match waiting {
            Some(connection) => connection,
            None => open_reader(location)?,
        };
        let result = {
            let transaction = connection.unchecked_transaction()?;
            work(&transaction)
        };
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
        result
    }
}
