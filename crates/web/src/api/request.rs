//! What a request carries: an address, a query, a body, a key under which it is repeated.
//!
//! What cannot be read is a problem that names the place.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use consort_engine::{Engine, Receipt};
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::CommandId;
use consort_kernel::time::Timestamp;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::server::{Failure, Web};

const KEY: &str = "idempotency-key";
/// The longest key that is taken.
const KEY_BYTES_MAX: usize = 128;
const DAY_MS: i64 = 24 * 3_600_000;

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
        let mut json = serde_json::Deserializer::from_slice(text);
        let sent = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let pointer = pointer(error.path());
            Problem::unreadable(error.into_inner().to_string(), Some(pointer))
        })?;
        json.end()
            .map_err(|error| Problem::unreadable(error.to_string(), None))?;
        Ok(Self(sent))
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

/// The key under which a request is repeated: the same key has one effect and the same answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Key(Option<String>);

impl FromRequestParts<Arc<Web>> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(KEY) else {
            return Ok(Self(None));
        };
        match value.to_str() {
            Ok(key) if (1..=KEY_BYTES_MAX).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::unreadable(
                format!("an Idempotency-Key has 1 to {KEY_BYTES_MAX} visible ASCII characters"),
                None,
            )),
        }
    }
}

impl Key {
    /// Fails where there is none: money and signatures take one.
    pub(super) const fn required(&self) -> Result<(), Problem> {
        match self.0 {
            Some(_) => Ok(()),
            None => Err(Problem::key_needed()),
        }
    }

    /// The command of somebody's that this key stands for.
    pub(super) fn command(
        &self,
        engine: &Engine,
        principal: Principal,
        body: Body,
    ) -> Result<Command, Failure> {
        let Some(id) = self.id(engine, principal)? else {
            return Ok(engine.command(principal, body)?);
        };
        Ok(Command {
            body,
            id,
            personal: Vec::new(),
            principal,
        })
    }

    /// The identifier of the command: a UUID of version 7 is one by itself, and remembered for as long
    /// as answers are kept. Any other key stands for one of the day on which it first came, and is
    /// remembered for a day at least.
    pub(super) fn id(
        &self,
        engine: &Engine,
        principal: Principal,
    ) -> Result<Option<CommandId>, Failure> {
        let Some(key) = &self.0 else {
            return Ok(None);
        };
        if let Some(id) = uuid_v7(key).or_else(|| key.parse().ok()) {
            return Ok(Some(id));
        }
        let now = engine.now().as_millis();
        let today = now - now.rem_euclid(DAY_MS);
        let [yesterday, today] =
            [today - DAY_MS, today].map(|day| of_day(key, principal, Timestamp::from_millis(day)));
        let was_used = engine.receipt(principal, yesterday)?.is_some();
        Ok(Some(if was_used { yesterday } else { today }))
    }

    /// The key of one part of a request that is carried out in several.
    pub(super) fn part(&self, number: usize) -> Self {
        Self(self.0.as_ref().map(|key| {
            let part = format!("{key} part {number}");
            match uuid_v7(key) {
                Some(id) => of_bits(&part, id.time()).to_string(),
                None => part,
            }
        }))
    }

    /// What the request did when it came before.
    pub(super) fn receipt(
        &self,
        engine: &Engine,
        principal: Principal,
    ) -> Result<Option<Receipt>, Failure> {
        Ok(match self.id(engine, principal)? {
            Some(id) => engine.receipt(principal, id)?,
            None => None,
        })
    }
}

/// A UUID of version 7 (RFC 9562) as it is usually written.
fn uuid_v7(text: &str) -> Option<CommandId> {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths != [8, 4, 4, 4, 12] || !groups[2].starts_with('7') {
        return None;
    }
    let bits = u128::from_str_radix(&groups.concat(), 16).ok()?;
    Some(CommandId::from_bits(bits))
}

fn of_day(key: &str, principal: Principal, day: Timestamp) -> CommandId {
    of_bits(&format!("{principal} {key}"), day)
}

/// An identifier of this moment that a text stands for.
fn of_bits(text: &str, at: Timestamp) -> CommandId {
    let digest = Digest::of(text.as_bytes());
    let bits: [u8; 16] = digest.as_bytes()[..16]
        .try_into()
        .expect("a digest has more than sixteen bytes");
    CommandId::new(at, u128::from_be_bytes(bits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_kernel::id::ContributorId;

    #[test]
    fn a_uuid_of_version_7_is_an_identifier_and_nothing_else_is() {
        let id = uuid_v7("019a9f2e-7c00-7abc-8def-0123456789ab").unwrap();
        assert_eq!(id.bits(), 0x019a_9f2e_7c00_7abc_8def_0123_4567_89ab);
        for other in [
            "",
            "0",
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "019a9f2e7c007abc8def0123456789ab",
            "019a9f2e-7c00-7abc-8def-0123456789ag",
            "019a9f2e-7c00-7abc-8def-0123456789ab-",
        ] {
            assert_eq!(uuid_v7(other), None, "{other}");
        }
    }

    #[test]
    fn any_key_stands_for_one_command_of_somebodys_on_a_day() {
        let [ada, ben] = [1, 2].map(|it| Principal::Contributor(ContributorId::from_bits(it)));
        let day = Timestamp::from_millis(20_000 * DAY_MS);
        let id = of_day("k", ada, day);
        assert_eq!(id, of_day("k", ada, day));
        assert_eq!(id.time(), day);
        for other in [
            of_day("l", ada, day),
            of_day("k", ben, day),
            of_day("k", ada, day.plus_millis(DAY_MS)),
        ] {
            assert_ne!(id, other);
        }
    }
}
