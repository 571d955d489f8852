//! Handing in: a form of what the criteria ask for, filled in step by step, looked at before it is handed in, and
//! given back with all that was filled in until it can be.

mod field;
mod lack;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use consort_desk::form::{Form, Lack};
use consort_desk::question::{Made, handing_in};
use consort_engine::runner::{commission, faults_of_draft};
use consort_kernel::command::Body;
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::task::AiUse;
use maud::{Markup, html as markup};
use serde_json::{Value, json};

use super::super::form::Sheet;
use super::super::new::named;
use super::{Seen, act, material, see};
use crate::part::{Icon, sentence};
use crate::right::Act;
use crate::sent;
use crate::server::{Failure, Visitor, Web};

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
        .route("/tasks/{id}/hand-in", post(hand_in))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
}

/// What is being handed in.
struct Paper {
    /// What it is filled into; nothing where plain words are asked for.
    form: Option<Form>,
    /// What is filled in so far.
    draft: Value,
    /// The whole result, where it was given so.
    whole: String,
    /// How much of it an AI made, once that was said.
    ai: Option<AiUse>,
    /// The lease under which it was made.
    lease: u64,
    /// Files that were sent, by name.
    files: BTreeMap<String, Digest>,
    /// Where one row more is wanted.
    more: Option<String>,
}

impl Paper {
    /// An empty one, or what went back.
    fn of(seen: &Seen<'_>) -> Result<Self, Failure> {
        let given = commission(&seen.web.engine, seen.task.clone())?;
        let form = Form::of(&given);
        let earlier = given.earlier.as_deref();
        let draft: Value = earlier.map_or(Value::Null, |bytes| {
            serde_json::from_slice(bytes).unwrap_or_default()
        });
        let whole = match &form {
            None => whole(&draft),
            Some(_) => String::new(),
        };
        let files = match &seen.task.returned {
            Some(returned) => returned.submission.files.clone(),
            None => BTreeMap::new(),
        };
        Ok(Self {
            form,
            draft,
            whole,
            ai: None,
            lease: seen.task.lease_number,
            files,
            more: None,
        })
    }

    /// What was sent. Files are kept at once: nobody has to choose them twice.
    fn sent(seen: &Seen<'_>, sheet: &Sheet) -> Result<Self, Failure> {
        let empty = Self::of(seen)?;
        let prefix = format!("{RESULT}/");
        let part = |(name, value): &(String, String)| {
            let place = name.strip_prefix(&prefix)?;
            Some((format!("/{place}"), value.clone()))
        };
        let parts: Vec<(String, String)> = sheet.fields.iter().filter_map(part).collect();
        let ai = sheet.said("ai").map(|it| match it {
            "none" => Ok(AiUse::None),
            "assisted" => Ok(AiUse::Assisted),
            "generated" => Ok(AiUse::Generated),
            other => Err(Failure::Misused(format!("'{other}' says nothing of an AI"))),
        });
        Ok(Self {
            draft: match &empty.form {
                Some(form) => form.gather(&parts),
                None => Value::Null,
            },
            whole: sheet.said(RESULT).unwrap_or_default().to_owned(),
            ai: ai.transpose()?,
            lease: sheet
                .said("lease")
                .and_then(|it| it.parse().ok())
                .unwrap_or_default(),
            files: files(seen, sheet, &empty.files)?,
            more: sheet.said("more").map(str::to_owned),
            form: empty.form,
        })
    }

    /// What is handed in, with what it lacks.
    fn complete(&self) -> (Value, Vec<Lack>) {
        let (content, mut lacks) = match &self.form {
            _ if !self.whole.is_empty() => {
                let whole = match serde_json::from_str(&self.whole) {
                    Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
                    _ => json!({ "text": self.whole }),
                };
                (whole, Vec::new())
            }
            Some(form) => form.complete(self.draft.clone()),
            None => (
                Value::Null,
                vec![lack::of("", "there is nothing in it yet")],
            ),
        };
        if self.ai.is_none() {
            lacks.push(lack::of(lack::AI, "say whether an AI had a part in it"));
        }
        (content, lacks)
    }
}

/// A plain result as it is filled in: its words, or its JSON.
fn whole(draft: &Value) -> String {
    match draft {
        Value::Null => String::new(),
        Value::Object(fields) if fields.len() == 1 => match fields.get("text") {
            Some(Value::String(text)) => text.clone(),
            _ => draft.to_string(),
        },
        other => other.to_string(),
    }
}

/// The files that go with it: those that were sent before and are still wanted, and those that come now.
fn files(
    seen: &Seen<'_>,
    sheet: &Sheet,
    returned: &BTreeMap<String, Digest>,
) -> Result<BTreeMap<String, Digest>, Failure> {
    let (task, who) = (seen.task.id, seen.visitor.id);
    let mut files = BTreeMap::new();
    for (_, named) in sheet.fields.iter().filter(|it| it.0 == SENT) {
        let Some((digest, name)) = named.split_once(' ') else {
            continue;
        };
        let Ok(digest) = digest.parse::<Digest>() else {
            continue;
        };
        let went_back = returned.get(name) == Some(&digest);
        if went_back || seen.web.sent.has(&(task, who, digest)) {
            files.insert(name.to_owned(), digest);
        }
    }
    let mut taken: BTreeSet<String> = files.keys().map(|it| it.to_lowercase()).collect();
    for file in sheet.files.iter().filter(|it| it.field == FILES) {
        let digest = sent::keep(seen.web, (task, who), &file.bytes)?;
        files.insert(named(&file.name, &mut taken), digest);
    }
    Ok(files)
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

/// Hands in what a person made. What could not be handed in comes back as it was filled in.
async fn hand_in(
    State(web): State<Arc<Web>>,
    mut visitor: Visitor,
    Path(id): Path<TaskId>,
    sheet: Sheet,
) -> Result<Response, Failure> {
    visitor.key = sheet.key();
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(Act::Work)?;
        if visitor.key.receipt(&web.engine, visitor.principal())?.is_some() {
            return Ok(Redirect::to(&seen.address()).into_response());
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
        return unfinished(seen, paper, (status, "something is missing", &lacks));
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
        Ok(_) => Ok(Redirect::to(&seen.address()).into_response()),
        Err(failure) if failure.status().is_client_error() => {
            let why = format!("{failure}; look at it again, and hand in once more");
            unfinished(seen, paper, (failure.status(), &why, &[]))
        }
        Err(failure) => Err(failure),
    }
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
