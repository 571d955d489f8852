//! Passes, by the digest of their secret.

mod known;

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::{SqliteStore, key};
use crate::rules::refused;
use crate::{Pass, PassKind, Passes, StoreError};
pub(super) use known::Known;

const COLUMNS: &str = "secret, kind, contributor, label, created, used, expires, leads_to, proved";

impl Passes for SqliteStore {
    fn put_pass(&self, pass: &Pass) -> Result<(), StoreError> {
        self.writer()?.write(|connection, _| put(connection, pass))
    }

    fn pass(&self, secret: Digest) -> Result<Option<Pass>, StoreError> {
        let missing = match self.passes.find(secret) {
            Ok(pass) => return Ok(Some(pass)),
            Err(missing) => missing,
        };
        let found = self.readers.read(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM passes WHERE secret = ?1"))?
                .query_row([secret.as_bytes()], read)
                .optional()
                .map_err(StoreError::from)
        })?;
        if let Some(pass) = found.as_ref().filter(|_| self.is_owner()) {
            self.passes.keep(pass, missing);
        }
        Ok(found)
    }

    fn known_pass(&self, secret: Digest) -> Option<Pass> {
        self.passes.find(secret).ok()
    }

    fn use_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError> {
        let used = self.writer()?.write(|connection, _| {
            let used = connection
                .prepare_cached("UPDATE passes SET used = max(used, ?2) WHERE secret = ?1")
                .and_then(|mut it| it.execute(params![secret.as_bytes(), at.as_millis()]))?;
            Ok(used == 1)
        });
        self.passes.forget(secret);
        used
    }

    fn prove_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError> {
        let proved = self.writer()?.write(|connection, _| {
            let proved = connection
                .prepare_cached("UPDATE passes SET proved = ?2 WHERE secret = ?1")
                .and_then(|mut it| it.execute(params![secret.as_bytes(), at.as_millis()]))?;
            Ok(proved == 1)
        });
        self.passes.forget(secret);
        proved
    }

    fn end_pass(&self, secret: Digest) -> Result<bool, StoreError> {
        let ended = self.writer()?.write(|connection, _| {
            let ended = connection
                .prepare_cached("DELETE FROM passes WHERE secret = ?1")
                .and_then(|mut it| it.execute([secret.as_bytes()]))?;
            Ok(ended == 1)
        });
        self.passes.forget(secret);
        ended
    }

    fn passes_of(&self, contributor: ContributorId) -> Result<Vec<Pass>, StoreError> {
        self.readers
            .read(|connection| those(connection, "contributor", bytes(contributor)))
    }

    fn passes_called(&self, label: &str) -> Result<Vec<Pass>, StoreError> {
        self.readers
            .read(|connection| those(connection, "label", label))
    }

    fn forget_passes(&self, before: Timestamp) -> Result<usize, StoreError> {
        let forgotten = self.writer()?.write(|connection, _| {
            Ok(connection
                .prepare_cached("DELETE FROM passes WHERE expires < ?1")
                .and_then(|mut it| it.execute([before.as_millis()]))?)
        });
        self.passes.forget_all();
        forgotten
    }
}

/// The passes with this value in a column, the oldest first.
fn those(
    connection: &Connection,
    column: &str,
    value: impl ToSql,
) -> Result<Vec<Pass>, StoreError> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM passes WHERE {column} = ?1 ORDER BY created, secret"
    ))?;
    let rows = select.query_map([value], read)?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}

/// Keeps a new pass.
pub(super) fn put(connection: &Connection, pass: &Pass) -> Result<(), StoreError> {
    let kept = connection
        .prepare_cached(
            "INSERT INTO passes
                 (secret, kind, contributor, label, created, used, expires, leads_to, proved)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        )
        .and_then(|mut insert| {
            insert.execute(params![
                pass.secret.as_bytes(),
                number(pass.kind),
                bytes(pass.contributor),
                pass.label,
                pass.created.as_millis(),
                pass.used.as_millis(),
                pass.expires.as_millis(),
                pass.leads_to,
                pass.proved.map(Timestamp::as_millis)
            ])
        })?;
    if kept == 1 {
        Ok(())
    } else {
        Err(refused(
            "a pass with this secret is there already".to_owned(),
        ))
    }
}

/// Ends the links and sessions of an earlier epoch: one that was used or ended since the backup must
/// not come back. Tokens stay, for programs have no other.
pub(super) fn end_of_epoch(connection: &Connection) -> Result<(), StoreError> {
    let there = "SELECT 1 FROM sqlite_schema WHERE name = 'passes'";
    if connection.prepare(there)?.exists([])? {
        connection.execute("DELETE FROM passes WHERE kind <> 3", [])?;
    }
    // What was begun in those sessions is begun anew.
    let there = "SELECT 1 FROM sqlite_schema WHERE name = 'transients'";
    if connection.prepare(there)?.exists([])? {
        connection.execute("DELETE FROM transients", [])?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Pass> {
    let moment = |at| row.get(at).map(Timestamp::from_millis);
    Ok(Pass {
        secret: key::digest(row.get(0)?),
        kind: match row.get(1)? {
            1 => PassKind::Link,
            2 => PassKind::Session,
            _ => PassKind::Token,
        },
        contributor: ContributorId::from_bits(u128::from_be_bytes(row.get(2)?)),
        label: row.get(3)?,
        created: moment(4)?,
        used: moment(5)?,
        expires: moment(6)?,
        leads_to: row.get(7)?,
        proved: row.get::<_, Option<i64>>(8)?.map(Timestamp::from_millis),
    })
}

const fn bytes(contributor: ContributorId) -> [u8; 16] {
    contributor.bits().to_be_bytes()
}

const fn number(kind: PassKind) -> i64 {
    match kind {
        PassKind::Link => 1,
        PassKind::Session => 2,
        PassKind::Token => 3,
    }
}
