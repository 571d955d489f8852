//! Passkeys in pages: how somebody comes in by one, adds one, ends one, and shows one before they sign.

mod own;

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use consort_engine::access::{Credential, CredentialKind};
use serde_json::json;

pub(super) use own::those;

use crate::server::{Failure, Passkeys, Shown, Visitor, WHY_NONE, Web, given};

/// The routes of passkeys.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/sign-in/passkey/challenge", post(challenge))
        .route("/sign-in/passkey", post(enter))
        .route("/me/passkeys/challenge", post(own::challenge))
        .route("/me/passkeys", post(own::add))
        .route("/me/passkeys/end", post(own::end))
        .route("/me/proof", post(prove))
}

/// The passkeys of this address, where browsers keep any.
fn passkeys(web: &Web) -> Result<&Passkeys, Failure> {
    web.passkeys
        .as_ref()
        .ok_or_else(|| Failure::Misused(WHY_NONE.to_owned()))
}

/// Asks a browser for a passkey.
async fn challenge(State(web): State<Arc<Web>>) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let begun = passkeys(web)?.begin_showing((engine.random()?, engine.now()))?;
        Ok(Json(begun).into_response())
    })
    .await
}

/// The passkey that was shown, if it is one that is kept, and holds.
fn shown(web: &Web, answer: &Shown) -> Result<Credential, Failure> {
    let now = web.engine.now();
    let passkeys = passkeys(web)?;
    let name = passkeys.name_shown(answer)?;
    let kept = web.access.credential(CredentialKind::Passkey, &name)?;
    let Some(kept) = kept else {
        let why = "this passkey is not known here any more; come in by a link, and add it anew";
        return Err(Failure::Misused(why.to_owned()));
    };
    let data = passkeys.check(answer, &kept, now)?;
    web.access.note_use(&kept, &data, now)?;
    Ok(kept)
}

/// Comes in by a passkey.
async fn enter(
    State(web): State<Arc<Web>>,
    Json(answer): Json<Shown>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let kept = shown(web, &answer)?;
        let by = format!("by the passkey '{}'", kept.label);
        let now = web.engine.now();
        let (secret, _) = web.access.welcome(kept.contributor, &by, now, Some(now))?;
        let cookie = [(SET_COOKIE, given(&secret))];
        Ok((cookie, Json(json!({ "leads_to": "/today" }))).into_response())
    })
    .await
}

/// Shows that it is they.
async fn prove(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Json(answer): Json<Shown>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let kept = shown(web, &answer)?;
        if kept.contributor != visitor.id {
            let why = "this is the passkey of somebody else";
            return Err(Failure::Misused(why.to_owned()));
        }
        let now = web.engine.now();
        web.access.prove(visitor.entered.secret, now)?;
        Ok(Json(json!({ "leads_to": null })).into_response())
    })
    .await
}
