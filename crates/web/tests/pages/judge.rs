//! Judging through the API: who may review and sign, by what, and what has to come before.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};
use consort_desk::question::hand_in;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::task::{AiUse, Phase};
use serde_json::{Value, json};

use crate::fixture::{Answer, House};

/// By what somebody asks.
enum Pass {
    Token(String),
    Session(String),
}

impl House {
    fn by_token(&self, who: ContributorId) -> Pass {
        Pass::Token(self.token(who))
    }

    async fn by_session(&self, who: ContributorId) -> Pass {
        Pass::Session(self.browser(who).await.cookie().to_owned())
    }

    async fn ask(&self, pass: &Pass, path: &str, body: &Value, key: &str) -> Answer {
        let request = Request::post(path).header(CONTENT_TYPE, "application/json");
        let request = match pass {
            Pass::Token(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            Pass::Session(cookie) => request.header(COOKIE, cookie),
        };
        let request = if key.is_empty() {
            request
        } else {
            request.header("idempotency-key", key)
        };
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// The letter, as Ben handed it in.
    fn handed_in(&self) -> (TaskId, Value) {
        let (_, task) = self.letter();
        self.until(task, |task| matches!(task.phase, Phase::Offered(_)));
        let ben = consort_kernel::command::Principal::Contributor(self.ben);
        let claim = consort_kernel::task::TaskCommand::Claim;
        let body = consort_kernel::command::Body::Task(task, claim);
        self.engine.execute(ben, body).unwrap();
        let held = self.engine.task(task).unwrap().unwrap();
        let text = br#"{"text":"Dear all, thank you."}"#;
        hand_in(&self.engine, self.ben, &held, text, AiUse::None).unwrap();
        let handed = self.until(task, |task| {
            matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_))
        });
        let handed = handed.handed().unwrap();
        let what = json!({ "lease": handed.lease.number, "submission": handed.submission.content.to_string() });
        (task, what)
    }
}

fn with(what: &Value, field: &str, value: &str) -> Value {
    let mut what = what.clone();
    what[field] = json!(value);
    what
}

fn is_problem(answer: &Answer, status: StatusCode, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    let problem: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(problem["type"], format!("/api/problems/{code}"));
    problem
}

#[tokio::test]
async fn a_token_never_signs_and_says_what_would() {
    let house = House::new();
    let (task, what) = house.handed_in();
    let accept = format!("/api/v1/tasks/{task}/accept");
    let signed = with(&what, "missed", "nothing seen");
    let ada = house.by_token(house.ada);
    let refused = house.ask(&ada, &accept, &signed, "k").await;
    let problem = is_problem(&refused, StatusCode::FORBIDDEN, "session_needed");
    assert!(problem["hint"].as_str().unwrap().contains("session"));
    let task = house.engine.task(task).unwrap().unwrap();
    assert!(!task.is_accepted());
}

#[tokio::test]
async fn a_session_signs_what_was_opened_in_it_once_under_a_key() {
    let house = House::new();
    let (task, what) = house.handed_in();
    let accept = format!("/api/v1/tasks/{task}/accept");
    let signed = with(&what, "missed", "nothing seen");
    let ada = house.by_session(house.ada).await;

    let keyless = house.ask(&ada, &accept, &signed, "").await;
    is_problem(&keyless, StatusCode::BAD_REQUEST, "key_needed");
    let unopened = house.ask(&ada, &accept, &signed, "k").await;
    let problem = is_problem(&unopened, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("write.json"));

    // What was opened by another pass does not count.
    let file = format!("/api/v1/tasks/{task}/evidence/write.json");
    let by_token = house.by_token(house.ada);
    let opened = house.ask(&by_token, &file, &json!({}), "").await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    let unopened = house.ask(&ada, &accept, &signed, "k").await;
    is_problem(&unopened, StatusCode::UNPROCESSABLE_ENTITY, "invalid");

    let opened = house.ask(&ada, &file, &json!({}), "").await;
    assert!(opened.text.contains("Dear all"), "{}", opened.text);
    let silent = house.ask(&ada, &accept, &what, "k").await;
    let problem = is_problem(&silent, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert!(problem["detail"].as_str().unwrap().contains("misses"));

    let stranger = house.by_session(house.sam).await;
    house.ask(&stranger, &file, &json!({}), "").await;
    let refused = house.ask(&stranger, &accept, &signed, "s").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);

    for _ in 0..2 {
        let answer = house.ask(&ada, &accept, &signed, "k").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let told: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(told["state"], "accepted");
        assert_eq!(told["reviews"].as_array().unwrap().len(), 1);
    }
    let other = with(&what, "submission", &"00".repeat(32));
    let changed = house.ask(&ada, &accept, &other, "k").await;
    assert!(changed.status.is_client_error(), "{}", changed.text);
}

#[tokio::test]
async fn a_token_reviews_where_the_rules_let_its_contributor() {
    let house = House::new();
    let (task, what) = house.handed_in();
    let reviews = format!("/api/v1/tasks/{task}/reviews");
    let mut verdict = with(&what, "verdict", "accept");
    verdict["gap_note"] = json!("nothing seen");
    let own = house.by_token(house.ben);
    let refused = house.ask(&own, &reviews, &verdict, "").await;
    is_problem(&refused, StatusCode::FORBIDDEN, "own_work");
    let unseen = house.by_token(house.eve);
    let refused = house.ask(&unseen, &reviews, &verdict, "").await;
    is_problem(&refused, StatusCode::NOT_FOUND, "not_found");
    let unable = house.by_token(house.sam);
    let refused = house.ask(&unable, &reviews, &verdict, "").await;
    is_problem(&refused, StatusCode::FORBIDDEN, "no_right");
    let ada = house.by_token(house.ada);
    for _ in 0..2 {
        let told = house.ask(&ada, &reviews, &verdict, "r").await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        let told: Value = serde_json::from_str(&told.text).unwrap();
        assert_eq!(told["reviews"][0]["verdict"], "accept");
        assert_eq!(told["state"], "signing");
    }
}
