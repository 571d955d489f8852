//! The store on SQLite, inside the binary: one file, one writer, readers beside it.
//!
//! Every commit is synced before it is answered (`WAL` with `synchronous=FULL`). The database
//! itself refuses what must never be, by checks, keys and triggers: see the migrations. SQL stands
//! in this folder only, one file for each word.

mod acceptance;
mod backup;
mod batch;
mod commit;
mod connection;
mod credential;
mod error;
mod event;
mod flaw;
pub mod floor;
#[cfg(feature = "postgres")]
mod import;
mod lease;
mod listing;
mod log;
mod message;
mod migration;
mod names;
mod network;
mod notice;
mod ownership;
mod pass;
mod personal;
mod reaction;
mod receipt;
mod refusal;
mod remark;
mod state;
mod store;
mod timer;
mod transfer;
mod transient;
mod view;
mod webhook;

use std::path::Path;
use std::sync::{Mutex, MutexGuard};

pub use crate::migration::NEWEST as NEWEST_FORM;
pub use backup::{Staged, stage};
#[cfg(feature = "postgres")]
pub(crate) use import::write_copy;
pub use ownership::{Ownership, OwnershipError};

use consort_kernel::time::Timestamp;

use crate::{StoreError, key};
use batch::Together;
use commit::Writer;
use connection::{Location, Readers};
use names::Names;
use pass::Known;
use transient::Keeping;

/// The name of the database in a data directory.
pub const DATABASE_FILE: &str = "consort.db";

/// Choices for opening a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The most pages of 4 KiB that the database may have; a commit beyond them is refused as if
    /// the disk were full.
    pub pages_max: Option<u32>,
    /// After how many pages the log file is copied into the database; after a few thousand if it is
    /// not said.
    pub checkpoint_pages: Option<u32>,
    /// The name of the virtual file system by which SQLite reaches the disk, if it is not the
    /// operating system's: tests have a disk that fails.
    pub vfs: Option<String>,
}

/// A network in a SQLite database.
#[derive(Debug)]
pub struct SqliteStore {
    location: Location,
    /// Closed before the writer, because only the writer can clear the log file away at the end.
    readers: Readers,
    writer: Mutex<Writer>,
    /// Transients that are to be kept.
    keepings: Together<Keeping>,
    /// The passes that were shown lately.
    passes: Known,
    /// Keeps other processes away for as long as the store is open.
    ownership: Option<Ownership>,
}

impl SqliteStore {
    /// Opens the database of the data directory, makes it if it is not there, and brings it to the
    /// newest form.
    pub fn open(ownership: Ownership) -> Result<Self, StoreError> {
        Self::open_with(ownership, &Options::default())
    }

    /// Opens like [`SqliteStore::open`], with choices.
    pub fn open_with(ownership: Ownership, options: &Options) -> Result<Self, StoreError> {
        let file = ownership.directory().join(DATABASE_FILE);
        let location = Location::with(&file, options.vfs.clone());
        let mut connection = connection::open_writer(&location, options)?;
        migration::migrate(&mut connection)?;
        let readers = Readers::new(location.clone());
        Ok(Self::new(location, readers, connection, Some(ownership)))
    }

    /// Opens a database for reading only, as `doctor` does with a copy; every write is refused.
    /// Nothing is locked, so the owner may go on.
    pub fn open_read_only(file: &Path) -> Result<Self, StoreError> {
        let location = Location::of(file);
        let connection = connection::open_reader(&location)?;
        migration::check_as_it_is(&connection)?;
        let readers = Readers::new(location.clone());
        Ok(Self::new(location, readers, connection, None))
    }

    /// The database as it is now, for as long as the result is kept. The owner goes on, but the log
    /// file cannot be cleared away meanwhile.
    fn at_this_moment(&self) -> Result<Self, StoreError> {
        let readers = Readers::at_this_moment(&self.location)?;
        let no_writer = connection::open_reader(&self.location)?;
        Ok(Self::new(self.location.clone(), readers, no_writer, None))
    }

    /// The database's file.
    pub fn file(&self) -> &Path {
        self.location.file()
    }

    /// What SQLite, and the store's own cross-checks, find wrong with the database; nothing when
    /// all is well.
    pub fn integrity_check(&self) -> Result<Vec<String>, StoreError> {
        self.readers.read(backup::problems)
    }

    /// Writes a copy of the database as it is now to a new file. The copy is checked before it
    /// gets its name.
    pub fn backup_to(&self, target: &Path) -> Result<(), StoreError> {
        backup::write(&self.location, target)
    }

    fn new(
        location: Location,
        readers: Readers,
        connection: rusqlite::Connection,
        ownership: Option<Ownership>,
    ) -> Self {
        Self {
            location,
            readers,
            writer: Mutex::new(Writer {
                connection,
                names: Names::default(),
            }),
            keepings: Together::default(),
            passes: Known::default(),
            ownership,
        }
    }

    /// Whether this process alone writes to the database.
    const fn is_owner(&self) -> bool {
        self.ownership.is_some()
    }

    fn writer(&self) -> Result<MutexGuard<'_, Writer>, StoreError> {
        self.writer.lock().map_err(|_| {
            StoreError::Failed("a commit broke off in the middle: start again".to_owned())
        })
    }
}

/// A moment that a column may hold.
fn moment(row: &rusqlite::Row<'_>, place: usize) -> rusqlite::Result<Option<Timestamp>> {
    let millis: Option<i64> = row.get(place)?;
    Ok(millis.map(Timestamp::from_millis))
}
