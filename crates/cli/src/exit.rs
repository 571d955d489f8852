//! Exit codes: what a script can go by.

use consort_engine::EngineError;
use consort_kernel::rejection::Rejection;
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
/// Later it may go better.
pub(crate) const TRY_AGAIN: u8 = 75;

/// The text of `--help` about exit codes.
pub(crate) const HELP: &str = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, \
4 in another state, 5 not allowed, 75 try again.";

/// The code for an error.
pub(crate) fn number(error: &anyhow::Error) -> u8 {
    if let Some(error) = error.downcast_ref::<EngineError>() {
        return match error {
            EngineError::Busy => TRY_AGAIN,
            other => other.rejection().map_or(FAILED, of_rejection),
        };
    }
    if let Some(rejection) = error.downcast_ref::<Rejection>() {
        return of_rejection(rejection);
    }
    if error.downcast_ref::<OwnershipError>().is_some() {
        return TRY_AGAIN;
    }
    error.downcast_ref::<Exit>().map_or(FAILED, |exit| exit.0)
}

const fn of_rejection(rejection: &Rejection) -> u8 {
    match rejection {
        Rejection::NotFound(_) => NOT_FOUND,
        Rejection::NotAllowed { .. }
        | Rejection::OwnWork(_)
        | Rejection::NotEligible { .. }
        | Rejection::NotOpened { .. }
        | Rejection::RiskNeedsMore { .. }
        | Rejection::BeyondPreApproval(_)
        | Rejection::Stopped(_) => DENIED,
        Rejection::Exists(_)
        | Rejection::WrongPhase { .. }
        | Rejection::AlreadyClaimed { .. }
        | Rejection::StaleLease { .. }
        | Rejection::NotEnoughMoney { .. }
        | Rejection::OtherAsset { .. }
        | Rejection::Changed(_)
        | Rejection::IdReused => CONFLICT,
        Rejection::Invalid { .. }
        | Rejection::LimitReached { .. }
        | Rejection::NotCovered { .. }
        | Rejection::UnknownDependency { .. }
        | Rejection::TooOld(_) => USAGE,
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

/// An error about the command line.
pub(crate) fn usage(text: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Exit(USAGE, text.into()))
}

/// An error about something that is not there.
pub(crate) fn not_found(text: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Exit(NOT_FOUND, text.into()))
}
