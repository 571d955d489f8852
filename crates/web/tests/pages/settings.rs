//! Settings: rules that change with a reason and go back, switches, members, and the audit log.

use std::sync::Arc;

use axum::http::StatusCode;
use consort_kernel::id::OutcomeId;
use consort_kernel::network::{Network, Switch};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::DataClass;
use consort_web::{Model, Models, Ways};

use crate::fixture::House;
use crate::work::Story;

/// The rules as the form has them, but for what a test changes.
pub(crate) const RULES: &str = "fee=2.5&tax=0&offer=30&review=120&half-life=90&reviews-low=0&advance-low=yes\
    &reviews-medium=1&advance-medium=yes&reviews-high=1&reviews-critical=2&separate-critical=yes\
    &capability=250&standing=400&price=200&load=100&overlap=50";

fn network(house: &House) -> Network {
    let id = StreamId::Network(house.engine.network());
    let Some(State::Network(network)) = house.engine.state(id).unwrap() else {
        panic!("it is founded");
    };
    *network
}

#[tokio::test]
async fn a_steward_changes_the_rules_with_a_reason_and_puts_old_ones_in_force_again() {
    let house = House::new();
    let sam = house.browser(house.sam).await;
    let page = sam.get("/settings").await.text;
    assert!(
        page.contains("Put in force") && page.contains("15 minutes"),
        "{page}"
    );

    let form = format!("version=1&{RULES}&attempts=5&reason=More+patience");
    assert_eq!(
        sam.post("/settings/rules", &form).await.leads_to(),
        "/settings"
    );
    let policy = network(&house).policy;
    assert_eq!(
        (policy.version, policy.attempts_max, policy.offer_ms),
        (2, 5, 1_800_000)
    );
    assert_eq!(
        (policy.fee.numerator, policy.fee.denominator),
        (250, 10_000)
    );
    let page = sam.get("/settings").await.text;
    for words in [
        "Put version 2 in force",
        "More patience",
        "<del>3</del> <ins>5</ins>",
        "<del>0 %</del> <ins>2.5 %</ins>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }

    let late = sam.post("/settings/rules", &form).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("meanwhile"), "{}", late.text);
    let wrong = form
        .replace("version=1", "version=2")
        .replace("capability=250", "capability=251");
    let wrong = sam.post("/settings/rules", &wrong).await;
    assert_eq!(
        wrong.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        wrong.text
    );
}

#[tokio::test]
async fn who_does_not_look_after_the_network_reads_the_rules_and_changes_none() {
    let house = House::new();
    let eve = house.browser(house.eve).await;
    let page = eve.get("/settings").await.text;
    assert!(
        page.contains("Rules in force") && !page.contains("Put in force"),
        "{page}"
    );
    let form = format!("version=1&{RULES}&attempts=5&reason=Mine");
    for (path, form) in [
        ("/settings/rules", form.as_str()),
        ("/settings/switch", "switch=payouts&stop=yes&reason=Mine"),
        ("/settings/rules/again", "version=1&at=1&reason=Mine"),
    ] {
        let answer = eve.post(path, form).await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{path}: {}",
            answer.text
        );
    }
    assert_eq!(network(&house).policy.version, 1);
}

#[tokio::test]
async fn a_switch_stops_at_once_and_says_why() {
    let house = House::new();
    let sam = house.browser(house.sam).await;
    let stop = "switch=agents&stop=yes&reason=Something+is+wrong";
    assert_eq!(
        sam.post("/settings/switch", stop).await.leads_to(),
        "/settings"
    );
    assert!(network(&house).stopped.contains(&Switch::Agents));
    let page = sam.get("/settings").await.text;
    assert!(
        page.contains("Stopped agents") && page.contains("Something is wrong"),
        "{page}"
    );
    let release = "switch=agents&stop=no&reason=It+was+nothing";
    sam.post("/settings/switch", release).await;
    assert!(network(&house).stopped.is_empty());
}

#[tokio::test]
async fn members_are_shown_with_their_part_and_passes_to_whom_they_concern() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let sam = house.browser(house.sam).await;
    let all = sam.get("/settings/members.csv").await.text;
    assert!(
        all.contains("Sam,looks after the network,,by hand,1,0,takes work"),
        "{all}"
    );
    assert!(all.contains("Ben,,,by hand,1,0,takes work"), "{all}");
    let hers = story.ada.get("/settings/members.csv").await.text;
    assert!(hers.contains("Ben,,,by hand,,,takes work"), "{hers}");
    assert!(
        hers.contains("Ada,owns Ada's desk,,by hand,1,0,takes work"),
        "{hers}"
    );
}

#[tokio::test]
async fn the_audit_log_has_signatures_and_rules_with_their_reasons() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let sam = house.browser(house.sam).await;
    let stop = "switch=agents&stop=yes&reason=Something+is+wrong";
    sam.post("/settings/switch", stop).await;
    let all = sam.get("/settings/audit").await.text;
    for words in [
        "Task signed",
        "Outcome signed",
        "Stopped by a switch",
        "Something is wrong",
        "Network founded",
    ] {
        assert!(all.contains(words), "{words}: {all}");
    }
    let rules = sam.get("/settings/audit.csv?kind=rules").await.text;
    assert_eq!(rules.lines().count(), 3, "{rules}");
    let hers = story
        .ada
        .get("/settings/audit.csv?kind=sign-off")
        .await
        .text;
    assert!(
        hers.contains("Task signed") && hers.contains("Outcome signed"),
        "{hers}"
    );
    let eve = house.browser(house.eve).await;
    let none = eve.get("/settings/audit.csv?kind=sign-off").await.text;
    assert_eq!(none.lines().count(), 1, "{none}");
}

/// One model, with what it cost.
struct One;

impl Models for One {
    fn all(&self) -> Vec<Model> {
        vec![Model {
            name: "careful".to_owned(),
            driver: "model:careful".to_owned(),
            model: "vendor/large".to_owned(),
            host: "models.example".to_owned(),
            family: "large".to_owned(),
            class_max: DataClass::Internal,
            per_minute: 60,
            caps: Some(["0.50 EUR", "20.00 EUR", "5.00 EUR"].map(str::to_owned)),
        }]
    }

    fn spent_on(&self, _: OutcomeId) -> Vec<String> {
        vec!["0.120000 EUR".to_owned()]
    }
}

#[tokio::test]
async fn models_are_shown_with_their_budgets_and_what_they_cost() {
    let house = House::with(Ways {
        models: Some(Arc::new(One)),
        ..Ways::default()
    });
    let story = Story::begin(&house).await;
    let page = story.ben.get("/settings/agents").await.text;
    for words in ["careful", "models.example", "what is internal", "20.00 EUR"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let money = format!("/outcomes/{}?view=money", story.outcome);
    let page = story.ada.get(&money).await.text;
    assert!(page.contains("0.120000 EUR"), "{page}");
}

#[tokio::test]
async fn everybody_finds_what_lets_in_as_them_and_as_their_agents() {
    let house = House::new();
    let (ada, ben) = (
        house.browser(house.ada).await,
        house.browser(house.ben).await,
    );
    let form = "name=Scout&capabilities=writing+4&family=small";
    let connected = ada.post("/people/connect", form).await;
    assert_eq!(connected.status, StatusCode::OK, "{}", connected.text);
    house.token(house.ada);
    let page = ada.get("/settings/tokens").await.text;
    for words in ["Scout", "This browser", "Not heard of yet"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = ben.get("/settings/tokens").await.text;
    assert!(
        page.contains("You answer for none") && !page.contains("Scout"),
        "{page}"
    );
}
