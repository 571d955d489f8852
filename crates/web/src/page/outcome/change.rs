//! Pausing an outcome, and letting it go on.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_kernel::command::Body;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{OutcomeCommand, Phase};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::{Seen, see};
use crate::part::Icon;
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

/// Why it is done.
#[derive(Deserialize)]
pub(crate) struct Because {
    reason: String,
}

/// The form that pauses a running outcome, or lets a paused one go on.
pub(super) fn pause_button(seen: &Seen<'_>) -> Markup {
    let (verb, words) = match seen.outcome.phase {
        Phase::Running => ("pause", "Pause this outcome"),
        Phase::Paused => ("resume", "Let it go on"),
        _ => return markup! {},
    };
    markup! {
        details.disclosure {
            summary { (Icon::Pause.show()) (words) }
            form.form method="post" action={ (seen.address()) "/" (verb) } {
                div.field {
                    label for="why" { "Why?" }
                    p.hint #why-hint { "It stands in the record, and whoever works on it reads it." }
                    input.input #why name="reason" required aria-describedby="why-hint";
                }
                div.actions { button.button { (words) } }
            }
        }
    }
}

/// Pauses it: nothing new is taken.
pub(crate) async fn pause(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(because): Form<Because>,
) -> Result<Redirect, Failure> {
    let reason = because.reason;
    change(web, visitor, id, OutcomeCommand::Pause { reason }).await
}

/// Lets it go on.
pub(crate) async fn resume(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(because): Form<Because>,
) -> Result<Redirect, Failure> {
    let reason = because.reason;
    change(web, visitor, id, OutcomeCommand::Resume { reason }).await
}

async fn change(
    web: Arc<Web>,
    visitor: Visitor,
    id: OutcomeId,
    command: OutcomeCommand,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        see(web, &visitor, id)?.check(Act::SteerOutcome)?;
        let body = Body::Outcome(id, command);
        web.engine.execute(visitor.principal(), body)?;
        Ok(Redirect::to(&format!("/outcomes/{id}")))
    })
    .await
}
