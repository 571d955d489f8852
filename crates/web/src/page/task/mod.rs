//! One task: its five steps, what was handed in beside its sources, checks, instructions, why this
//! contributor, and its history.

pub(super) mod act;
pub(super) mod back;
mod compare;
mod content;
mod criterion;
pub(super) mod files;
pub(super) mod hand_in;
mod material;
mod result;
pub(super) mod review;
pub(super) mod settle;
pub(super) mod sign;
pub(super) mod source;
pub(super) mod stuck;
mod why;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use consort_kernel::id::TaskId;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::form;
use super::shell::{self, Head, Place};
use criterion::checks;

use crate::part::{Happened, Icon, People, chip, in_words, of_task, steps, until};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::{sight, signing};

/// How many events of the history are shown.
const EVENTS_MAX: usize = 300;

/// What the parts are made from.
pub(super) struct Seen<'a> {
    pub(super) web: &'a Web,
    pub(super) people: People<'a>,
    pub(super) visitor: &'a Visitor,
    pub(super) task: Task,
    /// The version that it is at.
    version: u64,
    /// What the outcome is called.
    pub(super) outcome: String,
}

/// The task, if the visitor may see it.
pub(super) fn see<'a>(web: &'a Web, visitor: &'a Visitor, id: TaskId) -> Result<Seen<'a>, Failure> {
    let (task, version) = sight::task_at(&web.engine, visitor.id, id)?;
    let outcome = web.engine.outcome(task.outcome)?;
    Ok(Seen {
        web,
        people: People::of(&web.engine),
        visitor,
        outcome: outcome.map(|it| it.charter.title).unwrap_or_default(),
        task,
        version,
    })
}

impl Seen<'_> {
    /// Fails where the visitor sees the task and may not do this with it.
    pub(super) fn check(&self, act: Act) -> Result<(), Failure> {
        let about = About::Task(&self.task);
        right::check(&self.web.engine, self.visitor.asking(), act, about)
    }

    pub(super) fn address(&self) -> String {
        format!("/tasks/{}", self.task.id)
    }

    /// What a form about it carries.
    pub(super) fn carried(&self) -> Markup {
        form::carried(self.visitor, StreamId::Task(self.task.id), self.version)
    }

    fn holds(&self) -> bool {
        matches!(&self.task.phase, Phase::Leased(lease) if lease.holder.id == self.visitor.id)
    }

    fn is_offered(&self) -> bool {
        matches!(&self.task.phase, Phase::Offered(offer) if offer.to == self.visitor.id)
    }

    fn is_to_sign(&self) -> Result<bool, Failure> {
        signing::is_to_sign(&self.web.engine, self.visitor.id, &self.task)
    }

    /// A page about the task, below it in the navigation.
    pub(super) fn page(&self, title: &str, body: &Markup) -> Result<Response, Failure> {
        let outcome = format!("/outcomes/{}", self.task.outcome);
        let own = self.address();
        let above = [
            ("Outcomes", "/outcomes"),
            (self.outcome.as_str(), outcome.as_str()),
            (self.task.spec.title.as_str(), own.as_str()),
        ];
        let is_own = title == self.task.spec.title;
        let head = Head {
            title,
            place: Place::Outcomes,
            above: if is_own { &above[..2] } else { &above },
        };
        shell::page(self.web, self.visitor, &head, body)
    }
}

/// What is asked of the page beside the task.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// Whether the decision on who does it is made again.
    why: Option<String>,
}

/// The page.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        let body = body(&seen, asked.why.as_deref() == Some(why::AGAIN))?;
        seen.page(&seen.task.spec.title, &body)
    })
    .await
}

fn body(seen: &Seen<'_>, is_made_again: bool) -> Result<Markup, Failure> {
    Ok(markup! {
        (top(seen)?)
        (steps(&seen.task))
        (sent_back(seen)?)
        (review::asked_for(seen)?)
            (review::due(seen)?)
        div.cols.section {
            div {
                (act::offered(seen))
                (stuck::show(seen)?)
                @if seen.holds() { (instructions(seen)) (checks(seen)?) }
                (hand_in::held(seen)?)
                (result::show(seen)?)
                (compare::show(seen)?)
                @if !seen.holds() { (checks(seen)?) (instructions(seen)) }
                (why::show(seen, is_made_again)?)
                (history(seen)?)
            }
            aside.rail aria-label="About this task" { (about(seen)?) (act::questions(seen)?) }
        }
    })
}

fn top(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let task = &seen.task;
    let (tone, words) = of_task(task);
    let now = seen.web.engine.now();
    let (who, due) = match &task.phase {
        Phase::Offered(offer) => (Some(offer.to), Some(("the offer ends ", offer.until))),
        Phase::Leased(lease) => (Some(lease.holder.id), Some(("due ", lease.until))),
        _ => (task.handed().map(|it| it.lease.holder.id), None),
    };
    let who = who.map(|id| seen.people.find(id)).transpose()?;
    Ok(markup! {
        header.page-head {
            div {
                h1 { (task.spec.title) }
                p.meta {
                    (chip(tone, words)) span { (task.spec.kind) }
                    @if let Some(who) = who { (who.show()) }
                    @if let Some((what, at)) = due { span { (what) (until(now, at)) } }
                    span.id { (task.id) }
                }
            }
            div.actions {
                @if seen.is_to_sign()? {
                    a.button.primary href={ (seen.address()) "/sign" } { (Icon::Review.show()) "Review and sign" }
                }
                @if signing::is_to_review(seen.web, seen.visitor.asking(), task)? {
                    a.button.primary href={ (seen.address()) "/review" } { (Icon::Review.show()) "Review" }
                }
                @if (seen.is_offered() || seen.holds()) && task.spec.kind == "decide" {
                    a.button.primary href={ (seen.address()) "/settle" } { (Icon::Conflict.show()) "Decide" }
                }
            }
        }
    })
}

fn sent_back(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let Some(returned) = seen
        .task
        .returned
        .as_ref()
        .filter(|_| seen.task.handed().is_none())
    else {
        return Ok(markup! {});
    };
    let who = seen.people.name(returned.performer)?;
    Ok(markup! {
        div.section { div.note.is-bad {
            (Icon::Back.show())
            div {
                p { b { "What " (who) " handed in went back." } " Nothing is paid until what is handed in holds." }
                ul { @for reason in &returned.reasons { li { (in_words(&reason.text)) " " span.muted { "On: " (criterion::asked(&seen.task, &reason.criterion)) } } } }
                (back::more(seen))
            }
        } }
    })
}

fn instructions(seen: &Seen<'_>) -> Markup {
    let told = &seen.task.spec.instructions;
    let mut names: Vec<&str> = told.context.iter().map(|item| item.name.as_str()).collect();
    let pieces = names.len();
    names.dedup();
    markup! {
        section.section aria-labelledby="instructions" {
            div.section-head { h2 #instructions { "Instructions" } }
            dl.facts {
                dt { "Goal" } dd { (told.goal) }
                dt { "Context" } dd { (names.join(", ")) small { (pieces) @if pieces == 1 { " piece" } @else { " pieces" } ", by reference" } }
                dt { "Constraints" } dd { ul { @for constraint in &told.constraints { li { (constraint) } } } }
            }
        }
    }
}

fn history(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let mut lines = Vec::new();
    let nothing = markup! {};
    let stream = StreamId::Task(seen.task.id);
    for event in seen.web.engine.latest(stream, EVENTS_MAX)? {
        if let Some(line) = Happened::of(&event) {
            lines.push(line.show(&seen.people, &nothing)?);
        }
    }
    Ok(markup! {
        section.section aria-labelledby="history" {
            div.section-head { h2 #history { "History" } }
            ol.timeline { @for line in lines { (line) } }
        }
    })
}

fn about(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let task = &seen.task;
    let accountable = seen.people.find(task.accountable)?;
    Ok(markup! {
        section.section aria-labelledby="about" {
            div.section-head { h2 #about { "About" } }
            dl.facts {
                dt { "Outcome" } dd { a href={ "/outcomes/" (task.outcome) } { (seen.outcome) } }
                dt { "Who may do it" } dd { (match task.spec.mode.as_str() { "person" => "A person", "ai" => "An agent", "pair" => "An agent drafts, a person finishes", _ => "Whoever is best suited" }) }
                dt { "Takes" } dd { (task.spec.capability) " at level " (task.spec.level) }
                dt { "Risk" } dd { (task.spec.risk.as_str()) }
                dt { "Signs" } dd { (accountable.show()) }
                dt { "Pays" } dd { (task.asset.show(task.spec.price)) }
                dt { "Taken" } dd { @match task.attempts_total { 0 => "by nobody yet", 1 => "once", count => { (count) " times" } } }
            }
        }
    })
}
