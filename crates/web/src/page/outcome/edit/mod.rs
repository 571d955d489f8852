//! Editing a plan: tasks are added, changed, split, merged, put in another order or taken out. What
//! that does to dates and cost is shown before it is made.

mod change;
mod form;
mod wish;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use consort_kernel::command::Body;
use consort_kernel::id::OutcomeId;
use consort_kernel::money::Amount;
use consort_kernel::outcome::{OutcomeCommand, PLAN_CHANGE_MAX, Phase};
use consort_kernel::task::check_spec;
use maud::{Markup, html as markup};

use super::super::health::paces;
use super::forecast::{self, Forecast, left, one};
use super::{Seen, see};
use crate::key::Key;
use crate::part::{Icon, when};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};
use change::{Change, change};
use wish::Wish;

/// How long is waited for the money of tasks that went, before others take it.
const RELEASE: Duration = Duration::from_millis(100);
const RELEASES_MAX: usize = 50;

/// What a form of this page carries, by name; a name can come several times.
pub(super) type Fields = Vec<(String, String)>;

/// The routes.
pub(in crate::page) fn routes() -> Router<Arc<Web>> {
    Router::new().route("/outcomes/{id}/plan", get(show).post(post))
}

/// Whether the visitor can change the plan now.
pub(super) fn may(seen: &Seen<'_>) -> bool {
    let is_open = matches!(
        seen.outcome.phase,
        Phase::Planned | Phase::Running | Phase::Paused
    );
    is_open && seen.is_mine()
}

/// Sees the outcome whose plan is edited; whoever does not answer for it finds nothing here.
fn seen<'a>(web: &'a Web, visitor: &'a Visitor, id: OutcomeId) -> Result<Seen<'a>, Failure> {
    let seen = see(web, visitor, id)?;
    seen.check(Act::SteerOutcome)?;
    if may(&seen) {
        Ok(seen)
    } else {
        Err(Failure::NotHere)
    }
}

/// The form for what is wanted; first, what can be wanted.
async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = seen(web, &visitor, id)?;
        let body = markup! { (top(&seen)) (form::show(&seen, &asked)?) };
        seen.page("Edit the plan", &body)
    })
    .await
}

fn top(seen: &Seen<'_>) -> Markup {
    markup! {
        header.page-head { div {
            h1 { "Edit the plan" }
            p.muted { "Of " b { (seen.outcome.charter.title) } ", version " (seen.outcome.plan_version) ". What somebody has taken or done stays as it is." }
        } }
    }
}

/// Shows what an edit does; the second time, makes it.
async fn post(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = seen(web, &visitor, id)?;
        let wish = Wish::of(&fields)?;
        // A form that rests on a version is compared with it where the change is decided.
        if visitor.key.is_unconditional() && wish.plan != seen.outcome.plan_version {
            let late = "the plan changed meanwhile; look at it again and edit it anew";
            return Err(Failure::Misused(late.to_owned()));
        }
        let edit = wish.edit(&seen)?;
        let change = change(&seen.tasks, &edit).map_err(Failure::Misused)?;
        check(&seen, &change)?;
        if wish.is_confirmed {
            if let Some(missing) = missing(&seen, &Cost::of(&seen, &change)) {
                return Err(Failure::Misused(format!(
                    "{missing} more is needed than the escrow has; fund the outcome first, under Money"
                )));
            }
            make(&seen, change, &wish.reason)?;
            return Ok(Redirect::to(&format!("{}?view=plan", seen.address())).into_response());
        }
        let body = markup! { (top(&seen)) (preview(&seen, &wish, &fields, &change)?) };
        seen.page("Edit the plan", &body)
    })
    .await
}

/// Whether the plan can become this at all.
fn check(seen: &Seen<'_>, change: &Change) -> Result<(), Failure> {
    let misused = |why: String| Err(Failure::Misused(why));
    if change.add.is_empty() && change.drop.is_empty() {
        return misused("this changes nothing".to_owned());
    }
    if change.add.len() + change.drop.len() > PLAN_CHANGE_MAX {
        return misused(format!(
            "this reaches {} tasks, and one change reaches {PLAN_CHANGE_MAX} at the most",
            change.add.len() + change.drop.len()
        ));
    }
    for spec in &change.add {
        if let Err(rejection) = check_spec(spec) {
            return misused(rejection.to_string());
        }
    }
    wish::is_not_awaited(seen, &change.dropped)
}

/// What the escrow has too little, if it has.
fn missing(seen: &Seen<'_>, cost: &Cost) -> Option<String> {
    let asset = seen.outcome.charter.asset;
    (cost.left < 0).then(|| asset.show(Amount::from_minor(-cost.left)))
}

/// What a change does to the money, in minor units.
struct Cost {
    freed: i64,
    reserved: i64,
    /// What is left in escrow afterwards.
    left: i64,
}

impl Cost {
    fn of(seen: &Seen<'_>, change: &Change) -> Self {
        let gone = seen
            .tasks
            .iter()
            .filter(|task| change.drop.contains(&task.id));
        let freed: i64 = gone.map(|task| task.spec.price.minor()).sum();
        let reserved: i64 = change.add.iter().map(|spec| spec.price.minor()).sum();
        Self {
            freed,
            reserved,
            left: seen.outcome.purse.available.minor() + freed - reserved,
        }
    }
}

/// What is likely now, and what would be after the change.
fn forecasts(seen: &Seen<'_>, change: &Change) -> Result<(Forecast, Forecast), Failure> {
    let paces = paces(seen.web, seen.outcome.id)?;
    let now = seen.web.engine.now();
    let before = left(&seen.tasks, paces);
    let mut after = before.clone();
    after.retain(|key, _| !change.dropped.iter().any(|it| it == key));
    after.extend(change.add.iter().map(|spec| one(spec, paces)));
    Ok((forecast::of(now, &before), forecast::of(now, &after)))
}

fn preview(
    seen: &Seen<'_>,
    wish: &Wish,
    fields: &Fields,
    change: &Change,
) -> Result<Markup, Failure> {
    let asset = seen.outcome.charter.asset;
    let shown = |minor: i64| asset.show(Amount::from_minor(minor));
    let cost = Cost::of(seen, change);
    let (before, after) = forecasts(seen, change)?;
    let likely = |forecast: &Forecast| {
        markup! {
            @match forecast.steps { 1 => "1 step", steps => { (steps) " steps that follow on each other" } }
            @match forecast.between {
                Some((early, late)) if early == late => { ", likely done by " (when(late)) },
                Some((early, late)) => { ", likely done between " (when(early)) " and " (when(late)) },
                None => { "; nobody has done such a step here yet, so no date can be told" },
            }
        }
    };
    let gone = seen
        .tasks
        .iter()
        .filter(|task| change.drop.contains(&task.id));
    Ok(markup! {
        section.card aria-labelledby="effect" {
            h2 #effect { "What this does" }
            p { "Nothing is changed yet." }
            dl.facts {
                dt { "Steps now" } dd { (likely(&before)) }
                dt { "Then" } dd { (likely(&after)) }
                dt { "Set free" } dd { (shown(cost.freed)) }
                dt { "Reserved" } dd { (shown(cost.reserved)) }
                dt { "Left in escrow" } dd { (shown(seen.outcome.purse.available.minor())) " now, " (shown(cost.left)) " then" }
                dt { "Why" } dd { (wish.reason) }
            }
            div.diff {
                @for task in gone { p.was { (task.spec.title) " " span.muted { (task.spec.key) ", " (task.spec.mode.as_str()) ", " (task.spec.risk.as_str()) " risk, " (shown(task.spec.price.minor())) } } }
                @for spec in &change.add { p.now { (spec.title) " " span.muted { (spec.key) ", " (spec.mode.as_str()) ", " (spec.risk.as_str()) " risk, " (shown(spec.price.minor())) @if !spec.needs.is_empty() { ", needs " (spec.needs.join(", ")) } } } }
            }
            (confirm(seen, fields, missing(seen, &cost).as_deref()))
        }
    })
}

/// The form that makes the change; where money is missing, the one that looks again once it is there.
fn confirm(seen: &Seen<'_>, fields: &Fields, missing: Option<&str>) -> Markup {
    let address = format!("{}/plan", seen.address());
    markup! {
        @if let Some(missing) = missing {
            div.note.is-bad role="alert" {
                (Icon::Money.show())
                p { b { (missing) " is missing." } " Give the outcome more money beside this page, then look again; nothing that you wrote is lost." }
            }
        }
        form method="post" action=(address) {
            (seen.carried())
            @for (name, value) in crate::page::form::own(fields) { input type="hidden" name=(name) value=(value); }
            div.actions {
                a.button href=(address) { "Not like this" }
                @if missing.is_some() {
                    a.button href={ (seen.address()) "?view=money#give" } target="_blank" { (Icon::Money.show()) "Give it more money" }
                    button.button.primary { "Look again" }
                } @else {
                    input type="hidden" name="confirmed" value="yes";
                    button.button.primary { (Icon::Check.show()) "Change the plan" }
                }
            }
        }
    }
}

/// Changes the plan. Where what comes needs the money of what goes, that is set free first.
fn make(seen: &Seen<'_>, change: Change, reason: &str) -> Result<(), Failure> {
    let (engine, visitor) = (&seen.web.engine, seen.visitor);
    let id = seen.outcome.id;
    let ask = |key: &Key, add, drop| {
        let reason = reason.to_owned();
        let command = OutcomeCommand::ChangePlan { add, drop, reason };
        let body = Body::Outcome(id, command);
        let command = key.command(engine, visitor.principal(), body)?;
        Ok::<_, Failure>(engine.send(command)?)
    };
    let cost = Cost::of(seen, &change);
    if cost.reserved <= seen.outcome.purse.available.minor() {
        ask(&visitor.key, change.add, change.drop)?;
        return Ok(());
    }
    // The key's own receipt says that all of it was done.
    ask(&visitor.key.part(0), Vec::new(), change.drop)?;
    for _ in 0..RELEASES_MAX {
        let heard = engine.bell().rings();
        let outcome = engine.outcome(id)?.ok_or(Failure::NotHere)?;
        if outcome.purse.available.minor() >= cost.reserved {
            break;
        }
        engine.bell().wait(heard, RELEASE);
    }
    ask(&visitor.key.further(), change.add, Vec::new())?;
    Ok(())
}
