//! Search: by words and by identifier, and never what somebody may not see.

use serde_json::Value;

use crate::fixture::{Browser, House};
use crate::work::Story;

/// What is found, by title.
async fn titles(browser: &Browser<'_>, words: &str) -> Vec<String> {
    let answer = browser.get(&format!("/search.json?q={words}")).await.text;
    let list: Value = serde_json::from_str(&answer).unwrap();
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|it| it["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn outcomes_tasks_and_people_are_found_by_words_and_by_identifier() {
    let house = House::new();
    let story = Story::begin(&house).await;
    assert_eq!(
        titles(&story.ada, "LETTER+write").await,
        ["Write the letter"]
    );
    assert_eq!(titles(&story.ada, "ben").await, ["Ben"]);
    assert_eq!(
        titles(&story.ada, &story.task.to_string()).await,
        ["Write the letter"]
    );
    assert_eq!(
        titles(&story.ada, &story.outcome.to_string()).await.len(),
        1
    );
    assert_eq!(titles(&story.ada, "boat").await, Vec::<String>::new());
    let empty = story.ada.get("/search").await.text;
    assert!(empty.contains("What are you looking for?"), "{empty}");
}

#[tokio::test]
async fn what_is_open_is_found_first_and_all_of_it_is_found() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    for _ in 0..59 {
        house.letter();
    }
    let page = story.ada.get("/search?q=write").await.text;
    let rows = page.matches("data-label=\"Kind\"").count();
    assert_eq!(rows, 50, "{page}");
    assert!(page.contains("Older ones") && !page.contains("That is all of them."));
    let next = story.ada.get("/search?q=write&after=50").await.text;
    assert!(next.contains("That is all of them."), "{next}");
    let open = page.find("Offered").or_else(|| page.find("Ready"));
    assert!(open.is_some() && !page.contains(">Accepted<"), "{page}");
    assert!(next.contains(">Accepted"), "{next}");
    assert_eq!(titles(&story.ada, "write").await.len(), 60);
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let eve = house.browser(house.eve).await;
    for words in [
        "letter",
        &story.task.to_string(),
        &story.outcome.to_string(),
    ] {
        assert_eq!(titles(&eve, words).await, Vec::<String>::new(), "{words}");
    }
}

#[tokio::test]
async fn what_is_handed_in_again_stands_beside_what_went_back() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.hand_in_short().await;
    let offered = |task: &consort_kernel::task::Task| {
        task.returned.is_some() && matches!(task.phase, consort_kernel::task::Phase::Offered(_))
    };
    house.until(story.task, offered);
    assert!(
        !story
            .ada
            .get(&story.at(""))
            .await
            .text
            .contains("different from before")
    );
    story.hand_in("Thanks+for+the+many+boxes").await;
    house.until(story.task, |task| task.handed().is_some());
    let page = story.ada.get(&story.at("")).await.text;
    for words in [
        "What is different from before",
        "class=\"was\"",
        "for the many boxes",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
