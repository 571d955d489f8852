//! Credentials, by kind and name.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::PostgresStore;
use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, contributor_id};
use crate::rules::refused;
use crate::{Credential, CredentialKind, Credentials, StoreError};

impl Credentials for PostgresStore {
    fn put_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        let credential = credential.clone();
        self.write(move |session| put(session, &credential))
    }

    fn credential(
        &self,
        kind: CredentialKind,
        name: &str,
    ) -> Result<Option<Credential>, StoreError> {
        let name = name.to_owned();
        self.read(move |session| {
            let found = session.optional(
                "SELECT kind, name, contributor, label, data, created, used FROM credentials
                     WHERE kind = $1 AND name = $2",
                &[&number(kind), &name],
            )?;
            found.as_ref().map(read).transpose()
        })
    }

    fn use_credential(
        &self,
        kind: CredentialKind,
        name: &str,
        data: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (name, data) = (name.to_owned(), data.to_owned());
        self.write(move |session| {
            let used = session.change(
                "UPDATE credentials SET used = greatest(used, $4), data = $3
                     WHERE kind = $1 AND name = $2",
                &[&number(kind), &name, &data, &at.as_millis()],
            )?;
            Ok(used == 1)
        })
    }

    fn end_credential(&self, kind: CredentialKind, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write(move |session| {
            let ended = session.change(
                "DELETE FROM credentials WHERE kind = $1 AND name = $2",
                &[&number(kind), &name],
            )?;
            Ok(ended == 1)
        })
    }

    fn credentials_of(&self, contributor: ContributorId) -> Result<Vec<Credential>, StoreError> {
        self.read(move |session| {
            let rows = session.rows(
                "SELECT kind, name, contributor, label, data, created, used FROM credentials
                     WHERE contributor = $1 ORDER BY created, kind, name",
                &[&contributor_id(contributor)],
            )?;
            rows.iter().map(read).collect()
        })
    }
}

/// Keeps a new credential.
pub(super) fn put(session: &mut Session, credential: &Credential) -> Tried<()> {
    let kept = session.change(
        "INSERT INTO credentials (kind, name, contributor, label, data, created, used)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[
            &number(credential.kind),
            &credential.name,
            &contributor_id(credential.contributor),
            &credential.label,
            &credential.data,
            &credential.created.as_millis(),
            &credential.used.as_millis(),
        ],
    )?;
    if kept == 1 {
        Ok(())
    } else {
        Err(refused("this credential is there already").into())
    }
}

fn read(row: &Row) -> Tried<Credential> {
    let moment = |place| get(row, place).map(Timestamp::from_millis);
    let kind: i16 = get(row, 0)?;
    Ok(Credential {
        kind: match kind {
            1 => CredentialKind::Passkey,
            2 => CredentialKind::Identity,
            _ => CredentialKind::Password,
        },
        name: get(row, 1)?,
        contributor: ContributorId::from_bits(get::<Id>(row, 2)?.bits()),
        label: get(row, 3)?,
        data: get(row, 4)?,
        created: moment(5)?,
        used: moment(6)?,
    })
}

const fn number(kind: CredentialKind) -> i16 {
    match kind {
        CredentialKind::Passkey => 1,
        CredentialKind::Identity => 2,
        CredentialKind::Password => 3,
    }
}
