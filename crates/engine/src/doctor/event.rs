//! One event as it is stored: its form, its place, and who stands behind it.

use std::collections::BTreeMap;

use consort_kernel::canonical::is_canonical;
use consort_kernel::contributor::{ContributorEvent, Nature};
use consort_kernel::event::{EVENT_FORM, Envelope, Event};
use consort_kernel::id::ContributorId;
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::stream::StreamId;
use consort_kernel::task::TaskEvent;
use consort_store::FeedRow;

use super::Code;
use super::report::Findings;

/// The event of a row, if it can be read and stands in its own place.
pub(super) fn read(row: &FeedRow, findings: &mut Findings) -> Option<Envelope> {
    let place = format!("event {}", row.position);
    let body = &row.event.body;
    if !is_canonical(body) {
        let text = "its text is not canonical JSON".to_owned();
        findings.problem(Code::EventNotCanonical, &place, text);
    }
    let envelope = match Envelope::from_stored(body) {
        Ok(envelope) => envelope,
        Err(error) => {
            findings.problem(Code::EventUnreadable, &place, error.to_string());
            return None;
        }
    };
    if envelope.form > EVENT_FORM {
        let text = format!("it is written in form {}, which is newer", envelope.form);
        findings.problem(Code::EventUnreadable, &place, text);
        return None;
    }
    if (envelope.stream, envelope.version) != (row.event.stream, row.event.version) {
        let text = format!(
            "it is event {} of {} and is kept as event {} of {}",
            envelope.version, envelope.stream, row.event.version, row.event.stream
        );
        findings.problem(Code::EventMisplaced, &place, text);
        return None;
    }
    Some(envelope)
}

/// Who is a person, as the events say it.
#[derive(Debug, Default)]
pub(super) struct People {
    are_persons: BTreeMap<ContributorId, bool>,
}

impl People {
    /// Learns of new contributors, and checks that whoever signed is a person.
    pub(super) fn take_in(&mut self, envelope: &Envelope, findings: &mut Findings) {
        if let (
            Event::Contributor(ContributorEvent::Added { nature, .. }),
            StreamId::Contributor(id),
        ) = (&envelope.event, envelope.stream)
        {
            self.are_persons
                .insert(id, matches!(nature, Nature::Person));
        }
        let signer = match &envelope.event {
            Event::Task(TaskEvent::Accepted { settlement, .. }) => settlement.approval.by(),
            Event::Outcome(OutcomeEvent::SignedOff { by, .. }) => *by,
            _ => return,
        };
        if self.are_persons.get(&signer) != Some(&true) {
            let text = format!("it was signed by {signer}, who is no person of the network");
            findings.problem(Code::NobodyAnswers, envelope.stream, text);
        }
    }
}
