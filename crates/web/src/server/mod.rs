//! What stands between a socket and a page.

mod assets;
mod enter;
mod failure;
mod live;
mod shield;
mod visitor;

use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::routing::{get, post};
use consort_engine::Engine;
use consort_engine::access::Access;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::api;
use crate::page;
use crate::page::{Facts, Opened, Planned};

pub(crate) use failure::Failure;
pub(crate) use live::UNBUFFERED;
pub(crate) use visitor::{Visitor, session};

use live::Pulse;

/// What every page says at its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Nothing: a network of real people.
    None,
    /// That everything is an example.
    Demo,
}

/// What the pages are made from.
pub struct Web {
    pub(crate) engine: Arc<Engine>,
    pub(crate) access: Access,
    pub(crate) notice: Notice,
    /// Where what is uploaded waits until it is read.
    pub(crate) uploads: PathBuf,
    /// Why plans cannot go on, as whoever carries them on last said.
    pub(crate) trouble: Mutex<Vec<String>>,
    pub(crate) opened: Opened,
    pub(crate) planned: Planned,
    /// What the page about health is counted from.
    pub(crate) health: Facts,
    pub(crate) budgets: api::Budgets,
    pub(crate) sent: api::SentFiles,
    pulse: Pulse,
}

impl Web {
    /// Over an engine; uploads wait in this folder until they are read.
    pub fn new(engine: Arc<Engine>, access: Access, notice: Notice, uploads: PathBuf) -> Arc<Self> {
        let pulse = Pulse::start(&engine);
        Arc::new(Self {
            engine,
            access,
            notice,
            uploads,
            trouble: Mutex::default(),
            opened: Opened::default(),
            planned: Planned::default(),
            health: Facts::default(),
            budgets: api::Budgets::default(),
            sent: api::SentFiles::default(),
            pulse,
        })
    }

    /// Says why plans cannot go on, for the pages that show it.
    pub fn tell_trouble(&self, trouble: Vec<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Changes with every commit; nothing once the server ends.
    pub(crate) fn news(&self) -> watch::Receiver<Option<u64>> {
        self.pulse.listen()
    }

    /// Does something that waits for a disk, away from the threads that answer.
    pub(crate) async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let web = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&web))
            .await
            .unwrap_or(Err(Failure::Broken))
    }
}

/// Every route.
pub fn router(web: Arc<Web>) -> Router {
    let routes = Router::new()
        .route("/", get(page::today::home))
        .route("/enter/{link}", get(enter::ask).post(enter::enter))
        .route("/sign-in", get(enter::sign_in))
        .route("/leave", post(enter::leave))
        .route("/live", get(live::events))
        .route("/livez", get(live::alive))
        .route("/readyz", get(live::ready))
        .merge(assets::routes())
        .merge(page::routes())
        .merge(api::routes(&web))
        .fallback(failure::nowhere);
    shield::around(routes).with_state(web)
}

/// Answers on a socket until it is told to stop; what is being answered then is finished.
pub async fn serve(
    listener: TcpListener,
    web: Arc<Web>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let pulse = web.pulse.clone();
    let stop = async move {
        stop.await;
        // Whoever listens for news would otherwise be waited for.
        pulse.end();
    };
    axum::serve(listener, router(web))
        .with_graceful_shutdown(stop)
        .await
}
