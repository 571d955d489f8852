//! What whoever operates the server is told: figures, lines of the log, and no secret in either.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{Request, StatusCode};
use consort_engine::figures;
use consort_web::{Figures, admin_router, register_figures};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;

use crate::fixture::House;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Keeps what is told.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_request_is_told_by_its_trace_its_route_and_its_subject_and_never_by_a_secret() {
    let kept = Kept::default();
    let lines = tracing_subscriber::fmt().json().with_writer(kept.clone());
    tracing::subscriber::set_global_default(lines.finish()).unwrap();
    let house = House::new();
    let (_, task) = house.letter();
    let link = house.link(house.ada);
    let browser = house.browser(house.ada).await;
    let token = house.token(house.ben);
    house.get(&link, browser.cookie()).await;
    let request = Request::get(format!("/api/v1/tasks/{task}?state={token}"))
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"));
    let answer = house.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers["x-request-id"], TRACE);

    let told = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let entry = told.lines().find(|it| it.contains(TRACE)).unwrap();
    for part in [
        "/api/v1/tasks/{id}",
        &task.to_string(),
        &house.ben.to_string(),
        "\"status\"",
    ] {
        assert!(entry.contains(part), "{entry}");
    }
    let session = browser.cookie().split_once('=').unwrap().1;
    let link = link.rsplit('/').next().unwrap();
    for secret in [session, link, token.as_str()] {
        assert!(!told.contains(secret), "a secret was told");
    }
    assert!(told.contains("/enter/{link}"));
}

#[tokio::test]
async fn figures_are_given_by_the_template_of_a_route() {
    let house = House::new();
    let (_, task) = house.letter();
    let browser = house.browser(house.ada).await;
    browser.get(&format!("/tasks/{task}")).await;
    browser.get("/nowhere/at/all").await;
    let figures: Figures = Arc::new(|| {
        let mut registry = Registry::default();
        figures::register(&mut registry);
        register_figures(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        text
    });
    let routes = admin_router(Arc::clone(&house.web), figures);
    let ask = |path: &'static str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        routes.clone().oneshot(request)
    };
    for path in ["/livez", "/readyz"] {
        assert_eq!(ask(path).await.unwrap().status(), StatusCode::OK);
    }
    let answer = ask("/metrics").await.unwrap();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
    let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
    for part in [
        "consort_http_requests_total{route=\"/tasks/{id}\",method=\"GET\",status=\"200\"}",
        "consort_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"}",
        "consort_http_request_seconds_bucket{le=\"0.001\",route=\"/tasks/{id}\"",
        "consort_commands_total{kind=\"contributor.add\",outcome=\"done\"}",
        "consort_batch_seconds_count",
        "consort_queue_commands ",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains(&task.to_string()));
}
