//! Ends in the middle, several servers, and backups.

use std::sync::Arc;
use std::time::Duration;

use consort_kernel::id::ContributorId;

use crate::receiver::Receiver;
use crate::scene::Scene;

/// How long whoever takes a delivery has it.
const TAKEN_MS: i64 = 120_000;

#[test]
fn what_was_noted_is_sent_by_whoever_comes_next() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    // This one notes it, and ends before anything is sent.
    assert!(scene.another().look().unwrap());
    scene.work();
    assert!(scene.only(id).has_arrived);
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn an_attempt_of_which_nothing_is_heard_is_made_again() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.courier.look().unwrap();
    let now = scene.engine.now();
    // Somebody takes it, and is never heard of again.
    let until = now.plus_millis(TAKEN_MS);
    assert!(scene.kept.claim_delivery(id, now, until).unwrap().is_some());
    scene.work();
    assert!(!scene.only(id).has_arrived, "it may still be on its way");
    scene.clock.advance(TAKEN_MS);
    scene.work();
    let delivery = scene.only(id);
    assert!(delivery.has_arrived);
    assert_eq!(delivery.attempts, 2);
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn an_attempt_that_ends_the_process_each_time_is_not_made_for_ever() {
    let scene = Scene::new();
    let receiver = Receiver::with(&[]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.courier.look().unwrap();
    for _ in 0..consort_post::ATTEMPTS_MAX {
        let now = scene.engine.now();
        let until = now.plus_millis(TAKEN_MS);
        assert!(scene.kept.claim_delivery(id, now, until).unwrap().is_some());
        scene.clock.advance(TAKEN_MS);
    }
    scene.work();
    let delivery = scene.only(id);
    assert_eq!((delivery.due, delivery.has_arrived), (None, false));
    assert_eq!(receiver.all(), []);
}

#[test]
fn of_two_servers_one_sends() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"; 2]);
    let (id, _) = scene.webhook(&receiver.address());
    let other = scene.another();
    scene.join("Ben");
    assert!(scene.courier.look().unwrap());
    assert!(!other.look().unwrap(), "it is noted already");
    scene.join("Eve");
    assert!(other.look().unwrap());
    assert!(scene.courier.send_next().unwrap());
    assert!(other.send_next().unwrap());
    assert!(!scene.courier.send_next().unwrap());
    assert!(!other.send_next().unwrap());
    assert!(
        scene
            .deliveries(id)
            .iter()
            .all(|it| it.has_arrived && it.attempts == 1)
    );
    let requests = receiver.all();
    assert_ne!(requests[0].id, requests[1].id);
}

#[test]
fn after_a_backup_nothing_is_sent_until_the_owner_says_so() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.courier.look().unwrap();
    // As if it had been added in the epoch before.
    let mut webhook = scene.kept.webhook(id).unwrap().unwrap();
    webhook.epoch += 1;
    assert!(scene.kept.write_webhook(&webhook, &[]).unwrap());
    scene.work();
    assert!(!scene.only(id).has_arrived);
    assert!(scene.office.rests(&webhook).unwrap());
    scene.office.go_on(scene.ada, id).unwrap();
    scene.work();
    assert!(scene.only(id).has_arrived);
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn a_dead_receiver_fills_no_store() {
    let scene = Scene::new();
    let gone = Receiver::with(&[]);
    let (id, _) = scene.webhook(&gone.address());
    assert_eq!(gone.all(), []);
    // More than wait for one webhook at a time.
    let first = scene.engine.store().log().unwrap().size();
    for number in 0..1_300 {
        scene.join(&format!("Person {number}"));
    }
    while scene.courier.look().unwrap() {}
    let waiting = scene.office.waiting(scene.ada, id).unwrap();
    assert!((1_000..1_200).contains(&waiting), "{waiting}");
    let looked = scene.office.find(scene.ada, id).unwrap().looked;
    assert_eq!(looked, first + waiting);
}

#[test]
fn what_stands_in_the_way_of_one_webhook_is_not_in_the_way_of_others() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"; 2]);
    let ben = ContributorId::from_bits(77);
    let add = |who| scene.office.add(who, &receiver.address(), [], None);
    let (theirs, ours) = (add(ben).unwrap().0, add(scene.ada).unwrap().0);
    scene.eyes.unsure.lock().unwrap().insert(ben);
    scene.join("Eve");
    assert!(scene.courier.look().is_err());
    while scene.courier.send_next().unwrap() {}
    assert!(scene.only(ours.id).has_arrived);
    // Nothing is lost for the other one.
    scene.eyes.unsure.lock().unwrap().clear();
    scene.work();
    let all = scene.office.deliveries(ben, theirs.id, None, 9).unwrap();
    assert!(all.len() == 1 && all[0].has_arrived, "{all:?}");
    assert_eq!(receiver.all().len(), 2);
}

#[test]
fn how_far_was_looked_is_written_now_and_then_where_nothing_is_wanted() {
    let scene = Scene::new();
    let kinds = ["outcome.*"];
    let address = "https://receiver.example/";
    let (webhook, _) = scene.office.add(scene.ada, address, kinds, None).unwrap();
    for number in 0..1_100 {
        scene.join(&format!("Person {number}"));
        if number == 500 {
            assert!(!scene.courier.look().unwrap());
            let looked = scene.office.find(scene.ada, webhook.id).unwrap().looked;
            assert_eq!(looked, webhook.looked, "a write for nothing is saved");
        }
    }
    assert!(!scene.courier.look().unwrap());
    let looked = scene.office.find(scene.ada, webhook.id).unwrap().looked;
    assert!(looked > webhook.looked + 500, "{looked}");
}

#[test]
fn at_work_it_hears_of_what_happens_by_itself() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"; 3]);
    let (id, _) = scene.webhook(&receiver.address());
    let running = scene.another().start().unwrap();
    let bell = scene.engine.bell();
    for name in ["Ben", "Eve", "Dan"] {
        scene.join(name);
    }
    // Returns once the third answer was given.
    assert_eq!(receiver.all().len(), 3);
    running.stop();
    assert!(
        scene.deliveries(id).iter().all(|it| it.has_arrived),
        "what was begun is finished"
    );
    assert!(bell.wait(0, Duration::ZERO) > 0);
    assert_eq!(Arc::strong_count(&scene.office), 2, "nothing goes on");
}
