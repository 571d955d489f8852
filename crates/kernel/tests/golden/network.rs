//! Samples of the events of the network and of organisations.

use consort_kernel::event::Event;
use consort_kernel::money::{Amount, Asset, Fraction};
use consort_kernel::network::{Duty, NetworkEvent, Policy, Switch};
use consort_kernel::organisation::{OrganisationEvent, Role};

use super::{
    Sample, contributor, contributor_id, other_task_id, outcome_id, person_id, task_id, words,
};

pub(super) fn samples() -> Vec<Sample> {
    let network = network()
        .into_iter()
        .map(|(apart, event)| (apart, Event::Network(event)));
    let organisation = organisation()
        .into_iter()
        .map(|event| ("", Event::Organisation(event)));
    let guest = OrganisationEvent::RolesSet {
        by: contributor_id(),
        reason: words(),
        roles: [Role::Reviewer].into(),
        task: Some(task_id()),
        who: person_id(),
    };
    let guest = ("_guest", Event::Organisation(guest));
    network.chain(organisation).chain([guest]).collect()
}

fn network() -> Vec<(&'static str, NetworkEvent)> {
    let changed = Policy {
        fee: Fraction {
            denominator: 1000,
            numerator: 25,
        },
        version: 2,
        ..Policy::default()
    };
    vec![
        (
            "",
            NetworkEvent::Founded {
                policy: Box::default(),
                steward: person_id(),
            },
        ),
        (
            "",
            NetworkEvent::PolicyChanged {
                policy: Box::new(changed),
                reason: words(),
            },
        ),
        (
            "",
            NetworkEvent::Stopped {
                reason: words(),
                switch: Switch::Payouts,
            },
        ),
        (
            "_agents",
            NetworkEvent::Stopped {
                reason: words(),
                switch: Switch::Agents,
            },
        ),
        (
            "",
            NetworkEvent::Released {
                reason: words(),
                switch: Switch::Payouts,
            },
        ),
        (
            "",
            NetworkEvent::DutiesSet {
                duties: Duty::ALL.into(),
                reason: words(),
                who: person_id(),
            },
        ),
        (
            "",
            NetworkEvent::ReleaseSpread {
                more: true,
                tasks: vec![task_id(), other_task_id()],
            },
        ),
    ]
}

fn organisation() -> Vec<OrganisationEvent> {
    let amount = Amount::from_minor(9_007_199_254_740_993);
    let asset = Asset::PRACTICE;
    let outcome = outcome_id();
    vec![
        OrganisationEvent::Founded {
            name: contributor::name(),
            owner: person_id(),
        },
        OrganisationEvent::Deposited {
            amount,
            asset,
            reference: words(),
        },
        OrganisationEvent::Funded {
            amount,
            asset,
            outcome,
        },
        OrganisationEvent::RolesSet {
            by: contributor_id(),
            reason: words(),
            roles: Role::ALL.into(),
            task: None,
            who: person_id(),
        },
        OrganisationEvent::RefundTaken {
            amount,
            asset,
            outcome,
        },
    ]
}
