//! Accepted work as a list: all of it, however long ago, as far as whoever reads may see it.

use axum::http::StatusCode;
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{ContributorCommand, ContributorEvent, Evidence, Profile};
use consort_kernel::event::Event;
use consort_kernel::stream::StreamId;
use serde_json::Value;

use crate::fixture::House;
use crate::list::{count, items};
use crate::work::Story;

/// Ben says again and again what he can do.
fn declared(house: &House, times: u32) {
    for round in 0..times {
        let level = if round % 2 == 0 { 5 } else { 6 };
        let command = ContributorCommand::Declare {
            capabilities: [("writing".to_owned(), level)].into(),
            profile: Profile::default(),
        };
        let body = Body::Contributor(house.ben, command);
        house
            .engine
            .execute(Principal::Contributor(house.ben), body)
            .unwrap();
    }
}

/// The places of Ben's accepted tasks in what happened to him, the newest first.
fn places(house: &House) -> Vec<u64> {
    let stream = StreamId::Contributor(house.ben);
    let is_accepted = |event: &Event| {
        matches!(
            event,
            Event::Contributor(ContributorEvent::StandingChanged {
                evidence: Evidence::Accepted(_),
                ..
            })
        )
    };
    let all = house.engine.latest(stream, 1_000).unwrap().into_iter();
    all.filter(|it| is_accepted(&it.event))
        .map(|it| it.version)
        .collect()
}

#[tokio::test]
async fn accepted_work_is_listed_however_much_happened_since() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    declared(&house, 600);
    let (profile, list) = (
        format!("/people/{}", house.ben),
        format!("/people/{}/portfolio", house.ben),
    );
    // The profile has what is newest, and leads to all of it.
    let short = story.ada.get(&profile).await.text;
    assert!(short.contains("Nothing accepted lately"), "{short}");
    assert!(short.contains(&format!("href=\"{list}\"")), "{short}");
    let page = story.ada.get(&list).await.text;
    assert!(page.contains("Write the letter"), "{page}");
    let all = items(&story.ada, &format!("{list}.json")).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["id"], story.task.to_string());
    assert_eq!(all[0]["outcome_id"], story.outcome.to_string());
    assert_eq!(all[0]["met_percent"], 100);
    for (question, expected) in [("?q=WRITING", 1), ("?q=the+letter", 1), ("?q=boat", 0)] {
        let address = format!("{list}.json{question}");
        assert_eq!(count(&story.ada, &address).await, expected, "{question}");
    }
    declared(&house, 600);
    // A page looks at so many events, and leads on where it found nothing among them.
    let looked = story.ada.get(&list).await.text;
    assert!(
        looked.contains("Look on") && !looked.contains("Write the letter"),
        "{looked}"
    );
    let next = looked.split("rel=\"next\"").next().unwrap();
    let next = next.rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap();
    let older = story.ada.get(next).await.text;
    assert!(older.contains("Write the letter"), "{next}: {older}");
}

#[tokio::test]
async fn accepted_work_follows_on_and_is_told_to_whoever_sees_the_task_alone() {
    let house = House::new();
    let first = Story::begin(&house).await;
    first.deliver().await;
    let second = Story::begin(&house).await;
    second.deliver().await;
    let list = format!("/people/{}/portfolio", house.ben);
    let ids = |found: Vec<Value>| -> Vec<String> {
        let ids = found.iter().map(|it| it["id"].as_str().unwrap().to_owned());
        ids.collect()
    };
    let (one, other) = (first.task.to_string(), second.task.to_string());
    let places = places(&house);
    let all = ids(items(&first.ada, &format!("{list}.json")).await);
    assert_eq!(all, [other.clone(), one.clone()]);
    let rest = format!("{list}.json?after={}", places[0]);
    assert_eq!(ids(items(&first.ada, &rest).await), [one]);
    let end = format!("{list}.json?after={}", places[1]);
    assert_eq!(ids(items(&first.ada, &end).await), Vec::<String>::new());
    assert_eq!(count(&first.ben, &format!("{list}.json")).await, 2);
    let eve = house.browser(house.eve).await;
    assert_eq!(count(&eve, &format!("{list}.json")).await, 0);
    let page = eve.get(&list).await.text;
    assert!(
        page.contains("Nothing accepted yet") && !page.contains("letter"),
        "{page}"
    );
    for (wrong, status) in [
        ("/people/zzz/portfolio".to_owned(), StatusCode::NOT_FOUND),
        (
            format!("/people/{}/portfolio", first.task),
            StatusCode::NOT_FOUND,
        ),
        (
            format!("{list}?after=zzz"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            format!("{list}?colour=red"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        assert_eq!(eve.get(&wrong).await.status, status, "{wrong}");
    }
}
