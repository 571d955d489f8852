//! Giving an outcome up: shown with what it does, and recorded on a second step, for it cannot be undone.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use consort_kernel::command::Body;
use consort_kernel::id::OutcomeId;
use consort_kernel::money::Amount;
use consort_kernel::outcome::{OutcomeCommand, Phase};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::{Seen, see, top};
use crate::part::Icon;
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

/// Why, and whether that was confirmed.
#[derive(Deserialize)]
pub(crate) struct End {
    reason: String,
    confirmed: Option<String>,
}

/// The way there, for whoever answers for it.
pub(super) fn button(seen: &Seen<'_>) -> Markup {
    if !matches!(
        seen.outcome.phase,
        Phase::Planned | Phase::Running | Phase::Paused
    ) {
        return markup! {};
    }
    markup! {
        details.disclosure {
            summary { (Icon::Bad.show()) "Give it up" }
            form.form method="post" action={ (seen.address()) "/cancel" } {
                div.field {
                    label for="why-end" { "Why?" }
                    p.hint #why-end-hint { "It stands in the record. You see what it does first." }
                    input.input #why-end name="reason" required aria-describedby="why-end-hint";
                }
                div.actions { button.button { "Show what it does" } }
            }
        }
    }
}

/// Shows what it does, and does it once that is confirmed.
pub(crate) async fn cancel(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(end): Form<End>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(Act::SteerOutcome)?;
        let reason = end.reason.trim();
        if reason.is_empty() {
            let why = "say why it is given up: whoever worked on it reads that".to_owned();
            return Err(Failure::Misused(why));
        }
        if end.confirmed.is_none() {
            let body = markup! { (top(&seen)) (effect(&seen, reason)) };
            return seen.page("Give it up", &body);
        }
        let reason = reason.to_owned();
        visitor.send(web, Body::Outcome(id, OutcomeCommand::Cancel { reason }))?;
        Ok(Redirect::to(&format!("/outcomes/{id}")).into_response())
    })
    .await
}

fn effect(seen: &Seen<'_>, reason: &str) -> Markup {
    let (purse, asset) = (&seen.outcome.purse, seen.outcome.charter.asset);
    let open = seen.tasks.iter().filter(|task| !task.is_settled()).count();
    let paid = [purse.paid, purse.fees, purse.taxes].map(Amount::minor);
    let paid = Amount::from_minor(paid.iter().sum());
    let back = purse.available.checked_add(purse.held).unwrap_or_default();
    markup! {
        section.card aria-labelledby="effect" {
            h2 #effect { "What this does" }
            p { "Nothing is recorded yet. It cannot be undone." }
            dl.facts {
                dt { "Given up" } dd { (open) @if open == 1 { " open task" } @else { " open tasks" } ", also what somebody has in hand" }
                dt { "Stays accepted and paid" } dd { (asset.show(paid)) }
                dt { "Goes back to the funder" } dd { (asset.show(back)) }
                dt { "Why" } dd { (reason) }
            }
            form method="post" action={ (seen.address()) "/cancel" } {
                (seen.carried())
                input type="hidden" name="reason" value=(reason);
                input type="hidden" name="confirmed" value="yes";
                div.decide {
                    a.button href=(seen.address()) { "Not now" }
                    button.button.primary { "Give it up" }
                }
            }
        }
    }
}
