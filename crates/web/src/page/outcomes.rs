//! The outcomes that the visitor sees.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::Outcome;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::shell::{self, Head, Place};
use crate::part::{Icon, People, capital, chip, day, of_outcome};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many are on a page.
const LISTED_MAX: usize = 50;
/// The states that can be asked for.
const STATES: [&str; 5] = ["planned", "running", "paused", "delivered", "cancelled"];

/// Which are shown.
#[derive(Deserialize)]
pub(crate) struct Filter {
    state: Option<String>,
    /// Only those from before this one.
    before: Option<OutcomeId>,
}

/// The list.
pub(crate) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let state = filter.state.as_deref().filter(|it| STATES.contains(it));
        let seen = sight::latest_outcomes(engine, visitor.id, state, filter.before, LISTED_MAX)?;
        let body = view(&People::of(engine), &seen, state)?;
        let head = Head {
            title: "Outcomes",
            place: Place::Outcomes,
            above: &[],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

fn view(people: &People<'_>, outcomes: &[Outcome], state: Option<&str>) -> Result<Markup, Failure> {
    let mut rows = Vec::new();
    for outcome in outcomes {
        rows.push(row(people, outcome)?);
    }
    Ok(markup! {
        header.page-head {
            div { h1 { "Outcomes" } p.muted { "What is wanted, who answers for it, and how far it is." } }
            div.actions { a.button.primary href="/outcomes/new" { (Icon::Plus.show()) "New outcome" } }
        }
        nav.filters aria-label="Show" {
            a href="/outcomes" aria-current=[state.is_none().then_some("true")] { "All" }
            @for one in STATES {
                a href={ "/outcomes?state=" (one) } aria-current=[(state == Some(one)).then_some("true")] {
                    (capital(one))
                }
            }
        }
        @if rows.is_empty() {
            div.empty {
                p { b { "There is no outcome here." } }
                p.muted { "State one from a playbook: it says what has to be done, by whom, and when it \
                           is good enough." }
                a.button.primary href="/outcomes/new" { "New outcome" }
            }
        } @else {
            div.scroll.section tabindex="0" role="region" aria-label="Outcomes" {
                table.stacked {
                    caption.sr { "Outcomes" }
                    thead { tr {
                        th scope="col" { "Outcome" } th scope="col" { "State" }
                        th scope="col" { "Tasks" } th.num scope="col" { "Paid" }
                        th scope="col" { "Answers for it" } th scope="col" { "Wanted by" }
                    } }
                    tbody data-keys { @for row in rows { (row) } }
                }
            }
            @if outcomes.len() == LISTED_MAX && let Some(last) = outcomes.last() {
                p.section { a.button href={ "/outcomes?before=" (last.id) @if let Some(state) = state { "&state=" (state) } } { "Earlier ones" } }
            }
        }
    })
}

fn row(people: &People<'_>, outcome: &Outcome) -> Result<Markup, Failure> {
    let (tone, words) = of_outcome(outcome.phase);
    let charter = &outcome.charter;
    let progress = outcome.progress;
    let accountable = people.find(charter.accountable)?;
    Ok(markup! {
        tr {
            th scope="row" { a href={ "/outcomes/" (outcome.id) } { (charter.title) } }
            td data-label="State" { (chip(tone, words)) }
            td data-label="Tasks" { (progress.accepted) " of " (progress.accepted + progress.open) }
            td.num data-label="Paid" { (charter.asset.show(outcome.purse.paid)) }
            td data-label="Answers for it" { (accountable.show()) }
            td data-label="Wanted by" {
                @match charter.deadline { Some(at) => (day(at)), None => "no day set" }
            }
        }
    })
}
