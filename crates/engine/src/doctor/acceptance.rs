//! Acceptances: each one compared with the event that it follows from.

use std::collections::BTreeMap;

use consort_kernel::effect::Acceptance;
use consort_kernel::id::TaskId;
use consort_kernel::stream::StreamId;
use consort_store::{Store, StoreError};

use super::Code;
use super::PAGE;
use super::report::Findings;

/// The acceptances that follow from the events.
#[derive(Default)]
pub(super) struct Acceptances {
    expected: BTreeMap<TaskId, Acceptance>,
}

impl Acceptances {
    pub(super) fn expect(&mut self, acceptance: Acceptance) {
        self.expected.insert(acceptance.task, acceptance);
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
            let page = store.acceptances(after, PAGE)?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.task);
            for kept in page {
                match self.expected.remove(&kept.task) {
                    Some(expected) if expected == kept => {}
                    Some(expected) => {
                        let text = format!("it is kept as {kept:?}, and was {expected:?}");
                        findings.problem(Code::AcceptanceChanged, kept.task, text);
                    }
                    None if is_broken(StreamId::Task(kept.task)) => {}
                    None => {
                        let text = format!(
                            "it is kept as accepted by {}, and no event says so",
                            kept.approver
                        );
                        findings.problem(Code::AcceptanceUnasked, kept.task, text);
                    }
                }
            }
        }
        for expected in self.expected.values() {
            let text = format!(
                "it was accepted by {}, which is not kept",
                expected.approver
            );
            findings.problem(Code::AcceptanceMissing, expected.task, text);
        }
        Ok(())
    }
}
