//! Suspending somebody, and reinstating them: a person decides it, with a reason on record.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_kernel::command::Body;
use consort_kernel::contributor::{Contributor, ContributorCommand};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use crate::page::form;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// The form, for whoever may decide it.
pub(super) fn ask(
    web: &Web,
    visitor: &Visitor,
    contributor: &Contributor,
) -> Result<Markup, Failure> {
    let about = About::Contributor(contributor);
    if !right::may(&web.engine, visitor.asking(), Act::Restrict, about)? {
        return Ok(markup! {});
    }
    let stream = StreamId::Contributor(contributor.id);
    let Some((Row::Contributor(contributor), version)) = web.engine.versioned(stream)? else {
        return Err(Failure::NotHere);
    };
    let carried = form::carried(visitor, stream, version);
    let (words, hint) = if contributor.suspension.is_some() {
        ("Reinstate", "They take work again from now on.")
    } else {
        (
            "Suspend",
            "They take no work and sign nothing until a steward reinstates them. They see why.",
        )
    };
    Ok(markup! {
        details.disclosure {
            summary { (words) }
            form.form method="post" action={ "/people/" (contributor.id) "/suspension" } {
                (carried)
                div.field {
                    label for="restrict-reason" { "Why?" }
                    p.hint #restrict-hint { (hint) }
                    input.input #restrict-reason name="reason" required aria-describedby="restrict-hint";
                }
                input type="hidden" name="suspended" value=(contributor.suspension.is_none());
                div.actions { button.button { (words) } }
            }
        }
    })
}

/// What is decided.
#[derive(Deserialize)]
pub(super) struct Decided {
    reason: String,
    suspended: bool,
}

/// Decides it.
pub(super) async fn decide(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
    Form(Decided { reason, suspended }): Form<Decided>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let Some(Row::Contributor(contributor)) = engine.state(StreamId::Contributor(id))? else {
            return Err(Failure::NotHere);
        };
        let about = About::Contributor(&contributor);
        right::check(engine, visitor.asking(), Act::Restrict, about)?;
        let command = if suspended {
            ContributorCommand::Suspend { reason }
        } else {
            ContributorCommand::Reinstate { reason }
        };
        visitor.send(web, Body::Contributor(id, command))?;
        Ok(Redirect::to(&format!("/people/{id}")))
    })
    .await
}
