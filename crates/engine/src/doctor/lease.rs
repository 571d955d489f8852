//! Leases: the last one of each task, compared with the events that granted and ended it.

use std::collections::BTreeMap;

use consort_kernel::effect::LeaseChange;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{LeaseRow, Store, StoreError};

use super::Code;
use super::PAGE;
use super::report::Findings;

/// A lease as the events tell it.
struct Granted {
    number: u64,
    holder: ContributorId,
    /// Until when at least; nothing once it is over.
    until: Option<Timestamp>,
}

/// The last lease of each task, as the events tell it.
#[derive(Default)]
pub(super) struct Leases {
    expected: BTreeMap<TaskId, Granted>,
}

impl Leases {
    pub(super) fn take_in(&mut self, change: &LeaseChange) {
        match change {
            LeaseChange::Grant {
                task,
                number,
                holder,
                deadline,
            } => {
                let granted = Granted {
                    number: *number,
                    holder: *holder,
                    until: Some(*deadline),
                };
                self.expected.insert(*task, granted);
            }
            LeaseChange::End { task, .. } => {
                if let Some(granted) = self.expected.get_mut(task) {
                    granted.until = None;
                }
            }
        }
    }

    /// Compares all of them with those that are kept; those of broken streams are passed over.
    pub(super) fn finish(
        &mut self,
        store: &dyn Store,
        is_broken: &dyn Fn(StreamId) -> bool,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = store.leases(after, PAGE)?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.task);
            for kept in page {
                let expected = self.expected.remove(&kept.task);
                if !is_broken(StreamId::Task(kept.task)) {
                    compare(&kept, expected.as_ref(), findings);
                }
            }
        }
        let missing = std::mem::take(&mut self.expected).into_iter();
        for (task, granted) in missing.filter(|(task, _)| !is_broken(StreamId::Task(*task))) {
            let Granted { number, holder, .. } = granted;
            let code = match granted.until {
                Some(_) => Code::LeaseMissing,
                None => Code::LeaseDiffers,
            };
            let text = format!("{holder} was given lease {number}, which is not kept");
            findings.problem(code, task, text);
        }
        Ok(())
    }
}

fn compare(kept: &LeaseRow, expected: Option<&Granted>, findings: &mut Findings) {
    let LeaseRow { number, holder, .. } = kept;
    let Some(granted) = expected else {
        let text = format!("lease {number} of {holder} is kept, and no event granted it");
        findings.problem(Code::LeaseDiffers, kept.task, text);
        return;
    };
    if (granted.number, granted.holder) != (*number, *holder) {
        let text = format!(
            "lease {number} of {holder} is kept, and the last that was granted is {} of {}",
            granted.number, granted.holder
        );
        findings.problem(Code::LeaseDiffers, kept.task, text);
        return;
    }
    match (granted.until, kept.deadline) {
        (None, None) => {}
        (None, Some(_)) => {
            let text = format!("lease {number} is kept as current, and nobody holds the task");
            findings.problem(Code::LeaseLeft, kept.task, text);
        }
        // Heartbeats move the deadline on, and no event tells of them.
        (Some(until), Some(deadline)) if deadline >= until => {}
        (Some(_), _) => {
            let text = format!(
                "{holder} holds it under lease {number}, and the lease that is kept says otherwise"
            );
            findings.problem(Code::LeaseMissing, kept.task, text);
        }
    }
}
