//! Words about people: compared with what the events commit to.
//!
//! Words may be erased, and no event tells of it. So what is not kept is told of and is no problem.

use std::collections::BTreeMap;

use consort_kernel::contributor::ContributorEvent;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::organisation::OrganisationEvent;
use consort_kernel::personal::{Commitment, PersonalValue};
use consort_kernel::stream::StreamId;
use consort_store::{PersonalRow, Store, StoreError};

use super::Code;
use super::report::Findings;

/// The words that a stream begins with, and those that a person may say later.
const NAME: &str = "name";
const PAYOUT: &str = "payout";
/// How many of those are named whose words are not kept.
const MISSING_TOLD_MAX: usize = 20;

/// Whose words are not kept, and what those commit to who said something of theirs more than once.
#[derive(Default)]
pub(super) struct Personal {
    missing: Vec<StreamId>,
    payouts: BTreeMap<StreamId, Commitment>,
}

impl Personal {
    pub(super) fn take_in(
        &mut self,
        store: &dyn Store,
        envelope: &Envelope,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let committed = match &envelope.event {
            Event::Contributor(ContributorEvent::Added { name, .. })
            | Event::Organisation(OrganisationEvent::Founded { name, .. }) => *name,
            Event::Contributor(ContributorEvent::PayoutSet { details }) => {
                self.payouts.insert(envelope.stream, *details);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let rows = store.personal(envelope.stream)?;
        if rows.is_empty() {
            self.missing.push(envelope.stream);
        }
        for row in rows.into_iter().filter(|row| row.field == NAME) {
            compare(row, envelope.stream, committed, findings);
        }
        Ok(())
    }

    /// Compares what was said last with what is kept of it.
    pub(super) fn compare_payouts(
        &self,
        store: &dyn Store,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        for (stream, committed) in &self.payouts {
            let rows = store.personal(*stream)?.into_iter();
            for row in rows.filter(|row| row.field == PAYOUT) {
                compare(row, *stream, *committed, findings);
            }
        }
        Ok(())
    }

    pub(super) fn finish(&self, findings: &mut Findings) {
        if self.missing.is_empty() {
            return;
        }
        let told = self.missing.iter().take(MISSING_TOLD_MAX);
        let mut whose: Vec<String> = told.map(ToString::to_string).collect();
        if self.missing.len() > whose.len() {
            whose.push(format!("{} more", self.missing.len() - whose.len()));
        }
        findings.note(format!(
            "{} names are not kept: erased or deleted, which no event tells. They are those of {}.",
            self.missing.len(),
            whose.join(", ")
        ));
    }
}

fn compare(row: PersonalRow, stream: StreamId, committed: Commitment, findings: &mut Findings) {
    let field = row.field.clone();
    if commitment(row) != committed {
        let text = format!("its {field} is not the one that was committed to");
        findings.problem(Code::PersonalDiffers, stream, text);
    }
}

fn commitment(row: PersonalRow) -> Commitment {
    let PersonalRow {
        field, salt, value, ..
    } = row;
    PersonalValue { field, salt, value }.commitment()
}
