//! What a form about a thing carries beside what is typed: a key, under which it has one effect however
//! often it is sent, and the version of that thing, as its reader has seen it. What asks for no command of the
//! engine has a key alone, which [`once`] goes by.
//!
//! Where more has happened since, nothing is done: the visitor is shown what, beside what they typed,
//! and may send it all the same. What stops something, a switch or a pause, carries no version: it holds
//! whatever happened since.

mod keep;
mod once;
mod sheet;

use std::sync::Arc;

use axum::body::{Body as Sent, Bytes};
use axum::extract::{Form, FromRequest as _, FromRequestParts as _, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use consort_engine::lane::Answer;
use consort_kernel::command::Body;
use consort_kernel::digest::Digest;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use crate::key::{Key, Seen};
use crate::server::{Failure, SignedOut, Since, Visitor, Web, Why, in_words};

pub(crate) use once::Drawn;
pub(super) use once::{Once, anew, once, once_to};
pub(crate) use sheet::{SentFile, Sheet, Unread};

/// The field with the key.
const KEY: &str = "idempotency-key";
/// The field with what was seen.
const SEEN: &str = "if-match";
/// What a form's content is called.
const URL_ENCODED: &str = "application/x-www-form-urlencoded";
/// What the content of a form with files is called.
const WITH_FILES: &str = "multipart/form-data";
/// The fields of a form: their names and what was typed.
type Fields = Vec<(String, String)>;

/// The key alone, for what holds whatever happened since.
pub(super) fn keyed(visitor: &Visitor, stream: StreamId, version: u64) -> Markup {
    let key = format!("{} {stream} {version}", visitor.entered.secret);
    let key = Digest::of(key.as_bytes()).to_string();
    markup! { input type="hidden" name=(KEY) value=(key[..32]); }
}

/// The key and the version, for a form about a thing.
pub(super) fn carried(visitor: &Visitor, stream: StreamId, version: u64) -> Markup {
    markup! {
        (keyed(visitor, stream, version))
        input type="hidden" name=(SEEN) value={ (stream) ":" (version) };
    }
}

/// The version of a stream that forms about it carry, read before the page that they are on.
pub(super) fn version(web: &Web, stream: StreamId) -> Result<u64, Failure> {
    Ok(web
        .engine
        .versioned(stream)?
        .map_or(0, |(_, version)| version))
}

impl Visitor {
    /// Carries out what a form asks, under its key and on what was seen.
    pub(crate) fn send(&self, web: &Web, body: Body) -> Result<Answer, Failure> {
        let command = self.key.command(&web.engine, self.principal(), body)?;
        Ok(web.engine.send(command)?)
    }
}

/// Around every page: reads the key and the version out of a form before its route does, and answers
/// where the form came too late, came before, or was refused.
pub(crate) async fn carry(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let content = request.headers().get(CONTENT_TYPE);
    let content = content.and_then(|it| it.to_str().ok()).unwrap_or_default();
    if request.method() != Method::POST || !content.starts_with(URL_ENCODED) {
        let has_files = content.starts_with(WITH_FILES);
        let response = in_words(next.run(request).await).await;
        let is_lost = has_files && response.extensions().get::<SignedOut>().is_some();
        return if is_lost {
            keep::left_behind()
        } else {
            response
        };
    }
    let (mut parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let bytes = match Bytes::from_request(whole, &web).await {
        Ok(bytes) => bytes,
        Err(error) => return in_words(error.into_response()).await,
    };
    let again = Request::from_parts(parts.clone(), Sent::from(bytes.clone()));
    let fields = match Form::<Fields>::from_request(again, &web).await {
        Ok(Form(fields)) => fields,
        Err(error) => return in_words(error.into_response()).await,
    };
    parts.extensions.insert(key(&fields));
    let mut inner = Request::from_parts(parts.clone(), Sent::from(bytes));
    inner.extensions_mut().insert(key(&fields));
    let response = in_words(next.run(inner).await).await;
    if response.extensions().get::<SignedOut>().is_some() {
        return keep::signed_out(parts.uri.path(), &fields);
    }
    if !response.status().is_client_error() {
        return response;
    }
    let said = response.extensions();
    let why = (
        said.get::<Arc<Since>>().cloned(),
        said.get::<Why>().cloned(),
    );
    let page = kept(&web, parts, fields, (response.status(), why)).await;
    page.unwrap_or(response)
}

/// The key of a form, with what it rests on. Another text in the same form is another command, so that
/// the words stand in it.
fn key(fields: &[(String, String)]) -> Key {
    let carried = |name: &str| fields.iter().find(|it| it.0 == name).map(|it| &it.1);
    // What nobody else may know is no part of what is kept of it, not even as a digest.
    let words = own(fields).filter(|(name, _)| !keep::is_secret(name));
    let words = words.map(|(name, value)| format!("{name}={value}\n"));
    let words = Digest::of(words.collect::<String>().as_bytes());
    let key = carried(KEY).map(|key| format!("{key} {words}"));
    let seen = carried(SEEN).and_then(|it| {
        let (stream, version) = it.split_once(':')?;
        Some(Seen::Of(stream.parse().ok()?, version.parse().ok()?))
    });
    Key::new(key, seen.unwrap_or_default())
}

/// What is the form's own.
pub(super) fn own(fields: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    fields
        .iter()
        .filter(|(name, _)| name != KEY && name != SEEN)
}

/// What is answered to a form that was not carried out: because it has been before, because more has happened
/// than was seen, or because of what was typed, which is kept. Nothing where there is nothing to keep.
async fn kept(
    web: &Arc<Web>,
    mut parts: Parts,
    fields: Fields,
    (status, (since, why)): (StatusCode, (Option<Arc<Since>>, Option<Why>)),
) -> Option<Response> {
    let visitor = Visitor::from_request_parts(&mut parts, web).await.ok()?;
    let path = parts.uri.path().to_owned();
    let answer = web.blocking(move |web| {
        let receipt = visitor.key.receipt(&web.engine, visitor.principal())?;
        if receipt.is_some() {
            return Ok(Some(Redirect::to(about(&path)).into_response()));
        }
        let sent = (path.as_str(), fields.as_slice());
        let page = match (since, why) {
            (Some(since), _) => Some(keep::moved(web, &visitor, &since, sent)?),
            (None, Some(why)) => keep::refused(web, &visitor, (status, &why), sent)?,
            (None, None) => None,
        };
        Ok(page.map(|page| (status, page).into_response()))
    });
    answer.await.ok().flatten()
}

/// The address of what a form's address is about.
fn about(path: &str) -> &str {
    let kind = path[1..].find('/').map_or(path.len(), |at| at + 1);
    let rest = path.get(kind + 1..).unwrap_or_default();
    let id = rest.split('/').next().unwrap_or_default();
    if id.contains('_') {
        &path[..=kind + id.len()]
    } else {
        &path[..kind]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forms_address_leads_back_to_what_it_is_about() {
        for (path, leads) in [
            ("/tasks/tsk_1/sign/confirm", "/tasks/tsk_1"),
            ("/outcomes/out_1/pause", "/outcomes/out_1"),
            ("/outcomes/out_1", "/outcomes/out_1"),
            ("/settings/rules/again", "/settings"),
            ("/access/duties", "/access"),
            ("/today", "/today"),
        ] {
            assert_eq!(about(path), leads);
        }
    }
}
