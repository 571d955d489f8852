//! Showing, before something that counts, that it is still the same person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html as markup};
use serde_json::json;

use super::shown;
use crate::server::{Failure, Shown, Visitor, Web};
use crate::signing;

/// Fails where the visitor has to show first that it is they.
pub(in crate::page) fn check(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    let is_fresh = visitor.entered.is_fresh(web.engine.now());
    signing::check_fresh(web, visitor.id, is_fresh)
}

/// What is asked where it is due, and nothing where it is not.
pub(in crate::page) fn ask(web: &Web, visitor: &Visitor) -> Result<Option<Markup>, Failure> {
    let is_fresh = visitor.entered.is_fresh(web.engine.now());
    let is_due = signing::has_to_show(web, visitor.id, is_fresh)?;
    Ok(is_due.then(|| {
        markup! {
            div.note.section {
                div {
                    p { b { "Show that it is you." } " Your signature is yours alone, so your passkey is asked for again. It counts for five minutes." }
                    form data-passkey="prove" method="post" action="/me/proof" {
                        div.actions { button.button { "Use my passkey" } }
                    }
                    noscript { p { "It needs scripts. Without them, end your passkeys, or sign in a browser that runs them." } }
                }
            }
        }
    }))
}

/// Shows that it is they.
pub(super) async fn prove(
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
