//! Credentials, by kind and name.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use crate::rules::refused;
use crate::{Credential, CredentialKind, Credentials, StoreError};

const COLUMNS: &str = "kind, name, contributor, label, data, created, used";

impl Credentials for SqliteStore {
    fn put_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        self.writer()?
            .write(|connection, _| put(connection, credential))
    }

    fn credential(
        &self,
        kind: CredentialKind,
        name: &str,
    ) -> Result<Option<Credential>, StoreError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM credentials WHERE kind = ?1 AND name = ?2"
                ))?
                .query_row(params![number(kind), name], read)
                .optional()
                .map_err(StoreError::from)
        })
    }

    fn use_credential(
        &self,
        kind: CredentialKind,
        name: &str,
        data: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let used = connection
                .prepare_cached(
                    "UPDATE credentials SET used = max(used, ?4), data = ?3
                     WHERE kind = ?1 AND name = ?2",
                )
                .and_then(|mut it| it.execute(params![number(kind), name, data, at.as_millis()]))?;
            Ok(used == 1)
        })
    }

    fn end_credential(&self, kind: CredentialKind, name: &str) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let ended = connection
                .prepare_cached("DELETE FROM credentials WHERE kind = ?1 AND name = ?2")
                .and_then(|mut it| it.execute(params![number(kind), name]))?;
            Ok(ended == 1)
        })
    }

    fn credentials_of(&self, contributor: ContributorId) -> Result<Vec<Credential>, StoreError> {
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM credentials WHERE contributor = ?1
                 ORDER BY created, kind, name"
            ))?;
            let rows = select.query_map([bytes(contributor)], read)?;
            rows.collect::<Result<_, _>>().map_err(StoreError::from)
        })
    }
}

/// Keeps a new credential.
pub(super) fn put(connection: &Connection, credential: &Credential) -> Result<(), StoreError> {
    let kept = connection
        .prepare_cached(&format!(
            "INSERT INTO credentials ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO NOTHING"
        ))
        .and_then(|mut insert| {
            insert.execute(params![
                number(credential.kind),
                credential.name,
                bytes(credential.contributor),
                credential.label,
                credential.data,
                credential.created.as_millis(),
                credential.used.as_millis()
            ])
        })?;
    if kept == 1 {
        Ok(())
    } else {
        Err(refused("this credential is there already".to_owned()))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Credential> {
    let moment = |at| row.get(at).map(Timestamp::from_millis);
    Ok(Credential {
        kind: match row.get(0)? {
            1 => CredentialKind::Passkey,
            2 => CredentialKind::Identity,
            _ => CredentialKind::Password,
        },
        name: row.get(1)?,
        contributor: ContributorId::from_bits(u128::from_be_bytes(row.get(2)?)),
        label: row.get(3)?,
        data: row.get(4)?,
        created: moment(5)?,
        used: moment(6)?,
    })
}

const fn bytes(contributor: ContributorId) -> [u8; 16] {
    contributor.bits().to_be_bytes()
}

const fn number(kind: CredentialKind) -> i64 {
    match kind {
        CredentialKind::Passkey => 1,
        CredentialKind::Identity => 2,
        CredentialKind::Password => 3,
    }
}
