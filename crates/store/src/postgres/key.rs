//! Identifiers and arrays of them, as PostgreSQL takes them.

use std::error::Error;

use consort_kernel::id::{CommandId, ContributorId, OutcomeId, TaskId};
use consort_kernel::money::Account;
use consort_kernel::stream::StreamId;
use postgres::Row;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use super::error::{Tried, get};
use crate::{StoreError, key};

/// An identifier: 16 bytes, which PostgreSQL compares as we do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(pub(super) [u8; 16]);

impl Id {
    /// What comes before every identifier there is.
    pub(super) const FIRST: Self = Self([0; 16]);

    pub(super) const fn bits(self) -> u128 {
        u128::from_be_bytes(self.0)
    }
}

impl ToSql for Id {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    accepts!(UUID);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Id {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw.try_into()?))
    }

    accepts!(UUID);
}

pub(super) const fn task_id(task: TaskId) -> Id {
    Id(task.bits().to_be_bytes())
}

pub(super) const fn contributor_id(contributor: ContributorId) -> Id {
    Id(contributor.bits().to_be_bytes())
}

pub(super) const fn outcome_id(outcome: OutcomeId) -> Id {
    Id(outcome.bits().to_be_bytes())
}

pub(super) const fn command_id(command: CommandId) -> Id {
    Id(command.bits().to_be_bytes())
}

/// A number that counts kinds of something.
pub(super) fn small(number: i64) -> i16 {
    i16::try_from(number).expect("there are few kinds of anything")
}

/// The kind and identifier of a stream.
pub(super) fn stream_key(stream: StreamId) -> (i16, Id) {
    let (kind, id) = key::stream_key(stream);
    (small(kind), Id(id))
}

/// The owner of an account.
pub(super) fn owner_id(owner: Option<StreamId>) -> Option<Id> {
    owner.map(|stream| stream_key(stream).1)
}

/// The account with this role and owner, whose kind follows from the role.
pub(super) fn account_of(role: i16, owner: Option<Id>) -> Result<Account, StoreError> {
    let kind = match role {
        2 => "organisation",
        3 => "outcome",
        4 => "task",
        _ => "contributor",
    };
    let kind = key::kind_number(kind).unwrap_or_default();
    let owner = owner.map(|id| key::stream(kind, id.0)).transpose()?;
    key::account(role.into(), owner)
}

/// Streams as two columns.
#[derive(Debug, Default)]
pub(super) struct Streams {
    pub(super) kinds: Vec<i16>,
    pub(super) ids: Vec<Id>,
}

impl FromIterator<StreamId> for Streams {
    fn from_iter<T: IntoIterator<Item = StreamId>>(streams: T) -> Self {
        let (kinds, ids) = streams.into_iter().map(stream_key).unzip();
        Self { kinds, ids }
    }
}

/// Numbers as a column; one that does not fit refuses the whole.
pub(super) fn integers(numbers: impl IntoIterator<Item = u64>) -> Tried<Vec<i64>> {
    let numbers = numbers.into_iter().map(key::integer);
    Ok(numbers.collect::<Result<_, _>>()?)
}

/// A number that is looked for: one that does not fit is nowhere.
pub(super) fn sought(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(-1)
}

/// The stream whose kind and identifier stand from this column on.
pub(super) fn read_stream(row: &Row, place: usize) -> Tried<StreamId> {
    let kind: i16 = get(row, place)?;
    let id: Id = get(row, place + 1)?;
    Ok(key::stream(kind.into(), id.0)?)
}

/// A column of a number that is never negative.
pub(super) fn read_natural(row: &Row, place: usize) -> Tried<u64> {
    Ok(key::natural(get(row, place)?)?)
}

/// A column of a number below some thousands.
pub(super) fn read_short(row: &Row, place: usize) -> Tried<u16> {
    let number: i32 = get(row, place)?;
    u16::try_from(number).map_err(|_| key::damaged("short number", number.into()).into())
}

/// A column of a digest.
pub(super) fn read_digest(row: &Row, place: usize) -> Tried<consort_kernel::digest::Digest> {
    let bytes: &[u8] = get(row, place)?;
    let bytes: [u8; 32] = bytes
        .try_into()
        .map_err(|_| key::damaged("digest of 32 bytes", i64::from(bytes.len() > 32)))?;
    Ok(key::digest(bytes))
}
