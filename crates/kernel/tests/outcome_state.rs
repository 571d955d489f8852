//! Stating an outcome, and signing for it in advance.

use consort_kernel::command::Body;
use consort_kernel::id::{OrganisationId, OutcomeId};
use consort_kernel::money::Amount;
use consort_kernel::outcome::{Baseline, Charter, OutcomeCommand, PRE_APPROVALS_MAX, PreApproval};
use consort_kernel::task::{CRITERIA_MAX, Risk};

use crate::world::{World, charter, pre_approval};

fn planned(world: &mut World) -> OutcomeId {
    let charter = charter(world);
    world.outcome_with(charter)
}

#[test]
fn an_outcome_says_what_is_wanted_and_who_answers_for_it() {
    type Change = fn(&mut Charter, &World);
    let cases: [(Change, &str); 13] = [
        (|it, _| it.title = " ".to_owned(), "invalid"),
        (|it, _| it.objective = String::new(), "invalid"),
        (|it, _| it.narrative = "x".repeat(8_193), "invalid"),
        (|it, _| it.criteria = vec![], "invalid"),
        (|it, _| it.criteria[0].weight = 0, "invalid"),
        (|it, _| it.criteria[0].key = "x".repeat(201), "invalid"),
        (|it, _| it.criteria.push(it.criteria[0].clone()), "invalid"),
        (
            |it, _| it.criteria = vec![it.criteria[0].clone(); CRITERIA_MAX + 1],
            "limit_reached",
        ),
        (|it, world| it.deadline = Some(world.now), "invalid"),
        (
            |it, _| {
                it.baseline = Some(Baseline {
                    claimed_value: None,
                    confidence_percent: 101,
                    estimate: Amount::ZERO,
                    minutes: 1,
                });
            },
            "invalid",
        ),
        (
            |it, world| it.organisation = OrganisationId::new(world.now, 9),
            "not_found",
        ),
        (|it, world| it.accountable = nobody(world), "invalid"),
        (|it, world| it.escalation = vec![nobody(world)], "invalid"),
    ];
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let mut world = World::new();
        let mut charter = charter(&world);
        change(&mut charter, &world);
        let create = OutcomeCommand::Create(Box::new(charter));
        let id = OutcomeId::new(world.now, 9);
        let answer = world.by(world.ada, Body::Outcome(id, create));
        assert_eq!(answer.unwrap_err().code(), code, "case {number}");
    }
}

fn nobody(world: &World) -> consort_kernel::id::ContributorId {
    consort_kernel::id::ContributorId::new(world.now, 999)
}

#[test]
fn a_person_answers_for_an_outcome_and_an_agent_cannot() {
    let mut world = World::new();
    let agent = world.agent("small");
    let charter = Charter {
        accountable: agent,
        ..charter(&world)
    };
    let create = Body::Outcome(
        OutcomeId::new(world.now, 9),
        OutcomeCommand::Create(Box::new(charter)),
    );
    assert_eq!(
        world.by(agent, create.clone()).unwrap_err().code(),
        "invalid"
    );
    let stranger = world.person();
    assert_eq!(
        world.by(stranger, create.clone()).unwrap_err().code(),
        "not_allowed"
    );
    assert_eq!(world.engine(create).unwrap_err().code(), "not_allowed");
}

#[test]
fn an_outcome_is_stated_once() {
    let mut world = World::new();
    let outcome = planned(&mut world);
    let again = OutcomeCommand::Create(Box::new(charter(&world)));
    assert_eq!(
        world.ask_outcome(outcome, again).unwrap_err().code(),
        "exists"
    );
}

#[test]
fn a_signature_in_advance_has_limits_that_the_policy_allows() {
    type Change = fn(&mut PreApproval, &World);
    let cases: [(Change, &str); 5] = [
        (|it, world| it.expires_at = world.now, "invalid"),
        (|it, _| it.reason = " ".to_owned(), "invalid"),
        (|it, _| it.risk_max = Risk::High, "risk_needs_more"),
        (|it, _| it.risk_max = Risk::Critical, "risk_needs_more"),
        (|_, _| (), ""),
    ];
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let mut world = World::new();
        let outcome = planned(&mut world);
        let mut terms = pre_approval(&world);
        change(&mut terms, &world);
        let give = OutcomeCommand::PreApprove(Box::new(terms));
        let answer = world.ask_outcome(outcome, give);
        assert_eq!(
            answer.err().map_or("", |it| it.code()),
            code,
            "case {number}"
        );
    }
}

#[test]
fn only_so_many_signatures_are_given_in_advance() {
    let mut world = World::new();
    let outcome = planned(&mut world);
    let give = OutcomeCommand::PreApprove(Box::new(pre_approval(&world)));
    for _ in 0..PRE_APPROVALS_MAX {
        world.ask_outcome(outcome, give.clone()).unwrap();
    }
    assert_eq!(
        world.ask_outcome(outcome, give).unwrap_err().code(),
        "limit_reached"
    );
}
