//! Doing a task: taking it or saying no, asking, giving it back.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_kernel::command::Body;
use consort_kernel::id::TaskId;
use consort_kernel::task::{Task, TaskCommand};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::done::Deed;
use super::super::today;
use super::{Seen, see};
use crate::part::{Icon, Tone, chip};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

/// The offer, to whom it was made.
pub(super) fn offered(seen: &Seen<'_>) -> Markup {
    if !seen.is_offered() {
        return markup! {};
    }
    markup! {
        section.card aria-labelledby="offer" {
            h2 #offer { "This is offered to you" }
            p { "Take it and it is yours until its time is up. Saying no costs nothing and changes nothing about you." }
            div.decide {
                form method="post" action={ (seen.address()) "/decline" } { (seen.carried()) button.button { "Say no" } }
                form method="post" action={ (seen.address()) "/claim" } { (seen.carried()) button.button.primary { (Icon::Offer.show()) "Take it" } }
            }
        }
    }
}

/// What may be done beside handing it in, for whoever holds it.
pub(super) fn give_back(seen: &Seen<'_>) -> Markup {
    markup! {
        details.disclosure {
            summary { (Icon::Undo.show()) "Give it back" }
            form.form method="post" action={ (seen.address()) "/release" } {
                (seen.carried())
                div.field { label for="note" { "What should the next one know?" } input.input #note name="note" required; }
                div.actions { button.button { "Give it back" } }
            }
        }
    }
}

/// Questions about the task, and who may answer them.
pub(super) fn questions(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let task = &seen.task;
    if task.questions.is_empty() && !seen.holds() {
        return Ok(markup! {});
    }
    let mut asked = Vec::new();
    for (number, question) in task.questions.iter().enumerate() {
        let who = seen.people.name(question.by)?;
        let answer = match &question.answer {
            Some((by, text)) => {
                let by = seen.people.name(*by)?;
                markup! { p { b { (by) } br; (text) } }
            }
            None if task.accountable == seen.visitor.id => markup! {
                form.field method="post" action={ (seen.address()) "/answer" } {
                    (seen.carried())
                    input type="hidden" name="question" value=(number);
                    label for={ "answer-" (number) } { "Your answer" }
                    textarea.input id={ "answer-" (number) } name="text" required {}
                    div.actions { button.button { "Answer" } }
                }
            },
            None => chip(Tone::Wait, "Not answered yet"),
        };
        asked.push(markup! { p { b { (who) } br; (question.text) } (answer) });
    }
    Ok(markup! {
        section.section aria-labelledby="questions" {
            div.section-head { h2 #questions { "Questions" } }
            div.stack.small {
                @for one in asked { (one) }
                @if seen.holds() {
                    form.field method="post" action={ (seen.address()) "/ask" } {
                        (seen.carried())
                        label for="ask" { "Your question" }
                        textarea.input #ask name="text" required {}
                        div.actions { button.button { "Ask" } }
                    }
                }
            }
        }
    })
}

/// A text that a form carries.
#[derive(Deserialize)]
pub(crate) struct Said {
    text: String,
}

/// An answer to a question.
#[derive(Deserialize)]
pub(crate) struct Answered {
    question: u32,
    text: String,
}

/// What the next one should know.
#[derive(Deserialize)]
pub(crate) struct Noted {
    note: String,
}

/// Carries out a command about a task that the visitor sees, and shows it again.
pub(super) async fn carry_out(
    web: Arc<Web>,
    visitor: Visitor,
    (id, act): (TaskId, Act),
    command: impl FnOnce(&Task) -> Result<TaskCommand, Failure> + Send + 'static,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(act)?;
        visitor.send(web, Body::Task(id, command(&seen.task)?))?;
        Ok(Redirect::to(&seen.address()))
    })
    .await
}

/// Carries out a command with which they have dealt with the task, and leads them to what is next.
pub(super) async fn carry_on(
    web: Arc<Web>,
    visitor: Visitor,
    id: TaskId,
    (deed, act): (Deed, Act),
    command: impl FnOnce(&Task) -> TaskCommand + Send + 'static,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(act)?;
        visitor.send(web, Body::Task(id, command(&seen.task)))?;
        today::next(web, &visitor, (deed, id))
    })
    .await
}

/// Takes it.
pub(crate) async fn claim(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
) -> Result<Redirect, Failure> {
    carry_out(web, visitor, (id, Act::Work), |_| Ok(TaskCommand::Claim)).await
}

/// Says no.
pub(crate) async fn decline(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
) -> Result<Redirect, Failure> {
    let deed = (Deed::Declined, Act::Work);
    carry_on(web, visitor, id, deed, |_| TaskCommand::Decline).await
}

/// Gives it back.
pub(crate) async fn release(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(noted): Form<Noted>,
) -> Result<Redirect, Failure> {
    let deed = (Deed::GivenBack, Act::Work);
    carry_on(web, visitor, id, deed, |task| TaskCommand::Release {
        lease: task.lease_number,
        note: noted.note,
    })
    .await
}

/// Asks something about it.
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(said): Form<Said>,
) -> Result<Redirect, Failure> {
    carry_out(web, visitor, (id, Act::Work), |task| {
        Ok(TaskCommand::Ask {
            lease: task.lease_number,
            text: said.text,
        })
    })
    .await
}

/// Answers a question.
pub(crate) async fn answer(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(answered): Form<Answered>,
) -> Result<Redirect, Failure> {
    let deed = (Deed::Answered, Act::Decide);
    carry_on(web, visitor, id, deed, move |_| TaskCommand::Answer {
        question: answered.question,
        text: answered.text,
    })
    .await
}
