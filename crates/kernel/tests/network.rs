//! The network: its rules, its stewards and its switches.

use consort_kernel::command::{Body, Principal};
use consort_kernel::money::{Account, Fraction};
use consort_kernel::network::{NetworkCommand, Policy, Switch};
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{Risk, TaskSpec};

use crate::world::{World, pre_approval, spec};

fn reason() -> String {
    "The stewards agreed.".to_owned()
}

fn ask(world: &mut World, command: NetworkCommand) -> Option<&'static str> {
    let body = Body::Network(world.network, command);
    let answer = world.by(world.steward, body);
    answer.err().map(|rejection| rejection.code())
}

fn stop(world: &mut World, switch: Switch) {
    let reason = reason();
    assert_eq!(ask(world, NetworkCommand::Stop { reason, switch }), None);
}

fn release(world: &mut World, switch: Switch) {
    let reason = reason();
    assert_eq!(ask(world, NetworkCommand::Release { reason, switch }), None);
}

#[test]
fn rules_that_contradict_themselves_are_not_put_in_force() {
    type Change = fn(&mut Policy);
    let fraction = |numerator, denominator| Fraction {
        denominator,
        numerator,
    };
    assert_eq!(fraction(0, 1), Fraction::ZERO);
    let cases: [(Change, Option<&str>); 14] = [
        (|_| (), None),
        (|it| it.routing.price += 1, Some("invalid")),
        (|it| it.half_life_ms = "0".to_owned(), Some("invalid")),
        (|it| it.half_life_ms = "soon".to_owned(), Some("invalid")),
        (|it| it.fee.denominator = 0, Some("invalid")),
        (|it| it.tax.numerator = 2, Some("invalid")),
        (
            |it| (it.fee, it.tax) = (part(2, 3), part(1, 2)),
            Some("invalid"),
        ),
        (|it| (it.fee, it.tax) = (part(2, 3), part(1, 3)), None),
        (|it| it.attempts_max = 0, Some("invalid")),
        (|it| it.offer_ms = 0, Some("invalid")),
        (|it| it.review_ms = 0, Some("invalid")),
        (|it| it.reviews[2].in_advance = true, Some("invalid")),
        (|it| it.reviews[3].in_advance = true, Some("invalid")),
        (|it| it.version = 3, Some("invalid")),
    ];
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let mut world = World::new();
        let mut policy = Policy {
            version: 2,
            ..Policy::default()
        };
        change(&mut policy);
        let policy = Box::new(policy);
        let change = NetworkCommand::ChangePolicy {
            policy,
            reason: reason(),
        };
        assert_eq!(ask(&mut world, change), code, "case {number}");
        assert_eq!(world.policy().version, if code.is_none() { 2 } else { 1 });
    }
}

const fn part(numerator: u32, denominator: u32) -> Fraction {
    Fraction {
        denominator,
        numerator,
    }
}

#[test]
fn a_network_is_founded_once_and_changed_by_its_stewards() {
    let mut world = World::new();
    let found = || NetworkCommand::Found {
        policy: Box::default(),
        steward: world_steward(),
    };
    assert_eq!(ask(&mut world, found()), Some("exists"));
    let stop = NetworkCommand::Stop {
        reason: reason(),
        switch: Switch::Agents,
    };
    let network = world.network;
    for principal in [Principal::Engine, Principal::Contributor(world.ada)] {
        let answer = world.send(principal, Body::Network(network, stop.clone()));
        assert_eq!(answer.unwrap_err().code(), "not_allowed");
    }
    let silent = NetworkCommand::Stop {
        reason: " ".to_owned(),
        switch: Switch::Agents,
    };
    assert_eq!(ask(&mut world, silent), Some("invalid"));
    let elsewhere = consort_kernel::id::NetworkId::new(world.now, 999);
    let answer = world.by(world.steward, Body::Network(elsewhere, stop));
    assert_eq!(answer.unwrap_err().code(), "not_found");
}

fn world_steward() -> consort_kernel::id::ContributorId {
    World::new().steward
}

#[test]
fn while_agents_are_stopped_none_takes_or_judges_work() {
    let mut world = World::new();
    let medium = TaskSpec {
        risk: Risk::Medium,
        ..spec("handed")
    };
    let (_, [free, handed]) = world.running([spec("free"), medium]);
    let (person, agent) = (world.person(), world.agent("small"));
    world.deliver(person, handed);
    stop(&mut world, Switch::Agents);
    let stopped = Rejection::Stopped("agents");
    assert_eq!(world.claim(agent, free), Err(stopped.clone()));
    assert_eq!(world.approve(agent, handed), Err(stopped));
    world.claim(person, free).expect("people go on");
    release(&mut world, Switch::Agents);
    world.approve(agent, handed).unwrap();
}

#[test]
fn while_payouts_are_stopped_nothing_is_accepted() {
    let mut world = World::new();
    let (outcome, [signed, in_advance]) = world.running([spec("signed"), spec("in advance")]);
    let who = world.person();
    world.deliver(who, signed);
    stop(&mut world, Switch::Payouts);
    assert_eq!(world.sign(signed), Err(Rejection::Stopped("payouts")));
    let terms = OutcomeCommand::PreApprove(Box::new(pre_approval(&world)));
    world.ask_outcome(outcome, terms).unwrap();
    world.deliver(who, in_advance);
    assert_eq!(world.phase(in_advance), "signing");
    assert_eq!(
        world.refused.len(),
        1,
        "the reaction was rejected, and the end of the stop looks again"
    );
    assert_eq!(world.balance(Account::Payable(who)), 0);
    release(&mut world, Switch::Payouts);
    assert_eq!(world.balance(Account::Payable(who)), 2_000);
}

#[test]
fn new_rules_hold_for_what_comes_after() {
    let mut world = World::new();
    let (_, [before, after]) = world.running([spec("before"), spec("after")]);
    let who = world.person();
    world.deliver(who, before);
    let mut policy = Policy {
        version: 2,
        ..Policy::default()
    };
    policy.reviews[0].reviews = 1;
    let change = NetworkCommand::ChangePolicy {
        policy: Box::new(policy),
        reason: reason(),
    };
    assert_eq!(ask(&mut world, change), None);
    world.deliver(who, after);
    assert_eq!(
        world.phase(before),
        "signing",
        "it was handed in under the old rules"
    );
    assert_eq!(world.phase(after), "reviewing");
}
