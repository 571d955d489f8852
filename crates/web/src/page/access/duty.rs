//! Who looks after the network.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::Redirect;
use consort_engine::Engine;
use consort_kernel::command::Body;
use consort_kernel::network::{Duty, Network, NetworkCommand};
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form;
use super::super::list::{
    self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather, reads,
};
use super::{about_duty, person};
use crate::part::People;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

const COLUMNS: &[Column] = &[
    Column::text("name", "Who"),
    Column::text("duties", "Duties"),
    Column::text("does", "What they do"),
    Column::hidden("id"),
];

/// What narrows the list.
pub(super) fn filters() -> Filters {
    Filters {
        first: Some(Choice::of(
            "duty",
            "Duty",
            [("steward", "Stewards"), ("operator", "Operators")],
        )),
        ..Filters::default()
    }
}

/// The stewards and operators as a part of the page, and the form for whoever may name them.
pub(super) fn section(
    web: &Web,
    visitor: &Visitor,
    (asked, found): (&Asked, &Found),
    (network, version): (&Network, u64),
) -> Result<Markup, Failure> {
    let may = right::may(
        &web.engine,
        visitor.asking(),
        Act::TendNetwork,
        About::Network,
    )?;
    let carried = form::carried(visitor, StreamId::Network(network.id), version);
    let empty = Empty {
        title: "Nobody looks after the network.",
        why: "Whoever founded it does at first; a steward names others, and takes a duty away again.",
        next: markup! { a.button href="/settings?kind=duty" { "See what was changed" } },
    };
    Ok(markup! {
        section.section aria-labelledby="duties" {
            div.section-head { h2 #duties { "Who looks after the network" } }
            (list::chips(web, visitor, asked)?)
            (filters().show(asked))
            (list::show(asked, "Stewards and operators", found, &empty))
            @if may { (ask(&carried)) }
        }
    })
}

/// Those who have a duty, whoever was here last first.
pub(super) fn found(engine: &Engine, network: &Network, asked: &Asked) -> Result<Found, Failure> {
    let people = People::of(engine);
    let duty = asked.get("duty");
    let all: BTreeSet<_> = network
        .stewards
        .union(&network.operators)
        .copied()
        .collect();
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        reads(all.into_iter().collect(), |id| *id),
        |id| *id,
        |id| {
            let duties = network.duties_of(id);
            let names: Vec<&str> = duties.iter().map(|duty| duty.name()).collect();
            if duty.is_some_and(|it| !names.contains(&it)) {
                return Ok(None);
            }
            let abouts: Vec<&str> = duties.iter().map(|duty| about_duty(*duty)).collect();
            let known = people.find(id)?;
            Ok(Some(Line::of(vec![
                Cell::of(known.show(), known.name.as_str()),
                Cell::text(names.join(", ")),
                Cell::text(abouts.join("; ")),
                Cell::text(id.to_string()),
            ])))
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|id| id.to_string()),
    })
}

fn ask(carried: &Markup) -> Markup {
    markup! {
        details.disclosure {
            summary { "Name a steward or an operator" }
            form.form method="post" action="/access/duties" {
                (carried)
                div.field {
                    label for="duty-who" { "Who?" }
                    input.input #duty-who name="who" required autocomplete="off" aria-describedby="duty-who-hint";
                    p.hint #duty-who-hint { "A name or an identifier. Without a tick below they do nothing for the network any more." }
                }
                fieldset.field {
                    legend { "What do they do?" }
                    @for duty in Duty::ALL {
                        div.choice {
                            input type="checkbox" id={ "duty-" (duty.name()) } name=(duty.name()) value="yes";
                            label for={ "duty-" (duty.name()) } { (duty.name()) }
                            p.hint { (about_duty(duty)) }
                        }
                    }
                }
                div.field {
                    label for="duty-reason" { "Why?" }
                    input.input #duty-reason name="reason" required;
                }
                div.actions { button.button { "Name them" } }
            }
        }
    }
}

/// Who does what from now on.
#[derive(Deserialize)]
pub(super) struct Named {
    who: String,
    reason: String,
    steward: Option<String>,
    operator: Option<String>,
}

/// Names somebody.
pub(super) async fn set(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(named): Form<Named>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        right::check(engine, visitor.asking(), Act::TendNetwork, About::Network)?;
        let chosen = [
            (Duty::Steward, named.steward),
            (Duty::Operator, named.operator),
        ];
        let duties = chosen
            .into_iter()
            .filter_map(|(duty, ticked)| ticked.map(|_| duty));
        let command = NetworkCommand::SetDuties {
            duties: duties.collect(),
            reason: named.reason,
            who: person(&People::of(engine), engine, &named.who)?,
        };
        let body = Body::Network(engine.network(), command);
        visitor.send(web, body)?;
        Ok(Redirect::to("/access"))
    })
    .await
}
