//! What a page says when something cannot be shown or done.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use consort_desk::DeskError;
use consort_engine::EngineError;
use consort_engine::artefact::ArtefactError;
use consort_kernel::rejection::{Rejection, RejectionKind};

use crate::page::shell;
use crate::right::Act;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody came in.
    #[error("you are not signed in")]
    NotIn,
    /// It is not there, or not for this visitor: the two look alike, so that nobody learns what is.
    #[error("there is nothing here for you")]
    NotHere,
    /// The policies give them no right to it.
    #[error("you may not {}: the policies give you no right to", .0.words())]
    NoRight(Act),
    /// What was sent makes no sense.
    #[error("{0}")]
    Misused(String),
    /// The rules refuse it.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The server itself broke.
    #[error("something broke here; it was not your doing")]
    Broken,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<ArtefactError> for Failure {
    fn from(error: ArtefactError) -> Self {
        Self::Desk(error.into())
    }
}

impl Failure {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::NotIn => StatusCode::UNAUTHORIZED,
            Self::NotHere => StatusCode::NOT_FOUND,
            Self::NoRight(_) => StatusCode::FORBIDDEN,
            Self::Misused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Desk(error) => of_desk(error),
        }
    }
}

const fn of_desk(error: &DeskError) -> StatusCode {
    match error {
        DeskError::Unknown(_) => StatusCode::NOT_FOUND,
        DeskError::NoPlaybook(_) | DeskError::NotHandedIn(_) => StatusCode::CONFLICT,
        DeskError::Problems { .. } | DeskError::CannotRead(..) | DeskError::NotOneFile(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        DeskError::NotCovered(_) => StatusCode::FORBIDDEN,
        DeskError::Unreadable(..) => StatusCode::INTERNAL_SERVER_ERROR,
        DeskError::Engine(error) => match error.rejection() {
            Some(rejection) => of_rejection(rejection),
            None => of_engine(error),
        },
    }
}

const fn of_engine(error: &EngineError) -> StatusCode {
    match error {
        EngineError::Busy | EngineError::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        EngineError::Artefact(ArtefactError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        EngineError::Lane(_)
        | EngineError::Store(_)
        | EngineError::Artefact(_)
        | EngineError::Check(_)
        | EngineError::NoEntropy(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

const fn of_rejection(rejection: &Rejection) -> StatusCode {
    match rejection.kind() {
        RejectionKind::NotFound => StatusCode::NOT_FOUND,
        RejectionKind::Denied => StatusCode::FORBIDDEN,
        RejectionKind::Conflict => StatusCode::CONFLICT,
        RejectionKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if matches!(self, Self::NotIn) {
            return Redirect::to("/sign-in").into_response();
        }
        let status = self.status();
        let why = if status.is_server_error() {
            // What broke is for the operator; a visitor is told that it is known.
            tracing::error!("{self}");
            "something broke here, and it is on record; try again in a moment".to_owned()
        } else {
            self.to_string()
        };
        (status, shell::failed(status, &why)).into_response()
    }
}

/// Where no route leads.
pub(super) async fn nowhere() -> Failure {
    Failure::NotHere
}
