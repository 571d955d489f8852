//! Every way in which the kernel says no: each is reached, has a stable code and a message that
//! helps.

use consort_kernel::command::Body;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::{NetworkCommand, Switch};
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Risk, TaskCommand, TaskSpec};

use crate::world::{World, charter, pre_approval, spec, submission};

/// Names every variant in one exhaustive match and lists the codes from the same lines, so that a
/// new variant needs a code and each code needs a case.
macro_rules! codes {
    ($($pattern:pat => $code:literal,)+) => {
        const CODES: &[&str] = &[$($code),+];

        fn expected_code(rejection: &Rejection) -> &'static str {
            match rejection {
                $($pattern => $code),+
            }
        }
    };
}

codes! {
    Rejection::NotFound(_) => "not_found",
    Rejection::Exists(_) => "exists",
    Rejection::NotAllowed { .. } => "not_allowed",
    Rejection::Invalid { .. } => "invalid",
    Rejection::LimitReached { .. } => "limit_reached",
    Rejection::WrongPhase { .. } => "wrong_phase",
    Rejection::AlreadyClaimed { .. } => "already_claimed",
    Rejection::StaleLease { .. } => "stale_lease",
    Rejection::NotEligible { .. } => "not_eligible",
    Rejection::NotEnoughMoney { .. } => "not_enough_money",
    Rejection::OtherAsset { .. } => "other_asset",
    Rejection::NotCovered { .. } => "not_covered",
    Rejection::UnknownDependency { .. } => "unknown_dependency",
    Rejection::OwnWork(_) => "own_work",
    Rejection::Changed(_) => "changed",
    Rejection::Moved { .. } => "moved",
    Rejection::NotOpened { .. } => "not_opened",
    Rejection::RiskNeedsMore { .. } => "risk_needs_more",
    Rejection::BeyondPreApproval(_) => "beyond_pre_approval",
    Rejection::Stopped(_) => "stopped",
    Rejection::TooOld(_) => "too_old",
    Rejection::IdReused => "id_reused",
}

/// The ways that are the engine's, which knows receipts and versions: the kernel only words them.
fn of_the_engine() -> [Rejection; 3] {
    let moved = Rejection::Moved {
        stream: StreamId::Task(TaskId::from_bits(1)),
        seen: 3,
        is: 4,
    };
    [
        Rejection::TooOld(World::new().now),
        moved,
        Rejection::IdReused,
    ]
}

/// A running outcome with one task that was handed in, and all the ways in which that goes wrong.
fn of_the_kernel() -> Vec<Rejection> {
    let mut world = World::new();
    let medium = TaskSpec {
        risk: Risk::Medium,
        ..spec("handed")
    };
    let (outcome, [held, handed]) = world.running([spec("held"), medium]);
    let (who, other) = (world.person(), world.person());
    world.claim(who, held).expect("it is free");
    world.deliver(who, handed);
    let mut reached = vec![
        world.claim(who, TaskId::from_bits(1)),
        world.plan(outcome, vec![spec("held")]),
        world.by(who, Body::Outcome(outcome, OutcomeCommand::Start)),
        world.plan(outcome, vec![spec(" ")]),
        world.plan(outcome, vec![spec("many"); 201]),
        world.sign(handed),
        world.claim(other, held),
        world.ask_task(
            who,
            held,
            TaskCommand::Submit {
                lease: 9,
                submission: submission("late"),
            },
        ),
        world.plan(
            outcome,
            vec![TaskSpec {
                price: Amount::from_minor(1_000_000),
                ..spec("dear")
            }],
        ),
        world.plan(
            outcome,
            vec![TaskSpec {
                needs: vec!["nothing".to_owned()],
                ..spec("needy")
            }],
        ),
        world.approve(who, handed),
    ];
    reached.extend(about_signatures(&mut world, outcome, handed));
    reached.extend(about_others());
    reached
        .into_iter()
        .map(|answer| answer.expect_err("each of these is refused"))
        .collect()
}

type Answer = Result<Vec<consort_kernel::event::Event>, Rejection>;

fn about_signatures(world: &mut World, outcome: OutcomeId, task: TaskId) -> Vec<Answer> {
    let reviewer = world.person();
    let mut other = crate::world::judgment(world, task, consort_kernel::task::Verdict::Accept);
    other.submission = consort_kernel::digest::Digest::of(b"another");
    let changed = world.review(reviewer, task, other);
    world.approve(reviewer, task).expect("it is handed in");
    let mut unopened = world.signature(task);
    unopened.opened = vec![];
    let not_opened = world.sign_as(world.ada, task, unopened);
    let mut risky = pre_approval(world);
    risky.risk_max = Risk::High;
    let risk = world.ask_outcome(outcome, OutcomeCommand::PreApprove(Box::new(risky)));
    let switch = Switch::Payouts;
    let reason = "A bank called.".to_owned();
    let stop = Body::Network(world.network, NetworkCommand::Stop { reason, switch });
    world.by(world.steward, stop).expect("a steward may");
    vec![changed, not_opened, risk, world.sign(task)]
}

fn about_others() -> Vec<Answer> {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.outcome_with(charter);
    let idle = TaskSpec {
        serves: vec![],
        ..spec("idle")
    };
    world.plan(outcome, vec![idle]).expect("it is a plan");
    let not_covered = world.ask_outcome(outcome, OutcomeCommand::Start);
    let receive = OutcomeCommand::ReceiveFunds {
        amount: Amount::from_minor(1),
        asset: Asset::new("EUR", 2).expect("a currency"),
        funder: world.organisation,
    };
    let other_asset = world.engine(Body::Outcome(outcome, receive));
    let (closing, [task]) = world.running([spec("a")]);
    let ada = world.ada;
    let not_eligible = world.claim(ada, task);
    let who = world.person();
    world.finish(who, task);
    let close = OutcomeCommand::CloseInAdvance { number: 1 };
    let beyond = world.engine(Body::Outcome(closing, close));
    vec![not_covered, other_asset, not_eligible, beyond]
}

#[test]
fn every_rejection_is_reached_and_has_its_code() {
    let reached: Vec<Rejection> = of_the_kernel().into_iter().chain(of_the_engine()).collect();
    for rejection in &reached {
        assert_eq!(rejection.code(), expected_code(rejection));
    }
    for code in CODES {
        assert!(
            reached.iter().any(|rejection| rejection.code() == *code),
            "{code} is not reached"
        );
    }
}

#[test]
fn what_is_said_names_the_thing_and_the_way_out() {
    let world = World::new();
    let task = TaskId::from_bits(1);
    let minor = Amount::from_minor;
    for (rejection, said) in [
        (
            Rejection::NotFound(StreamId::Task(task)),
            "tsk_00000000000000000000000001 does not exist",
        ),
        (
            Rejection::NotEnoughMoney {
                account: "escrow".to_owned(),
                asset: Asset::PRACTICE,
                available: minor(50),
                needed: minor(1_250),
            },
            "escrow has 0.50 practice and 12.50 practice is needed: add funds, or plan less",
        ),
        (
            Rejection::NotCovered {
                criteria: vec!["done".to_owned(), "clear".to_owned()],
            },
            "no task serves done, clear: add one, or take the criterion away",
        ),
        (
            Rejection::AlreadyClaimed {
                task,
                holder: world.ada,
                until: world.now,
            },
            "tsk_00000000000000000000000001 is held by ctr_01m7xx9x80e008000000000001 \
             until 2026-11-21T02:00:00.000Z",
        ),
    ] {
        assert_eq!(rejection.to_string(), said);
    }
}

#[test]
fn a_task_that_is_offered_to_another_says_so() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    world.person();
    let offer = TaskCommand::Offer(Box::new(world.route(task, 1)));
    world.engine(Body::Task(task, offer)).unwrap();
    let other = world.person();
    for command in [TaskCommand::Claim, TaskCommand::Decline] {
        let said = world
            .ask_task(other, task, command)
            .unwrap_err()
            .to_string();
        assert!(said.ends_with("it is offered to somebody else"), "{said}");
    }
}
