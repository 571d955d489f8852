//! What must always hold about leases, money and signatures: rules 2 to 5 of the design, each test
//! named after its rule.
//!
//! Rule 1 (durable, once) and the log of rule 8 are the store's and the engine's; `random` holds
//! the kernel to the rest of rule 8. What concerns people is in `rules_of_people`.

use consort_kernel::command::Body;
use consort_kernel::contributor::{Cause, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::money::{Account, Amount};
use consort_kernel::outcome::{OutcomeCommand, PreApproval};
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{Judgment, Risk, TaskCommand, TaskSpec, Verdict};

use crate::world::{World, judgment, pre_approval, reason, spec, submission};

fn code<T>(answer: Result<T, Rejection>) -> Option<&'static str> {
    answer.err().map(|rejection| rejection.code())
}

#[test]
fn rule_2_what_belongs_to_a_lease_that_is_over_is_refused() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.claim(who, task).unwrap();
    let expire = TaskCommand::Expire { lease: 1 };
    world.engine(Body::Task(task, expire)).unwrap();
    world.claim(who, task).unwrap();
    let note = Digest::of(b"note");
    let held = [
        TaskCommand::Submit {
            lease: 1,
            submission: submission("late"),
        },
        TaskCommand::Release {
            lease: 1,
            note: String::new(),
        },
        TaskCommand::Ask {
            lease: 1,
            text: "May I?".to_owned(),
        },
        TaskCommand::Note { lease: 1, note },
    ];
    for command in held {
        let expected = Rejection::StaleLease {
            task,
            given: 1,
            current: 2,
        };
        assert_eq!(world.ask_task(who, task, command), Err(expected));
    }
    world.submit(who, task, "in time").unwrap();
    let mut signature = world.signature(task);
    signature.lease = 1;
    let judged = [
        TaskCommand::SignOff(Box::new(signature)),
        TaskCommand::Review(Box::new(Judgment {
            lease: 1,
            ..judgment(&world, task, Verdict::Accept)
        })),
        TaskCommand::RequestChanges {
            cause: Cause::Capability,
            lease: 1,
            reasons: vec![reason("complete")],
        },
    ];
    for command in judged {
        let answer = world.ask_task(world.ada, task, command);
        assert_eq!(code(answer), Some("stale_lease"));
    }
    assert_eq!(world.phase(task), "signing");
}

#[test]
fn rule_2_a_task_is_accepted_and_paid_once() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.deliver(who, task);
    let signature = world.signature(task);
    world.sign(task).unwrap();
    let terms = OutcomeCommand::PreApprove(Box::new(pre_approval(&world)));
    world.ask_outcome(outcome, terms).unwrap();
    let again = world.sign_as(world.ada, task, signature);
    assert_eq!(code(again), Some("wrong_phase"));
    let in_advance = TaskCommand::AcceptInAdvance { lease: 1 };
    assert_eq!(world.engine(Body::Task(task, in_advance)), Ok(vec![]));
    assert_eq!(world.acceptances.len(), 1);
    assert_eq!(world.balance(Account::Payable(who)), 1_000);
}

#[test]
fn rule_3_money_is_conserved_and_a_closed_outcome_has_none() {
    let mut world = World::new();
    let (outcome, [paid, dropped]) = world.running([spec("paid"), spec("dropped")]);
    let who = world.person();
    world.finish(who, paid);
    world.claim(who, dropped).unwrap();
    let reason = "enough".to_owned();
    world
        .ask_outcome(outcome, OutcomeCommand::Cancel { reason })
        .unwrap();
    assert_eq!(world.balances.values().sum::<i128>(), 0);
    let of_the_outcome = [
        Account::Escrow(outcome),
        Account::Hold(paid),
        Account::Hold(dropped),
    ];
    assert_eq!(
        of_the_outcome.map(|account| world.balance(account)),
        [0, 0, 0]
    );
    assert_eq!(world.balance(Account::Clearing), -1_000_000);
}

#[test]
fn rule_4_no_time_out_approves_or_pays() {
    for risk in [Risk::Low, Risk::Medium, Risk::High, Risk::Critical] {
        let mut world = World::new();
        let (outcome, [task]) = world.running([TaskSpec { risk, ..spec("a") }]);
        let who = world.person();
        world.deliver(who, task);
        world.wait(365 * 86_400_000);
        for body in [
            Body::Task(task, TaskCommand::EscalateOverdue { lease: 1 }),
            Body::Task(task, TaskCommand::Expire { lease: 1 }),
            Body::Task(task, TaskCommand::LapseOffer { number: 0 }),
            Body::Task(task, TaskCommand::AcceptInAdvance { lease: 1 }),
            Body::Outcome(outcome, OutcomeCommand::NoteOverdue),
        ] {
            world.engine(body).unwrap();
        }
        assert!(world.acceptances.is_empty(), "{risk:?}");
        assert_eq!(world.balance(Account::Payable(who)), 0);
    }
}

#[test]
fn rule_5_only_the_accountable_person_signs() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.deliver(who, task);
    let signature = world.signature(task);
    let agent = world.agent("small");
    for other in [who, agent, world.steward, world.person()] {
        let answer = world.sign_as(other, task, signature.clone());
        assert_eq!(code(answer), Some("not_allowed"));
    }
    let sign = Body::Task(task, TaskCommand::SignOff(Box::new(signature)));
    assert_eq!(code(world.engine(sign)), Some("not_allowed"));
    world.sign(task).unwrap();
    assert_eq!(world.acceptances[&task].approver, world.ada);
}

#[test]
fn rule_5_nobody_signs_for_a_payment_to_themselves() {
    for in_advance in [false, true] {
        let mut world = World::new();
        let (outcome, [task]) = world.running([spec("a")]);
        if in_advance {
            let terms = OutcomeCommand::PreApprove(Box::new(pre_approval(&world)));
            world.ask_outcome(outcome, terms).unwrap();
        }
        let paid_to_ada = Profile {
            payee: Some(world.ada),
            ..Profile::default()
        };
        let who = world.person_with(paid_to_ada, &[("write", 5)]);
        world.deliver(who, task);
        assert_eq!(world.phase(task), "signing");
        assert_eq!(code(world.sign(task)), Some("not_allowed"));
    }
}

#[test]
fn rule_5_a_signature_in_advance_covers_what_its_limits_say() {
    type Change = fn(&mut PreApproval, &mut TaskSpec);
    let day_ms = 86_400_000;
    let cases: [(Change, i64, bool); 10] = [
        (|_, _| (), 0, true),
        (|_, _| (), day_ms, true),
        (|_, _| (), day_ms + 1, false),
        (
            |terms, _| terms.amount_max = Amount::from_minor(999),
            0,
            false,
        ),
        (|terms, _| terms.risk_max = Risk::Low, 0, true),
        (|_, task| task.gate = true, 0, true),
        (
            |terms, task| {
                task.gate = true;
                terms.gates = false;
            },
            0,
            false,
        ),
        (|_, task| task.risk = Risk::Medium, 0, true),
        (
            |terms, task| {
                task.risk = Risk::Medium;
                terms.risk_max = Risk::Low;
            },
            0,
            false,
        ),
        (|_, task| task.risk = Risk::High, 0, false),
    ];
    for (number, (change, later_ms, covers)) in cases.into_iter().enumerate() {
        let mut world = World::new();
        let mut terms = pre_approval(&world);
        let mut task = spec("a");
        change(&mut terms, &mut task);
        let (outcome, [task]) = world.running([task]);
        let give = OutcomeCommand::PreApprove(Box::new(terms));
        world.ask_outcome(outcome, give).unwrap();
        world.wait(later_ms);
        let (who, reviewer) = (world.person(), world.person());
        world.deliver(who, task);
        if world.phase(task) == "reviewing" {
            world.approve(reviewer, task).unwrap();
        }
        let accepted = world.acceptances.contains_key(&task);
        assert_eq!(accepted, covers, "case {number}");
        assert!(accepted || world.phase(task) == "signing", "case {number}");
    }
}
