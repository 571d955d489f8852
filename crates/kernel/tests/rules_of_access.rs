//! What must always hold about who sees and does what: rules 9 and 10 of the design, each test
//! named after its rule.

use consort_kernel::command::Body;
use consort_kernel::contributor::{ContributorCommand, Profile, Tie};
use consort_kernel::id::ContributorId;
use consort_kernel::network::{NetworkCommand, Switch};
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{DataClass, Risk, TaskCommand, TaskSpec, Verdict};

use crate::world::{World, judgment, reason, spec};

fn code<T>(answer: Result<T, Rejection>) -> Option<&'static str> {
    answer.err().map(|rejection| rejection.code())
}

#[test]
fn rule_9_a_data_class_limits_who_may_work_with_the_material() {
    let classes = [
        DataClass::Public,
        DataClass::Internal,
        DataClass::Confidential,
        DataClass::Restricted,
    ];
    for class in classes {
        for clearance in classes {
            let mut world = World::new();
            let mut secret = spec("a");
            secret.risk = Risk::Medium;
            // One open item does not make the other less secret.
            let mut open = secret.instructions.context[0].clone();
            open.class = DataClass::Public;
            secret.instructions.context[0].class = class;
            secret.instructions.context.push(open);
            let (_, [task]) = world.running([secret]);
            let profile = |clearance| Profile {
                clearance,
                ..Profile::default()
            };
            let cleared = world.person_with(profile(DataClass::Restricted), &[("write", 5)]);
            let who = world.person_with(profile(clearance), &[("write", 5)]);
            let may = clearance >= class;
            assert_eq!(
                world.claim(who, task).is_ok(),
                may,
                "{clearance:?} for {class:?}"
            );
            let lease = world.lease(task);
            if may {
                let note = String::new();
                let release = TaskCommand::Release { lease, note };
                world.ask_task(who, task, release).unwrap();
            }
            world.deliver(cleared, task);
            assert_eq!(world.approve(who, task).is_ok(), may, "as a reviewer");
        }
    }
}

#[test]
fn rule_9_escalation_gives_no_clearance() {
    let mut world = World::new();
    let mut secret = spec("a");
    secret.instructions.context[0].class = DataClass::Restricted;
    let (_, [task]) = world.running([secret]);
    let cleared = Profile {
        clearance: DataClass::Restricted,
        ..Profile::default()
    };
    let who = world.person_with(cleared, &[("write", 5)]);
    for lease in 1..=3 {
        world.claim(who, task).unwrap();
        let expire = TaskCommand::Expire { lease };
        world.engine(Body::Task(task, expire)).unwrap();
    }
    assert_eq!(world.work(task).escalated, Some((0, world.ada)));
    assert_eq!(code(world.claim(world.ada, task)), Some("not_eligible"));
}

#[test]
fn rule_10_whoever_is_not_in_the_network_does_nothing_in_it() {
    let mut world = World::new();
    let medium = TaskSpec {
        risk: Risk::Medium,
        ..spec("handed")
    };
    let (outcome, [free, handed]) = world.running([spec("free"), medium]);
    let who = world.person();
    world.deliver(who, handed);
    let stranger = ContributorId::new(world.now, 424_242);
    let signature = world.signature(handed);
    let accept = judgment(&world, handed, Verdict::Accept);
    let text = || "as I say".to_owned();
    let bodies = [
        Body::Task(free, TaskCommand::Claim),
        Body::Task(free, TaskCommand::Decline),
        Body::Task(handed, TaskCommand::Review(Box::new(accept))),
        Body::Task(handed, TaskCommand::SignOff(Box::new(signature))),
        Body::Task(
            handed,
            TaskCommand::RequestChanges {
                cause: consort_kernel::contributor::Cause::Capability,
                lease: 1,
                reasons: vec![reason("complete")],
            },
        ),
        Body::Task(
            handed,
            TaskCommand::Fail {
                cause: None,
                reason: text(),
            },
        ),
        Body::Task(handed, TaskCommand::Cancel { reason: text() }),
        Body::Outcome(outcome, OutcomeCommand::Start),
        Body::Outcome(outcome, OutcomeCommand::Pause { reason: text() }),
        Body::Outcome(outcome, OutcomeCommand::Cancel { reason: text() }),
        Body::Contributor(who, ContributorCommand::Suspend { reason: text() }),
        Body::Contributor(
            who,
            ContributorCommand::RecordTie {
                task: None,
                tie: Tie::Introduced,
                to: stranger,
            },
        ),
        Body::Network(
            world.network,
            NetworkCommand::Stop {
                reason: text(),
                switch: Switch::Payouts,
            },
        ),
    ];
    let before = world.states.clone();
    for body in bodies {
        assert!(world.by(stranger, body.clone()).is_err(), "{body:?}");
    }
    assert_eq!(world.states, before);
}
