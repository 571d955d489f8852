//! The stored form of every event, frozen: what was hashed once must be read for ever.
//!
//! A golden file is never changed once it has been released: a new form of an event gets a version
//! of its own, and a file of its own beside the old one. To add one, write a sample, add its name
//! to `FILES`, and put the bytes that the failing test prints into the file, without a line end.

mod contributor;
mod network;
mod outcome;
mod task;

use consort_kernel::canonical::is_canonical;
use consort_kernel::command::Principal;
use consort_kernel::contributor::ContributorEvent;
use consort_kernel::digest::Digest;
use consort_kernel::event::{EVENT_FORM, Envelope, Event};
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::network::NetworkEvent;
use consort_kernel::organisation::OrganisationEvent;
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::stream::StreamId;
use consort_kernel::task::TaskEvent;
use consort_kernel::time::Timestamp;

/// An event, and what sets it apart from other samples of its variant: nothing for the one in
/// which every optional field is present.
type Sample = (&'static str, Event);

/// Names every variant, in one exhaustive match, and lists the names from the same lines, so that
/// a new variant needs a name and each name needs a sample.
macro_rules! variants {
    ($($pattern:pat => $name:literal,)+) => {
        pub(crate) const VARIANTS: &[&str] = &[$($name),+];

        pub(crate) fn variant(event: &Event) -> &'static str {
            match event {
                $($pattern => $name),+
            }
        }
    };
}

variants! {
    Event::Contributor(ContributorEvent::Added { .. }) => "contributor_added",
    Event::Contributor(ContributorEvent::Declared { .. }) => "contributor_declared",
    Event::Contributor(ContributorEvent::Suspended { .. }) => "contributor_suspended",
    Event::Contributor(ContributorEvent::Reinstated { .. }) => "contributor_reinstated",
    Event::Contributor(ContributorEvent::PayoutSet { .. }) => "contributor_payout_set",
    Event::Contributor(ContributorEvent::StandingChanged { .. }) => "contributor_standing_changed",
    Event::Contributor(ContributorEvent::Tied { .. }) => "contributor_tied",
    Event::Network(NetworkEvent::Founded { .. }) => "network_founded",
    Event::Network(NetworkEvent::PolicyChanged { .. }) => "network_policy_changed",
    Event::Network(NetworkEvent::DutiesSet { .. }) => "network_duties_set",
    Event::Network(NetworkEvent::Stopped { .. }) => "network_stopped",
    Event::Network(NetworkEvent::Released { .. }) => "network_released",
    Event::Network(NetworkEvent::ReleaseSpread { .. }) => "network_release_spread",
    Event::Organisation(OrganisationEvent::Founded { .. }) => "organisation_founded",
    Event::Organisation(OrganisationEvent::Deposited { .. }) => "organisation_deposited",
    Event::Organisation(OrganisationEvent::Funded { .. }) => "organisation_funded",
    Event::Organisation(OrganisationEvent::RefundTaken { .. }) => "organisation_refund_taken",
    Event::Organisation(OrganisationEvent::RolesSet { .. }) => "organisation_roles_set",
    Event::Outcome(OutcomeEvent::Created(_)) => "outcome_created",
    Event::Outcome(OutcomeEvent::Funded { .. }) => "outcome_funded",
    Event::Outcome(OutcomeEvent::PreApproved { .. }) => "outcome_pre_approved",
    Event::Outcome(OutcomeEvent::PreApprovalRevoked { .. }) => "outcome_pre_approval_revoked",
    Event::Outcome(OutcomeEvent::PlanChanged { .. }) => "outcome_plan_changed",
    Event::Outcome(OutcomeEvent::Started {}) => "outcome_started",
    Event::Outcome(OutcomeEvent::Paused { .. }) => "outcome_paused",
    Event::Outcome(OutcomeEvent::Resumed { .. }) => "outcome_resumed",
    Event::Outcome(OutcomeEvent::CancelRequested { .. }) => "outcome_cancel_requested",
    Event::Outcome(OutcomeEvent::CancellationSpread { .. }) => "outcome_cancellation_spread",
    Event::Outcome(OutcomeEvent::ResumptionSpread { .. }) => "outcome_resumption_spread",
    Event::Outcome(OutcomeEvent::TaskSettled(_)) => "outcome_task_settled",
    Event::Outcome(OutcomeEvent::BecameOverdue {}) => "outcome_became_overdue",
    Event::Outcome(OutcomeEvent::SignedOff { .. }) => "outcome_signed_off",
    Event::Outcome(OutcomeEvent::Closed { .. }) => "outcome_closed",
    Event::Task(TaskEvent::Opened(_)) => "task_opened",
    Event::Task(TaskEvent::DependentLinked { .. }) => "task_dependent_linked",
    Event::Task(TaskEvent::DependencyMet { .. }) => "task_dependency_met",
    Event::Task(TaskEvent::Offered { .. }) => "task_offered",
    Event::Task(TaskEvent::NobodyFound { .. }) => "task_nobody_found",
    Event::Task(TaskEvent::Declined { .. }) => "task_declined",
    Event::Task(TaskEvent::OfferLapsed { .. }) => "task_offer_lapsed",
    Event::Task(TaskEvent::KeptApart { .. }) => "task_kept_apart",
    Event::Task(TaskEvent::Claimed { .. }) => "task_claimed",
    Event::Task(TaskEvent::LeaseExpired { .. }) => "task_lease_expired",
    Event::Task(TaskEvent::Released { .. }) => "task_released",
    Event::Task(TaskEvent::Asked { .. }) => "task_asked",
    Event::Task(TaskEvent::Answered { .. }) => "task_answered",
    Event::Task(TaskEvent::Noted { .. }) => "task_noted",
    Event::Task(TaskEvent::Drafted { .. }) => "task_drafted",
    Event::Task(TaskEvent::Submitted { .. }) => "task_submitted",
    Event::Task(TaskEvent::Checked { .. }) => "task_checked",
    Event::Task(TaskEvent::Reviewed { .. }) => "task_reviewed",
    Event::Task(TaskEvent::ChangesRequested { .. }) => "task_changes_requested",
    Event::Task(TaskEvent::ChangesAdded { .. }) => "task_changes_added",
    Event::Task(TaskEvent::Escalated { .. }) => "task_escalated",
    Event::Task(TaskEvent::Extended { .. }) => "task_extended",
    Event::Task(TaskEvent::Reassigned { .. }) => "task_reassigned",
    Event::Task(TaskEvent::Accepted { .. }) => "task_accepted",
    Event::Task(TaskEvent::Failed { .. }) => "task_failed",
    Event::Task(TaskEvent::Cancelled { .. }) => "task_cancelled",
}

macro_rules! files {
    ($($name:literal,)+) => {
        const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("golden/v1/", $name, ".json")))),+];
    };
}

files! {
    "contributor_added",
    "contributor_added_driven",
    "contributor_added_person",
    "contributor_declared",
    "contributor_declared_guest",
    "contributor_payout_set",
    "contributor_reinstated",
    "contributor_standing_changed",
    "contributor_standing_changed_failed",
    "contributor_standing_changed_lease_expired",
    "contributor_standing_changed_rejected",
    "contributor_standing_changed_sent_back",
    "contributor_suspended",
    "contributor_tied",
    "contributor_tied_bare",
    "network_duties_set",
    "network_founded",
    "network_policy_changed",
    "network_release_spread",
    "network_released",
    "network_stopped",
    "network_stopped_agents",
    "organisation_deposited",
    "organisation_founded",
    "organisation_funded",
    "organisation_refund_taken",
    "organisation_roles_set",
    "organisation_roles_set_guest",
    "outcome_became_overdue",
    "outcome_cancel_requested",
    "outcome_cancellation_spread",
    "outcome_closed",
    "outcome_closed_bare",
    "outcome_created",
    "outcome_created_bare",
    "outcome_funded",
    "outcome_paused",
    "outcome_plan_changed",
    "outcome_plan_changed_bare",
    "outcome_pre_approval_revoked",
    "outcome_pre_approved",
    "outcome_pre_approved_bare",
    "outcome_resumed",
    "outcome_resumption_spread",
    "outcome_signed_off",
    "outcome_signed_off_bare",
    "outcome_started",
    "outcome_task_settled",
    "outcome_task_settled_accepted",
    "task_accepted",
    "task_accepted_in_advance",
    "task_answered",
    "task_asked",
    "task_cancelled",
    "task_changes_added",
    "task_changes_requested",
    "task_changes_requested_bare",
    "task_checked",
    "task_claimed",
    "task_claimed_group",
    "task_claimed_person",
    "task_declined",
    "task_dependency_met",
    "task_dependency_met_bare",
    "task_dependent_linked",
    "task_drafted",
    "task_escalated",
    "task_extended",
    "task_failed",
    "task_failed_bare",
    "task_kept_apart",
    "task_lease_expired",
    "task_nobody_found",
    "task_noted",
    "task_offer_lapsed",
    "task_offered",
    "task_offered_after",
    "task_offered_bare",
    "task_opened",
    "task_opened_bare",
    "task_opened_group",
    "task_opened_many",
    "task_reassigned",
    "task_reassigned_bare",
    "task_released",
    "task_reviewed",
    "task_reviewed_bare",
    "task_submitted",
    "task_submitted_bare",
}

#[test]
fn every_variant_of_every_event_has_a_sample() {
    let named: Vec<&str> = samples().iter().map(|(_, event)| variant(event)).collect();
    for variant in VARIANTS {
        assert!(named.contains(variant), "there is no sample of {variant}");
    }
}

#[test]
fn every_event_is_stored_as_it_was_when_it_was_frozen() {
    let mut wrong = Vec::new();
    let mut names = Vec::new();
    for (apart, event) in samples() {
        let name = [variant(&event), apart].concat();
        let stored = envelope(event, apart.is_empty()).to_canonical();
        let golden = FILES.iter().find(|(file, _)| *file == name);
        if golden.is_none_or(|(_, frozen)| *frozen != stored) {
            wrong.push(format!("golden/v1/{name}.json should be\n{stored}"));
        }
        names.push(name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let orphans: Vec<_> = FILES
        .iter()
        .filter(|(file, _)| !names.iter().any(|name| name == file))
        .collect();
    assert!(orphans.is_empty(), "no sample is stored as {orphans:?}");
}

#[test]
fn every_frozen_event_is_canonical_and_read_to_an_equal_value() {
    for (name, frozen) in FILES {
        assert!(is_canonical(frozen), "{name}");
        let read = Envelope::from_stored(frozen).unwrap();
        assert_eq!(read.to_canonical(), *frozen, "{name}");
    }
    for (apart, event) in samples() {
        let envelope = envelope(event, apart.is_empty());
        let read = Envelope::from_stored(&envelope.to_canonical()).unwrap();
        assert_eq!(read, envelope);
    }
}

fn samples() -> Vec<Sample> {
    [
        contributor::samples(),
        network::samples(),
        outcome::samples(),
        task::samples(),
    ]
    .concat()
}

/// An envelope with every optional field, or with none.
fn envelope(event: Event, full: bool) -> Envelope {
    let stream = match &event {
        Event::Contributor(_) => StreamId::Contributor(contributor_id()),
        Event::Network(_) => StreamId::Network(NetworkId::new(moment(), 5)),
        Event::Organisation(_) => StreamId::Organisation(organisation_id()),
        Event::Outcome(_) => StreamId::Outcome(outcome_id()),
        Event::Task(_) => StreamId::Task(task_id()),
    };
    Envelope {
        cause: CommandId::new(moment(), 1),
        correlation: full.then(|| CommandId::new(moment(), 2)),
        effective_at: full.then(|| moment().plus_millis(-1)),
        event,
        form: EVENT_FORM,
        on_behalf_of: full.then(person_id),
        organisation: full.then(organisation_id),
        policy: 1,
        principal: if full {
            Principal::Contributor(contributor_id())
        } else {
            Principal::Engine
        },
        recorded_at: moment(),
        stream,
        version: 9_007_199_254_740_993,
    }
}

fn moment() -> Timestamp {
    Timestamp::from_millis(1_795_226_400_123)
}

fn later() -> Timestamp {
    moment().plus_millis(900_000)
}

fn contributor_id() -> ContributorId {
    ContributorId::new(moment(), 11)
}

fn person_id() -> ContributorId {
    ContributorId::new(moment(), 12)
}

fn organisation_id() -> OrganisationId {
    OrganisationId::new(moment(), 21)
}

fn outcome_id() -> OutcomeId {
    OutcomeId::new(moment(), 31)
}

fn task_id() -> TaskId {
    TaskId::in_outcome(outcome_id(), "summarise[offer-a.pdf]")
}

fn other_task_id() -> TaskId {
    TaskId::in_outcome(outcome_id(), "draft")
}

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn words() -> String {
    "It says \"no later than\" 3 March – twice.\n\u{1}\u{1f426}".to_owned()
}
