//! Limits: how many tasks of one agent are in hand, and what a task that nobody can have shows.

use consort_kernel::contributor::Profile;
use consort_kernel::id::ContributorId;
use consort_kernel::money::Amount;
use consort_kernel::task::{Mode, Phase, TaskSpec};
use consort_testkit::fixture;

use crate::fixture::{Story, id, spec};

const BEN: ContributorId = ContributorId::from_bits(7);
const CIS: ContributorId = ContributorId::from_bits(8);

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

/// How many tasks wait beside the one that somebody can have: more than one look takes in.
const WAITING: usize = 600;

#[test]
fn what_nobody_can_have_keeps_nothing_else_from_being_offered() {
    let keys: Vec<String> = (0..WAITING).map(|number| format!("t{number}")).collect();
    let last = keys.iter().max_by_key(|key| id(key)).unwrap();
    let spec_of = |key: &String| TaskSpec {
        mode: if key == last { Mode::Ai } else { Mode::Person },
        price: Amount::ZERO,
        ..fixture::spec(key)
    };
    let story = Story::with_specs(keys.iter().map(spec_of).collect(), vec![]);
    let dispatcher = story.dispatcher();
    let heard = story.engine.bell().rings();
    let first = dispatcher.look().unwrap();
    assert!(first.more && !first.was_long);
    assert_eq!(dispatcher.unroutable(heard), None, "not all was looked at");
    let second = dispatcher.look().unwrap();
    assert!(second.was_long);
    assert_eq!(dispatcher.unroutable(heard).unwrap().len(), WAITING - 1);
    assert!(matches!(story.task(last).phase, Phase::Offered(_)));
}

#[test]
fn what_nobody_could_have_is_offered_as_soon_as_somebody_can() {
    let mut for_people = fixture::spec("a");
    for_people.mode = Mode::Person;
    let story = Story::with_specs(vec![for_people], vec![]);
    let dispatcher = story.dispatcher();
    for _ in 0..3 {
        dispatcher.look().unwrap();
        assert_eq!(story.task("a").phase, Phase::Ready);
    }
    let able = fixture::able(5);
    story.ask(fixture::add_person(BEN, able, Profile::default()));
    dispatcher.look().unwrap();
    let task = story.task("a");
    assert!(matches!(task.phase, Phase::Offered(offer) if offer.to == BEN));
}

#[test]
fn whoever_has_offers_to_answer_is_not_asked_before_others_who_are_about_as_good() {
    let keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let specs = keys.iter().map(|key| TaskSpec {
        mode: Mode::Person,
        ..fixture::spec(key)
    });
    let story = Story::with_specs(specs.collect(), vec![]);
    // The one who asks less is the first to be asked while both are free.
    for (who, rate_permille) in [(BEN, 600), (CIS, 1_000)] {
        let four = Profile {
            concurrency: 4,
            rate_permille,
            ..Profile::default()
        };
        story.ask(fixture::add_person(who, fixture::able(5), four));
    }
    let dispatcher = story.dispatcher();
    let offered_to = |who| {
        let tasks = keys.iter().map(|key| story.task(key));
        tasks
            .filter(|task| matches!(&task.phase, Phase::Offered(offer) if offer.to == who))
            .count()
    };
    for _ in keys {
        dispatcher.look().unwrap();
    }
    let (ben, cis) = (offered_to(BEN), offered_to(CIS));
    assert!(ben + cis == keys.len() && cis >= 2, "{ben} and {cis}");
}
