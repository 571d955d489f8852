//! Whose turn it is: every open task has something that it waits for, a timer or a named person, and
//! what a pause or a stop held up goes on afterwards.

use consort_kernel::command::Body;
use consort_kernel::contributor::ContributorCommand;
use consort_kernel::effect::TimerKind;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::network::{NetworkCommand, Switch};
use consort_kernel::outcome::{Charter, FAN_OUT_PAGE, OutcomeCommand};
use consort_kernel::rejection::Rejection;
use consort_kernel::routing::Exclusion;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Risk, TaskCommand, TaskSpec, Verdict};
use consort_kernel::time::Timestamp;

use crate::world::{World, charter, judgment, pre_approval, spec};

fn because() -> String {
    "It cannot wait.".to_owned()
}

/// When the task's decision is due.
fn due(world: &World, task: TaskId) -> Option<Timestamp> {
    let timer = world.timers.get(&(StreamId::Task(task), TimerKind::Review));
    timer.map(|timer| timer.due_at)
}

/// The timer of the decision fires.
fn fire(world: &mut World, task: TaskId) {
    world.now = due(world, task).expect("a decision is due");
    let lease = world.lease(task);
    world
        .engine(Body::Task(task, TaskCommand::EscalateOverdue { lease }))
        .expect("the engine may");
}

/// Every open task waits for other tasks, has a timer, or can be offered to somebody.
#[track_caller]
fn assert_somebodys_turn(world: &World, task: TaskId) {
    let has = |kind| world.timers.contains_key(&(StreamId::Task(task), kind));
    let work = world.work(task);
    let goes_on = match &work.phase {
        Phase::Blocked => !work.unmet.is_empty(),
        Phase::Ready if work.escalated.is_some() || work.nobody_found => has(TimerKind::Review),
        Phase::Ready => !has(TimerKind::Review),
        Phase::Offered(_) => {
            has(TimerKind::Offer) && has(TimerKind::Review) == work.escalated.is_some()
        }
        Phase::Leased(_) => has(TimerKind::Lease) && !has(TimerKind::Review),
        Phase::Checking(_) | Phase::Reviewing(_) | Phase::Signing(_) => has(TimerKind::Review),
        Phase::Accepted(..) | Phase::Failed { .. } | Phase::Cancelled { .. } => {
            ![TimerKind::Offer, TimerKind::Lease, TimerKind::Review]
                .into_iter()
                .any(has)
        }
    };
    assert!(goes_on, "{:?} and {:?}", work.phase, world.timers);
}

/// A task with two people who are asked when it is stuck.
fn with_escalation(spec: TaskSpec) -> (World, TaskId, [ContributorId; 2]) {
    let mut world = World::new();
    let chain = [world.person(), world.person()];
    let charter = Charter {
        escalation: chain.to_vec(),
        ..charter(&world)
    };
    let (_, [task]) = world.running_with(charter, [spec]);
    (world, task, chain)
}

fn report(world: &mut World, task: TaskId) -> Result<usize, Rejection> {
    let decision = world.route(task, 1);
    let report = TaskCommand::ReportNobody(Box::new(decision));
    world
        .engine(Body::Task(task, report))
        .map(|events| events.len())
}

/// Nobody in the network can do this.
fn out_of_reach() -> TaskSpec {
    TaskSpec {
        capability: "fly".to_owned(),
        ..spec("a")
    }
}

#[test]
fn a_task_that_nobody_can_have_goes_up_the_chain_after_a_time() {
    let (mut world, task, [first, second]) = with_escalation(out_of_reach());
    assert_eq!(report(&mut world, task), Ok(1));
    assert_eq!(report(&mut world, task), Ok(0), "once is enough");
    assert_somebodys_turn(&world, task);
    assert_eq!(world.work(task).escalated, None);
    for (step, to) in [(0, first), (1, second), (2, world.ada), (2, world.ada)] {
        fire(&mut world, task);
        assert_eq!(world.work(task).escalated, Some((step, to)));
        assert_somebodys_turn(&world, task);
    }
    world
        .claim(world.ada, task)
        .expect("whoever is asked may do it");
    assert_somebodys_turn(&world, task);
}

#[test]
fn a_task_that_finds_somebody_after_all_is_not_escalated() {
    for is_offered in [false, true] {
        let (mut world, task, _) = with_escalation(out_of_reach());
        report(&mut world, task).unwrap();
        let pilot = world.person_with(
            consort_kernel::contributor::Profile::default(),
            &[("fly", 8)],
        );
        if is_offered {
            let decision = world.route(task, 1);
            let offer = TaskCommand::Offer(Box::new(decision));
            world.engine(Body::Task(task, offer)).unwrap();
            assert_somebodys_turn(&world, task);
        }
        world.claim(pilot, task).unwrap();
        assert_eq!(due(&world, task), None);
        let lease = world.lease(task);
        world
            .engine(Body::Task(task, TaskCommand::Expire { lease }))
            .unwrap();
        assert!(!world.work(task).nobody_found, "it may be looked for again");
        assert_somebodys_turn(&world, task);
    }
}

#[test]
fn that_nobody_can_have_a_task_is_said_by_routing_about_a_task_that_is_ready() {
    let (mut world, task, [first, _]) = with_escalation(spec("a"));
    assert_eq!(report(&mut world, task).unwrap_err().code(), "invalid");
    let (mut bare, stuck, _) = with_escalation(out_of_reach());
    let decision = bare.route(stuck, 1);
    let report = TaskCommand::ReportNobody(Box::new(decision));
    let by_hand = bare.ask_task(bare.ada, stuck, report.clone());
    assert_eq!(by_hand.unwrap_err().code(), "not_allowed");
    world.claim(first, task).unwrap();
    let held = world.engine(Body::Task(task, report));
    assert_eq!(held.unwrap_err().code(), "wrong_phase");
}

#[test]
fn an_escalated_task_that_is_not_taken_or_comes_back_goes_on_up_the_chain() {
    for comes_back in [
        "not taken",
        "offer lapsed",
        "declined",
        "given back",
        "expired",
    ] {
        let (mut world, task, [first, second]) = with_escalation(spec("a"));
        let who = world.person();
        for lease in 1..=3 {
            world.claim(who, task).unwrap();
            world
                .engine(Body::Task(task, TaskCommand::Expire { lease }))
                .unwrap();
        }
        assert_eq!(world.work(task).escalated, Some((0, first)));
        assert_somebodys_turn(&world, task);
        let offer = |world: &mut World| {
            let decision = world.route(task, 1);
            let offer = TaskCommand::Offer(Box::new(decision));
            world.engine(Body::Task(task, offer)).unwrap();
            assert_somebodys_turn(world, task);
        };
        match comes_back {
            "declined" => {
                offer(&mut world);
                world.ask_task(first, task, TaskCommand::Decline).unwrap();
            }
            "offer lapsed" => {
                offer(&mut world);
                let lapse = TaskCommand::LapseOffer { number: 1 };
                world.engine(Body::Task(task, lapse)).unwrap();
                assert_somebodys_turn(&world, task);
                fire(&mut world, task);
            }
            "given back" => {
                world.claim(first, task).unwrap();
                let note = because();
                let release = TaskCommand::Release { lease: 4, note };
                world.ask_task(first, task, release).unwrap();
            }
            "expired" => {
                world.claim(first, task).unwrap();
                let expire = TaskCommand::Expire { lease: 4 };
                world.engine(Body::Task(task, expire)).unwrap();
            }
            _ => fire(&mut world, task),
        }
        assert_eq!(
            world.work(task).escalated,
            Some((1, second)),
            "{comes_back}"
        );
        assert_somebodys_turn(&world, task);
        assert_eq!(world.claim(first, task).unwrap_err().code(), "not_eligible");
    }
}

#[test]
fn an_offer_that_nobody_answers_does_not_keep_an_escalated_task_from_the_next() {
    let (mut world, task, [_, second]) = with_escalation(out_of_reach());
    report(&mut world, task).unwrap();
    fire(&mut world, task);
    let decision = world.route(task, 1);
    let offer = TaskCommand::Offer(Box::new(decision));
    world.engine(Body::Task(task, offer)).unwrap();
    fire(&mut world, task);
    assert_eq!(world.work(task).escalated, Some((1, second)));
    assert_somebodys_turn(&world, task);
    world.claim(second, task).unwrap();
}

#[test]
fn work_that_goes_back_to_whom_it_was_escalated_to_stays_with_them() {
    let medium = TaskSpec {
        risk: Risk::Medium,
        ..out_of_reach()
    };
    let (mut world, task, [first, second]) = with_escalation(medium);
    report(&mut world, task).unwrap();
    fire(&mut world, task);
    for attempt in 1..=3 {
        assert_eq!(world.work(task).escalated, Some((0, first)), "{attempt}");
        world.deliver(first, task);
        let back = judgment(&world, task, Verdict::RequestChanges);
        world.review(world.ada, task, back).unwrap();
        assert_somebodys_turn(&world, task);
    }
    assert_eq!(
        world.work(task).escalated,
        Some((1, second)),
        "often enough"
    );
}

#[test]
fn whoever_answers_for_a_stuck_task_opens_it_to_everybody_again() {
    let (mut world, task, [first, _]) = with_escalation(spec("a"));
    let (who, stranger) = (world.person(), world.person());
    for lease in 1..=3 {
        world.claim(who, task).unwrap();
        world
            .engine(Body::Task(task, TaskCommand::Expire { lease }))
            .unwrap();
    }
    let reassign = |reason: String| TaskCommand::Reassign { reason, to: None };
    for (by, reason, code) in [
        (stranger, because(), "not_allowed"),
        (first, " ".to_owned(), "invalid"),
    ] {
        let answer = world.ask_task(by, task, reassign(reason));
        assert_eq!(answer.unwrap_err().code(), code);
    }
    world.ask_task(first, task, reassign(because())).unwrap();
    assert_eq!(world.work(task).escalated, None);
    assert_somebodys_turn(&world, task);
    world.claim(stranger, task).unwrap();
}

#[test]
fn a_task_is_reassigned_to_somebody_who_can_have_it_and_then_is_theirs_alone() {
    let (mut world, task, [first, second]) = with_escalation(spec("a"));
    let (who, other) = (world.person(), world.person());
    let unable = world.person_with(consort_kernel::contributor::Profile::default(), &[]);
    let nobody = ContributorId::new(world.now, 999);
    world.claim(who, task).unwrap();
    let reassign = |to| TaskCommand::Reassign {
        reason: because(),
        to: Some(to),
    };
    for (to, code) in [(unable, "not_eligible"), (nobody, "not_found")] {
        let answer = world.ask_task(world.ada, task, reassign(to));
        assert_eq!(answer.unwrap_err().code(), code);
    }
    world.ask_task(world.ada, task, reassign(other)).unwrap();
    assert_somebodys_turn(&world, task);
    let late = world.submit(who, task, "half of it");
    assert_eq!(late.unwrap_err().code(), "stale_lease");
    assert_eq!(world.claim(first, task).unwrap_err().code(), "not_eligible");
    let track = world.who(who).skills["write"].track;
    assert_eq!((track.good, track.bad), (0, 0), "it was taken from them");
    fire(&mut world, task);
    assert_eq!(world.work(task).escalated, Some((1, second)));
}

#[test]
fn what_is_handed_in_is_not_reassigned() {
    let (mut world, task, _) = with_escalation(spec("a"));
    let who = world.person();
    world.deliver(who, task);
    let reassign = TaskCommand::Reassign {
        reason: because(),
        to: None,
    };
    let answer = world.ask_task(world.ada, task, reassign);
    assert_eq!(answer.unwrap_err().code(), "wrong_phase");
}

#[test]
fn whose_turn_it_is_can_be_given_more_time() {
    let (mut world, task, [first, _]) = with_escalation(out_of_reach());
    let extend = |until| TaskCommand::Extend {
        reason: because(),
        until,
    };
    let day = |world: &World, days: i64| world.now.plus_millis(days * 86_400_000);
    let too_soon = extend(day(&world, 3));
    let answer = world.ask_task(world.ada, task, too_soon);
    assert_eq!(answer.unwrap_err().code(), "wrong_phase", "nobody's turn");
    report(&mut world, task).unwrap();
    fire(&mut world, task);
    let who = world.person();
    for (by, days, code) in [
        (who, 3, "not_allowed"),
        (first, 0, "invalid"),
        (first, 91, "invalid"),
    ] {
        let until = day(&world, days);
        let answer = world.ask_task(by, task, extend(until));
        assert_eq!(answer.unwrap_err().code(), code);
    }
    let until = day(&world, 3);
    world.ask_task(first, task, extend(until)).unwrap();
    assert_eq!(due(&world, task), Some(until));
    assert_eq!(world.work(task).escalated, Some((0, first)));
    world.deliver(first, task);
    let until = day(&world, 20);
    world.ask_task(world.ada, task, extend(until)).unwrap();
    assert_eq!(due(&world, task), Some(until));
}

/// A world whose outcome is signed for in advance, and its task of low risk handed in while
/// something stops the acceptance.
fn held_up(stop: Body, by_steward: bool) -> (World, TaskId) {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let terms = pre_approval(&world);
    world
        .ask_outcome(outcome, OutcomeCommand::PreApprove(Box::new(terms)))
        .expect("the terms hold");
    let who = world.person();
    world.claim(who, task).expect("it is free");
    let by = if by_steward { world.steward } else { world.ada };
    let stop = match stop {
        Body::Outcome(_, command) => Body::Outcome(outcome, command),
        Body::Network(_, command) => Body::Network(world.network, command),
        other => other,
    };
    world.by(by, stop).expect("it can be stopped");
    world
        .submit(who, task, "the work")
        .expect("what is held is handed in");
    assert_eq!(world.phase(task), "signing");
    (world, task)
}

#[test]
fn what_a_pause_held_up_is_accepted_in_advance_when_the_outcome_goes_on() {
    let pause = OutcomeCommand::Pause { reason: because() };
    let any = consort_kernel::id::OutcomeId::from_bits(0);
    let (mut world, task) = held_up(Body::Outcome(any, pause), false);
    let outcome = world.work(task).outcome;
    let resume = OutcomeCommand::Resume { reason: because() };
    world.ask_outcome(outcome, resume).unwrap();
    assert_eq!(world.phase(task), "accepted");
}

#[test]
fn what_a_stop_held_up_is_accepted_in_advance_when_payouts_go_on() {
    let switch = Switch::Payouts;
    let reason = because();
    let stop = NetworkCommand::Stop { reason, switch };
    let any = consort_kernel::id::NetworkId::from_bits(0);
    let (mut world, task) = held_up(Body::Network(any, stop), true);
    for (switch, phase) in [(Switch::Agents, "signing"), (Switch::Payouts, "accepted")] {
        let reason = because();
        let release = Body::Network(world.network, NetworkCommand::Release { reason, switch });
        world.by(world.steward, release).unwrap();
        assert_eq!(world.phase(task), phase, "{switch:?}");
    }
}

#[test]
fn what_is_stopped_twice_waits_for_the_second_end() {
    let pause = OutcomeCommand::Pause { reason: because() };
    let any = consort_kernel::id::OutcomeId::from_bits(0);
    let (mut world, task) = held_up(Body::Outcome(any, pause), false);
    let outcome = world.work(task).outcome;
    let refused = world.refused.len();
    let (network, steward) = (world.network, world.steward);
    let switch = Switch::Payouts;
    let reason = because();
    let stop = NetworkCommand::Stop { reason, switch };
    world.by(steward, Body::Network(network, stop)).unwrap();
    let resume = OutcomeCommand::Resume { reason: because() };
    world.ask_outcome(outcome, resume).unwrap();
    assert_eq!(world.phase(task), "signing");
    let reason = because();
    let release = NetworkCommand::Release { reason, switch };
    world.by(steward, Body::Network(network, release)).unwrap();
    assert_eq!(world.phase(task), "accepted");
    assert_eq!(world.refused.len(), refused, "looking again is no refusal");
}

#[test]
fn all_that_was_held_up_is_reached_page_by_page() {
    let mut world = World::new();
    let specs: Vec<TaskSpec> = (0..FAN_OUT_PAGE + 3)
        .map(|number| TaskSpec {
            price: consort_kernel::money::Amount::from_minor(10),
            ..spec(&number.to_string())
        })
        .collect();
    let charter = charter(&world);
    let outcome = world.outcome_with(charter);
    let tasks: Vec<TaskId> = specs
        .iter()
        .map(|spec| TaskId::in_outcome(outcome, &spec.key))
        .collect();
    world.plan(outcome, specs).unwrap();
    world.ask_outcome(outcome, OutcomeCommand::Start).unwrap();
    let terms = pre_approval(&world);
    world
        .ask_outcome(outcome, OutcomeCommand::PreApprove(Box::new(terms)))
        .unwrap();
    let who = world.agent("small");
    for task in &tasks {
        world.claim(who, *task).unwrap();
    }
    let pause = OutcomeCommand::Pause { reason: because() };
    world.ask_outcome(outcome, pause).unwrap();
    for task in &tasks {
        world.submit(who, *task, "the work").unwrap();
    }
    let resume = OutcomeCommand::Resume { reason: because() };
    world.ask_outcome(outcome, resume).unwrap();
    assert!(tasks.iter().all(|task| world.phase(*task) == "accepted"));
}

#[test]
fn only_the_engine_looks_again() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let (ada, steward, network) = (world.ada, world.steward, world.network);
    let after = None;
    for (by, body) in [
        (ada, Body::Task(task, TaskCommand::Reconsider)),
        (
            ada,
            Body::Outcome(outcome, OutcomeCommand::SpreadResumption { after }),
        ),
        (
            steward,
            Body::Network(network, NetworkCommand::SpreadRelease { after }),
        ),
    ] {
        assert_eq!(
            world.by(by, body.clone()).unwrap_err().code(),
            "not_allowed"
        );
        assert_eq!(world.engine(body), Ok(vec![]), "there is nothing to do");
    }
}

#[test]
fn a_suspended_person_in_the_chain_is_passed_by_in_time() {
    let (mut world, task, [first, second]) = with_escalation(out_of_reach());
    let reason = because();
    let suspend = Body::Contributor(first, ContributorCommand::Suspend { reason });
    world.by(world.steward, suspend).unwrap();
    report(&mut world, task).unwrap();
    fire(&mut world, task);
    match world.claim(first, task).unwrap_err() {
        Rejection::NotEligible { why, .. } => assert_eq!(why, Exclusion::Suspended),
        other => panic!("{other}"),
    }
    fire(&mut world, task);
    world.claim(second, task).unwrap();
}

#[test]
fn nobody_takes_a_task_whose_material_may_not_be_used_any_more() {
    let mut dated = spec("a");
    let until = World::new().now.plus_millis(60_000);
    dated.instructions.context[0].expires_at = Some(until);
    let (mut world, task, [first, _]) = with_escalation(dated);
    let who = world.person();
    world.now = until.plus_millis(1);
    match world.claim(who, task).unwrap_err() {
        Rejection::NotEligible { why, .. } => assert_eq!(why, Exclusion::MaterialExpired),
        other => panic!("{other}"),
    }
    assert_eq!(report(&mut world, task), Ok(1), "somebody hears of it");
    fire(&mut world, task);
    assert_eq!(world.work(task).escalated, Some((0, first)));
    assert!(world.claim(first, task).is_err(), "for nobody at all");
}
