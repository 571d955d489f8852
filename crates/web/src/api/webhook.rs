//! Webhooks: the caller's own. A secret is in the answer to whoever makes it or renews it, and in no other.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use consort_kernel::id::WebhookId;
use consort_kernel::time::Timestamp;
use consort_post::{Delivery, Webhook, Which, standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::once::once;
use super::problem::{Problem, Told};
use super::request::{At, Once, Sent};
use super::tag::{Has, Unchanged, Versioned};
use super::view::Page;
use crate::key::Key;
use crate::right;
use crate::server::{Failure, Web};

/// How many of the latest deliveries are told of.
const DELIVERIES_MAX: usize = 100;

/// The routes about webhooks.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
        .routes(routes!(rotate))
        .routes(routes!(end))
}

/// A webhook that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Where it is told: an address that begins with `https://`, of a public host.
    #[schema(example = "https://receiver.example/consort")]
    address: String,
    /// The kinds of events that are wanted, each as `task.accepted`, or `outcome.*` for all about outcomes;
    /// without any it is told everything that the caller may see.
    #[serde(default)]
    events: Vec<String>,
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookView {
    /// Its identifier.
    id: String,
    /// Where it is told.
    address: String,
    /// The kinds of events that are wanted; all where there is none.
    events: Vec<String>,
    /// When it was added.
    created: String,
    /// How many deliveries wait.
    waiting: u64,
    /// Whether it rests because a backup was restored, until its owner has it go on in the pages.
    rests: bool,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_why: Option<String>,
    /// What signs; in the answer to the request that made it, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// One event on its way to a webhook, or how that ended.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryView {
    /// The position of the event in the feed, which is the `id` of what is sent.
    event: String,
    /// How often it was begun to send.
    attempts: u32,
    /// Whether it arrived.
    arrived: bool,
    /// When it is sent next; nothing once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// When the last attempt ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    tried: Option<String>,
    /// What came of it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// What is to be sent again: one event, or everything since a moment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Again {
    /// The position of an event that it was told of.
    event: Option<String>,
    /// A moment (RFC 3339): everything that happened since is sent again.
    #[schema(
        value_type = Option<String>,
        example = "2026-03-01T09:00:00Z",
        pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
    )]
    since: Option<Timestamp>,
}

/// A new secret.
#[derive(Debug, Serialize, ToSchema)]
struct SecretView {
    /// What signs from now on; the one before signs beside it for a day.
    secret: String,
}

/// The caller's webhooks, the oldest first.
#[utoipa::path(get, path = "/api/v1/webhooks", operation_id = "list_webhooks", tag = "webhooks",
    responses((status = 200, body = Page<WebhookView>), Told))]
async fn list(
    State(web): State<Arc<Web>>,
    caller: Caller,
) -> Result<Json<Page<WebhookView>>, Problem> {
    let items = web
        .blocking(move |web| {
            right::check_told(&web.engine, caller.asking())?;
            let found = web.office.of(caller.id)?;
            let views = found.into_iter().map(|it| view(web, it, None));
            views.collect::<Result<Vec<_>, Failure>>()
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}

/// Adds a webhook, which is told what happens from now on. The same key adds one; where its first answer was
/// lost, give the webhook a new secret.
#[utoipa::path(post, path = "/api/v1/webhooks", operation_id = "add_webhook", tag = "webhooks",
    params(Once),
    request_body = Wanted,
    responses((status = 201, body = WebhookView, headers(("ETag" = String, description = "How it stands."))), Told))]
async fn add(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Problem> {
    let added = web
        .blocking(move |web| {
            right::check_told(&web.engine, caller.asking())?;
            let id = WebhookId::from_bits(key.own_id(&web.engine, caller.id)?.bits());
            let kinds = wanted.events.iter().map(String::as_str);
            let (webhook, secret) = web
                .office
                .add(caller.id, &wanted.address, kinds, Some(id))?;
            versioned(web, webhook, secret)
        })
        .await?;
    let mut answer = added.answer(&Has::default())?;
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// A webhook. Its tag changes with what is changed of it, and not with what it is told.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}", operation_id = "show_webhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), Has),
    responses((status = 200, body = WebhookView, headers(("ETag" = String, description = "How it stands."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn show(
    State(web): State<Arc<Web>>,
    caller: Caller,
    has: Has,
    At(id): At<WebhookId>,
) -> Result<Response, Problem> {
    let seen = web
        .blocking(move |web| {
            right::check_told(&web.engine, caller.asking())?;
            versioned(web, web.office.find(caller.id, id)?, None)
        })
        .await?;
    seen.answer(&has)
}

/// The latest deliveries of a webhook, those of the latest events first.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", operation_id = "list_deliveries", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, body = Page<DeliveryView>), Told))]
async fn deliveries(
    State(web): State<Arc<Web>>,
    caller: Caller,
    At(id): At<WebhookId>,
) -> Result<Json<Page<DeliveryView>>, Problem> {
    let found = web
        .blocking(move |web| {
            right::check_told(&web.engine, caller.asking())?;
            Ok(web.office.deliveries(caller.id, id, None, DELIVERIES_MAX)?)
        })
        .await?;
    let items = found.into_iter().map(DeliveryView::of).collect();
    Ok(Json(Page { items, next: None }))
}

/// Sends one event again, or everything since a moment. What is sent again has the `webhook-id` that it had.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/replay", operation_id = "replay_webhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), Once, Unchanged), request_body = Again,
    responses((status = 204), Told))]
async fn replay(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<WebhookId>,
    Sent(again): Sent<Again>,
) -> Result<StatusCode, Problem> {
    web.blocking(move |web| {
        right::check_told(&web.engine, caller.asking())?;
        let office = &web.office;
        office.find(caller.id, id)?;
        let what = format!("replay {id} {:?} {:?}", again.event, again.since);
        let which = Which::seen(id, key.versions());
        once(web, caller, &key, &what, || {
            match (again.event, again.since) {
                (Some(event), None) => {
                    let position = event.parse().map_err(|_| Failure::NotHere)?;
                    Ok(office.send_again(caller.id, which, position)?)
                }
                (None, Some(since)) => Ok(office.send_since(caller.id, which, since)?),
                (Some(_), Some(_)) | (None, None) => Err(Failure::Misused(
                    "either 'event' or 'since' says what is to be sent again".to_owned(),
                )),
            }
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook a new secret; the one before signs beside it for a day. Under the same key once: whoever asks
/// again is told the secret that it has.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/rotate", operation_id = "rotate_webhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), Once, Unchanged),
    responses((status = 200, body = SecretView, headers(("ETag" = String, description = "How the webhook stands."))), Told))]
async fn rotate(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<WebhookId>,
) -> Result<Response, Problem> {
    let renewed = web
        .blocking(move |web| {
            right::check_told(&web.engine, caller.asking())?;
            once(web, caller, &key, &format!("rotate {id}"), || {
                let which = Which::seen(id, key.versions());
                web.office.rotate(caller.id, which)?;
                Ok(())
            })?;
            let webhook = web.office.find(caller.id, id)?;
            Ok(Versioned {
                version: standing(&webhook),
                view: SecretView {
                    secret: webhook.secret,
                },
            })
        })
        .await?;
    renewed.answer(&Has::default())
}

/// Ends a webhook. What waits for it is not sent any more.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/end", operation_id = "end_webhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), Once, Unchanged),
    responses((status = 204), Told))]
async fn end(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<WebhookId>,
) -> Result<StatusCode, Problem> {
    web.blocking(move |web| {
        right::check_told(&web.engine, caller.asking())?;
        once(web, caller, &key, &format!("end {id}"), || {
            let which = Which::seen(id, key.versions());
            Ok(web.office.end(caller.id, which, "its owner ended it")?)
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn versioned(
    web: &Web,
    webhook: Webhook,
    secret: Option<String>,
) -> Result<Versioned<WebhookView>, Failure> {
    Ok(Versioned {
        version: standing(&webhook),
        view: view(web, webhook, secret)?,
    })
}

fn view(web: &Web, webhook: Webhook, secret: Option<String>) -> Result<WebhookView, Failure> {
    let waiting = web.office.waiting(webhook.owner, webhook.id)?;
    let rests = web.office.rests(&webhook)?;
    let (ended, ended_why) = webhook.ended.unzip();
    Ok(WebhookView {
        id: webhook.id.to_string(),
        address: webhook.address,
        events: webhook.wanted,
        created: webhook.created.to_string(),
        waiting,
        rests,
        ended: ended.map(|at| at.to_string()),
        ended_why,
        secret,
    })
}

impl DeliveryView {
    fn of(delivery: Delivery) -> Self {
        Self {
            event: delivery.position.to_string(),
            attempts: delivery.attempts,
            arrived: delivery.has_arrived,
            due: delivery.due.map(|at| at.to_string()),
            tried: delivery.tried.map(|at| at.to_string()),
            answer: delivery.answer,
        }
    }
}
