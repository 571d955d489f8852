//! Live updates: a stream that says that there is news, and never what it is.
//!
//! A page that hears of news asks for itself again, under its reader's own rights; what did not
//! change is answered without a body.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::HeaderName;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use consort_engine::Engine;
use futures_core::Stream;
use tokio::sync::watch;

use super::{Failure, Visitor, Web};

/// News within this time are told as one.
const TOGETHER: Duration = Duration::from_millis(100);
/// How long the watcher sleeps at a time, so that it notices when the engine is gone.
const SLEEP: Duration = Duration::from_secs(1);
/// How often a connection without news shows that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Tells a proxy not to keep the stream back.
pub(crate) const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Counts the news of an engine, for everybody who listens.
#[derive(Clone)]
pub(super) struct Pulse {
    count: Arc<watch::Sender<Option<u64>>>,
}

impl Pulse {
    /// Listens to an engine for as long as it is there.
    pub(super) fn start(engine: &Arc<Engine>) -> Self {
        let (sender, _) = watch::channel(Some(engine.bell().rings()));
        let count = Arc::new(sender);
        let (listener, engine) = (Arc::downgrade(&count), Arc::downgrade(engine));
        std::thread::spawn(move || {
            let mut heard = 0;
            while let (Some(count), Some(engine)) = (listener.upgrade(), engine.upgrade()) {
                let rings = engine.bell().wait(heard, SLEEP);
                if rings > heard {
                    heard = rings;
                    count.send_if_modified(|it| match it {
                        Some(told) => {
                            *told = rings;
                            true
                        }
                        None => false,
                    });
                    drop((count, engine));
                    std::thread::sleep(TOGETHER);
                }
            }
        });
        Self { count }
    }

    /// Somebody who listens.
    pub(super) fn listen(&self) -> watch::Receiver<Option<u64>> {
        self.count.subscribe()
    }

    /// Ends every stream.
    pub(super) fn end(&self) {
        self.count.send_replace(None);
    }
}

/// The stream of one listener.
struct News {
    next: Pin<Box<dyn Future<Output = Next> + Send>>,
}

type Next = Option<(u64, watch::Receiver<Option<u64>>)>;

async fn next(mut count: watch::Receiver<Option<u64>>) -> Next {
    count.changed().await.ok()?;
    let told = *count.borrow_and_update();
    Some((told?, count))
}

impl Stream for News {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.next.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some((told, count))) => {
                self.next = Box::pin(next(count));
                let event = Event::default().event("changed").data(told.to_string());
                Poll::Ready(Some(Ok(event)))
            }
        }
    }
}

/// Tells that there is news, for as long as somebody listens.
pub(super) async fn events(State(web): State<Arc<Web>>, _visitor: Visitor) -> Response {
    let news = News {
        next: Box::pin(next(web.news())),
    };
    let stream = Sse::new(news).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    ([(UNBUFFERED, "no")], stream).into_response()
}

/// Whether the process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// Whether what it needs is there.
pub(super) async fn ready(State(web): State<Arc<Web>>) -> Result<&'static str, StatusCode> {
    if web.news().borrow().is_none() {
        // It ends, and takes nothing new in.
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let network = web.engine.network();
    let found = web
        .blocking(move |web| {
            let state = web
                .engine
                .state(consort_kernel::stream::StreamId::Network(network));
            state.map_err(Failure::from)
        })
        .await;
    found
        .map(|_| "ready\n")
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}
