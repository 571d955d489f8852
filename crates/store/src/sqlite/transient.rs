//! Transients, by key.

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use crate::{StoreError, Transient, Transients};

impl Transients for SqliteStore {
    fn put_transient(&self, transient: &Transient) -> Result<(), StoreError> {
        self.keep(transient, None).map(|_| ())
    }

    fn add_transient(&self, transient: &Transient, now: Timestamp) -> Result<bool, StoreError> {
        self.keep(transient, Some(now))
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

/// One that is to be kept: in place of whatever is there, or of what is over at a moment.
#[derive(Debug, Clone)]
pub(super) struct Keeping {
    transient: Transient,
    unless: Option<Timestamp>,
}

impl SqliteStore {
    /// Keeps one, in one commit with those of others who come at the same time; tells whether it is kept.
    fn keep(&self, transient: &Transient, unless: Option<Timestamp>) -> Result<bool, StoreError> {
        let keeping = Keeping {
            transient: transient.clone(),
            unless,
        };
        self.keepings.write(
            keeping,
            || self.writer(),
            |writer, all| writer.write(|connection, _| keep_all(connection, all)),
        )
    }
}

/// Keeps these, in their order; tells of each whether it is kept.
pub(super) fn keep_all(
    connection: &Connection,
    keepings: &[&Keeping],
) -> Result<Vec<bool>, StoreError> {
    let kept = keepings.iter().map(|it| keep(connection, it));
    kept.collect()
}

fn keep(connection: &Connection, keeping: &Keeping) -> Result<bool, StoreError> {
    let Transient {
        key,
        until,
        content,
    } = &keeping.transient;
    let (key, until) = (key.as_bytes(), until.as_millis());
    // Whatever is there is over at the end of time.
    let now = keeping.unless.map_or(i64::MAX, Timestamp::as_millis);
    let kept = connection
        .prepare_cached(
            "INSERT INTO transients (key, until, content) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET until = excluded.until, content = excluded.content
             WHERE transients.until <= ?4",
        )?
        .execute(params![key, until, content, now])?;
    Ok(kept > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Transient> {
    Ok(Transient {
        key: Digest::from_bytes(row.get(0)?),
        until: Timestamp::from_millis(row.get(1)?),
        content: row.get(2)?,
    })
}
