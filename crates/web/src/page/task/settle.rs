//! Deciding: the questions that a task puts, each with the passages that speak to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use consort_desk::question::{Made, Questions, handing_in};
use consort_kernel::command::Body;
use consort_kernel::id::TaskId;
use consort_kernel::task::{AiUse, TaskCommand};
use consort_tools::choice::{Choice, ChoiceQuestion, Choices};
use maud::{Markup, html as markup};

use super::super::done::Deed;
use super::super::today;
use super::source::documents;
use super::{Seen, see};
use crate::part::{Documents, Icon, Tone, chip, quoted, statement};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

/// What somebody says of how they decided, where it is not as usual.
const UNREAD: &str = "unread";
const ASSISTED: &str = "assisted";
/// What stays open is chosen by this word, which has a blank that no key of an option has.
const OPEN: &str = "leave open";

/// The questions.
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        let questions = questions(&seen)?;
        let documents = documents(&seen)?;
        let body = view((&seen, &documents), &questions, &BTreeMap::new(), &[]);
        seen.page("Decide", &body)
    })
    .await
}

/// The answers: handed in when each question has one, with the reason that it needs.
pub(crate) async fn settle(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(given): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(Act::Work)?;
        let questions = questions(&seen)?;
        let form = questions.form();
        let mut decisions = Vec::new();
        let mut open = Vec::new();
        for (place, question) in form.questions.iter().enumerate() {
            let decision = choice(question, place, &given);
            match decision.filter(|it| question.is_settled_by(it)) {
                Some(decision) => decisions.push(decision),
                None => open.push(place),
            }
        }
        if !open.is_empty() {
            let documents = documents(&seen)?;
            let body = view((&seen, &documents), &questions, &given, &open);
            return seen.page("Decide", &body);
        }
        let content = questions.content(Choices {
            decisions,
            person: visitor.name.clone(),
        });
        let mut bodies = Vec::new();
        let mut task = seen.task.clone();
        if seen.is_offered() {
            bodies.push(Body::Task(id, TaskCommand::Claim));
            // The number of the lease that this gives.
            task.lease_number += 1;
        }
        let made = Made {
            ai: if given.contains_key(ASSISTED) {
                AiUse::Assisted
            } else {
                AiUse::None
            },
            content: &content,
            files: BTreeMap::new(),
        };
        let submit = handing_in(&web.engine, &task, made)?;
        bodies.push(Body::Task(id, submit));
        visitor
            .key
            .send_all(&web.engine, visitor.principal(), bodies)?;
        Ok(today::next(web, &visitor, (Deed::Settled, id))?.into_response())
    })
    .await
}

fn questions(seen: &Seen<'_>) -> Result<Questions, Failure> {
    if !(seen.is_offered() || seen.holds()) {
        return Err(Failure::Misused(
            "there is nothing for you to decide here any more".to_owned(),
        ));
    }
    Questions::of(&seen.web.engine, &seen.task)?.ok_or_else(|| {
        Failure::Misused(
            "this task asks nothing that a form could answer; hand in a result".to_owned(),
        )
    })
}

/// What was chosen for a question; nothing where nobody chose, not even to leave it open.
fn choice(
    question: &ChoiceQuestion,
    place: usize,
    given: &BTreeMap<String, String>,
) -> Option<Choice> {
    let chosen = given.get(&format!("choice-{place}"))?.trim();
    let reason = given.get(&format!("reason-{place}"));
    Some(Choice {
        chosen: (chosen != OPEN).then(|| chosen.to_owned()),
        key: question.key.clone(),
        // The passages stand on the same page, and whoever did not read them says so.
        opened: !given.contains_key(UNREAD),
        reason: reason.map_or("", |it| it.trim()).to_owned(),
    })
}

fn view(
    (seen, documents): (&Seen<'_>, &Documents<'_>),
    questions: &Questions,
    given: &BTreeMap<String, String>,
    open: &[usize],
) -> Markup {
    let form = questions.form();
    let count = form.questions.len();
    markup! {
        header.page-head { div {
            h1 { (seen.task.spec.title) }
            p.meta { (chip(Tone::Mine, "Waits for you")) span { (count) @if count == 1 { " question" } @else { " questions" } } span.id { (seen.task.id) } }
        } }
        @if !form.about.is_empty() { p.lead { (form.about) } }
        @if count == 0 { p { "There is nothing to decide: nothing that was found contradicts anything else. Hand it in, and the work goes on." } }
        form.section method="post" action={ (seen.address()) "/settle" } {
            (seen.carried())
            @if !open.is_empty() {
                div.errors role="alert" tabindex="-1" aria-labelledby="err" {
                    h2 #err { (open.len()) @if open.len() == 1 { " question is" } @else { " questions are" } " not settled" }
                    ul { @for place in open { li { a href={ "#question-" (place) } { (form.questions[*place].ask) } } } }
                }
            }
            @for (place, question) in form.questions.iter().enumerate() {
                (one(documents, place, question, given, open.contains(&place)))
            }
            div.section.field {
                p { b { "What you say with it" } }
                p.hint { "That you read the passages on this page, and that no AI had a part in what you chose, unless you tick it. It stands in the record, and your reasons stand in the result beside your name." }
                (ticked(UNREAD, "I did not read all of the passages", given))
                (ticked(ASSISTED, "An AI helped me", given))
            }
            div.decide.section {
                button.button.primary { (Icon::Check.show()) "Settle" }
            }
        }
    }
}

fn ticked(name: &str, words: &str, given: &BTreeMap<String, String>) -> Markup {
    markup! {
        div.choice {
            input type="checkbox" id=(name) name=(name) value="yes" checked[given.contains_key(name)];
            label for=(name) { (words) }
        }
    }
}

fn one(
    documents: &Documents<'_>,
    place: usize,
    question: &ChoiceQuestion,
    given: &BTreeMap<String, String>,
    is_missing: bool,
) -> Markup {
    let chosen = given.get(&format!("choice-{place}"));
    let reason = given
        .get(&format!("reason-{place}"))
        .map_or("", String::as_str);
    let needs_reason = question.options.iter().any(|option| option.reason_needed);
    markup! {
        section.section id={ "question-" (place) } aria-labelledby={ "ask-" (place) } {
            fieldset {
                legend.sr { (question.ask) }
                div.section-head { h2 id={ "ask-" (place) } { (question.ask) } }
                @for one in &question.evidence { (statement(one, documents)) }
                div.compare {
                    @for (number, option) in question.options.iter().enumerate() {
                        @let id = format!("choice-{place}-{number}");
                        div {
                            div.choice {
                                input type="radio" id=(id) name={ "choice-" (place) } value=(option.key) checked[chosen == Some(&option.key)];
                                label for=(id) { (option.label) }
                            }
                            @for one in &option.evidence { @for citation in &one.citations { (quoted(citation, documents)) } }
                        }
                    }
                }
                @if question.may_stay_open {
                    @let id = format!("choice-{place}-open");
                    div.choice {
                        input type="radio" id=(id) name={ "choice-" (place) } value=(OPEN) checked[chosen.is_some_and(|it| it == OPEN)];
                        label for=(id) { "Leave it open" }
                        p.hint { "The result says that it is open, and quotes all sides." }
                    }
                }
                div.field {
                    label for={ "reason-" (place) } { "Reason" }
                    @if needs_reason { p.hint id={ "hint-" (place) } { "Needed where you choose a side." } }
                    @if is_missing { p.error { (Icon::Bad.show()) "Choose, and say why." } }
                    input.input id={ "reason-" (place) } name={ "reason-" (place) } value=(reason);
                }
            }
        }
    }
}
