//! Coming back from an identity provider.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use consort_engine::access::{Credential, CredentialKind};
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use super::begin::troubled;
use crate::page::{door, proof};
use crate::server::{
    Answered, Failure, Identity, Purpose, Visitor, WAY, Web, cookie, given, no_way,
};
use crate::signing;

/// What is said to whoever has an identity that belongs to nobody here.
const STRANGER: &str = "nobody here is known by this identity. Come in by a link, and add the identity \
                        in your profile; whoever invites you makes a link";
/// What is said where an identity belongs to somebody else.
const ELSES: &str = "this identity belongs to somebody else here";
/// What is said to whoever lost their session on the way.
const NOT_THEN: &str = "you are not signed in as when you left; come in, and do it again";

/// The route that leads back.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new().route("/sign-in/with/{provider}/back", get(back))
}

/// What comes of it: where one is led, with a new session or without; or what is said.
enum Came {
    In(String, HeaderValue),
    Back(String),
    Not(&'static str),
}

async fn back(
    State(web): State<Arc<Web>>,
    visitor: Result<Visitor, Failure>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Query(answered): Query<Answered>,
) -> Result<Response, Failure> {
    let Some(known) = &web.identities else {
        return Err(Failure::NotHere);
    };
    let visitor = visitor.ok();
    let session = visitor.as_ref().map(|it| it.entered.secret);
    let way = cookie(&headers, WAY);
    let now = web.engine.now();
    let found = known
        .finish(&provider, (way.as_deref(), session), answered, now)
        .await;
    let (purpose, identity) = match found {
        Ok(found) => found,
        Err(trouble) => return Ok(with(vec![no_way()], troubled(&trouble)?)),
    };
    let came = web
        .blocking(move |web| match (purpose, visitor) {
            (Purpose::Enter, _) => enter(web, &identity, now),
            (Purpose::Join(link), _) => join(web, &link, &identity, now),
            (Purpose::Add, Some(visitor)) => add(web, &visitor, &identity, now),
            (Purpose::Prove(back), Some(visitor)) => prove(web, &visitor, back, &identity, now),
            (Purpose::Add | Purpose::Prove(_), None) => Ok(Came::Not(NOT_THEN)),
        })
        .await?;
    Ok(match came {
        Came::In(to, session) => with(vec![no_way(), session], Redirect::to(&to)),
        Came::Back(to) => with(vec![no_way()], Redirect::to(&to)),
        Came::Not(why) => {
            let page = (StatusCode::UNPROCESSABLE_ENTITY, door::not_known(why));
            with(vec![no_way()], page)
        }
    })
}

fn with(cookies: Vec<HeaderValue>, answer: impl IntoResponse) -> Response {
    let headers = cookies.into_iter().map(|it| (SET_COOKIE, it));
    (AppendHeaders(headers.collect::<Vec<_>>()), answer).into_response()
}

/// Comes in, if the identity is somebody's.
fn enter(web: &Web, identity: &Identity, now: Timestamp) -> Result<Came, Failure> {
    let Some(kept) = kept(web, identity)? else {
        return Ok(Came::Not(STRANGER));
    };
    web.access.note_use(&kept, &kept.data, now)?;
    let by = format!("by '{}'", kept.label);
    let proved = counted(web, kept.contributor, identity)?;
    let (secret, _) = web.access.welcome(kept.contributor, &by, now, proved)?;
    Ok(Came::In("/today".to_owned(), given(&secret)))
}

/// Comes in by a link that nobody used yet, and is known by the identity from now on.
fn join(web: &Web, link: &str, identity: &Identity, now: Timestamp) -> Result<Came, Failure> {
    if !door::joins(web, link)?.is_some_and(|it| it.may_join) {
        return Ok(Came::Not(
            "the link lets nobody in any more; ask for another one",
        ));
    }
    if kept(web, identity)?.is_some() {
        return Ok(Came::Not(ELSES));
    }
    let Some((secret, entered)) = web.access.enter(link, now)? else {
        return Ok(Came::Not("somebody was quicker; ask for another link"));
    };
    web.access
        .add(&credential(entered.contributor, identity, now))?;
    if let Some(seen) = identity.seen {
        web.access.prove(entered.secret, seen)?;
    }
    let to = entered.leads_to.unwrap_or_else(|| "/today".to_owned());
    Ok(Came::In(to, given(&secret)))
}

/// Is known by the identity as well.
fn add(web: &Web, visitor: &Visitor, identity: &Identity, now: Timestamp) -> Result<Came, Failure> {
    proof::check_owner(web, visitor)?;
    let own = Came::Back(format!("/people/{}", visitor.id));
    match kept(web, identity)? {
        Some(kept) if kept.contributor == visitor.id => Ok(own),
        Some(_) => Ok(Came::Not(ELSES)),
        None => {
            web.access.add(&credential(visitor.id, identity, now))?;
            Ok(own)
        }
    }
}

/// Shows that it is still they.
fn prove(
    web: &Web,
    visitor: &Visitor,
    back: String,
    identity: &Identity,
    now: Timestamp,
) -> Result<Came, Failure> {
    let Some(kept) = kept(web, identity)?.filter(|it| it.contributor == visitor.id) else {
        return Ok(Came::Not("this identity is not yours here; show your own"));
    };
    web.access.note_use(&kept, &kept.data, now)?;
    if let Some(seen) = counted(web, visitor.id, identity)? {
        web.access.prove(visitor.entered.secret, seen)?;
    }
    Ok(Came::Back(back))
}

/// Since when it counts that they showed an identity: not at all where they have a passkey.
fn counted(
    web: &Web,
    who: ContributorId,
    identity: &Identity,
) -> Result<Option<Timestamp>, Failure> {
    let proof = signing::proof_of(web, who)?;
    let counts = proof.is_some_and(|it| it.is_by_identity());
    Ok(identity.seen.filter(|_| counts))
}

fn kept(web: &Web, identity: &Identity) -> Result<Option<Credential>, Failure> {
    let kind = CredentialKind::Identity;
    Ok(web.access.credential(kind, &identity.name)?)
}

fn credential(who: ContributorId, identity: &Identity, now: Timestamp) -> Credential {
    Credential {
        kind: CredentialKind::Identity,
        name: identity.name.clone(),
        contributor: who,
        label: identity.label.clone(),
        data: "{}".to_owned(),
        created: now,
        used: now,
    }
}
