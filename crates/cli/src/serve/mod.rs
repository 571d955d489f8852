//! `consort serve`: the server over a data directory, with the agents that work here.

mod carry;
mod figures;
mod listen;
mod log;
mod models;
#[cfg(feature = "otel")]
mod telemetry;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use consort_engine::access::Access;
use consort_web::{Identities, Notice, Outside, Passwords, Proving, Ways, Web};

use crate::asked::Asked;
use crate::configuration::{Configuration, public_url, ready_notices};
use crate::console::Console;
use crate::exit::{TRY_AGAIN, usage, with_code};
use crate::interrupt;
use crate::place::Place;

use carry::Carrier;
pub(crate) use listen::Listening;
pub(crate) use log::Level;

/// Where the server listens, unless it is told: on this machine alone.
pub(crate) const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7070);
/// The file of the data directory that names the address while a server runs.
pub(crate) const ADDRESS_FILE: &str = "serve.url";
/// How long a link lets somebody in, where nothing else is said.
const LINK_HOURS: u32 = 24;
const HOUR_MS: i64 = 3_600_000;
/// What is told where others may come, and not safely.
const NO_TLS: &str = "Others can reach this, and not over TLS: browsers keep nobody signed in then, but on \
this machine. Put a proxy with TLS before it and say how others come: --public-url https://NAME. \
docs/operating.md has an example.";

/// What is told where nobody could show that it is they before they sign.
const NO_PROOF: &str = "there is nothing here by which people could show that it is \
they. Build with the feature 'passkeys' and serve over TLS or on this machine, name an identity provider in \
[sign_in.NAME], or allow passwords.";

/// Serves pages over the data directory, and has its agents work.
#[derive(Debug, Args)]
#[command(
    after_help = "What stands in [server] of consort.toml holds where nothing else is said; see \
docs/operating.md.\n\nExample:\n  consort serve --listen 127.0.0.1:7070 --public-url https://consort.example.org"
)]
pub(crate) struct Serve {
    /// Where it listens [default: 127.0.0.1:7070]. Beyond this machine, put a proxy with TLS before it.
    #[arg(long, env = "CONSORT_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where it gives figures (/metrics), /livez and /readyz, to whoever can reach it; nowhere by default.
    #[arg(long, env = "CONSORT_ADMIN", value_name = "ADDRESS")]
    admin: Option<SocketAddr>,
    /// What others type to come here: links and invitations begin with it.
    #[arg(long, env = "CONSORT_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    /// How much is told while it runs [default: info, or warn at a terminal].
    #[arg(long, env = "CONSORT_LOG", value_name = "LEVEL", value_enum)]
    log: Option<Level>,
    /// Prints no link that lets somebody in: for where what is printed is kept.
    #[arg(long)]
    without_link: bool,
}

/// Makes a link that lets somebody into the pages, once.
#[derive(Debug, Args)]
#[command(name = "sign-in", after_help = "Example:\n  consort sign-in --as Ada")]
pub(crate) struct SignIn {
    /// For how many hours it may be used.
    #[arg(long, default_value_t = LINK_HOURS, value_parser = clap::value_parser!(u32).range(1..=720))]
    hours: u32,
}

/// What is served, and for whom the first link is.
pub(crate) struct Served<'a> {
    pub(crate) place: &'a Place,
    pub(crate) configuration: &'a Configuration,
    pub(crate) notice: Notice,
    /// Nobody, where no link is printed.
    pub(crate) first: Option<consort_kernel::id::ContributorId>,
    pub(crate) log: Option<Level>,
}

impl Serve {
    /// Serves until it is interrupted.
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let mut configuration = Configuration::read(&asked.place.directory)?;
        let settings = &mut configuration.server;
        settings.listen = self.listen.or(settings.listen);
        settings.admin = self.admin.or(settings.admin);
        settings.public_url = self.public_url.clone().or(settings.public_url.take());
        let listen = settings.listen.unwrap_or(ADDRESS);
        let local = asked.place.local(&asked.person)?;
        let served = Served {
            place: asked.place,
            configuration: &configuration,
            notice: Notice::None,
            first: (!self.without_link).then_some(local.person),
            log: self.log,
        };
        let listening = Listening::on(listen)?;
        serve(&served, listening, asked.console)
    }
}

/// Serves until it is interrupted, then finishes what is in hand.
pub(crate) fn serve(
    served: &Served<'_>,
    listening: Listening,
    console: &mut Console,
) -> Result<()> {
    log::begin(served.log);
    let (place, settings) = (served.place, &served.configuration.server);
    let engine = &place.engine;
    let access = Access::new(place.passes.clone());
    access.tidy(engine.now())?;
    let admin = match settings.admin {
        Some(address) => Some((Listening::on(address)?, figures::of(engine.clone()))),
        None => None,
    };
    let url = settings
        .public_url
        .clone()
        .unwrap_or_else(|| listening.url());
    let outside = Outside {
        url: settings.public_url.clone(),
        proxies: settings.trusted_proxies.clone(),
        reach: served.configuration.reach.clone(),
        notices: ready_notices(served.configuration.mail.as_ref(), &url)?,
    };
    let providers = served.configuration.sign_in.ready()?;
    let ways = Ways {
        models: models::shown(place, served.configuration)?,
        identities: Identities::new(&url, providers)?,
        passwords: Passwords::new(settings.passwords)?,
        proof: match settings.signatures_need_proof {
            None => Proving::WhereOffered,
            Some(true) => Proving::Always,
            Some(false) => Proving::WhoeverCan,
        },
    };
    let web = Web::behind(
        (outside, ways),
        engine.clone(),
        access.clone(),
        served.notice,
        place.directory.clone(),
    );
    let by_session = !web.offers_proof();
    if by_session && settings.signatures_need_proof == Some(true) {
        return Err(usage(format!("[server] signatures_need_proof: {NO_PROOF}")));
    }
    let carrier = Carrier::start(place, served.configuration, web.clone(), console)?;
    let note = place.directory.join(ADDRESS_FILE);
    std::fs::write(&note, &url).with_context(|| format!("{} cannot be written", note.display()))?;
    // Whoever hears that it serves may end it, and in order.
    interrupt::listen()?;
    welcome(served, &access, &url, console)?;
    if listening.is_open_to_others() && !url.starts_with("https://") {
        tracing::warn!("{NO_TLS}");
    }
    if by_session && settings.signatures_need_proof.is_none() {
        tracing::warn!("people sign by their session alone: {NO_PROOF}");
    }
    tracing::info!(url, network = %engine.network(), "serving");
    let drain = Duration::from_secs(u64::from(settings.drain_seconds));
    let ended = listening.answer(web, admin, drain);
    tracing::info!("draining");
    // Where it cannot be removed, the next server writes over it.
    std::fs::remove_file(&note).ok();
    if console.is_watched() {
        console.tell("finishing what is in hand")?;
    }
    carrier.stop();
    tracing::info!("ended");
    #[cfg(feature = "otel")]
    telemetry::end();
    ended
}

/// Says how to come in.
fn welcome(served: &Served<'_>, access: &Access, url: &str, console: &mut Console) -> Result<()> {
    if let Some(first) = served.first {
        let now = served.place.engine.now();
        let until = now.plus_millis(i64::from(LINK_HOURS) * HOUR_MS);
        let link = access.link(first, "the first link", now, until)?;
        console.line(&format!(
            "\nConsort is here. Come in, once, by:\n\n  {url}/enter/{link}\n"
        ))?;
    }
    // Whoever collects lines of a log is told nothing that is for people.
    if console.is_watched() {
        console.tell(&format!(
            "Another link: consort --data {} sign-in --as NAME. Ctrl-C ends it, and loses nothing.",
            served.place.directory.display()
        ))?;
    }
    Ok(())
}

impl SignIn {
    /// Makes the link.
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let who = asked.contributor()?;
        let url = address(&asked.place.directory)?;
        let engine = asked.engine();
        let access = Access::new(asked.place.passes.clone());
        let until = engine.now().plus_millis(i64::from(self.hours) * HOUR_MS);
        let link = access.link(who, "made at the terminal", engine.now(), until)?;
        let link = format!("{url}/enter/{link}");
        asked.print(&serde_json::json!({ "link": link, "until": until }), |_| {
            vec![link.clone(), format!("(once, until {until})")]
        })
    }
}

/// Where the server of this data directory listens.
fn address(directory: &Path) -> Result<String> {
    std::fs::read_to_string(directory.join(ADDRESS_FILE)).map_err(|_| {
        with_code(
            TRY_AGAIN,
            "no server runs over this data directory: begin with 'consort serve'",
        )
    })
}
