//! Timers: those that follow from the events, compared with those that are kept.

use std::collections::BTreeMap;

use consort_kernel::effect::{Timer, TimerKind};
use consort_kernel::event::Envelope;
use consort_kernel::id::CommandId;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{Store, StoreError};

use super::Code;
use super::fold::{change_timer, timers_after};
use super::report::Findings;

/// The end of time: every timer is due by then.
const END: Timestamp = Timestamp::from_millis(i64::MAX);

/// The timers that follow from the events so far.
#[derive(Default)]
pub(super) struct Timers {
    expected: BTreeMap<(StreamId, TimerKind), Timer>,
}

impl Timers {
    pub(super) fn take_in(
        &mut self,
        envelope: &Envelope,
        changes: Vec<consort_kernel::effect::TimerChange>,
    ) {
        for change in timers_after(envelope, changes) {
            change_timer(&mut self.expected, change);
        }
    }

    /// Whether a command is what one of the timers of the stream asked for.
    pub(super) fn asked_for(&self, stream: StreamId, command: CommandId) -> bool {
        let kinds = [
            TimerKind::Offer,
            TimerKind::Lease,
            TimerKind::Review,
            TimerKind::Deadline,
        ];
        kinds.into_iter().any(|kind| {
            let timer = self.expected.get(&(stream, kind));
            timer.is_some_and(|timer| crate::timer::id(timer, command.time()) == command)
        })
    }

    /// Compares them with those that are kept; those of broken streams are passed over.
    pub(super) fn finish(
        &mut self,
        store: &dyn Store,
        is_broken: &dyn Fn(StreamId) -> bool,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        for kept in store.due(END, usize::MAX)? {
            if is_broken(kept.stream) {
                continue;
            }
            let kind = kept.kind.as_str();
            match self.expected.remove(&(kept.stream, kept.kind)) {
                Some(expected) if is_as(&kept, &expected) => {}
                Some(expected) => {
                    let text = format!(
                        "its {kind} timer {} is due at {}, and should be number {} at {}",
                        kept.number, kept.due_at, expected.number, expected.due_at
                    );
                    findings.problem(Code::TimerDiffers, kept.stream, text);
                }
                None => {
                    let text = format!("its {kind} timer {} should be gone", kept.number);
                    findings.problem(Code::TimerDiffers, kept.stream, text);
                }
            }
        }
        let missing = self.expected.values();
        for missing in missing.filter(|timer| !is_broken(timer.stream)) {
            let kind = missing.kind.as_str();
            let text = format!("its {kind} timer {} is missing", missing.number);
            findings.problem(Code::TimerDiffers, missing.stream, text);
        }
        Ok(())
    }
}

/// Whether a timer is the one that follows from the events. That of a lease is set later when a
/// heartbeat extended the lease.
fn is_as(kept: &Timer, expected: &Timer) -> bool {
    let is_due = match expected.kind {
        TimerKind::Lease => kept.due_at >= expected.due_at,
        TimerKind::Offer | TimerKind::Review | TimerKind::Deadline => {
            kept.due_at == expected.due_at
        }
    };
    is_due && kept.number == expected.number
}
