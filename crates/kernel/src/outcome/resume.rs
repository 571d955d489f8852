//! Going on after a pause: what a signature in advance would have accepted meanwhile is looked at
//! again.

use super::decide::Events;
use super::{FAN_OUT_PAGE, Outcome, OutcomeEvent, Phase};
use crate::event::Event;
use crate::id::TaskId;
use crate::state::Rows;
use crate::stream::StreamId;

/// Reaches the next page of tasks that only lack a signature.
pub(super) fn spread(rows: &dyn Rows, outcome: &Outcome, after: Option<TaskId>) -> Events {
    if outcome.phase != Phase::Running {
        return Vec::new();
    }
    let tasks = rows.unsigned(Some(outcome.id), after, FAN_OUT_PAGE);
    if tasks.is_empty() {
        return Vec::new();
    }
    let more = tasks.len() == FAN_OUT_PAGE;
    let spread = OutcomeEvent::ResumptionSpread { more, tasks };
    vec![(StreamId::Outcome(outcome.id), Event::Outcome(spread))]
}
