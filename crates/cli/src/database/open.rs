//! Opens a database that keeps a network, or one of its own for a measurement.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use consort_engine::clock::{Clock, SharedClock};
use consort_store::postgres::{PostgresStore, Scratch};
use consort_store::sqlite::SqliteStore;
use consort_store::{Identity, Store, StoreError};

/// What a network is kept in.
pub(crate) type Database = PostgresStore;

/// Opens the database that a URL names, with the clock of it, by which all servers on it measure
/// leases.
pub(crate) fn open(url: &str) -> Result<(Arc<Database>, Arc<dyn Clock>)> {
    let store = Arc::new(PostgresStore::open(url)?);
    let asked = Arc::downgrade(&store);
    let clock = SharedClock::start(move || match asked.upgrade() {
        Some(store) => store.now(),
        None => Err(StoreError::Failed("the database was closed".to_owned())),
    })?;
    Ok((store, clock))
}

/// Copies the network as it is now to a new file, and tells how many events of how many are copied.
pub(crate) fn back_up(
    store: &Database,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<()> {
    Ok(store.backup_to(target, progress)?)
}

/// The network in the database that a URL names and how many events it has, where there is one.
pub(crate) fn find(url: &str) -> Result<Option<(Identity, u64)>> {
    Ok(PostgresStore::find(url)?)
}

/// Moves a network out of a file into the empty database that a URL names.
pub(crate) fn take_over(url: &str, source: &Arc<SqliteStore>) -> Result<impl Store> {
    let store = PostgresStore::open(url)?;
    store.take_over(Arc::clone(source))?;
    Ok(store)
}

/// A database for one measurement, gone with this value.
pub(crate) struct Fresh(Scratch);

impl Fresh {
    /// Makes one at the server that a URL names.
    pub(crate) fn make(url: &str) -> Result<Self> {
        Ok(Self(Scratch::make(url)?))
    }

    /// A store over it.
    pub(crate) fn store(&self) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(PostgresStore::open(self.0.url())?))
    }

    /// How much it takes.
    pub(crate) fn bytes(&self) -> Result<u64> {
        Ok(self.0.bytes()?)
    }
}
