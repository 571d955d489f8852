//! Lists: filters and places in the address, the same rows as files, and no more than the reader sees.

use axum::http::StatusCode;
use serde_json::Value;

use crate::fixture::{Browser, House};
use crate::work::Story;

/// What a list says to programs.
async fn items(browser: &Browser<'_>, address: &str) -> Vec<Value> {
    let answer = browser.get(address).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
    let list: Value = serde_json::from_str(&answer.text).unwrap();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_same_rows_are_a_page_and_two_files() {
    let house = House::new();
    let story = Story::begin(&house).await;
    for address in [
        "/outcomes",
        "/tasks",
        "/people",
        "/ledger",
        "/ledger/accounts",
        "/playbooks",
        "/today",
        "/map",
        "/health",
        "/settings/members",
        "/settings/audit",
    ] {
        let page = story.ada.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        items(&story.ada, &format!("{address}.json")).await;
        let file = story.ada.get(&format!("{address}.csv")).await;
        assert_eq!(
            file.headers["content-type"], "text/csv; charset=utf-8",
            "{address}"
        );
        let columns = file.text.lines().next().unwrap().split(',').count();
        assert!(columns > 3, "{address}: {}", file.text);
    }
    let outcomes = items(&story.ada, "/outcomes.json").await;
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0]["id"], story.outcome.to_string());
    assert_eq!(outcomes[0]["accountable"], "Ada");
}

#[tokio::test]
async fn a_filter_narrows_page_and_file_alike_and_says_so_where_nothing_is_left() {
    let house = House::new();
    let story = Story::begin(&house).await;
    for (question, count) in [
        ("?state=running", 1),
        ("?state=delivered", 0),
        ("?q=thanks+LETTER", 1),
        ("?q=boat", 0),
        ("?mine=yes&state=running", 1),
    ] {
        let found = items(&story.ada, &format!("/outcomes.json{question}")).await;
        assert_eq!(found.len(), count, "{question}");
        let page = story.ada.get(&format!("/outcomes{question}")).await.text;
        assert_eq!(
            page.contains("Nothing fits what was asked for"),
            count == 0,
            "{question}"
        );
    }
    for (question, count) in [
        ("?state=waiting", 1),
        ("?state=accepted", 0),
        ("?risk=medium", 1),
        ("?risk=low", 0),
        ("?mine=answered", 1),
        ("?mine=done", 0),
    ] {
        let found = items(&story.ada, &format!("/tasks.json{question}")).await;
        assert_eq!(found.len(), count, "{question}");
    }
    let ben = items(&story.ben, "/tasks.json?mine=done").await;
    assert_eq!(ben[0]["title"], "Write the letter");
    assert_eq!(items(&story.ben, "/today.json?kind=offer").await.len(), 1);
    assert_eq!(
        items(&story.ben, "/today.json?kind=sign-off").await.len(),
        0
    );
}

#[tokio::test]
async fn pages_follow_on_from_the_newest_without_a_gap() {
    let house = House::new();
    for _ in 0..55 {
        house.letter();
    }
    let ada = house.browser(house.ada).await;
    let page = ada.get("/outcomes").await.text;
    assert_eq!(page.matches("data-label=\"State\"").count(), 50);
    let next = page
        .split("rel=\"next\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap();
    let next = next.split('"').next().unwrap();
    assert!(next.starts_with("/outcomes?after=out_"), "{next}");
    let older = ada.get(next).await.text;
    assert_eq!(older.matches("data-label=\"State\"").count(), 5);
    assert!(older.contains("That is all of them.") && older.contains("Back to the newest"));
    let all = items(&ada, "/outcomes.json").await;
    let ids: Vec<&str> = all.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 55);
    assert!(ids.is_sorted_by(|one, other| one > other), "{ids:?}");
    let wrong = ada.get("/outcomes?after=nowhere").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_outsider_finds_nothing_in_any_list() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let eve = house.browser(house.eve).await;
    for address in [
        "/outcomes.json",
        "/tasks.json",
        "/ledger.json",
        "/ledger/accounts.json",
        "/map.json",
        "/today.json",
        "/playbooks.json",
    ] {
        assert_eq!(items(&eve, address).await, Vec::<Value>::new(), "{address}");
    }
    for address in [
        "/settings/audit.json",
        "/health.json",
        "/ledger.journal",
        "/outcomes.csv",
    ] {
        let text = eve.get(address).await.text;
        let outcome = story.outcome.to_string();
        assert!(
            !text.contains(&outcome) && !text.contains("letter"),
            "{address}: {text}"
        );
    }
}
