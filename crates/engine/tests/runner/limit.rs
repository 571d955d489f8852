//! Limits: how many tasks of one agent are in hand, and what a task that nobody can have shows.

use consort_kernel::task::Mode;
use consort_testkit::fixture;

use crate::fixture::{Story, id, spec};

#[test]
fn an_agent_with_a_limit_has_no_more_in_hand() {
    let story = Story::new(&["a", "b", "c"], vec![]);
    let dispatcher = story.dispatcher_with(Story::settings(), 2);
    let look = dispatcher.look().unwrap();
    assert_eq!(look.tasks.len(), 2);
    assert_eq!(dispatcher.look().unwrap().tasks, []);
    dispatcher.see_to(look.tasks[0]);
    assert_eq!(dispatcher.look().unwrap().tasks.len(), 1);
}

#[test]
fn everything_is_done_one_after_the_other_when_nothing_is_in_the_way() {
    let story = Story::new(&["a", "b", "c"], vec![]);
    story
        .dispatcher_with(Story::settings(), 1)
        .settle()
        .unwrap();
    assert_eq!(story.calls(), 3);
}

#[test]
fn what_nobody_can_have_is_named_once_it_was_looked_at() {
    let mut for_people = fixture::spec("a");
    for_people.mode = Mode::Person;
    let story = Story::with_specs(vec![for_people, spec("b")], vec![]);
    let dispatcher = story.dispatcher();
    let heard = story.engine.bell().rings();
    dispatcher.look().unwrap();
    let unroutable = dispatcher.unroutable(heard).unwrap();
    assert_eq!(unroutable.into_iter().collect::<Vec<_>>(), [id("a")]);
    story.engine.bell().ring();
    assert_eq!(dispatcher.unroutable(story.engine.bell().rings()), None);
}
