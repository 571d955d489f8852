//! Webhooks: a visitor's own, as a list and one by one, and the ways to change them.

mod delivery;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use consort_kernel::id::WebhookId;
use consort_kernel::stream::StreamId;
use consort_post::{WEBHOOKS_MAX, Webhook};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form::{Once, anew, keyed, once, once_to};
use super::super::list::{
    self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, Mark, gather, reads,
};
use super::super::listed;
use super::super::outcomes::has_words;
use super::super::people::was_shown;
use super::super::shell::{self, Head, Place};
use super::top;
use crate::part::{Icon, Tone, chip, when};
use crate::right;
use crate::server::{Failure, Visitor, Web};

const HERE: &str = "/settings/webhooks";
/// What can be asked for.
const STATES: [(&str, &str); 3] = [("told", "Told"), ("rests", "Resting"), ("ended", "Ended")];
const COLUMNS: &[Column] = &[
    Column::text("address", "Address"),
    Column::text("events", "Events"),
    Column::text("state", "State"),
    Column::text("since", "Since"),
    Column::number("waiting", "On the way"),
    Column::hidden("id"),
    Column::hidden("ended"),
    Column::hidden("ended_why"),
];
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
        .merge(listed("/settings/webhooks", list))
        .merge(listed("/settings/webhooks/{id}/deliveries", show))
        .route("/settings/webhooks", post(add))
        .route("/settings/webhooks/{id}", get(show))
        .route("/settings/webhooks/{id}/again", post(again))
        .route("/settings/webhooks/{id}/rotate", post(rotate))
        .route("/settings/webhooks/{id}/go-on", post(go_on))
        .route("/settings/webhooks/{id}/end", post(end))
}

fn head(title: &str) -> Head<'_> {
    let above: &[(&str, &str)] = if title == "Webhooks" {
        &[("Settings", "/settings")]
    } else {
        &[("Settings", "/settings"), ("Webhooks", HERE)]
    };
    Head {
        title,
        place: Place::Settings,
        above,
    }
}

/// A visitor's webhooks, and the form for another.
async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        right::check_told(&web.engine, visitor.asking())?;
        let webhooks = web.office.of(visitor.id)?;
        let found = found(web, &webhooks, &asked)?;
        list::answer(web, &visitor, (&asked, &found), &head("Webhooks"), || {
            let why_none = web.office.why_none();
            Ok(markup! {
                (top(HERE))
                section.section aria-labelledby="webhooks" {
                    div.section-head { h2 #webhooks { "Your webhooks" } p { "Addresses of programs that are told what happens, as far as you may see it." } }
                    (list::chips(web, &visitor, &asked)?)
                    (filters().show(&asked))
                    (list::show(&asked, "Webhooks", &found, &Empty {
                        title: "You have none.",
                        why: why_none.unwrap_or("A webhook tells a program of yours what happens here, as it happens. Add one below."),
                        next: markup! { a.button href="/settings/audit" { "See what happened" } },
                    }))
                }
                @if let Some(why) = why_none { @if !webhooks.is_empty() { p.muted { (why) } } }
                @else { (form(&visitor, &webhooks)) }
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("addresses and events"),
        first: Some(Choice::of("state", "State", STATES)),
        ..Filters::default()
    }
}

fn found(web: &Web, webhooks: &[Webhook], asked: &Asked) -> Result<Found, Failure> {
    let (state, words) = (asked.get("state"), asked.words());
    let mark = |it: &Webhook| Mark::of(it.created, &it.id.to_string());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        reads(webhooks.to_vec(), mark),
        mark,
        |webhook| {
            let present = self::state(web, &webhook)?;
            let text = format!("{} {}", webhook.address, wish(&webhook));
            let fits = state.is_none_or(|it| it == present.0) && has_words(&text, &words);
            fits.then(|| line(web, &webhook, present)).transpose()
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|mark| mark.to_string()),
    })
}

fn line(web: &Web, webhook: &Webhook, (key, shown): (&str, Markup)) -> Result<Line, Failure> {
    let waiting = web.office.waiting(webhook.owner, webhook.id)?;
    let ended = webhook.ended.as_ref();
    Ok(Line::of(vec![
        Cell::of(
            markup! { a href={ (HERE) "/" (webhook.id) } { (webhook.address) } },
            webhook.address.as_str(),
        ),
        Cell::of(markup! { (wish(webhook)) }, webhook.wanted.join(" ")),
        Cell::of(shown, key),
        Cell::of(when(webhook.created), webhook.created.to_string()),
        Cell::of(markup! { (waiting) }, waiting),
        Cell::text(webhook.id.to_string()),
        Cell::of(markup! {}, ended.map(|(at, _)| at.to_string())),
        Cell::of(markup! {}, ended.map(|(_, why)| why.as_str())),
    ]))
}

/// Which events are wanted, in words.
fn wish(webhook: &Webhook) -> String {
    if webhook.wanted.is_empty() {
        "Everything that you may see".to_owned()
    } else {
        webhook.wanted.join(", ")
    }
}

/// How it is with one, for programs and for people.
fn state(web: &Web, webhook: &Webhook) -> Result<(&'static str, Markup), Failure> {
    let (key, tone, word) = if webhook.ended.is_some() {
        ("ended", Tone::Idle, "Ended")
    } else if web.office.rests(webhook)? {
        ("rests", Tone::Bad, "Rests")
    } else {
        ("told", Tone::Done, "Is told")
    };
    Ok((key, chip(tone, word)))
}

fn form(visitor: &Visitor, webhooks: &[Webhook]) -> Markup {
    // Each that is added moves it, so that the same can be added again.
    let latest = webhooks.iter().map(|it| it.created.as_millis()).max();
    let latest = latest.unwrap_or_default().unsigned_abs();
    let key = keyed(visitor, StreamId::Contributor(visitor.id), latest);
    markup! {
        section.section aria-labelledby="add" {
            div.section-head { h2 #add { "Add a webhook" } p { "You can have up to " (WEBHOOKS_MAX) ". What is sent says what happened to what, and no more; the rest is read by the API." } }
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
            pre.scroll tabindex="0" { code data-copy="the secret" { (secret) } }
        }
        p { a.button href={ (HERE) "/" (id) } { "Go on" } }
    };
    shell::page(web, visitor, &head(title), &body)
}

/// What is said where the form came a second time: the secret was shown, and another can be made.
fn shown_before(web: &Web, visitor: &Visitor, page_of: &str) -> Result<Response, Failure> {
    let title = "This was done already";
    let lost = "Where the secret was lost, make a new one on the page of the webhook.";
    let body = markup! {
        header.page-head { div { h1 { (title) } } }
        (was_shown(lost))
        p { a.button href=(page_of) { "See the webhook" } }
    };
    shell::page(web, visitor, &head(title), &body)
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
            return shown_before(web, &visitor, &format!("{HERE}/{}", webhook.id));
        };
        let words = ("A new webhook", webhook.address.as_str());
        shown_once(web, &visitor, words, (webhook.id, &secret))
    })
    .await
}

/// One webhook with its deliveries.
async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<WebhookId>,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        delivery::filters().check(&asked, &[])?;
        right::check_told(&web.engine, visitor.asking())?;
        let webhook = web.office.find(visitor.id, id)?;
        let asked = asked.below("/deliveries");
        let found = delivery::found(web, &visitor, &webhook, &asked)?;
        list::answer(web, &visitor, (&asked, &found), &head("A webhook"), || {
            one(web, &visitor, &webhook, &delivery::section(&asked, &found))
        })
    })
    .await
}

fn one(
    web: &Web,
    visitor: &Visitor,
    webhook: &Webhook,
    deliveries: &Markup,
) -> Result<Markup, Failure> {
    let (key, state) = state(web, webhook)?;
    let go_on =
        (key == "rests").then(|| button(web, visitor, (webhook.id, "go-on"), "Let it go on"));
    let changes = (key != "ended").then(|| changes(web, visitor, webhook.id));
    Ok(markup! {
        header.page-head { div {
            h1 { "A webhook " (state) }
            p.muted { (webhook.address) }
        } }
        dl.facts {
            dt { "Events" } dd { (wish(webhook)) }
            dt { "Since" } dd { (when(webhook.created)) }
            @if let Some((_, until)) = webhook.former.as_ref().filter(|(_, until)| web.engine.now() < *until) {
                dt { "Secrets" } dd { "Two: the one before the last signs beside it until " (when(*until)) }
            }
            @if let Some((at, why)) = &webhook.ended { dt { "Ended" } dd { (when(*at)) ": " (why) } }
        }
        @if let Some(go_on) = go_on.transpose()? {
            section.card { p { "The network came out of a backup, and nothing is sent until you say so: your program may have heard already of what happens now." } (go_on) }
        }
        (deliveries)
        @if let Some(changes) = changes.transpose()? { (changes) }
    })
}

/// A form that is one button.
fn button(
    web: &Web,
    visitor: &Visitor,
    (id, what): (WebhookId, &str),
    words: &str,
) -> Result<Markup, Failure> {
    let action = format!("{HERE}/{id}/{what}");
    Ok(markup! {
        form.inline method="post" action=(action) {
            (anew(web, visitor, &action)?)
            button.button.danger[what == "end"] { (words) }
        }
    })
}

fn changes(web: &Web, visitor: &Visitor, id: WebhookId) -> Result<Markup, Failure> {
    let again = format!("{HERE}/{id}/again");
    Ok(markup! {
        section.section aria-labelledby="changes" {
            div.section-head { h2 #changes { "Change it" } }
            div.decide {
                p { b { "Send again" } br; span.small.muted { "What is sent again has the identifier that it had." } }
                form.inline method="post" action=(again) {
                    (anew(web, visitor, &again)?)
                    label.sr for="hours" { "Since when?" }
                    select.input #hours name="hours" { @for (hours, words) in SINCE { option value=(hours) { (words) } } }
                    button.button { (Icon::Send.show()) "Send all of it again" }
                }
            }
            div.decide {
                p { b { "Secret" } br; span.small.muted { "The one before signs beside a new one for a day." } }
                (button(web, visitor, (id, "rotate"), "Make a new secret")?)
            }
            div.decide {
                p { b { "End" } br; span.small.muted { "What waits is not sent any more." } }
                (button(web, visitor, (id, "end"), "End it")?)
            }
        }
    })
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
        let page_of = format!("{HERE}/{id}");
        let made = once(web, &visitor, &page_of, || {
            Ok((web.office.rotate(visitor.id, id)?, page_of.clone()))
        })?;
        match made {
            Once::Now(secret) => {
                let words = ("A new secret", "The one before signs beside it for a day.");
                shown_once(web, &visitor, words, (id, &secret))
            }
            Once::Before(led) => shown_before(web, &visitor, &led),
        }
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
        let leads_to = format!("{HERE}/{id}");
        once_to(web, &visitor, &leads_to, || with(web, &visitor))
    })
    .await
}
