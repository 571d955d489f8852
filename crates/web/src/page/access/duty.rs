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
use super::{about_duty, person};
use crate::part::People;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// The stewards and operators, and the form for whoever may name them.
pub(super) fn those(
    engine: &Engine,
    visitor: &Visitor,
    (network, version): (&Network, u64),
) -> Result<Markup, Failure> {
    let people = People::of(engine);
    let all: BTreeSet<_> = network
        .stewards
        .union(&network.operators)
        .copied()
        .collect();
    let mut rows = Vec::new();
    for who in all {
        let known = people.find(who)?;
        let duties = network.duties_of(who);
        let names: Vec<&str> = duties.iter().map(|duty| duty.name()).collect();
        rows.push((known, names.join(", ")));
    }
    let may = right::may(engine, visitor.asking(), Act::TendNetwork, About::Network)?;
    let carried = form::carried(visitor, StreamId::Network(network.id), version);
    Ok(markup! {
        section.section aria-labelledby="duties" {
            div.section-head { h2 #duties { "Who looks after the network" } }
            dl.facts { @for (known, duties) in &rows { dt { (known.show()) } dd { (duties) } } }
            @if may { (ask(&carried)) }
        }
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
