//! `consort demo`: a small network with an outcome in motion, in a folder that goes away again.
//!
//! People and money are examples; the documents are read and compared for real, by the built-in
//! agents, and without a model.

mod cast;
mod documents;
mod errand;
mod life;
mod scene;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use consort_web::Notice;

use self::life::Life;
use crate::configuration::Configuration;
use crate::console::Console;
use crate::owner;
use crate::place::Place;
use crate::serve::{ADDRESS, Listening, Served, serve};

/// Shows what Consort does, with example people, practice money and real documents.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  consort demo")]
pub(crate) struct Demo {
    /// Where it listens; on any free port of the same host where that one is taken.
    #[arg(long, default_value_t = ADDRESS, value_name = "ADDRESS")]
    listen: SocketAddr,
}

impl Demo {
    /// Serves the demo until it is interrupted; a data directory that was given is left as it is.
    pub(crate) fn show(&self, data: Option<&Path>, console: &mut Console) -> Result<()> {
        let folder = tempfile::Builder::new()
            .prefix("consort-demo-")
            .tempdir()
            .context("no folder can be made for the demo")?;
        let place = Arc::new(Place::open(folder.path(), None, None)?);
        owner::serve(&place)?;
        console.tell(
            "Example people, practice money, no AI model. The extraction is real, of papers on \
             a choice between three suppliers.",
        )?;
        console.tell(&format!(
            "It lives in {0} and goes away when this ends; other commands ask it with --data {0}",
            folder.path().display()
        ))?;
        if let Some(data) = data {
            console.tell(&format!("What is in {} is left as it is.", data.display()))?;
        }
        let cast = cast::gather(&place)?;
        let scene = scene::set(&place, &cast, folder.path())?;
        let mut configuration = Configuration::default();
        // Nobody adds a passkey for a network that goes away.
        configuration.server.signatures_need_proof = Some(false);
        let served = Served {
            place: &place,
            configuration: &configuration,
            notice: Notice::Demo,
            first: Some(cast.visitor),
            log: None,
        };
        let life = Life::begin(&place, &cast, scene)?;
        let ended = serve(&served, Listening::near(self.listen)?, console);
        life.end();
        owner::end(&place);
        ended
    }
}
