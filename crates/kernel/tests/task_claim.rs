//! Taking a task, keeping it, giving it back and losing it.

use consort_kernel::command::Body;
use consort_kernel::contributor::Profile;
use consort_kernel::digest::Digest;
use consort_kernel::effect::TimerKind;
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::money::Amount;
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::routing::Exclusion;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{
    DataClass, Mode, NOTES_MAX, Phase, QUESTIONS_MAX, TaskCommand, TaskEvent,
};

use crate::world::{World, spec, submission};

fn excluded(answer: &Result<Vec<Event>, Rejection>) -> Option<Exclusion> {
    match answer {
        Err(Rejection::NotEligible { why, .. }) => Some(*why),
        Ok(_) | Err(_) => None,
    }
}

#[test]
fn a_task_cannot_be_claimed_twice() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let (first, second) = (world.person(), world.person());
    world.claim(first, task).unwrap();
    let until = world.now.plus_millis(60_000);
    for who in [first, second] {
        let expected = Rejection::AlreadyClaimed {
            task,
            holder: first,
            until,
        };
        assert_eq!(world.claim(who, task), Err(expected));
    }
    assert_eq!(
        world.timers[&(StreamId::Task(task), TimerKind::Lease)].due_at,
        until
    );
}

#[test]
fn each_claim_has_a_higher_lease_number() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    for number in 1..=3 {
        world.claim(who, task).unwrap();
        assert_eq!(world.lease(task), number);
        release(&mut world, who, task, number).unwrap();
    }
}

fn release(
    world: &mut World,
    who: ContributorId,
    task: TaskId,
    lease: u64,
) -> Result<Vec<Event>, Rejection> {
    let note = "Page 3 is hard to read.".to_owned();
    world.ask_task(who, task, TaskCommand::Release { lease, note })
}

#[test]
fn a_released_task_can_be_taken_over_with_its_notes_and_answers() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let (first, second) = (world.person(), world.person());
    world.claim(first, task).unwrap();
    let ask = TaskCommand::Ask {
        lease: 1,
        text: "  Which page?  ".to_owned(),
    };
    let note = Digest::of(b"half a draft");
    world.ask_task(first, task, ask).unwrap();
    world
        .ask_task(first, task, TaskCommand::Note { lease: 1, note })
        .unwrap();
    release(&mut world, first, task, 1).unwrap();
    let answer = TaskCommand::Answer {
        question: 0,
        text: "The third.".to_owned(),
    };
    world.ask_task(world.ada, task, answer.clone()).unwrap();
    world.claim(second, task).unwrap();
    let work = world.work(task);
    assert_eq!(work.notes, [note]);
    assert_eq!(work.questions[0].text, "Which page?");
    assert_eq!(
        work.questions[0].answer,
        Some((world.ada, "The third.".to_owned()))
    );
    let again = world.ask_task(world.ada, task, answer).unwrap_err();
    assert_eq!(again.to_string(), "question: it was answered already");
}

#[test]
fn questions_are_answered_by_who_answers_for_the_work_alone() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.claim(who, task).unwrap();
    let ask = |text: &str| TaskCommand::Ask {
        lease: 1,
        text: text.to_owned(),
    };
    world.ask_task(who, task, ask("Which page?")).unwrap();
    let answer = |question| TaskCommand::Answer {
        question,
        text: "The third.".to_owned(),
    };
    assert_eq!(
        world.ask_task(who, task, answer(0)).unwrap_err().code(),
        "not_allowed"
    );
    assert_eq!(
        world
            .ask_task(world.ada, task, answer(1))
            .unwrap_err()
            .code(),
        "invalid"
    );
    assert_eq!(
        world.ask_task(who, task, ask("  ")).unwrap_err().code(),
        "invalid"
    );
    for _ in 1..QUESTIONS_MAX {
        world.ask_task(who, task, ask("And then?")).unwrap();
    }
    let one_too_many = world.ask_task(who, task, ask("And then?")).unwrap_err();
    assert_eq!(one_too_many.code(), "limit_reached");
}

#[test]
fn a_task_keeps_the_latest_notes_only() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.claim(who, task).unwrap();
    let notes: Vec<Digest> = (0..=NOTES_MAX)
        .map(|n| Digest::of(&n.to_be_bytes()))
        .collect();
    for note in &notes {
        let keep = TaskCommand::Note {
            lease: 1,
            note: *note,
        };
        world.ask_task(who, task, keep).unwrap();
    }
    assert_eq!(world.work(task).notes, notes[1..]);
}

#[test]
fn an_expired_lease_is_over_and_a_late_timer_does_nothing() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.claim(who, task).unwrap();
    let expire = |lease| Body::Task(task, TaskCommand::Expire { lease });
    assert_eq!(world.engine(expire(7)), Ok(vec![]));
    assert_eq!(world.engine(expire(1)).unwrap().len(), 1);
    assert_eq!(world.phase(task), "ready");
    assert_eq!(world.engine(expire(1)), Ok(vec![]));
    world.claim(who, task).unwrap();
    assert_eq!(world.engine(expire(1)), Ok(vec![]));
    assert_eq!(world.phase(task), "leased");
}

#[test]
fn nobody_works_under_somebody_elses_lease() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let (holder, other) = (world.person(), world.person());
    world.claim(holder, task).unwrap();
    assert_eq!(
        world.submit(other, task, "stolen").unwrap_err().code(),
        "already_claimed"
    );
    assert_eq!(
        release(&mut world, other, task, 1).unwrap_err().code(),
        "already_claimed"
    );
    assert_eq!(world.phase(task), "leased");
}

#[test]
fn who_may_take_a_task_follows_from_mode_level_price_and_clearance() {
    use Exclusion::{Capability, Clearance, Level, Price};
    let cleared = |clearance| Profile {
        clearance,
        ..Profile::default()
    };
    let dear = Profile {
        rate_permille: 1001,
        ..Profile::default()
    };
    for (profile, capability, level, expected) in [
        (Profile::default(), "write", 3, None),
        (Profile::default(), "write", 2, Some(Level)),
        (Profile::default(), "draw", 8, Some(Capability)),
        (cleared(DataClass::Public), "write", 5, Some(Clearance)),
        (cleared(DataClass::Restricted), "write", 5, None),
        (dear, "write", 5, Some(Price)),
    ] {
        let mut world = World::new();
        let (_, [task]) = world.running([spec("a")]);
        let who = world.person_with(profile.clone(), &[(capability, level)]);
        let answer = world.claim(who, task);
        assert_eq!(answer.is_ok(), expected.is_none(), "{profile:?}");
        assert_eq!(
            excluded(&answer),
            expected,
            "{profile:?} {capability} {level}"
        );
    }
}

#[test]
fn a_mode_says_who_may_take_a_task() {
    for (mode, person_may, agent_may) in [
        (Mode::Person, true, false),
        (Mode::Ai, false, true),
        (Mode::Either, true, true),
        (Mode::Pair, false, true),
    ] {
        let task_spec = consort_kernel::task::TaskSpec { mode, ..spec("a") };
        for (is_person, may) in [(true, person_may), (false, agent_may)] {
            let mut world = World::new();
            let (_, [task]) = world.running([task_spec.clone()]);
            let who = if is_person {
                world.person()
            } else {
                world.agent("small")
            };
            let answer = world.claim(who, task);
            assert_eq!(answer.is_ok(), may, "{mode:?}, person: {is_person}");
            assert_eq!(excluded(&answer), (!may).then_some(Exclusion::Mode));
        }
    }
}

#[test]
fn what_is_agreed_is_the_share_of_the_price_that_is_asked() {
    for (rate_permille, agreed) in [(0, 0), (333, 333), (999, 999), (1000, 1000)] {
        let mut world = World::new();
        let (_, [task]) = world.running([spec("a")]);
        let profile = Profile {
            rate_permille,
            ..Profile::default()
        };
        let who = world.person_with(profile, &[("write", 3)]);
        let claimed = world.claim(who, task).unwrap();
        let [Event::Task(TaskEvent::Claimed { agreed: given, .. })] = claimed.as_slice() else {
            panic!("{claimed:?}");
        };
        assert_eq!(*given, Amount::from_minor(agreed));
    }
}

#[test]
fn a_paused_outcome_refuses_a_claim_at_once_and_lets_work_in_hand_go_on() {
    let mut world = World::new();
    let (outcome, [held, free]) = world.running([spec("held"), spec("free")]);
    let who = world.person();
    world.claim(who, held).unwrap();
    let reason = "The lawyer calls.".to_owned();
    world
        .ask_outcome(outcome, OutcomeCommand::Pause { reason })
        .unwrap();
    assert_eq!(world.claim(who, free).unwrap_err().code(), "wrong_phase");
    world.submit(who, held, "the work").unwrap();
    assert_eq!(world.sign(held).unwrap_err().code(), "wrong_phase");
    let reason = "All is clear.".to_owned();
    world
        .ask_outcome(outcome, OutcomeCommand::Resume { reason })
        .unwrap();
    world.claim(who, free).unwrap();
    world.sign(held).unwrap();
}

#[test]
fn only_what_is_ready_or_offered_can_be_taken() {
    let mut world = World::new();
    let mut later = spec("later");
    later.needs = vec!["first".to_owned()];
    let (_, [first, later]) = world.running([spec("first"), later]);
    let who = world.person();
    assert_eq!(world.claim(who, later).unwrap_err().code(), "wrong_phase");
    world.deliver(who, first);
    assert_eq!(world.claim(who, first).unwrap_err().code(), "wrong_phase");
    world.sign(first).unwrap();
    assert_eq!(world.claim(who, first).unwrap_err().code(), "wrong_phase");
    assert!(matches!(world.work(later).phase, Phase::Ready));
    world.claim(who, later).unwrap();
}

#[test]
fn a_submission_has_a_bounded_number_of_named_files() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.claim(who, task).unwrap();
    let with_files = |names: Vec<String>| {
        let mut handed = submission("the work");
        handed.files = names
            .into_iter()
            .map(|name| (name, Digest::of(b"file")))
            .collect();
        TaskCommand::Submit {
            lease: 1,
            submission: handed,
        }
    };
    let many = (0..=consort_kernel::task::FILES_MAX)
        .map(|n| format!("{n}.txt"))
        .collect();
    let unnamed = vec![" ".to_owned()];
    assert_eq!(
        world
            .ask_task(who, task, with_files(many))
            .unwrap_err()
            .code(),
        "limit_reached"
    );
    assert_eq!(
        world
            .ask_task(who, task, with_files(unnamed))
            .unwrap_err()
            .code(),
        "invalid"
    );
    world
        .ask_task(who, task, with_files(vec!["a.txt".to_owned()]))
        .unwrap();
}
