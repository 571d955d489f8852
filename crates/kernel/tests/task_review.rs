//! Judging: automatic checks, reviews by others, work that goes back, and escalation.

use consort_kernel::command::Body;
use consort_kernel::contributor::{Cause, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::effect::TimerKind;
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::outcome::Charter;
use consort_kernel::rejection::Rejection;
use consort_kernel::routing::Exclusion;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{
    Check, DataClass, Judgment, Method, REASONS_MAX, REVIEWS_MAX, Risk, TaskCommand, TaskEvent,
    TaskSpec, Verdict,
};

use crate::world::{World, charter, criterion, judgment, reason, spec, submission};

fn at_risk(risk: Risk) -> TaskSpec {
    TaskSpec { risk, ..spec("a") }
}

fn checked() -> TaskSpec {
    let mut checked = spec("a");
    checked.instructions.criteria = vec![
        criterion("complete", 3, Method::Judgment),
        criterion("cited", 1, Method::MustCite),
        criterion(
            "short",
            1,
            Method::Expression("size(submission) < 9".to_owned()),
        ),
    ];
    checked
}

/// A world in which the only task, of medium risk, was handed in by the person.
fn handed_in() -> (World, TaskId, ContributorId) {
    let mut world = World::new();
    let (_, [task]) = world.running([at_risk(Risk::Medium)]);
    let who = world.person();
    world.deliver(who, task);
    (world, task, who)
}

#[test]
fn the_risk_says_how_many_reviews_are_needed_before_it_can_be_signed() {
    for (risk, reviews) in [
        (Risk::Low, 0),
        (Risk::Medium, 1),
        (Risk::High, 1),
        (Risk::Critical, 2),
    ] {
        let mut world = World::new();
        let (_, [task]) = world.running([at_risk(risk)]);
        let who = world.person();
        world.deliver(who, task);
        for _ in 0..reviews {
            assert_eq!(world.phase(task), "reviewing", "{risk:?}");
            assert_eq!(world.sign(task).unwrap_err().code(), "wrong_phase");
            let reviewer = world.person();
            world.approve(reviewer, task).unwrap();
        }
        assert_eq!(world.phase(task), "signing", "{risk:?}");
        world.sign(task).unwrap();
    }
}

#[test]
fn the_checks_come_before_the_reviews() {
    let mut world = World::new();
    let (_, [task]) = world.running([checked()]);
    let (who, reviewer) = (world.person(), world.person());
    world.deliver(who, task);
    assert_eq!(world.phase(task), "checking");
    assert_eq!(
        world.approve(reviewer, task).unwrap_err().code(),
        "wrong_phase"
    );
    assert_eq!(world.sign(task).unwrap_err().code(), "wrong_phase");
    world.check(task, &[true, true]).unwrap();
    assert_eq!(world.phase(task), "signing");
    assert_eq!(
        world.check(task, &[false, false]),
        Ok(vec![]),
        "they are made once"
    );
}

#[test]
fn a_check_that_fails_sends_the_work_back_by_itself() {
    let mut world = World::new();
    let (_, [task]) = world.running([checked()]);
    let who = world.person();
    world.deliver(who, task);
    let events = world.check(task, &[true, false]).unwrap();
    let [
        _,
        Event::Task(TaskEvent::ChangesRequested { by, reasons, .. }),
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!(*by, None);
    assert_eq!(reasons[0].criterion, "short");
    assert_eq!(world.phase(task), "ready");
    let returned = world.work(task).returned.clone().unwrap();
    assert_eq!(
        (returned.performer, returned.cause),
        (who, Cause::Capability)
    );
    world.claim(who, task).expect("who did it may do it again");
}

#[test]
fn the_checks_of_exactly_the_automatic_criteria_are_recorded() {
    let mut world = World::new();
    let (_, [task]) = world.running([checked()]);
    let who = world.person();
    world.deliver(who, task);
    let check = |criterion: &str| Check {
        criterion: criterion.to_owned(),
        evidence: None,
        passed: true,
        summary: "It holds.".to_owned(),
    };
    for wrong in [
        vec![],
        vec![check("cited")],
        vec![check("short"), check("cited")],
        vec![check("cited"), check("short"), check("complete")],
    ] {
        let record = TaskCommand::RecordChecks {
            checks: wrong,
            lease: 1,
        };
        let answer = world.engine(Body::Task(task, record.clone()));
        assert_eq!(answer.unwrap_err().code(), "invalid");
        let by_hand = world.ask_task(who, task, record);
        assert_eq!(by_hand.unwrap_err().code(), "not_allowed");
    }
    assert_eq!(world.phase(task), "checking");
}

#[test]
fn a_verdict_decides_what_happens_to_the_work() {
    for (verdict, phase, same_one_may_go_on) in [
        (Verdict::Accept, "signing", false),
        (Verdict::RequestChanges, "ready", true),
        (Verdict::Reject, "ready", false),
        (Verdict::Escalate, "reviewing", false),
    ] {
        let (mut world, task, who) = handed_in();
        let reviewer = world.person();
        let judgment = judgment(&world, task, verdict);
        world.review(reviewer, task, judgment).unwrap();
        assert_eq!(world.phase(task), phase, "{verdict:?}");
        assert_eq!(
            world.claim(who, task).is_ok(),
            same_one_may_go_on,
            "{verdict:?}"
        );
        let escalated = world.work(task).escalated;
        assert_eq!(escalated.is_some(), verdict == Verdict::Escalate);
    }
}

#[test]
fn a_review_has_to_be_about_what_is_there_and_say_why() {
    type Change = fn(&mut Judgment);
    let cases: [(Change, &str); 6] = [
        (|it| it.submission = Digest::of(b"another"), "changed"),
        (|it| it.lease = 0, "stale_lease"),
        (|it| it.verdict = Verdict::Reject, "invalid"),
        (|it| it.verdict = Verdict::RequestChanges, "invalid"),
        (|it| it.reasons = vec![reason("unheard of")], "invalid"),
        (|it| it.gap_note = "x".repeat(8_193), "invalid"),
    ];
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let (mut world, task, _) = handed_in();
        let reviewer = world.person();
        let mut judgment = judgment(&world, task, Verdict::Accept);
        change(&mut judgment);
        let answer = world.review(reviewer, task, judgment);
        assert_eq!(answer.unwrap_err().code(), code, "case {number}");
    }
}

#[test]
fn a_gate_needs_a_note_of_what_was_missed() {
    let mut world = World::new();
    let gate = TaskSpec {
        gate: true,
        ..at_risk(Risk::Medium)
    };
    let (_, [task]) = world.running([gate]);
    let (who, reviewer) = (world.person(), world.person());
    world.deliver(who, task);
    let mut silent = judgment(&world, task, Verdict::Accept);
    silent.gap_note = "  ".to_owned();
    assert_eq!(
        world.review(reviewer, task, silent).unwrap_err().code(),
        "invalid"
    );
    world.approve(reviewer, task).unwrap();
}

#[test]
fn a_reviewer_has_the_capability_and_the_clearance_or_answers_for_the_work() {
    use Exclusion::{Capability, Clearance, Level};
    let public = Profile {
        clearance: DataClass::Public,
        ..Profile::default()
    };
    for (profile, capability, level, expected) in [
        (Profile::default(), "write", 3, None),
        (Profile::default(), "write", 2, Some(Level)),
        (Profile::default(), "draw", 8, Some(Capability)),
        (public, "write", 8, Some(Clearance)),
    ] {
        let (mut world, task, _) = handed_in();
        let reviewer = world.person_with(profile, &[(capability, level)]);
        let why = match world.approve(reviewer, task) {
            Err(Rejection::NotEligible { why, .. }) => Some(why),
            Ok(_) | Err(_) => None,
        };
        assert_eq!(why, expected);
    }
    let (mut world, task, _) = handed_in();
    world
        .approve(world.ada, task)
        .expect("she answers for it, whatever she can do");
}

#[test]
fn nobody_reviews_a_submission_twice_and_reviews_are_bounded() {
    let (mut world, task, _) = handed_in();
    let reviewer = world.person();
    world.approve(reviewer, task).unwrap();
    assert_eq!(world.approve(reviewer, task).unwrap_err().code(), "invalid");
    for _ in 1..REVIEWS_MAX {
        let another = world.person();
        world.approve(another, task).unwrap();
    }
    let one_too_many = world.person();
    assert_eq!(
        world.approve(one_too_many, task).unwrap_err().code(),
        "limit_reached"
    );
}

#[test]
fn only_the_accountable_person_sends_work_back_without_a_review() {
    let (mut world, task, who) = handed_in();
    let request = |reasons| TaskCommand::RequestChanges {
        cause: Cause::ChangedExpectation,
        lease: 1,
        reasons,
    };
    let good = || request(vec![reason("complete")]);
    assert_eq!(
        world.ask_task(who, task, good()).unwrap_err().code(),
        "not_allowed"
    );
    let by_engine = world.engine(Body::Task(task, good()));
    assert_eq!(by_engine.unwrap_err().code(), "not_allowed");
    for bad in [request(vec![]), request(vec![reason("unheard of")])] {
        assert_eq!(
            world.ask_task(world.ada, task, bad).unwrap_err().code(),
            "invalid"
        );
    }
    world.ask_task(world.ada, task, good()).unwrap();
    assert_eq!(world.phase(task), "ready");
    let late = world.ask_task(world.ada, task, good());
    assert_eq!(late.unwrap_err().code(), "stale_lease");
}

#[test]
fn what_else_has_to_change_is_said_before_it_is_handed_in_again() {
    let (mut world, task, who) = handed_in();
    let more = |reasons| TaskCommand::AddChanges { reasons };
    let good = || more(vec![reason("complete")]);
    // There is nothing to add to yet.
    let early = world.ask_task(world.ada, task, good());
    assert_eq!(early.unwrap_err().code(), "wrong_phase");
    let request = TaskCommand::RequestChanges {
        cause: Cause::ChangedExpectation,
        lease: 1,
        reasons: vec![reason("complete")],
    };
    world.ask_task(world.ada, task, request).unwrap();
    let denied = world.ask_task(who, task, good());
    assert_eq!(denied.unwrap_err().code(), "not_allowed");
    for bad in [more(vec![]), more(vec![reason("unheard of")])] {
        let refused = world.ask_task(world.ada, task, bad);
        assert_eq!(refused.unwrap_err().code(), "invalid");
    }
    world.ask_task(world.ada, task, good()).unwrap();
    world.claim(who, task).unwrap();
    world.ask_task(world.ada, task, good()).unwrap();
    let returned = world.work(task).returned.as_ref().unwrap();
    assert_eq!(returned.reasons.len(), 3);
    let many = vec![reason("complete"); REASONS_MAX - 2];
    let too_many = world.ask_task(world.ada, task, more(many));
    assert_eq!(too_many.unwrap_err().code(), "limit_reached");
    let lease = world.work(task).lease_number;
    let submit = TaskCommand::Submit {
        lease,
        submission: submission("better"),
    };
    world.ask_task(who, task, submit).unwrap();
    let late = world.ask_task(world.ada, task, good());
    assert_eq!(late.unwrap_err().code(), "wrong_phase");
}

/// A task with two people who are asked when it is stuck.
fn with_escalation() -> (World, TaskId, [ContributorId; 2]) {
    let mut world = World::new();
    let chain = [world.person(), world.person()];
    let charter = Charter {
        escalation: chain.to_vec(),
        ..charter(&world)
    };
    let (_, [task]) = world.running_with(charter, [at_risk(Risk::Medium)]);
    (world, task, chain)
}

#[test]
fn an_overdue_review_goes_up_the_chain_and_stays_with_the_accountable_person() {
    let (mut world, task, [first, second]) = with_escalation();
    let who = world.person();
    world.deliver(who, task);
    let overdue = Body::Task(task, TaskCommand::EscalateOverdue { lease: 1 });
    for (step, to) in [(0, first), (1, second), (2, world.ada), (2, world.ada)] {
        world.engine(overdue.clone()).unwrap();
        assert_eq!(world.work(task).escalated, Some((step, to)));
        assert_eq!(world.phase(task), "reviewing", "a time-out judges nothing");
        let timer = &world.timers[&(StreamId::Task(task), TimerKind::Review)];
        assert!(timer.due_at > world.now);
    }
    world.approve(world.ada, task).unwrap();
    world.sign(task).unwrap();
    assert_eq!(world.engine(overdue), Ok(vec![]), "it is over");
}

#[test]
fn a_task_that_is_tried_too_often_goes_up_the_chain_and_can_be_done_there() {
    let (mut world, task, [first, second]) = with_escalation();
    let who = world.person();
    for lease in 1..=3 {
        assert_eq!(world.work(task).escalated, None);
        world.claim(who, task).unwrap();
        world
            .engine(Body::Task(task, TaskCommand::Expire { lease }))
            .unwrap();
    }
    assert_eq!(world.work(task).escalated, Some((0, first)));
    for other in [who, second] {
        let answer = world.claim(other, task).unwrap_err();
        assert_eq!(answer.code(), "not_eligible");
    }
    world.claim(first, task).unwrap();
    assert_eq!(world.work(task).attempts, 1, "the count begins again");
}

#[test]
fn work_that_keeps_failing_its_checks_is_escalated() {
    let mut world = World::new();
    let (_, [task]) = world.running([checked()]);
    let who = world.person();
    for attempt in 1..=3 {
        world.deliver(who, task);
        let events = world.check(task, &[false, true]).unwrap();
        assert_eq!(events.len(), if attempt == 3 { 3 } else { 2 });
    }
    assert_eq!(world.work(task).escalated, Some((0, world.ada)));
}

#[test]
fn work_that_goes_back_too_often_is_escalated() {
    let mut world = World::new();
    let (_, [task]) = world.running([at_risk(Risk::Medium)]);
    let (who, reviewer) = (world.person(), world.person());
    for attempt in 1..=3 {
        assert_eq!(world.work(task).escalated, None, "attempt {attempt}");
        world.deliver(who, task);
        let judgment = judgment(&world, task, Verdict::RequestChanges);
        world.review(reviewer, task, judgment).unwrap();
    }
    assert_eq!(world.work(task).escalated, Some((0, world.ada)));
}
