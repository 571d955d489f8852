//! People: found by what they can show, with the events behind how they stand.

use axum::http::StatusCode;

use crate::fixture::House;
use crate::work::Story;

#[tokio::test]
async fn somebody_is_found_by_a_capability_by_an_accepted_outcome_and_by_name() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    for (words, found) in [
        ("writing", vec!["Ben"]),
        ("thanks+letter", vec!["Ben"]),
        ("ada", vec!["Ada"]),
        ("boat", vec![]),
    ] {
        let file = story.ada.get(&format!("/people.csv?q={words}")).await.text;
        let names: Vec<&str> = file
            .lines()
            .skip(1)
            .filter_map(|it| it.split(',').next())
            .collect();
        assert_eq!(names, found, "{words}");
    }
    let agents = story.ada.get("/people.csv?kind=agent").await.text;
    assert_eq!(agents.lines().count(), 1, "{agents}");
}

#[tokio::test]
async fn a_profile_shows_intervals_accepted_work_and_availability() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let page = story.ada.get(&format!("/people/{}", house.ben)).await.text;
    for words in [
        "between",
        "Free now",
        "round the clock",
        "Write the letter",
        "1 result",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn the_events_behind_a_standing_are_for_those_whom_they_concern() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let address = format!("/people/{}/standing", house.ben);
    let own = story.ben.get(&address).await.text;
    for words in ["Accepted", "writing", "Write the letter", "Declared"] {
        assert!(own.contains(words), "{words}: {own}");
    }
    // Ada answers for the task and sees what came of it, but not what Ben declared.
    let hers = story.ada.get(&address).await.text;
    assert!(
        hers.contains("Accepted") && !hers.contains("Declared"),
        "{hers}"
    );
    let eve = house.browser(house.eve).await;
    let hidden = eve.get(&address).await;
    assert_eq!(hidden.status, StatusCode::OK);
    assert!(
        !hidden.text.contains("Write the letter")
            && hidden.text.contains("Nothing has changed it yet")
    );
    let nobody = story.ada.get("/people/nobody/standing").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_map_says_who_does_and_who_signs() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let page = story.ada.get("/map").await.text;
    for words in ["person, does", "person, signs", "Automatic checks", "Draft"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let signs = story.ada.get("/map.csv?part=signs").await.text;
    assert!(
        signs.contains("draft,signs,Ada,1,0") && !signs.contains("Ben"),
        "{signs}"
    );
}

#[tokio::test]
async fn where_somebodys_money_goes_is_read_by_whoever_pays_it_out_and_nobody_else() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let (ben, profile) = (&story.ben, format!("/people/{}", house.ben));
    assert!(
        ben.get(&profile)
            .await
            .text
            .contains("You have not said yet")
    );
    let wrong = "holder=Ben+Example&account=GB29NWBK60161331926818";
    let refused = ben.post("/me/payout", wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("check digits"), "{}", refused.text);
    for account in ["GB29NWBK60161331926819", "DE89370400440532013000"] {
        let form = format!("holder=Ben+Example&account={account}");
        let said = ben.post("/me/payout", &form).await;
        assert_eq!(said.leads_to(), format!("{profile}#payout"));
    }
    let own = ben.get(&profile).await.text;
    assert!(own.contains("…3000") && !own.contains("DE8937"), "{own}");
    let steward = house.browser(house.sam).await;
    let accounts = "/ledger/accounts.csv?kind=payable";
    let paid = steward.get(accounts).await.text;
    let line = "Ben Example,DE89370400440532013000";
    assert!(paid.contains(line) && !paid.contains("GB29"), "{paid}");
    for (browser, path) in [
        (&story.ada, accounts),
        (&story.ada, profile.as_str()),
        (&steward, profile.as_str()),
        (ben, accounts),
    ] {
        let text = browser.get(path).await.text;
        assert!(
            !text.contains("DE89") && !text.contains("…3000"),
            "{path}: {text}"
        );
    }
    let decided = steward.get("/settings/audit.csv?kind=payout").await.text;
    assert_eq!(
        decided.matches("Payout details changed").count(),
        2,
        "{decided}"
    );
}
