//! Transients, by key.

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::SqliteStore;
use crate::{StoreError, Transient, Transients};

impl Transients for SqliteStore {
    fn put_transient(&self, transient: &Transient) -> Result<(), StoreError> {
        self.writer()?.write(|connection, _| {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO transients (key, until, content) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![
                    transient.key.as_bytes(),
                    transient.until.as_millis(),
                    transient.content
                ])?;
            Ok(())
        })
    }

    fn add_transient(&self, transient: &Transient, now: Timestamp) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let added = connection
                .prepare_cached(
                    "INSERT INTO transients (key, until, content) VALUES (?1, ?2, ?3)
                     ON CONFLICT (key) DO UPDATE SET until = excluded.until, content = excluded.content
                     WHERE transients.until <= ?4",
                )?
                .execute(params![
                    transient.key.as_bytes(),
                    transient.until.as_millis(),
                    transient.content,
                    now.as_millis()
                ])?;
            Ok(added > 0)
        })
    }

    fn transient(&self, key: Digest) -> Result<Option<Transient>, StoreError> {
        self.readers.read(|connection| {
            let found = connection
                .prepare_cached("SELECT key, until, content FROM transients WHERE key = ?1")?
                .query_row([key.as_bytes()], read);
            found.optional().map_err(StoreError::from)
        })
    }

    fn take_transient(&self, key: Digest) -> Result<Option<Transient>, StoreError> {
        self.writer()?.write(|connection, _| {
            let taken = connection
                .prepare_cached(
                    "DELETE FROM transients WHERE key = ?1 RETURNING key, until, content",
                )?
                .query_row([key.as_bytes()], read);
            taken.optional().map_err(StoreError::from)
        })
    }

    fn forget_transients(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.writer()?.write(|connection, _| {
            Ok(connection
                .prepare_cached("DELETE FROM transients WHERE until < ?1")
                .and_then(|mut it| it.execute([before.as_millis()]))?)
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Transient> {
    Ok(Transient {
        key: Digest::from_bytes(row.get(0)?),
        until: Timestamp::from_millis(row.get(1)?),
        content: row.get(2)?,
    })
}
