//! Words about people: compared with what the events commit to, unless they were erased.

use consort_kernel::contributor::ContributorEvent;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::organisation::OrganisationEvent;
use consort_kernel::personal::{Commitment, PersonalValue};
use consort_store::{PersonalRow, Store, StoreError};

use super::Code;
use super::report::Findings;

/// Counts what was erased.
#[derive(Default)]
pub(super) struct Personal {
    redacted: u64,
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
            _ => return Ok(()),
        };
        let rows = store.personal(envelope.stream)?;
        if rows.is_empty() {
            self.redacted += 1;
        }
        for row in rows {
            let field = row.field.clone();
            if commitment(row) != committed {
                let text = format!("its {field} is not the one that was committed to");
                findings.problem(Code::PersonalDiffers, envelope.stream, text);
            }
        }
        Ok(())
    }

    pub(super) fn finish(&self, findings: &mut Findings) {
        if self.redacted > 0 {
            let count = self.redacted;
            findings.note(format!("{count} names were erased: redacted, not broken."));
        }
    }
}

fn commitment(row: PersonalRow) -> Commitment {
    let PersonalRow {
        field, salt, value, ..
    } = row;
    PersonalValue { field, salt, value }.commitment()
}
