//! Transients, by key.

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::PostgresStore;
use super::error::{Tried, get};
use super::key::read_digest;
use crate::{StoreError, Transient, Transients};

impl Transients for PostgresStore {
    fn put_transient(&self, transient: &Transient) -> Result<(), StoreError> {
        let transient = transient.clone();
        self.write(move |session| {
            session.change(
                "INSERT INTO transients (key, until, content) VALUES ($1, $2, $3)
                     ON CONFLICT (key) DO UPDATE SET until = excluded.until, content = excluded.content",
                &[
                    &transient.key.as_bytes().as_slice(),
                    &transient.until.as_millis(),
                    &transient.content,
                ],
            )?;
            Ok(())
        })
    }

    fn add_transient(&self, transient: &Transient, now: Timestamp) -> Result<bool, StoreError> {
        let transient = transient.clone();
        self.write(move |session| {
            let added = session.change(
                "INSERT INTO transients (key, until, content) VALUES ($1, $2, $3)
                     ON CONFLICT (key) DO UPDATE SET until = excluded.until, content = excluded.content
                     WHERE transients.until <= $4",
                &[
                    &transient.key.as_bytes().as_slice(),
                    &transient.until.as_millis(),
                    &transient.content,
                    &now.as_millis(),
                ],
            )?;
            Ok(added > 0)
        })
    }

    fn transient(&self, key: Digest) -> Result<Option<Transient>, StoreError> {
        self.read(move |session| {
            let found = session.optional(
                "SELECT key, until, content FROM transients WHERE key = $1",
                &[&key.as_bytes().as_slice()],
            )?;
            found.as_ref().map(read).transpose()
        })
    }

    fn take_transient(&self, key: Digest) -> Result<Option<Transient>, StoreError> {
        self.write(move |session| {
            let taken = session.optional(
                "DELETE FROM transients WHERE key = $1 RETURNING key, until, content",
                &[&key.as_bytes().as_slice()],
            )?;
            taken.as_ref().map(read).transpose()
        })
    }

    fn forget_transients(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(move |session| {
            session.change(
                "DELETE FROM transients WHERE until < $1",
                &[&before.as_millis()],
            )
        })
    }
}

fn read(row: &Row) -> Tried<Transient> {
    Ok(Transient {
        key: read_digest(row, 0)?,
        until: Timestamp::from_millis(get(row, 1)?),
        content: get(row, 2)?,
    })
}
