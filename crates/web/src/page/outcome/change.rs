//! Pausing an outcome, and letting it go on.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_kernel::command::Body;
use consort_kernel::event::Event;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{OutcomeCommand, OutcomeEvent, Phase};
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::{Seen, see};
use crate::part::Icon;
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

/// For how long it is offered to be undone: while whoever did it looks at the answer.
const UNDO_MS: i64 = 5 * 60_000;
/// How many of the latest events are looked through for it.
const UNDO_EVENTS_MAX: usize = 20;

/// Why it is done.
#[derive(Deserialize)]
pub(crate) struct Because {
    reason: String,
    /// Set where it takes back what was decided just before: that is not offered to be undone again.
    undo: Option<String>,
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
                // To pause holds whatever happened since; to go on rests on what was seen.
                @if verb == "pause" { (seen.keyed()) } @else { (seen.carried()) }
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

/// The pause, or the end of one, that the visitor decided last and just now.
fn just_decided(seen: &Seen<'_>) -> Result<Option<Decided>, Failure> {
    let stream = StreamId::Outcome(seen.outcome.id);
    let now = seen.web.engine.now();
    for event in seen.web.engine.latest(stream, UNDO_EVENTS_MAX)? {
        let decided = match event.event {
            Event::Outcome(OutcomeEvent::Paused { .. }) => Decided::Paused,
            Event::Outcome(OutcomeEvent::Resumed { .. }) => Decided::Resumed,
            _ => continue,
        };
        let is_own = event.principal == seen.visitor.principal();
        let is_new = now.millis_since(event.recorded_at) < UNDO_MS;
        return Ok((is_own && is_new).then_some(decided));
    }
    Ok(None)
}

/// What was decided.
#[derive(Clone, Copy)]
enum Decided {
    Paused,
    Resumed,
}

/// The way to undo what the visitor decided just now, on the page that answers it.
pub(super) fn undo(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let (said, verb, reason) = match (just_decided(seen)?, seen.outcome.phase) {
        (Some(Decided::Paused), Phase::Paused) => {
            ("It is paused.", "resume", "the pause was undone at once")
        }
        (Some(Decided::Resumed), Phase::Running) => {
            ("It goes on.", "pause", "that it goes on was undone at once")
        }
        _ => return Ok(markup! {}),
    };
    Ok(markup! {
        div.note role="status" {
            (Icon::Done.toned("is-done"))
            p { b { (said) } }
            form method="post" action={ (seen.address()) "/" (verb) } {
                @if verb == "pause" { (seen.keyed()) } @else { (seen.carried()) }
                input type="hidden" name="reason" value=(reason);
                input type="hidden" name="undo" value="yes";
                button.button { (Icon::Undo.show()) "Undo" }
            }
        }
    })
}

/// Pauses it: nothing new is taken.
pub(crate) async fn pause(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(because): Form<Because>,
) -> Result<Redirect, Failure> {
    let Because { reason, undo } = because;
    let command = OutcomeCommand::Pause { reason };
    change(web, visitor, id, (command, undo.is_none())).await
}

/// Lets it go on.
pub(crate) async fn resume(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(because): Form<Because>,
) -> Result<Redirect, Failure> {
    let Because { reason, undo } = because;
    let command = OutcomeCommand::Resume { reason };
    change(web, visitor, id, (command, undo.is_none())).await
}

async fn change(
    web: Arc<Web>,
    visitor: Visitor,
    id: OutcomeId,
    (command, can_be_undone): (OutcomeCommand, bool),
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        see(web, &visitor, id)?.check(Act::SteerOutcome)?;
        let body = Body::Outcome(id, command);
        visitor.send(web, body)?;
        let undo = if can_be_undone { "?undo=yes" } else { "" };
        Ok(Redirect::to(&format!("/outcomes/{id}{undo}")))
    })
    .await
}
