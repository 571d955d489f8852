//! Somebody's own passkeys: added, listed, ended.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use consort_engine::access::{Credential, CredentialKind};
use maud::{Markup, html as markup};
use serde::Deserialize;
use serde_json::json;

use super::passkeys;
use crate::page::form::{anew, once_to};
use crate::page::proof;
use crate::part::when;
use crate::server::{Added, Failure, Visitor, WHY_NONE, Web};

const END: &str = "/me/passkeys/end";
/// The longest name of a passkey, in letters.
const LABEL_MAX: usize = 80;
/// How many passkeys somebody has at the most.
const OWN_MAX: usize = 20;

/// The visitor's own passkeys, with the way to add one.
pub(in crate::page) fn those(web: &Web, visitor: &Visitor) -> Result<Markup, Failure> {
    let kept = own(web, visitor)?;
    let key = anew(web, visitor, END)?;
    Ok(markup! {
        section.section aria-labelledby="passkeys" {
            div.section-head { h2 #passkeys { "Your passkeys" } p { "By one of them you come in without a link, and show before you sign that it is you." } }
            @if kept.is_empty() { p.muted { "You have none yet. Until you do, a link lets you in, and the session signs." } }
            @if !kept.is_empty() { ul.list { @for passkey in &kept { (row(passkey, &key)) } } }
            @if web.passkeys.is_some() {
                form.form data-passkey="add" method="post" action="/me/passkeys" {
                    div.field {
                        label for="passkey-label" { "A new passkey" }
                        input.input #passkey-label name="label" required maxlength=(LABEL_MAX) aria-describedby="passkey-hint";
                        p.hint #passkey-hint { "What is it on? As in “my phone”. It needs scripts." }
                    }
                    div.actions { button.button { "Add a passkey" } }
                }
            } @else {
                p.muted { (WHY_NONE) }
            }
        }
    })
}

fn own(web: &Web, visitor: &Visitor) -> Result<Vec<Credential>, Failure> {
    let mut all = web.access.credentials_of(visitor.id)?;
    all.retain(|it| it.kind == CredentialKind::Passkey);
    Ok(all)
}

fn row(passkey: &Credential, key: &Markup) -> Markup {
    markup! {
        li.row {
            p.row-title { (passkey.label) }
            p.row-why { "since " (when(passkey.created)) ", used " (when(passkey.used)) }
            div.row-end {
                form method="post" action=(END) {
                    (key)
                    input type="hidden" name="passkey" value=(passkey.name);
                    button.button { "End" span.sr { " " (passkey.label) } }
                }
            }
        }
    }
}

/// Begins to add one.
pub(super) async fn challenge(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let known = own(web, &visitor)?;
        if known.len() >= OWN_MAX {
            let why = format!("{OWN_MAX} passkeys are the most; end one first");
            return Err(Failure::Misused(why));
        }
        let who = (visitor.id, visitor.name.as_str(), visitor.entered.secret);
        let at = (engine.random()?, engine.now());
        let begun = passkeys(web)?.begin_adding(who, &known, at)?;
        Ok(Json(begun).into_response())
    })
    .await
}

/// A passkey, under the name that its person gives it.
#[derive(Deserialize)]
pub(super) struct Named {
    label: String,
    #[serde(flatten)]
    answer: Added,
}

/// Adds one. Whoever has one shows it first: a session alone that was left open adds none.
pub(super) async fn add(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Json(named): Json<Named>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        proof::check_owner(web, &visitor)?;
        let label: String = named.label.trim().chars().take(LABEL_MAX).collect();
        if label.is_empty() {
            return Err(Failure::Misused("give the passkey a name".to_owned()));
        }
        let now = web.engine.now();
        let who = (visitor.id, visitor.entered.secret, label.as_str());
        let added = passkeys(web)?.add(who, &named.answer, now)?;
        web.access.add(&added)?;
        // Whoever just made it was there.
        web.access.prove(visitor.entered.secret, now)?;
        let leads_to = format!("/people/{}", visitor.id);
        Ok(Json(json!({ "leads_to": leads_to })).into_response())
    })
    .await
}

/// Which passkey.
#[derive(Deserialize)]
pub(super) struct Which {
    passkey: String,
}

/// Ends one.
pub(super) async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        proof::check_owner(web, &visitor)?;
        once_to(web, &visitor, &format!("/people/{}", visitor.id), || {
            let is_theirs = own(web, &visitor)?
                .iter()
                .any(|it| it.name == which.passkey);
            if !is_theirs {
                return Err(Failure::NotHere);
            }
            let kind = CredentialKind::Passkey;
            web.access.end_credential(kind, &which.passkey)?;
            Ok(())
        })
    })
    .await
}
