//! What is not signed: it goes back to whoever made it, to somebody else, or up to somebody who decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_desk::sign;
use consort_kernel::command::Body;
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::task::{Judgment, Reason, TaskCommand, Verdict};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::Seen;
use super::act;
use super::review::{asked, cause, lacks, unclear};
use crate::part::Icon;
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};
use crate::signing::handed;

/// The way back, in a form of its own: it takes words, and a signature does not.
pub(super) fn form(seen: &Seen<'_>, content: Digest) -> Markup {
    let may_judge = !has_judged(seen);
    markup! {
        details.disclosure {
            summary { (Icon::Undo.show()) "Ask for changes" @if may_judge { ", or leave it to somebody else" } }
            form.form method="post" action={ (seen.address()) "/sign" } {
                (seen.carried())
                input type="hidden" name="content" value=(content);
                div.field {
                    label for="changes" { "What has to change?" }
                    p.hint #changes-hint { "In a word; below, what each criterion lacks, where that helps." }
                    textarea.input #changes name="changes" required aria-describedby="changes-hint" {}
                }
                @for criterion in &seen.task.spec.instructions.criteria { (asked(&criterion.key, &criterion.text)) }
                (unclear())
                div.actions {
                    button.button name="decision" value="changes" { (Icon::Undo.show()) "Send it back" }
                    @if may_judge {
                        button.button name="decision" value="reject" { "Somebody else should do it" }
                        button.button name="decision" value="escalate" { (Icon::Escalate.show()) "Somebody else has to decide" }
                    }
                }
            }
        }
    }
}

/// What else has to change, for whoever answers for what went back, before it comes again.
pub(super) fn more(seen: &Seen<'_>) -> Markup {
    if seen.task.accountable != seen.visitor.id {
        return markup! {};
    }
    let usual = sign::criterion_of_remarks(&seen.task);
    markup! {
        details.disclosure {
            summary { (Icon::Undo.show()) "Ask for changes" span.muted { "beside these, before it is handed in again" } }
            form.form method="post" action={ (seen.address()) "/changes" } {
                (seen.carried())
                div.field {
                    label for="changes" { "What else has to change?" }
                    textarea.input #changes name="changes" required {}
                }
                div.field {
                    label for="criterion" { "Which criterion is it about?" }
                    select.input #criterion name="criterion" {
                        @for criterion in &seen.task.spec.instructions.criteria {
                            option value=(criterion.key) selected[usual == Some(criterion.key.as_str())] { (criterion.text) }
                        }
                    }
                }
                div.actions { button.button { (Icon::Undo.show()) "Ask for it" } }
            }
        }
    }
}

/// What somebody asks for beside what it went back for.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    changes: String,
    /// What it is about; what such remarks are about as a rule, where it is not said.
    criterion: Option<String>,
}

/// Adds to what has to change.
pub(crate) async fn add(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(wanted): Form<Wanted>,
) -> Result<Redirect, Failure> {
    act::carry_out(web, visitor, (id, Act::Decide), move |task| {
        let usual = || sign::criterion_of_remarks(task).map(str::to_owned);
        let criterion = wanted.criterion.or_else(usual).ok_or(Failure::NotHere)?;
        let reasons = vec![Reason {
            criterion,
            text: wanted.changes.trim().to_owned(),
        }];
        Ok(TaskCommand::AddChanges { reasons })
    })
    .await
}

/// Whoever judges does so once.
fn has_judged(seen: &Seen<'_>) -> bool {
    let Visitor { id, .. } = seen.visitor;
    let reviews = seen.task.handed().map(|handed| handed.reviews.as_slice());
    reviews.is_some_and(|reviews| reviews.iter().any(|review| review.by.id == *id))
}

/// Carries out what the form asks for: work goes nowhere without words on it.
pub(super) fn carry_out(seen: &Seen<'_>, form: &BTreeMap<String, String>) -> Result<(), Failure> {
    let text = |name: &str| form.get(name).map_or("", |it| it.trim());
    let whole = text("changes");
    let mut reasons = lacks(&seen.task, form);
    if !whole.is_empty() {
        let criterion = sign::criterion_of_remarks(&seen.task).ok_or(Failure::NotHere)?;
        reasons.push(Reason {
            criterion: criterion.to_owned(),
            text: whole.to_owned(),
        });
    }
    if reasons.is_empty() {
        let why = "say what has to change, so that whoever has it next can do better".to_owned();
        return Err(Failure::Misused(why));
    }
    let command = match text("decision") {
        "reject" => judged(seen, form, Verdict::Reject, reasons)?,
        "escalate" => judged(seen, form, Verdict::Escalate, reasons)?,
        _ => sign::returning(&seen.task, cause(form), reasons)?,
    };
    let body = Body::Task(seen.task.id, command);
    seen.visitor.send(seen.web, body)?;
    Ok(())
}

/// A judgment of whoever could sign it.
fn judged(
    seen: &Seen<'_>,
    form: &BTreeMap<String, String>,
    verdict: Verdict,
    reasons: Vec<Reason>,
) -> Result<TaskCommand, Failure> {
    let handed = handed(&seen.task)?;
    let words: Vec<&str> = reasons.iter().map(|it| it.text.as_str()).collect();
    Ok(TaskCommand::Review(Box::new(Judgment {
        cause: Some(cause(form)),
        gap_note: words.join("; "),
        lease: handed.lease.number,
        reasons,
        submission: handed.submission.content,
        verdict,
    })))
}
