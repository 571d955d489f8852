//! What stands between a socket and a page.

mod admin;
mod assets;
mod door;
mod enter;
mod failure;
mod identity;
mod live;
mod observe;
mod passkey;
mod password;
mod shield;
mod visitor;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use consort_engine::Engine;
use consort_engine::access::Access;
use consort_engine::checkpoint::Key;
use consort_post::{Office, Reach, notice};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::api;
use crate::models::{Models, NoModels};
use crate::page;
use crate::page::Facts;

pub use admin::{Figures, admin, admin_router};
pub(crate) use failure::{Failure, SignedOut, Since, Why, in_words, rejected};
#[cfg(feature = "oidc")]
pub(crate) use identity::{Answered, Identity, Purpose, Trouble, WAY, no_way};
pub use identity::{Identities, IdentityProvider, SetUp};
pub(crate) use live::UNBUFFERED;
#[cfg(feature = "passwords")]
pub(crate) use observe::client;
pub(crate) use observe::known_as;
pub use observe::register as register_figures;
pub(crate) use passkey::{Added, Passkeys, Shown, WHY_NONE};
pub use password::Passwords;
#[cfg(feature = "passwords")]
pub(crate) use password::{LETTERS_MAX, LETTERS_MIN, Turn};
pub use visitor::COOKIE_NAME;
#[cfg(feature = "oidc")]
pub(crate) use visitor::cookie;
pub(crate) use visitor::{Visitor, given, session};

use live::Pulse;

/// The folder of the data directory in which uploads wait.
const UPLOADS: &str = "uploads";
/// Where browsers find a server of their own machine.
const HERE: &str = "http://localhost";

/// What every page says at its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Nothing: a network of real people.
    None,
    /// That everything is an example.
    Demo,
}

/// How the world outside sees the server, and what of it the server reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// What others type to come here, without a slash at its end; where nothing is said, what a visitor
    /// typed.
    pub url: Option<String>,
    /// Proxies that are believed whom they ask for.
    pub proxies: Vec<IpAddr>,
    /// The hosts that webhooks and chats may lead to beside those in public.
    pub reach: Reach,
    /// How people are told by mail and chat what needs them.
    pub notices: notice::Setup,
}

/// What the operator set up: ways in beside links and passkeys, and models.
#[derive(Default)]
pub struct Ways {
    /// The models that agents work by.
    pub models: Option<Arc<dyn Models>>,
    /// Identity providers, where there are any.
    pub identities: Option<Identities>,
    /// Passwords, where they are wanted.
    pub passwords: Option<Passwords>,
    /// Whether somebody may sign by their session alone.
    pub proof: Proving,
}

/// Whether people show that it is they before they sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proving {
    /// Whoever has something to show it by.
    #[default]
    WhoeverCan,
    /// Everybody, where the server offers something to show it by; elsewhere nobody could sign.
    WhereOffered,
    /// Everybody.
    Always,
}

/// What the pages are made from.
pub struct Web {
    pub(crate) engine: Arc<Engine>,
    pub(crate) access: Access,
    pub(crate) notice: Notice,
    pub(crate) outside: Outside,
    /// The data directory: what is uploaded waits in it until it is read, and it has the key that signs the log.
    directory: PathBuf,
    /// Why plans cannot go on, as whoever carries them on last said.
    pub(crate) trouble: Mutex<Vec<String>>,
    /// What the page about health is counted from.
    pub(crate) health: Facts,
    pub(crate) budgets: api::Budgets,
    /// How often each address may knock at a way in.
    knocks: door::Knocks,
    /// The passkeys of the address that this server has; none where browsers keep none.
    pub(crate) passkeys: Option<Passkeys>,
    /// Where people look after their webhooks.
    pub(crate) office: Arc<Office>,
    /// Where people say what they are told.
    pub(crate) notices: Arc<notice::Office>,
    /// The identity providers by which people come in; none where the operator set up none.
    pub(crate) identities: Option<Identities>,
    /// The passwords by which people come in; none where the operator wants none.
    pub(crate) passwords: Option<Passwords>,
    /// Whether nobody signs by their session alone.
    pub(crate) proof_is_needed: bool,
    /// The models that agents work by, and what they cost.
    pub(crate) models: Arc<dyn Models>,
    pulse: Pulse,
}

impl Web {
    /// Over an engine and its data directory.
    pub fn new(
        engine: Arc<Engine>,
        access: Access,
        notice: Notice,
        directory: PathBuf,
    ) -> Arc<Self> {
        let (outside, ways) = (Outside::default(), Ways::default());
        Self::behind((outside, ways), engine, access, notice, directory)
    }

    /// The same, as the world outside sees it and comes in.
    pub fn behind(
        (outside, ways): (Outside, Ways),
        engine: Arc<Engine>,
        access: Access,
        notice: Notice,
        directory: PathBuf,
    ) -> Arc<Self> {
        // What waited there when the last server ended is wanted by nobody.
        std::fs::remove_dir_all(directory.join(UPLOADS)).ok();
        let pulse = Pulse::start(&engine);
        let passkeys = Passkeys::at(outside.url.as_deref().unwrap_or(HERE), access.clone());
        let (reach, setup) = (outside.reach.clone(), outside.notices.clone());
        let notices = notice::Office::new(engine.clone(), access.notices(), reach, setup);
        let office = Office::new(engine.clone(), access.webhooks(), outside.reach.clone());
        let (identities, passwords) = (ways.identities, ways.passwords);
        let is_offered = passkeys.is_some() || identities.is_some() || passwords.is_some();
        Arc::new(Self {
            engine,
            access,
            notice,
            outside,
            directory,
            trouble: Mutex::default(),
            health: Facts::default(),
            budgets: api::Budgets::default(),
            knocks: door::Knocks::default(),
            passkeys,
            office: Arc::new(office),
            notices: Arc::new(notices),
            identities,
            passwords,
            proof_is_needed: match ways.proof {
                Proving::WhoeverCan => false,
                Proving::WhereOffered => is_offered,
                Proving::Always => true,
            },
            models: ways.models.unwrap_or_else(|| Arc::new(NoModels)),
            pulse,
        })
    }

    /// Whether there is anything here by which people can show that it is they.
    pub const fn offers_proof(&self) -> bool {
        self.passkeys.is_some() || self.identities.is_some() || self.passwords.is_some()
    }

    /// Where what is uploaded waits until it is read.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.directory.join(UPLOADS)
    }

    /// The key that signs the network's log.
    pub(crate) fn key(&self) -> Result<Key, Failure> {
        let key = Key::open(&self.directory, self.engine.network());
        key.map_err(|error| {
            tracing::error!("{error}");
            Failure::Broken
        })
    }

    /// Where people look after their webhooks, for whoever sends what waits there.
    pub const fn office(&self) -> &Arc<Office> {
        &self.office
    }

    /// Where people say what they are told, for whoever tells it.
    pub const fn notices(&self) -> &Arc<notice::Office> {
        &self.notices
    }

    /// Forgets what is over of what lets people in, and of what is known between two requests.
    pub fn tidy(&self) {
        if let Err(error) = self.access.tidy(self.engine.now()) {
            tracing::warn!("what is over could not be forgotten: {error}");
        }
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
        let (web, span) = (Arc::clone(self), tracing::Span::current());
        tokio::task::spawn_blocking(move || {
            span.in_scope(|| work(&web).map_err(|failure| failure.with_news(&web.engine)))
        })
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
        .merge(page::routes().layer(from_fn_with_state(Arc::clone(&web), page::form::carry)))
        .merge(api::routes(&web))
        .fallback(failure::nowhere)
        .layer(from_fn_with_state(Arc::clone(&web), door::limit));
    shield::around(routes)
        .layer(from_fn_with_state(Arc::clone(&web), observe::observe))
        .with_state(web)
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
    let routes = router(web).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, routes)
        .with_graceful_shutdown(stop)
        .await
}
