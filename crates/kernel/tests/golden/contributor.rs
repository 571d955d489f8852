//! Samples of a contributor's events.

use std::collections::BTreeMap;

use consort_kernel::contributor::{
    Cause, ContributorEvent, Evidence, Hours, Nature, Offers, Profile, Tie,
};
use consort_kernel::digest::Digest;
use consort_kernel::event::Event;
use consort_kernel::personal::{Commitment, PersonalValue};
use consort_kernel::reputation::Track;
use consort_kernel::task::DataClass;

use super::{Sample, contributor_id, moment, organisation_id, person_id, task_id, words};

pub(super) fn samples() -> Vec<Sample> {
    added()
        .into_iter()
        .chain(changed())
        .map(|(apart, event)| (apart, Event::Contributor(event)))
        .collect()
}

fn added() -> Vec<(&'static str, ContributorEvent)> {
    let agent = Nature::Agent {
        family: "small".to_owned(),
        operator: person_id(),
    };
    vec![
        (
            "",
            ContributorEvent::Added {
                capabilities: levels(),
                name: name(),
                nature: agent.clone(),
                profile: profile(),
            },
        ),
        (
            "_driven",
            ContributorEvent::Added {
                capabilities: levels(),
                name: name(),
                nature: agent.clone(),
                profile: Profile {
                    driver: Some("command/tidy".to_owned()),
                    ..Profile::default()
                },
            },
        ),
        (
            "_person",
            ContributorEvent::Added {
                capabilities: BTreeMap::new(),
                name: name(),
                nature: Nature::Person,
                profile: Profile::default(),
            },
        ),
        (
            "",
            ContributorEvent::Declared {
                capabilities: levels(),
                profile: profile(),
            },
        ),
        (
            "_guest",
            ContributorEvent::Declared {
                capabilities: levels(),
                profile: Profile {
                    offers: Offers::Guest,
                    ..profile()
                },
            },
        ),
    ]
}

fn changed() -> Vec<(&'static str, ContributorEvent)> {
    let track = Track {
        as_of: moment(),
        bad: 1_000_000,
        good: 9_007_199_254_740_993,
        results: 7,
    };
    let standing = |evidence| ContributorEvent::StandingChanged {
        algorithm: "standing/1".to_owned(),
        capability: "summarise".to_owned(),
        evidence,
        lease: 9_007_199_254_740_993,
        task: task_id(),
        track,
        with: person_id(),
    };
    let tied = |by, task, tie| ContributorEvent::Tied {
        by,
        task,
        tie,
        to: person_id(),
    };
    vec![
        (
            "",
            ContributorEvent::Suspended {
                by: person_id(),
                reason: words(),
            },
        ),
        (
            "",
            ContributorEvent::Reinstated {
                by: person_id(),
                reason: words(),
            },
        ),
        ("", ContributorEvent::PayoutSet { details: name() }),
        ("", standing(Evidence::Accepted(666_666))),
        ("_failed", standing(Evidence::Failed(Cause::Communication))),
        (
            "_lease_expired",
            standing(Evidence::LeaseExpired(Cause::OutsideShock)),
        ),
        ("_rejected", standing(Evidence::Rejected(Cause::Capability))),
        (
            "_sent_back",
            standing(Evidence::SentBack(Cause::ChangedExpectation)),
        ),
        (
            "",
            tied(Some(person_id()), Some(task_id()), Tie::WorkedWith),
        ),
        ("_bare", tied(None, None, Tie::Introduced)),
    ]
}

fn levels() -> BTreeMap<String, u8> {
    [
        ("summarise", 5),
        ("draft", 3),
        ("http://data.europa.eu/esco/skill/1", 8),
    ]
    .map(|(key, level)| (key.to_owned(), level))
    .into()
}

fn profile() -> Profile {
    Profile {
        clearance: DataClass::Restricted,
        concurrency: 8,
        driver: None,
        hours: Hours { from: 22, hours: 4 },
        memberships: vec![organisation_id()],
        offers: Offers::Taken,
        payee: Some(person_id()),
        rate_permille: 850,
        supplier: Some(organisation_id()),
    }
}

pub(super) fn name() -> Commitment {
    let value = PersonalValue {
        field: "name".to_owned(),
        salt: Digest::of(b"salt"),
        value: contributor_id().to_string(),
    };
    value.commitment()
}
