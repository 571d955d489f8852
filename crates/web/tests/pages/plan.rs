//! Editing a plan: what it does is shown first, and then another task stands in the old one's place.

use axum::http::StatusCode;
use consort_kernel::outcome;
use consort_kernel::task::{Mode, Phase, Risk};

use crate::fixture::{Browser, House};
use crate::work::Story;

/// A task's own words, as the forms of a plan carry them.
const WORDS: &str = "goal=Write+it+well.&constraints=At+most+one+page.&criteria=It+is+kind.%0AIt+names+the+van.\
    &risk=high&level=2&reason=It+matters+more";

/// Sends an edit, reads what it does, and sends it again as confirmed.
async fn make(browser: &Browser<'_>, address: &str, form: &str) -> String {
    let shown = browser.post(address, form).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(
        shown.text.contains("Nothing is changed yet."),
        "{}",
        shown.text
    );
    let made = browser
        .post(address, &format!("{form}&confirmed=yes"))
        .await;
    assert!(made.leads_to().ends_with("?view=plan"));
    shown.text
}

#[tokio::test]
async fn a_task_is_changed_by_putting_another_in_its_place_with_the_same_money() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let address = format!("/outcomes/{}/plan", story.outcome);
    let list = story.ada.get(&address).await.text;
    assert!(
        list.contains("Write the letter") && list.contains("?what=change&amp;task=write"),
        "{list}"
    );
    let form = story
        .ada
        .get(&format!("{address}?what=change&task=write"))
        .await
        .text;
    assert!(
        form.contains("Write a letter of thanks.") && form.contains("5.00"),
        "{form}"
    );

    let version = house
        .engine
        .outcome(story.outcome)
        .unwrap()
        .unwrap()
        .plan_version;
    let edit = format!(
        "what=change&plan={version}&task=write&title=Write+a+good+letter&mode=person&price=4.50&{WORDS}"
    );
    let shown = make(&story.ada, &address, &edit).await;
    for words in [
        "Set free",
        "5.00 practice",
        "4.50 practice",
        "1 step",
        "Write a good letter",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let tasks = house.engine.tasks_of(story.outcome).unwrap();
    let new = tasks
        .iter()
        .find(|task| task.spec.key == "write-2")
        .unwrap();
    assert_eq!(
        (new.spec.mode, new.spec.risk, new.spec.price.minor()),
        (Mode::Person, Risk::High, 450)
    );
    let criteria: Vec<&str> = new
        .spec
        .instructions
        .criteria
        .iter()
        .map(|it| it.key.as_str())
        .collect();
    assert_eq!(criteria, ["kind", "it-names-the-van"]);
    assert!(new.spec.gate && new.spec.serves == ["personal"]);
    house.until(story.task, |task| {
        matches!(task.phase, Phase::Cancelled { .. })
    });
    let now = house.engine.outcome(story.outcome).unwrap().unwrap();
    assert_eq!(
        (now.purse.held.minor(), now.purse.available.minor()),
        (450, 50)
    );
    assert_eq!(now.phase, outcome::Phase::Running);

    let again = story.ada.post(&address, &edit).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("meanwhile"), "{}", again.text);
}

#[tokio::test]
async fn where_money_is_missing_the_effect_is_shown_and_what_was_written_waits_for_it() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let outcome = || house.engine.outcome(story.outcome).unwrap().unwrap();
    let address = format!("/outcomes/{}/plan", story.outcome);
    let add = format!(
        "what=add&plan={}&title=Post+the+letter&kind=errand&capability=posting&mode=person&price=7.50&needs=write&{WORDS}",
        outcome().plan_version
    );
    let version = outcome().plan_version;
    let left = outcome().purse.available.minor();
    let missing = format!(
        "{}.{:02} practice is missing",
        (750 - left) / 100,
        (750 - left) % 100
    );
    let shown = story.ada.post(&address, &add).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    for words in [
        missing.as_str(),
        "What this does",
        "?view=money#give",
        "value=\"Post the letter\"",
        "Look again",
    ] {
        assert!(shown.text.contains(words), "{words}: {}", shown.text);
    }
    assert!(!shown.text.contains("name=\"confirmed\""), "{}", shown.text);
    let forced = story
        .ada
        .post(&address, &format!("{add}&confirmed=yes"))
        .await;
    assert!(forced.status.is_client_error());
    for words in ["name=\"price\" value=\"7.50\"", "Write it well."] {
        assert!(forced.text.contains(words), "{words}: {}", forced.text);
    }
    assert_eq!(outcome().plan_version, version);
}

#[tokio::test]
async fn a_plan_is_split_merged_added_to_and_thinned_out() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let address = format!("/outcomes/{}/plan", story.outcome);
    let version = || {
        house
            .engine
            .outcome(story.outcome)
            .unwrap()
            .unwrap()
            .plan_version
    };
    let keys = || {
        let tasks = house.engine.tasks_of(story.outcome).unwrap();
        let open = tasks.into_iter().filter(|task| !task.is_settled());
        let mut keys: Vec<String> = open.map(|task| task.spec.key).collect();
        keys.sort();
        keys
    };
    let split = format!(
        "what=split&plan={}&task=write&title-1=Begin&goal-1=Begin+it&price-1=2.00&title-2=End&goal-2=End+it&price-2=3.00&reason=Two+hands",
        version()
    );
    make(&story.ada, &address, &split).await;
    assert_eq!(keys(), ["write-2", "write-3"]);

    let merge = format!(
        "what=merge&plan={}&task=write-2&task=write-3&title=All+of+it&reason=One+hand",
        version()
    );
    make(&story.ada, &address, &merge).await;
    assert_eq!(keys(), ["write-4"]);

    let add = format!(
        "what=add&plan={}&title=Post+the+letter&kind=errand&capability=posting&mode=person&price=0&needs=write-4&{WORDS}",
        version()
    );
    make(&story.ada, &address, &add).await;
    assert_eq!(keys(), ["post-the-letter", "write-4"]);
    let shown = story
        .ada
        .get(&format!("/outcomes/{}", story.outcome))
        .await
        .text;
    assert!(
        shown.contains("2 steps that follow on each other are left"),
        "{shown}"
    );

    let remove = format!(
        "what=remove&plan={}&task=post-the-letter&reason=They+come+by",
        version()
    );
    make(&story.ada, &address, &remove).await;
    assert_eq!(keys(), ["write-4"]);
}

#[tokio::test]
async fn only_whoever_answers_edits_a_plan_and_what_is_taken_stays() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let address = format!("/outcomes/{}/plan", story.outcome);
    let remove = "what=remove&plan=1&task=write&reason=Mine";
    // Ben sees what his own task is for, and Eve sees nothing.
    for (browser, refused) in [
        (&story.ben, StatusCode::FORBIDDEN),
        (&house.browser(house.eve).await, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(browser.get(&address).await.status, refused);
        assert_eq!(browser.post(&address, remove).await.status, refused);
    }
    let dear = format!("what=change&plan=1&task=write&title=Gold&mode=person&price=900&{WORDS}");
    let dear = story.ada.post(&address, &dear).await;
    assert!(dear.text.contains("is missing."), "{}", dear.text);
    story.ben.post(&story.at("/claim"), "").await;
    let taken = story.ada.post(&address, remove).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("stays as it is"), "{}", taken.text);
}

#[tokio::test]
async fn the_timeline_is_there_in_full_compact_and_raw() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let address = format!("/outcomes/{}", story.outcome);
    for (form, words) in [
        ("", "its escrow is zero"),
        ("&form=compact", "Timeline, compact"),
        ("&form=raw", "outcome.signed_off"),
    ] {
        let page = story
            .ada
            .get(&format!("{address}?view=timeline{form}"))
            .await
            .text;
        assert!(page.contains(words), "{form}: {page}");
    }
    let file = story
        .ada
        .get(&format!("{address}/timeline.json"))
        .await
        .text;
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    let first = &file["items"][0];
    assert_eq!(first["event"], "outcome.closed");
    assert_eq!(first["body"]["outcome"]["closed"]["delivered"], true);
    let eve = house.browser(house.eve).await;
    let hidden = eve.get(&format!("{address}/timeline.json")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}
