//! Samples of a task's events.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::contributor::Cause;
use consort_kernel::event::Event;
use consort_kernel::id::ContributorId;
use consort_kernel::money::{Amount, Asset};
use consort_kernel::routing::{Decision, Exclusion, Scored};
use consort_kernel::task::{
    AiUse, Approval, Bounds, Check, ContextItem, ContextSource, Criterion, DataClass, Instructions,
    Method, Mode, Opening, Performer, Provenance, Reason, Review, Risk, Settlement, Submission,
    TaskEvent, TaskSpec, Verdict,
};

use super::{
    Sample, contributor_id, digest, later, moment, organisation_id, other_task_id, outcome_id,
    person_id, task_id, words,
};

pub(super) fn samples() -> Vec<Sample> {
    [planned(), offered(), held(), judged(), turned(), ended()]
        .concat()
        .into_iter()
        .map(|(apart, event)| (apart, Event::Task(event)))
        .collect()
}

fn planned() -> Vec<(&'static str, TaskEvent)> {
    let full = Opening {
        accountable: person_id(),
        apart: vec![contributor_id()],
        asset: Asset::PRACTICE,
        escalation: vec![contributor_id()],
        organisation: organisation_id(),
        outcome: outcome_id(),
        peers: vec![],
        rank: 2,
        spec: spec(),
        unmet: vec![other_task_id()],
        unnamed: 0,
    };
    let mut bare = Opening {
        apart: vec![],
        escalation: vec![],
        unmet: vec![],
        ..full.clone()
    };
    bare.spec.apart_from = vec![];
    bare.spec.gate = false;
    bare.spec.needs = vec![];
    bare.spec.serves = vec![];
    let mut many = bare.clone();
    many.spec.instructions.context = vec![ContextItem {
        class: DataClass::Internal,
        expires_at: None,
        name: "documents".to_owned(),
        source: ContextSource::Group(digest("the list of the documents")),
    }];
    many.spec.needs = vec!["research[*]".to_owned()];
    many.unnamed = 1_000;
    let kept_apart = TaskEvent::KeptApart {
        from: contributor_id(),
        other: other_task_id(),
    };
    let mut group = bare.clone();
    group.peers = vec![other_task_id()];
    group.spec.apart_from = vec!["draft[2]".to_owned()];
    let met = |by| TaskEvent::DependencyMet {
        by,
        dependency: other_task_id(),
    };
    vec![
        ("", TaskEvent::Opened(Box::new(full))),
        ("_bare", TaskEvent::Opened(Box::new(bare))),
        ("_many", TaskEvent::Opened(Box::new(many))),
        ("_group", TaskEvent::Opened(Box::new(group))),
        ("", kept_apart),
        (
            "",
            TaskEvent::DependentLinked {
                dependent: other_task_id(),
            },
        ),
        ("", met(vec![contributor_id(), person_id()])),
        ("_bare", met(vec![])),
    ]
}

fn spec() -> TaskSpec {
    TaskSpec {
        apart_from: vec!["draft".to_owned()],
        capability: "summarise".to_owned(),
        gate: true,
        instructions: Instructions {
            constraints: vec![words()],
            context: context(),
            criteria: criteria(),
            goal: words(),
        },
        key: "summarise[offer-a.pdf]".to_owned(),
        kind: "summarise".to_owned(),
        lease_ms: 900_000,
        level: 5,
        mode: Mode::Pair,
        needs: vec!["draft".to_owned()],
        price: Amount::from_minor(9_007_199_254_740_993),
        risk: Risk::Critical,
        serves: vec!["done".to_owned()],
        title: words(),
        weight: 3,
    }
}

fn context() -> Vec<ContextItem> {
    vec![
        ContextItem {
            class: DataClass::Confidential,
            expires_at: Some(later()),
            name: "offer".to_owned(),
            source: ContextSource::Artefact(digest("offer-a.pdf")),
        },
        ContextItem {
            class: DataClass::Public,
            expires_at: None,
            name: "draft".to_owned(),
            source: ContextSource::Output("draft".to_owned()),
        },
    ]
}

fn criteria() -> Vec<Criterion> {
    let methods = [
        ("schema", Method::Schema(digest("schema"))),
        (
            "expression",
            Method::Expression("size(submission) < 9".to_owned()),
        ),
        (
            "bounds",
            Method::Bounds(Bounds {
                at: "/statements".to_owned(),
                max: 12,
                min: 1,
            }),
        ),
        ("must-cite", Method::MustCite),
        ("program", Method::Program("spellcheck".to_owned())),
        ("rubric", Method::Rubric(words())),
        ("known-answer", Method::KnownAnswer(digest("gold"))),
        ("judgment", Method::Judgment),
    ];
    let criterion = |(key, method): (&str, Method)| Criterion {
        key: key.to_owned(),
        method,
        text: words(),
        weight: 1,
    };
    methods.map(criterion).into()
}

fn scored(again: bool) -> Scored {
    Scored {
        again,
        capability: 700_000,
        contributor: contributor_id(),
        load: 1_000_000,
        overlap: 0,
        price: 150_000,
        score: 512_345,
        standing: 711_324,
    }
}

fn offered() -> Vec<(&'static str, TaskEvent)> {
    let everybody = [
        Exclusion::AgentsStopped,
        Exclusion::Busy,
        Exclusion::Capability,
        Exclusion::Clearance,
        Exclusion::Escalated,
        Exclusion::Level,
        Exclusion::Mode,
        Exclusion::Offered,
        Exclusion::OwnWork,
        Exclusion::PassedOver,
        Exclusion::Price,
        Exclusion::Suspended,
    ];
    let offer = |algorithm: &str, excluded, ahead: &[(ContributorId, u16)]| TaskEvent::Offered {
        decision: Box::new(Decision {
            ahead: ahead.iter().copied().collect(),
            algorithm: algorithm.to_owned(),
            at: moment(),
            excluded,
            leading: vec![scored(!ahead.is_empty())],
            policy: 1,
            position: 9_007_199_254_740_993,
            ranked: 1,
            seed: u64::MAX,
        }),
        number: 1,
        to: contributor_id(),
        until: later(),
    };
    let nobody = TaskEvent::NobodyFound {
        decision: Box::new(Decision {
            ahead: BTreeMap::new(),
            algorithm: "route/1".to_owned(),
            at: moment(),
            excluded: BTreeMap::from([(Exclusion::Capability, 12)]),
            leading: vec![],
            policy: 1,
            position: 9_007_199_254_740_993,
            ranked: 0,
            seed: u64::MAX,
        }),
        due: later(),
    };
    vec![
        ("", nobody),
        (
            "",
            offer("route/1", everybody.map(|why| (why, 1)).into(), &[]),
        ),
        ("_bare", offer("route/1", BTreeMap::new(), &[])),
        (
            "_after",
            offer("route/2", BTreeMap::new(), &[(person_id(), 2)]),
        ),
        (
            "",
            TaskEvent::Declined {
                by: contributor_id(),
                number: 1,
            },
        ),
        ("", TaskEvent::OfferLapsed { number: 1 }),
    ]
}

fn agent() -> Performer {
    Performer {
        family: Some("small".to_owned()),
        id: contributor_id(),
        payee: person_id(),
    }
}

fn person() -> Performer {
    Performer {
        family: None,
        id: person_id(),
        payee: person_id(),
    }
}

const LEASE: u64 = 9_007_199_254_740_993;

fn held() -> Vec<(&'static str, TaskEvent)> {
    let (by, lease) = (contributor_id(), LEASE);
    let claimed = |holder, apart_from| TaskEvent::Claimed {
        agreed: Amount::from_minor(850),
        apart_from,
        holder,
        lease,
        until: later(),
    };
    let released = TaskEvent::Released {
        lease,
        note: words(),
    };
    let answered = TaskEvent::Answered {
        by: person_id(),
        question: 0,
        text: words(),
    };
    let noted = TaskEvent::Noted {
        by,
        note: digest("note"),
    };
    vec![
        ("", claimed(agent(), vec![])),
        ("_person", claimed(person(), vec![])),
        ("_group", claimed(person(), vec![other_task_id()])),
        (
            "",
            TaskEvent::LeaseExpired {
                cause: Cause::OutsideShock,
                holder: by,
                lease,
            },
        ),
        ("", released),
        ("", TaskEvent::Asked { by, text: words() }),
        ("", answered),
        ("", noted),
        (
            "",
            TaskEvent::Drafted {
                lease,
                submission: submission(),
            },
        ),
    ]
}

fn submission() -> Submission {
    Submission {
        content: digest("content"),
        files: BTreeMap::from([("table.csv".to_owned(), digest("table"))]),
        provenance: Provenance {
            ai: AiUse::Generated,
            made_with: Some("small 1.2".to_owned()),
        },
    }
}

fn judged() -> Vec<(&'static str, TaskEvent)> {
    let lease = LEASE;
    let submitted = |submission| TaskEvent::Submitted {
        lease,
        review_due: later(),
        reviews_needed: 2,
        submission,
    };
    let bare = Submission {
        files: BTreeMap::new(),
        provenance: Provenance {
            ai: AiUse::None,
            made_with: None,
        },
        ..submission()
    };
    let check = |evidence, passed| Check {
        criterion: "must-cite".to_owned(),
        evidence,
        passed,
        summary: words(),
    };
    let checks = vec![check(Some(digest("evidence")), true), check(None, false)];
    let reviewed = |by, unmet, verdict| TaskEvent::Reviewed {
        lease,
        review: Review {
            by,
            gap_note: words(),
            unmet,
            verdict,
        },
    };
    let unmet = vec!["rubric".to_owned()];
    let back = |by| TaskEvent::ChangesRequested {
        by,
        cause: Cause::Communication,
        lease,
        reasons: vec![Reason {
            criterion: "rubric".to_owned(),
            text: words(),
        }],
        to_another: true,
    };
    let added = TaskEvent::ChangesAdded {
        by: person_id(),
        reasons: vec![Reason {
            criterion: "rubric".to_owned(),
            text: words(),
        }],
    };
    vec![
        ("", added),
        ("", submitted(submission())),
        ("_bare", submitted(bare)),
        ("", TaskEvent::Checked { checks, lease }),
        ("", reviewed(agent(), unmet, Verdict::RequestChanges)),
        ("_bare", reviewed(person(), vec![], Verdict::Accept)),
        ("", back(Some(person_id()))),
        ("_bare", back(None)),
    ]
}

/// It is somebody else's turn.
fn turned() -> Vec<(&'static str, TaskEvent)> {
    let escalated = TaskEvent::Escalated {
        due: later(),
        step: 1,
        to: person_id(),
        why: words(),
    };
    let extended = TaskEvent::Extended {
        by: person_id(),
        reason: words(),
        until: later(),
    };
    let reassigned = |to| TaskEvent::Reassigned {
        by: person_id(),
        reason: words(),
        to,
    };
    vec![
        ("", escalated),
        ("", extended),
        ("", reassigned(Some(contributor_id()))),
        ("_bare", reassigned(None)),
    ]
}

fn ended() -> Vec<(&'static str, TaskEvent)> {
    let accepted = |approval, unmet| TaskEvent::Accepted {
        lease: LEASE,
        settlement: Settlement {
            approval,
            fee: Amount::from_minor(100),
            met_ppm: 875_000,
            net: Amount::from_minor(700),
            released: Amount::from_minor(50),
            tax: Amount::from_minor(200),
            unmet,
        },
    };
    let signed = Approval::SignedOff {
        by: person_id(),
        opened: vec![digest("content")],
        reason: words(),
        reviewed_it_too: true,
    };
    let in_advance = Approval::InAdvance {
        by: person_id(),
        number: 1,
        reviewed_it_too: false,
    };
    let failed = |performer| TaskEvent::Failed {
        by: person_id(),
        performer,
        reason: format!("{} failed", task_id()),
    };
    vec![
        ("", accepted(signed, BTreeSet::from(["rubric".to_owned()]))),
        ("_in_advance", accepted(in_advance, BTreeSet::new())),
        ("", failed(Some((contributor_id(), Cause::Capability)))),
        ("_bare", failed(None)),
        ("", TaskEvent::Cancelled { reason: words() }),
    ]
}
