//! What a request carries: an address, a query, a body, a key under which it is repeated.
//!
//! What cannot be read is a problem that names the place.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, RefOr};

use super::problem::Problem;
use crate::key::{Key, Seen};
use crate::server::{Failure, Web};

const KEY: &str = "idempotency-key";
/// The longest key that is taken.
const KEY_BYTES_MAX: usize = 128;
/// How many tags `If-Match` names at the most: more than anybody remembers of one thing.
const TAGS_MAX: usize = 16;
/// The version that nothing has.
const NOTHING: u64 = 0;

/// What stands in the address.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Web>> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, web).await {
            Ok(Path(at)) => Ok(Self(at)),
            // An address with something else in it than an identifier leads nowhere.
            Err(_) => Err(Failure::NotHere.into()),
        }
    }
}

/// What is asked after the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Web>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, web).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Problem::unreadable(error.body_text(), None)),
        }
    }
}

/// A body in JSON.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Web>> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, web)
            .await
            .map_err(|error| Problem::of_body(&error))?;
        // A request without a body is one that says nothing in particular.
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        if text.trim_ascii_start().starts_with(b"[") {
            let what = "an object was expected, and this is a list".to_owned();
            return Err(Problem::unreadable(what, Some("/".to_owned())));
        }
        read(text).or_else(|problem| in_whole_numbers(text).ok_or(problem))
    }
}

fn read<T: DeserializeOwned>(text: &[u8]) -> Result<Sent<T>, Problem> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let sent = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        Problem::unreadable(error.into_inner().to_string(), Some(pointer))
    })?;
    json.end()
        .map_err(|error| Problem::unreadable(error.to_string(), None))?;
    Ok(Sent(sent))
}

/// What a body says where a whole number in it is written with a fraction of zero: to JSON Schema, `2.0`
/// is an integer.
fn in_whole_numbers<T: DeserializeOwned>(text: &[u8]) -> Option<Sent<T>> {
    let mut value: Value = serde_json::from_slice(text).ok()?;
    make_whole(&mut value);
    serde_json::from_value(value).ok().map(Sent)
}

fn make_whole(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(make_whole),
        Value::Object(members) => members.values_mut().for_each(make_whole),
        Value::Number(number) => {
            let written = number.to_string();
            let whole: Option<i64> = written.strip_suffix(".0").and_then(|it| it.parse().ok());
            if let Some(whole) = whole {
                *number = Number::from(whole);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The place in a body as a JSON pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let written = match segment {
            Segment::Seq { index } => write!(pointer, "/{index}"),
            Segment::Map { key } => write!(pointer, "/{key}"),
            Segment::Enum { variant } => write!(pointer, "/{variant}"),
            Segment::Unknown => Ok(()),
        };
        written.expect("a text takes whatever is written to it");
    }
    pointer
}

impl FromRequestParts<Arc<Web>> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let seen = seen(&parts.headers)?;
        let Some(value) = parts.headers.get(KEY) else {
            return Ok(Self::new(None, seen));
        };
        match value.to_str() {
            Ok(key) if is_key(key) => Ok(Self::new(Some(key.to_owned()), seen)),
            _ => Err(Problem::unreadable(
                format!("an Idempotency-Key has 1 to {KEY_BYTES_MAX} visible ASCII characters"),
                None,
            )),
        }
    }
}

fn is_key(text: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Writes into the document how keys and tags are written, wherever they may stand.
pub(super) fn describe_headers(document: &mut OpenApi) {
    let key = format!("^[!-~]([ -~]{{0,{}}}[!-~])?$", KEY_BYTES_MAX - 2);
    let paths = document.paths.paths.values_mut();
    let operations = paths.filter_map(|path| path.post.as_mut());
    for parameter in operations.filter_map(|it| it.parameters.as_mut()).flatten() {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        // A header is there or not; it is never null. HTTP says how tags are written.
        let pattern = match parameter.name.to_ascii_lowercase().as_str() {
            KEY => Some(&key),
            "if-match" => None,
            _ => continue,
        };
        let form = ObjectBuilder::new().schema_type(Type::String);
        parameter.schema = Some(form.pattern(pattern).build().into());
    }
}

/// Fails where there is no key: money and signatures take one.
pub(super) const fn required(key: &Key) -> Result<(), Problem> {
    if key.is_there() {
        Ok(())
    } else {
        Err(Problem::key_needed())
    }
}

/// The versions that `If-Match` names, by the tags that answers gave.
fn seen(headers: &HeaderMap) -> Result<Seen, Problem> {
    let mut versions = Vec::new();
    for value in headers.get_all(IF_MATCH) {
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Seen::Whatever);
        }
        let listed = versions_in(text).ok_or_else(|| {
            let what = "If-Match is an ETag as an answer gave it, in its quotation marks, several \
                        of them with commas between, or *";
            Problem::unreadable(what.to_owned(), None)
        })?;
        versions.extend(listed);
    }
    if versions.len() > TAGS_MAX {
        let what = format!("If-Match names {TAGS_MAX} ETags at the most");
        return Err(Problem::unreadable(what, None));
    }
    if versions.is_empty() && headers.contains_key(IF_MATCH) {
        versions.push(NOTHING);
    }
    Ok(if versions.is_empty() {
        Seen::Whatever
    } else {
        Seen::Versions(versions)
    })
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
            // Places in a list that are left empty are passed over (RFC 9110, 5.6.1.2); a list of nothing
            // matches nothing.
            (&["\"12-ab\","], some(&[12])),
            (&[""], some(&[0])),
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
