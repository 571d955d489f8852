//! What every answer carries, and what is refused before a route sees it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::csrf::CsrfLayer;

use super::Web;

/// The most that a request's body may have, in bytes, where its route says nothing else.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Nothing from elsewhere, no script or style but ours, no frame around us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";

/// The header that tells a browser which of its powers a page may use: none.
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Puts the shield around routes.
pub(super) fn around(routes: Router<Arc<Web>>) -> Router<Arc<Web>> {
    routes
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CsrfLayer::new())
        .layer(from_fn(with_headers))
}

async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (CACHE_CONTROL, "no-store"),
        (PERMISSIONS, "camera=(), geolocation=(), microphone=()"),
        (OPENER, "same-origin"),
        (RESOURCE, "same-origin"),
    ] {
        // A route that says something stricter, or an asset that may be kept, has its way.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}
