//! Identities at other providers, in pages: how somebody comes in by one, adds one, ends one, and shows one
//! again before they sign. Nobody is made by coming in: an identity belongs to somebody who is here.

#[cfg(feature = "oidc")]
mod back;
#[cfg(feature = "oidc")]
mod begin;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, State};
use axum::response::Redirect;
use axum::routing::post;
use consort_engine::access::{Credential, CredentialKind};
use consort_kernel::id::ContributorId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::form::{anew, once_to};
use super::proof;
use crate::part::when;
use crate::server::{Failure, Visitor, Web};

const END: &str = "/me/identities/end";
/// How many identities somebody has at the most.
const OWN_MAX: usize = 20;

/// The routes of identities.
pub(super) fn routes() -> Router<Arc<Web>> {
    let routes = Router::new().route("/me/identities/end", post(end));
    #[cfg(feature = "oidc")]
    let routes = routes.merge(begin::routes()).merge(back::routes());
    routes
}

/// The providers that are set up, each by its name and with what people read on its button.
fn providers(web: &Web) -> Vec<(&str, &str)> {
    let known = web.identities.as_ref();
    known.map(|it| it.all()).unwrap_or_default()
}

/// A button for each provider: `address` is what the form of one is sent to.
pub(super) fn buttons(web: &Web, words: &str, address: impl Fn(&str) -> String) -> Markup {
    markup! {
        @for (name, label) in providers(web) {
            form method="post" action=(address(name)) {
                p { button.button { (words) " " (label) } }
            }
        }
    }
}

/// Whether any provider is set up.
pub(crate) fn has_any(web: &Web) -> bool {
    !providers(web).is_empty()
}

/// The visitor's own identities, with the ways to add one; nothing where there is neither.
pub(super) fn those(web: &Web, visitor: &Visitor) -> Result<Markup, Failure> {
    let kept = own(web, visitor.id)?;
    if kept.is_empty() && !has_any(web) {
        return Ok(markup! {});
    }
    let is_full = kept.len() >= OWN_MAX;
    let key = anew(web, visitor, END)?;
    Ok(markup! {
        section.section aria-labelledby="identities" {
            div.section-head { h2 #identities { "Your identities elsewhere" } p { "By one of them you come in without a link. Where you have no passkey, you sign in there again before you sign here." } }
            @if kept.is_empty() { p.muted { "You have none yet." } }
            @if !kept.is_empty() { ul.list { @for identity in &kept { (row(web, identity, &key)) } } }
            @if !is_full { (buttons(web, "Be known by", |name| format!("/me/identities/add/{name}"))) }
        }
    })
}

/// The identities of somebody.
fn own(web: &Web, who: ContributorId) -> Result<Vec<Credential>, Failure> {
    let mut all = web.access.credentials_of(who)?;
    all.retain(|it| it.kind == CredentialKind::Identity);
    Ok(all)
}

fn row(web: &Web, identity: &Credential, key: &Markup) -> Markup {
    let is_known = web
        .identities
        .as_ref()
        .is_some_and(|it| it.of(identity).is_some());
    markup! {
        li.row {
            p.row-title { (identity.label) }
            p.row-why {
                "since " (when(identity.created)) ", used " (when(identity.used))
                @if !is_known { "; its provider lets nobody in here any more" }
            }
            div.row-end {
                form method="post" action=(END) {
                    (key)
                    input type="hidden" name="identity" value=(identity.name);
                    button.button { "End" span.sr { " " (identity.label) } }
                }
            }
        }
    }
}

/// Which identity.
#[derive(Deserialize)]
struct Which {
    identity: String,
}

/// Ends one.
async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        proof::check_owner(web, &visitor)?;
        once_to(web, &visitor, &format!("/people/{}", visitor.id), || {
            let kept = own(web, visitor.id)?;
            if !kept.iter().any(|it| it.name == which.identity) {
                return Err(Failure::NotHere);
            }
            let kind = CredentialKind::Identity;
            web.access.end_credential(kind, &which.identity)?;
            Ok(())
        })
    })
    .await
}
