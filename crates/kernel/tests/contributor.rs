//! A contributor's record: who may change it, and how standing comes about.

use std::collections::BTreeMap;

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{
    CAPABILITIES_MAX, Cause, ContributorCommand, EDGES_MAX, Hours, Nature, Profile, Tie,
};
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::personal::{PersonalValue, VALUE_BYTES_MAX};
use consort_kernel::rejection::Rejection;
use consort_kernel::reputation::WHOLE;
use consort_kernel::task::Verdict;

use crate::world::{World, agent_profile, judgment, spec};

fn declare(profile: Profile, capabilities: &[(&str, u8)]) -> ContributorCommand {
    let owned = |(key, level): &(&str, u8)| ((*key).to_owned(), *level);
    ContributorCommand::Declare {
        capabilities: capabilities.iter().map(owned).collect(),
        profile,
    }
}

fn result(cause: Option<Cause>, good_ppm: u32, with: ContributorId) -> ContributorCommand {
    ContributorCommand::RecordResult {
        capability: "write".to_owned(),
        cause,
        good_ppm,
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
        result(None, 1, world.ada),
    ];
    for command in commands {
        let answer = world.engine(Body::Contributor(nobody, command));
        assert_eq!(answer.unwrap_err().code(), "not_found");
    }
}

#[test]
fn a_suspended_contributor_takes_and_reviews_nothing_until_reinstated() {
    let mut world = World::new();
    let mut medium = spec("b");
    medium.risk = consort_kernel::task::Risk::Medium;
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
fn a_result_counts_against_somebody_only_where_the_capability_was_the_cause() {
    let half = u32::try_from(WHOLE / 2).unwrap();
    for (cause, good_ppm, good, bad) in [
        (None, 1_000_000, WHOLE, 0),
        (None, half, WHOLE / 2, WHOLE / 2),
        (Some(Cause::Capability), 0, 0, WHOLE),
        (Some(Cause::Communication), 0, 0, 0),
        (Some(Cause::ChangedExpectation), half, WHOLE, 0),
        (Some(Cause::OutsideShock), half, WHOLE, 0),
    ] {
        let mut world = World::new();
        let who = world.person();
        let record = Body::Contributor(who, result(cause, good_ppm, world.ada));
        world.engine(record).unwrap();
        let track = world.who(who).skills["write"].track;
        assert_eq!(
            (track.good, track.bad),
            (good, bad),
            "{cause:?} at {good_ppm}"
        );
    }
}

#[test]
fn standing_in_what_is_no_longer_declared_has_nowhere_to_go() {
    let mut world = World::new();
    let ada = world.ada;
    let record = Body::Contributor(ada, result(None, 1_000_000, world.steward));
    assert_eq!(world.engine(record.clone()), Ok(vec![]));
    assert_eq!(world.by(ada, record).unwrap_err().code(), "not_allowed");
}

#[test]
fn ties_are_counted_by_kind_and_nobody_is_tied_to_themselves() {
    let mut world = World::new();
    let ada = world.ada;
    let tie = |to| {
        let tie = Tie::Introduced;
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
    assert!(ties.values().all(|kinds| kinds[&Tie::Introduced] == 2));
}

#[test]
fn going_back_changes_no_standing_but_acceptance_does() {
    let mut world = World::new();
    let mut medium = spec("a");
    medium.risk = consort_kernel::task::Risk::Medium;
    let (_, [task]) = world.running([medium]);
    let (who, reviewer) = (world.person(), world.person());
    let before = world.who(who).skills.clone();
    world.deliver(who, task);
    let back = judgment(&world, task, Verdict::RequestChanges);
    world.review(reviewer, task, back).unwrap();
    assert_eq!(world.who(who).skills, before);
    world.deliver(who, task);
    world.approve(reviewer, task).unwrap();
    world.sign(task).unwrap();
    assert_eq!(world.who(who).skills["write"].track.good, WHOLE);
    assert_eq!(world.refused, []);
}

#[test]
fn an_added_contributor_may_be_anybody_but_not_twice() {
    let mut world = World::new();
    let id = ContributorId::new(world.now, 999);
    world
        .try_add(id, Nature::Person, Profile::default(), &[])
        .unwrap();
    let again = world.try_add(id, Nature::Person, Profile::default(), &[]);
    let exists = Rejection::Exists(consort_kernel::stream::StreamId::Contributor(id));
    assert_eq!(again, Err(exists));
}
