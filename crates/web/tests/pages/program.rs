//! The API as programs ask it: who comes in, what they see, what a key that is sent twice does.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{Method, Request, StatusCode};
use consort_kernel::id::ContributorId;
use consort_kernel::task::Phase;
use serde_json::{Value, json};

use crate::fixture::{Answer, House};

/// Somebody's program.
pub(crate) struct Program<'a> {
    house: &'a House,
    token: String,
}

impl House {
    pub(crate) fn program(&self, who: ContributorId) -> Program<'_> {
        let token = self.token(who);
        Program { house: self, token }
    }
}

impl Program<'_> {
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &str, key: &str) -> Answer {
        let headers = [("idempotency-key", key)];
        self.ask_with(method, path, body, &headers).await
    }

    /// With headers, of which those without a value are left out.
    pub(crate) async fn ask_with(
        &self,
        method: Method,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, "application/json");
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.house.send(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, "", "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.ask(Method::POST, path, &body.to_string(), key).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}", self.text))
    }

    pub(crate) fn is_problem(&self, status: StatusCode, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        let problem = self.json();
        assert_eq!(
            problem["type"],
            format!("/api/problems/{code}"),
            "{problem}"
        );
        assert_eq!(problem["status"], status.as_u16());
        problem
    }
}

const WAIT: &str = r#"{"wait_seconds": 20}"#;

#[tokio::test]
async fn nobody_comes_in_without_a_token_by_any_route() {
    let house = House::new();
    let document: Value = serde_json::from_str(consort_web::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let mut count = 0;
    for (path, item) in paths {
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = path.replace("{number}", "0");
            for authorization in ["", "Bearer x", "Basic eDp5", "Bearer consort_00"] {
                let request = Request::builder()
                    .method(method.clone())
                    .uri(&path)
                    .header(AUTHORIZATION, authorization)
                    .body(Body::empty());
                let answer = house.send(request.unwrap()).await;
                answer.is_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
                assert_eq!(answer.headers[WWW_AUTHENTICATE], "Bearer");
            }
            count += 1;
        }
    }
    assert!(count >= 20, "{count} routes");
}

#[tokio::test]
async fn a_program_claims_works_and_hands_in_and_what_it_repeats_is_done_once() {
    let house = House::new();
    let (_, task) = house.letter();
    let ben = house.program(house.ben);
    let wait = serde_json::from_str(WAIT).unwrap();
    let held = ben.post("/api/v1/claims", &wait, "claim 1").await;
    assert_eq!(held.status, StatusCode::OK, "{}", held.text);
    let work = held.json();
    assert_eq!(work["task"]["id"], task.to_string());
    assert_eq!(work["task"]["state"], "leased");
    // The answer was lost, and the claim is sent again.
    assert_eq!(
        ben.post("/api/v1/claims", &wait, "claim 1").await.json(),
        work
    );

    let url = work["materials"][0]["url"].as_str().unwrap();
    let material = ben.get(url).await;
    assert_eq!(material.text, "\"the move\"");
    assert_eq!(material.headers["content-disposition"], "attachment");

    let lease = work["lease"].as_u64().unwrap();
    let at = |rest: &str| format!("/api/v1/tasks/{task}/{rest}");
    let alive = ben
        .post(&at("heartbeat"), &json!({ "lease": lease }), "")
        .await;
    assert_eq!(alive.json()["lease"], lease);
    let stale = ben
        .post(&at("heartbeat"), &json!({ "lease": lease + 1 }), "")
        .await;
    stale.is_problem(StatusCode::CONFLICT, "stale_lease");

    let submission =
        json!({ "lease": lease, "content": { "text": "Dear all, thank you." }, "ai": "none" });
    let key = "019a9f2e-7c00-7abc-8def-0123456789ab".replace("019a9f2e-7c00", &now(&house));
    let handed = ben.post(&at("submissions"), &submission, &key).await;
    assert_eq!(handed.status, StatusCode::OK, "{}", handed.text);
    house.until(task, |task| {
        matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_))
    });
    let again = ben.post(&at("submissions"), &submission, &key).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    let mut other = submission.clone();
    other["content"]["text"] = json!("Something else, thank you.");
    let reused = ben.post(&at("submissions"), &other, &key).await;
    reused.is_problem(StatusCode::CONFLICT, "id_reused");
    let late = ben
        .post(&at("submissions"), &submission, "another key")
        .await;
    assert!(late.status.is_client_error(), "{}", late.text);
    // Work that is handed in is not in hand any more, nor is its material.
    ben.get(&at("work"))
        .await
        .is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
}

/// The present moment as the beginning of a UUID of version 7.
fn now(house: &House) -> String {
    let millis = format!("{:012x}", house.engine.now().as_millis());
    format!("{}-{}", &millis[..8], &millis[8..])
}

#[tokio::test]
async fn who_gives_a_task_back_is_answered_the_same_when_they_say_so_again() {
    let house = House::new();
    let (_, task) = house.letter();
    let ben = house.program(house.ben);
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let declined = format!("/api/v1/tasks/{task}/decline");
    for _ in 0..2 {
        let answer = ben.post(&declined, &json!({}), "no, thank you").await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }
    let unheard = ben.post(&declined, &json!({}), "another").await;
    unheard.is_problem(StatusCode::NOT_FOUND, "not_found");
    let nothing = ben.post("/api/v1/claims", &json!({}), "").await;
    assert_eq!(nothing.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_program_sees_what_its_person_sees() {
    let house = House::new();
    let (outcome, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let [ada, ben, eve] = [house.ada, house.ben, house.eve].map(|who| house.program(who));
    for path in [
        format!("/api/v1/outcomes/{outcome}"),
        format!("/api/v1/tasks/{task}"),
        format!("/api/v1/outcomes/{outcome}/record"),
    ] {
        let told = eve.get(&path).await;
        told.is_problem(StatusCode::NOT_FOUND, "not_found");
        assert!(!told.text.contains("letter"), "{path}");
        assert_eq!(ada.get(&path).await.status, StatusCode::OK, "{path}");
    }
    for list in ["/api/v1/tasks", "/api/v1/outcomes"] {
        assert_eq!(eve.get(list).await.json()["items"], json!([]));
        assert_eq!(
            ben.get(list).await.json()["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
    let seen = |program: Value| program["purse"].is_object();
    let of_outcome = format!("/api/v1/outcomes/{outcome}");
    assert!(seen(ada.get(&of_outcome).await.json()));
    assert!(!seen(ben.get(&of_outcome).await.json()));
    assert_eq!(
        ben.get("/api/v1/tasks?mine=true").await.json()["items"][0]["id"],
        task.to_string()
    );
    assert_eq!(
        ada.get("/api/v1/tasks?mine=true").await.json()["items"],
        json!([])
    );
    assert_eq!(ada.get("/api/v1/me").await.json()["name"], "Ada");
}

#[tokio::test]
async fn what_cannot_be_read_says_where() {
    let house = House::new();
    let (outcome, task) = house.letter();
    let ada = house.program(house.ada);
    for (path, body, pointer) in [
        (
            format!("/api/v1/tasks/{task}/submissions"),
            "{\"lease\": \"x\"}",
            "#/lease",
        ),
        (
            format!("/api/v1/tasks/{task}/questions"),
            "{\"lease\": 1, \"text\": 7}",
            "#/text",
        ),
        (
            format!("/api/v1/outcomes/{outcome}/tasks"),
            "{\"reason\": \"\", \"tasks\": []}",
            "#/tasks",
        ),
        (
            "/api/v1/claims".to_owned(),
            "{\"wait_seconds\": 31}",
            "#/wait_seconds",
        ),
    ] {
        let problem = ada.ask(Method::POST, &path, body, "a key").await;
        let problem = problem.is_problem(StatusCode::BAD_REQUEST, "unreadable");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{path}");
    }
    // A whole number is one, however it is written, and nothing said is what is usual.
    for body in ["{\"wait_seconds\": 0.0}", "null", ""] {
        let claimed = ada.ask(Method::POST, "/api/v1/claims", body, "").await;
        assert!(claimed.status.is_success(), "{body}");
    }
    let query = ada.get("/api/v1/tasks?limit=0").await;
    query.is_problem(StatusCode::BAD_REQUEST, "unreadable");
    for nowhere in ["/api/v1/tasks/tsk_x", "/api/v1/nothing"] {
        ada.get(nowhere)
            .await
            .is_problem(StatusCode::NOT_FOUND, "not_found");
    }
    let meaning = ada.get("/api/problems/stale_lease").await;
    assert_eq!(meaning.json()["title"], "The lease is over");
}

#[tokio::test]
async fn tasks_are_added_many_at_a_time_and_once_under_one_key() {
    let house = House::new();
    let (outcome, _) = house.letter();
    let ada = house.program(house.ada);
    let task = |number: usize| {
        json!({
            "key": format!("more-{number}"), "kind": "draft", "title": format!("Another, {number}"),
            "capability": "writing", "mode": "person", "risk": "low", "price_minor": 0, "lease_seconds": 3600,
            "serves": ["personal"],
            "instructions": {
                "goal": "Write another.", "constraints": ["Short."],
                "context": [{ "name": "why", "text": "They helped." }],
                "criteria": [{ "key": "kind", "text": "It is kind.", "method": { "by": "judgment" } }],
            },
        })
    };
    let tasks: Vec<Value> = (0..1_000).map(task).collect();
    let body = json!({ "reason": "more people helped", "tasks": tasks });
    let path = format!("/api/v1/outcomes/{outcome}/tasks");
    for _ in 0..2 {
        let added = ada.post(&path, &body, "the others").await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        assert_eq!(added.json()["tasks"].as_array().unwrap().len(), 1_000);
    }
    let mut read = 0;
    let mut next = String::new();
    loop {
        let page = ada
            .get(&format!("/api/v1/tasks?outcome={outcome}&limit=100{next}"))
            .await
            .json();
        read += page["items"].as_array().unwrap().len();
        let Some(cursor) = page["next"].as_str() else {
            break;
        };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(read, 1_001);
    let ben = house
        .program(house.ben)
        .post(&path, &body, "the same")
        .await;
    assert_eq!(ben.status, StatusCode::FORBIDDEN, "{}", ben.text);
}

#[test]
fn every_operation_of_the_document_has_a_name_of_its_own() {
    let document: Value = serde_json::from_str(consort_web::document()).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let mut names = Vec::new();
    for operation in operations {
        names.push(operation["operationId"].as_str().unwrap());
        let problem = &operation["responses"]["default"]["content"];
        assert!(
            problem["application/problem+json"].is_object(),
            "{operation}"
        );
    }
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
}

#[test]
fn the_document_is_the_one_that_is_kept() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    if std::fs::read_to_string(path).unwrap_or_default() != consort_web::document() {
        std::fs::write(path, consort_web::document()).unwrap();
        panic!(
            "docs/openapi.json was not what the code says; it is now: look at what changed, and keep it"
        );
    }
}
