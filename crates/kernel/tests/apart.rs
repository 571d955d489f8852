//! Tasks that are kept apart: several contributors for the same question, and second looks at what
//! is accepted already.

use consort_kernel::command::Body;
use consort_kernel::decide::reads;
use consort_kernel::effect::TimerKind;
use consort_kernel::event::Event;
use consort_kernel::id::{CommandId, ContributorId, OutcomeId, TaskId};
use consort_kernel::outcome::Charter;
use consort_kernel::rejection::Rejection;
use consort_kernel::routing::Exclusion;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{APART_GROUP_MAX, Mode, TaskCommand, TaskEvent, TaskSpec};

use crate::world::{World, charter, spec};

/// Tasks of which nobody may do two.
fn group<const N: usize>() -> [TaskSpec; N] {
    let keys: Vec<String> = (1..=N).map(|number| format!("draft[{number}]")).collect();
    std::array::from_fn(|place| {
        let mut one = spec(&keys[place]);
        one.apart_from = keys
            .iter()
            .filter(|key| **key != keys[place])
            .cloned()
            .collect();
        one
    })
}

fn running<const N: usize>() -> (World, OutcomeId, [TaskId; N]) {
    let mut world = World::new();
    let (outcome, tasks) = world.running(group());
    (world, outcome, tasks)
}

fn code<T>(answer: Result<T, Rejection>) -> Option<&'static str> {
    answer.err().map(|rejection| rejection.code())
}

/// What a task was told about who took another one.
fn told(world: &World, task: TaskId) -> Vec<(ContributorId, TaskId)> {
    let events = world
        .history
        .iter()
        .filter(|it| it.stream == StreamId::Task(task));
    events
        .filter_map(|recorded| match &recorded.event {
            Event::Task(TaskEvent::KeptApart { from, other }) => Some((*from, *other)),
            _ => None,
        })
        .collect()
}

#[test]
fn rule_6_nobody_takes_two_tasks_of_a_group() {
    let (mut world, _, [first, second, third]) = running();
    let who = world.person();
    world.claim(who, first).unwrap();
    for other in [second, third] {
        assert_eq!(code(world.claim(who, other)), Some("not_eligible"));
        assert_eq!(told(&world, other), [(who, first)]);
    }
    assert_eq!(told(&world, first), []);
    let another = world.person();
    world.claim(another, second).unwrap();
    assert_eq!(told(&world, third), [(who, first), (another, second)]);
}

#[test]
fn rule_6_giving_a_task_back_does_not_open_the_others_of_its_group() {
    let (mut world, _, [first, second]) = running();
    let who = world.person();
    world.claim(who, first).unwrap();
    let note = "Not today.".to_owned();
    world
        .ask_task(who, first, TaskCommand::Release { lease: 1, note })
        .unwrap();
    assert_eq!(code(world.claim(who, second)), Some("not_eligible"));
    world
        .claim(who, first)
        .expect("the task itself is still open to them");
    assert_eq!(told(&world, second).len(), 1, "once is enough");
}

#[test]
fn rule_6_both_of_a_pair_are_kept_apart() {
    let pair = group().map(|spec| TaskSpec {
        mode: Mode::Pair,
        ..spec
    });
    let mut world = World::new();
    let (_, [first, second]) = world.running(pair);
    let (agent, person) = (world.agent("small"), world.person());
    world.deliver(agent, first);
    world.deliver(person, first);
    assert_eq!(told(&world, second), [(agent, first), (person, first)]);
}

#[test]
fn rule_6_an_offer_that_stands_is_taken_back_from_who_takes_another_of_the_group() {
    let (mut world, _, [first, second]) = running();
    let who = world.person();
    let decision = world.route(second, 1);
    assert_eq!(decision.chosen(), Some(who));
    let offer = TaskCommand::Offer(Box::new(decision));
    world.engine(Body::Task(second, offer)).unwrap();
    world.claim(who, first).unwrap();
    assert_eq!(world.phase(second), "ready");
    let timer = (StreamId::Task(second), TimerKind::Offer);
    assert!(!world.timers.contains_key(&timer));
    assert_eq!(world.route(second, 2).excluded[&Exclusion::OwnWork], 1);
}

#[test]
fn rule_6_an_offer_to_somebody_else_stands() {
    let (mut world, _, [first, second]) = running();
    let who = world.person();
    let decision = world.route(second, 1);
    let offer = TaskCommand::Offer(Box::new(decision));
    world.engine(Body::Task(second, offer)).unwrap();
    let other = world.person();
    world.claim(other, first).unwrap();
    assert_eq!(world.phase(second), "offered");
    world.claim(who, second).unwrap();
}

/// The world as it is when a task of a group was taken and the others have not heard of it yet.
fn before_they_hear() -> (World, [TaskId; 2], ContributorId, TaskCommand) {
    let (mut world, _, [first, second]) = running();
    let who = world.person();
    let unaware = world.states[&StreamId::Task(second)].clone();
    let decision = world.route(second, 1);
    assert_eq!(decision.chosen(), Some(who));
    world.claim(who, first).expect("nobody has it yet");
    world.states.insert(StreamId::Task(second), unaware);
    let offer = TaskCommand::Offer(Box::new(decision));
    (world, [first, second], who, offer)
}

#[test]
fn rule_6_the_rows_of_the_group_say_who_has_one_before_the_others_hear_of_it() {
    let (mut world, [first, second], who, offer) = before_they_hear();
    let reassign = TaskCommand::Reassign {
        reason: "They know it best.".to_owned(),
        to: Some(who),
    };
    let not_eligible = Err(Rejection::NotEligible {
        contributor: who,
        task: second,
        why: Exclusion::OwnWork,
    });
    assert_eq!(world.engine(Body::Task(second, offer)), not_eligible);
    assert_eq!(world.claim(who, second).map(|_| Vec::new()), not_eligible);
    let ada = world.ada;
    assert_eq!(world.ask_task(ada, second, reassign), not_eligible);
    world.submit(who, first, "done").unwrap();
    assert_eq!(world.claim(who, second).map(|_| Vec::new()), not_eligible);
}

#[test]
fn whoever_is_given_a_task_of_a_group_is_decided_on_the_rows_of_the_others() {
    let (world, _, [first, second]) = running();
    let who = world.ada;
    let state = world.states.get(&StreamId::Task(first));
    let needs = |body| {
        let command = consort_kernel::command::Command {
            body: Body::Task(first, body),
            expected: None,
            id: CommandId::from_bits(1),
            personal: Vec::new(),
            principal: consort_kernel::command::Principal::Contributor(who),
        };
        let guarded = consort_kernel::decide::Reliance::Guarded;
        reads(&command, state).contains(&(StreamId::Task(second), guarded))
    };
    let reason = "It has to go on.".to_owned();
    let to_one = TaskCommand::Reassign {
        reason: reason.clone(),
        to: Some(who),
    };
    assert!(needs(TaskCommand::Claim));
    assert!(needs(to_one));
    assert!(!needs(TaskCommand::Reassign { reason, to: None }));
    assert!(!needs(TaskCommand::Decline));
}

#[test]
fn who_takes_a_task_of_a_group_makes_others_look_again() {
    let (mut world, _, [first, _]) = running::<2>();
    let (_, [alone]) = world.running([spec("alone")]);
    let who = world.person();
    for (task, moves) in [(first, true), (alone, false)] {
        let events = world.claim(who, task).map(|_| ()).map(|()| {
            let last = world.history.iter().rev();
            last.clone()
                .find(|it| it.stream == StreamId::Task(task))
                .map(|it| it.event.moves_fence())
        });
        assert_eq!(events, Ok(Some(moves)));
    }
}

#[test]
fn a_task_whose_turn_it_is_for_who_took_another_goes_up_the_chain() {
    let mut world = World::new();
    let chain = [world.person(), world.person()];
    let charter = Charter {
        escalation: chain.to_vec(),
        ..charter(&world)
    };
    let (_, [first, second]) = world.running_with(charter, group());
    let other = world.person();
    for lease in 1..=3 {
        world.claim(other, second).unwrap();
        world
            .engine(Body::Task(second, TaskCommand::Expire { lease }))
            .unwrap();
    }
    assert_eq!(world.work(second).escalated, Some((0, chain[0])));
    world.claim(chain[0], first).unwrap();
    assert_eq!(world.work(second).escalated, Some((1, chain[1])));
    world.claim(chain[1], second).unwrap();
}

#[test]
fn a_settled_task_hears_nothing_any_more() {
    let (mut world, _, [first, second]) = running();
    let (one, other) = (world.person(), world.person());
    world.finish(one, first);
    world.claim(other, second).unwrap();
    assert_eq!(told(&world, first), []);
    assert_eq!(world.refused, []);
}

#[test]
fn rule_6_whoever_did_an_accepted_task_is_kept_from_one_that_comes_in_later() {
    let mut world = World::new();
    let (outcome, [first]) = world.running([spec("round-1")]);
    let who = world.person();
    world.finish(who, first);
    let later = TaskSpec {
        apart_from: vec!["round-1".to_owned()],
        ..spec("round-2")
    };
    world.plan(outcome, vec![later]).unwrap();
    let second = TaskId::in_outcome(outcome, "round-2");
    assert_eq!(
        world.phase(second),
        "ready",
        "it does not wait for what it is kept from"
    );
    assert_eq!(code(world.claim(who, second)), Some("not_eligible"));
    let other = world.person();
    world.claim(other, second).unwrap();
}

#[test]
fn a_task_is_kept_apart_from_what_it_needs_names_it_back_or_is_accepted_and_from_nothing_else() {
    let apart = |key: &str, from: &[&str]| TaskSpec {
        apart_from: from.iter().map(|key| (*key).to_owned()).collect(),
        ..spec(key)
    };
    let cases: [(Vec<TaskSpec>, &str); 5] = [
        (vec![apart("a", &["unheard of"])], "nor accepted already"),
        (vec![apart("a", &["open"])], "nor accepted already"),
        (vec![apart("a", &["a"])], "from itself"),
        (
            vec![apart("a", &["b"]), spec("b")],
            "does not name 'a' back",
        ),
        (
            vec![apart("a", &["b"]), apart("b", &["c"]), apart("c", &["b"])],
            "name 'a' back",
        ),
    ];
    let mut world = World::new();
    let (outcome, _) = world.running([spec("open")]);
    for (specs, expected) in cases {
        let Err(Rejection::Invalid { problem, .. }) = world.plan(outcome, specs) else {
            panic!("a plan that is not refused: {expected}");
        };
        assert!(problem.contains(expected), "{problem}");
    }
}

#[test]
fn a_group_has_a_limit() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.outcome_with(charter);
    world
        .plan(outcome, group::<APART_GROUP_MAX>().to_vec())
        .unwrap();
    let mut too_many = group::<{ APART_GROUP_MAX + 1 }>().to_vec();
    for spec in &mut too_many {
        spec.key = spec.key.replace("draft", "again");
        for key in &mut spec.apart_from {
            *key = key.replace("draft", "again");
        }
    }
    assert_eq!(code(world.plan(outcome, too_many)), Some("limit_reached"));
}
