//! The pages of whoever is not in yet.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use maud::html as markup;

use super::shell::bare;

/// Whoever opened a link is asked whether to come in: programs open links too.
pub(crate) fn welcome(link: &str, name: &str) -> Html<String> {
    bare(
        "Sign in",
        &markup! {
            section.card {
                h1 { "Welcome, " (name) }
                p { "This link lets you in once, on this device. You stay signed in for half a day, \
                     or until you have not been here for half an hour." }
                form method="post" action={ "/enter/" (link) } {
                    button.button.primary { "Come in" }
                }
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
                     one; at the terminal, 'consort sign-in' makes it." }
            }
        },
    );
    (StatusCode::GONE, page)
}

/// How to come in.
pub(crate) fn sign_in(has_passkeys: bool) -> Html<String> {
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
                p { @if has_passkeys { "Or you" } @else { "You" } " come in by a link that is yours alone and works once. Whoever runs this \
                     network makes it at the terminal: " code { "consort sign-in --as NAME" } "." }
            }
        },
    )
}
