//! Webhooks in the settings and by the API: whose they are, what is shown of them, and that they are told
//! what the feed tells.

use std::pin::Pin;

use axum::body::{Body, HttpBody as _};
use axum::http::header::AUTHORIZATION;
use axum::http::{Request, StatusCode};
use consort_kernel::event::Envelope;
use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::stream::StreamId;
use consort_post::{Delivery, Sight as _, WHY_NONE};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::fixture::{Answer, House, hidden};

const HERE: &str = "/settings/webhooks";
const FORM: &str = "address=https%3A%2F%2Freceiver.example%2Fhook&kinds=task.accepted+outcome.*";

impl House {
    /// An event that is on its way to a webhook, or that came there.
    pub(crate) fn delivered(&self, id: WebhookId, position: u64, has_arrived: bool) {
        let kept = self.webhooks();
        let now = self.engine.now();
        let webhook = kept.webhook(id).unwrap().unwrap();
        let new = Delivery::new(id, position, now);
        assert!(kept.write_webhook(&webhook, &[new]).unwrap());
        let claimed = kept.claim_delivery(id, now, now).unwrap().unwrap();
        let over = Delivery {
            due: None,
            tried: Some(now),
            answer: Some(
                if has_arrived {
                    "answered 200"
                } else {
                    "answered 500"
                }
                .to_owned(),
            ),
            has_arrived,
            ..claimed
        };
        assert!(kept.settle_delivery(&over).unwrap());
    }

    /// The first entry after a position that the feed of the API tells somebody's program.
    async fn heard(&self, who: ContributorId, after: u64) -> Value {
        let request = Request::get(format!("/api/v1/events?after={after}"))
            .header(AUTHORIZATION, format!("Bearer {}", self.token(who)))
            .body(Body::empty())
            .unwrap();
        let mut body = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_body();
        let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let bytes = frame.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let data = text.lines().find_map(|line| line.strip_prefix("data: "));
        serde_json::from_str(data.unwrap()).unwrap()
    }
}

/// What a page shows as a secret.
fn secret(answer: &Answer) -> &str {
    let from = answer.text.find("whsec_").unwrap();
    answer.text[from..].split('<').next().unwrap()
}

#[tokio::test]
async fn a_webhook_is_added_and_its_secret_is_shown_once() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let page = ada.get(HERE).await.text;
    assert!(page.contains("You have none."), "{page}");
    if let Some(why) = WHY_NONE {
        let added = ada.post(HERE, FORM).await;
        assert_eq!(added.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(added.text.contains(why) && page.contains(why), "{page}");
        return;
    }
    let form = format!(
        "{FORM}&idempotency-key={}",
        hidden(&page, "idempotency-key")
    );
    let added = ada.post(HERE, &form).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    let secret = secret(&added).to_owned();
    // Sent twice, it adds one, whose secret was shown.
    let again = ada.post(HERE, &form).await;
    let [webhook] = <[_; 1]>::try_from(house.webhooks().webhooks_of(house.ada).unwrap()).unwrap();
    assert_eq!(webhook.secret, secret);
    assert_eq!(webhook.wanted, ["outcome.*", "task.accepted"]);
    let one = format!("{HERE}/{}", webhook.id);
    assert_eq!(again.status, StatusCode::OK);
    for words in ["This was done already", "make a new one", one.as_str()] {
        assert!(again.text.contains(words), "{words}: {}", again.text);
    }
    assert!(!again.text.contains(&secret));
    for path in [HERE, &one] {
        let page = ada.get(path).await.text;
        assert!(
            page.contains("receiver.example") && page.contains("Is told"),
            "{page}"
        );
        assert!(!page.contains(&secret), "{path}");
    }
    let program = house.program(house.ada);
    for wrong in [
        "http://receiver.example/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/",
        "https://[::1]/",
        "https://localhost:8443/",
        "https://hooks.localhost/",
        "https://metadata.internal/",
        "https://printer.local./",
    ] {
        let form = format!("address={}&kinds=", wrong.replace(':', "%3A"));
        let refused = ada.post(HERE, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        let asked = json!({ "address": wrong });
        let refused = program.post("/api/v1/webhooks", &asked, "").await;
        refused.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    let nothing_like_it = format!("{FORM}+job.done");
    let refused = ada.post(HERE, &nothing_like_it).await;
    assert!(refused.text.contains("job.done"), "{}", refused.text);
    let renewed = ada.post(&format!("{one}/rotate"), "").await;
    assert_ne!(self::secret(&renewed), secret);
    let page = ada.get(&one).await.text;
    assert!(page.contains("signs beside it until"), "{page}");
}

#[tokio::test]
async fn deliveries_are_shown_and_sent_again() {
    let house = House::new();
    let id = house.webhook(house.ada);
    let size = house.engine.store().log().unwrap().size();
    let kept = house.webhooks();
    let (first, second) = (size - 1, size);
    house.delivered(id, first, true);
    house.delivered(id, second, false);
    let ada = house.browser(house.ada).await;
    let one = format!("{HERE}/{id}");
    let page = ada.get(&one).await.text;
    for words in ["Arrived", "Given up", "answered 500", "Send again"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let again = format!("{one}/again");
    let sent = ada.post(&again, &format!("event={second}")).await;
    assert_eq!(sent.leads_to(), one);
    assert_eq!(kept.waiting_deliveries(id).unwrap(), 1);
    assert!(ada.get(&one).await.text.contains("Waits"));
    for (form, status) in [
        ("event=99999999", StatusCode::NOT_FOUND),
        ("event=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(ada.post(&again, form).await.status, status, "{form}");
    }
    assert_eq!(kept.webhook(id).unwrap().unwrap().looked, size);
    assert_eq!(ada.post(&again, "hours=1").await.leads_to(), one);
    assert_eq!(kept.webhook(id).unwrap().unwrap().looked, 0);
    assert_eq!(ada.post(&format!("{one}/end"), "").await.leads_to(), one);
    let page = ada.get(&one).await.text;
    assert!(
        page.contains("its owner ended it") && !page.contains("/again\""),
        "{page}"
    );
    assert_eq!(kept.waiting_deliveries(id).unwrap(), 0);
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let house = House::new();
    let id = house.webhook(house.ada);
    let sam = house.browser(house.sam).await;
    let one = format!("{HERE}/{id}");
    assert_eq!(sam.get(&one).await.status, StatusCode::NOT_FOUND);
    for (what, form) in [
        ("again", "hours=1"),
        ("rotate", ""),
        ("go-on", ""),
        ("end", ""),
    ] {
        let answer = sam.post(&format!("{one}/{what}"), form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
    }
    let webhook = house.webhooks().webhook(id).unwrap().unwrap();
    assert!(webhook.ended.is_none() && webhook.version == 1);
}

#[tokio::test]
async fn after_a_backup_it_rests_until_its_owner_has_it_go_on() {
    let house = House::new();
    let id = house.webhook(house.ada);
    let kept = house.webhooks();
    let mut webhook = kept.webhook(id).unwrap().unwrap();
    webhook.epoch = 7;
    assert!(kept.write_webhook(&webhook, &[]).unwrap());
    let ada = house.browser(house.ada).await;
    let one = format!("{HERE}/{id}");
    assert!(ada.get(&one).await.text.contains("Rests"));
    assert_eq!(ada.post(&format!("{one}/go-on"), "").await.leads_to(), one);
    assert!(ada.get(&one).await.text.contains("Is told"));
}

#[tokio::test]
async fn a_program_looks_after_its_webhooks() {
    let house = House::new();
    let ada = house.program(house.ada);
    let wanted = json!({ "address": "https://receiver.example/hook", "events": ["task.*"] });
    let added = ada.post("/api/v1/webhooks", &wanted, "mine").await;
    if WHY_NONE.is_some() {
        added.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
        return;
    }
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let made = added.json();
    let secret = made["secret"].as_str().unwrap();
    let again = ada.post("/api/v1/webhooks", &wanted, "mine").await.json();
    assert_eq!(
        (&again["id"], &again["secret"]),
        (&made["id"], &Value::Null)
    );
    let other = json!({ "address": "https://receiver.example/other" });
    let reused = ada.post("/api/v1/webhooks", &other, "mine").await;
    reused.is_problem(StatusCode::CONFLICT, "id_reused");
    let list = ada.get("/api/v1/webhooks").await;
    assert!(!list.text.contains(secret));
    assert_eq!(list.json()["items"][0]["id"], made["id"]);
    let one = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let renewed = ada
        .post(&format!("{one}/rotate"), &json!({}), "")
        .await
        .json();
    assert_ne!(renewed["secret"], secret);
    // Sent twice under one key it is one new secret, and under another one more.
    let mut secrets = Vec::new();
    for key in ["once", "once", "once more"] {
        let rotate = format!("{one}/rotate");
        let rotated = ada.post(&rotate, &json!({}), key).await.json();
        secrets.push(rotated["secret"].as_str().unwrap().to_owned());
    }
    assert_ne!(renewed["secret"], secrets[0]);
    assert_eq!(secrets[0], secrets[1]);
    assert_ne!(secrets[1], secrets[2]);
    for _ in 0..2 {
        let ended = ada.post(&format!("{one}/end"), &json!({}), "").await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT);
    }
    let late = ada.post(&format!("{one}/rotate"), &json!({}), "").await;
    late.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
}

#[tokio::test]
async fn a_program_reads_deliveries_and_has_them_sent_again() {
    let house = House::new();
    let id = house.webhook(house.ada);
    let size = house.engine.store().log().unwrap().size();
    house.delivered(id, size, true);
    let ada = house.program(house.ada);
    let one = format!("/api/v1/webhooks/{id}");
    let list = ada.get(&format!("{one}/deliveries")).await.json();
    let delivery = &list["items"][0];
    assert_eq!(delivery["event"], size.to_string());
    assert_eq!(
        (&delivery["arrived"], &delivery["attempts"]),
        (&json!(true), &json!(1))
    );
    let replay = format!("{one}/replay");
    let kept = house.webhooks();
    let answer = ada
        .post(&replay, &json!({ "event": size.to_string() }), "")
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(kept.waiting_deliveries(id).unwrap(), 1);
    let since = json!({ "since": "2020-01-01T00:00:00Z" });
    assert_eq!(
        ada.post(&replay, &since, "").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(kept.webhook(id).unwrap().unwrap().looked, 0);
    for (body, status, code) in [
        (json!({}), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        (
            json!({ "event": "1", "since": "2020-01-01T00:00:00Z" }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            json!({ "event": "first" }),
            StatusCode::NOT_FOUND,
            "not_found",
        ),
        (
            json!({ "since": "soon" }),
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
        (
            json!({ "until": "x" }),
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
    ] {
        ada.post(&replay, &body, "").await.is_problem(status, code);
    }
    let ben = house.program(house.ben);
    let others = ben.post(&replay, &since, "").await;
    others.is_problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(ben.get("/api/v1/webhooks").await.json()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_told_what_the_feed_tells_and_nothing_else() {
    let house = House::new();
    let before = house.engine.store().log().unwrap().size();
    let (outcome, _) = house.letter();
    let rows = house.engine.store().feed(before, 1_000).unwrap();
    let stream = StreamId::Outcome(outcome);
    let row = rows.iter().find(|row| row.event.stream == stream).unwrap();
    let (position, envelope) = (
        row.position,
        Envelope::from_stored(&row.event.body).unwrap(),
    );
    let told = |who| house.web.told(who, position, &envelope).unwrap();
    let heard = house.heard(house.ada, position - 1).await;
    let ours = told(house.ada).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&ours).unwrap(), heard);
    assert_eq!(heard["type"], format!("consort.{}", envelope.event.name()));
    assert_eq!(heard["subject"], outcome.to_string());
    assert!(heard.get("data").is_none());
    assert_eq!(told(house.eve), None, "it is none of hers");
    assert!(
        told(house.sam).is_some(),
        "stewards see what they look after"
    );
}
