//! A task that nobody takes: whoever has to see to it has it offered again, gives it time, or gives it up.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_engine::agenda::{Turn, turns};
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::state::State as Row;
use consort_kernel::task::{Phase, Task, TaskCommand};
use maud::{Markup, html as markup};
use serde::{Deserialize, Deserializer};

use super::super::done::Deed;
use super::Seen;
use super::act::carry_on;
use crate::part::Icon;
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

const HOUR_MS: i64 = 3_600_000;
/// What whoever decides about it has done, and the right that it takes.
const SEEN_TO: (Deed, Act) = (Deed::SeenTo, Act::Decide);
/// How long more somebody can be given, in hours, with its words.
const LONGER: [(i64, &str); 4] = [
    (4, "Four hours"),
    (24, "A day"),
    (72, "Three days"),
    (168, "A week"),
];

/// Whether somebody has to see to a task that nobody takes.
pub(crate) fn is_stuck_for(who: ContributorId, task: &Task) -> bool {
    turns(task).contains(&(who, Turn::Unstick))
}

/// What can be done about it, for whoever has to see to it.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    if !is_stuck_for(seen.visitor.id, &seen.task) {
        return Ok(markup! {});
    }
    if let Phase::Reviewing(_) = seen.task.phase {
        return Ok(unjudged(seen));
    }
    let able = able(seen)?;
    Ok(markup! {
        section.card aria-labelledby="stuck" {
            h2 #stuck { "Nobody has taken it" }
            p { "It waits for you to decide what happens. Nothing is accepted or paid by waiting." }
            @if able.is_empty() {
                p { "Nobody here can do it: it takes " b { (seen.task.spec.capability) " at level " (seen.task.spec.level) } "." }
                div.actions {
                    a.button href="/people/connect" { "Connect an agent" }
                    a.button href="/people/invite" { (Icon::People.show()) "Invite somebody" }
                }
            }
            form.form method="post" action={ (seen.address()) "/reassign" } {
                (seen.carried())
                div.field {
                    label for="to" { "Who is asked?" }
                    select.input #to name="to" {
                        option value="" { "Whoever is best suited, everybody anew" }
                        @for (id, name) in &able { option value=(id) { (name) } }
                    }
                }
                (reason("again", "Why?"))
                div.actions { button.button.primary { (Icon::Offer.show()) "Offer it again" } }
            }
            details.disclosure {
                summary { "Give it more time" }
                form.form method="post" action={ (seen.address()) "/extend" } {
                    (seen.carried())
                    div.field {
                        label for="hours" { "How much?" }
                        select.input #hours name="hours" { @for (hours, words) in LONGER { option value=(hours) { (words) } } }
                    }
                    (reason("longer", "Why?"))
                    div.actions { button.button { "Give it more time" } }
                }
            }
            details.disclosure {
                summary { (Icon::Undo.show()) "Give it up" }
                form.form method="post" action={ (seen.address()) "/give-up" } {
                    (seen.carried())
                    p.small { "What is reserved for it goes back to the outcome. What needs it is given up too." }
                    (reason("up", "Why? It stands in the record."))
                    div.actions { button.button { "Give it up" } }
                }
            }
        }
    })
}

/// What those can do who made it and were left to decide about it.
fn unjudged(seen: &Seen<'_>) -> Markup {
    markup! {
        section.card aria-labelledby="stuck" {
            h2 #stuck { "Somebody else has to judge it" }
            p { "A reviewer left the decision to you, and nobody judges what they made. Whoever can do such work and had no part in this one may: " b { (seen.task.spec.capability) " at level " (seen.task.spec.level) } "." }
            div.actions { a.button.primary href={ "/people/invite?task=" (seen.task.id) } { (Icon::People.show()) "Invite a reviewer" } }
        }
    }
}

fn reason(name: &str, label: &str) -> Markup {
    let id = format!("reason-{name}");
    markup! {
        div.field { label for=(id) { (label) } input.input id=(id) name="reason" required maxlength="500"; }
    }
}

/// Who has the capability and is not suspended.
fn able(seen: &Seen<'_>) -> Result<Vec<(ContributorId, String)>, Failure> {
    let mut able = Vec::new();
    for state in seen.web.engine.all("contributor")? {
        if let Row::Contributor(it) = state
            && it.suspension.is_none()
            && it.skills.contains_key(&seen.task.spec.capability)
        {
            able.push((it.id, seen.people.name(it.id)?));
        }
    }
    able.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(able)
}

/// To whom it goes, and why.
#[derive(Deserialize)]
pub(crate) struct Again {
    #[serde(deserialize_with = "or_nobody")]
    to: Option<ContributorId>,
    reason: String,
}

/// A choice that was left empty is none.
fn or_nobody<'de, D: Deserializer<'de>>(field: D) -> Result<Option<ContributorId>, D::Error> {
    let text = String::deserialize(field)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// How much longer, and why.
#[derive(Deserialize)]
pub(crate) struct Longer {
    hours: i64,
    reason: String,
}

/// Why.
#[derive(Deserialize)]
pub(crate) struct Because {
    reason: String,
}

/// Has it offered again.
pub(crate) async fn reassign(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(again): Form<Again>,
) -> Result<Redirect, Failure> {
    carry_on(web, visitor, id, SEEN_TO, move |_| TaskCommand::Reassign {
        reason: again.reason,
        to: again.to,
    })
    .await
}

/// Gives it more time.
pub(crate) async fn extend(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(longer): Form<Longer>,
) -> Result<Redirect, Failure> {
    let until = web
        .engine
        .now()
        .plus_millis(longer.hours.saturating_mul(HOUR_MS));
    carry_on(web, visitor, id, SEEN_TO, move |_| TaskCommand::Extend {
        reason: longer.reason,
        until,
    })
    .await
}

/// Gives it up.
pub(crate) async fn give_up(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(because): Form<Because>,
) -> Result<Redirect, Failure> {
    carry_on(web, visitor, id, SEEN_TO, move |_| TaskCommand::Fail {
        cause: None,
        reason: because.reason,
    })
    .await
}
