//! Passkeys without an authenticator: what is asked, and what is refused. Devices are played in the journeys.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Answer, House};

async fn post(house: &House, path: &str, cookie: &str, body: &Value) -> Answer {
    let request = Request::post(path)
        .header(COOKIE, cookie)
        .header(CONTENT_TYPE, "application/json");
    let body = Body::from(body.to_string());
    house.send(request.body(body).unwrap()).await
}

/// An answer that no device gave.
fn made_up(ceremony: &Value) -> Value {
    json!({
        "ceremony": ceremony,
        "credential": {
            "id": "AAAA", "rawId": "AAAA", "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": "AAAA", "clientDataJSON": "e30", "signature": "AAAA",
                "userHandle": "AAAAAAAAAAAAAAAAAAAAAA",
            },
        },
    })
}

#[tokio::test]
async fn a_challenge_names_this_address_and_nobody() {
    let house = House::new();
    let answer = post(&house, "/sign-in/passkey/challenge", "", &json!({})).await;
    let asked: Value = serde_json::from_str(&answer.text).unwrap();
    let options = &asked["options"]["publicKey"];
    assert_eq!(options["rpId"], "localhost");
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"], json!([]));
    assert!(!answer.text.contains("Ada"));
}

#[tokio::test]
async fn what_no_device_made_lets_nobody_in() {
    let house = House::new();
    let asked = post(&house, "/sign-in/passkey/challenge", "", &json!({})).await;
    let asked: Value = serde_json::from_str(&asked.text).unwrap();
    let unknown = post(&house, "/sign-in/passkey", "", &made_up(&asked["ceremony"])).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains("not known here"), "{}", unknown.text);
    assert!(!unknown.headers.contains_key("set-cookie"));
    for garbage in [
        json!({}),
        json!([]),
        json!({"ceremony": 1}),
        made_up(&json!("x")),
    ] {
        let answer = post(&house, "/sign-in/passkey", "", &garbage).await;
        assert!(answer.status.is_client_error(), "{garbage}");
        assert!(!answer.headers.contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn nobody_adds_a_passkey_who_has_not_come_in() {
    let house = House::new();
    for path in ["/me/passkeys/challenge", "/me/passkeys", "/me/proof"] {
        let answer = post(&house, path, "", &json!({})).await;
        assert_ne!(answer.status, StatusCode::OK, "{path}");
    }
    let ada = house.browser(house.ada).await;
    let asked = post(&house, "/me/passkeys/challenge", ada.cookie(), &json!({})).await;
    let asked: Value = serde_json::from_str(&asked.text).unwrap();
    let user = &asked["options"]["publicKey"]["user"];
    assert_eq!(user["name"], "Ada");
}

#[tokio::test]
async fn whoever_has_a_passkey_signs_nothing_before_they_show_it() {
    let house = House::new();
    let task = house.letter_handed_in().await;
    house.keep_passkey();
    let ada = house.browser(house.ada).await;
    let desk = ada.get(&format!("/tasks/{task}/sign")).await;
    assert!(desk.text.contains("Show that it is you"), "{}", desk.text);
    let own = ada.get(&format!("/people/{}", house.ada)).await;
    assert!(own.text.contains("my phone"));
    // Ending it without showing it would be a way around it.
    let end = ada.post("/me/passkeys/end", "passkey=a").await;
    assert_eq!(end.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(end.text.contains("Show by your passkey"), "{}", end.text);
    let ben = house.browser(house.ben).await;
    let ben_ends = ben.post("/me/passkeys/end", "passkey=a").await;
    assert_eq!(ben_ends.status, StatusCode::NOT_FOUND);
}
