//! Addresses for mail: confirmed by a link that is used once, and marked where they take nothing.

use consort_engine::notice::Channel;
use consort_kernel::id::ContributorId;
use consort_post::notice::{BY_HAND_MAX, Kind};
use consort_post::{Encryption, Mail, PostError};

use crate::scene::{ADA, Scene, secret};
use crate::server::{Does, Server};

const DAY_MS: i64 = 24 * 3_600_000;

#[test]
fn an_address_is_used_only_after_it_was_confirmed() {
    let server = Server::with(&[Does::Take]);
    let scene = Scene::new(server.port());
    scene.office.ask_mail(scene.ada, ADA).unwrap();
    let asked = server.all().remove(0);
    assert_eq!(
        (asked.to.as_str(), asked.message.header("Subject")),
        (ADA, "Confirm this address".to_owned())
    );
    scene.needs(Kind::SignOff, "Sign it");
    scene.work();
    assert_eq!(scene.notices(), []);
    assert_eq!(scene.ada_wishes().mail, None);
    let secret = secret(&asked.message.body);
    let eve = ContributorId::from_bits(7);
    for (who, wrong) in [(eve, secret), (scene.ada, "0"), (scene.ada, "")] {
        assert_eq!(scene.office.asked(who, wrong).unwrap(), None);
        let refused = scene.office.confirm(who, wrong);
        assert!(matches!(refused, Err(PostError::NotHere)), "{wrong}");
    }
    let shown = scene.office.asked(scene.ada, secret).unwrap();
    assert_eq!(shown.as_deref(), Some(ADA), "looking confirms nothing");
    assert_eq!(scene.ada_wishes().mail, None);
    scene.office.confirm(scene.ada, secret).unwrap();
    assert_eq!(scene.ada_wishes().mail.unwrap().address, ADA);
    let again = scene.office.confirm(scene.ada, secret);
    assert!(matches!(again, Err(PostError::NotHere)), "it is used once");
}

#[test]
fn a_link_counts_for_a_day_and_no_secret_is_kept() {
    let server = Server::with(&[Does::Take]);
    let scene = Scene::new(server.port());
    scene.office.ask_mail(scene.ada, ADA).unwrap();
    let body = server.all().remove(0).message.body;
    let secret = secret(&body);
    let kept = serde_json::to_string(&scene.ada_wishes()).unwrap();
    assert!(!kept.contains(secret), "{kept}");
    scene.clock.advance(DAY_MS);
    assert!(scene.office.confirm(scene.ada, secret).is_err());
}

#[test]
fn nobody_has_strangers_written_to_again_and_again() {
    let does = vec![Does::Take; BY_HAND_MAX + 1];
    let server = Server::with(&does);
    let scene = Scene::new(server.port());
    for _ in 0..BY_HAND_MAX {
        scene.office.ask_mail(scene.ada, "eve@example.org").unwrap();
    }
    let refused = scene.office.ask_mail(scene.ada, "eve@example.org");
    assert!(matches!(refused, Err(PostError::Refused(_))), "{refused:?}");
    scene.clock.advance(DAY_MS);
    scene.office.ask_mail(scene.ada, ADA).unwrap();
    assert_eq!(server.all().len(), BY_HAND_MAX + 1);
}

#[test]
fn an_address_that_fails_for_good_is_marked_and_counts_again_after_a_trial() {
    let (scene, server) = Scene::with_mail(&[
        Does::Say("RCPT", "550 no such person"),
        Does::Say("RCPT", "550 no such person"),
        Does::Take,
        Does::Take,
    ]);
    scene.needs(Kind::SignOff, "One");
    scene.needs(Kind::Offer, "Later");
    scene.work();
    let failing = scene.ada_wishes().mail.unwrap().failing.unwrap();
    assert!(
        failing.why.contains("550 no such person"),
        "{}",
        failing.why
    );
    let told = scene.notices();
    assert_eq!(told.len(), 1, "nothing waits for it: {told:?}");
    assert!(told[0].answer.as_ref().unwrap().contains("550"));
    scene.needs(Kind::SignOff, "Two");
    scene.work();
    assert_eq!(scene.notices().len(), 1, "nothing is noted for it");
    assert!(scene.office.try_out(scene.ada, Channel::Mail).is_err());
    assert!(scene.ada_wishes().mail.unwrap().failing.is_some());
    scene.office.try_out(scene.ada, Channel::Mail).unwrap();
    assert!(scene.ada_wishes().mail.unwrap().failing.is_none());
    scene.needs(Kind::SignOff, "Three");
    scene.work();
    let subjects: Vec<String> = server
        .all()
        .iter()
        .map(|it| it.message.header("Subject"))
        .collect();
    assert_eq!(subjects, ["A trial", "Your signature is asked for: Three"]);
}

#[test]
fn with_an_address_ended_nothing_is_sent_there() {
    let (scene, server) = Scene::with_mail(&[]);
    scene.needs(Kind::SignOff, "One");
    scene.courier.look().unwrap();
    scene.office.end_mail(scene.ada).unwrap();
    scene.work();
    assert_eq!(scene.notices(), []);
    assert_eq!(server.all().len(), 0);
}

/// A mail server on this machine, and how it is come by.
fn mail(server: &Server, encryption: Encryption) -> Mail {
    Mail {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        encryption,
        user: Some("consort".to_owned()),
        password: Some("canary".to_owned()),
        from: "consort@example.org".to_owned(),
    }
}

#[test]
fn where_encryption_was_wanted_nothing_goes_in_clear() {
    let server = Server::with(&[Does::Take]);
    let scene = Scene::by(mail(&server, Encryption::StartTls));
    let unsent = scene.office.ask_mail(scene.ada, ADA).unwrap_err();
    assert!(unsent.to_string().contains("does not encrypt"), "{unsent}");
    assert_eq!(server.all().len(), 0);
    assert_eq!(scene.ada_wishes().asked, None, "no link is on its way");
}

#[test]
fn a_server_that_does_not_let_us_in_says_nothing_of_the_address() {
    let server = Server::with(&[
        Does::Take,
        Does::Say("AUTH", "535 who are you?"),
        Does::Take,
    ]);
    let scene = Scene::by(mail(&server, Encryption::None));
    scene.office.ask_mail(scene.ada, ADA).unwrap();
    let body = server.next().message.body;
    scene.office.confirm(scene.ada, secret(&body)).unwrap();
    scene.needs(Kind::SignOff, "One");
    scene.work();
    let notice = scene.only();
    let why = notice.answer.unwrap();
    assert!(why.contains("does not let us in: 535"), "{why}");
    assert!(!why.contains("canary"));
    assert!(scene.ada_wishes().mail.unwrap().failing.is_none());
    scene.clock.set(notice.due.unwrap());
    scene.work();
    assert!(scene.only().has_arrived);
    assert_eq!(server.all().len(), 1);
}

#[test]
fn an_address_that_took_the_place_of_a_failing_one_is_well() {
    let (scene, server) = Scene::with_mail(&[Does::Say("RCPT", "550 no"), Does::Take, Does::Take]);
    scene.needs(Kind::SignOff, "One");
    scene.work();
    assert!(scene.ada_wishes().mail.unwrap().failing.is_some());
    let other = "ada@elsewhere.example";
    scene.office.ask_mail(scene.ada, other).unwrap();
    let body = server.next().message.body;
    scene.office.confirm(scene.ada, secret(&body)).unwrap();
    scene.needs(Kind::SignOff, "Two");
    scene.work();
    let [taken] = <[_; 1]>::try_from(server.all()).unwrap();
    assert_eq!(taken.to, other);
}

#[test]
fn what_cannot_be_is_refused() {
    let scene = Scene::new(1);
    let (office, ada) = (&scene.office, scene.ada);
    assert!(
        office
            .ask_mail(ada, "ada@example.org\r\nBcc: eve@example.org")
            .is_err()
    );
    assert!(office.try_out(ada, Channel::Mail).is_err());
    assert!(office.try_out(ada, Channel::Chat).is_err());
    let digest = scene.ada_wishes().digest;
    assert!(
        office
            .set(ada, ("Mars/Olympus", digest), None, |_| None)
            .is_err()
    );
    // Nobody listens there.
    let unsent = office.ask_mail(ada, ADA).unwrap_err().to_string();
    assert!(unsent.contains("could not be reached"), "{unsent}");
}
