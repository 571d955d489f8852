//! Passwords in pages: coming in by one, setting and ending one, showing one before a signature.
//!
//! A password counts only for whoever has no passkey. Whoever is wrong is told the same, after the same
//! work, whether there is somebody of that name, with a password, or not.

mod own;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, FromRequestParts, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use consort_engine::access::{Credential, CredentialKind};
use consort_engine::network::contributors;
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use serde::Deserialize;

pub(super) use own::those;

use super::door;
use super::shell::came_from;
use crate::server::{Failure, Passwords, Turn, Visitor, Web, client, given};
use crate::signing;

/// The longest name that is looked up, in letters.
const NAME_MAX: usize = 80;
/// What is said to whoever is wrong.
const WRONG: &str = "the name or the password is not right, or it lets nobody in here";

/// The routes of passwords.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/sign-in/password", post(enter))
        .route("/me/password", post(own::set))
        .route("/me/password/end", post(own::end))
        .route("/me/proof/password", post(prove))
}

/// Where a request comes from, by which tries are counted.
struct From(Digest);

impl FromRequestParts<Arc<Web>> for From {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Failure> {
        let address = client(web, &parts.headers, &parts.extensions);
        let text = address.map_or_else(String::new, |it: IpAddr| it.to_string());
        Ok(Self(Digest::of(format!("address\n{text}").as_bytes())))
    }
}

/// A name and a password.
#[derive(Deserialize)]
struct Said {
    name: String,
    password: String,
}

/// A password.
#[derive(Deserialize)]
struct Password {
    password: String,
}

/// The passwords, where the operator wants them.
fn passwords(web: &Web) -> Result<&Passwords, Failure> {
    web.passwords
        .as_ref()
        .ok_or_else(|| Failure::Misused("whoever runs this network wants no passwords".to_owned()))
}

/// What tries of somebody are counted by.
fn name_of(name: &str) -> Digest {
    Digest::of(format!("name\n{}", name.to_lowercase()).as_bytes())
}

/// A turn to check a password, of somebody with this name; or for how many seconds there is none.
async fn turn(web: &Web, name: &str, from: &From) -> Result<Result<Turn, i64>, Failure> {
    let known = passwords(web)?;
    Ok(known.turn(name_of(name), from.0, web.engine.now()).await)
}

/// What is said to whoever has to wait.
fn wait(seconds: i64) -> Response {
    let why = format!(
        "it was not right too often, or too many ask at a time; try again in {seconds} seconds"
    );
    let after = [(RETRY_AFTER, seconds.to_string())];
    let page = door::not_known(&why);
    (StatusCode::TOO_MANY_REQUESTS, after, page).into_response()
}

/// Comes in by a password.
async fn enter(
    State(web): State<Arc<Web>>,
    from: From,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let name: String = said.name.trim().chars().take(NAME_MAX).collect();
    let turn = match turn(&web, &name, &from).await? {
        Ok(turn) => turn,
        Err(seconds) => return Ok(wait(seconds)),
    };
    web.blocking(move |web| {
        let _turn = turn;
        let who = contributors(&web.engine)?.get(&name).copied();
        let Some(kept) = shown(web, who, &name, &from, &said.password)? else {
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, door::not_known(WRONG)).into_response());
        };
        let now = web.engine.now();
        let (secret, _) = web
            .access
            .welcome(kept.contributor, "by a password", now, Some(now))?;
        Ok(([(SET_COOKIE, given(&secret))], Redirect::to("/today")).into_response())
    })
    .await
}

/// Shows by a password that it is still they.
async fn prove(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    from: From,
    headers: HeaderMap,
    Form(said): Form<Password>,
) -> Result<Response, Failure> {
    let turn = match turn(&web, &visitor.name, &from).await? {
        Ok(turn) => turn,
        Err(seconds) => return Ok(wait(seconds)),
    };
    web.blocking(move |web| {
        let _turn = turn;
        let (who, name) = (Some(visitor.id), visitor.name.as_str());
        if shown(web, who, name, &from, &said.password)?.is_none() {
            return Err(Failure::Misused("the password is not right".to_owned()));
        }
        web.access.prove(visitor.entered.secret, web.engine.now())?;
        Ok(Redirect::to(&came_from(&headers)).into_response())
    })
    .await
}

/// The password that is kept of somebody, if it counts and this is it. The same work is done where there is
/// none.
fn shown(
    web: &Web,
    who: Option<ContributorId>,
    name: &str,
    from: &From,
    password: &str,
) -> Result<Option<Credential>, Failure> {
    let known = passwords(web)?;
    let kept = who.map(|who| counting(web, who)).transpose()?.flatten();
    let fits = known.fits(password, kept.as_ref().map(|it| it.data.as_str()));
    let Some(kept) = kept.filter(|_| fits) else {
        return Ok(None);
    };
    known.was_right(name_of(name), from.0);
    web.access.note_use(&kept, &kept.data, web.engine.now())?;
    Ok(Some(kept))
}

/// The password of somebody, where it counts.
fn counting(web: &Web, who: ContributorId) -> Result<Option<Credential>, Failure> {
    if !signing::proof_of(web, who)?.is_some_and(|it| it.is_by_password()) {
        return Ok(None);
    }
    own(web, who)
}

/// The password of somebody.
fn own(web: &Web, who: ContributorId) -> Result<Option<Credential>, Failure> {
    let kind = CredentialKind::Password;
    Ok(web.access.credential(kind, &who.to_string())?)
}
