//! The pages of whoever is not in yet.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use maud::html as markup;

use super::identity;
use super::shell::bare;
#[cfg(any(feature = "oidc", feature = "passwords"))]
use crate::part::sentence;
use crate::server::{Failure, Web};

/// Whom a link would let in.
pub(crate) struct Joins {
    /// Their name.
    pub(crate) name: String,
    /// Whether they may come in by an identity of theirs as well, to be known by it from then on:
    /// somebody who is known by anything already adds it in their profile, after showing that.
    pub(crate) may_join: bool,
}

/// Whom a link would let in, if it lets anybody in.
pub(crate) fn joins(web: &Web, link: &str) -> Result<Option<Joins>, Failure> {
    let Some(behind) = web.access.behind(link, web.engine.now())? else {
        return Ok(None);
    };
    let who = behind.contributor;
    let Some(name) = web.engine.name_of(who)? else {
        return Ok(None);
    };
    let may_join = identity::has_any(web) && web.access.credentials_of(who)?.is_empty();
    Ok(Some(Joins { name, may_join }))
}

/// Whoever opened a link is asked whether to come in: programs open links too.
pub(crate) fn welcome(web: &Web, link: &str, joins: &Joins) -> Html<String> {
    bare(
        "Sign in",
        &markup! {
            section.card {
                h1 { "Welcome, " (joins.name) }
                p { "This link lets you in once, on this device. You stay signed in for half a day, \
                     or until you have not been here for half an hour." }
                form method="post" action={ "/enter/" (link) } {
                    button.button.primary { "Come in" }
                }
                @if joins.may_join {
                    p { "Or come in by an identity that you have elsewhere. You are known by it from then on, and need no link again." }
                    (identity::buttons(web, "Come in by", |name| format!("/enter/{link}/with/{name}")))
                }
            }
        },
    )
}

/// Whoever came too often waits for a while.
pub(crate) fn too_often(seconds: u64) -> Html<String> {
    let words = if seconds == 1 {
        "a second".to_owned()
    } else {
        format!("{seconds} seconds")
    };
    bare(
        "That was too often",
        &markup! {
            section.card {
                h1 { "That was too often" }
                p { "Too many tries came from your network address. Try again in " (words) "; a link that you have is still good." }
                p { a.button href="/sign-in" { "See every way to come in" } }
            }
        },
    )
}

/// A link that lets nobody in any more.
pub(crate) fn used_up() -> impl IntoResponse {
    let page = bare(
        "This link is used up",
        &markup! {
            section.card {
                h1 { "This link lets nobody in" }
                p { "It was used already, or it is too old. Ask whoever gave it to you for another \
                     one. Who invited you makes it where they did, and whoever runs the server at the terminal, \
                     by 'consort sign-in'." }
            }
        },
    );
    (StatusCode::GONE, page)
}

/// Leads on to an identity provider.
#[cfg(feature = "oidc")]
pub(crate) fn leads_on(address: &str) -> Html<String> {
    bare(
        "You are led on",
        &markup! {
            section.card {
                h1 { "You are led on" }
                p { "To where you have your identity, and back here from there." }
                p { a.button.primary href=(address) { "Go on" } }
            }
        },
    )
}

/// What is said where what was shown made nobody known.
#[cfg(any(feature = "oidc", feature = "passwords"))]
pub(crate) fn not_known(why: &str) -> Html<String> {
    bare(
        "Not known by that",
        &markup! {
            section.card {
                h1 { "You are not known by that" }
                p { (sentence(why)) }
                p { a.button href="/sign-in" { "See every way to come in" } }
            }
        },
    )
}

/// How to come in.
pub(crate) fn sign_in(web: &Web) -> Html<String> {
    let has_passkeys = web.passkeys.is_some();
    let has_other = has_passkeys || identity::has_any(web) || web.passwords.is_some();
    bare(
        "Sign in",
        &markup! {
            section.card {
                h1 { "Sign in" }
                @if has_passkeys {
                    form data-passkey="enter" method="post" action="/sign-in/passkey" {
                        p { button.button.primary { "Use a passkey" } }
                    }
                }
                (identity::buttons(web, "Come in by", |name| format!("/sign-in/with/{name}")))
                @if web.passwords.is_some() {
                    form.form method="post" action="/sign-in/password" {
                        div.field { label for="name" { "Your name" } input.input #name name="name" required autocomplete="username"; }
                        div.field { label for="password" { "Your password" } input.input #password name="password" type="password" required autocomplete="current-password"; }
                        div.actions { button.button { "Come in" } }
                    }
                }
                p { @if has_other { "Or you" } @else { "You" } " come in by a link that is yours alone and works once. Whoever invited you \
                     makes it, or whoever runs this network, at the terminal: " code { "consort sign-in --as NAME" } "." }
            }
        },
    )
}
