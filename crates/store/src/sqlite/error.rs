//! What SQLite's errors mean to a caller.

use rusqlite::{Error, ErrorCode};

use crate::StoreError;

/// The store's error for an error of SQLite.
pub(super) fn failed(error: &Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            StoreError::NotWritable(format!("there is no room left ({text})"))
        }
        Some(ErrorCode::ReadOnly) => StoreError::NotWritable(format!("it is read-only ({text})")),
        Some(ErrorCode::CannotOpen) => {
            StoreError::NotWritable(format!("the file cannot be opened ({text})"))
        }
        Some(ErrorCode::SystemIoFailure) => {
            StoreError::NotWritable(format!("the disk failed ({text})"))
        }
        Some(ErrorCode::PermissionDenied) => {
            StoreError::NotWritable(format!("it may not be opened ({text})"))
        }
        Some(ErrorCode::ConstraintViolation) => StoreError::Refused(text),
        // The statements are fixed, so one that cannot be run met another database than it was
        // written for: a table is missing, or a sum does not fit.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => {
            StoreError::Damaged(text)
        }
        _ => match error {
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::QueryReturnedNoRows
            | Error::SqlInputError { .. }
            | Error::Utf8Error(..) => StoreError::Damaged(text),
            _ => StoreError::Failed(text),
        },
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        failed(&error)
    }
}

/// The store's error for an error of SQLite in answer to `COMMIT`.
///
/// When the sync of the log file fails, its last frames may be on the disk or not: whether the
/// commit will be there after a crash is not known.
pub(super) fn failed_at_commit(error: &Error) -> StoreError {
    match error.sqlite_error() {
        Some(failure) if failure.code == ErrorCode::SystemIoFailure => {
            StoreError::Unknown(format!("the disk failed ({error})"))
        }
        _ => failed(error),
    }
}

/// The store's error for an error of the file system.
pub(super) fn not_writable(what: &str, error: &std::io::Error) -> StoreError {
    StoreError::NotWritable(format!("{what} ({error})"))
}

/// Whether the database refused a row, by a key, a check or a trigger.
pub(super) fn is_refusal(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    fn meaning(extended: i32) -> StoreError {
        failed(&Error::SqliteFailure(ffi::Error::new(extended), None))
    }

    #[test]
    fn errors_of_the_disk_say_that_nothing_can_be_written() {
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_IOERR,
            ffi::SQLITE_CANTOPEN,
        ] {
            assert!(
                matches!(meaning(code), StoreError::NotWritable(_)),
                "{code}"
            );
        }
        assert!(matches!(
            meaning(ffi::SQLITE_CONSTRAINT_CHECK),
            StoreError::Refused(_)
        ));
        assert!(matches!(
            meaning(ffi::SQLITE_CORRUPT),
            StoreError::Damaged(_)
        ));
        assert!(matches!(
            meaning(ffi::SQLITE_NOTADB),
            StoreError::Damaged(_)
        ));
        assert!(matches!(meaning(ffi::SQLITE_ERROR), StoreError::Damaged(_)));
        assert!(matches!(meaning(ffi::SQLITE_BUSY), StoreError::Failed(_)));
    }

    #[test]
    fn a_disk_that_fails_at_the_commit_leaves_it_unknown() {
        let failure = |code| Error::SqliteFailure(ffi::Error::new(code), None);
        assert!(matches!(
            failed_at_commit(&failure(ffi::SQLITE_IOERR_FSYNC)),
            StoreError::Unknown(_)
        ));
        assert!(matches!(
            failed_at_commit(&failure(ffi::SQLITE_FULL)),
            StoreError::NotWritable(_)
        ));
    }
}
