//! Adding, renewing and ending.

use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::rejection::Rejection;
use consort_post::{PostError, WEBHOOKS_MAX};

use crate::receiver::Receiver;
use crate::scene::{HOST, Scene};

const ELSEWHERE: &str = "https://receiver.example/hook";

#[test]
fn an_address_that_is_not_public_is_refused_when_it_is_added() {
    let scene = Scene::reaching([]);
    for address in [
        "http://receiver.example/",
        "https://127.0.0.1/",
        "https://[::1]:8443/",
        "https://169.254.169.254/",
        "https://192.168.0.1/",
        "gopher://receiver.example/",
        "not an address",
    ] {
        let answer = scene.office.add(scene.ada, address, [], None);
        assert!(matches!(answer, Err(PostError::Misused(_))), "{address}");
    }
    assert_eq!(scene.office.of(scene.ada).unwrap(), []);
}

#[test]
fn a_name_that_leads_to_this_machine_is_refused_and_where_it_was_added_before_not_sent_to() {
    let scene = Scene::reaching([]);
    let nearby = "https://localhost/hook";
    let refused = scene.office.add(scene.ada, nearby, [], None);
    assert!(matches!(refused, Err(PostError::Misused(_))), "{refused:?}");
    let (id, _) = scene.webhook(ELSEWHERE);
    let mut webhook = scene.kept.webhook(id).unwrap().unwrap();
    webhook.address = nearby.to_owned();
    assert!(scene.kept.write_webhook(&webhook, &[]).unwrap());
    scene.join("Ben");
    scene.work();
    let answer = scene.only(id).answer.unwrap();
    assert_eq!(answer, "the address leads to no public host");
}

#[test]
fn a_host_that_the_operator_names_no_longer_is_not_sent_to() {
    let scene = Scene::reaching([]);
    let (id, _) = scene.webhook(ELSEWHERE);
    let mut webhook = scene.kept.webhook(id).unwrap().unwrap();
    webhook.address = format!("http://{HOST}:9/hook");
    assert!(scene.kept.write_webhook(&webhook, &[]).unwrap());
    scene.join("Ben");
    scene.work();
    let answer = scene.only(id).answer.unwrap();
    assert_eq!(answer, "the address has to begin with https://");
}

#[test]
fn somebody_has_so_many_and_may_end_one_for_another() {
    let scene = Scene::new();
    let add = || scene.office.add(scene.ada, ELSEWHERE, [], None);
    let first = add().unwrap().0.id;
    for _ in 1..WEBHOOKS_MAX {
        add().unwrap();
    }
    assert!(matches!(
        add(),
        Err(PostError::Refused(Rejection::LimitReached { .. }))
    ));
    let ben = ContributorId::from_bits(77);
    assert!(scene.office.add(ben, ELSEWHERE, [], None).is_ok());
    scene.office.end(scene.ada, first, "enough").unwrap();
    assert!(add().is_ok());
}

#[test]
fn the_same_request_adds_one_and_shows_no_secret_again() {
    let scene = Scene::new();
    let id = Some(WebhookId::from_bits(5));
    let add = |kinds: [&'static str; 1]| scene.office.add(scene.ada, ELSEWHERE, kinds, id);
    let (first, secret) = add(["task.*"]).unwrap();
    assert!(secret.unwrap().starts_with("whsec_"));
    let (again, none) = add(["task.*"]).unwrap();
    assert_eq!((again.id, none), (first.id, None));
    assert!(matches!(
        add(["outcome.*"]),
        Err(PostError::Refused(Rejection::IdReused))
    ));
    let ben = ContributorId::from_bits(77);
    assert!(scene.office.add(ben, ELSEWHERE, ["task.*"], id).is_err());
    assert_eq!(scene.office.of(scene.ada).unwrap().len(), 1);
}

#[test]
fn what_is_somebody_elses_is_not_there() {
    let scene = Scene::new();
    let (id, _) = scene.webhook(ELSEWHERE);
    let (ben, office) = (ContributorId::from_bits(77), &scene.office);
    let answers = [
        office.find(ben, id).map(|_| ()),
        office.deliveries(ben, id, None, 1).map(|_| ()),
        office.end(ben, id, "mine now"),
        office.rotate(ben, id).map(|_| ()),
        office.send_again(ben, id, 1),
        office.send_since(ben, id, scene.engine.now()),
        office.go_on(ben, id),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(PostError::NotHere)), "{answer:?}");
    }
    assert!(office.find(scene.ada, id).unwrap().ended.is_none());
}

#[test]
fn for_a_day_both_secrets_sign() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"; 3]);
    let (id, old) = scene.webhook(&receiver.address());
    let new = scene.office.rotate(scene.ada, id).unwrap();
    assert_ne!(old, new);
    scene.join("Ben");
    scene.work();
    scene.clock.advance(24 * 3_600_000 - 1);
    scene.join("Eve");
    scene.work();
    scene.clock.advance(1);
    scene.join("Dan");
    scene.work();
    let signed: Vec<_> = receiver
        .all()
        .iter()
        .map(|it| (it.is_signed_with(&old), it.is_signed_with(&new)))
        .collect();
    assert_eq!(signed, [(true, true), (true, true), (false, true)]);
}

#[test]
fn with_its_end_nothing_is_sent_any_more() {
    let scene = Scene::new();
    let gone = Receiver::with(&[]);
    let (id, _) = scene.webhook(&gone.address());
    scene.join("Ben");
    scene.courier.look().unwrap();
    scene.office.end(scene.ada, id, "enough").unwrap();
    scene.office.end(scene.ada, id, "again").unwrap();
    scene.join("Eve");
    scene.work();
    assert_eq!(scene.deliveries(id), []);
    let ended = scene.office.find(scene.ada, id).unwrap().ended.unwrap();
    assert_eq!(ended.1, "enough");
    for refused in [
        scene.office.rotate(scene.ada, id).map(|_| ()),
        scene.office.send_again(scene.ada, id, 1),
        scene.office.go_on(scene.ada, id),
    ] {
        assert!(matches!(refused, Err(PostError::Misused(_))), "{refused:?}");
    }
    assert_eq!(gone.all(), []);
}
