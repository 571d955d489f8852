//! A contributor's record: who may change it, and how standing comes about.

use std::collections::BTreeMap;

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{
    CAPABILITIES_MAX, Cause, ContributorCommand, ContributorEvent, EDGES_MAX, Evidence, Hours,
    Nature, Profile, Tie,
};
use consort_kernel::digest::Digest;
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::personal::{PersonalValue, VALUE_BYTES_MAX};
use consort_kernel::rejection::Rejection;
use consort_kernel::reputation::WHOLE;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Method, Mode, Risk, TaskCommand, Verdict};

use crate::world::{World, agent_profile, criterion, judgment, personal_name, pre_approval, spec};

fn declare(profile: Profile, capabilities: &[(&str, u8)]) -> ContributorCommand {
    let owned = |(key, level): &(&str, u8)| ((*key).to_owned(), *level);
    ContributorCommand::Declare {
        capabilities: capabilities.iter().map(owned).collect(),
        profile,
    }
}

fn result(evidence: Evidence, with: ContributorId) -> ContributorCommand {
    ContributorCommand::RecordResult {
        capability: "write".to_owned(),
        evidence,
        lease: 1,
        task: TaskId::from_bits(1),
        with,
    }
}

#[test]
fn a_person_answers_for_an_agent() {
    let mut world = World::new();
    let (person, agent) = (world.person(), world.agent("small"));
    let id = ContributorId::new(world.now, 999);
    let stranger = ContributorId::new(world.now, 998);
    for (operator, family, works) in [
        (person, "small", true),
        (person, " ", false),
        (agent, "small", false),
        (id, "small", false),
        (stranger, "small", false),
    ] {
        let mut world = world.clone();
        let nature = Nature::Agent {
            family: family.to_owned(),
            operator,
        };
        let answer = world.try_add(id, nature, agent_profile(), &[]);
        assert_eq!(answer.is_ok(), works, "{family} by {operator}");
    }
}

#[test]
fn an_agents_driver_is_changed_by_its_operator_alone() {
    let mut world = World::new();
    let (operator, agent) = (world.ada, world.agent("small"));
    let driven = |driver: Option<&str>| Profile {
        driver: driver.map(str::to_owned),
        ..agent_profile()
    };
    let answer = |world: &mut World, who: ContributorId, by, driver| {
        let body = Body::Contributor(who, declare(driven(driver), &[("write", 3)]));
        world.by(by, body)
    };
    assert!(answer(&mut world, agent, agent, Some("model/any")).is_err());
    assert!(answer(&mut world, agent, operator, Some(" ")).is_err());
    assert!(answer(&mut world, agent, operator, Some("model/small")).is_ok());
    assert!(answer(&mut world, agent, agent, Some("model/small")).is_ok());
    assert!(answer(&mut world, agent, agent, None).is_err());
    assert!(answer(&mut world, operator, operator, Some("model/small")).is_err());
}

#[test]
fn a_profile_keeps_within_bounds() {
    let hours = |from, hours| Profile {
        hours: Hours { from, hours },
        ..Profile::default()
    };
    let idle = Profile {
        concurrency: 0,
        ..Profile::default()
    };
    for (profile, level, works) in [
        (Profile::default(), 1, true),
        (Profile::default(), 8, true),
        (Profile::default(), 0, false),
        (Profile::default(), 9, false),
        (hours(23, 24), 3, true),
        (hours(24, 1), 3, false),
        (hours(0, 0), 3, false),
        (hours(0, 25), 3, false),
        (idle, 3, false),
    ] {
        let mut world = World::new();
        let id = ContributorId::new(world.now, 999);
        let answer = world.try_add(id, Nature::Person, profile.clone(), &[("write", level)]);
        assert_eq!(answer.is_ok(), works, "{profile:?} at {level}");
    }
    let mut world = World::new();
    let keys: Vec<String> = (0..=CAPABILITIES_MAX).map(|n| n.to_string()).collect();
    let many: Vec<(&str, u8)> = keys.iter().map(|key| (key.as_str(), 1)).collect();
    let declare = Body::Contributor(world.ada, declare(Profile::default(), &many));
    assert_eq!(
        world.by(world.ada, declare).unwrap_err().code(),
        "limit_reached"
    );
}

#[test]
fn whoever_answers_for_an_agent_adds_it() {
    let mut world = World::new();
    let (ada, other) = (world.ada, world.person());
    let id = ContributorId::new(world.now, world.draw());
    let name = personal_name(id.bits());
    let add = ContributorCommand::Add {
        capabilities: BTreeMap::new(),
        name: name.commitment(),
        nature: Nature::Agent {
            family: "small".to_owned(),
            operator: ada,
        },
        profile: Profile::default(),
    };
    let mut ask = |by| {
        let body = Body::Contributor(id, add.clone());
        let answer = world.send_with(by, body, vec![name.clone()]);
        answer.map(|_| ()).map_err(|why| why.code())
    };
    for nobody in [other, id].map(Principal::Contributor) {
        assert_eq!(ask(nobody), Err("not_allowed"));
    }
    assert_eq!(ask(Principal::Engine), Err("not_allowed"));
    assert_eq!(ask(Principal::Contributor(ada)), Ok(()));
}

#[test]
fn a_profile_is_declared_by_oneself_or_by_the_operator_of_an_agent() {
    let mut world = World::new();
    let (person, agent) = (world.person(), world.agent("small"));
    let (ada, steward) = (world.ada, world.steward);
    for (who, of, may) in [
        (person, person, true),
        (ada, person, false),
        (agent, agent, true),
        (ada, agent, true),
        (steward, agent, false),
        (agent, ada, false),
    ] {
        let body = Body::Contributor(of, declare(Profile::default(), &[("write", 4)]));
        assert_eq!(world.by(who, body).is_ok(), may, "{who} about {of}");
    }
    let body = Body::Contributor(person, declare(Profile::default(), &[]));
    assert_eq!(world.engine(body).unwrap_err().code(), "not_allowed");
}

#[test]
fn declaring_again_keeps_the_track_record() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.finish(who, task);
    let body = declare(Profile::default(), &[("draw", 2), ("write", 7)]);
    world.by(who, Body::Contributor(who, body)).unwrap();
    let skills = &world.who(who).skills;
    assert_eq!(
        (skills["write"].level, skills["write"].track.results),
        (7, 1)
    );
    assert_eq!(skills["draw"].track.results, 0);
}

#[test]
fn where_somebodys_money_goes_is_said_by_them_alone() {
    let mut world = World::new();
    let (person, other) = (world.person(), world.person());
    let agent = world.agent("small");
    let value = PersonalValue {
        field: "payout".to_owned(),
        salt: Digest::of(b"salt"),
        value: "an account".to_owned(),
    };
    let details = value.commitment();
    let mut say = |by: ContributorId, of: ContributorId, personal: Vec<PersonalValue>| {
        let command = ContributorCommand::SetPayout { details };
        let body = Body::Contributor(of, command);
        let said = world.send_with(Principal::Contributor(by), body, personal);
        said.map(|_| ()).map_err(|why| why.code())
    };
    assert_eq!(say(person, person, vec![value.clone()]), Ok(()));
    assert_eq!(say(person, person, Vec::new()), Err("invalid"));
    for (by, of) in [(other, person), (agent, agent), (person, agent)] {
        let refused = say(by, of, vec![value.clone()]);
        assert_eq!(refused, Err("not_allowed"), "{by} of {of}");
    }
    let known = world.states.get(&StreamId::Contributor(person));
    let Some(State::Contributor(known)) = known else {
        panic!("{known:?}");
    };
    assert_eq!(known.payout, Some((details, world.now)));
}

#[test]
fn a_contributor_is_added_once_with_the_name_that_it_commits_to() {
    let mut world = World::new();
    let ada = world.ada;
    let again = world.try_add(ada, Nature::Person, Profile::default(), &[]);
    assert_eq!(again.unwrap_err().code(), "exists");
    let name = |value: String| PersonalValue {
        field: "name".to_owned(),
        salt: Digest::of(b"salt"),
        value,
    };
    let (good, other) = (name("Bea".to_owned()), name("Cid".to_owned()));
    let endless = name("x".repeat(VALUE_BYTES_MAX + 1));
    for (committed, given, code) in [
        (&good, vec![good.clone()], None),
        (&good, vec![other.clone()], Some("invalid")),
        (&good, vec![], Some("invalid")),
        (&good, vec![good.clone(), other.clone()], Some("invalid")),
        (&endless, vec![endless.clone()], Some("limit_reached")),
    ] {
        let mut world = World::new();
        let id = ContributorId::new(world.now, 999);
        let add = ContributorCommand::Add {
            capabilities: BTreeMap::new(),
            name: committed.commitment(),
            nature: Nature::Person,
            profile: Profile::default(),
        };
        let body = Body::Contributor(id, add);
        let answer = world.send_with(Principal::Contributor(id), body, given);
        assert_eq!(answer.err().map(|it| it.code()), code);
    }
}

#[test]
fn nothing_is_asked_of_somebody_who_is_not_there() {
    let mut world = World::new();
    let nobody = ContributorId::new(world.now, 999);
    let reason = || "because".to_owned();
    let commands = [
        declare(Profile::default(), &[]),
        ContributorCommand::Suspend { reason: reason() },
        ContributorCommand::Reinstate { reason: reason() },
        result(Evidence::Accepted(1), world.ada),
    ];
    for command in commands {
        let answer = world.engine(Body::Contributor(nobody, command));
        assert_eq!(answer.unwrap_err().code(), "not_found");
    }
}

#[test]
fn a_suspended_accountable_person_stops_things_and_signs_nothing() {
    let mut world = World::new();
    let (outcome, [by_hand, in_advance]) = world.running([spec("a"), spec("b")]);
    let terms = pre_approval(&world);
    world
        .ask_outcome(outcome, OutcomeCommand::PreApprove(Box::new(terms)))
        .unwrap();
    let (ada, steward, who) = (world.ada, world.steward, world.person());
    let reason = "It was reported.".to_owned();
    let suspend = ContributorCommand::Suspend {
        reason: reason.clone(),
    };
    world.by(steward, Body::Contributor(ada, suspend)).unwrap();
    for task in [by_hand, in_advance] {
        world.deliver(who, task);
        assert_eq!(world.phase(task), "signing", "nobody signs in her name");
    }
    assert_eq!(world.sign(by_hand).unwrap_err().code(), "not_allowed");
    let more = world.plan(outcome, vec![spec("c")]);
    assert_eq!(more.unwrap_err().code(), "not_allowed");
    let pause = OutcomeCommand::Pause {
        reason: reason.clone(),
    };
    world
        .ask_outcome(outcome, pause)
        .expect("who stops harms nobody");
    let resume = OutcomeCommand::Resume {
        reason: reason.clone(),
    };
    let answer = world.ask_outcome(outcome, resume.clone());
    assert_eq!(answer.unwrap_err().code(), "not_allowed");
    let reinstate = ContributorCommand::Reinstate { reason };
    world
        .by(steward, Body::Contributor(ada, reinstate))
        .unwrap();
    world.ask_outcome(outcome, resume).unwrap();
    assert_eq!(world.phase(in_advance), "accepted", "her word counts again");
}

#[test]
fn a_suspended_contributor_takes_and_reviews_nothing_until_reinstated() {
    let mut world = World::new();
    let mut medium = spec("b");
    medium.risk = Risk::Medium;
    let (_, [free, handed]) = world.running([spec("a"), medium]);
    let (who, other) = (world.person(), world.person());
    world.deliver(other, handed);
    let steward = world.steward;
    let suspend = |reason: &str| {
        let reason = reason.to_owned();
        Body::Contributor(who, ContributorCommand::Suspend { reason })
    };
    let reinstate = || {
        let reason = "It was a mistake.".to_owned();
        Body::Contributor(who, ContributorCommand::Reinstate { reason })
    };
    assert_eq!(
        world.by(steward, reinstate()).unwrap_err().code(),
        "wrong_phase"
    );
    assert_eq!(
        world.by(steward, suspend(" ")).unwrap_err().code(),
        "invalid"
    );
    world.by(steward, suspend("It was copied.")).unwrap();
    assert_eq!(
        world.by(steward, suspend("Again.")).unwrap_err().code(),
        "wrong_phase"
    );
    assert_eq!(world.claim(who, free).unwrap_err().code(), "not_eligible");
    assert_eq!(
        world.approve(who, handed).unwrap_err().code(),
        "not_eligible"
    );
    assert_eq!(
        world.who(who).suspension.as_ref().unwrap().reason,
        "It was copied."
    );
    world.by(steward, reinstate()).unwrap();
    world.approve(who, handed).unwrap();
    world.claim(who, free).unwrap();
}

#[test]
fn evidence_counts_by_its_weight_and_nothing_is_recorded_of_what_weighs_nothing() {
    use Cause::{Capability, ChangedExpectation, Communication, OutsideShock};
    for (evidence, good, bad) in [
        (Evidence::Accepted(1_000_000), WHOLE, 0),
        (Evidence::Accepted(500_000), WHOLE / 2, WHOLE / 2),
        (Evidence::SentBack(Capability), 0, WHOLE / 2),
        (Evidence::SentBack(Communication), 0, WHOLE / 8),
        (Evidence::SentBack(ChangedExpectation), 0, 0),
        (Evidence::Rejected(Capability), 0, WHOLE),
        (Evidence::Rejected(OutsideShock), 0, 0),
        (Evidence::LeaseExpired(Capability), 0, WHOLE / 2),
        (Evidence::Failed(Capability), 0, WHOLE),
    ] {
        let mut world = World::new();
        let who = world.person();
        let record = Body::Contributor(who, result(evidence, world.ada));
        let events = world.engine(record).unwrap();
        let track = world.who(who).skills["write"].track;
        assert_eq!((track.good, track.bad), (good, bad), "{evidence:?}");
        assert_eq!(events.is_empty(), good + bad == 0, "{evidence:?}");
        assert_eq!(
            world.who(who).ties.is_empty(),
            !evidence.is_accepted(),
            "{evidence:?}"
        );
    }
}

#[test]
fn standing_in_what_is_no_longer_declared_has_nowhere_to_go() {
    let mut world = World::new();
    let ada = world.ada;
    let lost = result(Evidence::Rejected(Cause::Capability), world.steward);
    assert_eq!(world.engine(Body::Contributor(ada, lost)), Ok(vec![]));
    let record = Body::Contributor(ada, result(Evidence::Accepted(1_000_000), world.steward));
    world.engine(record.clone()).unwrap();
    let ties = &world.who(ada).ties[&world.steward];
    assert_eq!(ties[&Tie::WorkedWith], 1, "they worked with each other");
    assert_eq!(world.by(ada, record).unwrap_err().code(), "not_allowed");
}

#[test]
fn ties_are_counted_by_kind_and_nobody_is_tied_to_themselves() {
    let mut world = World::new();
    let ada = world.ada;
    let tie = |to| {
        let tie = Tie::Reviewed;
        let task = None;
        Body::Contributor(ada, ContributorCommand::RecordTie { task, tie, to })
    };
    assert_eq!(world.engine(tie(ada)), Ok(vec![]));
    for number in 0..=EDGES_MAX {
        let to = ContributorId::from_bits(number as u128);
        world.engine(tie(to)).unwrap();
        world.engine(tie(to)).unwrap();
    }
    let ties = &world.who(ada).ties;
    assert_eq!(ties.len(), EDGES_MAX);
    assert!(ties.values().all(|kinds| kinds[&Tie::Reviewed] == 2));
}

#[test]
fn a_person_who_knows_both_or_a_steward_introduces_two_to_each_other() {
    let mut world = World::new();
    let (one, other, apart) = (world.person(), world.person(), world.person());
    let (_, [task]) = world.running([spec("a")]);
    world.finish(one, task);
    let introduce = |who, to| Body::Contributor(who, ContributorCommand::Introduce { to });
    let code =
        |world: &mut World, by, who, to| world.by(by, introduce(who, to)).err().map(|it| it.code());
    // Ada has worked with the one, and not with the other.
    let ada = world.ada;
    assert_eq!(code(&mut world, ada, one, other), Some("not_allowed"));
    let (_, [task]) = world.running([spec("b")]);
    world.finish(other, task);
    let nobody = ContributorId::new(world.now, 999);
    for (by, who, to, expected) in [
        (world.ada, one, other, None),
        (world.steward, one, apart, None),
        (world.ada, one, apart, Some("not_allowed")),
        (one, one, other, Some("not_allowed")),
        (other, one, other, Some("not_allowed")),
        (world.steward, one, one, Some("not_allowed")),
        (world.ada, one, nobody, Some("not_found")),
    ] {
        assert_eq!(code(&mut world, by, who, to), expected, "{by}: {who}, {to}");
    }
    let by_engine = world.engine(introduce(one, other));
    assert_eq!(by_engine.unwrap_err().code(), "not_allowed");
    let ties = &world.who(one).ties;
    assert_eq!(ties[&other][&Tie::Introduced], 1);
    assert_eq!(ties[&apart][&Tie::Introduced], 1);
}

/// What is for and against somebody's writing.
fn standing(world: &World, who: ContributorId) -> (u64, u64) {
    let track = world.who(who).skills["write"].track;
    (track.good, track.bad)
}

/// A world whose only task, of medium risk, was handed in by the first and may be judged by the
/// second.
fn handed_in() -> (World, TaskId, [ContributorId; 2]) {
    let mut world = World::new();
    let mut medium = spec("a");
    medium.risk = Risk::Medium;
    let (_, [task]) = world.running([medium]);
    let people = [world.person(), world.person()];
    world.deliver(people[0], task);
    (world, task, people)
}

#[test]
fn work_that_goes_back_lowers_standing_by_its_cause_and_acceptance_raises_it() {
    for (cause, bad) in [
        (Cause::Capability, WHOLE / 2),
        (Cause::Communication, WHOLE / 8),
        (Cause::ChangedExpectation, 0),
        (Cause::OutsideShock, 0),
    ] {
        let (mut world, task, [who, reviewer]) = handed_in();
        let mut back = judgment(&world, task, Verdict::RequestChanges);
        back.cause = Some(cause);
        world.review(reviewer, task, back).unwrap();
        assert_eq!(standing(&world, who), (0, bad), "{cause:?}");
        world.deliver(who, task);
        world.approve(reviewer, task).unwrap();
        world.sign(task).unwrap();
        assert_eq!(standing(&world, who), (WHOLE, bad), "{cause:?}");
        assert_eq!(world.refused, []);
    }
}

#[test]
fn a_rejection_weighs_as_much_as_an_acceptance_and_is_a_dispute_between_the_two() {
    let (mut world, task, [who, reviewer]) = handed_in();
    let rejected = judgment(&world, task, Verdict::Reject);
    world.review(reviewer, task, rejected).unwrap();
    assert_eq!(standing(&world, who), (0, WHOLE));
    let ties = &world.who(reviewer).ties[&who];
    assert_eq!((ties[&Tie::Reviewed], ties[&Tie::Disputed]), (1, 1));
}

#[test]
fn a_check_that_fails_lowers_standing() {
    let mut world = World::new();
    let mut checked = spec("a");
    let cited = criterion("cited", 1, Method::MustCite);
    checked.instructions.criteria.push(cited);
    let (_, [task]) = world.running([checked]);
    let who = world.person();
    world.deliver(who, task);
    world.check(task, &[false]).unwrap();
    assert_eq!(standing(&world, who), (0, WHOLE / 2));
}

#[test]
fn a_lease_that_runs_out_lowers_standing_unless_its_holder_had_to_rest() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let who = world.person();
    let expire = |lease| Body::Task(task, TaskCommand::Expire { lease });
    world.claim(who, task).unwrap();
    world.engine(expire(1)).unwrap();
    assert_eq!(standing(&world, who), (0, WHOLE / 2));
    world.claim(who, task).unwrap();
    let reason = "The budget is looked at again.".to_owned();
    world
        .ask_outcome(outcome, OutcomeCommand::Pause { reason })
        .unwrap();
    world.engine(expire(2)).unwrap();
    assert_eq!(
        standing(&world, who),
        (0, WHOLE / 2),
        "it rested with the outcome"
    );
}

#[test]
fn a_task_that_is_given_up_lowers_standing_only_where_its_performer_was_the_cause() {
    for (cause, phase, bad) in [
        (Some(Cause::Capability), "leased", WHOLE),
        (Some(Cause::Communication), "signing", WHOLE / 4),
        (Some(Cause::OutsideShock), "signing", 0),
        (None, "signing", 0),
        (Some(Cause::Capability), "ready", 0),
    ] {
        let mut world = World::new();
        let (_, [task]) = world.running([spec("a")]);
        let who = world.person();
        world.claim(who, task).unwrap();
        let note = "Somebody else will know.".to_owned();
        match phase {
            "signing" => world.submit(who, task, "the work").map(|_| ()).unwrap(),
            "ready" => {
                let release = TaskCommand::Release { lease: 1, note };
                world.ask_task(who, task, release).unwrap();
            }
            _ => {}
        }
        assert_eq!(world.phase(task), phase);
        let reason = "It is not to be had.".to_owned();
        world
            .ask_task(world.ada, task, TaskCommand::Fail { cause, reason })
            .unwrap();
        assert_eq!(standing(&world, who), (0, bad), "{cause:?} while {phase}");
    }
}

#[test]
fn declining_lapsing_and_giving_back_change_no_standing() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    let decision = world.route(task, 1);
    let offer = TaskCommand::Offer(Box::new(decision));
    world.engine(Body::Task(task, offer)).unwrap();
    world.ask_task(who, task, TaskCommand::Decline).unwrap();
    let other = world.person();
    let decision = world.route(task, 1);
    let offer = TaskCommand::Offer(Box::new(decision));
    world.engine(Body::Task(task, offer)).unwrap();
    let lapse = TaskCommand::LapseOffer { number: 2 };
    world.engine(Body::Task(task, lapse)).unwrap();
    let third = world.person();
    world.claim(third, task).unwrap();
    let note = "I am called away.".to_owned();
    let release = TaskCommand::Release { lease: 1, note };
    world.ask_task(third, task, release).unwrap();
    for who in [who, other, third] {
        assert_eq!(standing(&world, who), (0, 0));
    }
}

#[test]
fn in_a_pair_who_finishes_has_worked_with_who_drafted() {
    let mut world = World::new();
    let mut pair = spec("a");
    pair.mode = Mode::Pair;
    let (_, [task]) = world.running([pair]);
    let (agent, person) = (world.agent("small"), world.person());
    world.deliver(agent, task);
    world.deliver(person, task);
    world.sign(task).unwrap();
    assert_eq!(world.who(person).ties[&agent][&Tie::WorkedWith], 1);
    for who in [agent, person] {
        assert_eq!(standing(&world, who), (WHOLE, 0));
    }
}

#[test]
fn a_change_of_standing_says_what_it_rests_on() {
    let (mut world, task, [who, reviewer]) = handed_in();
    let back = judgment(&world, task, Verdict::RequestChanges);
    world.review(reviewer, task, back).unwrap();
    let (ada, track) = (world.ada, world.who(who).skills["write"].track);
    let changed = ContributorEvent::StandingChanged {
        algorithm: "standing/1".to_owned(),
        capability: "write".to_owned(),
        evidence: Evidence::SentBack(Cause::Capability),
        lease: 1,
        task,
        track,
        with: ada,
    };
    let recorded = world.history.iter().map(|recorded| &recorded.event);
    let so_often = recorded.filter(|it| **it == Event::Contributor(changed.clone()));
    assert_eq!(so_often.count(), 1);
}

#[test]
fn an_added_contributor_may_be_anybody_but_not_twice() {
    let mut world = World::new();
    let id = ContributorId::new(world.now, 999);
    world
        .try_add(id, Nature::Person, Profile::default(), &[])
        .unwrap();
    let again = world.try_add(id, Nature::Person, Profile::default(), &[]);
    let exists = Rejection::Exists(StreamId::Contributor(id));
    assert_eq!(again, Err(exists));
}
