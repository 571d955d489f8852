//! Exit codes: what a script can go by.

use std::io;

use consort_desk::DeskError;
use consort_engine::EngineError;
use consort_engine::artefact::ArtefactError;
use consort_engine::lane::LaneError;
use consort_kernel::rejection::{Rejection, RejectionKind};
use consort_store::StoreError;
use consort_store::sqlite::OwnershipError;

/// Something is wrong, or could not be done.
pub(crate) const FAILED: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// What was asked for is not there.
pub(crate) const NOT_FOUND: u8 = 3;
/// It is in another state than this needs.
pub(crate) const CONFLICT: u8 = 4;
/// Somebody else may do this.
pub(crate) const DENIED: u8 = 5;
/// The data cannot be read or written, as on a full disk; the number is that of `sysexits.h`.
pub(crate) const DISK: u8 = 74;
/// Later it may go better, or somebody has to do something first; the number is that of
/// `sysexits.h`.
pub(crate) const TRY_AGAIN: u8 = 75;
/// Ctrl-C, as shells have it.
pub(crate) const INTERRUPTED: u8 = 130;

/// The text of `--help` about exit codes.
pub(crate) const HELP: &str = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, \
4 in another state, 5 not allowed, 74 the data cannot be read or written, 75 somebody has to do \
something first or try again, 130 interrupted.";

/// The code for an error.
pub(crate) fn number(error: &anyhow::Error) -> u8 {
    if let Some(exit) = error.downcast_ref::<Exit>() {
        return exit.0;
    }
    if let Some(error) = error.downcast_ref::<EngineError>() {
        return of_engine(error);
    }
    if let Some(error) = error.downcast_ref::<DeskError>() {
        return of_desk(error);
    }
    if let Some(rejection) = error.downcast_ref::<Rejection>() {
        return of_rejection(rejection);
    }
    if let Some(error) = error.downcast_ref::<OwnershipError>() {
        return match error {
            OwnershipError::Owned { .. } => TRY_AGAIN,
            OwnershipError::Unusable { .. } => DISK,
        };
    }
    if error.downcast_ref::<StoreError>().is_some() {
        return DISK;
    }
    if let Some(error) = error.downcast_ref::<ArtefactError>() {
        return of_artefact(error);
    }
    let of_disk = error.downcast_ref::<io::Error>().is_some_and(is_of_disk);
    if of_disk { DISK } else { FAILED }
}

/// Whether somebody who read our words has stopped reading, which is no failure.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn of_engine(error: &EngineError) -> u8 {
    match error {
        EngineError::Lane(LaneError::Rejected(rejection)) => of_rejection(rejection),
        EngineError::Lane(LaneError::Store(_)) | EngineError::Store(_) => DISK,
        EngineError::Lane(LaneError::Busy) | EngineError::Busy | EngineError::Stopped => TRY_AGAIN,
        EngineError::Artefact(error) => of_artefact(error),
        EngineError::Lane(LaneError::Quarantined(_))
        | EngineError::Check(_)
        | EngineError::NoEntropy(_) => FAILED,
    }
}

fn of_desk(error: &DeskError) -> u8 {
    match error {
        DeskError::Engine(error) => of_engine(error),
        DeskError::Unknown(_) => NOT_FOUND,
        DeskError::NoPlaybook(_)
        | DeskError::Problems { .. }
        | DeskError::CannotRead(..)
        | DeskError::NotOneFile(_) => USAGE,
        DeskError::Archive(_) => FAILED,
        DeskError::Unreadable(..) => DISK,
        DeskError::NotHandedIn(_) => CONFLICT,
        DeskError::NotCovered(_) => DENIED,
    }
}

const fn of_artefact(error: &ArtefactError) -> u8 {
    match error {
        ArtefactError::Missing(_) | ArtefactError::Damaged(_) | ArtefactError::Disk { .. } => DISK,
        ArtefactError::TooLarge { .. } => USAGE,
    }
}

/// Whether it is the disk, and not what was asked of it.
fn is_of_disk(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
    )
}

const fn of_rejection(rejection: &Rejection) -> u8 {
    match rejection.kind() {
        RejectionKind::NotFound => NOT_FOUND,
        RejectionKind::Denied => DENIED,
        RejectionKind::Conflict => CONFLICT,
        RejectionKind::Invalid => USAGE,
    }
}

/// An error with a code of its own; it is the context of what went wrong.
#[derive(Debug)]
pub(crate) struct Exit(pub(crate) u8, pub(crate) String);

impl std::fmt::Display for Exit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.1)
    }
}

impl std::error::Error for Exit {}

/// An error with this code.
pub(crate) fn with_code(code: u8, text: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Exit(code, text.into()))
}

/// An error about the command line.
pub(crate) fn usage(text: impl Into<String>) -> anyhow::Error {
    with_code(USAGE, text)
}

/// An error about something that is not there.
pub(crate) fn not_found(text: impl Into<String>) -> anyhow::Error {
    with_code(NOT_FOUND, text)
}
