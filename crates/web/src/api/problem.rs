//! Problems: how the API says no, after RFC 9457.
//!
//! The type is a stable address under which its meaning can be read; `detail` says what happened
//! this time, `hint` what to do, and `errors` where in the request.

use std::collections::BTreeMap;
use std::fmt;

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use consort_desk::DeskError;
use consort_engine::EngineError;
use consort_kernel::event::Envelope;
use consort_kernel::rejection::Rejection;
use serde::Serialize;
use utoipa::openapi::{self, ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

pub(super) use crate::server::rejected;

use super::kind::KINDS;
use crate::server::Failure;

/// The media type of a problem.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
/// Under which the meaning of each kind is served.
pub(super) const TYPES: &str = "/api/problems/";

/// Why a request was not carried out.
#[derive(Debug)]
pub(crate) struct Problem {
    why: Why,
    /// Where in the request, as a JSON pointer.
    pointer: Option<String>,
}

#[derive(Debug)]
enum Why {
    /// The same as on a page.
    Failed(Failure),
    /// No token, or one that is over.
    NoToken,
    /// A body, a query or an address that cannot be read.
    Unreadable(String),
    /// An address that takes other requests than this one.
    OtherMethod,
    /// More than a request may carry.
    TooLarge,
    /// Only a person's session may do this.
    SessionNeeded,
    /// A request that has to carry an `Idempotency-Key`, without one.
    KeyNeeded,
    /// Too many requests; after so many seconds there is room again.
    TooMany(u64),
    /// So many of so many were done before something came between.
    Halfway(usize, usize, Box<Failure>),
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Told {
    /// What kind of problem it is: an address under which its meaning can be read.
    #[serde(rename = "type")]
    #[schema(example = "/api/problems/stale_lease")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What happened this time.
    detail: String,
    /// What to do.
    hint: &'static str,
    /// Where in the request the fault lies, where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
    /// What happened since the version that the request rests on, the latest of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
}

impl IntoResponses for Told {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let form = Ref::from_schema_name(Self::name());
        let content = ContentBuilder::new().schema(Some(form)).build();
        let told = ResponseBuilder::new().content("application/problem+json", content);
        BTreeMap::from([("default".to_owned(), told.build().into())])
    }
}

/// Something that happened since.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Change {
    /// The version that it led to.
    version: u64,
    /// What happened.
    #[schema(example = "task.submitted")]
    event: String,
    /// Who asked for it: a contributor, or `engine`.
    by: String,
    /// When.
    at: String,
}

impl Change {
    fn of(envelope: &Envelope) -> Self {
        Self {
            version: envelope.version,
            event: envelope.event.name(),
            by: envelope.principal.to_string(),
            at: envelope.recorded_at.to_string(),
        }
    }
}

/// A place in a request and what is wrong there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// A JSON pointer (RFC 6901) as a fragment.
    #[schema(example = "#/content")]
    pointer: String,
    /// What is wrong there.
    detail: String,
}

impl Problem {
    /// No token, or one that is over.
    pub(super) const fn no_token() -> Self {
        Self {
            why: Why::NoToken,
            pointer: None,
        }
    }

    /// A token came where only a person's session may.
    pub(super) const fn session_needed() -> Self {
        Self {
            why: Why::SessionNeeded,
            pointer: None,
        }
    }

    /// An address that takes other requests.
    pub(super) const fn other_method() -> Self {
        Self {
            why: Why::OtherMethod,
            pointer: None,
        }
    }

    /// A request without the key that it needs.
    pub(super) const fn key_needed() -> Self {
        Self {
            why: Why::KeyNeeded,
            pointer: None,
        }
    }

    /// Something in the request that cannot be read, at a JSON pointer where that is known.
    pub(super) const fn unreadable(what: String, pointer: Option<String>) -> Self {
        Self {
            why: Why::Unreadable(what),
            pointer,
        }
    }

    /// A body that could not be taken in.
    pub(super) fn of_body(error: &BytesRejection) -> Self {
        let why = if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Why::TooLarge
        } else {
            Why::Unreadable(error.body_text())
        };
        Self { why, pointer: None }
    }

    /// More bytes than are taken at once.
    pub(super) const fn too_large() -> Self {
        Self {
            why: Why::TooLarge,
            pointer: None,
        }
    }

    /// Too many requests.
    pub(super) const fn too_many(seconds: u64) -> Self {
        Self {
            why: Why::TooMany(seconds),
            pointer: None,
        }
    }

    /// The same, at a place in the request: a JSON pointer.
    pub(super) fn at(self, pointer: String) -> Self {
        Self {
            pointer: Some(pointer),
            ..self
        }
    }

    /// The same, where what it is about stands at a place in the request.
    pub(super) fn within(self, place: &str) -> Self {
        let pointer = self.pointer.unwrap_or_default();
        Self {
            pointer: Some(format!("{place}{pointer}")),
            ..self
        }
    }

    /// Whether it says no to what was asked, and nothing broke.
    pub(super) fn is_refusal(&self) -> bool {
        self.status().is_client_error()
    }

    /// The same, after so many of so many were done.
    pub(super) fn halfway(self, done: usize, of: usize) -> Self {
        let why = match self.why {
            Why::Failed(failure) => Why::Halfway(done, of, Box::new(failure)),
            other => other,
        };
        Self { why, ..self }
    }

    fn code(&self) -> &'static str {
        match &self.why {
            Why::NoToken | Why::Failed(Failure::NotIn) => "unauthenticated",
            Why::SessionNeeded => "session_needed",
            Why::KeyNeeded => "key_needed",
            Why::Unreadable(_) => "unreadable",
            Why::OtherMethod => "other_method",
            Why::TooLarge => "too_large",
            Why::TooMany(_) => "too_many_requests",
            Why::Halfway(..) => "halfway",
            Why::Failed(Failure::NotHere) => "not_found",
            Why::Failed(Failure::NoRight(_)) => "no_right",
            Why::Failed(Failure::Misused(_)) => "invalid",
            Why::Failed(Failure::Moved(_) | Failure::Changed) => "moved",
            Why::Failed(Failure::Desk(DeskError::Engine(error))) => match error.rejection() {
                Some(rejection) => rejection.code(),
                None if matches!(error, EngineError::Busy | EngineError::Stopped) => "busy",
                None => self.by_status(),
            },
            Why::Failed(Failure::Desk(_) | Failure::Broken) => self.by_status(),
        }
    }

    fn by_status(&self) -> &'static str {
        match self.status() {
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::FORBIDDEN => "not_allowed",
            StatusCode::CONFLICT => "wrong_phase",
            StatusCode::PRECONDITION_FAILED => "moved",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            status if status.is_client_error() => "invalid",
            _ => "broken",
        }
    }

    fn status(&self) -> StatusCode {
        match &self.why {
            Why::NoToken => StatusCode::UNAUTHORIZED,
            Why::SessionNeeded => StatusCode::FORBIDDEN,
            Why::Unreadable(_) | Why::KeyNeeded => StatusCode::BAD_REQUEST,
            Why::OtherMethod => StatusCode::METHOD_NOT_ALLOWED,
            Why::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Why::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Why::Halfway(..) => StatusCode::CONFLICT,
            Why::Failed(failure) => failure.status(),
        }
    }

    fn faults(&self) -> Vec<Fault> {
        let pointer = match (&self.why, &self.pointer) {
            (_, Some(pointer)) => pointer.clone(),
            (Why::Failed(Failure::Desk(DeskError::Engine(error))), None) => {
                match error.rejection() {
                    Some(Rejection::Invalid { field, .. }) => field.replace('.', "/"),
                    _ => return Vec::new(),
                }
            }
            _ => return Vec::new(),
        };
        vec![Fault {
            pointer: format!("#/{}", pointer.trim_start_matches('/')),
            detail: self.to_string(),
        }]
    }

    fn told(&self) -> Told {
        let status = self.status();
        let code = self.code();
        let kind = KINDS
            .iter()
            .find(|it| it.code == code)
            .expect("every code has its kind");
        Told {
            kind: format!("{TYPES}{code}"),
            title: kind.title,
            status: status.as_u16(),
            detail: if status == StatusCode::INTERNAL_SERVER_ERROR {
                // What broke is for the operator.
                tracing::error!("{self}");
                kind.title.to_owned()
            } else {
                self.to_string()
            },
            hint: kind.hint,
            errors: self.faults(),
            changes: match &self.why {
                Why::Failed(Failure::Moved(since)) => {
                    since.changes.iter().map(Change::of).collect()
                }
                _ => Vec::new(),
            },
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::Failed(failure) => failure.fmt(out),
            Why::NoToken => out.write_str("the request carries no token that lets anybody in"),
            Why::SessionNeeded => out.write_str("a token never signs, whoever it works for"),
            Why::KeyNeeded => out.write_str("the request has no 'Idempotency-Key'"),
            Why::Unreadable(what) => out.write_str(what),
            Why::OtherMethod => out.write_str("this address takes no request of this kind"),
            Why::TooLarge => out.write_str("the body is longer than this route takes"),
            Why::TooMany(seconds) => write!(out, "there is room again in {seconds} s"),
            Why::Halfway(done, of, failure) => {
                write!(
                    out,
                    "{done} of {of} are done, and then something came between: {failure}"
                )
            }
        }
    }
}

impl<E: Into<Failure>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self {
            why: Why::Failed(error.into()),
            pointer: None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.told())).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        match self.why {
            Why::NoToken => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Why::TooMany(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            Why::Failed(_)
            | Why::Unreadable(_)
            | Why::SessionNeeded
            | Why::KeyNeeded
            | Why::OtherMethod
            | Why::TooLarge
            | Why::Halfway(..) => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_between_says_how_much_is_done_and_how_it_goes_on() {
        let refused = || Problem::from(Failure::Misused("it is over".to_owned()));
        let told = refused()
            .at("/tasks/400".to_owned())
            .halfway(400, 450)
            .told();
        assert_eq!(
            (told.status, told.kind.as_str()),
            (409, "/api/problems/halfway")
        );
        assert!(
            told.detail.starts_with("400 of 450 are done") && told.detail.ends_with("it is over")
        );
        assert!(told.hint.contains("the same Idempotency-Key"));
        assert_eq!(told.errors[0].pointer, "#/tasks/400");
        // What broke is no refusal: it is asked again as it was.
        assert!(refused().is_refusal() && !Problem::from(Failure::Broken).is_refusal());
    }
}
