//! Versions: what an answer shows is tagged, and a change that rests on what was seen is carried out only
//! where nothing happened since. A form that comes too late keeps what was typed.

use axum::http::header::ETAG;
use axum::http::{Method, StatusCode};
use consort_engine::network;
use consort_kernel::network::Switch;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Phase;
use serde_json::{Value, json};

use crate::fixture::{Answer, Browser, House, hidden};
use crate::program::Program;
use crate::work::Story;

/// Asks under a key, on a version.
async fn on(program: &Program<'_>, path: &str, body: &Value, key: &str, tag: &str) -> Answer {
    let headers = [("idempotency-key", key), ("if-match", tag)];
    let body = body.to_string();
    program.ask_with(Method::POST, path, &body, &headers).await
}

fn tag(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.headers[ETAG].to_str().unwrap().to_owned()
}

/// What a form of a page carries, to be sent with other fields.
fn carried(page: &str) -> String {
    let value = |name: &str| hidden(page, name).replace(':', "%3A");
    let (key, seen) = (value("idempotency-key"), value("if-match"));
    format!("&idempotency-key={key}&if-match={seen}")
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let house = House::new();
    let (outcome, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    let [ada, ben] = [house.ada, house.ben].map(|who| house.program(who));
    for path in [
        format!("/api/v1/outcomes/{outcome}"),
        format!("/api/v1/tasks/{task}"),
        format!("/api/v1/contributors/{}", house.ada),
        format!("/api/v1/organisations/{own}"),
        "/api/v1/policy".to_owned(),
        "/api/v1/me".to_owned(),
    ] {
        let first = ada.get(&path).await;
        let known = tag(&first);
        assert!(known.starts_with('"') && known.ends_with('"'), "{known}");
        for (has, status) in [
            (known.as_str(), StatusCode::NOT_MODIFIED),
            (&format!("W/{known}, \"x\""), StatusCode::NOT_MODIFIED),
            ("*", StatusCode::NOT_MODIFIED),
            ("\"x\"", StatusCode::OK),
        ] {
            let headers = [("if-none-match", has)];
            let again = ada.ask_with(Method::GET, &path, "", &headers).await;
            assert_eq!(again.status, status, "{path} {has}");
            assert_eq!(again.headers[ETAG], known.as_str(), "{path}");
            assert_eq!(again.text.is_empty(), status != StatusCode::OK);
        }
    }
    // Whoever sees less of it is shown something else.
    let of_outcome = format!("/api/v1/outcomes/{outcome}");
    assert_ne!(
        tag(&ada.get(&of_outcome).await),
        tag(&ben.get(&of_outcome).await)
    );
    let of_task = format!("/api/v1/tasks/{task}");
    let before = tag(&ben.get(&of_task).await);
    let claimed = ben.post(&format!("{of_task}/claim"), &json!({}), "").await;
    assert_eq!(claimed.status, StatusCode::OK, "{}", claimed.text);
    assert_ne!(tag(&ben.get(&of_task).await), before);
}

#[tokio::test]
async fn an_organisation_is_for_those_who_are_in_it() {
    let house = House::new();
    house.letter();
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    let path = format!("/api/v1/organisations/{own}");
    let seen = house.program(house.ada).get(&path).await.json();
    assert_eq!(seen["name"], "Ada's desk");
    assert!(seen["funds"].is_array());
    let outside = house.program(house.eve).get(&path).await;
    outside.is_problem(StatusCode::NOT_FOUND, "not_found");
    let rules = house.program(house.eve).get("/api/v1/policy").await.json();
    assert_eq!(rules["version"], 1);
    assert_eq!(rules["reviews"].as_array().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_write_at_once_on_what_they_saw_one_comes_through() {
    let house = House::new();
    let (_, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let ben = house.program(house.ben);
    let path = format!("/api/v1/tasks/{task}");
    ben.post(&format!("{path}/claim"), &json!({}), "").await;
    let asks = format!("{path}/questions");
    let question = |text: &str| json!({ "lease": 1, "text": text });
    for round in 0..5 {
        let seen = tag(&ben.get(&path).await);
        let [one, other] = ["Which?", "When?"].map(|it| question(&format!("{it} {round}")));
        let keys = [format!("one {round}"), format!("other {round}")];
        let (first, second) = tokio::join!(
            on(&ben, &asks, &one, &keys[0], &seen),
            on(&ben, &asks, &other, &keys[1], &seen),
        );
        let (won, lost) = if first.status == StatusCode::OK {
            (first, second)
        } else {
            (second, first)
        };
        assert_ne!(tag(&won), seen);
        let problem = lost.is_problem(StatusCode::PRECONDITION_FAILED, "moved");
        let changes = problem["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 1, "{problem}");
        assert_eq!(changes[0]["event"], "task.asked");
        assert_eq!(changes[0]["by"], house.ben.to_string());
        assert!(problem["hint"].as_str().unwrap().contains("ETag"));
        // What was carried out is answered as before under its key, though the version moved on; what
        // was not is still refused.
        let [again, refused] =
            if won.text.contains("Which?") && !won.text.contains(&format!("When? {round}")) {
                [
                    on(&ben, &asks, &one, &keys[0], &seen).await,
                    on(&ben, &asks, &other, &keys[1], &seen).await,
                ]
            } else {
                [
                    on(&ben, &asks, &other, &keys[1], &seen).await,
                    on(&ben, &asks, &one, &keys[0], &seen).await,
                ]
            };
        assert_eq!(again.status, StatusCode::OK, "{}", again.text);
        refused.is_problem(StatusCode::PRECONDITION_FAILED, "moved");
        let asked = ben.get(&path).await.json()["questions"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(asked, round + 1);
    }
}

#[tokio::test]
async fn a_condition_is_a_tag_or_any_of_several_or_whatever_is_there() {
    let house = House::new();
    let (_, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let ben = house.program(house.ben);
    let path = format!("/api/v1/tasks/{task}");
    ben.post(&format!("{path}/claim"), &json!({}), "").await;
    let asks = format!("{path}/questions");
    let question = json!({ "lease": 1, "text": "Which?" });
    let seen = tag(&ben.get(&path).await);
    for wrong in ["nonsense", "\"1", "\"1-a\" \"2-b\""] {
        let answer = on(&ben, &asks, &question, "", wrong).await;
        answer.is_problem(StatusCode::BAD_REQUEST, "unreadable");
    }
    for stale in [
        "\"1-a\"",
        "\"other\"",
        &format!("W/{seen}"),
        "\"1-a\", \"2-b\"",
    ] {
        let answer = on(&ben, &asks, &question, "", stale).await;
        answer.is_problem(StatusCode::PRECONDITION_FAILED, "moved");
    }
    for fine in ["*".to_owned(), String::new()] {
        let answer = on(&ben, &asks, &question, "", &fine).await;
        assert_eq!(answer.status, StatusCode::OK, "{fine}: {}", answer.text);
    }
    let now = tag(&ben.get(&path).await);
    let several = format!("{seen}, {now}");
    let answer = on(&ben, &asks, &question, "", &several).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let eve = house.program(house.eve);
    let hidden = on(&eve, &asks, &question, "", "\"1-a\"").await;
    hidden.is_problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_plan_that_moved_on_is_not_added_to_and_its_parts_are_repeated() {
    let house = House::new();
    let (outcome, _) = house.letter();
    let ada = house.program(house.ada);
    let task = |number: usize| {
        json!({
            "key": format!("more-{number}"), "kind": "draft", "title": "Another", "capability": "writing",
            "mode": "person", "risk": "low", "price_minor": 0, "lease_seconds": 3600, "serves": ["personal"],
            "instructions": {
                "goal": "Write another.", "constraints": ["Short."],
                "context": [{ "name": "why", "text": "They helped." }],
                "criteria": [{ "key": "kind", "text": "It is kind.", "method": { "by": "judgment" } }],
            },
        })
    };
    let tasks: Vec<Value> = (0..250).map(task).collect();
    let body = json!({ "reason": "more people helped", "tasks": tasks });
    let path = format!("/api/v1/outcomes/{outcome}");
    let adds = format!("{path}/tasks");
    let seen = tag(&ada.get(&path).await);
    for _ in 0..2 {
        let added = on(&ada, &adds, &body, "the others", &seen).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    }
    let late = on(
        &ada,
        &adds,
        &json!({ "reason": "r", "tasks": [task(900)] }),
        "k",
        &seen,
    )
    .await;
    let problem = late.is_problem(StatusCode::PRECONDITION_FAILED, "moved");
    assert_eq!(problem["changes"][0]["event"], "outcome.plan_changed");
}

/// The questions of the task.
fn questions(house: &House, story: &Story<'_>) -> Vec<String> {
    let task = house.engine.task(story.task).unwrap().unwrap();
    task.questions.into_iter().map(|it| it.text).collect()
}

async fn page(browser: &Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page.text
}

#[tokio::test]
async fn a_form_that_comes_too_late_keeps_what_was_typed_and_can_be_sent_all_the_same() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.ben.post(&story.at("/claim"), "").await;
    let stale = carried(&page(&story.ben, &story.at("")).await);
    let quick = story.ben.post(&story.at("/ask"), "text=Which+one%3F").await;
    assert_eq!(quick.leads_to(), story.at(""));
    let typed = format!("text=Is+%22soon%22+%3Ctoday%3E%3F{stale}");
    let late = story.ben.post(&story.at("/ask"), &typed).await;
    assert_eq!(
        late.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        late.text
    );
    for words in [
        "What happened since",
        "asked something",
        "“Which one?”",
        "Is &quot;soon&quot; &lt;today&gt;?</textarea>",
        "Send it all the same",
        &format!("href=\"{}\"", story.at("")),
    ] {
        assert!(late.text.contains(words), "{words}: {}", late.text);
    }
    assert_eq!(questions(&house, &story), ["Which one?"]);
    let fresh = carried(&late.text);
    assert_ne!(fresh, stale);
    let sent = format!("text=Is+%22soon%22+%3Ctoday%3E%3F{fresh}");
    let done = story.ben.post(&story.at("/ask"), &sent).await;
    assert_eq!(done.leads_to(), story.at(""));
    assert_eq!(
        questions(&house, &story),
        ["Which one?", "Is \"soon\" <today>?"]
    );
}

#[tokio::test]
async fn a_form_that_is_sent_twice_has_one_effect() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let claims = carried(&page(&story.ben, &story.at("")).await);
    for _ in 0..2 {
        let taken = story.ben.post(&story.at("/claim"), &claims[1..]).await;
        assert_eq!(taken.leads_to(), story.at(""));
    }
    let form = carried(&page(&story.ben, &story.at("")).await);
    for _ in 0..3 {
        let asked = story
            .ben
            .post(&story.at("/ask"), &format!("text=Which%3F{form}"))
            .await;
        assert_eq!(asked.leads_to(), story.at(""));
    }
    assert_eq!(questions(&house, &story), ["Which?"]);
    // Other words in the same form are something else, and rest on what was seen.
    let other = story
        .ben
        .post(&story.at("/ask"), &format!("text=When%3F{form}"))
        .await;
    assert_eq!(other.status, StatusCode::PRECONDITION_FAILED);
    assert!(other.text.contains("When?</textarea>"), "{}", other.text);
    // A form of somebody else's is no key to what this one did.
    let ada = story
        .ada
        .post(&story.at("/ask"), &format!("text=Which%3F{form}"))
        .await;
    assert!(ada.status.is_client_error(), "{}", ada.text);
    assert_eq!(questions(&house, &story), ["Which?"]);
}

#[tokio::test]
async fn garbage_in_what_a_form_carries_changes_nothing_about_it() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.ben.post(&story.at("/claim"), "").await;
    for (number, garbage) in ["x", "%3A", "tsk_1%3A2", "7%3Aseven", ""]
        .iter()
        .enumerate()
    {
        let form = format!("text=q{number}&if-match={garbage}&idempotency-key=k");
        let asked = story.ben.post(&story.at("/ask"), &form).await;
        assert_eq!(asked.leads_to(), story.at(""), "{garbage}");
    }
    let elsewhere = format!("text=more&if-match={}%3A1", story.outcome);
    let asked = story.ben.post(&story.at("/ask"), &elsewhere).await;
    assert_eq!(asked.leads_to(), story.at(""));
    let none = format!("text=none&if-match={}%3A0", story.task);
    let asked = story.ben.post(&story.at("/ask"), &none).await;
    assert_eq!(asked.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(questions(&house, &story).len(), 6);
}

#[tokio::test]
async fn a_pause_holds_whatever_happened_since_and_going_on_rests_on_what_was_seen() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let address = format!("/outcomes/{}", story.outcome);
    let running = page(&story.ada, &address).await;
    assert!(!running.contains("name=\"if-match\""));
    let paused = story
        .ada
        .post(&format!("{address}/pause"), "reason=wait")
        .await;
    assert_eq!(paused.leads_to(), format!("{address}?undo=yes"));
    let stale = carried(&page(&story.ada, &address).await);
    let ada = house.browser(house.ada).await;
    ada.post(&format!("{address}/resume"), "reason=go").await;
    ada.post(&format!("{address}/pause"), "reason=no,+really")
        .await;
    let late = story
        .ada
        .post(
            &format!("{address}/resume"),
            &format!("reason=go+on{stale}"),
        )
        .await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert!(
        late.text.contains("no, really") && late.text.contains("go on</textarea>"),
        "{}",
        late.text
    );
}

#[tokio::test]
async fn a_switch_stops_whatever_happened_since_and_letting_go_on_rests_on_what_was_seen() {
    let house = House::new();
    let (sam, other) = (
        house.browser(house.sam).await,
        house.browser(house.sam).await,
    );
    let switch = async |browser: &Browser<'_>, stop: &str, carried: &str| {
        let form = format!("switch=agents&stop={stop}&reason=so+it+is+{stop}{carried}");
        browser.post("/settings/switch", &form).await
    };
    let is_stopped = || {
        let stream = StreamId::Network(house.engine.network());
        let Some((State::Network(network), _)) = house.engine.versioned(stream).unwrap() else {
            panic!("there is no network")
        };
        network.stopped.contains(&Switch::Agents)
    };
    switch(&sam, "yes", "").await.leads_to();
    let page = page(&sam, "/settings").await;
    let form = |page: &str| {
        let (_, from) = page.split_once("action=\"/settings/switch\"").unwrap();
        let (_, agents) = from.split_once("action=\"/settings/switch\"").unwrap();
        agents.split("</form>").next().unwrap().to_owned()
    };
    let stale = carried(&form(&page));
    // Meanwhile it went on, and was stopped again for another reason.
    switch(&other, "no", "").await.leads_to();
    switch(&other, "yes", "").await.leads_to();
    let late = switch(&sam, "no", &stale).await;
    assert_eq!(
        late.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        late.text
    );
    assert!(
        is_stopped() && late.text.contains("<b>Sam</b>: stopped"),
        "{}",
        late.text
    );
    let fresh = carried(&late.text);
    switch(&sam, "no", &fresh).await.leads_to();
    assert!(!is_stopped());
    let page = sam.get("/settings").await.text;
    assert!(
        !form(&page).contains("if-match"),
        "to stop holds whatever happened"
    );
}

#[tokio::test]
async fn a_webhook_is_changed_where_it_stands_as_it_was_seen() {
    let house = House::new();
    house.letter();
    let id = house.webhook(house.ada);
    let ada = house.program(house.ada);
    let one = format!("/api/v1/webhooks/{id}");
    let [end, rotate, replay] = ["end", "rotate", "replay"].map(|it| format!("{one}/{it}"));
    let seen = tag(&ada.get(&one).await);
    // What it is told changes nothing of it.
    house.delivered(id, 1, true);
    let again = on(&ada, &replay, &json!({ "event": "1" }), "", &seen).await;
    assert_eq!(again.status, StatusCode::NO_CONTENT, "{}", again.text);
    let renewed = on(&ada, &rotate, &json!({}), "one", &seen).await;
    let new = tag(&renewed);
    let secret = renewed.json()["secret"].clone();
    for path in [&end, &rotate, &replay] {
        let late = on(&ada, path, &json!({ "event": "1" }), "", &seen).await;
        late.is_problem(StatusCode::PRECONDITION_FAILED, "moved");
    }
    // What was answered is answered the same, whatever was seen since.
    let repeated = on(&ada, &rotate, &json!({}), "one", &seen).await;
    assert_eq!(repeated.json()["secret"], secret);
    assert_eq!(
        tag(&ada.get(&one).await).split('-').next(),
        new.split('-').next()
    );
    let ended = on(&ada, &end, &json!({}), "", &format!("{seen}, {new}")).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
    let ended = ada.get(&one).await;
    assert!(ended.json()["ended"].is_string(), "{}", ended.text);
    let headers = [("if-none-match", ended.headers[ETAG].to_str().unwrap())];
    let known = ada.ask_with(Method::GET, &one, "", &headers).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let ben = house.program(house.ben);
    ben.get(&one)
        .await
        .is_problem(StatusCode::NOT_FOUND, "not_found");
}
