//! What lets somebody in: their sessions and tokens, listed and ended.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use consort_engine::access::{Pass, PassKind};
use consort_kernel::contributor::Contributor;
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form::{Once, anew, once, once_to};
use super::join::{self, TOKEN_DAYS};
use crate::part::{Tone, chip, when};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// Where all of a visitor's stand in a list.
const LIST: &str = "/settings/tokens";

/// What lets a contributor in, for themselves and for whoever answers for them; nothing for others.
pub(in crate::page) fn passes(
    web: &Web,
    visitor: &Visitor,
    contributor: &Contributor,
) -> Result<Markup, Failure> {
    let about = About::Contributor(contributor);
    if !right::may(&web.engine, visitor.asking(), Act::LetIn, about)? {
        return Ok(markup! {});
    }
    let now = web.engine.now();
    let mut open = web.access.of(contributor.id)?;
    open.retain(|pass| pass.kind != PassKind::Link && now < pass.expires);
    let who = contributor.id;
    let mut rows = Vec::new();
    for pass in &open {
        rows.push(row(web, visitor, (who, pass))?);
    }
    Ok(markup! {
        section.section aria-labelledby="passes" {
            div.section-head { h2 #passes { "Sessions and tokens" } p { "What lets in as " @if who == visitor.id { "you" } @else { "this agent" } ". End what you do not know." } }
            @if open.is_empty() { p.muted { "None is open." } }
            ul.list { @for row in &rows { (row) } }
            (make_form(web, visitor, who)?)
        }
    })
}

/// The form that makes a token.
pub(in crate::page) fn make_form(
    web: &Web,
    visitor: &Visitor,
    who: ContributorId,
) -> Result<Markup, Failure> {
    let action = format!("/people/{who}/tokens");
    Ok(markup! {
        form.form method="post" action=(action) {
            (anew(web, visitor, &action)?)
            div.field {
                label for="label" { "A new token for a program" }
                input.input #label name="label" required maxlength="80" aria-describedby="label-hint";
                p.hint #label-hint { "What is it for? It is shown once, lets in for " (TOKEN_DAYS) " days, and never signs." }
            }
            div.actions { button.button { "Make a token" } }
        }
    })
}

/// What a pass is, in a word.
pub(in crate::page) const fn kind(pass: &Pass) -> &'static str {
    match pass.kind {
        PassKind::Token => "Token",
        PassKind::Session | PassKind::Link => "Session",
    }
}

/// Whether anybody came in by it.
pub(in crate::page) fn was_used(pass: &Pass) -> bool {
    pass.kind == PassKind::Session || pass.used > pass.created
}

/// Whether somebody came in by it, for people.
pub(in crate::page) fn state(visitor: &Visitor, pass: &Pass) -> (Tone, &'static str) {
    if pass.secret == visitor.entered.secret {
        (Tone::Done, "This browser")
    } else if was_used(pass) {
        (Tone::Done, "Has come in")
    } else {
        (Tone::Wait, "Not heard of yet")
    }
}

/// The form that ends it, and leads back to where it stands.
pub(in crate::page) fn end_form(
    web: &Web,
    visitor: &Visitor,
    (who, pass): (ContributorId, &Pass),
    back: Option<&str>,
) -> Result<Markup, Failure> {
    let action = format!("/people/{who}/passes/end");
    Ok(markup! {
        form method="post" action=(action) {
            (anew(web, visitor, &action)?)
            input type="hidden" name="pass" value=(pass.secret);
            @if let Some(back) = back { input type="hidden" name="back" value=(back); }
            button.button { "End" span.sr { " " (pass.label) } }
        }
    })
}

fn row(
    web: &Web,
    visitor: &Visitor,
    (who, pass): (ContributorId, &Pass),
) -> Result<Markup, Failure> {
    let (tone, words) = state(visitor, pass);
    Ok(markup! {
        li.row {
            p.row-title { (kind(pass)) ": " (pass.label) }
            p.row-why {
                "since " (when(pass.created))
                @if pass.secret == visitor.entered.secret { ", used now" } @else if was_used(pass) { ", used " (when(pass.used)) }
                ", until " (when(pass.expires))
            }
            div.row-end { (chip(tone, words)) (end_form(web, visitor, (who, pass), None)?) }
        }
    })
}

/// The contributor, if the visitor answers for them.
fn answered_for(web: &Web, visitor: &Visitor, id: ContributorId) -> Result<Contributor, Failure> {
    match web.engine.state(StreamId::Contributor(id))? {
        Some(Row::Contributor(it)) => {
            let about = About::Contributor(&it);
            right::check(&web.engine, visitor.asking(), Act::LetIn, about)?;
            Ok(*it)
        }
        _ => Err(Failure::NotHere),
    }
}

/// What a token is for.
#[derive(Deserialize)]
pub(super) struct Labelled {
    label: String,
}

/// Makes a token, and shows it this once.
pub(super) async fn make(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
    Form(Labelled { label }): Form<Labelled>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        answered_for(web, &visitor, id)?;
        let name = web.engine.name_of(id)?.unwrap_or_else(|| id.to_string());
        let page_of = format!("/people/{id}");
        let made = once(web, &visitor, &page_of, || {
            let token = join::token(web, id, &label)?;
            Ok((token, page_of.clone()))
        })?;
        let body = match made {
            Once::Now(token) => markup! {
                header.page-head { div { h1 { "A token for " (name) } } }
                (join::shown_once("the token", &token))
                p { a.button href=(page_of) { "Go on" } }
            },
            Once::Before(led) => markup! {
                header.page-head { div { h1 { "This token was made already" } p.muted { "For " (name) ": " (label.trim()) } } }
                (join::was_shown("Where it was lost, end it, and make another on the same page."))
                p { a.button href=(led) { "See the tokens" } }
            },
        };
        join::page(web, &visitor, "A new token", &body)
    })
    .await
}

/// Which session or token, and where its form stood.
#[derive(Deserialize)]
pub(super) struct Which {
    pass: Digest,
    #[serde(default)]
    back: String,
}

/// Ends a session or a token.
pub(super) async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
    Form(which): Form<Which>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        answered_for(web, &visitor, id)?;
        let back = match which.back.as_str() {
            LIST => LIST.to_owned(),
            _ => format!("/people/{id}"),
        };
        once_to(web, &visitor, &back, || {
            let is_theirs = web.access.of(id)?.iter().any(|it| it.secret == which.pass);
            if !is_theirs {
                return Err(Failure::NotHere);
            }
            web.access.end(which.pass)?;
            Ok(())
        })
    })
    .await
}
