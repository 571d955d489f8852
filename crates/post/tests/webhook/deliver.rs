//! What arrives, and what comes of what does not.

use consort_post::ATTEMPTS_MAX;

use crate::receiver::Receiver;
use crate::scene::Scene;

const MINUTE_MS: i64 = 60_000;

#[test]
fn what_happens_arrives_signed_and_once() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["204 No Content"]);
    let before = scene.join("Ben");
    let (id, secret) = scene.webhook(&receiver.address());
    let position = scene.join("Eve");
    assert_eq!(position, before + 1);
    scene.work();
    scene.work();
    let delivery = scene.only(id);
    assert!(delivery.has_arrived && delivery.due.is_none());
    assert_eq!(delivery.answer.as_deref(), Some("answered 204"));
    let [request] = <[_; 1]>::try_from(receiver.all()).unwrap();
    assert!(request.is_signed_with(&secret));
    assert!(request.id.starts_with("msg_") && !request.id.contains('.'));
    assert_eq!(request.at_s * 1_000, scene.engine.now().as_millis());
    assert_eq!(request.content_type, "application/cloudevents+json");
    let said: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(said["id"], position.to_string());
    assert_eq!(said["type"], "consort.contributor.added");
}

#[test]
fn what_is_not_wanted_or_not_to_be_seen_is_not_told() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"]);
    let wish = ["contributor.added"];
    let add = |kinds| {
        scene
            .office
            .add(scene.ada, &receiver.address(), kinds, None)
    };
    let (wanted, _) = add(wish).unwrap();
    let (other, _) = add(["outcome.*"]).unwrap();
    let hide = |kind: &str| scene.eyes.hidden.lock().unwrap().insert(kind.to_owned());
    hide("contributor.added");
    scene.join("Ben");
    scene.work();
    scene.eyes.hidden.lock().unwrap().clear();
    scene.join("Eve");
    scene.work();
    assert_eq!(scene.deliveries(other.id), []);
    assert!(scene.only(wanted.id).has_arrived);
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn what_may_not_be_seen_any_more_is_not_sent() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["500 Oh"]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.work();
    scene
        .eyes
        .hidden
        .lock()
        .unwrap()
        .insert("contributor.added".to_owned());
    scene.wait_for(&scene.only(id));
    scene.work();
    let delivery = scene.only(id);
    assert_eq!((delivery.due, delivery.has_arrived), (None, false));
    assert!(delivery.answer.unwrap().contains("may not see it"));
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn what_fails_is_tried_again_later_as_the_same_message() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["500 Oh", "302 Found\r\nlocation: /elsewhere", "200 OK"]);
    let (id, secret) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.work();
    let first = scene.only(id);
    assert_eq!(first.answer.as_deref(), Some("answered 500"));
    let wait = first.due.unwrap().millis_since(scene.engine.now());
    assert!((5_000..=6_000).contains(&wait), "{wait}");
    scene.clock.advance(wait - 1);
    scene.work();
    assert_eq!(scene.only(id), first, "it is not due yet");
    scene.clock.advance(1);
    scene.work();
    let second = scene.only(id);
    assert_eq!(second.answer.as_deref(), Some("answered 302"));
    scene.wait_for(&second);
    scene.work();
    let third = scene.only(id);
    assert!(third.has_arrived);
    assert_eq!(third.attempts, 3);
    let requests = receiver.all();
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(
            (&request.id, &request.body),
            (&requests[0].id, &requests[0].body)
        );
        assert!(request.is_signed_with(&secret));
    }
    assert!(requests[0].at_s < requests[1].at_s && requests[1].at_s < requests[2].at_s);
}

#[test]
fn a_connection_that_is_refused_is_tried_again_too() {
    let scene = Scene::new();
    // Nobody listens there any more.
    let gone = Receiver::with(&[]);
    let (socket, address) = (gone.socket(), gone.address());
    assert_eq!(gone.all(), []);
    let (id, _) = scene.webhook(&address);
    scene.join("Ben");
    scene.work();
    let first = scene.only(id);
    assert_eq!(first.answer.as_deref(), Some("no connection came about"));
    let receiver = Receiver::at(socket, &["200 OK"]);
    scene.wait_for(&first);
    scene.work();
    assert!(scene.only(id).has_arrived);
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn a_receiver_that_breaks_off_or_talks_nonsense_has_not_taken_it() {
    for answer in ["", "nonsense"] {
        let scene = Scene::new();
        let receiver = Receiver::with(&[answer]);
        let (id, _) = scene.webhook(&receiver.address());
        scene.join("Ben");
        scene.work();
        let delivery = scene.only(id);
        assert!(!delivery.has_arrived && delivery.due.is_some(), "{answer}");
        assert_eq!(receiver.all().len(), 1);
    }
}

#[test]
fn an_answer_that_never_ends_is_read_up_to_a_bound() {
    let scene = Scene::new();
    let long = format!(
        "200 OK\r\ncontent-length: 99999999\r\n\r\n{}",
        "x".repeat(64 * 1024)
    );
    let receiver = Receiver::with(&[&long]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.work();
    assert!(scene.only(id).has_arrived);
    assert_eq!(receiver.all().len(), 1);
}

#[test]
fn a_receiver_may_ask_to_be_left_alone_for_longer() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["429 Slow\r\nretry-after: 600", "503 Oh\r\nretry-after: 1"]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.work();
    let first = scene.only(id);
    let wait = first.due.unwrap().millis_since(scene.engine.now());
    assert!((10 * MINUTE_MS..=12 * MINUTE_MS).contains(&wait), "{wait}");
    scene.wait_for(&first);
    scene.work();
    let wait = scene.only(id).due.unwrap().millis_since(scene.engine.now());
    assert!((5 * MINUTE_MS..=6 * MINUTE_MS).contains(&wait), "{wait}");
    assert_eq!(receiver.all().len(), 2);
}

#[test]
fn after_the_last_attempt_it_is_given_up_and_can_be_sent_again() {
    let scene = Scene::new();
    let mut answers = vec!["500 Oh"; ATTEMPTS_MAX as usize];
    answers.push("200 OK");
    let receiver = Receiver::with(&answers);
    let (id, _) = scene.webhook(&receiver.address());
    let position = scene.join("Ben");
    scene.work();
    for attempt in 1..ATTEMPTS_MAX {
        let delivery = scene.only(id);
        assert_eq!(delivery.attempts, attempt);
        scene.wait_for(&delivery);
        scene.work();
    }
    let given_up = scene.only(id);
    assert_eq!((given_up.due, given_up.has_arrived), (None, false));
    scene.office.send_again(scene.ada, id, position).unwrap();
    scene.work();
    assert!(scene.only(id).has_arrived);
    let requests = receiver.all();
    assert_eq!(requests.len(), answers.len());
    assert_eq!(requests[0].id, requests[10].id);
}

#[test]
fn a_receiver_that_is_gone_ends_the_webhook() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["410 Gone"]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.join("Eve");
    scene.work();
    let webhook = scene.office.find(scene.ada, id).unwrap();
    assert_eq!(
        webhook.ended.unwrap().1,
        "its receiver answered 410: it is gone"
    );
    let delivery = scene.only(id);
    assert_eq!(delivery.answer.as_deref(), Some("answered 410"));
    assert_eq!(receiver.all().len(), 1, "what waited is not sent");
}

#[test]
fn everything_since_a_moment_is_sent_again_as_the_same_messages() {
    let scene = Scene::new();
    let receiver = Receiver::with(&["200 OK"; 5]);
    let (id, _) = scene.webhook(&receiver.address());
    scene.join("Ben");
    scene.work();
    scene.clock.advance(MINUTE_MS);
    let since = scene.engine.now();
    scene.join("Eve");
    scene.join("Dan");
    scene.work();
    scene.clock.advance(MINUTE_MS);
    scene.office.send_since(scene.ada, id, since).unwrap();
    scene.work();
    // What has not happened yet is not sent.
    scene.clock.advance(MINUTE_MS);
    scene
        .office
        .send_since(scene.ada, id, scene.engine.now())
        .unwrap();
    scene.work();
    let ids: Vec<String> = receiver.all().into_iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), 5);
    assert_eq!(ids[1..3], ids[3..5]);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn one_that_was_never_told_of_is_not_sent_again() {
    let scene = Scene::new();
    let (id, _) = scene.webhook("https://receiver.example/");
    let size = scene.engine.store().log().unwrap().size();
    for position in [0, size + 1, u64::MAX] {
        assert!(
            scene.office.send_again(scene.ada, id, position).is_err(),
            "{position}"
        );
    }
}
