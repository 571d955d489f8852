//! The plan with its cost and attention, to be agreed to before anything starts.

use std::collections::BTreeSet;

use axum::response::Response;
use consort_desk::Given;
use consort_desk::begin::{Cost, minutes, modest_terms};
use consort_kernel::id::OutcomeId;
use consort_kernel::money::Asset;
use consort_kernel::outcome::PreApproval;
use consort_kernel::state::State;
use consort_playbook::Expansion;
use consort_playbook::playbook::Playbook;
use maud::{Markup, html as markup};

use super::super::shell::{self, Head, Place};
use super::planned::Planned;
use super::{money, most};
use crate::part::{Icon, day};
use crate::server::{Failure, Visitor, Web};

/// The page.
pub(super) fn show(
    web: &Web,
    visitor: &Visitor,
    playbook: &Playbook,
    given: &Given,
) -> Result<Response, Failure> {
    let expansion = given.expansion()?;
    let cost = Cost::of(&expansion);
    let terms = modest_terms(&expansion, web.engine.now());
    let engine = &web.engine;
    let id = OutcomeId::new(engine.now(), engine.random()?);
    let kept = given.keep(engine)?.inputs;
    let planned = Planned {
        web,
        visitor,
        playbook: &playbook.name,
        id,
    };
    planned.note(kept)?;
    let body = markup! {
        header.page-head { div { h1 { "The plan" } p.muted { (expansion.outcome.objective) } } }
        (left_out(&given.skipped))
        (nobody(&missing(web, &expansion)?))
        (tasks(&expansion))
        (agreement(&expansion, cost, &terms))
        (begin(playbook, cost, id))
    };
    let own = format!("/outcomes/new/{}", playbook.name);
    let head = Head {
        title: "The plan",
        place: Place::Outcomes,
        above: &[("Outcomes", "/outcomes"), (&playbook.title, &own)],
    };
    shell::page(web, visitor, &head, &body)
}

/// What the plan takes that nobody here can do, each with its level.
fn missing(web: &Web, expansion: &Expansion) -> Result<BTreeSet<(String, u8)>, Failure> {
    let taken = expansion.tasks.iter();
    let mut missing: BTreeSet<(String, u8)> = taken
        .map(|task| (task.capability.clone(), task.level))
        .collect();
    for state in web.engine.all("contributor")? {
        if let State::Contributor(it) = state
            && it.suspension.is_none()
        {
            missing.retain(|(capability, level)| {
                let skill = it.skills.get(capability);
                skill.is_none_or(|skill| skill.level < *level)
            });
        }
        if missing.is_empty() {
            break;
        }
    }
    Ok(missing)
}

fn nobody(missing: &BTreeSet<(String, u8)>) -> Markup {
    let missing: Vec<String> = missing
        .iter()
        .map(|(capability, level)| format!("{capability} {level}"))
        .collect();
    markup! {
        @if !missing.is_empty() {
            div.section { div.note.is-wait {
                (Icon::Risk.show())
                p {
                    b { "Nobody here can do all of it yet: " (missing.join(", ")) ". " }
                    "Whoever can is asked as soon as they are here: "
                    a href="/people/connect" { "connect an agent" } " or " a href="/people/invite" { "invite somebody" } "."
                }
            } }
        }
    }
}

/// Files that were not read, each with the reason.
fn left_out(skipped: &[(String, String)]) -> Markup {
    markup! {
        @if !skipped.is_empty() {
            div.section { div.note.is-wait {
                (Icon::Risk.show())
                div {
                    p { b { (skipped.len()) @if skipped.len() == 1 { " file is" } @else { " files are" } " left out." } }
                    ul { @for (file, why) in skipped { li { (file) ": " (why) } } }
                }
            } }
        }
    }
}

/// The tasks by kind.
fn tasks(expansion: &Expansion) -> Markup {
    let mut kinds: Vec<(&str, usize, i64)> = Vec::new();
    for task in &expansion.tasks {
        match kinds.iter_mut().find(|(kind, ..)| *kind == task.kind) {
            Some((_, count, price)) => {
                *count += 1;
                *price += task.price.minor();
            }
            None => kinds.push((&task.kind, 1, task.price.minor())),
        }
    }
    markup! {
        section.section aria-labelledby="tasks" {
            div.section-head { h2 #tasks { "Tasks" } }
            table {
                caption.sr { "Tasks by kind" }
                thead { tr { th scope="col" { "Kind" } th.num scope="col" { "How many" } th.num scope="col" { "Together" } } }
                tbody {
                    @for (kind, count, price) in &kinds {
                        tr { th scope="row" { (kind) } td.num { (count) } td.num { (money(*price)) } }
                    }
                    @for later in &expansion.later {
                        tr {
                            th scope="row" { (later.template) }
                            td.num { @if later.for_each { "as many as come" } @else { "at most 1" } }
                            td.num { (money(later.price.minor())) @if later.for_each { " each" } }
                        }
                    }
                }
            }
        }
    }
}

/// What is agreed to: cost, attention, and what is signed in advance.
fn agreement(expansion: &Expansion, cost: Cost, terms: &PreApproval) -> Markup {
    markup! {
        section.section aria-labelledby="agreed" {
            div.section-head { h2 #agreed { "What you agree to" } }
            dl.facts {
                dt { "Cost" } dd {
                    @if cost.grows { (money(cost.least)) " or more, never above what you allow" }
                    @else if cost.least == cost.once { (money(cost.once)) }
                    @else { (money(cost.least)) " to " (money(cost.once)) }
                    small { "Practice money: obligations are recorded, no bank money is moved." }
                }
                dt { "Your attention" } dd { "about " (minutes(expansion)) " minutes" }
                dt { "Signed in advance" } dd {
                    "tasks of up to " (Asset::PRACTICE.show(terms.amount_max)) " and " (terms.risk_max.as_str())
                    " risk whose checks hold; never a gate"
                    small { "until " (day(terms.expires_at)) "; the record says that they were not opened" }
                }
            }
        }
    }
}

fn begin(playbook: &Playbook, cost: Cost, id: OutcomeId) -> Markup {
    markup! {
        form.section method="post" action={ "/outcomes/new/" (playbook.name) "/start" } {
            input type="hidden" name="plan" value=(id);
            @if cost.grows { (most(cost)) }
            div.decide {
                a.button href={ "/outcomes/new/" (playbook.name) } { "Not yet" }
                button.button name="first" value="plan" { "Change the plan first" }
                button.button.primary { "Fund it and begin" }
            }
        }
    }
}
