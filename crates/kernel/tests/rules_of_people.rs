//! What must always hold about people and agents: rules 6 and 7 of the design, each test named
//! after its rule. Rules 9 and 10 are in `rules_of_access`.

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::network::{NetworkCommand, Policy, ReviewRule};
use consort_kernel::outcome::{Charter, OutcomeCommand};
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{Approval, Mode, Phase, Risk, TaskCommand, TaskEvent, TaskSpec};

use crate::world::{World, agent_profile, charter, pre_approval, spec};

fn code<T>(answer: Result<T, Rejection>) -> Option<&'static str> {
    answer.err().map(|rejection| rejection.code())
}

#[test]
fn rule_6_nobody_reviews_their_own_work() {
    let mut world = World::new();
    let medium = |key, mode| TaskSpec {
        mode,
        risk: Risk::Medium,
        ..spec(key)
    };
    let (_, [alone, pair]) =
        world.running([medium("alone", Mode::Either), medium("pair", Mode::Pair)]);
    let (who, agent) = (world.person(), world.agent("small"));
    world.deliver(who, alone);
    assert_eq!(world.approve(who, alone), Err(Rejection::OwnWork(who)));
    world.deliver(agent, pair);
    world.deliver(who, pair);
    for maker in [who, agent] {
        assert_eq!(world.approve(maker, pair), Err(Rejection::OwnWork(maker)));
    }
}

/// A task that looks at the pair's work again, and who made that.
fn second_look() -> (World, TaskId, [ContributorId; 2]) {
    let mut world = World::new();
    let pair = TaskSpec {
        mode: Mode::Pair,
        ..spec("first")
    };
    let again = TaskSpec {
        apart_from: vec!["first".to_owned()],
        needs: vec!["first".to_owned()],
        ..spec("again")
    };
    let (_, [first, again]) = world.running([pair, again]);
    let (agent, person) = (world.agent("small"), world.person());
    world.deliver(agent, first);
    world.finish(person, first);
    (world, again, [agent, person])
}

#[test]
fn rule_6_neither_of_a_pair_looks_at_their_work_again() {
    let (mut world, again, makers) = second_look();
    for maker in makers {
        assert_eq!(code(world.claim(maker, again)), Some("not_eligible"));
    }
    let other = world.person();
    world.claim(other, again).unwrap();
}

#[test]
fn rule_6_escalation_does_not_hand_anybody_their_own_work() {
    let mut world = World::new();
    let maker = world.person();
    let charter = Charter {
        escalation: vec![maker],
        ..charter(&world)
    };
    let again = TaskSpec {
        apart_from: vec!["first".to_owned()],
        needs: vec!["first".to_owned()],
        ..spec("again")
    };
    let (_, [first, again]) = world.running_with(charter, [spec("first"), again]);
    world.finish(maker, first);
    let other = world.person();
    for lease in 1..=3 {
        world.claim(other, again).unwrap();
        let expire = TaskCommand::Expire { lease };
        world.engine(Body::Task(again, expire)).unwrap();
    }
    assert_eq!(world.work(again).escalated, Some((0, maker)));
    assert_eq!(code(world.claim(maker, again)), Some("not_eligible"));
}

#[test]
fn rule_6_an_agent_is_never_judged_only_by_agents_of_its_own_family() {
    for (families, suffices) in [
        (vec!["small"], false),
        (vec!["small", "small"], false),
        (vec!["small", "large"], true),
        (vec!["large"], true),
        (vec![""], true),
    ] {
        let mut world = World::new();
        let medium = TaskSpec {
            risk: Risk::Medium,
            ..spec("a")
        };
        let (_, [task]) = world.running([medium]);
        let performer = world.agent("small");
        world.deliver(performer, task);
        for family in &families {
            // No family stands for a person.
            let reviewer = if family.is_empty() {
                world.person()
            } else {
                world.agent(family)
            };
            world.approve(reviewer, task).unwrap();
        }
        let expected = if suffices { "signing" } else { "reviewing" };
        assert_eq!(world.phase(task), expected, "{families:?}");
    }
}

fn approval(world: &World, task: TaskId) -> Option<&Approval> {
    match &world.work(task).phase {
        Phase::Accepted(_, settlement) => Some(&settlement.approval),
        _ => None,
    }
}

#[test]
fn rule_6_the_record_says_where_reviewer_and_signer_are_one_person() {
    for (signed_in_advance, reviewed_by_signer) in
        [(false, false), (false, true), (true, false), (true, true)]
    {
        let mut world = World::new();
        let medium = TaskSpec {
            risk: Risk::Medium,
            ..spec("a")
        };
        let (outcome, [task]) = world.running([medium]);
        if signed_in_advance {
            let terms = OutcomeCommand::PreApprove(Box::new(pre_approval(&world)));
            world.ask_outcome(outcome, terms).unwrap();
        }
        let (who, other) = (world.person(), world.person());
        world.deliver(who, task);
        let reviewer = if reviewed_by_signer { world.ada } else { other };
        world.approve(reviewer, task).unwrap();
        if !signed_in_advance {
            world.sign(task).unwrap();
        }
        let recorded = match approval(&world, task) {
            Some(
                Approval::SignedOff {
                    reviewed_it_too, ..
                }
                | Approval::InAdvance {
                    reviewed_it_too, ..
                },
            ) => Some(*reviewed_it_too),
            None => None,
        };
        assert_eq!(recorded, Some(reviewed_by_signer));
    }
}

#[test]
fn rule_6_critical_work_is_not_signed_by_one_of_its_reviewers() {
    let mut world = World::new();
    let critical = TaskSpec {
        risk: Risk::Critical,
        ..spec("a")
    };
    let (_, [task]) = world.running([critical]);
    let (who, other) = (world.person(), world.person());
    world.deliver(who, task);
    world.approve(world.ada, task).unwrap();
    world.approve(other, task).unwrap();
    assert_eq!(code(world.sign(task)), Some("risk_needs_more"));
}

#[test]
fn rule_6_a_signer_who_has_to_be_another_is_another_in_advance_too() {
    let mut policy = Policy::default();
    policy.reviews[1] = ReviewRule {
        in_advance: true,
        reviews: 1,
        separate_signer: true,
    };
    for by_signer in [true, false] {
        let mut world = World::with_policy(policy.clone());
        let medium = TaskSpec {
            risk: Risk::Medium,
            ..spec("a")
        };
        let (outcome, [task]) = world.running([medium]);
        let terms = OutcomeCommand::PreApprove(Box::new(pre_approval(&world)));
        world.ask_outcome(outcome, terms).unwrap();
        let (who, other) = (world.person(), world.person());
        world.deliver(who, task);
        let reviewer = if by_signer { world.ada } else { other };
        world.approve(reviewer, task).unwrap();
        assert_eq!(approval(&world, task).is_none(), by_signer);
    }
}

#[test]
fn rule_7_a_routing_decision_is_made_again_from_its_record() {
    let mut world = World::new();
    let (_, [done, task]) = world.running([spec("done"), spec("task")]);
    let people = [world.person(), world.person(), world.person()];
    world.agent("small");
    world.finish(people[0], done);
    world.wait(40 * 86_400_000);
    let decision = world.route(task, 7);
    world
        .engine(Body::Task(task, TaskCommand::Offer(Box::new(decision))))
        .unwrap();
    // What happens later must not change the answer.
    let chosen = match &world.work(task).phase {
        Phase::Offered(offer) => offer.to,
        other => panic!("{}", other.as_str()),
    };
    world.wait(86_400_000);
    world.finish(chosen, task);
    world.person();
    let recorded = world
        .history
        .iter()
        .find_map(|recorded| match &recorded.event {
            Event::Task(TaskEvent::Offered { decision, to, .. }) => Some((decision.clone(), *to)),
            _ => None,
        });
    let (recorded, to) = recorded.unwrap();
    assert_eq!(recorded.chosen(), Some(to));
    assert_eq!(recorded.ranked, 4);
    assert_eq!(
        recorded.excluded.values().sum::<u32>(),
        2,
        "Ada and the steward"
    );
    assert_eq!(world.route_again(task, &recorded), *recorded);
}

#[test]
fn rule_7_a_person_decides_about_suspensions() {
    let mut world = World::new();
    let (who, agent) = (world.person(), world.agent("small"));
    let suspend = || {
        let reason = "Copied from another.".to_owned();
        Body::Contributor(who, ContributorCommand::Suspend { reason })
    };
    for (principal, may) in [
        (Principal::Engine, false),
        (Principal::Contributor(agent), false),
        (Principal::Contributor(who), false),
        (Principal::Contributor(world.ada), false),
        (Principal::Contributor(world.steward), true),
    ] {
        assert_eq!(world.send(principal, suspend()).is_ok(), may, "{principal}");
    }
    assert_eq!(
        world.who(who).suspension.as_ref().unwrap().by,
        world.steward
    );
}

#[test]
fn rule_7_an_agent_that_is_a_steward_suspends_nobody() {
    let mut world = World::new();
    // The steward that a network is founded with may turn out to be an agent.
    let agent = world.agent("small");
    let mut other = World::new();
    other.states.clear();
    other.steward = agent;
    let found = NetworkCommand::Found {
        policy: Box::new(Policy::default()),
        steward: agent,
    };
    let network = other.network;
    other.engine(Body::Network(network, found)).unwrap();
    other.add(other.ada, Nature::Person, Profile::default(), &[]);
    let nature = Nature::Agent {
        family: "small".to_owned(),
        operator: other.ada,
    };
    other.add(agent, nature, agent_profile(), &[]);
    let reason = "It was slow.".to_owned();
    let suspend = Body::Contributor(other.ada, ContributorCommand::Suspend { reason });
    assert_eq!(code(other.by(agent, suspend)), Some("not_allowed"));
}
