//! `consort backup` and `consort restore`: a copy of everything that a network cannot do without,
//! and back.
//!
//! A restored copy begins a new epoch of the network, so that leases, messages and payouts of
//! before are fenced off, and signs with a key of its own: no backup holds a secret key. What is
//! restored is checked as a whole before anything is replaced.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use consort_engine::artefact::{ArtefactError, Artefacts};
use consort_engine::checkpoint::{KEY_FILE, Signers};
use consort_kernel::digest::Digest;
use consort_kernel::id::NetworkId;
use consort_store::Store as _;
use consort_store::sqlite::{DATABASE_FILE, Ownership, SqliteStore, stage};

use crate::arguments::Arguments;
use crate::asked::Asked;
use crate::console::Console;
use crate::database::{Beside, look, refuse_full, restore, wrong};
use crate::exit::{not_found, usage};

/// The folder of the artefacts, in a data directory and in a backup.
const ARTEFACTS: &str = "artefacts";
/// The database of a backup that is not finished.
const UNFINISHED: &str = "unfinished.db";
/// What a key that was replaced by a restore is called.
const REPLACED_SUFFIX: &str = "before-restore";
/// How many of them are kept, so that the search for a name ends.
const REPLACED_MAX: u32 = 1_000;

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
    after_help = "With --database, the database that it names takes the network, and has to be empty.\n\n\
Example:\n  consort restore ~/consort-backup-2026-11-21 --data ~/consort-again"
)]
pub(crate) struct Restore {
    /// The folder that 'consort backup' made.
    folder: PathBuf,
    /// Takes the place of a network in the data directory; its database is kept beside the new one.
    #[arg(long)]
    replace: bool,
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
        let copied = copy(asked, &folder);
        if copied.is_err() {
            // Half a backup must not be taken for one; the folder was made just now.
            std::fs::remove_dir_all(&folder).ok();
        }
        asked.done(&format!(
            "{}: the database and {} artefacts",
            folder.display(),
            copied?
        ))
    }
}

impl Restore {
    /// Restores into the database that was named, or else into the data directory.
    pub(crate) fn put_back(
        &self,
        directory: &Path,
        arguments: &Arguments,
        console: &mut Console,
    ) -> Result<()> {
        match arguments.database.as_deref() {
            Some(url) => {
                let artefacts = arguments.artefacts.as_deref();
                self.put_in_database(url, directory, artefacts, console)
            }
            None => self.put_in_place(directory, console),
        }
    }

    /// Restores into a data directory that no process uses.
    fn put_in_place(&self, directory: &Path, console: &mut Console) -> Result<()> {
        let backup = self.backup()?;
        std::fs::create_dir_all(directory)?;
        let ownership = Ownership::take(directory)?;
        self.ask_before_replacing(directory)?;
        let not_whole = || self.not_whole();
        let staged = stage(&backup, &ownership).with_context(not_whole)?;
        let artefacts = self.artefacts().with_context(not_whole)?;
        let network = staged.identity().network;
        let signers = Signers::of(&self.folder, network).and(Signers::of(directory, network));
        let target = Artefacts::open(&directory.join(ARTEFACTS))?;
        let copied = match &artefacts {
            Some((source, digests)) => put(source, digests, &target).with_context(not_whole)?,
            None => 0,
        };
        // From here on the old network could not sign as it did, so nothing is left to fail before
        // the database changes places.
        signers.write(directory)?;
        let key = set_key_aside(directory)?;
        let database = staged.put_in_place()?;
        for kept in database.iter().chain(&key) {
            console.line(&format!("what was there is kept as {}", kept.display()))?;
        }
        console.line(&format!(
            "{} is restored with {copied} artefacts; check it with 'consort doctor --data {}'",
            directory.display(),
            directory.display()
        ))?;
        Ok(())
    }

    /// Restores into an empty database, with the artefacts in their folder and all else in a data
    /// directory that no process uses.
    fn put_in_database(
        &self,
        url: &str,
        directory: &Path,
        artefacts: Option<&Path>,
        console: &mut Console,
    ) -> Result<()> {
        let backup = self.backup()?;
        refuse_full(url)?;
        std::fs::create_dir_all(directory)?;
        let ownership = Ownership::take(directory)?;
        let not_whole = || self.not_whole();
        let staged = stage(&backup, &ownership).with_context(not_whole)?;
        let source = Arc::new(staged.open().with_context(not_whole)?);
        let network = staged.identity().network;
        let signers = Signers::of(&self.folder, network).and(Signers::of(directory, network));
        let folder = artefacts.map_or_else(|| directory.join(ARTEFACTS), Path::to_owned);
        let target = Artefacts::open(&folder)?;
        let copied = match self.artefacts().with_context(not_whole)? {
            Some((source, digests)) => put(&source, &digests, &target)?,
            None => 0,
        };
        // More signers than before, and more artefacts, harm nobody if it fails from here on.
        signers.write(directory)?;
        let beside = Beside {
            artefacts: target,
            signers: Some(signers),
        };
        restore(&source, url, &beside, console)?;
        if let Some(kept) = set_key_aside(directory)? {
            console.line(&format!("what was there is kept as {}", kept.display()))?;
        }
        console.line(&format!(
            "the database holds the network {network} with {} events, and {} the {copied} artefacts; \
             everything holds",
            source.log()?.size(),
            folder.display()
        ))?;
        Ok(())
    }

    fn backup(&self) -> Result<PathBuf> {
        let backup = self.folder.join(DATABASE_FILE);
        if backup.is_file() {
            return Ok(backup);
        }
        Err(not_found(format!(
            "{} holds no backup: there is no {DATABASE_FILE} in it",
            self.folder.display()
        )))
    }

    fn not_whole(&self) -> String {
        format!(
            "nothing was restored from {}, and nothing was replaced",
            self.folder.display()
        )
    }

    /// A process that owns the directory cannot put another one under itself.
    pub(crate) fn carry_out(&self) -> Result<()> {
        Err(usage(format!(
            "{} cannot be restored while another process uses the data directory; end that first",
            self.folder.display()
        )))
    }

    fn ask_before_replacing(&self, directory: &Path) -> Result<()> {
        let database = directory.join(DATABASE_FILE);
        if self.replace || !database.exists() {
            return Ok(());
        }
        Err(usage(format!(
            "{} holds {}; to put {} in its place, ask again with --replace",
            directory.display(),
            told(&database),
            self.folder.display()
        )))
    }

    /// The artefacts of the backup, each of which was read and compared with its name.
    fn artefacts(&self) -> Result<Option<(Artefacts, Vec<Digest>)>> {
        let folder = self.folder.join(ARTEFACTS);
        if !folder.is_dir() {
            return Ok(None);
        }
        let source = Artefacts::open(&folder)?;
        let digests = source.list()?;
        for digest in &digests {
            source.get(*digest)?;
        }
        Ok(Some((source, digests)))
    }
}

/// What a database holds, for somebody who is about to replace it.
fn told(database: &Path) -> String {
    let read = SqliteStore::open_read_only(database).and_then(|store| {
        let network = store.identity(NetworkId::from_bits(0))?.network;
        Ok((network, store.log()?.size()))
    });
    match read {
        Ok((network, events)) => format!("the network {network} with {events} events"),
        Err(error) => format!("a database that cannot be read ({error})"),
    }
}

/// Copies everything into the folder; the database gets its name last, so that what has it is whole.
fn copy(asked: &mut Asked<'_>, folder: &Path) -> Result<usize> {
    let unfinished = folder.join(UNFINISHED);
    let (place, console) = (asked.place, &mut *asked.console);
    let mut shown = Ok(());
    place.copy_to(&unfinished, &mut |done, of| {
        if shown.is_ok() {
            shown = console.show(&format!("{done} of {of} events copied"));
        }
    })?;
    shown?;
    let source = place.engine.artefacts();
    let target = Artefacts::open(&folder.join(ARTEFACTS))?;
    let copied = put(source, &source.list()?, &target)?;
    Signers::of(&place.directory, place.engine.network()).write(folder)?;
    if place.database().is_some() {
        examine_copy(&unfinished, target, console)?;
    }
    std::fs::rename(&unfinished, folder.join(DATABASE_FILE))
        .with_context(|| format!("{} cannot be finished", folder.display()))?;
    Ok(copied)
}

/// Has the doctor examine a copy that was written anew, row by row. Whose its checkpoints are is not
/// asked: other servers sign with keys that are not known here.
fn examine_copy(copy: &Path, artefacts: Artefacts, console: &mut Console) -> Result<()> {
    let store = SqliteStore::open_read_only(copy)?;
    let beside = Beside {
        artefacts,
        signers: None,
    };
    let report = look(&store, &beside, "the copy", console)?;
    console.end_show()?;
    match wrong(&report) {
        Some(what) => bail!("a copy was made but not kept, for it does not hold: {what}"),
        None => Ok(()),
    }
}

/// Copies artefacts, in the place of those that are damaged where they go.
fn put(source: &Artefacts, digests: &[Digest], target: &Artefacts) -> Result<usize> {
    for digest in digests {
        match target.get(*digest) {
            Ok(_) => continue,
            Err(ArtefactError::Damaged(_)) => target.remove(*digest)?,
            Err(ArtefactError::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
        target.put(&source.get(*digest)?)?;
    }
    Ok(digests.len())
}

/// Keeps the key of the network that was there under another name, which it tells.
fn set_key_aside(directory: &Path) -> Result<Option<PathBuf>> {
    let key = directory.join(KEY_FILE);
    if !key.exists() {
        return Ok(None);
    }
    let kept = (1..=REPLACED_MAX)
        .map(|number| match number {
            1 => directory.join(format!("{KEY_FILE}.{REPLACED_SUFFIX}")),
            _ => directory.join(format!("{KEY_FILE}.{REPLACED_SUFFIX}-{number}")),
        })
        .find(|name| !name.exists())
        .context("no name is left for the key that was there")?;
    std::fs::rename(&key, &kept)
        .with_context(|| format!("{} cannot be set aside", key.display()))?;
    Ok(Some(kept))
}
