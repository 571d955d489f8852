//! What the operator's tools ask: figures, and whether the server lives and is ready. It listens apart
//! from the pages, and asks nobody who they are.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::{Failure, Web, live};

/// The media type of figures (`OpenMetrics`, which Prometheus reads).
const FIGURES: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Writes the figures as they are now.
pub type Figures = Arc<dyn Fn() -> String + Send + Sync>;

/// Answers on a socket of its own for as long as the process runs.
pub async fn admin(listener: TcpListener, web: Arc<Web>, figures: Figures) -> std::io::Result<()> {
    axum::serve(listener, admin_router(web, figures)).await
}

/// The routes for the operator's tools.
pub fn admin_router(web: Arc<Web>, figures: Figures) -> Router {
    let written = move |State(web): State<Arc<Web>>| {
        let figures = Arc::clone(&figures);
        async move { written(&web, figures).await }
    };
    Router::new()
        .route("/metrics", get(written))
        .route("/livez", get(live::alive))
        .route("/readyz", get(live::ready))
        .with_state(web)
}

async fn written(web: &Arc<Web>, figures: Figures) -> Result<Response, Failure> {
    let text = web.blocking(move |_| Ok(figures())).await?;
    Ok(([(CONTENT_TYPE, FIGURES)], text).into_response())
}
