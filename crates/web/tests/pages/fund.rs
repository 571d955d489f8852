//! Giving an outcome money: shown first, recorded once that is confirmed, by whoever moves it alone.

use axum::http::StatusCode;
use consort_kernel::money::Amount;
use consort_kernel::outcome::Phase;

use crate::fixture::{House, LETTER, hidden};
use crate::work::Story;

#[tokio::test]
async fn money_is_given_on_a_second_step_and_never_more_than_is_set_aside() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let stated = || house.engine.outcome(story.outcome).unwrap().unwrap();
    let owner = stated().charter.organisation;
    let available = stated().purse.available.minor();
    let money = format!("/outcomes/{}?view=money", story.outcome);
    let address = format!("/outcomes/{}/fund", story.outcome);
    let page = story.ada.get(&money).await.text;
    assert!(page.contains("Give it more money"), "{page}");

    let deposit = format!("/organisations/{owner}/deposits");
    let set_aside = story
        .ada
        .post(&deposit, "units=7&reference=statement+12")
        .await;
    set_aside.leads_to();
    let give = |amount: &str| format!("from={owner}&amount={amount}");
    for amount in ["7000.01", "0", "-1", "1.005", "much"] {
        let refused = story.ada.post(&address, &give(amount)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount}");
    }
    let shown = story.ada.post(&address, &give("6.50")).await;
    assert!(
        shown.text.contains("Nothing is recorded yet."),
        "{}",
        shown.text
    );
    assert_eq!(stated().purse.available.minor(), available);

    let key = hidden(&shown.text, "idempotency-key");
    let confirmed = format!("{}&confirmed=yes&idempotency-key={key}", give("6.50"));
    let given = story.ada.post(&address, &confirmed).await;
    assert_eq!(given.leads_to(), money);
    // Sent twice, it is given once.
    let again = story.ada.post(&address, &confirmed).await;
    assert!(money.starts_with(again.leads_to()), "{}", again.text);
    assert_eq!(
        stated().purse.available,
        Amount::from_minor(available + 650)
    );

    // Ben works on it and Eve knows nothing of it: neither moves its money.
    for stranger in [&story.ben, &house.browser(house.eve).await] {
        let refused = stranger.post(&address, &confirmed).await;
        assert!(refused.status.is_client_error(), "{}", refused.text);
    }
    assert_eq!(
        stated().purse.available,
        Amount::from_minor(available + 650)
    );
}

/// How many outcomes begin at the same time.
const AT_ONCE: usize = 8;

#[tokio::test]
async fn outcomes_that_begin_at_the_same_time_are_all_funded() {
    let house = House::new();
    let begun: Vec<_> = std::thread::scope(|threads| {
        let begins = [(); AT_ONCE].map(|()| threads.spawn(|| house.begin(LETTER)));
        begins.map(|it| it.join().unwrap()).into()
    });
    for id in begun {
        let outcome = house.engine.outcome(id).unwrap().unwrap();
        assert_eq!(outcome.phase, Phase::Running);
        assert!(outcome.purse.funded.is_positive());
    }
}
