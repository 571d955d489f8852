//! Health: figures that are counted from what happened, for whoever sees it.

use serde_json::Value;

use crate::fixture::{Browser, House};
use crate::work::Story;

/// A figure by its name.
async fn figure(browser: &Browser<'_>, name: &str) -> (Value, Value) {
    let file: Value = serde_json::from_str(&browser.get("/health.json").await.text).unwrap();
    let items = file["items"].as_array().unwrap();
    let found = items.iter().find(|it| it["figure"] == name).unwrap();
    (found["value"].clone(), found["of"].clone())
}

#[tokio::test]
async fn what_happened_is_counted_as_it_comes() {
    let house = House::new();
    let story = Story::begin(&house).await;
    assert_eq!(figure(&story.ada, "accepted tasks").await.0, 0);
    assert_eq!(figure(&story.ada, "rework").await, (Value::Null, 0.into()));

    story.hand_in_short().await;
    let back = |task: &consort_kernel::task::Task| task.returned.is_some();
    house.until(story.task, back);
    assert_eq!(figure(&story.ada, "rework").await, (100.into(), 1.into()));

    house.until(story.task, |task| {
        matches!(task.phase, consort_kernel::task::Phase::Offered(_))
    });
    story.deliver().await;
    assert_eq!(figure(&story.ada, "rework").await, (50.into(), 2.into()));
    assert_eq!(figure(&story.ada, "milestones").await.0, 1);
    assert_eq!(figure(&story.ada, "offered to taken, middle").await.1, 2);
    // Ben is a person, so nothing is said about agents.
    assert_eq!(
        figure(&story.ada, "people accept agents' work").await,
        (Value::Null, 0.into())
    );
    let page = story.ada.get("/health").await.text;
    for words in [
        "Velocity",
        "of them milestones",
        "Of all judgments",
        "All figures",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn nobody_learns_from_figures_what_they_do_not_see() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let eve = house.browser(house.eve).await;
    assert_eq!(figure(&eve, "accepted tasks").await.0, 0);
    let sam = house.browser(house.sam).await;
    assert_eq!(figure(&sam, "accepted tasks").await.0, 1);
}

#[tokio::test]
async fn playbooks_are_compared_by_what_came_of_them() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let file = story.ada.get("/playbooks.csv").await.text;
    assert!(file.contains("\nletter,1,1,0,100,0,5.00,"), "{file}");
    let page = story.ada.get("/playbooks").await.text;
    assert!(
        page.contains(">A letter</h2>") && page.contains("What the figures mean"),
        "{page}"
    );
}
