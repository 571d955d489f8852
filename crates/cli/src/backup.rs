//! `consort backup` and `consort restore`: a copy of everything, and back.
//!
//! A restored copy begins a new epoch of the network, so that leases, messages and payouts of
//! before are fenced off.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use consort_engine::artefact::Artefacts;
use consort_store::sqlite::{DATABASE_FILE, Ownership, restore};

use crate::asked::Asked;
use crate::console::Console;
use crate::exit::usage;

/// Copies the data while it is in use.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  consort backup ~/consort-backup-2026-11-21")]
pub(crate) struct Backup {
    /// The folder to make; it must not be there.
    folder: PathBuf,
}

/// Puts a copy in place of the data.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  consort restore ~/consort-backup-2026-11-21 --data ~/consort-again"
)]
pub(crate) struct Restore {
    /// The folder that 'consort backup' made.
    folder: PathBuf,
}

impl Backup {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let folder = asked.path(&self.folder);
        if folder.exists() {
            return Err(usage(format!(
                "{} is there already; name a new folder",
                folder.display()
            )));
        }
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        asked.place.store.backup_to(&folder.join(DATABASE_FILE))?;
        let artefacts = copy(
            asked.engine().artefacts().folder(),
            &folder.join("artefacts"),
        )?;
        asked.done(&format!(
            "{}: the database and {artefacts} artefacts",
            folder.display()
        ))
    }
}

impl Restore {
    /// Restores into a data directory that no process uses.
    pub(crate) fn put_in_place(&self, directory: &Path, console: &mut Console) -> Result<()> {
        std::fs::create_dir_all(directory)?;
        let ownership = Ownership::take(directory)?;
        restore(&self.folder.join(DATABASE_FILE), &ownership)?;
        let artefacts = copy(&self.folder.join("artefacts"), &directory.join("artefacts"))?;
        console.line(&format!(
            "{} is restored with {artefacts} artefacts; check it with 'consort doctor --data {}'",
            directory.display(),
            directory.display()
        ))?;
        Ok(())
    }

    /// A process that owns the directory cannot put another one under itself.
    pub(crate) fn carry_out(&self, _: &mut Asked<'_>) -> Result<()> {
        Err(usage(format!(
            "{} cannot be restored while another process uses the data directory; end that first",
            self.folder.display()
        )))
    }
}

/// Copies the artefacts that are not there yet; each is checked against its name as it is read.
fn copy(from: &Path, to: &Path) -> Result<usize> {
    let (source, target) = (Artefacts::open(from)?, Artefacts::open(to)?);
    let mut copied = 0;
    for digest in source.list()? {
        target.put(&source.get(digest)?)?;
        copied += 1;
    }
    Ok(copied)
}
