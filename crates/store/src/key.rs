//! How identifiers, accounts and words are written in every database: small numbers and 16 bytes.
//!
//! The numbers are part of the durable form; a number that was given is never given again.

use consort_kernel::digest::Digest;
use consort_kernel::effect::TimerKind;
use consort_kernel::id::{ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Account, Purpose};
use consort_kernel::stream::StreamId;

use crate::StoreError;
use crate::rules::refused;

/// The kinds of streams, in the order of their numbers, which is also that of [`StreamId`].
const STREAM_KINDS: [&str; 5] = ["network", "organisation", "contributor", "outcome", "task"];

/// The number of organisations among the kinds of streams.
pub(crate) const ORGANISATION: i64 = 2;
/// The number of tasks among the kinds of streams.
pub(crate) const TASK: i64 = 5;

/// The error for a stored value that nothing in this version could have written.
pub(crate) fn damaged(what: &str, value: i64) -> StoreError {
    StoreError::Damaged(format!("{value} is no {what}"))
}

/// A number as a database holds it.
pub(crate) fn integer(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| refused(format!("{value} does not fit into the database")))
}

/// A count of rows as a database holds it.
pub(crate) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// The number before which rows are wanted, as a database holds it; all of them, where none is said.
pub(crate) fn bound(before: Option<u64>) -> i64 {
    before.map_or(i64::MAX, |it| i64::try_from(it).unwrap_or(i64::MAX))
}

/// A stored number that is never negative.
pub(crate) fn natural(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| damaged("count", value))
}

/// The bytes of a kind and identifier.
pub(crate) const fn stream_key(stream: StreamId) -> (i64, [u8; 16]) {
    let (kind, bits) = match stream {
        StreamId::Network(id) => (1, id.bits()),
        StreamId::Organisation(id) => (ORGANISATION, id.bits()),
        StreamId::Contributor(id) => (3, id.bits()),
        StreamId::Outcome(id) => (4, id.bits()),
        StreamId::Task(id) => (TASK, id.bits()),
    };
    (kind, bits.to_be_bytes())
}

/// The stream with this kind and identifier.
pub(crate) fn stream(kind: i64, id: [u8; 16]) -> Result<StreamId, StoreError> {
    let bits = u128::from_be_bytes(id);
    match kind {
        1 => Ok(StreamId::Network(NetworkId::from_bits(bits))),
        ORGANISATION => Ok(StreamId::Organisation(OrganisationId::from_bits(bits))),
        3 => Ok(StreamId::Contributor(ContributorId::from_bits(bits))),
        4 => Ok(StreamId::Outcome(OutcomeId::from_bits(bits))),
        TASK => Ok(StreamId::Task(TaskId::from_bits(bits))),
        other => Err(damaged("kind of stream", other)),
    }
}

/// The number of a kind of stream, if there is such a kind.
pub(crate) fn kind_number(word: &str) -> Option<i64> {
    let place = STREAM_KINDS.iter().position(|kind| *kind == word)?;
    i64::try_from(place + 1).ok()
}

/// The word for a kind of stream.
pub(crate) fn kind_word(number: i64) -> Result<&'static str, StoreError> {
    usize::try_from(number - 1)
        .ok()
        .and_then(|place| STREAM_KINDS.get(place).copied())
        .ok_or_else(|| damaged("kind of stream", number))
}

/// The number of an account's role, and the stream that it belongs to.
pub(crate) const fn account_key(account: Account) -> (i64, Option<StreamId>) {
    match account {
        Account::Clearing => (1, None),
        Account::Funds(id) => (2, Some(StreamId::Organisation(id))),
        Account::Escrow(id) => (3, Some(StreamId::Outcome(id))),
        Account::Hold(id) => (4, Some(StreamId::Task(id))),
        Account::Payable(id) => (5, Some(StreamId::Contributor(id))),
        Account::Fee => (6, None),
        Account::Tax => (7, None),
    }
}

/// The account with this role and owner.
pub(crate) fn account(role: i64, owner: Option<StreamId>) -> Result<Account, StoreError> {
    match (role, owner) {
        (1, None) => Ok(Account::Clearing),
        (2, Some(StreamId::Organisation(id))) => Ok(Account::Funds(id)),
        (3, Some(StreamId::Outcome(id))) => Ok(Account::Escrow(id)),
        (4, Some(StreamId::Task(id))) => Ok(Account::Hold(id)),
        (5, Some(StreamId::Contributor(id))) => Ok(Account::Payable(id)),
        (6, None) => Ok(Account::Fee),
        (7, None) => Ok(Account::Tax),
        (other, _) => Err(damaged("account of its owner", other)),
    }
}

/// The number of a purpose.
pub(crate) const fn purpose_number(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::Deposit => 1,
        Purpose::Fund => 2,
        Purpose::Hold => 3,
        Purpose::Release => 4,
        Purpose::Pay => 5,
        Purpose::Fee => 6,
        Purpose::Tax => 7,
        Purpose::Refund => 8,
    }
}

/// The purpose with this number.
pub(crate) fn purpose(number: i64) -> Result<Purpose, StoreError> {
    Purpose::ALL
        .into_iter()
        .find(|purpose| purpose_number(*purpose) == number)
        .ok_or_else(|| damaged("purpose", number))
}

/// The number of a kind of timer.
pub(crate) const fn timer_number(kind: TimerKind) -> i64 {
    match kind {
        TimerKind::Offer => 1,
        TimerKind::Lease => 2,
        TimerKind::Review => 3,
        TimerKind::Deadline => 4,
    }
}

/// The kind of timer with this number.
pub(crate) fn timer_kind(number: i64) -> Result<TimerKind, StoreError> {
    match number {
        1 => Ok(TimerKind::Offer),
        2 => Ok(TimerKind::Lease),
        3 => Ok(TimerKind::Review),
        4 => Ok(TimerKind::Deadline),
        other => Err(damaged("kind of timer", other)),
    }
}

/// A stored digest.
pub(crate) const fn digest(bytes: [u8; 32]) -> Digest {
    Digest::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_kinds_keep_the_order_of_streams() {
        let streams = [
            StreamId::Network(NetworkId::from_bits(9)),
            StreamId::Organisation(OrganisationId::from_bits(8)),
            StreamId::Contributor(ContributorId::from_bits(7)),
            StreamId::Outcome(OutcomeId::from_bits(6)),
            StreamId::Task(TaskId::from_bits(5)),
            StreamId::Task(TaskId::from_bits(1 << 100)),
        ];
        assert!(streams.is_sorted(), "the fixture is in order");
        assert!(streams.map(stream_key).is_sorted());
        for one in streams {
            let (kind, id) = stream_key(one);
            assert_eq!(stream(kind, id).unwrap(), one);
            assert_eq!(kind_word(kind).unwrap(), one.kind());
            assert_eq!(kind_number(one.kind()), Some(kind));
        }
        assert!(stream(6, [0; 16]).is_err());
        assert_eq!(kind_number("dispute"), None);
    }

    #[test]
    fn every_account_and_purpose_is_read_as_it_was_written() {
        for one in [
            Account::Clearing,
            Account::Funds(OrganisationId::from_bits(1)),
            Account::Escrow(OutcomeId::from_bits(2)),
            Account::Hold(TaskId::from_bits(3)),
            Account::Payable(ContributorId::from_bits(4)),
            Account::Fee,
            Account::Tax,
        ] {
            let (role, owner) = account_key(one);
            assert_eq!(account(role, owner).unwrap(), one);
            assert_eq!((2..=4).contains(&role), one.is_guarded());
        }
        assert!(account(2, None).is_err());
        for one in Purpose::ALL {
            assert_eq!(purpose(purpose_number(one)).unwrap(), one);
        }
        assert!(purpose(9).is_err());
        for one in [
            TimerKind::Offer,
            TimerKind::Lease,
            TimerKind::Review,
            TimerKind::Deadline,
        ] {
            assert_eq!(timer_kind(timer_number(one)).unwrap(), one);
        }
        assert!(timer_kind(5).is_err());
    }
}
