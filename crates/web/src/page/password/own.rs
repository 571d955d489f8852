//! Somebody's own password: set, changed, ended.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use consort_engine::access::{Credential, CredentialKind, PassKind};
use consort_kernel::digest::Digest;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::{own, passwords, wait};
use crate::page::form::{anew, once_to};
use crate::page::proof;
use crate::part::when;
use crate::server::{Failure, LETTERS_MAX, LETTERS_MIN, Visitor, Web};

const HERE: &str = "/me/password";
const END: &str = "/me/password/end";

/// The visitor's own password, with the ways to set and end one; nothing where none are wanted.
pub(in crate::page) fn those(web: &Web, visitor: &Visitor) -> Result<Markup, Failure> {
    if web.passwords.is_none() {
        return Ok(markup! {});
    }
    let kept = own(web, visitor.id)?;
    let [set, end] = [HERE, END].map(|action| anew(web, visitor, action));
    let (set, end) = (set?, end?);
    Ok(markup! {
        section.section aria-labelledby="password" {
            div.section-head { h2 #password { "Your password" } p { "It lets you in, and shows before you sign that it is you, for as long as you have no passkey." } }
            @match &kept {
                Some(kept) => p { "Set " (when(kept.created)) ", used " (when(kept.used)) "." },
                None => p.muted { "You have none." },
            }
            form.form method="post" action=(HERE) {
                (set)
                input type="hidden" name="username" value=(visitor.name) autocomplete="username";
                (field("new-password", "password", if kept.is_some() { "A new one" } else { "A password" }))
                (field("again", "again", "The same again"))
                p.hint #password-hint { (LETTERS_MIN) " letters at least; several words that you remember will do. Whoever sets one is signed out everywhere else." }
                div.actions { button.button { "Set the password" } }
            }
            @if kept.is_some() {
                form method="post" action=(END) { (end) div.actions { button.button { "End the password" } } }
            }
        }
    })
}

fn field(id: &str, name: &str, words: &str) -> Markup {
    markup! {
        div.field {
            label for=(id) { (words) }
            input.input #(id) name=(name) type="password" required autocomplete="new-password" minlength=(LETTERS_MIN) maxlength=(LETTERS_MAX) aria-describedby="password-hint";
        }
    }
}

/// A new password, twice.
#[derive(Deserialize)]
pub(super) struct Wanted {
    password: String,
    again: String,
}

/// Sets it. Whoever has anything to show that it is they shows it first; their other sessions end.
pub(super) async fn set(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Failure> {
    // Its hash takes as much work as a check, so it waits in the same line.
    let name = Digest::of(visitor.id.to_string().as_bytes());
    let line = match passwords(&web)?.line(name).await {
        Ok(line) => line,
        Err(seconds) => return Ok(wait(seconds)),
    };
    web.blocking(move |web| {
        let _line = line;
        proof::check_owner(web, &visitor)?;
        if wanted.password != wanted.again {
            return Err(Failure::Misused("the two are not the same".to_owned()));
        }
        if wanted.password.chars().count() > LETTERS_MAX {
            let why = format!("a password has {LETTERS_MAX} letters at the most");
            return Err(Failure::Misused(why));
        }
        let leads_to = format!("/people/{}", visitor.id);
        let done = once_to(web, &visitor, &leads_to, || {
            keep(web, &visitor, &wanted.password)
        })?;
        Ok(done.into_response())
    })
    .await
}

/// Keeps it in place of the one before.
fn keep(web: &Web, visitor: &Visitor, password: &str) -> Result<(), Failure> {
    let now = web.engine.now();
    let data = passwords(web)?.hash(password, web.engine.random()?)?;
    let password = Credential {
        kind: CredentialKind::Password,
        name: visitor.id.to_string(),
        contributor: visitor.id,
        label: "a password".to_owned(),
        data,
        created: now,
        used: now,
    };
    web.access
        .end_credential(CredentialKind::Password, &password.name)?;
    web.access.add(&password)?;
    end_others(web, visitor)?;
    // Whoever just made it was there.
    web.access.prove(visitor.entered.secret, now)?;
    Ok(())
}

/// Ends it.
pub(super) async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        proof::check_owner(web, &visitor)?;
        once_to(web, &visitor, &format!("/people/{}", visitor.id), || {
            let (kind, name) = (CredentialKind::Password, visitor.id.to_string());
            if !web.access.end_credential(kind, &name)? {
                return Err(Failure::NotHere);
            }
            end_others(web, &visitor)
        })
    })
    .await
}

/// Ends the visitor's sessions in other browsers.
fn end_others(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    for pass in web.access.of(visitor.id)? {
        if pass.kind == PassKind::Session && pass.secret != visitor.entered.secret {
            web.access.end(pass.secret)?;
        }
    }
    Ok(())
}
