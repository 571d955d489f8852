//! Starting an outcome that was planned first: what its plan costs now, and what is agreed to.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_desk::begin::{Cost, cost_of, start as start_planned};
use consort_kernel::id::OutcomeId;
use consort_kernel::money::Amount;
use consort_kernel::outcome::Phase;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::new::{agreed, most};
use super::{Seen, see};
use crate::part::Icon;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// What somebody agrees to.
#[derive(Deserialize)]
pub(crate) struct Started {
    /// The plan that was seen.
    plan_version: u32,
    /// The most that it may cost, in whole units.
    most: Option<u32>,
}

/// The form, for whoever answers for an outcome that was not started yet.
pub(super) fn form(seen: &Seen<'_>) -> Result<Markup, Failure> {
    if !seen.is_mine() || seen.outcome.phase != Phase::Planned {
        return Ok(markup! {});
    }
    let cost = cost_of(&seen.web.engine, &seen.outcome)?;
    let asset = seen.outcome.charter.asset;
    let [least, once] = [cost.least, cost.once].map(|minor| asset.show(Amount::from_minor(minor)));
    Ok(markup! {
        section.section.card aria-labelledby="start" {
            h2 #start { "It is planned, and nothing of it has begun" }
            p {
                "Change the plan until it is what you want. When it begins, its tasks are offered, and what is of low \
                 risk is signed in advance where its checks hold."
            }
            dl.facts {
                dt { "Cost" } dd {
                    @if cost.grows { (least) " or more, never above what you allow" }
                    @else if cost.least == cost.once { (once) } @else { (least) " to " (once) }
                    small { (asset.show(seen.outcome.purse.funded)) " is set aside for it; what is missing is added, what is left comes back at the end" }
                }
            }
            form.form method="post" action={ (seen.address()) "/start" } {
                input type="hidden" name="plan_version" value=(seen.outcome.plan_version);
                @if cost.grows { (most(cost)) }
                div.decide {
                    a.button href={ (seen.address()) "/plan" } { (Icon::Outcome.show()) "Change the plan" }
                    button.button.primary { "Begin" }
                }
            }
        }
    })
}

/// Starts it, with what it lacks of its money. Sent twice, it is started once.
pub(crate) async fn start(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(started): Form<Started>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(Act::SteerOutcome)?;
        let about = About::Organisation(seen.outcome.charter.organisation);
        right::check(&web.engine, visitor.asking(), Act::StateOutcome, about)?;
        if !seen.is_mine() {
            return Err(Failure::NoRight(Act::SteerOutcome));
        }
        if seen.outcome.phase == Phase::Planned {
            if seen.outcome.plan_version != started.plan_version {
                let why = "the plan has changed since you looked at it; look at what it costs now";
                return Err(Failure::Misused(why.to_owned()));
            }
            let cost: Cost = cost_of(&web.engine, &seen.outcome)?;
            start_planned(&web.engine, &seen.outcome, agreed(cost, started.most)?)?;
        }
        Ok(Redirect::to(&seen.address()))
    })
    .await
}
