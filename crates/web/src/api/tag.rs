//! Tags: which version of a thing an answer shows.
//!
//! A tag is strong: its version is that of the state, and its digest that of the answer, which also
//! depends on who asks and on what was erased. A change that names one in `If-Match` rests on that
//! version; a reader who has one already is sent nothing.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use consort_kernel::digest::Digest;
use serde::Serialize;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

use super::problem::Problem;
use crate::server::{Failure, Web};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// How many digits of the digest stand in a tag.
const DIGITS: usize = 16;

/// A thing as somebody sees it, with the version that it is at.
pub(super) struct Versioned<T> {
    pub(super) view: T,
    pub(super) version: u64,
}

/// The tags that whoever reads has already.
#[derive(Debug, Clone, Default)]
pub(super) struct Has(Vec<String>);

impl FromRequestParts<Arc<Web>> for Has {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let values = parts.headers.get_all(IF_NONE_MATCH).iter();
        let tags = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/").to_owned());
        Ok(Self(tags.collect()))
    }
}

impl IntoParams for Has {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = Parameter::builder()
            .name("If-None-Match")
            .parameter_in(ParameterIn::Header)
            .description(Some("The ETag that the reader has already."))
            .schema(Some(
                ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])),
            ));
        vec![parameter.build()]
    }
}

impl Has {
    /// Whether a tag is among them, compared as reading allows it: a weak one will do.
    fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|it| it == "*" || it == tag)
    }
}

impl<T: Serialize> Versioned<T> {
    /// The answer, with its tag; nothing but the tag where the reader has it already.
    pub(super) fn answer(&self, has: &Has) -> Result<Response, Problem> {
        let body = serde_json::to_vec(&self.view).map_err(|_| Failure::Broken)?;
        let digest = Digest::of(&body).to_string();
        let tag = format!("\"{}-{}\"", self.version, &digest[..DIGITS]);
        if has.has(&tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
        }
        let tag = HeaderValue::try_from(tag).map_err(|_| Failure::Broken)?;
        Ok(([(ETAG, tag), (CONTENT_TYPE, JSON)], body).into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_of_the_version_and_of_what_is_shown() {
        let tag = |view: &str, version| {
            let it = Versioned { view, version };
            let answer = it.answer(&Has::default()).ok().unwrap();
            answer.headers()[ETAG].to_str().unwrap().to_owned()
        };
        let known = tag("a", 7);
        assert!(known.starts_with("\"7-") && known == tag("a", 7));
        assert!(known != tag("b", 7) && known != tag("a", 8));
        for (has, status) in [
            (vec![known.clone()], StatusCode::NOT_MODIFIED),
            (vec!["\"6-x\"".to_owned(), known], StatusCode::NOT_MODIFIED),
            (vec!["*".to_owned()], StatusCode::NOT_MODIFIED),
            (vec!["\"7-\"".to_owned()], StatusCode::OK),
            (Vec::new(), StatusCode::OK),
        ] {
            let it = Versioned {
                view: "a",
                version: 7,
            };
            assert_eq!(it.answer(&Has(has)).ok().unwrap().status(), status);
        }
    }
}
