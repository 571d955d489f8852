//! `consort serve`: the server over a data directory, with the agents that work here.

mod carry;
mod listen;

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Args;
use consort_engine::access::Access;
use consort_web::{Notice, Web};

use crate::asked::Asked;
use crate::configuration::Configuration;
use crate::console::Console;
use crate::exit::{TRY_AGAIN, with_code};
use crate::interrupt;
use crate::place::Place;

use carry::Carrier;
pub(crate) use listen::Listening;

/// Where the server listens, unless it is told: on this machine alone.
pub(crate) const ADDRESS: &str = "127.0.0.1:7070";
/// The file of the data directory that names the address while a server runs.
const ADDRESS_FILE: &str = "serve.url";
/// How long a link lets somebody in, where nothing else is said.
const LINK_HOURS: u32 = 24;
const HOUR_MS: i64 = 3_600_000;

/// Serves pages over the data directory, and has its agents work.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  consort serve --listen 127.0.0.1:7070")]
pub(crate) struct Serve {
    /// Where it listens. Beyond this machine, put a proxy with TLS before it.
    #[arg(long, default_value = ADDRESS, value_name = "ADDRESS")]
    listen: SocketAddr,
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
    pub(crate) first: consort_kernel::id::ContributorId,
}

impl Serve {
    /// Serves until it is interrupted.
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let configuration = Configuration::read(&asked.place.directory)?;
        let local = asked.place.local(&asked.person)?;
        let served = Served {
            place: asked.place,
            configuration: &configuration,
            notice: Notice::None,
            first: local.person,
        };
        let listening = Listening::on(self.listen)?;
        serve(&served, listening, asked.console)
    }
}

/// Serves until it is interrupted, then finishes what is in hand.
pub(crate) fn serve(
    served: &Served<'_>,
    listening: Listening,
    console: &mut Console,
) -> Result<()> {
    let place = served.place;
    let engine = &place.engine;
    let access = Access::new(place.passes.clone());
    access.tidy(engine.now())?;
    let uploads = place.directory.join("uploads");
    let url = listening.url();
    let web = Web::new(engine.clone(), access.clone(), served.notice, uploads);
    let carrier = Carrier::start(place, served.configuration, web.clone(), console)?;
    let note = place.directory.join(ADDRESS_FILE);
    std::fs::write(&note, &url).with_context(|| format!("{} cannot be written", note.display()))?;
    let until = engine.now().plus_millis(i64::from(LINK_HOURS) * HOUR_MS);
    let link = access.link(served.first, "the first link", engine.now(), until)?;
    console.line(&format!(
        "\nConsort is here. Come in, once, by:\n\n  {url}/enter/{link}\n"
    ))?;
    console.tell(&format!(
        "Another link: consort --data {} sign-in --as NAME. Ctrl-C ends it, and loses nothing.",
        place.directory.display()
    ))?;
    interrupt::listen()?;
    let ended = listening.answer(web);
    // Where it cannot be removed, the next server writes over it.
    std::fs::remove_file(&note).ok();
    console.tell("finishing what is in hand")?;
    carrier.stop();
    ended
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
