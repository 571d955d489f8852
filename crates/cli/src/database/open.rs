//! Opens a database that keeps a network, or one of its own for a measurement.

use std::sync::Arc;

use anyhow::Result;
use consort_engine::clock::{Clock, SharedClock};
use consort_store::postgres::{PostgresStore, Scratch};
use consort_store::sqlite::SqliteStore;
use consort_store::{Store, StoreError};

/// Opens the database that a URL names, with the clock of it, by which all servers on it measure
/// leases.
pub(crate) fn open(url: &str) -> Result<(Arc<PostgresStore>, Arc<dyn Clock>)> {
    let store = Arc::new(PostgresStore::open(url)?);
    let asked = Arc::downgrade(&store);
    let clock = SharedClock::start(move || match asked.upgrade() {
        Some(store) => store.now(),
        None => Err(StoreError::Failed("the database was closed".to_owned())),
    })?;
    Ok((store, clock))
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
