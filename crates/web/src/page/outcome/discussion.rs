//! The discussion of an outcome: what those who see it say to each other.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use axum::routing::post;
use consort_engine::access::Remark;
use consort_kernel::id::{CommandId, OutcomeId};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form;
use super::Seen;
use crate::discussion::{Circle, PAGE, Piece, TEXT_MAX, change, may_change, page, say};
use crate::part::{Icon, Tone, chip, when};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many unread remarks are looked through for those of this discussion.
const UNREAD_MAX: usize = 200;

/// The routes of the discussion; the page itself is a part of the outcome's.
pub(in crate::page) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/outcomes/{id}/discussion", post(add))
        .route("/outcomes/{id}/discussion/change", post(edit))
        .route("/outcomes/{id}/discussion/end", post(end))
        .route("/outcomes/{id}/discussion/read", post(read))
}

/// The discussion. Whoever is named in it says that they have read it: to look at a page changes nothing.
pub(super) fn show(seen: &Seen<'_>, before: Option<&str>) -> Result<Markup, Failure> {
    let web = seen.web;
    let (remarks, next) = page(web, seen.outcome.id, before, PAGE)?;
    let is_unread = has_unread(seen, &remarks)?;
    let circle = Circle::of(web, &seen.outcome)?;
    let mut rows = Vec::new();
    for remark in &remarks {
        rows.push(row(seen, &circle, remark)?);
    }
    // Whatever is said moves it, so that the same words can be said again.
    let latest = remarks
        .first()
        .map_or(Timestamp::from_millis(0), |it| it.at);
    let stream = StreamId::Outcome(seen.outcome.id);
    let key = form::keyed(seen.visitor, stream, latest.as_millis().unsigned_abs());
    Ok(markup! {
        section.section aria-labelledby="discussion" {
            div.section-head { h2 #discussion { "Discussion" } p { "Whoever sees this outcome reads it and may write. It decides nothing." } }
            form.form method="post" action={ (seen.address()) "/discussion" } {
                (key)
                div.field {
                    label for="remark" { "What do you want to say?" }
                    p.hint #remark-hint { "Plain text. @Name tells somebody here, and an identifier such as tsk_… becomes a link." }
                    textarea.input #remark name="text" rows="4" required maxlength=(TEXT_MAX) aria-describedby="remark-hint" {}
                }
                div.actions { button.button.primary { "Say it" } }
            }
            @if is_unread {
                form.note method="post" action={ (seen.address()) "/discussion/read" } data-read {
                    (Icon::Mine.show())
                    p { "You are named here, and it stands on your list until you have read it." }
                    input type="hidden" name="at" value=(latest.as_millis());
                    button.button { "I have read it" }
                }
            }
            @if rows.is_empty() { div.empty { p { b { "Nobody has said anything yet." } } p { "What is asked about a task stays with the task." } } }
            @else { ol.list.section { @for row in rows { (row) } } }
            nav.pager aria-label="Pages of the discussion" {
                @if before.is_some() { a href={ (seen.address()) "?view=discussion" } { "Back to the newest" } }
                @if let Some(next) = next { a href={ (seen.address()) "?view=discussion&before=" (next) } rel="next" { "Older ones" } }
            }
        }
    })
}

/// Whether all that names the visitor here and was not read yet stands on this page: what is older keeps what
/// comes after it unread.
fn has_unread(seen: &Seen<'_>, remarks: &[Remark]) -> Result<bool, Failure> {
    let Some(oldest) = remarks.last() else {
        return Ok(false);
    };
    let unread = seen.web.access.unread(seen.visitor.id, UNREAD_MAX)?;
    let mut of_it = unread.iter().filter(|it| it.outcome == seen.outcome.id);
    // The newest come first.
    Ok(of_it.next_back().is_some_and(|first| first.at >= oldest.at))
}

/// Until when somebody has read.
#[derive(Deserialize)]
struct ReadUntil {
    at: i64,
}

/// Notes that the visitor has read what names them, up to what they saw.
async fn read(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(until): Form<ReadUntil>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        sight::outcome(&web.engine, visitor.id, id)?;
        let at = Timestamp::from_millis(until.at);
        web.access.note_read(visitor.id, id, at)?;
        Ok(Redirect::to(&format!("/outcomes/{id}?view=discussion")))
    })
    .await
}

fn row(seen: &Seen<'_>, circle: &Circle, remark: &Remark) -> Result<Markup, Failure> {
    let by = seen.people.find(remark.by)?;
    let may_change = may_change(seen.web, seen.visitor.id, remark);
    Ok(markup! {
        li.row id={ "said-" (remark.id) } { div.stack {
            p.meta {
                (by.show())
                @if by.is_agent { (chip(Tone::Idle, "AI")) }
                (when(remark.at))
                @if let (Some(at), None) = (remark.changed, remark.ended) { span { "changed " (when(at)) } }
            }
            @match remark.ended {
                Some(at) => p.muted { "Taken back by its author " (when(at)) "." },
                None => div.prose { (text(circle, &remark.text)) },
            }
            @if may_change { (own(seen, remark)) }
        } }
    })
}

/// What its author may still do with a remark.
fn own(seen: &Seen<'_>, remark: &Remark) -> Markup {
    let id = format!("change-{}", remark.id);
    markup! {
        details.disclosure {
            summary { "Change it, or take it back" }
            form.form method="post" action={ (seen.address()) "/discussion/change" } {
                input type="hidden" name="remark" value=(remark.id);
                div.field {
                    label for=(id) { "Your words" }
                    textarea.input id=(id) name="text" rows="4" required maxlength=(TEXT_MAX) { (remark.text) }
                }
                div.actions { button.button { "Change it" } }
            }
            form method="post" action={ (seen.address()) "/discussion/end" } {
                input type="hidden" name="remark" value=(remark.id);
                button.button.quiet { (Icon::Undo.show()) "Take it back" }
            }
        }
    }
}

/// A text in its paragraphs, with its links.
fn text(circle: &Circle, text: &str) -> Markup {
    markup! {
        @for paragraph in text.split("\n\n").filter(|it| !it.trim().is_empty()) {
            p { @for (number, line) in paragraph.trim_matches('\n').split('\n').enumerate() {
                @if number > 0 { br; }
                @for piece in circle.pieces(line) { @match piece {
                    Piece::Text(words) => (words),
                    Piece::Somebody(id, name) => a href={ "/people/" (id) } { b { (name) } },
                    Piece::Thing(stream, words) => @match address(stream) {
                        Some(address) => a href=(address) { (words) },
                        None => (words),
                    },
                } }
            } }
        }
    }
}

/// The page about something.
fn address(stream: StreamId) -> Option<String> {
    match stream {
        StreamId::Task(id) => Some(format!("/tasks/{id}")),
        StreamId::Outcome(id) => Some(format!("/outcomes/{id}")),
        StreamId::Contributor(id) => Some(format!("/people/{id}")),
        StreamId::Organisation(id) => Some(format!("/organisations/{id}")),
        StreamId::Network(_) => None,
    }
}

/// What is said.
#[derive(Deserialize)]
struct Said {
    text: String,
}

/// A remark, and what it says from now on.
#[derive(Deserialize)]
struct Changed {
    remark: CommandId,
    text: String,
}

/// A remark.
#[derive(Deserialize)]
struct Ended {
    remark: CommandId,
}

fn back(id: OutcomeId, remark: CommandId) -> Redirect {
    Redirect::to(&format!("/outcomes/{id}?view=discussion#said-{remark}"))
}

/// Says something.
async fn add(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(said): Form<Said>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let (outcome, _) = sight::outcome(&web.engine, visitor.id, id)?;
        let remark = say(web, &outcome, visitor.id, &visitor.key, &said.text)?;
        Ok(back(id, remark.id))
    })
    .await
}

/// Changes what was said.
async fn edit(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(changed): Form<Changed>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let (outcome, _) = sight::outcome(&web.engine, visitor.id, id)?;
        let text = Some(changed.text.as_str());
        change(web, &outcome, visitor.id, changed.remark, text)?;
        Ok(back(id, changed.remark))
    })
    .await
}

/// Takes back what was said.
async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(ended): Form<Ended>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let (outcome, _) = sight::outcome(&web.engine, visitor.id, id)?;
        change(web, &outcome, visitor.id, ended.remark, None)?;
        Ok(back(id, ended.remark))
    })
    .await
}
