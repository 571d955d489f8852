//! What arrives by mail, and what comes of what does not.

use consort_engine::notice::{Looked, Notice, Notices as _};
use consort_post::ATTEMPTS_MAX;
use consort_post::notice::Kind;

use crate::scene::{ADA, Scene, secret};
use crate::server::{Does, Server};

const MINUTE_MS: i64 = 60_000;

#[test]
fn a_sign_off_is_told_at_once_and_once() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    scene.needs(Kind::SignOff, "Größe prüfen");
    scene.work();
    scene.work();
    let notice = scene.only();
    assert!(notice.has_arrived && notice.due.is_none());
    let all = server.all();
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].from.as_str(), all[0].to.as_str()),
        ("consort@example.org", ADA)
    );
    let message = &all[0].message;
    for (name, expected) in [
        ("Subject", "Your signature is asked for: Größe prüfen"),
        ("From", "Consort <consort@example.org>"),
        ("To", ADA),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(message.header(name), expected);
    }
    assert!(message.header("Message-ID").ends_with("@example.org>"));
    let date = message.header("Date");
    let sent = jiff::fmt::rfc2822::parse(&date).unwrap().timestamp();
    assert_eq!(sent.as_second() * 1_000, scene.engine.now().as_millis());
    let body = &message.body;
    assert!(
        body.contains("  Größe prüfen\n  of: The outcome\n"),
        "{body}"
    );
    assert_eq!(body.matches("://").count(), 1, "{body}");
    assert!(
        body.contains("https://consort.example/tasks/tsk_1\n"),
        "{body}"
    );
}

#[test]
fn what_stood_there_before_somebody_asked_to_be_told_is_not_told() {
    let server = Server::with(&[Does::Take]);
    let scene = Scene::new(server.port());
    scene.needs(Kind::SignOff, "Sign it");
    scene.name("The move");
    scene.work();
    scene.clock.advance(60_000);
    scene.office.ask_mail(scene.ada, ADA).unwrap();
    let body = server.all().remove(0).message.body;
    scene.office.confirm(scene.ada, secret(&body)).unwrap();
    scene.work();
    assert_eq!(scene.notices(), []);
}

#[test]
fn a_name_with_line_breaks_adds_no_header_and_no_recipient() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    let title = "Pay\r\nBcc: eve@example.org\r\n\r\n.\r\nRCPT TO:<eve@example.org>\r\n\u{1}é";
    scene.needs(Kind::SignOff, title);
    scene.work();
    let [taken] = <[_; 1]>::try_from(server.all()).unwrap();
    assert_eq!(taken.to, ADA);
    let message = taken.message;
    let names = message.names();
    assert!(
        !names.iter().any(|it| it.eq_ignore_ascii_case("bcc")),
        "{names:?}"
    );
    let subject = message.header("Subject");
    assert!(
        subject.starts_with("Your signature is asked for: Pay Bcc: eve"),
        "{subject}"
    );
    assert!(
        message.body.contains("https://consort.example/tasks/tsk_1"),
        "all of it came"
    );
    assert!(!message.body.contains("\nBcc"), "{}", message.body);
}

#[test]
fn a_server_that_is_busy_is_asked_again_for_the_same_message() {
    for does in [
        Does::Say("RCPT", "451 later"),
        Does::Say("MAIL", "550 not from you"),
        Does::Say("RCPT", "554 5.7.1 relay access denied"),
        Does::Say("RCPT", "550 5.7.1 not for this sender"),
        Does::Say("END", "452 full"),
        Does::Drop("EHLO"),
        Does::Drop("DATA"),
        Does::Drop("END"),
        Does::Say("END", "nonsense"),
    ] {
        let (scene, server) = Scene::with_mail(&[does, Does::Take]);
        scene.needs(Kind::SignOff, "Sign it");
        scene.work();
        let first = scene.only();
        assert!(!first.has_arrived, "{does:?}");
        let wait = first.due.unwrap().millis_since(scene.engine.now());
        assert!((5_000..=6_000).contains(&wait), "{does:?}: {wait}");
        scene.clock.advance(wait - 1);
        scene.work();
        assert_eq!(scene.only(), first, "it is not due yet");
        scene.clock.advance(1);
        scene.work();
        assert!(scene.only().has_arrived, "{does:?}: {:?}", scene.only());
        assert_eq!(scene.only().attempts, 2);
        assert_eq!(server.all().len(), 1);
    }
}

#[test]
fn after_the_last_attempt_it_is_given_up() {
    let does = vec![Does::Say("RCPT", "451 later"); ATTEMPTS_MAX as usize];
    let (scene, server) = Scene::with_mail(&does);
    scene.needs(Kind::SignOff, "Sign it");
    scene.work();
    for attempt in 1..ATTEMPTS_MAX {
        let notice = scene.only();
        assert_eq!(notice.attempts, attempt);
        scene.clock.set(notice.due.unwrap());
        scene.work();
    }
    let given_up = scene.only();
    assert_eq!((given_up.due, given_up.has_arrived), (None, false));
    let why = given_up.answer.unwrap();
    assert!(why.contains("451"), "{why}");
    assert_eq!(server.all().len(), 0);
    assert!(
        scene.ada_wishes().mail.unwrap().failing.is_none(),
        "the address may be well"
    );
}

#[test]
fn a_message_that_is_not_wanted_is_given_up_and_the_next_one_is_sent() {
    let (scene, server) = Scene::with_mail(&[Does::Say("END", "554 spam"), Does::Take]);
    scene.needs(Kind::SignOff, "One");
    scene.work();
    let refused = scene.only();
    assert_eq!((refused.due, refused.has_arrived), (None, false));
    assert!(refused.answer.unwrap().contains("554 spam"));
    scene.needs(Kind::SignOff, "Two");
    scene.work();
    assert_eq!(server.all().len(), 1);
}

#[test]
fn whoever_dies_between_sending_and_noting_sends_the_same_message_again() {
    let (scene, server) = Scene::with_mail(&[Does::Take, Does::Take]);
    scene.needs(Kind::SignOff, "Sign it");
    scene.courier.look().unwrap();
    scene.kept.die();
    assert!(scene.courier.send_next().is_err());
    let again = scene.another();
    again.look().unwrap();
    assert!(
        !again.send_next().unwrap(),
        "nobody knows yet what came of it"
    );
    scene.clock.advance(3 * MINUTE_MS);
    assert!(again.send_next().unwrap());
    assert!(!again.send_next().unwrap());
    assert!(scene.only().has_arrived);
    let all = server.all();
    let id = |place: usize| all[place].message.header("Message-ID");
    assert_eq!((all.len(), id(0)), (2, id(1)));
}

#[test]
fn what_arrived_is_not_sent_again_by_whoever_starts_anew() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    scene.needs(Kind::SignOff, "Sign it");
    scene.work();
    for _ in 0..2 {
        let again = scene.another();
        again.look().unwrap();
        scene.clock.advance(3 * MINUTE_MS);
        assert!(!again.send_next().unwrap());
    }
    assert_eq!(server.all().len(), 1);
}

#[test]
fn two_servers_that_look_and_send_at_a_time_tell_it_once() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    scene.needs(Kind::SignOff, "Sign it");
    let other = scene.another();
    std::thread::scope(|scope| {
        for courier in [&scene.courier, &other] {
            scope.spawn(move || {
                courier.look().unwrap();
                while courier.send_next().unwrap() {}
            });
        }
    });
    assert!(scene.only().has_arrived);
    assert_eq!(server.all().len(), 1);
}

#[test]
fn no_more_waits_for_somebody_than_a_bound_and_what_waits_goes_together() {
    let (scene, server) = Scene::with_mail(&[Does::Take; 3]);
    let looked = scene.kept.looked().unwrap().unwrap();
    let subject = scene.needs(Kind::SignOff, "One");
    scene.courier.look().unwrap();
    let first = scene.only();
    // As many as may wait, of which nothing is known any more.
    let more: Vec<Notice> = (1..500)
        .map(|number| Notice {
            key: format!("offer/{subject}/offer-{number}"),
            ..first.clone()
        })
        .collect();
    let looked = Looked {
        version: looked.version + 1,
        ..looked
    };
    assert!(scene.kept.note(&looked, &more).unwrap());
    scene.needs(Kind::SignOff, "Two");
    scene.courier.look().unwrap();
    assert_eq!(
        scene.notices().len(),
        500,
        "the second is on their list, and is not told"
    );
    scene.work();
    let told = scene.notices();
    assert!(told.iter().all(|it| it.due.is_none()));
    assert_eq!(told.iter().filter(|it| it.has_arrived).count(), 1);
    scene.needs(Kind::SignOff, "Three");
    scene.work();
    scene.needs(Kind::SignOff, "Four");
    scene.work();
    assert_eq!(server.all().len(), 3);
}

#[test]
fn what_was_dealt_with_before_it_was_sent_is_told_to_nobody_until_it_comes_back() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    let subject = scene.needs(Kind::SignOff, "Sign it");
    scene.courier.look().unwrap();
    scene.deal_with(subject);
    scene.work();
    assert_eq!(scene.notices(), []);
    for _ in 0..2 {
        scene.comes_back(subject, Kind::SignOff, "Sign it");
        scene.work();
        assert!(scene.only().has_arrived, "{:?}", scene.only());
    }
    assert_eq!(server.all().len(), 1, "what was told is not told again");
}

#[test]
fn what_nobody_can_say_anything_about_keeps_nobody_from_the_rest() {
    let (scene, server) = Scene::with_mail(&[Does::Take]);
    let odd = scene.needs(Kind::SignOff, "Odd");
    scene.needs(Kind::SignOff, "Plain");
    scene.is_unsure(Some(odd));
    // It is asked again first: what could not be read now may be at the next look.
    assert!(scene.courier.look().is_err());
    assert_eq!(scene.notices(), []);
    let looks = (0..20).position(|_| scene.courier.look().is_ok());
    assert!(looks.is_some(), "it is passed over in the end");
    scene.work();
    let [told] = <[_; 1]>::try_from(server.all()).unwrap();
    assert!(told.message.header("Subject").contains("Plain"));
}
