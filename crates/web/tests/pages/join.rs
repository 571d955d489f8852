//! Getting others in: agents by tokens, people by links, and what lets in is listed and ended.

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{Method, Request, StatusCode};

use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::money::Amount;
use consort_kernel::task::{Phase, Task};

use crate::fixture::{Answer, House, hidden};

const SCOUT: &str = "name=Scout&capabilities=research+4%0Adraft+5&family=rules";

async fn me(house: &House, token: &str) -> Answer {
    let request = Request::get("/api/v1/me").header(AUTHORIZATION, format!("Bearer {token}"));
    house.send(request.body(Body::empty()).unwrap()).await
}

/// What stands on a page between two texts.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{page}"));
    rest.split_once(after).unwrap().0
}

#[tokio::test]
async fn an_agent_is_connected_heard_of_and_ended() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let connected = ada.post("/people/connect", SCOUT).await;
    assert_eq!(connected.status, StatusCode::OK, "{}", connected.text);
    let token = between(&connected.text, "<code data-copy=\"the token\">", "</code>").to_owned();
    // The command fetches a program that comes in: no checkout is needed.
    let program = between(&connected.text, "curl -fsS $CONSORT_URL", " -o");
    let program = house.get(program, "").await;
    assert_eq!(
        program.text,
        include_str!("../../../../examples/agents/agent.py")
    );
    assert!(token.starts_with("consort_"), "{token}");
    let id = between(&connected.text, "primary\" href=\"/people/ctr_", "\"");
    let person = format!("/people/ctr_{id}");
    let before = ada.get(&person).await.text;
    assert!(
        before.contains("Not heard of yet") && !before.contains(&token),
        "{before}"
    );

    assert!(me(&house, &token).await.text.contains("\"name\":\"Scout\""));
    let after = ada.get(&person).await.text;
    assert!(after.contains("Has come in"), "{after}");
    // Nobody else learns of it, or ends it.
    let pass = hidden(&after, "pass");
    let end = format!("{person}/passes/end");
    let form = format!("pass={pass}");
    let ben = house.browser(house.ben).await;
    assert!(!ben.get(&person).await.text.contains("Has come in"));
    assert_eq!(ben.post(&end, &form).await.status, StatusCode::FORBIDDEN);
    let not_theirs = format!("/people/{}/passes/end", house.ben);
    assert_eq!(
        ben.post(&not_theirs, &form).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(me(&house, &token).await.status, StatusCode::OK);
    ada.post(&end, &form).await.leads_to();
    assert_eq!(me(&house, &token).await.status, StatusCode::UNAUTHORIZED);

    let again = ada.post("/people/connect", SCOUT).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("is here already"), "{}", again.text);
}

#[tokio::test]
async fn a_token_of_ones_own_is_shown_once() {
    let house = House::new();
    let ben = house.browser(house.ben).await;
    let own = format!("/people/{}", house.ben);
    let made = ben.post(&format!("{own}/tokens"), "label=my+script").await;
    let token = between(&made.text, "<code data-copy=\"the token\">", "</code>").to_owned();
    assert!(me(&house, &token).await.text.contains("\"name\":\"Ben\""));
    let page = ben.get(&own).await.text;
    assert!(
        page.contains("my script") && page.contains("This browser"),
        "{page}"
    );
    assert!(!page.contains(&token));
}

#[tokio::test]
async fn only_a_steward_invites_and_the_link_lets_one_in() {
    let house = House::new();
    let form = "name=Noor&capabilities=writing+5";
    let eve = house.browser(house.eve).await;
    assert_eq!(
        eve.get("/people/invite").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        eve.post("/people/invite", form).await.status,
        StatusCode::FORBIDDEN
    );
    let sam = house.browser(house.sam).await;
    let invited = sam.post("/people/invite", form).await;
    let link = between(&invited.text, "<code data-copy=\"the link\">", "</code>");
    let path = &link[link.find("/enter/").unwrap()..];
    assert!(house.get(path, "").await.text.contains("Welcome, Noor"));
    house.post(path, "", "").await.leads_to();
    assert_eq!(house.post(path, "", "").await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_trial_begins_by_itself_when_the_agent_is_first_heard_of() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    for (form, is_tried) in [
        (format!("{SCOUT}&trial=yes"), true),
        (SCOUT.replace("Scout", "Rover"), false),
    ] {
        let connected = ada.post("/people/connect", &form).await.text;
        let token = between(&connected, "<code data-copy=\"the token\">", "</code>").to_owned();
        let id = between(&connected, "primary\" href=\"/people/ctr_", "\"");
        let person = format!("/people/ctr_{id}");
        let waits = "as soon as the agent is heard of";
        assert!(connected.contains("Waiting for its first heartbeat"));
        let before = ada.get(&person).await.text;
        assert_eq!(before.contains(waits), is_tried, "{before}");
        // However often it is heard of, it is tried out once.
        let trials = async || {
            ada.get("/outcomes.json")
                .await
                .text
                .matches("A trial of ")
                .count()
        };
        let others = trials().await;
        for _ in 0..3 {
            assert!(me(&house, &token).await.status.is_success());
        }
        assert_eq!(trials().await - others, usize::from(is_tried));
        let after = ada.get(&person).await.text;
        assert!(!after.contains(waits));
        assert!(after.contains("First heartbeat received"), "{after}");
        // While it is open it is led to, and no second one is offered or begun.
        assert_eq!(after.contains("Run a free trial task"), !is_tried);
        if is_tried {
            let task = between(&after, "is under way: <a href=\"", "\"");
            let again = ada.post(&format!("{person}/trial"), "").await;
            assert_eq!(again.leads_to(), task);
            assert_eq!(trials().await - others, 1);
            let all = ada.get("/outcomes.json").await.text;
            assert!(all.contains("A trial of Scout"), "{all}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_is_for_the_agent_alone_and_shows_that_it_can_work_here() {
    let house = House::new();
    let (ada, ben) = (
        house.browser(house.ada).await,
        house.browser(house.ben).await,
    );
    let mut agents = Vec::new();
    for form in [SCOUT.to_owned(), SCOUT.replace("Scout", "Rover")] {
        let connected = ada.post("/people/connect", &form).await;
        let id = between(&connected.text, "primary\" href=\"/people/ctr_", "\"");
        agents.push(format!("ctr_{id}").parse::<ContributorId>().unwrap());
    }
    let [scout, rover] = agents[..] else {
        panic!("two were connected");
    };
    let trial = format!("/people/{scout}/trial");
    assert_eq!(ben.post(&trial, "").await.status, StatusCode::NOT_FOUND);
    let page = ada.get(&format!("/people/{scout}")).await.text;
    assert!(page.contains("Run a free trial task"), "{page}");
    let begun = ada.post(&trial, "").await;
    let task: TaskId = begun
        .leads_to()
        .split('/')
        .next_back()
        .unwrap()
        .parse()
        .unwrap();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));

    let claims = "/api/v1/claims";
    let now = r#"{"wait_seconds":0}"#;
    let nothing = house
        .program(rover)
        .ask(Method::POST, claims, now, "")
        .await;
    assert_eq!(nothing.status, StatusCode::NO_CONTENT, "{}", nothing.text);
    let scout = house.program(scout);
    let work = scout.ask(Method::POST, claims, now, "").await;
    assert_eq!(work.status, StatusCode::OK, "{}", work.text);
    let lease = house.engine.task(task).unwrap().unwrap().lease_number;
    let submissions = format!("/api/v1/tasks/{task}/submissions");
    let done =
        format!(r#"{{"lease":{lease},"content":{{"text":"The lift is broken."}},"ai":"tool"}}"#);
    let handed = scout.ask(Method::POST, &submissions, &done, "").await;
    assert!(handed.status.is_success(), "{}", handed.text);
    let done = house.until(task, Task::is_to_be_signed);
    assert_eq!(done.spec.price, Amount::ZERO);
    let today = ada.get("/today").await.text;
    assert!(today.contains(&format!("/tasks/{task}/sign")), "{today}");
}
