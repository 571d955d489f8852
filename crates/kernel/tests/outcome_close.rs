//! The end of an outcome: signed or given up, with nothing left in escrow.

use consort_kernel::command::Body;
use consort_kernel::digest::Digest;
use consort_kernel::effect::TimerKind;
use consort_kernel::id::OutcomeId;
use consort_kernel::money::Account;
use consort_kernel::outcome::{Charter, Conclusion, FAN_OUT_PAGE, OutcomeCommand, PreApproval};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Risk, TaskCommand};

use crate::world::{World, charter, pre_approval, spec};

fn conclusion() -> Conclusion {
    Conclusion {
        opened: vec![Digest::of(b"brief.html")],
        recommendation: Some("Take the second offer.".to_owned()),
        reason: "It is the cheapest that meets the need.".to_owned(),
        scope: "The three offers of October.".to_owned(),
    }
}

fn cancel(world: &mut World, outcome: OutcomeId) -> Option<&'static str> {
    let reason = "Nobody needs it any more.".to_owned();
    let answer = world.ask_outcome(outcome, OutcomeCommand::Cancel { reason });
    answer.err().map(|rejection| rejection.code())
}

/// A running outcome whose only task is accepted.
fn finished() -> (World, OutcomeId) {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.finish(who, task);
    (world, outcome)
}

#[test]
fn a_signed_outcome_is_delivered_and_its_escrow_is_zero() {
    let (mut world, outcome) = finished();
    world
        .ask_outcome(outcome, OutcomeCommand::SignOff(conclusion()))
        .unwrap();
    let result = world.result(outcome);
    assert_eq!(result.phase.as_str(), "delivered");
    assert_eq!(result.conclusion, Some(conclusion()));
    assert_eq!(result.purse.refunded.minor(), 99_000);
    assert_eq!(world.balance(Account::Escrow(outcome)), 0);
    assert_eq!(world.balance(Account::Funds(world.organisation)), 999_000);
    let again = world.ask_outcome(outcome, OutcomeCommand::SignOff(conclusion()));
    assert_eq!(again.unwrap_err().code(), "wrong_phase");
}

#[test]
fn a_conclusion_says_what_was_opened_and_why() {
    type Change = fn(&mut Conclusion);
    let cases: [(Change, &str); 4] = [
        (|it| it.scope = " ".to_owned(), "invalid"),
        (|it| it.reason = " ".to_owned(), "invalid"),
        (|it| it.recommendation = Some(" ".to_owned()), "invalid"),
        (|it| it.opened = vec![], "not_opened"),
    ];
    let (mut world, outcome) = finished();
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let mut bad = conclusion();
        change(&mut bad);
        let answer = world.ask_outcome(outcome, OutcomeCommand::SignOff(bad));
        assert_eq!(answer.unwrap_err().code(), code, "case {number}");
    }
    let stranger = world.person();
    let sign = Body::Outcome(outcome, OutcomeCommand::SignOff(conclusion()));
    assert_eq!(
        world.by(stranger, sign.clone()).unwrap_err().code(),
        "not_allowed"
    );
    assert_eq!(world.engine(sign).unwrap_err().code(), "not_allowed");
}

#[test]
fn an_outcome_with_open_or_without_accepted_tasks_is_not_signed() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let sign = || OutcomeCommand::SignOff(conclusion());
    assert_eq!(
        world.ask_outcome(outcome, sign()).unwrap_err().code(),
        "invalid"
    );
    let reason = "Nobody can do it.".to_owned();
    world
        .ask_task(
            world.ada,
            task,
            TaskCommand::Fail {
                cause: None,
                reason,
            },
        )
        .unwrap();
    assert_eq!(
        world.ask_outcome(outcome, sign()).unwrap_err().code(),
        "invalid"
    );
    assert_eq!(cancel(&mut world, outcome), None);
    assert_eq!(world.balance(Account::Funds(world.organisation)), 1_000_000);
}

#[test]
fn a_final_signature_in_advance_has_to_cover_points_of_decision() {
    type Change = fn(&mut PreApproval);
    let cases: [(Change, i64, Option<&str>); 4] = [
        (|_| (), 0, None),
        (|it| it.gates = false, 0, Some("beyond_pre_approval")),
        (|it| it.risk_max = Risk::Low, 0, Some("beyond_pre_approval")),
        (|_| (), 86_400_001, Some("beyond_pre_approval")),
    ];
    for (number, (change, later_ms, code)) in cases.into_iter().enumerate() {
        let (mut world, outcome) = finished();
        let mut terms = pre_approval(&world);
        change(&mut terms);
        let give = OutcomeCommand::PreApprove(Box::new(terms));
        world.ask_outcome(outcome, give).unwrap();
        world.wait(later_ms);
        let close = |number| Body::Outcome(outcome, OutcomeCommand::CloseInAdvance { number });
        let by_hand = world.by(world.ada, close(1));
        assert_eq!(by_hand.unwrap_err().code(), "not_allowed");
        assert_eq!(
            world.engine(close(9)).unwrap_err().code(),
            "beyond_pre_approval"
        );
        let answer = world.engine(close(1));
        assert_eq!(answer.err().map(|it| it.code()), code, "case {number}");
        let closed = world.result(outcome).conclusion.as_ref();
        assert_eq!(closed.is_some(), code.is_none());
        assert!(closed.is_none_or(|it| it.scope == "Signed in advance, not opened."));
        assert!(closed.is_none_or(|it| it.opened.is_empty()));
    }
}

#[test]
fn cancelling_reaches_every_one_of_several_pages_of_tasks() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.outcome_with(charter);
    let total = FAN_OUT_PAGE * 2 + 30;
    let specs: Vec<_> = (0..total).map(|n| spec(&format!("t{n}"))).collect();
    for page in specs.chunks(FAN_OUT_PAGE) {
        // Every price is smaller, so that they all fit the budget.
        let cheap = page.iter().cloned().map(|mut it| {
            it.price = consort_kernel::money::Amount::from_minor(7);
            it
        });
        world.plan(outcome, cheap.collect()).unwrap();
    }
    world.ask_outcome(outcome, OutcomeCommand::Start).unwrap();
    assert_eq!(cancel(&mut world, outcome), None);
    let result = world.result(outcome);
    assert_eq!(result.phase.as_str(), "cancelled");
    assert_eq!(result.progress.dropped as usize, total);
    assert_eq!(world.balance(Account::Funds(world.organisation)), 1_000_000);
    assert_eq!(world.refused, []);
}

#[test]
fn a_cancelled_outcome_keeps_what_was_paid_and_gives_the_rest_back() {
    let mut world = World::new();
    let mut needing = spec("later");
    needing.needs = vec!["held".to_owned()];
    let (outcome, [done, held, later]) = world.running([spec("done"), spec("held"), needing]);
    let who = world.person();
    world.finish(who, done);
    world.claim(who, held).unwrap();
    assert_eq!(cancel(&mut world, outcome), None);
    assert_eq!(cancel(&mut world, outcome), Some("wrong_phase"));
    let phases = [done, held, later].map(|task| world.phase(task));
    assert_eq!(phases, ["accepted", "cancelled", "cancelled"]);
    assert_eq!(world.balance(Account::Payable(who)), 1_000);
    assert_eq!(world.balance(Account::Escrow(outcome)), 0);
    assert!(world.timers.is_empty(), "{:?}", world.timers);
}

#[test]
fn an_outcome_without_a_plan_is_cancelled_at_once() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.outcome_with(charter);
    assert_eq!(cancel(&mut world, outcome), None);
    assert_eq!(world.result(outcome).phase.as_str(), "cancelled");
}

#[test]
fn each_phase_allows_what_fits_it() {
    let reason = || "because".to_owned();
    let commands = [
        OutcomeCommand::Start,
        OutcomeCommand::Pause { reason: reason() },
        OutcomeCommand::Resume { reason: reason() },
        OutcomeCommand::SignOff(conclusion()),
    ];
    // Of each phase: which of the commands above are refused for the phase itself.
    let table = [
        ("planned", [false, true, true, true]),
        ("running", [true, false, true, false]),
        ("paused", [true, true, false, true]),
        ("delivered", [true, true, true, true]),
        ("cancelled", [true, true, true, true]),
    ];
    for (phase, expected) in table {
        for (command, refused) in commands.iter().zip(expected) {
            let (mut world, outcome) = reach(phase);
            assert_eq!(world.result(outcome).phase.as_str(), phase);
            let answer = world.ask_outcome(outcome, command.clone());
            let found = answer.is_err_and(|rejection| rejection.code() == "wrong_phase");
            assert_eq!(found, refused, "{command:?} when {phase}");
        }
    }
}

fn reach(phase: &str) -> (World, OutcomeId) {
    if phase == "planned" {
        let mut world = World::new();
        let charter = charter(&world);
        let outcome = world.outcome_with(charter);
        return (world, outcome);
    }
    let (mut world, outcome) = finished();
    let reason = "because".to_owned();
    match phase {
        "paused" => {
            let pause = OutcomeCommand::Pause { reason };
            world.ask_outcome(outcome, pause).expect("it runs");
        }
        "delivered" => {
            let sign = OutcomeCommand::SignOff(conclusion());
            world.ask_outcome(outcome, sign).expect("all is accepted");
        }
        "cancelled" => assert_eq!(cancel(&mut world, outcome), None),
        _ => {}
    }
    (world, outcome)
}

#[test]
fn a_closed_outcome_takes_neither_plans_nor_signatures() {
    for phase in ["delivered", "cancelled"] {
        let (mut world, outcome) = reach(phase);
        assert_eq!(
            world.plan(outcome, vec![spec("b")]).unwrap_err().code(),
            "wrong_phase"
        );
        let give = OutcomeCommand::PreApprove(Box::new(pre_approval(&world)));
        assert_eq!(
            world.ask_outcome(outcome, give).unwrap_err().code(),
            "wrong_phase"
        );
        assert_eq!(cancel(&mut world, outcome), Some("wrong_phase"));
        let spread = OutcomeCommand::SpreadCancellation { after: None };
        assert_eq!(world.engine(Body::Outcome(outcome, spread)), Ok(vec![]));
    }
}

#[test]
fn a_deadline_that_passes_is_noted_once_and_changes_nothing_else() {
    let mut world = World::new();
    let charter = Charter {
        deadline: Some(world.now.plus_millis(1_000)),
        ..charter(&world)
    };
    let (outcome, [task]) = world.running_with(charter, [spec("a")]);
    let timer = world.timers[&(StreamId::Outcome(outcome), TimerKind::Deadline)].clone();
    let note = Body::Outcome(outcome, OutcomeCommand::NoteOverdue);
    assert_eq!(world.engine(note.clone()), Ok(vec![]), "too early");
    world.now = timer.due_at;
    assert_eq!(world.engine(note.clone()).unwrap().len(), 1);
    assert_eq!(world.engine(note).unwrap().len(), 0);
    let result = world.result(outcome);
    assert!(result.overdue);
    assert_eq!(result.phase.as_str(), "running");
    assert_eq!(world.phase(task), "ready");
}
