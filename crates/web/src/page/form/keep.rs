//! What was typed into a form that was not carried out: it is kept beside what stands in the way, to be changed
//! and sent again.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use consort_kernel::command::Principal;
use consort_kernel::event::Envelope;
use maud::{Markup, html as markup};

use super::super::shell::{self, Head, Place};
use super::{KEY, SEEN, about, carried, own};
use crate::part::{Happened, Icon, People, sentence, when};
use crate::server::{Failure, Since, Visitor, Web, Why};

/// The names of fields in which people write, with what stands beside them; other fields are carried on
/// as they are.
const WRITTEN: [(&str, &str); 30] = [
    ("address", "Address"),
    ("amount", "How much?"),
    ("capabilities", "Capabilities, one on each line"),
    ("capability", "Capability"),
    ("changes", "What has to change?"),
    ("constraints", "What has to be kept to? One on each line"),
    (
        "criteria",
        "When is it good enough? One criterion on each line",
    ),
    ("family", "Family"),
    ("fee", "The network's fee, in percent"),
    ("goal", "What has to be done?"),
    ("kinds", "Events"),
    ("label", "Label"),
    ("lacks-", "What has to change"),
    ("missed", "What does it miss?"),
    ("name", "Name"),
    ("note", "What should the next one know?"),
    ("objective", "What is wanted?"),
    ("price", "What does it pay?"),
    ("question", "Question"),
    ("reason", "Why?"),
    ("reason-", "Reason"),
    ("recommendation", "Your recommendation"),
    ("reference", "What shows it?"),
    ("result", "Your result"),
    ("task", "Task"),
    ("tax", "Tax, in percent"),
    ("text", "Your words"),
    ("title", "Title"),
    ("units", "How much?"),
    ("who", "Who?"),
];
/// Those of them that are one line.
const LINES: [&str; 13] = [
    "address",
    "amount",
    "capability",
    "family",
    "fee",
    "label",
    "name",
    "price",
    "reference",
    "tax",
    "title",
    "units",
    "who",
];
/// What the names of fields have in them whose values no page shows: with one, nothing is kept.
const SECRET: [&str; 3] = ["password", "secret", "code"];

/// Whether what a field of this name holds is nobody else's to know.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|secret| name.contains(secret))
}

/// What is said to whoever sends a form after their session.
const SIGNED_OUT: &str = "Your session has ended";

/// What was sent: the address, and the fields with what was typed.
type Form<'a> = (&'a str, &'a [(String, String)]);

/// What happened since, and what was typed, to be sent all the same.
pub(super) fn moved(
    web: &Web,
    visitor: &Visitor,
    since: &Since,
    (path, fields): Form<'_>,
) -> Result<Response, Failure> {
    let people = People::of(&web.engine);
    let mut lines = Vec::new();
    for change in &since.changes {
        lines.push(line(&people, change)?);
    }
    let body = markup! {
        header.page-head { div {
            h1 { "More has happened since you looked" }
            p.muted { "Nothing was done yet, and what you wrote is kept below." }
        } }
        section.section aria-labelledby="since" {
            div.section-head { h2 #since { "What happened since" } }
            ol.timeline { @for line in lines { (line) } }
        }
        form.section method="post" action=(path) aria-labelledby="yours" {
            (carried(visitor, since.stream, since.is))
            div.section-head { h2 #yours { "What you were about to send" } }
            @for (number, (name, value)) in own(fields).enumerate() { (field(number, name, value, false)) }
            div.decide {
                a.button href=(about(path)) { "Look at it first" }
                button.button.primary { (Icon::Check.show()) "Send it all the same" }
            }
        }
    };
    let head = Head {
        title: "More has happened",
        place: Place::Today,
        above: &[],
    };
    shell::page(web, visitor, &head, &body)
}

fn line(people: &People<'_>, change: &Envelope) -> Result<Markup, Failure> {
    if let Some(happened) = Happened::of(change) {
        return happened.show(people, &markup! {});
    }
    let by = match change.principal {
        Principal::Contributor(id) => people.name(id)?,
        Principal::Engine => "The network".to_owned(),
    };
    let name = change.event.name();
    let what = name.split_once('.').map_or("", |(_, what)| what);
    let what = what.replace('_', " ");
    Ok(
        markup! { li { (when(change.recorded_at)) (Icon::Idle.show()) p { b { (by) } ": " (what) } } },
    )
}

/// Why it was not done, and what was typed, to be changed and sent again; nothing where nobody typed anything
/// that may be shown.
pub(super) fn refused(
    web: &Web,
    visitor: &Visitor,
    (status, Why(why)): (StatusCode, &Why),
    (path, fields): Form<'_>,
) -> Result<Option<Response>, Failure> {
    let is_to_change = own(fields).any(|(name, _)| beside(name).is_some());
    if !is_to_change || own(fields).any(|(name, _)| is_secret(name)) {
        return Ok(None);
    }
    let carried = fields
        .iter()
        .filter(|(name, _)| name == KEY || name == SEEN);
    let title = shell::title(status);
    let body = markup! {
        header.page-head { div { h1 { (title) } p.muted { "Nothing was done, and what you wrote is kept below." } } }
        div.section { div.note.is-bad role="alert" { (Icon::Back.show()) p { (sentence(why)) } } }
        form.section.form method="post" action=(path) aria-labelledby="yours" {
            @for (name, value) in carried { input type="hidden" name=(name) value=(value); }
            div.section-head { h2 #yours { "What you sent" } }
            @for (number, (name, value)) in own(fields).enumerate() { (field(number, name, value, true)) }
            div.decide {
                a.button href=(about(path)) { "Leave it" }
                button.button.primary { (Icon::Check.show()) "Send it again" }
            }
        }
    };
    let head = Head {
        title,
        place: Place::Today,
        above: &[],
    };
    shell::page(web, visitor, &head, &body).map(Some)
}

/// What was typed by somebody whose session had ended: they come in again beside it, and send it from here.
pub(super) fn signed_out(path: &str, fields: &[(String, String)]) -> Response {
    let is_kept = own(fields).any(|(name, _)| beside(name).is_some());
    let is_secret = own(fields).any(|(name, _)| SECRET.iter().any(|it| name.contains(it)));
    if !is_kept || is_secret {
        return Redirect::to("/sign-in").into_response();
    }
    let body = markup! {
        h1 { (SIGNED_OUT) }
        p { "Nothing was done, and what you wrote is kept here. Sign in beside this page, come back, and send it." }
        p { a.button.primary href="/sign-in" target="_blank" { "Sign in beside this page" } }
        form.form method="post" action=(path) {
            @for (number, (name, value)) in fields.iter().enumerate() { (field(number, name, value, true)) }
            div.actions { button.button { (Icon::Check.show()) "Send it again" } }
        }
    };
    (StatusCode::UNAUTHORIZED, shell::bare(SIGNED_OUT, &body)).into_response()
}

/// The same for a form with files, which the browser has still.
pub(super) fn left_behind() -> Response {
    let body = markup! {
        h1 { (SIGNED_OUT) }
        p { "Nothing was done. Sign in beside this page, and go back to your form: your browser has what you filled in." }
        p { a.button.primary href="/sign-in" target="_blank" { "Sign in beside this page" } }
    };
    (StatusCode::UNAUTHORIZED, shell::bare(SIGNED_OUT, &body)).into_response()
}

/// What stands beside a field in which people write.
fn beside(name: &str) -> Option<&'static str> {
    let is_it = |known: &str| name == known || (known.ends_with('-') && name.starts_with(known));
    let known = WRITTEN.iter().find(|(known, _)| is_it(known));
    known.map(|(_, words)| *words)
}

/// A field as it was typed: words to be read and changed, where nothing was typed only if that may be the fault;
/// anything else as it was.
fn field(number: usize, name: &str, value: &str, is_at_fault: bool) -> Markup {
    let words = beside(name).filter(|_| is_at_fault || !value.trim().is_empty());
    let id = format!("yours-{number}");
    markup! {
        @match words {
            Some(words) => div.field {
                label for=(id) { (words) }
                @if LINES.contains(&name) && !value.contains('\n') { input.input id=(id) name=(name) value=(value); }
                @else { textarea.input id=(id) name=(name) { (value) } }
            },
            None => input type="hidden" name=(name) value=(value);,
        }
    }
}
