//! Samples of an outcome's events.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::event::Event;
use consort_kernel::money::{Amount, Asset};
use consort_kernel::outcome::{
    Baseline, Charter, Conclusion, OutcomeEvent, PlaybookRef, PreApproval, Settled,
};
use consort_kernel::task::{Criterion, Method, Risk};

use super::{
    Sample, contributor_id, digest, later, organisation_id, other_task_id, person_id, task_id,
    words,
};

pub(super) fn samples() -> Vec<Sample> {
    [stated(), run(), ended()]
        .concat()
        .into_iter()
        .map(|(apart, event)| (apart, Event::Outcome(event)))
        .collect()
}

fn stated() -> Vec<(&'static str, OutcomeEvent)> {
    let terms = PreApproval {
        amount_max: Amount::from_minor(1_000),
        expires_at: later(),
        gates: true,
        reason: words(),
        risk_max: Risk::Medium,
        source: Some(digest("answers.yaml")),
    };
    let bare_terms = PreApproval {
        source: None,
        ..terms.clone()
    };
    let approved = |terms| OutcomeEvent::PreApproved {
        number: 1,
        terms: Box::new(terms),
    };
    vec![
        ("", OutcomeEvent::Created(Box::new(charter()))),
        (
            "_bare",
            OutcomeEvent::Created(Box::new(Charter {
                baseline: None,
                deadline: None,
                escalation: Vec::new(),
                playbook: None,
                ..charter()
            })),
        ),
        (
            "",
            OutcomeEvent::Funded {
                amount: Amount::from_minor(100_000),
                funder: organisation_id(),
            },
        ),
        ("", approved(terms)),
        ("_bare", approved(bare_terms)),
        (
            "",
            OutcomeEvent::PreApprovalRevoked {
                number: 1,
                reason: words(),
            },
        ),
    ]
}

fn charter() -> Charter {
    Charter {
        accountable: person_id(),
        asset: Asset::PRACTICE,
        baseline: Some(Baseline {
            claimed_value: Some(Amount::from_minor(5_000_000)),
            confidence_percent: 80,
            estimate: Amount::from_minor(90_000),
            minutes: 25,
        }),
        criteria: vec![Criterion {
            key: "done".to_owned(),
            method: Method::Judgment,
            text: words(),
            weight: 1,
        }],
        deadline: Some(later()),
        escalation: vec![contributor_id()],
        narrative: words(),
        objective: words(),
        organisation: organisation_id(),
        playbook: Some(PlaybookRef {
            digest: digest("playbook"),
            inputs: digest("inputs"),
            name: "brief".to_owned(),
            version: "1.0.0".to_owned(),
        }),
        title: words(),
    }
}

fn run() -> Vec<(&'static str, OutcomeEvent)> {
    let plan = |dropped, serves| OutcomeEvent::PlanChanged {
        added: 2,
        dropped,
        held: Amount::from_minor(2_000),
        plan: 3,
        reason: words(),
        serves,
        weight: 9_007_199_254_740_993,
    };
    let serves = BTreeMap::from([("done".to_owned(), 2), ("also".to_owned(), 1)]);
    vec![
        ("", plan(vec![task_id()], serves)),
        ("_bare", plan(vec![], BTreeMap::new())),
        ("", OutcomeEvent::Started {}),
        ("", OutcomeEvent::Paused { reason: words() }),
        ("", OutcomeEvent::Resumed { reason: words() }),
        ("", OutcomeEvent::BecameOverdue {}),
    ]
}

fn ended() -> Vec<(&'static str, OutcomeEvent)> {
    let dropped = Settled {
        accepted: false,
        fee: Amount::ZERO,
        paid: Amount::ZERO,
        released: Amount::from_minor(1_000),
        task: task_id(),
        tax: Amount::ZERO,
        unserved: BTreeSet::from(["done".to_owned()]),
        weight: 1,
    };
    let accepted = Settled {
        accepted: true,
        fee: Amount::from_minor(100),
        paid: Amount::from_minor(700),
        released: Amount::ZERO,
        tax: Amount::from_minor(200),
        unserved: BTreeSet::new(),
        ..dropped.clone()
    };
    let signed = |recommendation, in_advance| OutcomeEvent::SignedOff {
        by: person_id(),
        conclusion: Conclusion {
            opened: vec![digest("brief.html")],
            reason: words(),
            recommendation,
            scope: words(),
        },
        in_advance,
    };
    let refunds = BTreeMap::from([(organisation_id(), Amount::from_minor(99_000))]);
    vec![
        ("", OutcomeEvent::CancelRequested { reason: words() }),
        (
            "",
            OutcomeEvent::CancellationSpread {
                more: true,
                tasks: vec![task_id(), other_task_id()],
            },
        ),
        (
            "",
            OutcomeEvent::ResumptionSpread {
                more: false,
                tasks: vec![task_id(), other_task_id()],
            },
        ),
        ("", OutcomeEvent::TaskSettled(dropped)),
        ("_accepted", OutcomeEvent::TaskSettled(accepted)),
        ("", signed(Some(words()), Some(1))),
        ("_bare", signed(None, None)),
        (
            "",
            OutcomeEvent::Closed {
                delivered: true,
                refunds,
            },
        ),
        (
            "_bare",
            OutcomeEvent::Closed {
                delivered: false,
                refunds: BTreeMap::new(),
            },
        ),
    ]
}
