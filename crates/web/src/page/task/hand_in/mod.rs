//! Handing in: a form of what the criteria ask for, filled in step by step, looked at before it is handed in, and
//! given back with all that was filled in until it can be.

mod field;
mod lack;
mod paper;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use consort_desk::form::Lack;
use consort_desk::question::{Made, handing_in};
use consort_engine::runner::faults_of_draft;
use consort_kernel::command::Body;
use consort_kernel::id::TaskId;
use consort_kernel::task::AiUse;
use maud::{Markup, html as markup};

use super::super::done::Deed;
use super::super::form::{Sheet, Unread};
use super::super::today;
use super::{Seen, act, material, see};
use crate::part::{Icon, sentence};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

use paper::Paper;

/// The field with the whole result, and the beginning of the names of its parts.
const RESULT: &str = "result";
/// The field in which files are chosen, and the one that names those that were sent.
const FILES: &str = "files";
const SENT: &str = "sent-file";
/// The most that is handed in at once, in bytes.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// The route that takes it.
pub(in crate::page) fn posted() -> Router<Arc<Web>> {
    Router::new()
        .route("/tasks/{id}/hand-in", get(begin).post(hand_in))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
}

/// The material and the form to hand in, for whoever holds it.
pub(super) fn held(seen: &Seen<'_>) -> Result<Markup, Failure> {
    if !seen.holds() || seen.task.spec.kind == "decide" {
        return Ok(markup! {});
    }
    let paper = Paper::of(seen)?;
    Ok(markup! {
        section.section aria-labelledby="material" {
            div.section-head { h2 #material { "Your material" } p { "For this task alone." } }
            (material::pieces(seen)?)
        }
        section.section.card aria-labelledby="hand-in" {
            h2 #hand-in { "Hand it in" }
            (form(seen, &paper, &[]))
            (act::give_back(seen))
        }
    })
}

fn form(seen: &Seen<'_>, paper: &Paper, lacks: &[Lack]) -> Markup {
    let is_asked = |ai: AiUse| paper.ai == Some(ai);
    markup! {
        form.form method="post" enctype="multipart/form-data" action={ (seen.address()) "/hand-in" } {
            (seen.carried())
            input type="hidden" name="lease" value=(paper.lease);
            @match &paper.form {
                Some(form) => { (field::parts(form, paper, lacks)) }
                None => (plain(paper, lacks)),
            }
            (attached(paper))
            fieldset.field id=(lack::AI) {
                legend { "Did an AI have a part in it?" }
                (lack::at(lacks, lack::AI))
                div.choice { input type="radio" #ai-none name="ai" value="none" checked[is_asked(AiUse::None)]; label for="ai-none" { "No" } }
                div.choice { input type="radio" #ai-assisted name="ai" value="assisted" checked[is_asked(AiUse::Assisted)]; label for="ai-assisted" { "It helped me" } }
                div.choice { input type="radio" #ai-generated name="ai" value="generated" checked[is_asked(AiUse::Generated)]; label for="ai-generated" { "It made it, and I looked at it" } }
            }
            div.decide { button.button.primary { (Icon::Task.show()) "Hand in" } }
        }
    }
}

fn plain(paper: &Paper, lacks: &[Lack]) -> Markup {
    markup! {
        div.field {
            label for=(RESULT) { "Your result" }
            p.hint #result-hint { "In plain words; JSON is taken as it is." }
            (lack::at(lacks, ""))
            textarea.input id=(RESULT) name=(RESULT) rows="10" aria-describedby="result-hint" { (paper.whole) }
        }
    }
}

fn attached(paper: &Paper) -> Markup {
    markup! {
        div.field {
            label for=(FILES) { "Files that belong to it" span.muted { " optional" } }
            @for (number, (name, digest)) in paper.files.iter().enumerate() {
                div.choice {
                    input type="checkbox" id={ (SENT) "-" (number) } name=(SENT) value={ (digest) " " (name) } checked;
                    label for={ (SENT) "-" (number) } { (name) }
                }
            }
            input.input type="file" id=(FILES) name=(FILES) multiple;
        }
    }
}

/// The form as it is filled in so far, on a page of its own.
fn unfinished(
    seen: &Seen<'_>,
    paper: &Paper,
    (status, why, lacks): (StatusCode, &str, &[Lack]),
) -> Result<Response, Failure> {
    let body = markup! {
        header.page-head { div {
            h1 { "Hand it in" }
            p.muted { "Nothing is handed in yet, and what you filled in is kept below." }
        } }
        @if !why.is_empty() {
            div.section.errors role="alert" {
                p { b { (sentence(why)) } }
                (lack::list(paper, lacks))
            }
        }
        section.section.card aria-label="What you hand in" { (form(seen, paper, lacks)) }
        section.section aria-labelledby="material" {
            div.section-head { h2 #material { "Your material" } p { "For this task alone." } }
            (material::pieces(seen)?)
        }
    };
    Ok((status, seen.page("Hand it in", &body)?).into_response())
}

/// The form stands on the page of the task: whoever loads the address of an answer to it again is led there.
async fn begin(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let address = see(web, &visitor, id)?.address();
        Ok(Redirect::to(&format!("{address}#hand-in")))
    })
    .await
}

/// Hands in what a person made. What could not be handed in comes back as it was filled in.
async fn hand_in(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    unread: Unread,
) -> Result<Response, Failure> {
    let mut visitor = web
        .blocking(move |web| {
            see(web, &visitor, id)?.check(Act::Work)?;
            Ok(visitor)
        })
        .await?;
    let sheet = match unread.read(&web).await {
        Ok(sheet) => sheet,
        Err(answer) => return Ok(answer),
    };
    visitor.key = sheet.key();
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(Act::Work)?;
        if visitor.key.receipt(&web.engine, visitor.principal())?.is_some() {
            return led_on(&seen);
        }
        if !seen.holds() {
            return refused(&seen, &sheet, "you do not hold this task any more; take it again first");
        }
        let paper = Paper::sent(&seen, &sheet)?;
        if paper.more.is_some() {
            return unfinished(&seen, &paper, (StatusCode::OK, "", &[]));
        }
        if seen.task.lease_number != paper.lease {
            let why = "you took this task again since you opened this page; look at what was said since, and hand in once more";
            let paper = Paper { lease: seen.task.lease_number, ..paper };
            return unfinished(&seen, &paper, (StatusCode::CONFLICT, why, &[]));
        }
        submit(&seen, &paper)
    })
    .await
}

fn submit(seen: &Seen<'_>, paper: &Paper) -> Result<Response, Failure> {
    let engine = &seen.web.engine;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let (content, mut lacks) = paper.complete();
    let Some(ai) = paper.ai.filter(|_| lacks.is_empty()) else {
        return unfinished(seen, paper, (status, "it is not ready yet", &lacks));
    };
    for fault in faults_of_draft(engine, &seen.task, &content)? {
        lacks.extend(lack::of_check(&fault));
    }
    if !lacks.is_empty() {
        let why = "as it is, it would come straight back";
        return unfinished(seen, paper, (status, why, &lacks));
    }
    let content = content.to_string();
    let made = Made {
        ai,
        content: content.as_bytes(),
        files: paper.files.clone(),
    };
    let command = handing_in(engine, &seen.task, made)?;
    match seen
        .visitor
        .send(seen.web, Body::Task(seen.task.id, command))
    {
        Ok(_) => led_on(seen),
        Err(failure) if failure.status().is_client_error() => {
            let why = format!("{failure}; look at it again, and hand in once more");
            unfinished(seen, paper, (failure.status(), &why, &[]))
        }
        Err(failure) => Err(failure),
    }
}

/// On to what they hold beside it, or to their list.
fn led_on(seen: &Seen<'_>) -> Result<Response, Failure> {
    let deed = (Deed::HandedIn, seen.task.id);
    Ok(today::next(seen.web, seen.visitor, deed)?.into_response())
}

/// What was filled in by somebody who may not hand it in now, as words to be taken along.
fn refused(seen: &Seen<'_>, sheet: &Sheet, why: &str) -> Result<Response, Failure> {
    let is_own = |name: &str| name == RESULT || name.starts_with("result/");
    let filled = sheet.fields.iter();
    let filled = filled.filter(|(name, value)| is_own(name) && !value.trim().is_empty());
    let body = markup! {
        header.page-head { div { h1 { "Hand it in" } p.muted { "Nothing was handed in; this is what you filled in." } } }
        div.section { div.note.is-bad role="alert" { (Icon::Back.show()) p { (sentence(why)) } } }
        section.section.form aria-label="What you filled in" {
            @for (number, (_, value)) in filled.enumerate() {
                div.field {
                    label for={ "filled-" (number) } { "Your words" }
                    textarea.input id={ "filled-" (number) } rows="4" readonly { (value) }
                }
            }
            div.decide { a.button href=(seen.address()) { "Back to the task" } }
        }
    };
    let page = seen.page("Hand it in", &body)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
