//! Tags: which version of a thing an answer shows.
//!
//! A tag is strong: its version is that of the state, and its digest that of the answer, which also
//! depends on who asks and on what was erased. A change that names one in `If-Match` rests on that
//! version; a reader who has one already is sent nothing.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use consort_kernel::digest::Digest;
use serde::Serialize;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

use super::problem::Problem;
use crate::key::Seen;
use crate::server::{Failure, Web};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// How many digits of the digest stand in a tag.
const DIGITS: usize = 16;
/// How many tags `If-Match` names at the most: more than anybody remembers of one thing.
const TAGS_MAX: usize = 16;
/// The version that nothing has.
const NOTHING: u64 = 0;

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

/// How `If-Match` stands in the document.
pub(super) struct Unchanged;

impl IntoParams for Unchanged {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        // RFC 9110, 8.8.3 and 13.1.1; places in the list may be empty (5.6.1.2).
        let tag = "(W/)?\"[!#-~]*\"";
        let pattern = format!(
            "^(\\*|[, ]*{tag}( *,[, ]*{tag}){{0,{}}}[, ]*)$",
            TAGS_MAX - 1
        );
        let form = ObjectBuilder::new().schema_type(Type::String);
        let parameter = Parameter::builder()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "An ETag that was seen: nothing may have happened since.",
            ))
            .schema(Some(form.pattern(Some(pattern))));
        vec![parameter.build()]
    }
}

/// The versions that `If-Match` names, by the tags that answers gave.
pub(super) fn seen(headers: &HeaderMap) -> Result<Seen, Problem> {
    let mut versions = Vec::new();
    for value in headers.get_all(IF_MATCH) {
        let text = value.to_str().map_err(|_| not_tags())?.trim();
        if text == "*" {
            return Ok(Seen::Whatever);
        }
        versions.extend(versions_in(text).ok_or_else(not_tags)?);
    }
    if versions.len() > TAGS_MAX {
        let what = format!("If-Match names {TAGS_MAX} ETags at the most");
        return Err(Problem::unreadable(what, None));
    }
    match (versions.is_empty(), headers.contains_key(IF_MATCH)) {
        (false, _) => Ok(Seen::Versions(versions)),
        (true, false) => Ok(Seen::Whatever),
        (true, true) => Err(not_tags()),
    }
}

/// That what `If-Match` says names no version.
fn not_tags() -> Problem {
    let what = "If-Match is an ETag as an answer gave it, in its quotation marks, several of them with \
                commas between, or *";
    Problem::unreadable(what.to_owned(), None)
}

/// The versions in a list of tags; none where it is no such list. What stands between quotation marks may
/// have commas in it.
fn versions_in(list: &str) -> Option<Vec<u64>> {
    let mut versions = Vec::new();
    let mut rest = list.trim_start_matches([',', ' ', '\t']);
    while !rest.is_empty() {
        let (is_weak, tag) = match rest.strip_prefix("W/") {
            Some(tag) => (true, tag),
            None => (false, rest),
        };
        let (tag, after) = tag.strip_prefix('"')?.split_once('"')?;
        if !tag.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        versions.push(version_of(tag).filter(|_| !is_weak).unwrap_or(NOTHING));
        let after = after.trim_start();
        if !after.is_empty() && !after.starts_with(',') {
            return None;
        }
        rest = after.trim_start_matches([',', ' ', '\t']);
    }
    Some(versions)
}

/// The version in a tag of ours.
fn version_of(tag: &str) -> Option<u64> {
    tag.split_once('-').and_then(|(it, _)| it.parse().ok())
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

    #[test]
    fn if_match_names_versions_by_strong_tags() {
        let some = |versions: &[u64]| Some(Seen::Versions(versions.to_vec()));
        for (said, means) in [
            (&["\"12-ab\""][..], some(&[12])),
            (&["\"12-ab\", \"13-cd\""], some(&[12, 13])),
            (&["\"12-ab\"", "\"13-cd\""], some(&[12, 13])),
            (&["*"], Some(Seen::Whatever)),
            (&["\"12-ab\"", "*"], Some(Seen::Whatever)),
            (&[], Some(Seen::Whatever)),
            // A weak tag matches nothing, and neither does one of somebody else's.
            (&["W/\"12-ab\""], some(&[0])),
            (&["\"x\"", "\"12-ab\""], some(&[0, 12])),
            (&["\"\""], some(&[0])),
            (&["\"u(Z,\", \"12-ab\""], some(&[0, 12])),
            (&["12-ab"], None),
            (&["\"12"], None),
            (&["\"12-a\"b\""], None),
            (&["\"12 ab\""], None),
            (&["\"12-\u{e4}\""], None),
            // Places in a list that are left empty are passed over (RFC 9110, 5.6.1.2), and something
            // stands in it.
            (&["\"12-ab\","], some(&[12])),
            (&["", "\"12-ab\""], some(&[12])),
            (&[""], None),
            (&[" ,"], None),
        ] {
            let mut headers = HeaderMap::new();
            for one in said {
                headers.append(IF_MATCH, one.parse().unwrap());
            }
            assert_eq!(seen(&headers).ok(), means, "{said:?}");
        }
        let many = vec!["\"1-a\""; TAGS_MAX + 1].join(",");
        let headers = HeaderMap::from_iter([(IF_MATCH, many.parse().unwrap())]);
        assert!(seen(&headers).is_err());
    }
}
