//! What a program asks under a key is done once: the same request is answered the same, and another under the same
//! key is refused, whatever is asked.

use std::sync::Arc;

use axum::http::StatusCode;
use consort_desk::question::hand_in;
use consort_kernel::id::TaskId;
use consort_kernel::task::{AiUse, Phase};
use consort_kernel::time::Timestamp;
use consort_testkit::clock::ManualClock;
use consort_web::Ways;
use serde_json::{Value, json};

use crate::fixture::House;
use crate::program::Program;

const HOUR_MS: i64 = 3_600_000;

impl House {
    /// The letter, in Ben's hands; by a lease of four hours.
    fn held(&self) -> TaskId {
        let (_, task) = self.letter();
        let offered = self.until(task, |task| matches!(task.phase, Phase::Offered(_)));
        consort_desk::question::claim(&self.engine, self.ben, &offered).unwrap();
        self.until(task, |task| matches!(task.phase, Phase::Leased(_)));
        task
    }

    /// Has Ben hand in what he holds.
    fn hand_in(&self, task: TaskId, text: &str) {
        let held = self.until(task, |task| matches!(task.phase, Phase::Leased(_)));
        let content = json!({ "text": text }).to_string();
        hand_in(
            &self.engine,
            self.ben,
            &held,
            content.as_bytes(),
            AiUse::None,
        )
        .unwrap();
        self.until(task, |task| matches!(task.phase, Phase::Reviewing(_)));
    }
}

#[test]
fn whatever_a_program_changes_it_may_send_under_a_key() {
    let document: Value = serde_json::from_str(consort_web::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|it| it.0 != "get") {
            let parameters = operation["parameters"].as_array().unwrap();
            let has_key = parameters.iter().any(|it| it["name"] == "Idempotency-Key");
            assert!(has_key, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_heartbeat_extends_a_lease_once_under_a_key() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_790_000_000_000)));
    let house = House::by(clock.clone(), Ways::default());
    let task = house.held();
    let path = format!("/api/v1/tasks/{task}/heartbeat");
    let until = || house.engine.lease(task).unwrap().unwrap().1;
    clock.advance(HOUR_MS);
    let ben = house.program(house.ben);
    let lease = json!({ "lease": 1 });
    let first = ben.post(&path, &lease, "one").await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let extended = until();
    assert_eq!(first.json()["until"], extended.to_string());
    clock.advance(HOUR_MS);
    let ben = house.program(house.ben);
    assert_eq!(ben.post(&path, &lease, "one").await.json(), first.json());
    assert_eq!(until(), extended, "it was extended once");
    let other = ben.post(&path, &json!({ "lease": 2 }), "one").await;
    other.is_problem(StatusCode::CONFLICT, "id_reused");
    assert_eq!(ben.post(&path, &lease, "two").await.status, StatusCode::OK);
    assert!(until() > extended);
    // What failed is not done, and is asked again under the same key.
    for _ in 0..2 {
        let stale = ben.post(&path, &json!({ "lease": 2 }), "three").await;
        stale.is_problem(StatusCode::CONFLICT, "stale_lease");
    }
}

#[tokio::test]
async fn a_file_that_is_sent_again_under_its_key_is_answered_the_same() {
    let house = House::new();
    let task = house.held();
    let ben = house.program(house.ben);
    let files = format!("/api/v1/tasks/{task}/files");
    let send = async |what: &str, key: &str| {
        let method = axum::http::Method::POST;
        ben.ask(method, &files, what, key).await
    };
    let first = send("a page", "one").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let other = send("another page", "one").await;
    other.is_problem(StatusCode::CONFLICT, "id_reused");
    // Though he holds it no more.
    house.hand_in(task, "Dear all, thank you.");
    let again = send("a page", "one").await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    let new = send("a page", "two").await;
    new.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    // A key of a command stands for that command.
    let path = format!("/api/v1/tasks/{task}/heartbeat");
    ben.post(&path, &json!({ "lease": 1 }), "one")
        .await
        .is_problem(StatusCode::CONFLICT, "id_reused");
}

/// Sends a letter back that was handed in.
async fn send_back(ada: &Program<'_>, task: TaskId) {
    let evidence = ada.get(&format!("/api/v1/tasks/{task}/evidence")).await;
    let evidence = evidence.json();
    let review = json!({
        "lease": evidence["lease"], "submission": evidence["submission"], "verdict": "request_changes",
        "reasons": [{ "criterion": "kind", "text": "It is cold." }], "cause": "capability", "gap_note": "It is cold.",
    });
    let path = format!("/api/v1/tasks/{task}/reviews");
    let told = ada.post(&path, &review, "").await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
}

#[tokio::test]
async fn what_is_opened_again_under_a_key_is_what_was_opened() {
    let house = House::new();
    let task = house.held();
    house.hand_in(task, "Dear all, thank you.");
    let ada = house.program(house.ada);
    let path = format!("/api/v1/tasks/{task}/evidence/write.json");
    let open = async |key: &str| ada.post(&path, &json!({}), key).await;
    let first = open("one").await;
    assert!(first.text.contains("thank you"), "{}", first.text);
    assert_eq!(open("one").await.bytes, first.bytes);
    let other = path.replace("write.json", "nothing.json");
    let other = ada.post(&other, &json!({}), "one").await;
    other.is_problem(StatusCode::CONFLICT, "id_reused");
    send_back(&ada, task).await;
    let offered = house.until(task, |task| {
        matches!(task.phase, Phase::Offered(_) | Phase::Leased(_))
    });
    if matches!(offered.phase, Phase::Offered(_)) {
        consort_desk::question::claim(&house.engine, house.ben, &offered).unwrap();
    }
    house.hand_in(task, "Dear all, thank you so much.");
    // The request was about what is there no more, and notes nothing of what is there now.
    open("one")
        .await
        .is_problem(StatusCode::CONFLICT, "changed");
    let evidence = ada.get(&format!("/api/v1/tasks/{task}/evidence")).await;
    assert_eq!(evidence.json()["files"][0]["opened"], false);
    assert!(open("two").await.text.contains("so much"));
}

#[tokio::test]
async fn a_webhook_is_ended_under_a_key_that_stands_for_that() {
    let house = House::new();
    let [one, other] = [house.webhook(house.ada), house.webhook(house.ada)];
    let ada = house.program(house.ada);
    let end = |id| format!("/api/v1/webhooks/{id}/end");
    for _ in 0..2 {
        let ended = ada.post(&end(one), &json!({}), "it").await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
    }
    let reused = ada.post(&end(other), &json!({}), "it").await;
    reused.is_problem(StatusCode::CONFLICT, "id_reused");
    let kept = house.webhooks().webhook(other).unwrap().unwrap();
    assert!(kept.ended.is_none());
}
