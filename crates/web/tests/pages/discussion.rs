//! The discussion of an outcome: who reads and writes, what becomes of a text, who is told.

use std::sync::Arc;

use axum::http::StatusCode;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::id::{ContributorId, OutcomeId};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::time::Timestamp;
use consort_testkit::clock::ManualClock;
use consort_web::Ways;
use serde_json::json;

use crate::fixture::{Browser, House, hidden};
use crate::work::Story;

fn address(outcome: OutcomeId) -> String {
    format!("/outcomes/{outcome}?view=discussion")
}

async fn text(browser: &Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page.text
}

/// Says something, and gives the identifier of the remark.
async fn say(browser: &Browser<'_>, outcome: OutcomeId, form: &str) -> String {
    let path = format!("/outcomes/{outcome}/discussion");
    let said = browser.post(&path, form).await;
    let (_, id) = said.leads_to().split_once("#said-").unwrap();
    id.to_owned()
}

/// Looks at a page of a discussion, and says that it was read.
pub(crate) async fn read(browser: &Browser<'_>, outcome: OutcomeId, path: &str) -> String {
    let page = text(browser, path).await;
    let form = format!("at={}", hidden(&page, "at"));
    let path = format!("/outcomes/{outcome}/discussion/read");
    browser.post(&path, &form).await.leads_to();
    page
}

#[tokio::test]
async fn what_is_said_within_one_moment_stands_in_the_order_in_which_it_was_said() {
    let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000));
    let house = House::by(Arc::new(clock), Ways::default());
    let (outcome, _) = house.letter();
    let ada = house.browser(house.ada).await;
    for number in 0..8 {
        say(&ada, outcome, &format!("text=word+{number}+of+it")).await;
    }
    let page = text(&ada, &address(outcome)).await;
    let places = (0..8).map(|number| page.find(&format!("word {number} of it")).unwrap());
    assert!(places.rev().is_sorted(), "the newest first: {page}");
}

#[tokio::test]
async fn whoever_sees_the_outcome_reads_and_writes_and_nobody_else() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let at = address(story.outcome);
    let empty = text(&story.ben, &at).await;
    assert!(empty.contains("Nobody has said anything yet"), "{empty}");
    say(
        &story.ben,
        story.outcome,
        "text=Is+%3Cb%3Esoon%3C%2Fb%3E+fine%3F%0A%0AI+can+today.",
    )
    .await;
    say(&story.ada, story.outcome, "text=Yes").await;
    for browser in [&story.ada, &story.ben] {
        let page = text(browser, &at).await;
        for words in [
            "<p>Is &lt;b&gt;soon&lt;/b&gt; fine?</p><p>I can today.</p>",
            "<p>Yes</p>",
            "Ben</a>",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(
            page.find("<p>Yes</p>") < page.find("I can today"),
            "the newest first"
        );
    }
    let eve = house.browser(house.eve).await;
    assert_eq!(eve.get(&at).await.status, StatusCode::NOT_FOUND);
    let path = format!("/outcomes/{}/discussion", story.outcome);
    for (rest, form) in [
        ("", "text=x"),
        ("/change", "remark=x&text=x"),
        ("/end", "remark=x"),
    ] {
        let answer = eve.post(&format!("{path}{rest}"), form).await;
        assert!(answer.status.is_client_error(), "{rest}: {}", answer.text);
    }
    // What is said moves nothing that a change of the outcome rests on.
    let before = house.engine.events().unwrap();
    say(&story.ada, story.outcome, "text=More").await;
    assert_eq!(house.engine.events().unwrap(), before);
}

#[tokio::test]
async fn a_text_has_bounds_and_a_form_that_is_sent_twice_says_it_once() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let path = format!("/outcomes/{}/discussion", story.outcome);
    let long = format!("text={}", "x".repeat(4_001));
    for form in ["text=", "text=+%0D%0A+", "text=a%00b", &long] {
        let answer = story.ada.post(&path, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let at = address(story.outcome);
    let form = format!(
        "text=Thanks&idempotency-key={}",
        hidden(&text(&story.ada, &at).await, "idempotency-key")
    );
    let first = say(&story.ada, story.outcome, &form).await;
    assert_eq!(say(&story.ada, story.outcome, &form).await, first);
    // The same words can be said again, by the form that stands there then.
    let again = format!(
        "text=Thanks&idempotency-key={}",
        hidden(&text(&story.ada, &at).await, "idempotency-key")
    );
    assert_ne!(say(&story.ada, story.outcome, &again).await, first);
    assert_eq!(
        text(&story.ada, &at).await.matches("<p>Thanks</p>").count(),
        2
    );
    for number in 0..18 {
        say(&story.ada, story.outcome, &format!("text={number}")).await;
    }
    let more = story.ada.post(&path, "text=more").await;
    assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(more.text.contains("remarks in a minute"), "{}", more.text);
    say(&story.ben, story.outcome, "text=I+may+still").await;
}

#[tokio::test]
async fn its_author_changes_a_remark_and_takes_it_back_and_that_shows() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let at = address(story.outcome);
    let id = say(&story.ben, story.outcome, "text=On+Monday").await;
    let path = format!("/outcomes/{}/discussion", story.outcome);
    let change = format!("remark={id}&text=On+Tuesday");
    let elses = story.ada.post(&format!("{path}/change"), &change).await;
    assert_eq!(elses.status, StatusCode::UNPROCESSABLE_ENTITY);
    let end = format!("remark={id}");
    let elses = story.ada.post(&format!("{path}/end"), &end).await;
    assert_eq!(elses.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !text(&story.ada, &at)
            .await
            .contains("Change it, or take it back")
    );
    story
        .ben
        .post(&format!("{path}/change"), &change)
        .await
        .leads_to();
    let page = text(&story.ada, &at).await;
    assert!(
        page.contains("<p>On Tuesday</p>") && page.contains("<span>changed "),
        "{page}"
    );
    assert!(!page.contains("Monday"));
    for _ in 0..2 {
        story
            .ben
            .post(&format!("{path}/end"), &end)
            .await
            .leads_to();
    }
    let page = text(&story.ada, &at).await;
    assert!(
        page.contains("Taken back by its author") && !page.contains("Tuesday"),
        "{page}"
    );
    let late = story.ben.post(&format!("{path}/change"), &change).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A remark of another discussion is none of this one.
    let (other, _) = house.letter();
    let there = story
        .ada
        .post(&format!("/outcomes/{other}/discussion/end"), &end)
        .await;
    assert_eq!(there.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_is_named_finds_it_today_until_they_read_it() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let task = story.task;
    let words = format!("text=%40Ben+see+{task}%2C+%40Eve+and+%40Nobody");
    let id = say(&story.ada, story.outcome, &words).await;
    let page = text(&story.ada, &address(story.outcome)).await;
    for link in [
        format!("<a href=\"/people/{}\"><b>@Ben</b></a>", house.ben),
        format!("<a href=\"/tasks/{task}\">{task}</a>"),
    ] {
        assert!(page.contains(&link), "{link}: {page}");
    }
    assert!(
        page.contains(", @Eve and @Nobody"),
        "they are not in it: {page}"
    );
    let mention = format!("#said-{id}");
    let today = text(&story.ben, "/today").await;
    assert!(
        today.contains(&mention) && today.contains("Ada: “@Ben see"),
        "{today}"
    );
    for other in [&story.ada, &house.browser(house.eve).await] {
        assert!(!text(other, "/today").await.contains(&mention));
    }
    // Looking elsewhere reads nothing.
    text(&story.ben, &format!("/outcomes/{}", story.outcome)).await;
    assert!(text(&story.ben, "/today").await.contains(&mention));
    text(&story.ben, &address(story.outcome)).await;
    assert!(
        text(&story.ben, "/today").await.contains(&mention),
        "to look at a page changes nothing"
    );
    read(&story.ben, story.outcome, &address(story.outcome)).await;
    assert!(!text(&story.ben, "/today").await.contains(&mention));
    let again = text(&story.ben, &address(story.outcome)).await;
    assert!(!again.contains("I have read it"), "{again}");
    // Who is named by a change is told, and who is not any more is not.
    let id = say(&story.ada, story.outcome, "text=%40Ben%3F").await;
    let path = format!("/outcomes/{}/discussion/change", story.outcome);
    story
        .ada
        .post(&path, &format!("remark={id}&text=never+mind"))
        .await
        .leads_to();
    assert!(
        !text(&story.ben, "/today")
            .await
            .contains(&format!("#said-{id}"))
    );
    story
        .ada
        .post(&path, &format!("remark={id}&text=but+%40Ben"))
        .await
        .leads_to();
    assert!(
        text(&story.ben, "/today")
            .await
            .contains(&format!("#said-{id}"))
    );
}

#[tokio::test]
async fn a_long_discussion_is_read_page_by_page_and_an_old_mention_is_led_to() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let first = say(&story.ada, story.outcome, "text=%40Ben+first").await;
    // Three people say so much, as nobody may alone.
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    for (who, name) in [(house.eve, "Eve"), (house.sam, "Sam")] {
        join(&house, own, who, Role::Reviewer);
        let browser = house.browser(who).await;
        for number in 0..20 {
            say(&browser, story.outcome, &format!("text={name}+{number}")).await;
        }
    }
    for number in 0..15 {
        say(&story.ada, story.outcome, &format!("text=Ada+{number}")).await;
    }
    let newest = text(&story.ben, &address(story.outcome)).await;
    assert_eq!(newest.matches("id=\"said-").count(), 50);
    assert!(!newest.contains("first"));
    let today = text(&story.ben, "/today").await;
    let link = today
        .split("href=\"")
        .find(|it| it.contains(&format!("#said-{first}")));
    let link = link
        .unwrap()
        .split('#')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let page = read(&story.ben, story.outcome, &link).await;
    assert!(
        page.contains("first") && page.contains("Back to the newest"),
        "{page}"
    );
    assert!(!text(&story.ben, "/today").await.contains(&first));
    let next = newest
        .split("rel=\"next\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert_eq!(
        text(&story.ben, &next).await.matches("id=\"said-").count(),
        6
    );
    let nowhere = story
        .ben
        .get(&format!("{}&before=nowhere", address(story.outcome)))
        .await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
}

fn join(house: &House, own: consort_kernel::id::OrganisationId, who: ContributorId, role: Role) {
    let command = OrganisationCommand::SetRoles {
        reason: "a test".to_owned(),
        roles: [role].into(),
        task: None,
        who,
    };
    let owner = Principal::Contributor(house.ada);
    let body = Body::Organisation(own, command);
    house.engine.execute(owner, body).unwrap();
}

#[tokio::test]
async fn an_agent_speaks_by_its_token_and_is_shown_as_an_ai() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let scout = ContributorId::new(house.engine.now(), house.engine.random().unwrap());
    let newcomer = Newcomer {
        name: "Scout".to_owned(),
        nature: Nature::Agent {
            family: "rules".to_owned(),
            operator: house.ada,
        },
        capabilities: [("watching".to_owned(), 5)].into(),
        profile: Profile::default(),
    };
    network::add(&house.engine, scout, &newcomer).unwrap();
    let path = format!("/api/v1/outcomes/{}/discussion", story.outcome);
    let agent = house.program(scout);
    let said = json!({ "text": "Two sources say otherwise, @Ada." });
    let outside = agent.post(&path, &said, "").await;
    outside.is_problem(StatusCode::NOT_FOUND, "not_found");
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    join(&house, own, scout, Role::Reviewer);
    let first = agent.post(&path, &said, "one").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!(first.json()["by_ai"], true);
    assert_eq!(agent.post(&path, &said, "one").await.json(), first.json());
    let other = json!({ "text": "Something else." });
    let reused = agent.post(&path, &other, "one").await;
    reused.is_problem(StatusCode::CONFLICT, "id_reused");
    let unreadable = agent.post(&path, &json!({ "text": 7 }), "").await;
    unreadable.is_problem(StatusCode::BAD_REQUEST, "unreadable");
    let empty = agent.post(&path, &json!({ "text": " " }), "").await;
    empty.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    say(&story.ada, story.outcome, "text=Which%3F").await;
    let list = house
        .program(house.ben)
        .get(&format!("{path}?limit=1"))
        .await
        .json();
    assert_eq!(list["items"][0]["text"], "Which?");
    assert_eq!(list["items"][0]["by_ai"], false);
    let next = list["next"].as_str().unwrap();
    let older = house
        .program(house.ben)
        .get(&format!("{path}?limit=9&cursor={next}"))
        .await
        .json();
    assert_eq!(older["items"][0]["id"], first.json()["id"]);
    assert!(older["next"].is_null());
    let page = read(&story.ada, story.outcome, &address(story.outcome)).await;
    assert!(
        page.contains(">AI</span>") && page.contains("(agent)"),
        "{page}"
    );
    assert!(
        !text(&story.ada, "/today").await.contains("#said-"),
        "it was read on the page"
    );
}
