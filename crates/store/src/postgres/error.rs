//! What PostgreSQL's errors mean to a caller.

use std::error::Error as _;

use postgres::error::SqlState;
use postgres::types::FromSql;
use postgres::{Error, Row};

use crate::StoreError;

/// Why a call did not work out.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The connection is gone, and with it what it had not been told to commit.
    Lost(String),
    /// The database gave up on the transaction, for the sake of another one.
    Again(String),
    /// What a caller is told.
    Store(StoreError),
}

/// What a call came to.
pub(super) type Tried<T> = Result<T, Trouble>;

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let Some(said) = error.as_db_error() else {
            let is_broken = error
                .source()
                .is_some_and(|source| source.downcast_ref::<std::io::Error>().is_some());
            let text = with_source(&error);
            return if is_broken || error.is_closed() {
                Self::Lost(text)
            } else {
                Self::Store(StoreError::Failed(text))
            };
        };
        meaning(said.code(), said.message())
    }
}

/// What a code of PostgreSQL means.
fn meaning(code: &SqlState, message: &str) -> Trouble {
    let told = |error: fn(String) -> StoreError| Trouble::Store(error(message.to_owned()));
    let again = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ];
    // Too many connections are there for a moment, or until somebody reads the message.
    let lost = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::IDLE_SESSION_TIMEOUT,
    ];
    if again.contains(code) {
        return Trouble::Again(message.to_owned());
    }
    if lost.contains(code) || code.code().starts_with("08") {
        return Trouble::Lost(message.to_owned());
    }
    match code.code().get(..2).unwrap_or_default() {
        // A rule of the database, a sum that does not fit, or a text that it cannot hold.
        "23" | "22" => told(StoreError::Refused),
        "25" | "53" => told(StoreError::NotWritable),
        "XX" => told(StoreError::Damaged),
        _ if *code == SqlState::INSUFFICIENT_PRIVILEGE => told(StoreError::NotWritable),
        // The statements are fixed, so one that cannot be run met another database than it was
        // written for.
        "42" => told(StoreError::Damaged),
        _ => told(StoreError::Failed),
    }
}

/// Whether the database refused a row, by a key, a check or a trigger.
pub(super) const fn is_refusal(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Store(StoreError::Refused(_)))
}

/// A column of a row. One that holds something else than was written is damaged.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, place: usize) -> Tried<T> {
    row.try_get(place)
        .map_err(|error| StoreError::Damaged(with_source(&error)).into())
}

/// The error with what it came from, which its own text leaves out.
fn with_source(error: &Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_told_as_what_it_is_to_a_caller() {
        let refused = [
            SqlState::UNIQUE_VIOLATION,
            SqlState::CHECK_VIOLATION,
            SqlState::INTEGRITY_CONSTRAINT_VIOLATION,
            SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
        ];
        for code in refused {
            assert!(is_refusal(&meaning(&code, "")), "{code:?}");
        }
        for code in [SqlState::ADMIN_SHUTDOWN, SqlState::CONNECTION_FAILURE] {
            assert!(matches!(meaning(&code, ""), Trouble::Lost(_)), "{code:?}");
        }
        let deadlock = meaning(&SqlState::T_R_DEADLOCK_DETECTED, "");
        assert!(matches!(deadlock, Trouble::Again(_)));
        for (code, is_told) in [
            (SqlState::DISK_FULL, StoreError::NotWritable(String::new())),
            (
                SqlState::READ_ONLY_SQL_TRANSACTION,
                StoreError::NotWritable(String::new()),
            ),
            (
                SqlState::INSUFFICIENT_PRIVILEGE,
                StoreError::NotWritable(String::new()),
            ),
            (
                SqlState::UNDEFINED_TABLE,
                StoreError::Damaged(String::new()),
            ),
            (SqlState::DATA_CORRUPTED, StoreError::Damaged(String::new())),
            (
                SqlState::INVALID_PASSWORD,
                StoreError::Failed(String::new()),
            ),
        ] {
            let Trouble::Store(error) = meaning(&code, "") else {
                panic!("{code:?} is no answer to a caller");
            };
            assert_eq!(error.to_string(), is_told.to_string(), "{code:?}");
        }
    }
}
