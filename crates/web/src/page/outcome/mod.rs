//! One outcome: its story, what is certain about it, its plan, its money, its people, its results.

pub(super) mod cancel;
mod certain;
pub(super) mod change;
pub(super) mod discussion;
pub(super) mod edit;
pub(super) mod files;
mod flow;
mod forecast;
pub(super) mod fund;
mod graph;
mod money;
mod orbit;
pub(super) mod sign;
pub(super) mod source;
pub(super) mod start;
pub(super) mod table;
mod timeline;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use consort_kernel::event::Event;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{Outcome, OutcomeEvent, Phase};
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::form;
use super::list::{self, Asked, Filters};
use super::shell::{self, Head, Place};
use crate::part::{Icon, People, chip, of_outcome, when};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::sight::{self, Sight};

/// Which part of it is shown.
#[derive(Deserialize)]
pub(crate) struct Part {
    view: Option<String>,
    form: Option<String>,
    /// The place after which a discussion, or a timeline, goes on.
    before: Option<String>,
    /// Set on the page that answers a change which can be undone.
    undo: Option<String>,
}

/// What the parts are made from.
pub(super) struct Seen<'a> {
    pub(super) web: &'a Web,
    pub(super) people: People<'a>,
    pub(super) visitor: &'a Visitor,
    pub(super) outcome: Outcome,
    /// The version that it is at.
    version: u64,
    /// The tasks that the visitor sees, in the order of the plan.
    pub(super) tasks: Vec<Task>,
    /// How much of it they see.
    sight: Sight,
}

/// Among how many of the latest events the signature of a closed outcome is.
const CONCLUDED_IN: usize = 50;
/// The parts, by the word in the address.
const VIEWS: [(&str, &str); 6] = [
    ("", "Overview"),
    ("plan", "Plan"),
    ("discussion", "Discussion"),
    ("timeline", "Timeline"),
    ("money", "Money"),
    ("deliverables", "Deliverables"),
];

/// The page.
pub(crate) async fn overview(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Query(asked): Query<Part>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        let chosen = asked.view.as_deref().unwrap_or("");
        // Whoever does a task of it is told what it is for and their part of the plan, and may speak.
        if seen.sight < Sight::All && !matches!(chosen, "" | "plan" | "discussion") {
            return Err(Failure::NotHere);
        }
        let part = match chosen {
            "plan" => plan(&seen)?,
            "discussion" => discussion::show(&seen, asked.before.as_deref())?,
            "timeline" => {
                let since = asked.before.as_deref().map(str::parse).transpose()?;
                timeline::show(&seen, asked.form.as_deref().unwrap_or(""), since)?
            }
            "money" => money::show(&seen)?,
            "deliverables" => files::list(&seen)?,
            _ => story(&seen)?,
        };
        let undo = asked.undo.as_ref().map(|_| change::undo(&seen)).transpose()?;
        let body = markup! { (top(&seen)) @if let Some(undo) = undo { (undo) } (start::form(&seen)?) (tabs(&seen, chosen)) (part) };
        let head = Head {
            title: &seen.outcome.charter.title,
            place: Place::Outcomes,
            above: &[("Outcomes", "/outcomes")],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

/// The events of an outcome, as files; as a page they are its timeline.
pub(crate) async fn events(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        Filters::default().check(&asked, &[])?;
        let id = id.parse().map_err(|_| Failure::NotHere)?;
        let seen = see(web, &visitor, id)?;
        if seen.sight < Sight::All {
            return Err(Failure::NotHere);
        }
        let found = timeline::found(&seen, &asked)?;
        let address = seen.address();
        let head = Head {
            title: "Timeline",
            place: Place::Outcomes,
            above: &[
                ("Outcomes", "/outcomes"),
                (&seen.outcome.charter.title, &address),
            ],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! { (top(&seen)) (tabs(&seen, "timeline")) (timeline::show(&seen, "", None)?) })
        })
    })
    .await
}

/// The outcome with those of its tasks that the visitor sees.
pub(super) fn see<'a>(
    web: &'a Web,
    visitor: &'a Visitor,
    id: OutcomeId,
) -> Result<Seen<'a>, Failure> {
    let (outcome, sight, version) = sight::outcome_at(&web.engine, visitor.id, id)?;
    let mut tasks = web.engine.tasks_of(id)?;
    if sight < Sight::All {
        tasks.retain(|task| sight::takes_part(visitor.id, task));
    }
    tasks.sort_by(|one, other| (one.rank, &one.spec.key).cmp(&(other.rank, &other.spec.key)));
    Ok(Seen {
        web,
        people: People::of(&web.engine),
        visitor,
        outcome,
        version,
        tasks,
        sight,
    })
}

impl Seen<'_> {
    /// Fails where the visitor sees the outcome and may not do this with it.
    pub(super) fn check(&self, act: Act) -> Result<(), Failure> {
        let about = About::Outcome(&self.outcome, self.sight == Sight::Own);
        right::check(&self.web.engine, self.visitor.asking(), act, about)
    }

    /// A page about the outcome, below it in the navigation.
    pub(super) fn page(&self, title: &str, body: &Markup) -> Result<Response, Failure> {
        let own = self.address();
        let head = Head {
            title,
            place: Place::Outcomes,
            above: &[
                ("Outcomes", "/outcomes"),
                (&self.outcome.charter.title, &own),
            ],
        };
        shell::page(self.web, self.visitor, &head, body)
    }

    /// What a form about it carries.
    pub(super) fn carried(&self) -> Markup {
        form::carried(
            self.visitor,
            StreamId::Outcome(self.outcome.id),
            self.version,
        )
    }

    /// The key alone, for a form that holds whatever happened since, or has a version of its own.
    pub(super) fn keyed(&self) -> Markup {
        form::keyed(
            self.visitor,
            StreamId::Outcome(self.outcome.id),
            self.version,
        )
    }

    /// Whether the visitor answers for it.
    pub(super) fn is_mine(&self) -> bool {
        self.outcome.charter.accountable == self.visitor.id
    }

    /// The address of the page.
    pub(super) fn address(&self) -> String {
        format!("/outcomes/{}", self.outcome.id)
    }

    /// Whether every task is done and only the end is to be signed.
    pub(super) fn is_to_sign(&self) -> bool {
        let progress = self.outcome.progress;
        self.outcome.phase == Phase::Running && progress.open == 0 && progress.accepted > 0
    }
}

fn top(seen: &Seen<'_>) -> Markup {
    let outcome = &seen.outcome;
    let (tone, words) = of_outcome(outcome.phase);
    let progress = outcome.progress;
    markup! {
        header.page-head {
            div {
                h1 { (outcome.charter.title) }
                p.meta {
                    (chip(tone, words))
                    span { (progress.accepted) " of " (progress.accepted + progress.open) " tasks accepted" }
                    span { "Plan, version " (outcome.plan_version) }
                    span.id { (outcome.id) }
                }
            }
            @if seen.is_mine() && seen.is_to_sign() {
                div.actions {
                    a.button.primary href={ (seen.address()) "/sign" } { (Icon::Sign.show()) "Sign it off" }
                }
            } @else if let (Phase::Running, Some(first)) = (outcome.phase, certain::waiting(seen).first()) {
                div.actions { a.button.primary href={ "/tasks/" (first.id) } { "Go to what waits for you" } }
            }
        }
    }
}

fn tabs(seen: &Seen<'_>, chosen: &str) -> Markup {
    markup! {
        nav.tabs aria-label="Parts of this outcome" { ul {
            @for (view, words) in VIEWS.into_iter().take(if seen.sight == Sight::All { VIEWS.len() } else { 3 }) {
                li {
                    a href={ (seen.address()) @if !view.is_empty() { "?view=" (view) } }
                        aria-current=[(view == chosen).then_some("page")] { (words) }
                }
            }
        } }
    }
}

fn story(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let charter = &seen.outcome.charter;
    let trouble = trouble(seen);
    Ok(markup! {
        (concluded(seen)?)
        @if let Some(trouble) = trouble {
            div.section { div.note.is-bad {
                (Icon::Bad.show())
                p { b { "The plan cannot go on. " } (trouble) }
            } }
        }
        div.cols {
            section.section aria-labelledby="story" {
                h2.sr #story { "Story" }
                div.prose {
                    p.lead { (charter.objective) }
                    p { (charter.narrative) }
                    (contributions(seen)?)
                }
            }
            aside.rail aria-label="How certain this is" { (certain::show(seen)?) }
        }
        (plan(seen)?)
        section.section aria-labelledby="people" {
            div.section-head { h2 #people { "People and agents" } }
            (orbit::show(seen)?)
        }
    })
}

/// What was decided in the end, by whom and when, and where it is.
fn concluded(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let Some(conclusion) = &seen.outcome.conclusion else {
        return Ok(markup! {});
    };
    let stream = StreamId::Outcome(seen.outcome.id);
    let latest = seen.web.engine.latest(stream, CONCLUDED_IN)?;
    let signed = latest.iter().find_map(|it| match &it.event {
        Event::Outcome(OutcomeEvent::SignedOff { by, .. }) => Some((*by, it.recorded_at)),
        _ => None,
    });
    let (by, at) = signed.unzip();
    let by = seen
        .people
        .name(by.unwrap_or(seen.outcome.charter.accountable))?;
    Ok(markup! {
        section.card aria-labelledby="concluded" {
            h2 #concluded { (conclusion.recommendation.as_deref().unwrap_or("It is delivered.")) }
            p { "Signed by " (by) @if let Some(at) = at { ", " (when(at)) } ". " (conclusion.reason) }
            div.actions { a.button href={ (seen.address()) "?view=deliverables" } { (Icon::File.show()) "What was delivered" } }
        }
    })
}

/// What each of those who took part contributed, in a sentence.
fn contributions(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let mut done: Vec<(String, usize)> = Vec::new();
    for task in seen.tasks.iter().filter(|task| task.is_accepted()) {
        let Some(handed) = task.handed() else {
            continue;
        };
        let name = seen.people.name(handed.lease.holder.id)?;
        match done.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => done.push((name, 1)),
        }
    }
    let said: Vec<String> = done
        .iter()
        .map(|(name, count)| match count {
            1 => format!("{name} (1 task)"),
            more => format!("{name} ({more} tasks)"),
        })
        .collect();
    Ok(markup! {
        @if !said.is_empty() { p { "So far it rests on the accepted work of " (said.join(", ")) "." } }
    })
}

fn trouble(seen: &Seen<'_>) -> Option<String> {
    let id = seen.outcome.id.to_string();
    let trouble = seen.web.trouble.lock().ok()?;
    trouble
        .iter()
        .find_map(|line| line.strip_prefix(&id).map(str::to_owned))
}

fn plan(seen: &Seen<'_>) -> Result<Markup, Failure> {
    Ok(markup! {
        section.section aria-labelledby="plan" {
            div.section-head {
                h2 #plan { "Plan" }
                p { "Each task has its instructions, its checks and somebody who does it." }
                div.actions {
                    a.button href={ "/tasks?outcome=" (seen.outcome.id) } { "As a list" }
                    @if edit::may(seen) { a.button href={ (seen.address()) "/plan" } { "Edit the plan" } }
                }
            }
            (graph::show(seen)?)
            (table::show(seen)?)
        }
    })
}
