//! When it comes: in quiet hours, in the digest, not at all.

use consort_engine::notice::Notices as _;
use consort_post::notice::{Kind, When};

use crate::scene::Scene;
use crate::server::Does;

#[test]
fn what_comes_at_once_waits_for_the_end_of_the_quiet_hours() {
    for (night, morning) in [
        // Over midnight; and over both changes of the clock.
        ("2026-06-10T21:30:00Z", "2026-06-11T05:00:00Z"),
        ("2026-03-28T23:30:00Z", "2026-03-29T05:00:00Z"),
        ("2026-10-24T23:30:00Z", "2026-10-25T06:00:00Z"),
    ] {
        let (scene, server) = Scene::with_mail(&[Does::Take]);
        scene.wishes("Europe/Berlin", "08:00", Some(("22:00", "07:00")));
        scene.is(night);
        scene.needs(Kind::SignOff, "One");
        scene.needs(Kind::Question, "Two");
        scene.work();
        for notice in scene.notices() {
            assert_eq!(notice.due, Some(morning.parse().unwrap()));
        }
        scene.clock.set(morning.parse().unwrap());
        scene.work();
        let [taken] = <[_; 1]>::try_from(server.all()).unwrap();
        assert_eq!(
            taken.message.header("Subject"),
            "2 things need you",
            "{night}"
        );
    }
}

#[test]
fn quiet_hours_that_were_chosen_later_hold_for_what_waits_already() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    scene.is("2026-06-10T12:00:00Z");
    scene.needs(Kind::SignOff, "One");
    scene.courier.look().unwrap();
    scene.wishes("UTC", "08:00", Some(("11:00", "13:00")));
    scene.work();
    assert_eq!(
        scene.only().due,
        Some("2026-06-10T13:00:00Z".parse().unwrap())
    );
    scene.is("2026-06-10T13:00:00Z");
    scene.work();
    assert!(scene.only().has_arrived);
    assert_eq!(server.all().len(), 1);
}

#[test]
fn the_digest_is_one_message_of_what_still_needs_somebody() {
    let (scene, server) = Scene::with_mail(&[Does::Take, Does::Take]);
    scene.wishes("Europe/Berlin", "08:00", None);
    scene.is("2026-06-10T12:00:00Z");
    scene.needs(Kind::Offer, "One");
    let second = scene.needs(Kind::Review, "Two");
    scene.needs(Kind::Escalation, "Three");
    scene.work();
    assert_eq!(scene.notices().len(), 3);
    scene.deal_with(second);
    scene.is("2026-06-11T05:59:59Z");
    scene.work();
    scene.is("2026-06-11T06:00:00Z");
    scene.work();
    // On the next day there is nothing, so nothing comes.
    scene.is("2026-06-12T06:00:00Z");
    scene.work();
    scene.needs(Kind::Offer, "Four");
    scene.work();
    scene.is("2026-06-13T06:00:00Z");
    scene.work();
    let [first, next] = <[_; 2]>::try_from(server.all()).unwrap();
    assert_eq!(first.message.header("Subject"), "2 things need you");
    let body = first.message.body;
    for (title, expected) in [
        ("One", true),
        ("Two", false),
        ("Three", true),
        ("Four", false),
    ] {
        assert_eq!(body.contains(&format!("  {title}\n")), expected, "{body}");
    }
    assert_eq!(
        next.message.header("Subject"),
        "A task is offered to you: Four"
    );
}

#[test]
fn a_digest_of_nothing_is_not_sent() {
    let (scene, server) = Scene::with_mail(&[]);
    scene.is("2026-06-10T12:00:00Z");
    let only = scene.needs(Kind::Offer, "One");
    scene.work();
    scene.deal_with(only);
    scene.is("2026-06-12T12:00:00Z");
    scene.work();
    assert_eq!(server.all().len(), 0);
}

#[test]
fn what_somebody_never_wants_is_not_told_even_where_it_waits_already() {
    let (scene, server) = Scene::with_mail(&[]);
    scene.is("2026-06-10T12:00:00Z");
    scene.needs(Kind::Offer, "One");
    scene.work();
    let times = ("UTC", scene.ada_wishes().digest);
    let never = |_| Some(When::Never);
    scene.office.set(scene.ada, times, None, never).unwrap();
    scene.needs(Kind::SignOff, "Two");
    scene.is("2026-06-12T12:00:00Z");
    scene.work();
    let notice = scene.only();
    assert_eq!(notice.answer.as_deref(), Some("it is not wanted any more"));
    assert_eq!(server.all().len(), 0);
}

#[test]
fn who_is_named_in_a_discussion_is_told_in_the_digest_once() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    scene.is("2026-06-10T12:00:00Z");
    scene.name("The move");
    for _ in 0..3 {
        scene.work();
        scene.clock.advance(60_000);
    }
    assert_eq!(scene.notices().len(), 1);
    scene.is("2026-06-11T08:00:00Z");
    scene.work();
    scene.clock.advance(60_000);
    scene.work();
    let [taken] = <[_; 1]>::try_from(server.all()).unwrap();
    let subject = taken.message.header("Subject");
    assert_eq!(subject, "You are named in a discussion: The move");
    // How it ended is forgotten after thirty days, and it still stands unread.
    scene.is("2026-07-20T08:00:00Z");
    scene.kept.forget_notices(scene.engine.now()).unwrap();
    scene.work();
    assert_eq!(scene.notices(), []);
}
