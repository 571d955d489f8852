//! Signs of life: a task that takes longer than its lease is not taken away from who works on it.

use crate::fixture::{Act, Story, id, round};

/// The length of the fixtures' leases.
const LEASE_MS: i64 = 600_000;

#[test]
fn the_lease_of_a_task_that_rests_is_kept_up() {
    let story = Story::new(&["a"], vec![Act::Fail("slow"), Act::Fail("slow")]);
    let dispatcher = story.dispatcher();
    round(&dispatcher);
    let deadline = |story: &Story| story.engine.store().lease(id("a")).unwrap().unwrap().1;
    let granted = deadline(&story);
    story.clock.advance(LEASE_MS / 3 - 1);
    dispatcher.look().unwrap();
    assert_eq!(deadline(&story), granted);
    story.clock.advance(1);
    dispatcher.look().unwrap();
    assert_eq!(deadline(&story), story.engine.now().plus_millis(LEASE_MS));
}

#[test]
fn what_was_handed_in_needs_no_sign_of_life() {
    let story = Story::new(&["a"], vec![]);
    let dispatcher = story.dispatcher();
    round(&dispatcher);
    assert!(story.task("a").handed().is_some());
    story.clock.advance(LEASE_MS);
    dispatcher.look().unwrap();
    assert_eq!(story.engine.store().lease(id("a")).unwrap(), None);
}
