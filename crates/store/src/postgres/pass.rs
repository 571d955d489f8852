//! Passes, by the digest of their secret.

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::PostgresStore;
use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, contributor_id, read_digest};
use crate::rules::refused;
use crate::{Pass, PassKind, Passes, StoreError};

impl Passes for PostgresStore {
    fn put_pass(&self, pass: &Pass) -> Result<(), StoreError> {
        let pass = pass.clone();
        self.write(move |session| put(session, &pass))
    }

    fn pass(&self, secret: Digest) -> Result<Option<Pass>, StoreError> {
        self.read(move |session| {
            let found = session.optional(
                "SELECT secret, kind, contributor, label, created, used, expires, leads_to, proved
                     FROM passes
                     WHERE secret = $1",
                &[&secret.as_bytes().as_slice()],
            )?;
            found.as_ref().map(read).transpose()
        })
    }

    fn use_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError> {
        self.write(move |session| {
            let used = session.change(
                "UPDATE passes SET used = greatest(used, $2) WHERE secret = $1",
                &[&secret.as_bytes().as_slice(), &at.as_millis()],
            )?;
            Ok(used == 1)
        })
    }

    fn prove_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError> {
        self.write(move |session| {
            let proved = session.change(
                "UPDATE passes SET proved = $2 WHERE secret = $1",
                &[&secret.as_bytes().as_slice(), &at.as_millis()],
            )?;
            Ok(proved == 1)
        })
    }

    fn end_pass(&self, secret: Digest) -> Result<bool, StoreError> {
        self.write(move |session| {
            let ended = session.change(
                "DELETE FROM passes WHERE secret = $1",
                &[&secret.as_bytes().as_slice()],
            )?;
            Ok(ended == 1)
        })
    }

    fn passes_of(&self, contributor: ContributorId) -> Result<Vec<Pass>, StoreError> {
        self.read(move |session| {
            let rows = session.rows(
                "SELECT secret, kind, contributor, label, created, used, expires, leads_to, proved
                     FROM passes WHERE contributor = $1 ORDER BY created, secret",
                &[&contributor_id(contributor)],
            )?;
            rows.iter().map(read).collect()
        })
    }

    fn passes_called(&self, label: &str) -> Result<Vec<Pass>, StoreError> {
        let label = label.to_owned();
        self.read(move |session| {
            let rows = session.rows(
                "SELECT secret, kind, contributor, label, created, used, expires, leads_to, proved
                     FROM passes WHERE label = $1 ORDER BY created, secret",
                &[&label],
            )?;
            rows.iter().map(read).collect()
        })
    }

    fn forget_passes(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(move |session| {
            session.change(
                "DELETE FROM passes WHERE expires < $1",
                &[&before.as_millis()],
            )
        })
    }
}

/// Keeps a new pass.
pub(super) fn put(session: &mut Session, pass: &Pass) -> Tried<()> {
    let kept = session.change(
        "INSERT INTO passes
                 (secret, kind, contributor, label, created, used, expires, leads_to, proved)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        &[
            &pass.secret.as_bytes().as_slice(),
            &number(pass.kind),
            &contributor_id(pass.contributor),
            &pass.label,
            &pass.created.as_millis(),
            &pass.used.as_millis(),
            &pass.expires.as_millis(),
            &pass.leads_to,
            &pass.proved.map(Timestamp::as_millis),
        ],
    )?;
    if kept == 1 {
        Ok(())
    } else {
        Err(refused("a pass with this secret is there already").into())
    }
}

fn read(row: &Row) -> Tried<Pass> {
    let moment = |place| get(row, place).map(Timestamp::from_millis);
    let kind: i16 = get(row, 1)?;
    Ok(Pass {
        secret: read_digest(row, 0)?,
        kind: match kind {
            1 => PassKind::Link,
            2 => PassKind::Session,
            _ => PassKind::Token,
        },
        contributor: ContributorId::from_bits(get::<Id>(row, 2)?.bits()),
        label: get(row, 3)?,
        created: moment(4)?,
        used: moment(5)?,
        expires: moment(6)?,
        leads_to: get(row, 7)?,
        proved: get::<Option<i64>>(row, 8)?.map(Timestamp::from_millis),
    })
}

const fn number(kind: PassKind) -> i16 {
    match kind {
        PassKind::Link => 1,
        PassKind::Session => 2,
        PassKind::Token => 3,
    }
}
