//! `consort migrate`: moves a network from the file of a data directory into a PostgreSQL database.
//!
//! The file is only read. The doctor examines it before and the database after, and both have to
//! tell the same; what was moved stays out of use where they do not.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use consort_engine::artefact::Artefacts;
use consort_engine::checkpoint::Signers;
use consort_engine::doctor::Report;
use consort_kernel::id::NetworkId;
use consort_store::Store as _;
use consort_store::sqlite::{DATABASE_FILE, Ownership, SqliteStore};

use super::proof::{Beside, difference, look};
use super::take_over;
use crate::console::Console;
use crate::exit::{not_found, usage};

/// What the address of a data directory begins with.
const FILE: &str = "sqlite:";

/// Moves a network into a PostgreSQL database.
#[derive(Debug, Args)]
#[command(
    after_help = "The data directory keeps artefacts, keys and configuration, and goes on being named with --data.\n\n\
Example:\n  consort migrate --from sqlite:/srv/consort --to postgres://consort@localhost/consort"
)]
pub(crate) struct Migrate {
    /// Where the network is, as sqlite: and the data directory.
    #[arg(long, value_name = "sqlite:DIR")]
    from: String,
    /// The empty database to move it to.
    #[arg(long, value_name = "URL")]
    to: String,
}

impl Migrate {
    /// Moves the network; no other process may use the data directory meanwhile.
    pub(crate) fn carry_out(&self, json: bool, console: &mut Console) -> Result<()> {
        let directory = self.directory()?;
        let file = directory.join(DATABASE_FILE);
        if !file.is_file() {
            return Err(not_found(format!(
                "{} holds no network: there is no {DATABASE_FILE} in it",
                directory.display()
            )));
        }
        let _owned = Ownership::take(&directory)?;
        let source = Arc::new(SqliteStore::open_read_only(&file)?);
        let network = source.identity(NetworkId::from_bits(0))?.network;
        let beside = Beside {
            artefacts: Artefacts::open(&directory.join("artefacts"))?,
            signers: Some(Signers::of(&directory, network)),
        };
        let before = look(source.as_ref(), &beside, "the file", console)?;
        if !before.problems.is_empty() {
            bail!(
                "the network does not hold where it is: see 'consort doctor --data {}'; nothing \
                 was moved",
                directory.display()
            );
        }
        console.show("moving")?;
        let target = take_over(&self.to, &source)?;
        let after = look(&target, &beside, "the database", console)?;
        console.end_show()?;
        if let Some(what) = difference(&before, &after, source.as_ref(), &target)? {
            bail!(
                "the database tells of {what} otherwise than the file, which is as it was: do not \
                 use the database"
            );
        }
        tell(&after, json, console)
    }

    fn directory(&self) -> Result<PathBuf> {
        let path = self.from.strip_prefix(FILE).filter(|path| !path.is_empty());
        if !self.to.starts_with("postgres://") && !self.to.starts_with("postgresql://") {
            return Err(usage("--to takes postgres://USER@HOST/NAME"));
        }
        path.map(PathBuf::from)
            .ok_or_else(|| usage("--from takes sqlite: and a data directory"))
    }
}

fn tell(report: &Report, json: bool, console: &mut Console) -> Result<()> {
    if json {
        return Ok(console.line(&serde_json::to_string_pretty(report)?)?);
    }
    console.line(&format!(
        "moved, and everything holds: {} events, {} streams, {} transfers, {} outcomes; log root {}",
        report.events, report.streams, report.transfers, report.outcomes, report.log_root
    ))?;
    console.tell(
        "From now on name the database with --database, or in CONSORT_DATABASE. The file stays as \
         it was; whatever is done in it from now on is not in the database.",
    )?;
    Ok(())
}
