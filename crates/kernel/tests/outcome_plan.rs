//! Planning an outcome, and changing the plan while it runs.

use consort_kernel::command::Body;
use consort_kernel::digest::Digest;
use consort_kernel::event::Event;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::Amount;
use consort_kernel::outcome::{OutcomeCommand, PLAN_CHANGE_MAX, PlaybookRef};
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{Method, NEEDS_MAX, NEEDS_NAMED_MAX, TaskCommand, TaskEvent, TaskSpec};

use crate::world::{World, charter, criterion, spec};

fn needing(key: &str, needs: &[&str]) -> TaskSpec {
    TaskSpec {
        needs: needs.iter().map(|key| (*key).to_owned()).collect(),
        ..spec(key)
    }
}

fn planned(world: &mut World) -> OutcomeId {
    let charter = charter(world);
    world.outcome_with(charter)
}

#[test]
fn a_task_says_all_that_it_has_to() {
    type Change = fn(&mut TaskSpec);
    let cases: [(Change, &str); 20] = [
        (|it| it.key = " ".to_owned(), "invalid"),
        (|it| it.key = "x".repeat(201), "invalid"),
        (|it| it.title = String::new(), "invalid"),
        (|it| it.kind = String::new(), "invalid"),
        (|it| it.capability = String::new(), "invalid"),
        (|it| it.instructions.goal = String::new(), "invalid"),
        (|it| it.instructions.context = vec![], "invalid"),
        (|it| it.instructions.constraints = vec![], "invalid"),
        (
            |it| it.instructions.constraints.push(" ".to_owned()),
            "invalid",
        ),
        (|it| it.instructions.criteria = vec![], "invalid"),
        (
            |it| it.instructions.criteria[0].text = String::new(),
            "invalid",
        ),
        (|it| it.level = 0, "invalid"),
        (|it| it.level = 9, "invalid"),
        (|it| it.lease_ms = 999, "invalid"),
        (|it| it.price = Amount::from_minor(-1), "invalid"),
        (|it| it.serves = vec!["unheard of".to_owned()], "invalid"),
        (|it| it.apart_from = vec!["b".to_owned()], "invalid"),
        (|it| it.needs = vec!["b".to_owned()], "unknown_dependency"),
        (
            |it| it.needs = vec!["b".to_owned(); NEEDS_MAX + 1],
            "limit_reached",
        ),
        (
            |it| it.instructions.context = vec![it.instructions.context[0].clone(); 4_097],
            "limit_reached",
        ),
    ];
    let mut world = World::new();
    let outcome = planned(&mut world);
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let mut bad = spec("a");
        change(&mut bad);
        let answer = world.plan(outcome, vec![bad]);
        assert_eq!(answer.unwrap_err().code(), code, "case {number}");
    }
    assert_eq!(world.result(outcome).plan_version, 0);
}

#[test]
fn a_plan_cannot_have_a_cycle() {
    let mut world = World::new();
    let outcome = planned(&mut world);
    let itself = world.plan(outcome, vec![needing("a", &["a"])]);
    let expected = Rejection::UnknownDependency {
        task: "a".to_owned(),
        needs: "a".to_owned(),
    };
    assert_eq!(itself, Err(expected));
    let both_ways = vec![needing("a", &["b"]), needing("b", &["a"])];
    let answer = world.plan(outcome, both_ways);
    assert_eq!(answer.unwrap_err().code(), "unknown_dependency");
    let good = vec![
        spec("a"),
        needing("b", &["a"]),
        needing("c", &["a", "b", "a"]),
    ];
    world.plan(outcome, good).unwrap();
    let ranks = ["a", "b", "c"].map(|key| world.work(TaskId::in_outcome(outcome, key)).rank);
    assert_eq!(ranks, [0, 1, 2]);
    let again = world.plan(outcome, vec![spec("a")]);
    assert_eq!(again.unwrap_err().code(), "exists");
    let twice = world.plan(outcome, vec![spec("d"), spec("d")]);
    assert_eq!(twice.unwrap_err().code(), "exists");
}

#[test]
fn work_starts_when_every_criterion_is_served() {
    let mut world = World::new();
    let mut charter = charter(&world);
    charter
        .criteria
        .push(criterion("checked", 1, Method::Judgment));
    let outcome = world.outcome_with(charter);
    let start = |world: &mut World| world.ask_outcome(outcome, OutcomeCommand::Start);
    assert_eq!(
        start(&mut world).unwrap_err().code(),
        "invalid",
        "there is no task"
    );
    world.plan(outcome, vec![spec("a")]).unwrap();
    let expected = Rejection::NotCovered {
        criteria: vec!["checked".to_owned()],
    };
    assert_eq!(start(&mut world), Err(expected));
    let mut checks = spec("b");
    checks.serves = vec!["checked".to_owned()];
    world.plan(outcome, vec![checks]).unwrap();
    start(&mut world).unwrap();
    assert_eq!(start(&mut world).unwrap_err().code(), "wrong_phase");
}

#[test]
fn a_criterion_whose_only_task_was_dropped_is_not_served() {
    let mut world = World::new();
    let outcome = planned(&mut world);
    let idle = TaskSpec {
        serves: vec![],
        ..spec("idle")
    };
    world
        .plan(outcome, vec![spec("a"), spec("b"), idle])
        .unwrap();
    let drop = |world: &mut World, key| {
        let task = TaskId::in_outcome(outcome, key);
        world.change_plan(outcome, vec![], vec![task]).unwrap();
    };
    drop(&mut world, "a");
    drop(&mut world, "b");
    let answer = world.ask_outcome(outcome, OutcomeCommand::Start);
    assert_eq!(answer.unwrap_err().code(), "not_covered");
    world.plan(outcome, vec![spec("c"), spec("d")]).unwrap();
    drop(&mut world, "c");
    world
        .ask_outcome(outcome, OutcomeCommand::Start)
        .expect("'d' serves it");
}

#[test]
fn a_plan_changes_while_it_runs_with_all_its_money_at_once() {
    let mut world = World::new();
    let (outcome, [a, b]) = world.running([spec("a"), spec("b")]);
    let who = world.person();
    world.finish(who, a);
    let change = vec![needing("c", &["a"]), needing("d", &["b", "c"])];
    world.change_plan(outcome, change, vec![]).unwrap();
    let task = |key| TaskId::in_outcome(outcome, key);
    assert_eq!(
        world.phase(task("c")),
        "ready",
        "what it needs is accepted already"
    );
    assert_eq!(world.phase(task("d")), "blocked");
    let purse = world.result(outcome).purse;
    assert_eq!(
        (purse.available.minor(), purse.held.minor()),
        (96_000, 3_000)
    );
    world
        .change_plan(outcome, vec![spec("e")], vec![b])
        .unwrap();
    assert_eq!(world.phase(b), "cancelled");
    assert_eq!(
        world.phase(task("d")),
        "cancelled",
        "it needed what was dropped"
    );
    assert_eq!(world.phase(task("c")), "ready");
    let purse = world.result(outcome).purse;
    assert_eq!(
        (purse.available.minor(), purse.held.minor()),
        (97_000, 2_000)
    );
    let needs_dropped = world.plan(outcome, vec![needing("f", &["b"])]);
    assert_eq!(needs_dropped.unwrap_err().code(), "unknown_dependency");
}

#[test]
fn a_task_that_needs_one_dropped_in_the_same_change_is_dropped_with_it() {
    let mut world = World::new();
    let (outcome, [a]) = world.running([spec("a")]);
    world
        .change_plan(outcome, vec![needing("b", &["a"])], vec![a, a])
        .unwrap();
    assert_eq!(world.phase(TaskId::in_outcome(outcome, "b")), "cancelled");
    assert_eq!(world.result(outcome).purse.held, Amount::ZERO);
    assert_eq!(world.result(outcome).progress.dropped, 2);
}

#[test]
fn an_accepted_task_stays_when_it_is_dropped() {
    let mut world = World::new();
    let (outcome, [a]) = world.running([spec("a")]);
    let who = world.person();
    world.finish(who, a);
    world.change_plan(outcome, vec![], vec![a]).unwrap();
    assert_eq!(world.phase(a), "accepted");
    assert_eq!(world.result(outcome).progress.dropped, 0);
}

#[test]
fn a_change_of_plan_changes_something_has_a_reason_and_is_bounded() {
    let mut world = World::new();
    let (outcome, _) = world.running([spec("a")]);
    let (other, [elsewhere]) = world.running([spec("a")]);
    assert_ne!(outcome, other);
    let change = |add, drop, reason: &str| OutcomeCommand::ChangePlan {
        add,
        drop,
        reason: reason.to_owned(),
    };
    let many = (0..=PLAN_CHANGE_MAX)
        .map(|n| spec(&n.to_string()))
        .collect();
    for (command, code) in [
        (change(vec![], vec![], "why not"), "invalid"),
        (change(vec![spec("b")], vec![], " "), "invalid"),
        (change(many, vec![], "many"), "limit_reached"),
        (change(vec![], vec![elsewhere], "a stranger's"), "not_found"),
    ] {
        let answer = world.ask_outcome(outcome, command);
        assert_eq!(answer.unwrap_err().code(), code);
    }
}

#[test]
fn the_engine_carries_a_playbook_on_but_drops_nothing() {
    for with_playbook in [true, false] {
        let mut world = World::new();
        let mut charter = charter(&world);
        charter.playbook = with_playbook.then(|| PlaybookRef {
            digest: Digest::of(b"brief"),
            inputs: Digest::of(b"{}"),
            name: "brief".to_owned(),
            version: "1.0.0".to_owned(),
        });
        let (outcome, [a]) = world.running_with(charter, [spec("a")]);
        let change = |add, drop| {
            let reason = "for each document".to_owned();
            Body::Outcome(outcome, OutcomeCommand::ChangePlan { add, drop, reason })
        };
        let added = world.engine(change(vec![spec("b")], vec![]));
        assert_eq!(added.is_ok(), with_playbook);
        let dropped = world.engine(change(vec![], vec![a]));
        assert_eq!(dropped.unwrap_err().code(), "not_allowed");
    }
}

#[test]
fn who_did_a_task_does_not_do_the_one_that_looks_at_it_again() {
    let second = TaskSpec {
        apart_from: vec!["a".to_owned()],
        ..needing("second-review", &["a"])
    };
    for planned_later in [false, true] {
        let mut world = World::new();
        let (outcome, [a]) = world.running([spec("a")]);
        let (who, other) = (world.person(), world.person());
        if planned_later {
            world.finish(who, a);
            world.plan(outcome, vec![second.clone()]).unwrap();
        } else {
            world.plan(outcome, vec![second.clone()]).unwrap();
            world.finish(who, a);
        }
        let again = TaskId::in_outcome(outcome, "second-review");
        assert_eq!(world.claim(who, again).unwrap_err().code(), "not_eligible");
        world.claim(other, again).unwrap();
    }
}

#[test]
fn a_plan_change_names_what_it_adds_in_its_events() {
    let mut world = World::new();
    let outcome = planned(&mut world);
    let events = world
        .plan(outcome, vec![spec("a"), needing("b", &["a"])])
        .unwrap();
    let kinds: Vec<bool> = events
        .iter()
        .map(|event| matches!(event, Event::Task(_)))
        .collect();
    assert_eq!(
        kinds,
        [false, true, true, true],
        "plan, a, a linked to b, b"
    );
    let late = TaskCommand::MeetDependency {
        by: vec![world.ada],
        dependency: TaskId::in_outcome(outcome, "b"),
    };
    let a = TaskId::in_outcome(outcome, "a");
    assert_eq!(
        world.engine(Body::Task(a, late)),
        Ok(vec![]),
        "it waits for no such task"
    );
}

/// More tasks than are named one by one, and one that needs them all and `draft`.
fn many_and_one(world: &mut World) -> (OutcomeId, Vec<TaskId>, TaskId) {
    let outcome = planned(world);
    let keys: Vec<String> = (0..=NEEDS_NAMED_MAX)
        .map(|number| format!("find[{number}.md]"))
        .chain(["draft".to_owned()])
        .collect();
    let specs = keys.iter().map(|key| spec(key)).collect();
    world.plan(outcome, specs).expect("the plan holds");
    let collect = TaskSpec {
        needs: keys.clone(),
        ..spec("collect")
    };
    let events = world.plan(outcome, vec![collect]).expect("the plan grows");
    let opened = events.iter().find_map(|event| match event {
        Event::Task(TaskEvent::Opened(opening)) => Some(opening),
        _ => None,
    });
    let opened = opened.expect("it came into the plan");
    assert_eq!(opened.spec.needs, ["find[*]", "draft"]);
    assert_eq!((opened.unmet.len(), opened.unnamed), (0, 66));
    let tasks = keys.iter().map(|key| TaskId::in_outcome(outcome, key));
    let collect = TaskId::in_outcome(outcome, "collect");
    (outcome, tasks.collect(), collect)
}

#[test]
fn a_task_that_needs_many_waits_for_every_one_of_them() {
    let mut world = World::new();
    let (_, tasks, collect) = many_and_one(&mut world);
    for (at, dependency) in tasks.iter().enumerate() {
        assert_eq!(world.phase(collect), "blocked", "{at} of them are there");
        let met = TaskCommand::MeetDependency {
            by: vec![world.ada],
            dependency: *dependency,
        };
        world.engine(Body::Task(collect, met)).unwrap();
    }
    assert_eq!(world.phase(collect), "ready");
}

#[test]
fn a_task_that_needs_many_goes_with_any_one_of_them() {
    let mut world = World::new();
    let (outcome, tasks, collect) = many_and_one(&mut world);
    world.change_plan(outcome, vec![], vec![tasks[3]]).unwrap();
    assert_eq!(world.phase(collect), "cancelled");
}
