//! The style, the scripts, the picture and the program of an agent, which are all of ours and in the binary.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Web;

const STYLE: &str = include_str!("../../assets/consort.css");
const SCRIPT: &str = include_str!("../../assets/consort.js");
const PASSKEY: &str = include_str!("../../assets/passkey.js");
const PICTURE: &str = include_str!("../../assets/icon.svg");

/// The example agent, so that whoever connects one has a program that comes in.
const AGENT: &str = include_str!("../../../../examples/agents/agent.py");

/// The routes of the assets. Their addresses carry the version, so they are kept for long.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route(
            "/assets/{version}/consort.css",
            get(|| async { kept("text/css; charset=utf-8", STYLE) }),
        )
        .route(
            "/assets/{version}/consort.js",
            get(|| async { kept("text/javascript; charset=utf-8", SCRIPT) }),
        )
        .route(
            "/assets/{version}/passkey.js",
            get(|| async { kept("text/javascript; charset=utf-8", PASSKEY) }),
        )
        .route(
            "/assets/{version}/icon.svg",
            get(|| async { kept("image/svg+xml", PICTURE) }),
        )
        .route(
            "/assets/{version}/agent.py",
            get(|| async { kept("text/x-python; charset=utf-8", AGENT) }),
        )
        .route(
            "/favicon.ico",
            get(|| async { kept("image/svg+xml", PICTURE) }),
        )
}

fn kept(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::STYLE;

    #[test]
    fn a_theme_changes_colours_and_nothing_else() {
        // `light-dark()` takes colours alone. Whatever else asked for the theme could change what is there, and
        // barriers other than of contrast would have to be looked for in both.
        assert!(!STYLE.contains("prefers-color-scheme"));
        let rules: Vec<&str> = STYLE.matches("data-theme").collect();
        assert_eq!(rules.len(), 2);
        for theme in ["light", "dark"] {
            let rule = format!(":root[data-theme=\"{theme}\"] {{ color-scheme: {theme}; }}");
            assert!(STYLE.contains(&rule), "{rule}");
        }
        assert!(STYLE.contains("light-dark("));
    }
}
