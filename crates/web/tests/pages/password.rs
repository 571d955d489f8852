//! Passwords: set after a proof, good for coming in and for a signature where there is no passkey, and slow
//! to guess.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, REFERER, RETRY_AFTER, SET_COOKIE};
use axum::http::{Request, StatusCode};
use consort_engine::access::CredentialKind;
use consort_kernel::time::Timestamp;
use consort_testkit::clock::ManualClock;
use consort_web::{Passwords, Proving, Ways};

use crate::fixture::{Answer, Browser, House};

const WORDS: &str = "correct+horse+battery";
const OTHERS: &str = "another+horse+battery";

fn ways() -> Ways {
    Ways {
        passwords: Passwords::new(true).unwrap(),
        ..Ways::default()
    }
}

fn session(answer: &Answer) -> Option<String> {
    let given = answer.headers.get(SET_COOKIE)?.to_str().unwrap();
    given.split(';').next().map(str::to_owned)
}

async fn set(browser: &Browser<'_>, words: &str) -> Answer {
    let form = format!("password={words}&again={words}");
    browser.post("/me/password", &form).await
}

async fn enter(house: &House, name: &str, words: &str) -> Answer {
    let form = format!("name={name}&password={words}");
    house.post("/sign-in/password", &form, "").await
}

/// Shows a password, from a page.
async fn prove(house: &House, cookie: &str, words: &str) -> Answer {
    let request = Request::post("/me/proof/password")
        .header(COOKIE, cookie)
        .header(REFERER, "http://localhost:7070/outcomes?x=1")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = Body::from(format!("password={words}"));
    house.send(request.body(body).unwrap()).await
}

fn has_password(house: &House) -> bool {
    let all = house.access().credentials_of(house.ada).unwrap();
    all.iter().any(|it| it.kind == CredentialKind::Password)
}

#[tokio::test]
async fn whoever_set_a_password_comes_in_by_it() {
    let house = House::with(ways());
    let ada = house.browser(house.ada).await;
    let own = format!("/people/{}", house.ada);
    assert!(ada.get(&own).await.text.contains("You have none."));
    assert_eq!(set(&ada, WORDS).await.leads_to(), own);
    assert!(
        house
            .get("/sign-in", "")
            .await
            .text
            .contains("Your password")
    );
    let entered = enter(&house, "Ada", WORDS).await;
    assert_eq!(entered.leads_to(), "/today");
    let today = house.get("/today", &session(&entered).unwrap()).await;
    assert!(today.text.contains("Ada"));
    let kept = house.access().credentials_of(house.ada).unwrap();
    assert!(kept[0].data.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(!kept[0].data.contains("horse"));
    let ended = ada.post("/me/password/end", "").await;
    assert_eq!(ended.leads_to(), own);
    assert_eq!(session(&enter(&house, "Ada", WORDS).await), None);
    let again = ada.post("/me/password/end", "").await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_is_wrong_is_told_the_same_whoever_they_name() {
    let house = House::with(ways());
    set(&house.browser(house.ada).await, WORDS).await;
    let wrong = enter(&house, "Ada", OTHERS).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (name, words) in [("Ben", WORDS), ("Nobody", WORDS), ("", ""), ("Ada", "")] {
        let other = enter(&house, name, words).await;
        assert_eq!(
            (other.status, &other.text),
            (wrong.status, &wrong.text),
            "{name}"
        );
        assert_eq!(session(&other), None, "{name}");
    }
    let long = "a".repeat(100_000);
    assert_eq!(enter(&house, "Nobody", &long).await.status, wrong.status);
}

#[tokio::test]
async fn what_is_too_short_too_long_or_not_the_same_is_not_kept() {
    let house = House::with(ways());
    let ada = house.browser(house.ada).await;
    let long = "a".repeat(129);
    for form in [
        "password=fourteen+lett&again=fourteen+lett".to_owned(),
        format!("password={long}&again={long}"),
        format!("password={WORDS}&again={OTHERS}"),
    ] {
        let answer = ada.post("/me/password", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(!has_password(&house), "{form}");
    }
    assert_eq!(
        house.post("/me/password", "", "").await.leads_to(),
        "/sign-in"
    );
}

#[tokio::test]
async fn a_password_is_changed_after_a_proof_and_other_sessions_end() {
    let house = House::with(ways());
    let other = house.browser(house.ada).await;
    let ada = house.browser(house.ada).await;
    set(&ada, WORDS).await;
    assert_eq!(other.get("/today").await.leads_to(), "/sign-in");
    assert_eq!(ada.get("/today").await.status, StatusCode::OK);
    let later = house.browser(house.ada).await;
    let refused = set(&later, OTHERS).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("Show by your password"),
        "{}",
        refused.text
    );
    let refused = later.post("/me/password/end", "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = prove(&house, later.cookie(), OTHERS).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = prove(&house, later.cookie(), WORDS).await;
    assert_eq!(right.leads_to(), "/outcomes?x=1");
    set(&later, OTHERS).await;
    assert_eq!(ada.get("/today").await.leads_to(), "/sign-in");
    assert_eq!(session(&enter(&house, "Ada", WORDS).await), None);
    assert_eq!(enter(&house, "Ada", OTHERS).await.leads_to(), "/today");
}

#[tokio::test]
async fn where_there_is_a_passkey_a_password_is_no_way_in_and_no_proof() {
    let house = House::with(ways());
    let ada = house.browser(house.ada).await;
    set(&ada, WORDS).await;
    house.keep_passkey();
    let refused = enter(&house, "Ada", WORDS).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(session(&refused), None);
    let fresh = house.browser(house.ada).await;
    let refused = prove(&house, fresh.cookie(), WORDS).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let end = fresh.post("/me/passkeys/end", "passkey=a").await;
    assert!(end.text.contains("Show by your passkey"), "{}", end.text);
}

#[tokio::test]
async fn whoever_guesses_waits_longer_each_time_and_so_does_whoever_is_right_then() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let house = House::by(clock.clone(), ways());
    set(&house.browser(house.ada).await, WORDS).await;
    for name in ["Ada", "Nobody"] {
        for _ in 0..5 {
            let wrong = enter(&house, name, OTHERS).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
        for wait in [1, 2, 4] {
            let early = enter(&house, name, WORDS).await;
            assert_eq!(early.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
            assert_eq!(early.headers[RETRY_AFTER], wait.to_string(), "{name}");
            assert_eq!(session(&early), None, "{name}");
            clock.advance(wait * 1_000);
            let wrong = enter(&house, name, OTHERS).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
    }
    clock.advance(8_000);
    assert_eq!(
        enter(&house, "ada", WORDS).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    clock.advance(16_000);
    assert_eq!(enter(&house, "Ada", WORDS).await.leads_to(), "/today");
    let wrong = enter(&house, "Ada", OTHERS).await;
    assert_eq!(
        wrong.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "it begins anew"
    );
}

#[tokio::test]
async fn where_a_proof_is_needed_nobody_signs_by_their_session() {
    for proof in [Proving::Always, Proving::WhereOffered] {
        signs_by_a_proof_alone(&House::with(Ways { proof, ..ways() })).await;
    }
}

/// Whoever has nothing to show that it is they is asked to add something first, and signs by that.
async fn signs_by_a_proof_alone(house: &House) {
    let task = house.letter_handed_in().await;
    let ada = house.browser(house.ada).await;
    let (desk, open) = (format!("/tasks/{task}/sign"), format!("/tasks/{task}/open"));
    ada.post(&open, "file=write.json").await;
    let content = house.engine.task(task).unwrap().unwrap();
    let content = content.handed().unwrap().submission.content;
    let judged = format!("decision=sign&missed=nothing&content={content}");
    assert!(
        ada.get(&desk)
            .await
            .text
            .contains("nothing yet to show it by")
    );
    let refused = ada.post(&desk, &judged).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("nobody signs by their session alone"));
    let confirmed = ada.post(&format!("{desk}/confirm"), &judged).await;
    assert_eq!(confirmed.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (account, own) = (
        "holder=Ada&account=DE89370400440532013000",
        format!("/people/{}", house.ada),
    );
    let refused = ada.post("/me/payout", account).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!ada.get(&own).await.text.contains("…3000"));
    // The first password is set by the session, and is a proof from then on.
    set(&ada, WORDS).await;
    assert_eq!(
        prove(house, ada.cookie(), WORDS).await.status,
        StatusCode::SEE_OTHER
    );
    ada.post("/me/payout", account).await.leads_to();
    assert!(ada.get(&own).await.text.contains("…3000"));
    let lines = ada.post_on(&desk, &judged).await;
    assert!(
        lines.text.contains("Nothing is recorded yet"),
        "{}",
        lines.text
    );
}

#[tokio::test]
async fn where_none_are_wanted_there_are_none() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    for (path, cookie) in [
        ("/sign-in/password", ""),
        ("/me/password", ada.cookie()),
        ("/me/proof/password", ada.cookie()),
    ] {
        let form = format!("name=Ada&password={WORDS}&again={WORDS}");
        let answer = house.post(path, &form, cookie).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.text.contains("wants no passwords"), "{path}");
    }
    assert!(!has_password(&house));
    for path in ["/sign-in".to_owned(), format!("/people/{}", house.ada)] {
        let page = ada.get(&path).await;
        assert!(!page.text.contains("type=\"password\""), "{path}");
    }
}
