//! What a page says when something cannot be shown or done.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use consort_desk::DeskError;
use consort_engine::artefact::ArtefactError;
use consort_engine::lane::LaneError;
use consort_engine::{Engine, EngineError};
use consort_kernel::event::Envelope;
use consort_kernel::rejection::{Rejection, RejectionKind};
use consort_kernel::stream::StreamId;
use consort_post::PostError;

use crate::page::shell;
use crate::right::Act;

/// How much is read of what was said of a request, in bytes.
const TEXT_MAX: usize = 2_000;
/// How much of what happened since is told, the latest of it.
const CHANGES_MAX: u64 = 20;

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
    /// More has happened to it than who asks has seen.
    #[error("{}", .0.words())]
    Moved(Arc<Since>),
    /// What has no history is not as it was when who asks saw it.
    #[error("it has changed since it was seen")]
    Changed,
    /// The server itself broke.
    #[error("something broke here; it was not your doing")]
    Broken,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<PostError> for Failure {
    fn from(error: PostError) -> Self {
        match error {
            PostError::NotHere => Self::NotHere,
            PostError::Moved => Self::Changed,
            PostError::Misused(why) => Self::Misused(why),
            PostError::Refused(rejection) => {
                EngineError::from(LaneError::Rejected(rejection)).into()
            }
            PostError::Engine(error) => error.into(),
            PostError::Unreadable(why) => {
                tracing::error!("{why}");
                Self::Broken
            }
        }
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
            Self::Moved(_) | Self::Changed => StatusCode::PRECONDITION_FAILED,
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
        DeskError::Unreadable(..) | DeskError::Archive(_) => StatusCode::INTERNAL_SERVER_ERROR,
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
    if matches!(rejection, Rejection::Moved { .. }) {
        return StatusCode::PRECONDITION_FAILED;
    }
    match rejection.kind() {
        RejectionKind::NotFound => StatusCode::NOT_FOUND,
        RejectionKind::Denied => StatusCode::FORBIDDEN,
        RejectionKind::Conflict => StatusCode::CONFLICT,
        RejectionKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// What happened to a thing since somebody saw it.
#[derive(Debug)]
pub(crate) struct Since {
    /// The thing.
    pub(crate) stream: StreamId,
    /// The version that it is at.
    pub(crate) is: u64,
    /// The version that was seen.
    seen: u64,
    /// What happened since, the oldest first; the latest of it, where it is much.
    pub(crate) changes: Vec<Envelope>,
}

impl Since {
    fn words(&self) -> String {
        let Self {
            stream, is, seen, ..
        } = self;
        let moved = Rejection::Moved {
            stream: *stream,
            seen: *seen,
            is: *is,
        };
        let names: Vec<String> = self.changes.iter().map(|it| it.event.name()).collect();
        format!("{moved}; since then: {}", names.join(", "))
    }
}

impl Failure {
    /// The same, with what happened since, where that is why.
    pub(crate) fn with_news(self, engine: &Engine) -> Self {
        let Self::Desk(DeskError::Engine(error)) = &self else {
            return self;
        };
        let Some(Rejection::Moved { stream, seen, is }) = error.rejection() else {
            return self;
        };
        let after = (*seen).max(is.saturating_sub(CHANGES_MAX));
        let changes = engine.since(*stream, after, usize::try_from(CHANGES_MAX).unwrap_or(0));
        match changes {
            Ok(changes) => Self::Moved(Arc::new(Since {
                stream: *stream,
                is: *is,
                seen: *seen,
                changes,
            })),
            Err(error) => error.into(),
        }
    }
}

/// A refusal as the kernel says it.
pub(crate) const fn rejected(rejection: Rejection) -> Failure {
    Failure::Desk(DeskError::Engine(EngineError::Lane(LaneError::Rejected(
        rejection,
    ))))
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if matches!(self, Self::NotIn) {
            let mut response = Redirect::to("/sign-in").into_response();
            response.extensions_mut().insert(SignedOut);
            return response;
        }
        let status = self.status();
        let why = if status.is_server_error() {
            // What broke is for the operator; a visitor is told that it is known.
            tracing::error!("{self}");
            "something broke here, and it is on record; try again in a moment".to_owned()
        } else {
            self.to_string()
        };
        let mut response = told(status, why);
        if let Self::Moved(since) = self {
            // For the page that keeps what was typed.
            response.extensions_mut().insert(since);
        }
        response
    }
}

/// That whoever asked was not in, for the page that keeps what they typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedOut;

/// Why a request was not carried out, for the page that keeps what was typed.
#[derive(Debug, Clone)]
pub(crate) struct Why(pub(crate) Arc<str>);

fn told(status: StatusCode, why: String) -> Response {
    let mut response = (status, shell::failed(status, &why)).into_response();
    response.extensions_mut().insert(Why(why.into()));
    response
}

/// The same answer, as a page where it was a line of text that no visitor is meant to read: what could not be
/// understood of an address, a form or a method.
pub(crate) async fn in_words(response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() || response.extensions().get::<Why>().is_some() {
        return response;
    }
    let content = response.headers().get(CONTENT_TYPE);
    let is_text = content.is_none_or(|it| it.as_bytes().starts_with(b"text/plain"));
    if !is_text {
        return response;
    }
    let allowed = response.headers().get(ALLOW).cloned();
    let text = to_bytes(response.into_body(), TEXT_MAX).await;
    let text = String::from_utf8(text.unwrap_or_default().into()).unwrap_or_default();
    let mut response = match status {
        StatusCode::METHOD_NOT_ALLOWED => told(
            status,
            "this address takes no request of this kind".to_owned(),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => told(status, "what was sent is too large".to_owned()),
        _ if text.starts_with("Invalid URL") => Failure::NotHere.into_response(),
        _ => told(status, unreadable(&text)),
    };
    let allowed = allowed.map(|allowed| (ALLOW, allowed));
    response.headers_mut().extend(allowed);
    response
}

/// What a form or a query lacks, from what its reader says of it.
fn unreadable(text: &str) -> String {
    let said = text.split_once(": ").map_or(text, |(_, said)| said);
    if let Some(field) = said.strip_prefix("missing field ") {
        return format!("the field {} was not sent", field.replace('`', "'"));
    }
    let (field, said) = said.split_once(": ").unwrap_or(("", said));
    let said = match said {
        "cannot parse integer from empty string" => {
            "a whole number is needed, and nothing was given"
        }
        "invalid digit found in string" => "what was given is no whole number",
        "number too large to fit in target type" => "the number is too large",
        other => other,
    };
    if field.is_empty() {
        said.to_owned()
    } else {
        format!("'{field}': {said}")
    }
}

/// Where no route leads.
pub(super) async fn nowhere() -> Failure {
    Failure::NotHere
}
