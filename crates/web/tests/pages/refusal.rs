//! Requests that are not carried out: a page says why in words, keeps what was typed, and shows no secret.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};
use consort_engine::network;
use consort_kernel::id::OrganisationId;

use crate::fixture::{Browser, House, hidden};
use crate::work::Story;

/// What a form that was refused answers.
async fn refused(who: &Browser<'_>, path: &str, form: &str) -> String {
    let answer = who.post(path, form).await;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(answer.status, status, "{path}: {}", answer.text);
    assert!(answer.text.contains("<main"), "{}", answer.text);
    answer.text
}

#[tokio::test]
async fn what_was_typed_is_kept_with_the_reason_and_can_be_sent_again() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let own = desk(&house).to_string();
    let form = format!("name=Noor&capabilities=writing+much&organisation={own}&role-reviewer=yes");
    let page = refused(&ada, "/people/invite", &form).await;
    for words in [
        "writing much",
        "from 1 to 8",
        "name=\"name\" value=\"Noor\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(hidden(&page, "organisation"), own);
    assert_eq!(hidden(&page, "role-reviewer"), "yes");
    assert!(page.contains("action=\"/people/invite\""), "{page}");
    let again = form.replace("much", "6");
    let invited = ada.post("/people/invite", &again).await;
    assert!(invited.text.contains("Noor is invited"), "{}", invited.text);
}

fn desk(house: &House) -> OrganisationId {
    network::organisation(&house.engine, house.ada, "Ada's desk").unwrap()
}

#[tokio::test]
async fn a_form_that_was_refused_rests_on_what_was_seen_when_it_is_sent_again() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.ben.post(&story.at("/claim"), "").await;
    let before = story.ben.get(&story.at("")).await.text;
    let carried = |page: &str| {
        let value = |name| hidden(page, name).replace(':', "%3A");
        format!(
            "idempotency-key={}&if-match={}",
            value("idempotency-key"),
            value("if-match")
        )
    };
    let form = format!("text=+&{}", carried(&before));
    let page = refused(&story.ben, &story.at("/ask"), &form).await;
    assert_eq!(carried(&page), carried(&before));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_words() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let deposits = format!("/organisations/{}/deposits", desk(&house));
    for (path, form, words) in [
        (deposits.as_str(), "units=&reference=x", "is not an amount"),
        (&deposits, "units=ten&reference=x", "'ten' is not an amount"),
        (&deposits, "reference=x", "field 'units' was not sent"),
    ] {
        let page = refused(&ada, path, form).await;
        assert!(
            page.contains(&words.replace('\'', "&#39;")) || page.contains(words),
            "{page}"
        );
        for foreign in ["deserialize", "parse integer", "Failed to"] {
            assert!(!page.contains(foreign), "{page}");
        }
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_and_one_that_takes_no_form_are_pages() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let nowhere = ada.get("/tasks/tsk_x").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert!(
        nowhere.text.contains("There is nothing here"),
        "{}",
        nowhere.text
    );
    let other = ada.post("/today", "x=y").await;
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(other.headers.contains_key("allow"));
    assert!(
        other.text.contains("takes no request of this kind"),
        "{}",
        other.text
    );

    let large = format!("text={}", "x".repeat(3 << 20));
    let request = Request::post("/tasks/tsk_x/ask")
        .header(COOKIE, ada.cookie())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let large = house.send(request.body(Body::from(large)).unwrap()).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text.contains("too large"), "{}", large.text);

    let token = format!("Bearer {}", house.token(house.ada));
    let request = Request::put("/api/v1/outcomes").header(AUTHORIZATION, token);
    let other = house.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(
        other.text.contains("/api/problems/other_method"),
        "{}",
        other.text
    );
}

#[tokio::test]
async fn what_was_written_outlives_the_session_it_was_written_in() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let (outcome, _) = house.letter();
    let (pause, words) = (
        format!("/outcomes/{outcome}/pause"),
        "reason=The+van+%3Cbroke%3E+down",
    );
    let lost = house.post(&pause, words, "").await;
    assert_eq!(lost.status, StatusCode::UNAUTHORIZED);
    for words in [
        "Your session has ended",
        "The van &lt;broke&gt; down</textarea>",
        "target=\"_blank\"",
    ] {
        assert!(lost.text.contains(words), "{words}: {}", lost.text);
    }
    // Sent from there by somebody who came in again, it is carried out.
    let sent = ada.post(&pause, words).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    // A secret is shown to nobody, and what nobody wrote leads to where they come in.
    for form in ["reason=r&password=hush", "plan_version=1"] {
        let led = house.post(&pause, form, "").await;
        assert_eq!(led.leads_to(), "/sign-in");
    }
}
