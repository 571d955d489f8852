//! The feed: what happened, as far as the caller may see it, as it happens.
//!
//! Entries come in the order of the feed, each once; whoever comes back says with
//! `Last-Event-ID` where they were.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use serde::Deserialize;
use tokio::sync::watch;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::problem::{Problem, Told};
use super::request::Asked;
use crate::server::{Failure, UNBUFFERED, Web};
use crate::told::{self, Entry};

/// How many entries are read at a time.
const PAGE: usize = 200;
/// How often a connection without news shows that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The route of the feed.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::new().routes(routes!(events))
}

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Since {
    /// Only entries after this position; from now on, where neither this nor Last-Event-ID is given.
    after: Option<u64>,
}

/// The feed, as server-sent events.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "events", tag = "events",
    params(Since, ("Last-Event-ID" = Option<u64>, Header, description = "The position that was read last.")),
    responses((status = 200, body = Entry, content_type = "text/event-stream"), Told))]
async fn events(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Asked(since): Asked<Since>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let said = match headers.get("last-event-id") {
        None => None,
        Some(value) => Some(position(value.to_str().unwrap_or_default())?),
    };
    let after = if let Some(after) = said.or(since.after) {
        after
    } else {
        let log = web.blocking(|web| {
            let log = web.engine.store().log();
            Ok(log.map_err(consort_engine::EngineError::from)?)
        });
        log.await?.size()
    };
    let reader = Reader {
        news: web.news(),
        web,
        caller,
        after,
        waiting: VecDeque::new(),
    };
    let feed = Feed {
        next: Box::pin(next(reader)),
    };
    let stream = Sse::new(feed).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([(UNBUFFERED, "no")], stream).into_response())
}

fn position(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| {
        let what = format!("Last-Event-ID is the 'id' of an entry, a number, and not '{text}'");
        Problem::unreadable(what, None)
    })
}

/// How far somebody has read.
struct Reader {
    web: Arc<Web>,
    caller: Caller,
    news: watch::Receiver<Option<u64>>,
    after: u64,
    waiting: VecDeque<Entry>,
}

/// The next entry, and how far its reader has come.
type Next = Option<(Entry, Reader)>;

/// The stream of one reader.
struct Feed {
    next: Pin<Box<dyn Future<Output = Next> + Send>>,
}

impl Stream for Feed {
    type Item = Result<Message, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.next.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some((entry, reader))) => {
                self.next = Box::pin(next(reader));
                let text = serde_json::to_string(&entry).unwrap_or_default();
                Poll::Ready(Some(Ok(Message::default().id(entry.id).data(text))))
            }
        }
    }
}

/// The next entry; nothing once the server ends or its data cannot be read.
async fn next(mut reader: Reader) -> Next {
    loop {
        if let Some(entry) = reader.waiting.pop_front() {
            return Some((entry, reader));
        }
        let (caller, after) = (reader.caller, reader.after);
        let read = reader.web.blocking(move |web| read(web, caller, after));
        let (entries, last) = read.await.ok()?;
        reader.waiting = entries;
        if let Some(last) = last {
            reader.after = last;
        } else {
            reader.news.changed().await.ok()?;
            (*reader.news.borrow_and_update())?;
        }
    }
}

/// What the caller may see of the next entries, and how far was read; nothing where there is no more.
fn read(web: &Web, caller: Caller, after: u64) -> Result<(VecDeque<Entry>, Option<u64>), Failure> {
    caller.check_still_in(web)?;
    let events = web.engine.events_after(after, PAGE)?;
    let last = events.last().map(|(position, _)| *position);
    let mut entries = VecDeque::new();
    for (position, envelope) in events {
        let entry = told::entry(&web.engine, caller.id, position, &envelope)?;
        entries.extend(entry);
    }
    Ok((entries, last))
}
