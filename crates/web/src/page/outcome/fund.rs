//! Giving an outcome more money: asked for, shown with what it does, and recorded on a second step.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use consort_kernel::command::Body;
use consort_kernel::id::{OrganisationId, OutcomeId};
use consort_kernel::money::Amount;
use consort_kernel::organisation::{Organisation, OrganisationCommand};
use consort_kernel::outcome::Phase;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::access::organisations;
use super::super::form::{keyed, version};
use super::{Seen, see, top};
use crate::part::{Icon, amount, in_which};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// What is given, and by whom.
#[derive(Deserialize)]
pub(crate) struct Gift {
    from: OrganisationId,
    amount: String,
    confirmed: Option<String>,
}

/// The organisations whose money the visitor moves, with their names.
fn funders(seen: &Seen<'_>) -> Result<Vec<(Organisation, String)>, Failure> {
    let engine = &seen.web.engine;
    let mut found = Vec::new();
    for (organisation, name) in organisations(engine, seen.visitor)? {
        let about = About::Organisation(organisation.id);
        if right::may(engine, seen.visitor.asking(), Act::MoveMoney, about)? {
            found.push((organisation, name));
        }
    }
    Ok(found)
}

/// Whether it takes money still.
const fn takes_money(phase: Phase) -> bool {
    matches!(phase, Phase::Planned | Phase::Running | Phase::Paused)
}

/// The form, for whoever moves the money of an organisation.
pub(super) fn form(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let funders = funders(seen)?;
    if funders.is_empty() || !takes_money(seen.outcome.phase) {
        return Ok(markup! {});
    }
    let asset = seen.outcome.charter.asset;
    Ok(markup! {
        details.disclosure {
            summary { (Icon::Money.show()) "Give it more money" }
            form.form #give method="post" action={ (seen.address()) "/fund" } {
                div.field {
                    label for="from" { "Out of whose money?" }
                    select.input #from name="from" aria-describedby="from-hint" {
                        @for (organisation, name) in &funders {
                            option value=(organisation.id) { (name) " (" (asset.show(organisation.funds_of(asset))) " set aside)" }
                        }
                    }
                    p.hint #from-hint { "What an organisation has set aside is recorded on " a href={ "/organisations/" (funders[0].0.id) } { "its page" } "." }
                }
                div.field {
                    label for="amount" { "How much, in " (in_which(asset)) "?" }
                    input.input #amount name="amount" inputmode="decimal" required;
                }
                div.actions { button.button { "Show what it does" } }
            }
        }
    })
}

/// Shows what it does, and does it once that is confirmed.
pub(crate) async fn fund(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(gift): Form<Gift>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(Act::SeeWholeOutcome)?;
        let funders = funders(&seen)?;
        let from = funders.iter().find(|(it, _)| it.id == gift.from);
        let (organisation, name) = from.ok_or(Failure::NoRight(Act::MoveMoney))?;
        let asset = seen.outcome.charter.asset;
        let amount = amount(asset, &gift.amount)?;
        let left = organisation.funds_of(asset).checked_sub(amount);
        let Some(left) = left.filter(|it| amount.is_positive() && it.minor() >= 0) else {
            return Err(Failure::Misused(format!(
                "{name} has {} set aside: give some of that, or record more on its page first",
                asset.show(organisation.funds_of(asset))
            )));
        };
        if gift.confirmed.is_none() {
            let effect = effect(&seen, (organisation.id, name), amount, left)?;
            let body = markup! { (top(&seen)) (effect) };
            return seen.page("Give it money", &body);
        }
        let command = OrganisationCommand::Fund {
            amount,
            asset,
            outcome: id,
        };
        visitor.send(web, Body::Organisation(organisation.id, command))?;
        Ok(Redirect::to(&format!("{}?view=money", seen.address())).into_response())
    })
    .await
}

fn effect(
    seen: &Seen<'_>,
    (organisation, name): (OrganisationId, &str),
    amount: Amount,
    left: Amount,
) -> Result<Markup, Failure> {
    let stream = StreamId::Organisation(organisation);
    let version = version(seen.web, stream)?;
    let asset = seen.outcome.charter.asset;
    let escrow = seen.outcome.purse.available;
    let then = escrow.checked_add(amount).unwrap_or(escrow);
    Ok(markup! {
        section.card aria-labelledby="effect" {
            h2 #effect { "What this does" }
            p { "Nothing is recorded yet. Recorded obligations; no bank money is moved." }
            dl.facts {
                dt { "Given" } dd { (asset.show(amount)) }
                dt { "By" } dd { (name) ", which has " (asset.show(left)) " set aside then" }
                dt { "Left in escrow" } dd { (asset.show(escrow)) " now, " (asset.show(then)) " then" }
                dt { "What is not spent" } dd { "goes back to " (name) " at the end" }
            }
            form method="post" action={ (seen.address()) "/fund" } {
                (keyed(seen.visitor, stream, version))
                input type="hidden" name="from" value=(organisation);
                input type="hidden" name="amount" value=(crate::part::decimal(asset, amount));
                input type="hidden" name="confirmed" value="yes";
                div.actions {
                    a.button href={ (seen.address()) "?view=money" } { "Not now" }
                    button.button.primary { (Icon::Check.show()) "Give " (asset.show(amount)) }
                }
            }
        }
    })
}
