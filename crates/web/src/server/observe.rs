//! What is told of every request: one line in the log, and figures for whoever operates the server.
//!
//! A request is known by the trace it belongs to (`traceparent`, W3C Trace Context), or by a trace that
//! begins here. Told are its route, and the identifiers in its path: never the path itself, which may hold
//! a secret, nor a header, a query or a body.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use consort_engine::figures;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tracing::{Instrument as _, Span, field};

use super::Web;

/// The figures of this process.
static FIGURES: LazyLock<Figures> = LazyLock::new(|| Figures {
    requests: Family::default(),
    seconds: Family::new_with_constructor(|| Histogram::new(figures::SECONDS)),
});

struct Figures {
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
}

/// What was asked, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

/// Adds the figures of the server to those that are written.
pub fn register(registry: &mut Registry) {
    let figures = &*FIGURES;
    registry.register(
        "consort_http_requests",
        "Requests that were answered, by route, method and status",
        figures.requests.clone(),
    );
    registry.register(
        "consort_http_request_seconds",
        "How long requests took until their answer began",
        figures.seconds.clone(),
    );
}

const TRACEPARENT: &str = "traceparent";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Where no route leads.
const NOWHERE: &str = "none";
/// Routes that are asked for so often that a line for each would hide the others.
const QUIET: [&str; 4] = ["/livez", "/readyz", "/live", "/assets/{version}/{name}"];
/// The hexadecimal digits of a trace's identifier.
const TRACE_DIGITS: usize = 32;

/// Around every route.
pub(super) async fn observe(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(NOWHERE, MatchedPath::as_str);
    let method = request.method().clone();
    let trace = trace(&web, request.headers());
    let client = client(&web, request.headers(), request.extensions());
    let span = tracing::info_span!(
        "request",
        request_id = trace,
        method = method.as_str(),
        route,
        subject = subject(request.uri().path()),
        client = client.map(field::display),
        by = field::Empty,
    );
    let mut response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (began.elapsed(), response.status().as_u16());
    let is_quiet = QUIET.contains(&route);
    span.in_scope(|| {
        let ms = took.as_secs_f64() * 1_000.0;
        if is_quiet {
            tracing::debug!(status, ms, "answered");
        } else {
            tracing::info!(status, ms, "answered");
        }
    });
    let (route, method) = (route.to_owned(), word(&method));
    let asked = Asked {
        route: route.clone(),
        method,
    };
    let seconds = FIGURES.seconds.get_or_create(&asked);
    seconds.observe(took.as_secs_f64());
    drop(seconds);
    let answered = Answered {
        route,
        method,
        status,
    };
    FIGURES.requests.get_or_create(&answered).inc();
    if let Ok(id) = HeaderValue::try_from(trace) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Tells in the log who asks, once that is known.
pub(crate) fn known_as(who: consort_kernel::id::ContributorId) {
    Span::current().record("by", field::display(who));
}

/// A method by its word; anybody can make up another one, and a figure for each would fill the memory.
fn word(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// The trace that a request belongs to, or a new one.
fn trace(web: &Web, headers: &HeaderMap) -> String {
    let parent = headers.get(TRACEPARENT).and_then(|it| it.to_str().ok());
    let given = parent.and_then(|it| it.split('-').nth(1));
    let is_trace = |it: &&str| {
        it.len() == TRACE_DIGITS
            && it.bytes().any(|digit| digit != b'0')
            && it
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    };
    match given.filter(is_trace) {
        Some(given) => given.to_owned(),
        None => format!("{:032x}", web.engine.random().unwrap_or_default()),
    }
}

/// The identifiers in a path: what has another form may be a secret.
fn subject(path: &str) -> String {
    let is_id = |part: &&str| {
        part.split_once('_').is_some_and(|(kind, rest)| {
            kind.len() == 3 && rest.len() == 26 && rest.bytes().all(|it| it.is_ascii_alphanumeric())
        })
    };
    path.split('/').filter(is_id).collect::<Vec<_>>().join(" ")
}

/// Where a request comes from: the other end of the connection, or whom a trusted proxy there names.
pub(crate) fn client(web: &Web, headers: &HeaderMap, more: &Extensions) -> Option<IpAddr> {
    let ConnectInfo(peer) = more.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip();
    let named = headers.get_all(FORWARDED_FOR).iter();
    let named: Vec<&str> = named.filter_map(|it| it.to_str().ok()).collect();
    Some(forwarded(peer, &named.join(","), &web.outside.proxies))
}

/// The last address that no trusted proxy has: whatever stands before it, anybody could have written.
fn forwarded(peer: IpAddr, named: &str, proxies: &[IpAddr]) -> IpAddr {
    // On a socket for both, an address of IPv4 is one of IPv6.
    let mut client = peer.to_canonical();
    for name in named.rsplit(',') {
        if !proxies.contains(&client) {
            break;
        }
        match name.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_of_a_path_are_told() {
        for (path, told) in [
            (
                "/api/v1/tasks/tsk_01h455vb4pex5vsknk084sn02q/work",
                "tsk_01h455vb4pex5vsknk084sn02q",
            ),
            (
                "/enter/2f9g0000000000000000000000000000000000000000000000000000",
                "",
            ),
            (
                "/tasks/tsk_01h455vb4pex5vsknk084sn02q/files/a_secret",
                "tsk_01h455vb4pex5vsknk084sn02q",
            ),
            ("/", ""),
        ] {
            assert_eq!(subject(path), told, "{path}");
        }
    }

    #[test]
    fn who_is_forwarded_is_believed_of_trusted_proxies_alone() {
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [at("10.0.0.1"), at("10.0.0.2")];
        for (peer, named, client) in [
            ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("203.0.113.9", "10.0.0.5", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7, ::ffff:10.0.0.2", "203.0.113.7"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
        ] {
            assert_eq!(forwarded(at(peer), named, &proxies), at(client), "{named}");
        }
    }
}
