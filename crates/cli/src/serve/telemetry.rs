//! Traces for whoever collects them by OpenTelemetry, where this is built in (`--features otel`).
//!
//! Where they go, and in whose name, is said by the usual variables (`OTEL_EXPORTER_OTLP_ENDPOINT`,
//! `OTEL_SERVICE_NAME`); without an endpoint nothing is sent.

use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const NAME: &str = "OTEL_SERVICE_NAME";

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// What hands spans on, where somebody collects them.
pub(super) fn layer<S>() -> Option<impl Layer<S>>
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
{
    std::env::var_os(ENDPOINT)?;
    let name = std::env::var(NAME).unwrap_or_else(|_| "consort".to_owned());
    // An exporter that cannot be made is no reason not to serve.
    let exporter = SpanExporter::builder().with_http().build().ok()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name(name).build())
        .build();
    let tracer = provider.tracer("consort");
    PROVIDER.set(provider).ok()?;
    Some(tracing_opentelemetry::layer().with_tracer(tracer))
}

/// Sends what is left.
pub(super) fn end() {
    if let Some(provider) = PROVIDER.get() {
        // What cannot be sent now has nobody to go to.
        provider.shutdown().ok();
    }
}
