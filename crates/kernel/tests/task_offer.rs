//! Offers: proposed to one, declined without penalty, lapsed.

use consort_kernel::command::Body;
use consort_kernel::effect::TimerKind;
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::routing::{Decision, Exclusion};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Mode, TaskCommand, TaskSpec};

use crate::world::{World, spec};

fn offer(world: &mut World, task: TaskId, decision: Decision) -> Result<Vec<Event>, Rejection> {
    world.engine(Body::Task(task, TaskCommand::Offer(Box::new(decision))))
}

/// A task that is offered to the one person who can do it.
fn offered() -> (World, TaskId, ContributorId) {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    let decision = world.route(task, 1);
    offer(&mut world, task, decision).expect("somebody is there");
    (world, task, who)
}

#[test]
fn an_offer_is_kept_for_one_until_it_lapses() {
    let (mut world, task, who) = offered();
    let other = world.person();
    let refused = world.claim(other, task).unwrap_err();
    assert_eq!(refused.code(), "not_eligible");
    let again = world.route(task, 1);
    assert_eq!(
        offer(&mut world, task, again).unwrap_err().code(),
        "wrong_phase"
    );
    world.claim(who, task).unwrap();
    assert!(
        !world
            .timers
            .contains_key(&(StreamId::Task(task), TimerKind::Offer))
    );
}

#[test]
fn an_offer_that_was_not_answered_in_time_is_anybodys() {
    let (mut world, task, _) = offered();
    let other = world.person();
    world.wait(15 * 60_000);
    assert!(
        world.claim(other, task).is_err(),
        "its last moment still counts"
    );
    world.wait(1);
    world.claim(other, task).unwrap();
}

#[test]
fn declining_has_no_consequence_but_not_being_asked_again() {
    let (mut world, task, who) = offered();
    let before = world.who(who).clone();
    let other = world.person();
    let not_theirs = world.ask_task(other, task, TaskCommand::Decline);
    assert_eq!(not_theirs.unwrap_err().code(), "not_eligible");
    world.ask_task(who, task, TaskCommand::Decline).unwrap();
    assert_eq!(world.phase(task), "ready");
    assert_eq!(*world.who(who), before);
    let again = world.ask_task(who, task, TaskCommand::Decline);
    assert_eq!(again.unwrap_err().code(), "wrong_phase");
    let decision = world.route(task, 1);
    assert_eq!(decision.chosen(), Some(other));
    assert_eq!(decision.excluded[&Exclusion::PassedOver], 1);
}

#[test]
fn an_offer_that_lapses_goes_to_somebody_else_and_changes_no_standing() {
    let (mut world, task, who) = offered();
    let before = world.who(who).clone();
    let lapse = |number| Body::Task(task, TaskCommand::LapseOffer { number });
    assert_eq!(world.engine(lapse(2)), Ok(vec![]));
    assert_eq!(world.engine(lapse(1)).unwrap().len(), 1);
    assert_eq!(world.engine(lapse(1)), Ok(vec![]));
    assert_eq!(*world.who(who), before);
    assert!(world.work(task).passed_over.contains(&who));
    let nobody = world.route(task, 1);
    assert_eq!(nobody.chosen(), None);
    assert_eq!(
        offer(&mut world, task, nobody).unwrap_err().code(),
        "invalid"
    );
    let other = world.person();
    let decision = world.route(task, 1);
    assert_eq!(decision.chosen(), Some(other));
    offer(&mut world, task, decision).unwrap();
    assert_eq!(world.work(task).offer_number, 2);
}

#[test]
fn an_offer_is_made_by_the_engine_to_who_may_take_it() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let who = world.person();
    let decision = world.route(task, 1);
    let by_hand = TaskCommand::Offer(Box::new(decision.clone()));
    assert_eq!(
        world.ask_task(who, task, by_hand).unwrap_err().code(),
        "not_allowed"
    );
    let mut unknown = decision.clone();
    unknown.leading[0].contributor = ContributorId::new(world.now, 999);
    assert_eq!(
        offer(&mut world, task, unknown).unwrap_err().code(),
        "not_found"
    );
    let mut unable = decision.clone();
    unable.leading[0].contributor = world.steward;
    assert_eq!(
        offer(&mut world, task, unable).unwrap_err().code(),
        "not_eligible"
    );
    let reason = "The lawyer calls.".to_owned();
    world
        .ask_outcome(outcome, OutcomeCommand::Pause { reason })
        .unwrap();
    assert_eq!(
        offer(&mut world, task, decision).unwrap_err().code(),
        "wrong_phase"
    );
}

#[test]
fn nothing_is_offered_while_the_outcome_is_planned() {
    let mut world = World::new();
    let charter = crate::world::charter(&world);
    let outcome = world.outcome_with(charter);
    world.plan(outcome, vec![spec("a")]).unwrap();
    let task = TaskId::in_outcome(outcome, "a");
    let who = world.person();
    let decision = world.route(task, 1);
    assert_eq!(
        offer(&mut world, task, decision).unwrap_err().code(),
        "wrong_phase"
    );
    assert_eq!(world.claim(who, task).unwrap_err().code(), "wrong_phase");
}

#[test]
fn a_pair_is_offered_to_an_agent_and_then_to_a_person() {
    let mut world = World::new();
    let pair = TaskSpec {
        mode: Mode::Pair,
        ..spec("a")
    };
    let (_, [task]) = world.running([pair]);
    let (person, agent) = (world.person(), world.agent("small"));
    assert_eq!(world.route(task, 1).chosen(), Some(agent));
    world.deliver(agent, task);
    assert_eq!(world.route(task, 1).chosen(), Some(person));
}
