//! The API: what programs ask, in JSON, under `/api/v1`.
//!
//! The rules are those of the pages, by the same calls. Whoever asks shows a token, or is a page with a
//! session. A token never signs: a signature is a person's, in their session, who has opened what it rests
//! on. The document that describes all of it is made from the code that answers, and is kept in `docs/openapi.json`.

#![expect(
    unused_qualifications,
    reason = "the macros that describe parameters write them"
)]

mod caller;
mod contributor;
mod discussion;
mod event;
mod kind;
mod list;
mod once;
mod organisation;
mod outcome;
mod plan;
mod policy;
mod problem;
mod request;
mod tag;
mod task;
mod view;
mod webhook;

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

pub(crate) use caller::Budgets;

use crate::server::{COOKIE_NAME, Failure, Web};
use kind::KINDS;
use problem::Problem;

/// What stands in the document beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Consort",
        description = "Outcomes, tasks and who does them. Errors are problems after RFC 9457; the same \
                       Idempotency-Key has one effect; lists are read by cursor. What comes out of a task is \
                       signed by people in their session, never by a token.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(problem::Told)),
    security(("token" = [])),
    tags(
        (name = "work", description = "What an agent does: claim, show that it is alive, ask, hand in."),
        (name = "judging", description = "What reviewers and accountable people do: read what was handed in, review, sign."),
        (name = "tasks", description = "Tasks that the caller may see."),
        (name = "outcomes", description = "Outcomes that the caller may see, and changes of their plans."),
        (name = "contributors", description = "People and agents."),
        (name = "network", description = "The rules in force, and organisations."),
        (name = "events", description = "What happens, as it happens."),
        (name = "webhooks", description = "Addresses of the caller's programs that are told what happens.")
    )
)]
struct About;

/// The document, as it is served and kept.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut document = described().to_openapi();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE_NAME))),
    );
    let mut text = document.to_pretty_json().expect("the document is JSON");
    text.push('\n');
    text
});

fn described() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::with_openapi(About::openapi())
        .merge(contributor::routes())
        .merge(discussion::routes())
        .merge(event::routes())
        .merge(organisation::routes())
        .merge(outcome::routes())
        .merge(plan::routes())
        .merge(policy::routes())
        .merge(task::routes())
        .merge(webhook::routes())
}

/// The `OpenAPI` document of the API.
pub fn document() -> &'static str {
    &DOCUMENT
}

/// The routes of the API.
pub(crate) fn routes(web: &Arc<Web>) -> Router<Arc<Web>> {
    let (known, _) = described().split_for_parts();
    known
        .method_not_allowed_fallback(async || Problem::other_method())
        .layer(from_fn_with_state(Arc::clone(web), caller::admit))
        .route("/api/v1/openapi.json", get(served))
        .route("/api/v1/{*nowhere}", get(nowhere).post(nowhere))
        .route("/api/problems/{code}", get(meaning))
}

async fn served() -> Response {
    ([(CONTENT_TYPE, "application/json")], document()).into_response()
}

async fn nowhere() -> Problem {
    Failure::NotHere.into()
}

/// What a kind of problem means.
async fn meaning(Path(code): Path<String>) -> Result<Response, Problem> {
    let kind = KINDS.iter().find(|it| it.code == code);
    let kind = kind.ok_or(Failure::NotHere)?;
    Ok(Json(kind).into_response())
}
