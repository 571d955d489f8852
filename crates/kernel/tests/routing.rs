//! Routing: who is left out and why, and how scores come about.

use std::collections::BTreeMap;

use consort_kernel::contributor::{Hours, Profile};
use consort_kernel::id::ContributorId;
use consort_kernel::network::Policy;
use consort_kernel::reputation::estimate;
use consort_kernel::routing::{
    Candidate, Decision, Exclusion, Grounds, LEADING_MAX, Requirement, exclusion, rank,
};
use consort_kernel::task::{DataClass, Mode, Risk, TaskCommand, TaskSpec};
use consort_kernel::time::Timestamp;

use crate::world::{World, spec};

fn candidate(number: u128) -> Candidate {
    Candidate {
        contributor: ContributorId::from_bits(number),
        standing: estimate(0, 0),
        above: 0,
        rate_permille: 1000,
        held: 0,
        concurrency: 1,
        awake: true,
    }
}

fn decide(candidates: &[Candidate], risk: Risk, policy: &Policy, seed: u64) -> Decision {
    let grounds = Grounds {
        policy,
        position: 12,
        at: Timestamp::from_millis(0),
        seed,
    };
    rank(candidates.iter().copied(), BTreeMap::new(), risk, grounds)
}

#[test]
fn every_reason_for_leaving_somebody_out_is_found() {
    use Exclusion::{
        AgentsStopped, Capability, Clearance, Escalated, Level, Mode as OtherMode, OwnWork,
        PassedOver, Price, Suspended,
    };
    type Change = fn(&mut Case);
    let cases: [(Change, Option<Exclusion>); 13] = [
        (|_| (), None),
        (|it| it.agents_stopped = true, None),
        (
            |it| it.profile.clearance = DataClass::Public,
            Some(Clearance),
        ),
        (|it| it.profile.rate_permille = 1_001, Some(Price)),
        (|it| it.capability = "draw", Some(Capability)),
        (|it| it.level = 2, Some(Level)),
        (|it| it.mode = Mode::Ai, Some(OtherMode)),
        (|it| it.suspended = true, Some(Suspended)),
        (|it| it.passed_over = true, Some(PassedOver)),
        (|it| it.apart = true, Some(OwnWork)),
        (|it| it.escalated_to_another = true, Some(Escalated)),
        (
            |it| {
                it.is_agent = true;
                it.agents_stopped = true;
            },
            Some(AgentsStopped),
        ),
        (
            |it| {
                it.is_agent = true;
                it.mode = Mode::Person;
            },
            Some(OtherMode),
        ),
    ];
    for (number, (change, expected)) in cases.into_iter().enumerate() {
        let mut case = Case::default();
        change(&mut case);
        assert_eq!(case.exclusion(), expected, "case {number}");
    }
}

/// Somebody and a task that fit each other, but for what a case changes.
struct Case {
    agents_stopped: bool,
    apart: bool,
    capability: &'static str,
    escalated_to_another: bool,
    is_agent: bool,
    level: u8,
    mode: Mode,
    passed_over: bool,
    profile: Profile,
    suspended: bool,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            agents_stopped: false,
            apart: false,
            capability: "write",
            escalated_to_another: false,
            is_agent: false,
            level: 3,
            mode: Mode::Either,
            passed_over: false,
            profile: Profile::default(),
            suspended: false,
        }
    }
}

impl Case {
    fn exclusion(&self) -> Option<Exclusion> {
        let mut world = World::new();
        let (_, [task]) = world.running([TaskSpec {
            mode: self.mode,
            ..spec("a")
        }]);
        let who = if self.is_agent {
            world.agent("small")
        } else {
            world.person_with(self.profile.clone(), &[(self.capability, self.level)])
        };
        let mut contributor = world.who(who).clone();
        if self.suspended {
            contributor.suspension = Some(consort_kernel::contributor::Suspension {
                at: world.now,
                by: world.steward,
                reason: "It was copied.".to_owned(),
            });
        }
        let mut work = world.work(task).clone();
        if self.passed_over {
            work.passed_over.insert(who);
        }
        if self.apart {
            work.apart.insert(who);
        }
        if self.escalated_to_another {
            work.escalated = Some((0, world.ada));
        }
        let requirement = Requirement::of(&work, self.agents_stopped);
        exclusion(&requirement, &work, &contributor)
    }
}

#[test]
fn the_record_keeps_the_leading_few_and_how_many_there_were() {
    let candidates: Vec<Candidate> = (0..40).map(candidate).collect();
    let decision = decide(&candidates, Risk::Medium, &Policy::default(), 3);
    assert_eq!(decision.ranked, 40);
    assert_eq!(decision.leading.len(), LEADING_MAX);
    assert_eq!(decision.algorithm, "route/1");
    assert_eq!(
        (decision.policy, decision.position, decision.seed),
        (1, 12, 3)
    );
    let numbers: Vec<u128> = decision
        .leading
        .iter()
        .map(|it| it.contributor.bits())
        .collect();
    assert_eq!(
        numbers,
        [0, 1, 2, 3, 4],
        "equals come in the order of their identifiers"
    );
    let nobody = decide(&[], Risk::Low, &Policy::default(), 3);
    assert_eq!(nobody.chosen(), None);
}

#[test]
fn a_score_is_the_weighted_sum_of_five_qualities() {
    let policy = Policy::default();
    let good = Candidate {
        above: 3,
        rate_permille: 250,
        held: 1,
        concurrency: 4,
        awake: false,
        ..candidate(1)
    };
    let decision = decide(&[good], Risk::Critical, &policy, 0);
    let scored = &decision.leading[0];
    let qualities = [
        scored.capability,
        scored.standing,
        scored.price,
        scored.load,
        scored.overlap,
    ];
    assert_eq!(qualities, [1_000_000, 0, 750_000, 750_000, 0]);
    assert_eq!(scored.score, 250_000 + 150_000 + 75_000);
}

#[test]
fn the_seed_draws_for_safe_work_only() {
    let people: Vec<Candidate> = (0..10).map(candidate).collect();
    let policy = Policy::default();
    for (risk, differs) in [
        (Risk::Low, true),
        (Risk::Medium, false),
        (Risk::High, false),
        (Risk::Critical, false),
    ] {
        let first = decide(&people, risk, &policy, 1).leading;
        let second = decide(&people, risk, &policy, 2).leading;
        assert_eq!(first != second, differs, "{risk:?}");
        assert_eq!(first, decide(&people, risk, &policy, 1).leading);
    }
}

#[test]
fn working_hours_go_over_midnight() {
    for (from, hours, hour, covers) in [
        (9, 8, 9, true),
        (9, 8, 16, true),
        (9, 8, 17, false),
        (9, 8, 8, false),
        (22, 4, 23, true),
        (22, 4, 1, true),
        (22, 4, 2, false),
        (0, 24, 23, true),
    ] {
        let hours = Hours { from, hours };
        assert_eq!(hours.covers(hour), covers, "{hour} in {hours:?}");
    }
}

#[test]
fn an_escalated_task_is_for_one_person_alone() {
    let mut world = World::new();
    let (_, [task]) = world.running([TaskSpec {
        mode: Mode::Ai,
        ..spec("a")
    }]);
    let agent = world.agent("small");
    for lease in 1..=3 {
        world.claim(agent, task).unwrap();
        let note = String::new();
        world
            .ask_task(agent, task, TaskCommand::Release { lease, note })
            .unwrap();
    }
    let decision = world.route(task, 1);
    assert_eq!(decision.chosen(), Some(world.ada), "though she is no agent");
    assert_eq!(decision.ranked, 1);
}
