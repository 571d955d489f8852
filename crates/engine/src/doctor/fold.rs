//! The fold of one stream's events: its state, and the numbers of its row.

use consort_kernel::effect::{Effects, Timer, TimerChange, TimerKind};
use consort_kernel::event::{Envelope, Event};
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::state::{DoesNotFollow, STATE_FORM, State};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{StateRow, Store, StoreError};

use super::PAGE;

/// A stream as far as its events were taken in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fold {
    pub(crate) version: u64,
    pub(crate) fence: u64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) state: Option<State>,
}

impl Fold {
    /// Takes in the stream's next event and tells what follows from it.
    pub(crate) fn take_in(&mut self, envelope: &Envelope) -> Result<Effects, DoesNotFollow> {
        let stream = envelope.stream;
        if envelope.version != self.version + 1 || envelope.recorded_at < self.recorded_at {
            return Err(DoesNotFollow { stream });
        }
        let at = envelope.recorded_at;
        let state = State::apply(self.state.take(), stream, &envelope.event, at)?;
        let effects = consort_kernel::decide::effects(&state, &envelope.event, at);
        self.version = envelope.version;
        self.recorded_at = at;
        if envelope.event.moves_fence() {
            self.fence = envelope.version;
        }
        self.state = Some(state);
        Ok(effects)
    }

    /// The row that the stream should have.
    pub(super) fn row(&self, stream: StreamId) -> Option<StateRow> {
        let state = self.state.as_ref()?;
        Some(StateRow {
            stream,
            version: self.version,
            fence: self.fence,
            recorded_at: self.recorded_at,
            parent: state.parent(),
            status: state.status().to_owned(),
            form: STATE_FORM,
            body: serde_json::to_string(state).expect("states have string keys"),
        })
    }

    /// Reads a stream's history up to a version and folds it; nothing if it cannot be folded.
    /// Changes of timers go to `timers`.
    pub(super) fn of_history(
        store: &dyn Store,
        stream: StreamId,
        upto: u64,
        timers: &mut dyn FnMut(TimerChange),
    ) -> Result<Option<Self>, StoreError> {
        let mut fold = Self::default();
        while fold.version < upto {
            let left = usize::try_from(upto - fold.version).unwrap_or(PAGE);
            let page = store.history(stream, fold.version, left.min(PAGE))?;
            if page.is_empty() {
                break;
            }
            for row in page {
                let envelope = Envelope::from_stored(&row.event.body).ok();
                let Some(envelope) = envelope.filter(|envelope| envelope.stream == stream) else {
                    return Ok(None);
                };
                let Ok(effects) = fold.take_in(&envelope) else {
                    return Ok(None);
                };
                timers_after(&envelope, effects.timers)
                    .into_iter()
                    .for_each(&mut *timers);
            }
        }
        Ok(Some(fold))
    }
}

/// The changes of timers after an event. A deadline's timer is gone once it has fired, which only
/// the event shows.
pub(super) fn timers_after(envelope: &Envelope, mut changes: Vec<TimerChange>) -> Vec<TimerChange> {
    if matches!(
        envelope.event,
        Event::Outcome(OutcomeEvent::BecameOverdue {})
    ) {
        changes.push(TimerChange::Clear(envelope.stream, TimerKind::Deadline));
    }
    changes
}

/// Carries out a change of timers on a map of them.
pub(super) fn change_timer(
    timers: &mut std::collections::BTreeMap<(StreamId, TimerKind), Timer>,
    change: TimerChange,
) {
    match change {
        TimerChange::Set(timer) => {
            timers.insert((timer.stream, timer.kind), timer);
        }
        TimerChange::Clear(stream, kind) => {
            timers.remove(&(stream, kind));
        }
    }
}
