//! A build without PostgreSQL: no database is opened.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Error, Result};
use consort_engine::clock::Clock;
use consort_store::sqlite::SqliteStore;
use consort_store::{Identity, Store};

use crate::exit::usage;

/// Says that there is none, and how to come by one.
fn left_out() -> Error {
    usage(
        "this build keeps networks in files alone; build it with PostgreSQL: cargo build --features full",
    )
}

/// What a network would be kept in.
pub(crate) type Database = SqliteStore;

/// Opens none.
pub(crate) fn open(_: &str) -> Result<(Arc<Database>, Arc<dyn Clock>)> {
    Err(left_out())
}

/// Copies none.
pub(crate) fn back_up(_: &Database, _: &Path, _: &mut dyn FnMut(u64, u64)) -> Result<()> {
    Err(left_out())
}

/// Finds nothing.
pub(crate) fn find(_: &str) -> Result<Option<(Identity, u64)>> {
    Err(left_out())
}

/// Moves nothing.
pub(crate) fn take_over(_: &str, _: &Arc<SqliteStore>) -> Result<SqliteStore> {
    Err(left_out())
}

/// A database that is never made.
pub(crate) enum Fresh {}

impl Fresh {
    /// Makes none.
    pub(crate) fn make(_: &str) -> Result<Self> {
        Err(left_out())
    }

    /// A store over none.
    pub(crate) const fn store(&self) -> Result<Arc<dyn Store>> {
        match *self {}
    }

    /// What none takes.
    pub(crate) const fn bytes(&self) -> Result<u64> {
        match *self {}
    }
}
