//! Failures: tried again after a rest, given up in the end, and never the end of the runner.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use consort_engine::check::{ProgramAnswer, Programs, Sources};
use consort_kernel::task::{Method, Phase};
use consort_store::StoreError;
use consort_store::memory::{Faults, MemoryStore};
use consort_store::{Committed, WriteSet};
use consort_testkit::fixture::criterion;

use crate::fixture::{ADA, Act, RETRY, Story, id, made, round, spec};

#[test]
fn a_failure_that_passes_is_tried_again_under_the_same_lease() {
    let story = Story::new(&["a"], vec![Act::Fail("timeout"), Act::Fail("timeout")]);
    let dispatcher = story.dispatcher();
    assert_eq!(round(&dispatcher), [id("a")]);
    assert_eq!(dispatcher.trouble()[&id("a")], "timeout");
    assert_eq!(round(&dispatcher), []);
    story.clock.advance(499);
    assert_eq!(round(&dispatcher), []);
    story.clock.advance(1);
    assert_eq!(round(&dispatcher), [id("a")]);
    story.clock.advance(999);
    assert_eq!(round(&dispatcher), []);
    story.clock.advance(1);
    assert_eq!(round(&dispatcher), [id("a")]);
    let task = story.task("a");
    assert_eq!(task.handed().unwrap().submission.content, made());
    assert_eq!((task.attempts_total, task.lease_number), (1, 1));
    assert!(dispatcher.trouble().is_empty());
}

#[test]
fn after_the_last_try_a_person_has_to_see_to_it() {
    let fails = (0..9).map(|_| Act::Fail("no connection")).collect();
    let story = Story::new(&["a"], fails);
    let dispatcher = story.dispatcher();
    // Each rest is shorter than a minute; after the last try nothing rests any more.
    for _ in 0..RETRY.tries_max {
        dispatcher.settle().unwrap();
        story.clock.advance(60_000);
    }
    assert_eq!(story.calls(), RETRY.tries_max as usize);
    let task = story.task("a");
    assert_eq!(task.escalated.unwrap().1, ADA);
    let Phase::Offered(offer) = &task.phase else {
        panic!("{:?}", task.phase);
    };
    assert_eq!(offer.to, ADA);
    let trouble = &dispatcher.trouble()[&id("a")];
    assert!(trouble.contains("tried 3 times"), "{trouble}");
    assert!(trouble.contains("no connection"), "{trouble}");
}

#[test]
fn what_is_put_off_is_asked_again_after_its_wait_however_often() {
    let story = Story::new(&["a"], (0..6).map(|_| Act::Later(5_000)).collect());
    let dispatcher = story.dispatcher();
    for _ in 0..6 {
        assert_eq!(round(&dispatcher), [id("a")]);
        story.clock.advance(4_999);
        assert_eq!(round(&dispatcher), []);
        story.clock.advance(1);
    }
    assert_eq!(round(&dispatcher), [id("a")]);
    assert!(story.task("a").handed().is_some());
}

#[test]
fn what_would_wait_for_too_long_goes_to_a_person() {
    let story = Story::new(&["a"], vec![Act::Later(86_400_000)]);
    let dispatcher = story.dispatcher();
    dispatcher.settle().unwrap();
    assert_eq!(story.calls(), 1);
    assert_eq!(story.task("a").escalated.unwrap().1, ADA);
    assert!(dispatcher.trouble()[&id("a")].contains("waited too long: not now"));
}

#[test]
fn what_an_agent_cannot_do_is_handed_over_without_another_try() {
    let story = Story::new(&["a"], vec![Act::HandOver("this needs a person")]);
    let dispatcher = story.dispatcher();
    dispatcher.settle().unwrap();
    assert_eq!(story.calls(), 1);
    assert_eq!(story.task("a").escalated.unwrap().1, ADA);
}

#[test]
fn a_driver_that_panics_has_failed_and_the_others_go_on() {
    let story = Story::new(&["a", "b"], vec![Act::Panic("index out of bounds")]);
    let dispatcher = story.dispatcher();
    assert_eq!(round(&dispatcher).len(), 2);
    let trouble = dispatcher.trouble();
    let (panicked, words) = trouble.iter().next().unwrap();
    assert_eq!(*words, "the agent broke off: index out of bounds");
    assert_eq!(dispatcher.in_hand(), 0);
    story.clock.advance(500);
    assert_eq!(round(&dispatcher), [*panicked]);
    assert!(story.task("a").handed().is_some());
    assert!(story.task("b").handed().is_some());
}

/// A program that has no answer until it is set up.
#[derive(Default)]
struct SetUpLater(AtomicBool);

impl Programs for SetUpLater {
    fn run(
        &self,
        _: &str,
        _: &serde_json::Value,
        _: &dyn Sources,
    ) -> Result<ProgramAnswer, String> {
        if self.0.load(Ordering::SeqCst) {
            let findings = Vec::new();
            return Ok(ProgramAnswer {
                passed: true,
                findings,
            });
        }
        Err("it is not set up".to_owned())
    }
}

#[test]
fn a_check_that_cannot_be_made_waits_and_is_held_against_nobody() {
    let mut checked = spec("a");
    let by_program = criterion("spelling", Method::Program("spelling".to_owned()));
    checked.instructions.criteria.push(by_program);
    let story = Story::with_specs(vec![checked], vec![]);
    let programs = Arc::new(SetUpLater::default());
    let dispatcher = story.dispatcher_with_programs(programs.clone());
    dispatcher.settle().unwrap();
    assert!(matches!(story.task("a").phase, Phase::Checking(_)));
    let trouble = &dispatcher.trouble()[&id("a")];
    assert!(trouble.contains("it is not set up"), "{trouble}");
    programs.0.store(true, Ordering::SeqCst);
    story.clock.advance(500);
    dispatcher.settle().unwrap();
    let task = story.task("a");
    assert!(matches!(task.phase, Phase::Signing(_)), "{:?}", task.phase);
    assert!(dispatcher.trouble().is_empty());
}

/// A disk that is full from some moment on.
#[derive(Default)]
struct Full(Mutex<bool>);

impl Faults for Full {
    fn before_commit(&self, _: &WriteSet) -> Option<StoreError> {
        let full = *self.0.lock().unwrap();
        full.then(|| StoreError::NotWritable("there is no room left".to_owned()))
    }

    fn loses_answer(&self, _: &WriteSet, _: &Committed) -> bool {
        false
    }
}

#[test]
fn a_full_disk_is_told_at_once_and_counts_as_no_failure_of_the_agent() {
    let full = Arc::new(Full::default());
    let disk = MemoryStore::new().with_faults(full.clone());
    let story = Story::over(Arc::new(disk), vec![spec("a")], vec![]);
    let dispatcher = story.dispatcher();
    let look = dispatcher.look().unwrap();
    *full.0.lock().unwrap() = true;
    dispatcher.see_to(look.tasks[0]);
    let broken = dispatcher.take_broken().unwrap();
    assert!(broken.to_string().contains("no room left"), "{broken}");
    assert!(dispatcher.take_broken().is_none());
    *full.0.lock().unwrap() = false;
    dispatcher.settle().unwrap();
    assert!(story.task("a").handed().is_some());
}
