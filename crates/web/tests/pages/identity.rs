//! Coming in by an identity provider, being known by an identity, and showing it again before a signature;
//! with a provider that says what is so, and one that does not.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{COOKIE, REFERER, REFRESH, SET_COOKIE};
use axum::http::{Request, StatusCode};
use consort_engine::access::CredentialKind;
use consort_kernel::id::ContributorId;
use consort_web::COOKIE_NAME;
use serde_json::json;

use crate::fixture::{Answer, House};
use crate::provider::Provider;

const ENTER: &str = "/sign-in/with/example";
const ADD: &str = "/me/identities/add/example";
const PROVE: &str = "/me/proof/with/example";

/// The cookies that an answer gives, as a browser sends them.
fn cookies(answer: &Answer) -> Vec<String> {
    let given = answer.headers.get_all(SET_COOKIE).iter();
    given
        .map(|it| it.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect()
}

/// The session that an answer gives.
fn session(answer: &Answer) -> Option<String> {
    let mut all = cookies(answer).into_iter();
    all.find(|it| it.starts_with(COOKIE_NAME) && !it.ends_with('='))
}

/// Is led on from a form; gives the address at the provider, and the cookies from then on.
async fn led_on(house: &House, form: &str, session: &str) -> (String, String) {
    let request = Request::post(form)
        .header(COOKIE, session)
        .header(REFERER, "http://localhost:7070/tasks/tsk_1/sign?x=1");
    let on = house.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(on.status, StatusCode::OK, "{}", on.text);
    let address = on.headers[REFRESH].to_str().unwrap();
    let address = address.strip_prefix("0;url=").unwrap();
    let way = cookies(&on).remove(0);
    (address.to_owned(), format!("{session}; {way}"))
}

/// Goes there and comes back.
async fn there_and_back(
    house: &House,
    provider: &Provider,
    (form, session): (&str, &str),
    subject: &str,
) -> Answer {
    let (address, cookies) = led_on(house, form, session).await;
    let back = provider.authorise(&address, subject, house.engine.now());
    house.get(&back, &cookies).await
}

/// Somebody is known by an identity from now on.
async fn known(house: &House, provider: &Provider, who: ContributorId, subject: &str) -> String {
    let browser = house.browser(who).await;
    let cookie = browser.cookie().to_owned();
    let added = there_and_back(house, provider, (ADD, &cookie), subject).await;
    assert_eq!(added.leads_to(), format!("/people/{who}"));
    cookie
}

fn kinds(house: &House, who: ContributorId) -> Vec<CredentialKind> {
    let all = house.access().credentials_of(who).unwrap();
    all.into_iter().map(|it| it.kind).collect()
}

#[tokio::test]
async fn whoever_added_an_identity_comes_in_by_it_and_ends_it() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    known(&house, &provider, house.ada, "ada").await;
    let page = house.get("/sign-in", "").await;
    assert!(page.text.contains("Come in by Example"), "{}", page.text);
    let entered = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
    assert_eq!(entered.leads_to(), "/today");
    let taken = cookies(&entered);
    assert!(
        taken.contains(&"__Host-consort-way=".to_owned()),
        "{taken:?}"
    );
    let session = session(&entered).unwrap();
    let own = house.get(&format!("/people/{}", house.ada), &session).await;
    assert!(
        own.text.contains("Example: ada@example.org"),
        "{}",
        own.text
    );
    // To end it she shows it first, and comes back to where she was.
    let name = format!("identity={}+ada", provider.issuer);
    let too_early = house.post("/me/identities/end", &name, &session).await;
    assert_eq!(too_early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        too_early.text.contains("Show at Example"),
        "{}",
        too_early.text
    );
    let proved = there_and_back(&house, &provider, (PROVE, &session), "ada").await;
    assert_eq!(proved.leads_to(), "/tasks/tsk_1/sign?x=1");
    let ended = house.post("/me/identities/end", &name, &session).await;
    assert_eq!(ended.leads_to(), format!("/people/{}", house.ada));
    assert_eq!(kinds(&house, house.ada), []);
    let again = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(provider.looked_up(), 1, "settings are kept");
}

#[tokio::test]
async fn nobody_is_made_by_coming_in() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    let stranger = there_and_back(&house, &provider, (ENTER, ""), "mallory").await;
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        stranger.text.contains("Nobody here is known"),
        "{}",
        stranger.text
    );
    assert_eq!(session(&stranger), None);
}

#[tokio::test]
async fn an_identity_belongs_to_one_person() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    let ada = known(&house, &provider, house.ada, "ada").await;
    let ben = house.browser(house.ben).await;
    let taken = there_and_back(&house, &provider, (ADD, ben.cookie()), "ada").await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("somebody else"), "{}", taken.text);
    assert_eq!(kinds(&house, house.ben), []);
    let link = house.link(house.ben);
    let joined = there_and_back(
        &house,
        &provider,
        (&format!("{link}/with/example"), ""),
        "ada",
    )
    .await;
    assert_eq!(joined.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        house.get(&link, "").await.text.contains("Welcome, Ben"),
        "the link is not used up"
    );
    // What is Ada's proves nothing for Ben, nor ends it.
    let name = format!("identity={}+ada", provider.issuer);
    let ended = ben.post("/me/identities/end", &name).await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND);
    let bens = there_and_back(&house, &provider, (PROVE, &ada), "ben").await;
    assert_eq!(bens.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bens.text.contains("not yours"), "{}", bens.text);
}

#[tokio::test]
async fn whoever_is_invited_comes_in_by_an_identity_and_is_known_by_it_from_then_on() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    let link = house.link(house.ben);
    let welcome = house.get(&link, "").await;
    assert!(
        welcome.text.contains("Come in by Example"),
        "{}",
        welcome.text
    );
    let form = format!("{link}/with/example");
    let joined = there_and_back(&house, &provider, (&form, ""), "ben").await;
    assert_eq!(joined.leads_to(), "/today");
    let cookie = session(&joined).unwrap();
    assert!(house.get("/today", &cookie).await.text.contains("Ben"));
    assert_eq!(kinds(&house, house.ben), [CredentialKind::Identity]);
    let used = house.post(&form, "", "").await;
    assert_eq!(used.status, StatusCode::GONE);
    // Another link lets him in, but adds no second identity: for that he shows the first.
    let other = house.link(house.ben);
    let page = house.get(&other, "").await;
    assert!(!page.text.contains("Come in by Example"), "{}", page.text);
    let form = format!("{other}/with/example");
    assert_eq!(house.post(&form, "", "").await.status, StatusCode::GONE);
    let again = there_and_back(&house, &provider, (ENTER, ""), "ben").await;
    assert_eq!(again.leads_to(), "/today");
}

#[tokio::test]
async fn a_signature_takes_the_identity_again_and_an_old_one_is_none() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    let task = house.letter_handed_in().await;
    let ada = known(&house, &provider, house.ada, "ada").await;
    let desk = format!("/tasks/{task}/sign");
    let is_asked = async || {
        house
            .get(&desk, &ada)
            .await
            .text
            .contains("Sign in again at Example")
    };
    assert!(is_asked().await);
    let old: fn(&mut serde_json::Value) = |claims| {
        let seen = claims["auth_time"].as_i64().unwrap_or_default();
        claims["auth_time"] = json!(seen - 3_600);
    };
    let missing: fn(&mut serde_json::Value) = |claims| {
        claims.as_object_mut().unwrap().remove("auth_time");
    };
    for bent in [old, missing] {
        provider.bend(bent);
        let refused = there_and_back(&house, &provider, (PROVE, &ada), "ada").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("did not ask you again"),
            "{}",
            refused.text
        );
        assert!(is_asked().await);
    }
    provider.bend(|_| ());
    let proved = there_and_back(&house, &provider, (PROVE, &ada), "ada").await;
    assert_eq!(proved.leads_to(), "/tasks/tsk_1/sign?x=1");
    assert!(!is_asked().await);
}

#[tokio::test]
async fn where_there_is_a_passkey_an_identity_lets_in_and_proves_nothing() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    let ada = known(&house, &provider, house.ada, "ada").await;
    house.keep_passkey();
    for form in [PROVE, ADD] {
        let refused = house.post(form, "", &ada).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    provider.bend(|claims| claims["auth_time"] = claims["iat"].clone());
    let entered = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
    let session = session(&entered).unwrap();
    let end = house.post("/me/passkeys/end", "passkey=a", &session).await;
    assert!(end.text.contains("Show by your passkey"), "{}", end.text);
}

#[tokio::test]
async fn what_a_provider_says_that_does_not_hold_lets_nobody_in() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    known(&house, &provider, house.ada, "ada").await;
    let bent: [fn(&mut serde_json::Value); 11] = [
        |claims| claims["nonce"] = json!("another"),
        |claims| drop(claims.as_object_mut().unwrap().remove("nonce")),
        |claims| claims["aud"] = json!("another"),
        |claims| claims["aud"] = json!(["consort", "another"]),
        |claims| claims["azp"] = json!("another"),
        |claims| claims["iss"] = json!("https://another.example"),
        |claims| claims["exp"] = claims["iat"].clone(),
        |claims| claims["iat"] = json!(claims["iat"].as_i64().unwrap() - 3_600),
        |claims| claims["iat"] = json!(claims["iat"].as_i64().unwrap() + 3_600),
        |claims| claims["sub"] = json!("x".repeat(256)),
        |claims| claims["sub"] = json!(""),
    ];
    for (number, bend) in bent.into_iter().enumerate() {
        provider.bend(bend);
        let answer = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        assert!(
            answer.text.contains("does not hold"),
            "{number}: {}",
            answer.text
        );
        assert_eq!(session(&answer), None, "{number}");
    }
    provider.bend(|claims| claims["azp"] = json!("consort"));
    let sound = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
    assert_eq!(sound.leads_to(), "/today");
}

#[tokio::test]
async fn a_code_counts_once_and_in_the_browser_and_session_that_asked() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    known(&house, &provider, house.ada, "ada").await;
    let now = house.engine.now();
    let (address, cookies) = led_on(&house, ENTER, "").await;
    let back = provider.authorise(&address, "ada", now);
    let (_, other) = led_on(&house, ENTER, "").await;
    let tail = back.split_once('?').unwrap().1;
    for (path, cookies) in [
        (back.as_str(), ""),
        (back.as_str(), "__Host-consort-way=x"),
        (back.as_str(), other.as_str()),
        ("/sign-in/with/example/back", cookies.as_str()),
        (
            "/sign-in/with/example/back?state=x&code=y",
            cookies.as_str(),
        ),
    ] {
        let answer = house.get(path, cookies).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert_eq!(session(&answer), None, "{path}");
    }
    let elsewhere = house
        .get(&format!("/sign-in/with/other/back?{tail}"), &cookies)
        .await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&back, &cookies).await.leads_to(), "/today");
    let again = house.get(&back, &cookies).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("used already"), "{}", again.text);
    // Ben takes Ada's place in her browser while she is there.
    let eve = house.browser(house.eve).await;
    let (address, cookies) = led_on(&house, ADD, eve.cookie()).await;
    let back = provider.authorise(&address, "eve", now);
    let way = cookies.rsplit("; ").next().unwrap();
    let ben = house.browser(house.ben).await;
    for cookie in [way.to_owned(), format!("{}; {way}", ben.cookie())] {
        let answer = house.get(&back, &cookie).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(kinds(&house, house.ben), []);
    assert_eq!(kinds(&house, house.eve), []);
}

#[tokio::test]
async fn whoever_says_no_there_is_told_so_here() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    let (address, cookies) = led_on(&house, ENTER, "").await;
    let back = provider.authorise(&address, "ada", house.engine.now());
    let state = back.split('&').find(|it| it.starts_with("state=")).unwrap();
    let no = format!("/sign-in/with/example/back?error=access_denied&{state}");
    let answer = house.get(&no, &cookies).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text.contains("did not say who you are"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_key_that_is_not_shown_is_refused_and_a_new_one_is_looked_up() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways());
    known(&house, &provider, house.ada, "ada").await;
    provider.sign_anew();
    let unknown = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(session(&unknown), None);
    provider.show_anew();
    let rotated = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
    assert_eq!(rotated.leads_to(), "/today");
}

#[tokio::test]
async fn a_provider_that_says_who_it_is_says_so_each_time() {
    let provider = Provider::start().await;
    provider.say_who();
    let house = House::with(provider.ways());
    known(&house, &provider, house.ada, "ada").await;
    for change in [
        |back: String| back.replace("&iss=", "&other="),
        |back: String| back.replace("&iss=http", "&iss=https"),
    ] {
        let (address, cookies) = led_on(&house, ENTER, "").await;
        let back = provider.authorise(&address, "ada", house.engine.now());
        let answer = house.get(&change(back), &cookies).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(session(&answer), None);
    }
}

#[tokio::test]
async fn only_a_confirmed_address_of_the_domains_comes_in() {
    let provider = Provider::start().await;
    let ways = provider.ways_for(&["Example.org"], Duration::from_secs(30));
    let house = House::with(ways);
    known(&house, &provider, house.ada, "ada").await;
    let bent: [fn(&mut serde_json::Value); 4] = [
        |claims| claims["email"] = json!("ada@evil.example"),
        |claims| claims["email"] = json!("ada@example.org@evil.example"),
        |claims| claims["email_verified"] = json!(false),
        |claims| drop(claims.as_object_mut().unwrap().remove("email")),
    ];
    for (number, bend) in bent.into_iter().enumerate() {
        provider.bend(bend);
        let answer = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        assert!(
            answer.text.contains("Example: "),
            "{number}: {}",
            answer.text
        );
    }
    provider.bend(|_| ());
    let sound = there_and_back(&house, &provider, (ENTER, ""), "ada").await;
    assert_eq!(sound.leads_to(), "/today");
}

#[tokio::test]
async fn a_provider_that_is_slow_or_away_leaves_the_other_ways_open() {
    let provider = Provider::start().await;
    let ways = provider.ways_for(&[], Duration::from_secs(2));
    let house = House::with(ways);
    provider.stall();
    let is_away = async |form: &str, cookie: &str| {
        let answer = house.post(form, "", cookie).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.text);
        assert!(
            answer.text.contains("Example cannot be asked now"),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("/sign-in"));
    };
    is_away(ENTER, "").await;
    let ada = house.browser(house.ada).await;
    is_away(ADD, ada.cookie()).await;
    drop(provider);
    is_away(ENTER, "").await;
    assert_eq!(ada.get("/today").await.status, StatusCode::OK);
    assert_eq!(house.get("/sign-in", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_provider_that_falls_silent_while_somebody_is_there_is_away() {
    let provider = Provider::start().await;
    let house = House::with(provider.ways_for(&[], Duration::from_millis(200)));
    let (address, cookies) = led_on(&house, ENTER, "").await;
    let back = provider.authorise(&address, "ada", house.engine.now());
    provider.stall();
    let answer = house.get(&back, &cookies).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.text);
    assert_eq!(session(&answer), None);
}
