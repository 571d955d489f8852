//! Showing, before something that counts, that it is still the same person.

use maud::{Markup, html as markup};

use crate::server::{Failure, Visitor, Web};
use crate::signing::{self, Proof};

/// Fails where the visitor has to show that it is they before they change what they come in by.
pub(super) fn check_owner(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    let is_fresh = visitor.entered.is_fresh(web.engine.now());
    signing::check_owner(web, visitor.id, is_fresh)
}

/// Fails where the visitor has to show that it is they before they sign.
pub(super) fn check_signer(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    let is_fresh = visitor.entered.is_fresh(web.engine.now());
    signing::check_signer(web, visitor.id, is_fresh)
}

/// What is asked where it is due, and nothing where it is not.
pub(super) fn ask(web: &Web, visitor: &Visitor) -> Result<Option<Markup>, Failure> {
    let is_fresh = visitor.entered.is_fresh(web.engine.now());
    let due = signing::due(web, visitor.id, is_fresh)?;
    Ok(due.map(|proof| {
        markup! {
            div.note.section {
                div {
                    p { b { "Show that it is you." } " What you are about to do is yours alone, so " (asked(&proof)) " It counts for five minutes." }
                    (form(visitor, &proof))
                }
            }
        }
    }))
}

const fn asked(proof: &Proof) -> &'static str {
    match proof {
        Proof::Passkey => "your passkey is asked for again.",
        Proof::Again { .. } => "you sign in again, and come back here.",
        Proof::Missing => "here a session alone is not enough.",
    }
}

fn form(visitor: &Visitor, proof: &Proof) -> Markup {
    match proof {
        Proof::Passkey => markup! {
            form data-passkey="prove" method="post" action="/me/proof" {
                div.actions { button.button { "Use my passkey" } }
            }
            noscript { p { "It needs scripts. Without them, end your passkeys, or sign in a browser that runs them." } }
        },
        Proof::Missing => markup! {
            p { "You have nothing yet to show it by. " a href={ "/people/" (visitor.id) "#passkeys" } { "Add a passkey, or what else your profile offers" } ", and come back." }
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
