//! Coming in, and what stands around every page.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{COOKIE, ETAG, IF_NONE_MATCH, RETRY_AFTER, SET_COOKIE};
use axum::http::{Request, StatusCode};

use consort_web::Outside;

use crate::fixture::{Answer, House};

/// Pages that everybody who is in has.
const PAGES: [&str; 7] = [
    "/today",
    "/outcomes",
    "/outcomes/new",
    "/outcomes/new/brief",
    "/people",
    "/playbooks",
    "/ledger",
];

#[tokio::test]
async fn a_link_lets_its_person_in_once_and_looking_at_it_uses_nothing() {
    let house = House::new();
    let link = house.link(house.ada);
    for _ in 0..2 {
        let asked = house.get(&link, "").await;
        assert_eq!(asked.status, StatusCode::OK);
        assert!(asked.text.contains("Welcome, Ada"), "{}", asked.text);
        assert!(asked.headers.get(SET_COOKIE).is_none());
    }
    let entered = house.post(&link, "", "").await;
    assert_eq!(entered.leads_to(), "/today");
    let cookie = entered.headers[SET_COOKIE].to_str().unwrap();
    for part in ["__Host-", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let again = house.post(&link, "", "").await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.headers.get(SET_COOKIE).is_none());
}

#[tokio::test]
async fn whoever_is_not_in_sees_the_door_and_nothing_else() {
    let house = House::new();
    let (outcome, task) = house.letter();
    let own = [format!("/outcomes/{outcome}"), format!("/tasks/{task}")];
    for path in PAGES.iter().copied().chain(own.iter().map(String::as_str)) {
        for cookie in ["", "__Host-consort=", "__Host-consort=0000", "other=x"] {
            assert_eq!(
                house.get(path, cookie).await.leads_to(),
                "/sign-in",
                "{path}"
            );
        }
    }
    assert_eq!(
        house
            .post(&format!("/tasks/{task}/claim"), "", "")
            .await
            .leads_to(),
        "/sign-in"
    );
    assert_eq!(house.get("/live", "").await.leads_to(), "/sign-in");
}

#[tokio::test]
async fn whoever_leaves_is_out() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    assert_eq!(ada.get("/today").await.status, StatusCode::OK);
    assert_eq!(ada.post("/leave", "").await.leads_to(), "/sign-in");
    assert_eq!(ada.get("/today").await.leads_to(), "/sign-in");
}

#[tokio::test]
async fn every_page_is_whole_and_carries_its_shield() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    for path in PAGES {
        let page = ada.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
        assert!(!page.text.contains(" style="), "{path}");
        assert!(!page.text.contains("<script>"), "{path}");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(page.headers[name], value, "{path}");
        }
    }
}

#[tokio::test]
async fn what_another_site_has_a_browser_send_is_refused() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://elsewhere.example"),
    ] {
        let request = Request::post("/leave")
            .header(COOKIE, ada.cookie())
            .header("host", "localhost:7070")
            .header(name, value);
        let answer = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
    assert_eq!(ada.get("/today").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_script_gets_the_middle_of_a_page_and_nothing_where_nothing_changed() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let ask = async |tag: &str| {
        let request = Request::get("/outcomes")
            .header(COOKIE, ada.cookie())
            .header("x-fragment", "1")
            .header(IF_NONE_MATCH, tag);
        house.send(request.body(Body::empty()).unwrap()).await
    };
    let first = ask("").await;
    assert!(first.text.starts_with("<main"), "{}", first.text);
    let tag = first.headers[ETAG].to_str().unwrap().to_owned();
    assert_eq!(ask(&tag).await.status, StatusCode::NOT_MODIFIED);
    house.letter();
    let changed = ask(&tag).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.text.contains("A letter"));
    // What stands around the middle comes with it, and agrees with the whole page.
    let told = changed.text.split_once("data-waiting=\"").unwrap().1;
    let waiting = told.split_once('"').unwrap().0;
    assert!(changed.text.contains("data-title=\"Outcomes\""));
    let whole = ada.get("/outcomes").await.text;
    let shown = whole.split_once("span class=\"count\">");
    let shown = shown.map_or("0", |(_, rest)| rest.split_once('<').unwrap().0);
    assert_eq!(waiting, shown, "{whole}");
}

#[tokio::test]
async fn whether_it_lives_is_told_to_everybody() {
    let house = House::new();
    for path in [
        "/livez",
        "/readyz",
        "/assets/1/consort.css",
        "/assets/1/consort.js",
        "/favicon.ico",
    ] {
        assert_eq!(house.get(path, "").await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(
        house.get("/nowhere", "").await.status,
        StatusCode::NOT_FOUND
    );
}

/// Asks for a page from an address, for whom a proxy there may ask.
async fn from(house: &House, address: &str, asks_for: &str, path: &str) -> Answer {
    let peer = SocketAddr::new(address.parse().unwrap(), 4_000);
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    if !asks_for.is_empty() {
        let named = asks_for.parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", named);
    }
    house.send(request).await
}

/// Asks until it is too often, with another forged address each time; how often that was.
async fn too_often(house: &House, address: &str, asks_for: &str, path: &str) -> Option<Answer> {
    for number in 0..1_000 {
        let forged = format!("198.51.100.{}", number % 250);
        let named = if asks_for.is_empty() {
            forged
        } else {
            format!("{forged}, {asks_for}")
        };
        let answer = from(house, address, &named, path).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(number >= 200, "after {number}");
            return Some(answer);
        }
    }
    None
}

#[tokio::test]
async fn whoever_knocks_too_often_is_told_when_to_come_again() {
    let house = House::behind(Outside {
        proxies: vec!["10.0.0.1".parse().unwrap()],
        ..Outside::default()
    });
    let link = house.link(house.ada);
    // What anybody can write into a header moves nobody's count.
    let told = too_often(&house, "203.0.113.7", "", "/sign-in").await;
    let told = told.unwrap();
    assert_eq!(told.headers[RETRY_AFTER], "1");
    assert_eq!(told.headers["ratelimit-policy"], "\"door\";q=200;w=40");
    assert!(told.text.contains("Try again in a second"), "{}", told.text);
    assert!(told.headers.contains_key("content-security-policy"));
    // Those that were named meanwhile, by nobody who may, come in.
    let named = from(&house, "198.51.100.7", "", &link).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.text);
    // By a trusted proxy each is counted for themselves.
    let links = "/enter/nothing";
    let told = too_often(&house, "10.0.0.1", "203.0.113.8", links).await;
    assert!(told.is_some());
    let other = from(&house, "10.0.0.1", "203.0.113.9", links).await;
    assert_eq!(other.status, StatusCode::GONE);
    // Nothing but the ways in is counted so.
    assert!(
        too_often(&house, "203.0.113.10", "", "/livez")
            .await
            .is_none()
    );
}
