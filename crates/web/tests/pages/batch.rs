//! Many tasks that a program adds to a plan in one request: all of them come in, or none.

use axum::http::StatusCode;
use consort_kernel::id::OutcomeId;
use serde_json::{Value, json};

use crate::fixture::{Answer, House};

fn task(number: usize) -> Value {
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
}

/// 450 tasks.
fn batch() -> Value {
    let tasks: Vec<Value> = (0..450).map(task).collect();
    json!({ "reason": "more people helped", "tasks": tasks })
}

/// How many tasks are in a plan.
fn planned(house: &House, outcome: OutcomeId) -> u32 {
    let outcome = house.engine.outcome(outcome).unwrap().unwrap();
    outcome.progress.open + outcome.progress.accepted + outcome.progress.dropped
}

async fn add(house: &House, outcome: OutcomeId, body: &Value, key: &str) -> Answer {
    let path = format!("/api/v1/outcomes/{outcome}/tasks");
    house.program(house.ada).post(&path, body, key).await
}

#[tokio::test]
async fn a_fault_in_one_of_many_tasks_leaves_none_of_them_in_the_plan_and_says_where_it_is() {
    let house = House::new();
    let (outcome, _) = house.letter();
    let faults: [(&str, Value, &str); 16] = [
        ("/serves", json!(["personal", "x"]), "/serves/1"),
        ("/needs", json!(["more-3", "more-449"]), "/needs/1"),
        ("/key", json!("more-7"), "/key"),
        ("/key", json!(" "), "/key"),
        ("/title", json!(""), "/title"),
        ("/lease_seconds", json!(0), "/lease_seconds"),
        ("/price_minor", json!(-1), "/price_minor"),
        ("/instructions/goal", json!(""), "/instructions/goal"),
        ("/instructions/context", json!([]), "/instructions/context"),
        (
            "/instructions/context/0",
            json!({ "name": "it", "result_of": "write" }),
            "/instructions/context/0/result_of",
        ),
        (
            "/instructions/context/0",
            json!({ "name": "neither" }),
            "/instructions/context/0",
        ),
        (
            "/instructions/constraints",
            json!(["Short.", " "]),
            "/instructions/constraints/1",
        ),
        (
            "/instructions/criteria",
            json!([]),
            "/instructions/criteria",
        ),
        (
            "/instructions/criteria/0/key",
            json!(""),
            "/instructions/criteria/0/key",
        ),
        (
            "/instructions/criteria/0/text",
            json!(""),
            "/instructions/criteria/0/text",
        ),
        (
            "/instructions/criteria/0/weight",
            json!(0),
            "/instructions/criteria",
        ),
    ];
    for (number, (at, value, place)) in faults.into_iter().enumerate() {
        let mut body = batch();
        let (parent, member) = at.rsplit_once('/').unwrap();
        let parent = body["tasks"][400].pointer_mut(parent).unwrap();
        match member.parse::<usize>() {
            Ok(index) => parent[index] = value,
            Err(_) => parent[member] = value,
        }
        let told = add(&house, outcome, &body, &format!("faulty {number}")).await;
        assert!(told.status.is_client_error(), "{at}: {}", told.text);
        let problem = told.json();
        let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
        assert_eq!(pointer, format!("#/tasks/400{place}"), "{problem}");
        let there = body.pointer(pointer.strip_prefix('#').unwrap());
        assert!(there.is_some(), "{pointer} is nowhere in the request");
        assert_eq!(planned(&house, outcome), 1, "{at}: {}", told.text);
    }
    // What the hint says works: the fault is put right, and all of it goes under a new key.
    let added = add(&house, outcome, &batch(), "put right").await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    assert_eq!(planned(&house, outcome), 451);
}

#[tokio::test]
async fn what_many_tasks_need_together_is_looked_at_before_the_first_comes_in() {
    let house = House::new();
    let (outcome, _) = house.letter();
    // There is no money for the last of them, which a commit of 200 does not see.
    let mut dear = batch();
    dear["tasks"][449]["price_minor"] = json!(1_000_000);
    let told = add(&house, outcome, &dear, "dear").await;
    told.is_problem(StatusCode::CONFLICT, "not_enough_money");
    assert_eq!(planned(&house, outcome), 1);
    // A task may need one of another commit.
    let mut chained = batch();
    chained["tasks"][449]["needs"] = json!(["more-0"]);
    let added = add(&house, outcome, &chained, "chained").await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let again = add(&house, outcome, &chained, "chained").await;
    assert_eq!(again.json(), added.json());
    let other = add(&house, outcome, &batch(), "chained").await;
    other.is_problem(StatusCode::CONFLICT, "id_reused");
    let there = add(&house, outcome, &batch(), "another").await;
    let problem = there.is_problem(StatusCode::CONFLICT, "exists");
    assert_eq!(problem["errors"][0]["pointer"], "#/tasks/0/key");
}

#[tokio::test]
async fn a_key_stands_for_all_of_a_batch_and_for_no_other() {
    let house = House::new();
    let (outcome, _) = house.letter();
    let before = planned(&house, outcome);
    let of = |tasks: std::ops::Range<usize>| json!({ "reason": "more people helped", "tasks": tasks.map(task).collect::<Vec<_>>() });
    for _ in 0..2 {
        let added = add(&house, outcome, &of(0..250), "a batch").await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    }
    assert_eq!(planned(&house, outcome), before + 250);
    // Its first part is the same, and so is all of the shorter one.
    for other in [of(0..300), of(0..200)] {
        let refused = add(&house, outcome, &other, "a batch").await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    }
    assert_eq!(planned(&house, outcome), before + 250);
}
