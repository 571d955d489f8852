//! Connections: one that writes, and a few that read beside it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

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

/// Opens the connection that writes.
pub(super) fn open_writer(file: &Path, pages_max: Option<u32>) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    let set = |name: &str, value: &dyn rusqlite::ToSql| {
        connection
            .pragma_update(None, name, value)
            .map_err(StoreError::from)
    };
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    set("synchronous", &"FULL")?;
    set("wal_autocheckpoint", &CHECKPOINT_PAGES)?;
    set("journal_size_limit", &LOG_FILE_BYTES_MAX)?;
    set("cache_size", &WRITER_CACHE_KIB)?;
    if let Some(pages) = pages_max {
        set("max_page_count", &pages)?;
    }
    prepare_for_statements(&connection)?;
    Ok(connection)
}

/// Opens a connection that can only read.
pub(super) fn open_reader(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
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
        file: PathBuf,
        idle: Mutex<Vec<Connection>>,
    },
    /// One transaction, which sees nothing of what is committed after it began.
    Moment(Mutex<Connection>),
}

impl Readers {
    pub(super) fn new(file: &Path) -> Self {
        Self::Latest {
            file: file.to_owned(),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A reader for which it stays this moment.
    pub(super) fn at_this_moment(file: &Path) -> Result<Self, StoreError> {
        let connection = open_reader(file)?;
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
        let (file, idle) = match self {
            Self::Latest { file, idle } => (file, idle),
            Self::Moment(connection) => {
                return work(&connection.lock().unwrap_or_else(PoisonError::into_inner));
            }
        };
        let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match waiting {
            Some(connection) => connection,
            None => open_reader(file)?,
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
