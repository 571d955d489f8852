//! Webhooks: a visitor's own, what was delivered to them and what was not.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use consort_kernel::id::WebhookId;
use consort_kernel::stream::StreamId;
use consort_post::{ATTEMPTS_MAX, Delivery, WEBHOOKS_MAX, Webhook};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form::keyed;
use super::super::shell::{self, Head, Place};
use super::top;
use crate::part::{Icon, Tone, chip, when};
use crate::right;
use crate::server::{Failure, Visitor, Web};
use crate::told;

const HERE: &str = "/settings/webhooks";
/// How many of the latest deliveries are shown.
const DELIVERIES_MAX: usize = 50;
const HOUR_MS: i64 = 3_600_000;
/// Since when everything can be sent again, in hours and in words.
const SINCE: [(u32, &str); 4] = [
    (1, "the last hour"),
    (24, "the last day"),
    (7 * 24, "the last week"),
    (30 * 24, "the last 30 days"),
];

/// The routes of webhooks.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/settings/webhooks", get(list).post(add))
        .route("/settings/webhooks/{id}", get(show))
        .route("/settings/webhooks/{id}/again", post(again))
        .route("/settings/webhooks/{id}/rotate", post(rotate))
        .route("/settings/webhooks/{id}/go-on", post(go_on))
        .route("/settings/webhooks/{id}/end", post(end))
}

fn page(web: &Web, visitor: &Visitor, title: &str, body: &Markup) -> Result<Response, Failure> {
    let above: &[(&str, &str)] = if title == "Webhooks" {
        &[("Settings", "/settings")]
    } else {
        &[("Settings", "/settings"), ("Webhooks", HERE)]
    };
    let head = Head {
        title,
        place: Place::Settings,
        above,
    };
    shell::page(web, visitor, &head, body)
}

/// A visitor's webhooks, and the form for another.
async fn list(State(web): State<Arc<Web>>, visitor: Visitor) -> Result<Response, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        let webhooks = web.office.of(visitor.id)?;
        let mut rows = Vec::new();
        for webhook in &webhooks {
            rows.push(row(web, webhook)?);
        }
        let body = markup! {
            (top(HERE))
            section.section aria-labelledby="webhooks" {
                div.section-head { h2 #webhooks { "Your webhooks" } p { "Addresses of programs that are told what happens, as far as you may see it." } }
                @if rows.is_empty() { p.muted { "You have none." } }
                ul.list { @for row in rows { (row) } }
            }
            @if let Some(why) = web.office.why_none() { p.muted { (why) } }
            @else { (form(&visitor, &webhooks)) }
        };
        page(web, &visitor, "Webhooks", &body)
    })
    .await
}

fn row(web: &Web, webhook: &Webhook) -> Result<Markup, Failure> {
    let waiting = web.office.waiting(webhook.owner, webhook.id)?;
    Ok(markup! {
        li.row {
            (Icon::Send.show())
            p.row-title { a href={ (HERE) "/" (webhook.id) } { (webhook.address) } }
            p.row-why { (wish(webhook)) ", since " (when(webhook.created)) @if waiting > 0 { ", " (waiting) " on the way" } }
            div.row-end { (state(web, webhook)?) }
        }
    })
}

/// Which events are wanted, in words.
fn wish(webhook: &Webhook) -> String {
    if webhook.wanted.is_empty() {
        "Everything that you may see".to_owned()
    } else {
        webhook.wanted.join(", ")
    }
}

fn state(web: &Web, webhook: &Webhook) -> Result<Markup, Failure> {
    let (tone, word) = if webhook.ended.is_some() {
        (Tone::Idle, "Ended")
    } else if web.office.rests(webhook)? {
        (Tone::Bad, "Rests")
    } else {
        (Tone::Done, "Is told")
    };
    Ok(chip(tone, word))
}

fn form(visitor: &Visitor, webhooks: &[Webhook]) -> Markup {
    // Each that is added moves it, so that the same can be added again.
    let latest = webhooks.iter().map(|it| it.created.as_millis()).max();
    let latest = latest.unwrap_or_default().unsigned_abs();
    let key = keyed(visitor, StreamId::Contributor(visitor.id), latest);
    markup! {
        section.section aria-labelledby="add" {
            div.section-head { h2 #add { "Add a webhook" } p { "You can have " (WEBHOOKS_MAX) ". What is sent says what happened to what, and no more; the rest is read by the API." } }
            form.form method="post" action=(HERE) {
                (key)
                div.field {
                    label for="address" { "Address" }
                    input.input #address name="address" type="url" required maxlength="2000" placeholder="https://" aria-describedby="address-hint";
                    p.hint #address-hint { "Of a public host, over TLS." }
                }
                div.field {
                    label for="kinds" { "Events" }
                    input.input #kinds name="kinds" maxlength="2000" aria-describedby="kinds-hint";
                    p.hint #kinds-hint { "As in " code { "task.accepted outcome.*" } ", with spaces between them. Everything that you may see, where nothing is named." }
                }
                div.actions { button.button.primary { "Add" } }
            }
        }
    }
}

/// A webhook's secret, which is never shown again.
fn shown_once(
    web: &Web,
    visitor: &Visitor,
    (title, below): (&str, &str),
    (id, secret): (WebhookId, &str),
) -> Result<Response, Failure> {
    let body = markup! {
        header.page-head { div { h1 { (title) } p.muted { (below) } } }
        section.card aria-labelledby="secret" {
            h2 #secret { "Keep it now" }
            p { "Your program verifies with it that what comes in comes from here. It is shown this once." }
            pre.scroll tabindex="0" { code { (secret) } }
        }
        p { a.button href={ (HERE) "/" (id) } { "Go on" } }
    };
    page(web, visitor, title, &body)
}

/// What is to be added.
#[derive(Deserialize)]
struct Wanted {
    address: String,
    #[serde(default)]
    kinds: String,
}

/// Adds one, and shows its secret this once.
async fn add(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        let kinds = wanted.kinds.split_whitespace();
        let id = WebhookId::from_bits(visitor.key.own_id(&web.engine, visitor.id)?.bits());
        let (webhook, secret) = web
            .office
            .add(visitor.id, &wanted.address, kinds, Some(id))?;
        // Sent twice, it adds one, whose secret was shown.
        let Some(secret) = secret else {
            return Ok(Redirect::to(&format!("{HERE}/{}", webhook.id)).into_response());
        };
        let words = ("A new webhook", webhook.address.as_str());
        shown_once(web, &visitor, words, (webhook.id, &secret))
    })
    .await
}

/// One webhook with its latest deliveries.
async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<WebhookId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        let webhook = web.office.find(visitor.id, id)?;
        let deliveries = web.office.deliveries(visitor.id, id, DELIVERIES_MAX)?;
        let rests = web.office.rests(&webhook)?;
        let is_open = webhook.ended.is_none();
        let body = markup! {
            header.page-head { div {
                h1 { "A webhook " (state(web, &webhook)?) }
                p.muted { (webhook.address) }
            } }
            dl.facts {
                dt { "Events" } dd { (wish(&webhook)) }
                dt { "Since" } dd { (when(webhook.created)) }
                @if let Some((_, until)) = webhook.former.as_ref().filter(|(_, until)| web.engine.now() < *until) {
                    dt { "Secrets" } dd { "Two: the one before the last signs beside it until " (when(*until)) }
                }
                @if let Some((at, why)) = &webhook.ended { dt { "Ended" } dd { (when(*at)) ": " (why) } }
            }
            @if rests {
                section.card { p { "The network came out of a backup, and nothing is sent until you say so: your program may have heard already of what happens now." } (button(id, "go-on", "Let it go on")) }
            }
            (table(web, &visitor, &deliveries, is_open)?)
            @if is_open { (changes(id)) }
        };
        page(web, &visitor, "A webhook", &body)
    })
    .await
}

fn button(id: WebhookId, what: &str, words: &str) -> Markup {
    markup! {
        form method="post" action={ (HERE) "/" (id) "/" (what) } { button.button { (words) } }
    }
}

fn changes(id: WebhookId) -> Markup {
    markup! {
        section.section aria-labelledby="changes" {
            div.section-head { h2 #changes { "Change it" } }
            div.decide {
                p { b { "Send again" } br; span.small.muted { "What is sent again has the identifier that it had." } }
                form.inline method="post" action={ (HERE) "/" (id) "/again" } {
                    label.sr for="hours" { "Since when?" }
                    select.input #hours name="hours" { @for (hours, words) in SINCE { option value=(hours) { (words) } } }
                    button.button { "Send all of it again" }
                }
            }
            div.decide {
                p { b { "Secret" } br; span.small.muted { "The one before signs beside a new one for a day." } }
                form.inline method="post" action={ (HERE) "/" (id) "/rotate" } { button.button { "Make a new secret" } }
            }
            div.decide {
                p { b { "End" } br; span.small.muted { "What waits is not sent any more." } }
                form.inline method="post" action={ (HERE) "/" (id) "/end" } { button.button.danger { "End it" } }
            }
        }
    }
}

fn table(
    web: &Web,
    visitor: &Visitor,
    deliveries: &[Delivery],
    is_open: bool,
) -> Result<Markup, Failure> {
    let mut rows = Vec::new();
    for delivery in deliveries {
        rows.push(delivered(web, visitor, delivery, is_open)?);
    }
    Ok(markup! {
        section.section aria-labelledby="deliveries" {
            div.section-head { h2 #deliveries { "Latest deliveries" } p { "Each is tried " (ATTEMPTS_MAX) " times over three days." } }
            @if rows.is_empty() { p.muted { "Nothing was to be told yet." } }
            @else {
                div.scroll tabindex="0" role="region" aria-label="Latest deliveries, as a table" {
                    table.stacked {
                        caption.sr { "Latest deliveries" }
                        thead { tr { th scope="col" { "Event" } th scope="col" { "State" } th scope="col" { "Last attempt" } th scope="col" { "Next attempt" } th scope="col" { span.sr { "Send again" } } } }
                        tbody { @for row in rows { (row) } }
                    }
                }
            }
        }
    })
}

fn delivered(
    web: &Web,
    visitor: &Visitor,
    delivery: &Delivery,
    is_open: bool,
) -> Result<Markup, Failure> {
    let (tone, word) = match (delivery.has_arrived, delivery.due, delivery.attempts) {
        (true, ..) => (Tone::Done, "Arrived"),
        (false, None, _) => (Tone::Bad, "Given up"),
        (false, Some(_), 0) => (Tone::Wait, "Waits"),
        (false, Some(_), _) => (Tone::Wait, "Is tried again"),
    };
    let kind = kind(web, visitor, delivery)?;
    Ok(markup! {
        tr {
            th scope="row" { (kind) " " span.id { (delivery.position) } }
            td data-label="State" { (chip(tone, word)) }
            td data-label="Last attempt" {
                @if let Some(tried) = delivery.tried { span { (when(tried)) @if let Some(answer) = &delivery.answer { ": " (answer) } ", " (delivery.attempts) " of " (ATTEMPTS_MAX) } }
            }
            td data-label="Next attempt" { @if let Some(due) = delivery.due { (when(due)) } }
            td { @if is_open && delivery.due.is_none() {
                form method="post" action={ (HERE) "/" (delivery.webhook) "/again" } {
                    input type="hidden" name="event" value=(delivery.position);
                    button.button { "Send again" span.sr { " " (delivery.position) } }
                }
            } }
        }
    })
}

/// What an event was, if the visitor may still see it.
fn kind(web: &Web, visitor: &Visitor, delivery: &Delivery) -> Result<String, Failure> {
    let position = delivery.position;
    let mut events = web.engine.events_after(position.saturating_sub(1), 1)?;
    let Some((_, envelope)) = events.pop() else {
        return Ok("event".to_owned());
    };
    let seen = told::entry(&web.engine, visitor.id, position, &envelope)?;
    Ok(seen.map_or_else(|| "event".to_owned(), |_| envelope.event.name()))
}

/// What is to be sent again.
#[derive(Deserialize)]
struct Again {
    event: Option<u64>,
    hours: Option<u32>,
}

/// Sends one event again, or everything of the last hours.
async fn again(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<WebhookId>,
    Form(again): Form<Again>,
) -> Result<Redirect, Failure> {
    change(web, visitor, id, move |web, visitor| {
        match (again.event, again.hours) {
            (Some(event), _) => web.office.send_again(visitor.id, id, event)?,
            (None, Some(hours)) => {
                let since = web.engine.now().plus_millis(-i64::from(hours) * HOUR_MS);
                web.office.send_since(visitor.id, id, since)?;
            }
            (None, None) => {
                return Err(Failure::Misused("say what is to be sent again".to_owned()));
            }
        }
        Ok(())
    })
    .await
}

/// Makes a new secret, and shows it this once.
async fn rotate(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<WebhookId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        let secret = web.office.rotate(visitor.id, id)?;
        let words = ("A new secret", "The one before signs beside it for a day.");
        shown_once(web, &visitor, words, (id, &secret))
    })
    .await
}

/// Has one go on that rests since a backup was restored.
async fn go_on(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<WebhookId>,
) -> Result<Redirect, Failure> {
    change(web, visitor, id, move |web, visitor| {
        Ok(web.office.go_on(visitor.id, id)?)
    })
    .await
}

/// Ends one.
async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<WebhookId>,
) -> Result<Redirect, Failure> {
    change(web, visitor, id, move |web, visitor| {
        Ok(web.office.end(visitor.id, id, "its owner ended it")?)
    })
    .await
}

async fn change(
    web: Arc<Web>,
    visitor: Visitor,
    id: WebhookId,
    with: impl FnOnce(&Web, &Visitor) -> Result<(), Failure> + Send + 'static,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        with(web, &visitor)?;
        Ok(Redirect::to(&format!("{HERE}/{id}")))
    })
    .await
}
