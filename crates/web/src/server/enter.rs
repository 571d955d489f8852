//! Coming in by a link that is used once, and leaving again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Failure, Visitor, Web, visitor};
use crate::page::door;

/// Asks whether to come in: opening a link changes nothing, for programs open links too.
pub(super) async fn ask(
    State(web): State<Arc<Web>>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        Ok(match door::joins(web, &link)? {
            Some(joins) => door::welcome(web, &link, &joins).into_response(),
            None => door::used_up().into_response(),
        })
    })
    .await
}

/// Comes in.
pub(super) async fn enter(
    State(web): State<Arc<Web>>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let entered = web
        .blocking(move |web| Ok(web.access.enter(&link, web.engine.now())?))
        .await?;
    Ok(match entered {
        Some((secret, entered)) => {
            let cookie = [(SET_COOKIE, visitor::given(&secret))];
            let leads_to = entered.leads_to.as_deref().unwrap_or("/today");
            (cookie, Redirect::to(leads_to)).into_response()
        }
        None => door::used_up().into_response(),
    })
}

/// How to come in.
pub(super) async fn sign_in(State(web): State<Arc<Web>>) -> Response {
    door::sign_in(&web).into_response()
}

/// Leaves: the session ends.
pub(super) async fn leave(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| Ok(web.access.end(visitor.entered.secret)?))
        .await?;
    Ok(([(SET_COOKIE, visitor::taken())], Redirect::to("/sign-in")).into_response())
}
