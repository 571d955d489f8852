//! Going to an identity provider.
//!
//! A form asks for it, so that no other site can have a browser go; and a page leads there, because forms
//! of ours are sent nowhere else.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{REFRESH, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use consort_kernel::digest::Digest;

use super::{OWN_MAX, own};
use crate::page::shell::came_from;
use crate::page::{door, proof};
use crate::server::{Failure, Purpose, Trouble, Visitor, Web};
use crate::signing;

/// The routes that lead to a provider.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/sign-in/with/{provider}", post(enter))
        .route("/enter/{link}/with/{provider}", post(join))
        .route("/me/identities/add/{provider}", post(add))
        .route("/me/proof/with/{provider}", post(prove))
}

/// Goes to come in.
async fn enter(
    State(web): State<Arc<Web>>,
    Path(provider): Path<String>,
) -> Result<Response, Failure> {
    go(&web, &provider, Purpose::Enter, None).await
}

/// Goes to come in by a link, and to be known from then on.
async fn join(
    State(web): State<Arc<Web>>,
    Path((link, provider)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let held = link.clone();
    let may_join = web
        .blocking(move |web| Ok(door::joins(web, &held)?.is_some_and(|it| it.may_join)))
        .await?;
    if !may_join {
        return Ok(door::used_up().into_response());
    }
    go(&web, &provider, Purpose::Join(link), None).await
}

/// Goes to be known by the identity as well.
async fn add(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(provider): Path<String>,
) -> Result<Response, Failure> {
    let session = visitor.entered.secret;
    web.blocking(move |web| {
        proof::check_owner(web, &visitor)?;
        if own(web, visitor.id)?.len() >= OWN_MAX {
            let why = format!("{OWN_MAX} identities are the most; end one first");
            return Err(Failure::Misused(why));
        }
        Ok(())
    })
    .await?;
    go(&web, &provider, Purpose::Add, Some(session)).await
}

/// Goes to show that it is still they.
async fn prove(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(provider): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let session = visitor.entered.secret;
    web.blocking(move |web| {
        let proof = signing::proof_of(web, visitor.id)?;
        if proof.is_some_and(|it| it.is_by_identity()) {
            return Ok(());
        }
        let why = "an identity is not what you show here that it is you by";
        Err(Failure::Misused(why.to_owned()))
    })
    .await?;
    let back = Purpose::Prove(came_from(&headers));
    go(&web, &provider, back, Some(session)).await
}

async fn go(
    web: &Arc<Web>,
    provider: &str,
    purpose: Purpose,
    session: Option<Digest>,
) -> Result<Response, Failure> {
    let Some(known) = &web.identities else {
        let why = "whoever runs this network has set up no identity provider";
        return Err(Failure::Misused(why.to_owned()));
    };
    let engine = &web.engine;
    let at = ([engine.random()?, engine.random()?], engine.now());
    match known.begin(provider, (purpose, session), at).await {
        Ok((url, cookie)) => {
            let headers = [(SET_COOKIE, cookie)];
            let on = [(REFRESH, format!("0;url={url}"))];
            Ok((headers, on, door::leads_on(&url)).into_response())
        }
        Err(trouble) => troubled(&trouble),
    }
}

/// What is said where nobody was made known.
pub(super) fn troubled(trouble: &Trouble) -> Result<Response, Failure> {
    let status = match trouble {
        Trouble::Unknown => return Err(Failure::NotHere),
        Trouble::Away { .. } => StatusCode::BAD_GATEWAY,
        Trouble::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, door::not_known(&trouble.to_string())).into_response())
}
