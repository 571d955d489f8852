//! Decisions that were made by earlier rules: each is made again by its own.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use consort_engine::routing::{Directory, why};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{Cause, Profile};
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::routing::Decision;
use consort_kernel::task::{Mode, Phase, Task, TaskCommand, TaskSpec};
use consort_testkit::fixture;

use crate::fixture::{ADA, Story, id};

const BEN: ContributorId = ContributorId::from_bits(7);
const CIS: ContributorId = ContributorId::from_bits(8);

/// A task that Ben did and that came back, with Cis, who asks less and has joined since.
fn returned() -> Story {
    let for_people = TaskSpec {
        mode: Mode::Person,
        ..fixture::spec("a")
    };
    let story = Story::with_specs(vec![for_people], vec![]);
    let join = |who, rate_permille| {
        let profile = Profile {
            rate_permille,
            ..Profile::default()
        };
        story.ask(fixture::add_person(who, fixture::able(5), profile));
    };
    join(BEN, 1_000);
    story.dispatcher().look().unwrap();
    let send = |who, command| {
        let body = Body::Task(id("a"), command);
        story
            .engine
            .execute(Principal::Contributor(who), body)
            .unwrap();
    };
    send(BEN, TaskCommand::Claim);
    let submission = fixture::submission("{}");
    send(
        BEN,
        TaskCommand::Submit {
            lease: 1,
            submission,
        },
    );
    let reasons = vec![fixture::reason()];
    let cause = Cause::Capability;
    send(
        ADA,
        TaskCommand::RequestChanges {
            cause,
            lease: 1,
            reasons,
        },
    );
    join(CIS, 500);
    story
}

/// What is decided on the task now.
fn decided(story: &Story, task: &Task) -> Decision {
    let mut directory = Directory::default();
    directory.read_on(story.engine.store(), None).unwrap();
    let place = format!("{}/{}", task.id, task.offer_number);
    let seed = u64::try_from(Digest::of(place.as_bytes()).leading_bits() >> 64).unwrap();
    directory.rank(task, story.engine.now(), seed, &BTreeMap::new())
}

#[test]
fn what_went_to_anybody_before_it_went_back_to_whoever_did_it_is_decided_so_again() {
    for goes_back in [true, false] {
        let story = returned();
        let task = story.task("a");
        assert_eq!(task.phase, Phase::Ready);
        let now = decided(&story, &task);
        assert_eq!(now.chosen(), Some(BEN), "it goes back to him");
        let mut then = Decision {
            algorithm: Decision::WITHOUT_OFFERS.to_owned(),
            ..now
        };
        if !goes_back {
            for scored in &mut then.leading {
                scored.again = false;
            }
            then.leading
                .sort_by_key(|it| (Reverse(it.score), it.contributor));
            assert_eq!(then.chosen(), Some(CIS), "she asks less");
        }
        let offer = Body::Task(task.id, TaskCommand::Offer(Box::new(then)));
        story.engine.execute(Principal::Engine, offer).unwrap();
        let all = why(story.engine.store(), task.id, None).unwrap();
        assert!(all.iter().all(|it| it.reproduced), "{all:?}");
    }
}
