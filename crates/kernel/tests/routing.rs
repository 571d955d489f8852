//! Routing: who is left out and why, and how scores come about.

use std::collections::BTreeMap;

use consort_kernel::contributor::{Contributor, Hours, Nature, Suspension};
use consort_kernel::id::ContributorId;
use consort_kernel::network::Policy;
use consort_kernel::reputation::Track;
use consort_kernel::routing::{
    Applicant, Candidate, Decision, Exclusion, Grounds, LEADING_MAX, Ranking, Requirement, Shown,
};
use consort_kernel::task::{DataClass, Mode, Risk, Task, TaskCommand, TaskSpec};
use consort_kernel::time::Timestamp;

use crate::world::{World, spec};

fn candidate(number: u128) -> Candidate {
    Candidate {
        contributor: ContributorId::from_bits(number),
        shown: Shown::by(Track::new(long_ago())),
        above: 0,
        rate_permille: 1000,
        taken: 0,
        concurrency: 1,
        awake: true,
        again: false,
    }
}

fn decide(candidates: &[Candidate], risk: Risk, policy: &Policy, seed: u64) -> Decision {
    let grounds = Grounds {
        policy,
        position: 12,
        at: long_ago(),
        seed,
    };
    let mut ranking = Ranking::new(risk, grounds);
    for candidate in candidates {
        ranking.add(candidate);
    }
    ranking.decide(BTreeMap::new())
}

#[test]
fn every_reason_for_leaving_somebody_out_is_found() {
    use Exclusion::{
        AgentsStopped, Capability, Clearance, Escalated, Level, MaterialExpired, Mode as OtherMode,
        OwnWork, PassedOver, Price, Suspended,
    };
    type Change = fn(&mut Case);
    let cases: [(Change, Option<Exclusion>); 14] = [
        (|_| (), None),
        (|it| it.agents_stopped = true, None),
        (
            |it| it.contributor.profile.clearance = DataClass::Public,
            Some(Clearance),
        ),
        (
            |it| it.contributor.profile.rate_permille = 1_001,
            Some(Price),
        ),
        (|it| it.contributor.skills.clear(), Some(Capability)),
        (|it| it.task.spec.level = 6, Some(Level)),
        (|it| it.task.spec.mode = Mode::Ai, Some(OtherMode)),
        (
            |it| it.contributor.suspension = Some(suspension()),
            Some(Suspended),
        ),
        (
            |it| it.task.passed_over = [it.contributor.id].into(),
            Some(PassedOver),
        ),
        (
            |it| it.task.apart = [it.contributor.id].into(),
            Some(OwnWork),
        ),
        (
            |it| it.task.spec.instructions.context[0].expires_at = Some(long_ago()),
            Some(MaterialExpired),
        ),
        (
            |it| it.task.escalated = Some((0, it.task.accountable)),
            Some(Escalated),
        ),
        (
            |it| {
                it.contributor.nature = agent();
                it.agents_stopped = true;
            },
            Some(AgentsStopped),
        ),
        (
            |it| {
                it.contributor.nature = agent();
                it.task.spec.mode = Mode::Person;
            },
            Some(OtherMode),
        ),
    ];
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let who = world.person();
    for (number, (change, expected)) in cases.into_iter().enumerate() {
        let mut case = Case {
            agents_stopped: false,
            contributor: world.who(who).clone(),
            task: world.work(task).clone(),
        };
        change(&mut case);
        let requirement = Requirement::of(&case.task, case.agents_stopped, world.now);
        let applicant = Applicant::of(&case.contributor, requirement.capability);
        let found = applicant.exclusion(&requirement, &case.task);
        assert_eq!(found, expected, "case {number}");
    }
}

/// Somebody and a task that fit each other, but for what a case changes.
struct Case {
    agents_stopped: bool,
    contributor: Contributor,
    task: Task,
}

const fn long_ago() -> Timestamp {
    Timestamp::from_millis(0)
}

fn suspension() -> Suspension {
    Suspension {
        at: Timestamp::from_millis(0),
        by: ContributorId::from_bits(1),
        reason: "It was copied.".to_owned(),
    }
}

fn agent() -> Nature {
    Nature::Agent {
        family: "small".to_owned(),
        operator: ContributorId::from_bits(1),
    }
}

#[test]
fn the_record_keeps_the_leading_few_and_how_many_there_were() {
    let candidates: Vec<Candidate> = (0..40).map(candidate).collect();
    let decision = decide(&candidates, Risk::Medium, &Policy::default(), 3);
    assert_eq!(decision.ranked, 40);
    assert_eq!(decision.leading.len(), LEADING_MAX);
    assert_eq!(decision.algorithm, "route/2");
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
        [0, 1, 2],
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
        taken: 1,
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
