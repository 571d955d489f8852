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

use super::join::{self, TOKEN_DAYS};
use crate::part::{Tone, chip, when};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

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
    Ok(markup! {
        section.section aria-labelledby="passes" {
            div.section-head { h2 #passes { "Sessions and tokens" } p { "What lets in as " @if who == visitor.id { "you" } @else { "this agent" } ". End what you do not know." } }
            @if open.is_empty() { p.muted { "None is open." } }
            ul.list { @for pass in &open { (row(visitor, who, pass)) } }
            form.form method="post" action={ "/people/" (who) "/tokens" } {
                div.field {
                    label for="label" { "A new token for a program" }
                    input.input #label name="label" required maxlength="80" aria-describedby="label-hint";
                    p.hint #label-hint { "What is it for? It is shown once, lets in for " (TOKEN_DAYS) " days, and never signs." }
                }
                div.actions { button.button { "Make a token" } }
            }
        }
    })
}

fn row(visitor: &Visitor, who: ContributorId, pass: &Pass) -> Markup {
    let is_this = pass.secret == visitor.entered.secret;
    let kind = match pass.kind {
        PassKind::Token => "Token",
        PassKind::Session | PassKind::Link => "Session",
    };
    let was_used = pass.kind == PassKind::Session || pass.used > pass.created;
    markup! {
        li.row {
            p.row-title { (kind) ": " (pass.label) }
            p.row-why {
                "since " (when(pass.created))
                @if was_used { ", used " (when(pass.used)) }
                ", until " (when(pass.expires))
            }
            div.row-end {
                @if is_this { (chip(Tone::Done, "This browser")) }
                @else if was_used { (chip(Tone::Done, "Has come in")) }
                @else { (chip(Tone::Wait, "Not heard of yet")) }
                form method="post" action={ "/people/" (who) "/passes/end" } {
                    input type="hidden" name="pass" value=(pass.secret);
                    button.button { "End" span.sr { " " (pass.label) } }
                }
            }
        }
    }
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
        let token = join::token(web, id, &label)?;
        let body = markup! {
            header.page-head { div { h1 { "A token for " (name) } } }
            (join::shown_once(&token))
            p { a.button href={ "/people/" (id) } { "Go on" } }
        };
        join::page(web, &visitor, "A new token", &body)
    })
    .await
}

/// Which session or token.
#[derive(Deserialize)]
pub(super) struct Which {
    pass: Digest,
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
        let is_theirs = web.access.of(id)?.iter().any(|it| it.secret == which.pass);
        if !is_theirs {
            return Err(Failure::NotHere);
        }
        web.access.end(which.pass)?;
        Ok(Redirect::to(&format!("/people/{id}")))
    })
    .await
}
