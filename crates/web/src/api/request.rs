//! What a request carries: an address, a query, a body, a key under which it is repeated.
//!
//! What cannot be read is a problem that names the place.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::problem::Problem;
use super::tag::seen;
use crate::key::Key;
use crate::server::{Failure, Web};

const KEY: &str = "idempotency-key";
/// The longest key that is taken.
const KEY_BYTES_MAX: usize = 128;

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
            Err(error) => {
                let said = error.body_text();
                // Behind whatever the library says first stands the field, and what is wrong with it.
                let why = said.split_once(": ").map_or(said.as_str(), |(_, why)| why);
                Err(Problem::unreadable(format!("in the query, {why}"), None))
            }
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

/// How `Idempotency-Key` stands in the document: it may be there, or it must.
pub(super) struct Once<const REQUIRED: bool = false>;

impl<const REQUIRED: bool> IntoParams for Once<REQUIRED> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let pattern = format!("^[!-~]([ -~]{{0,{}}}[!-~])?$", KEY_BYTES_MAX - 2);
        let form = ObjectBuilder::new().schema_type(Type::String);
        let parameter = Parameter::builder()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some("The same key has one effect."))
            .required(if REQUIRED {
                Required::True
            } else {
                Required::False
            })
            .schema(Some(form.pattern(Some(pattern))));
        vec![parameter.build()]
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
