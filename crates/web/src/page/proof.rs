//! Showing, before something that counts, that it is still the same person.

use maud::{Markup, html as markup};

use crate::server::{Failure, Visitor, Web};
use crate::signing::{self, Proof};

/// Fails where the visitor has to show first that it is they.
pub(super) fn check(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    let is_fresh = visitor.entered.is_fresh(web.engine.now());
    signing::check_fresh(web, visitor.id, is_fresh)
}

/// What is asked where it is due, and nothing where it is not.
pub(super) fn ask(web: &Web, visitor: &Visitor) -> Result<Option<Markup>, Failure> {
    let is_fresh = visitor.entered.is_fresh(web.engine.now());
    let due = signing::due(web, visitor.id, is_fresh)?;
    Ok(due.map(|proof| {
        markup! {
            div.note.section {
                div {
                    p { b { "Show that it is you." } " Your signature is yours alone, so " (asked(&proof)) " It counts for five minutes." }
                    (form(&proof))
                }
            }
        }
    }))
}

const fn asked(proof: &Proof) -> &'static str {
    match proof {
        Proof::Passkey => "your passkey is asked for again.",
        Proof::Again { .. } => "you sign in again, and come back here.",
    }
}

fn form(proof: &Proof) -> Markup {
    match proof {
        Proof::Passkey => markup! {
            form data-passkey="prove" method="post" action="/me/proof" {
                div.actions { button.button { "Use my passkey" } }
            }
            noscript { p { "It needs scripts. Without them, end your passkeys, or sign in a browser that runs them." } }
        },
        Proof::Again {
            providers,
            by_password,
        } => markup! {
            @for (name, label) in providers {
                form method="post" action={ "/me/proof/with/" (name) } {
                    div.actions { button.button { "Sign in again at " (label) } }
                }
            }
            @if *by_password {
                form.form method="post" action="/me/proof/password" {
                    div.field {
                        label for="proof-password" { "Your password" }
                        input.input #proof-password name="password" type="password" required autocomplete="current-password";
                    }
                    div.actions { button.button { "Show it" } }
                }
            }
        },
    }
}
