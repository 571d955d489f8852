//! The inventory: what was read of a folder, what was not, and why.

use std::path::Path;

use anyhow::{Context as _, Result};
use consort_documents::folder::{FolderReading, Step};
use consort_documents::{Document, Format};
use consort_engine::Engine;
use consort_kernel::digest::Digest;
use consort_kernel::task::DataClass;
use consort_playbook::playbook::{Input, InputKind, Unreadable};
use consort_playbook::{File, InputValue};

use crate::configuration::Repositories;
use crate::console::Console;
use crate::exit::usage;

/// How long one file may take to be read, in milliseconds; a file that takes longer is hostile or
/// broken.
const FILE_DEADLINE_MS: u64 = 60_000;
/// How many skipped files are listed on the terminal; the record has them all.
const LISTED_MAX: usize = 20;

/// What became of a folder.
#[derive(Debug, Default)]
struct Inventoried {
    /// Files that were read; their digests are those of the text that was read out of them.
    files: Vec<File>,
    /// Files that were not, with the reason.
    skipped: Vec<(String, String)>,
}

/// Reads the folder, or the one file, that was given for an input; gives its value and what was not
/// read.
pub(super) fn value(
    engine: &Engine,
    input: &Input,
    path: &Path,
    console: &mut Console,
) -> Result<(InputValue, Vec<(String, String)>)> {
    let mut found = read(engine, path, input.class, console)?;
    tell(&found, input.unreadable, path, console)?;
    if input.unreadable == Unreadable::Keep {
        keep(engine, input, &mut found)?;
    }
    if input.kind != InputKind::File {
        return Ok((InputValue::Folder(found.files), found.skipped));
    }
    match (found.files.pop(), found.skipped.first()) {
        (Some(file), None) if found.files.is_empty() => Ok((InputValue::File(file), Vec::new())),
        (None, Some((name, reason))) => Err(usage(format!("{name} cannot be read: {reason}"))),
        (Some(_) | None, _) => Err(usage(format!(
            "'{}' takes one file, and {} is none",
            input.name.value,
            path.display()
        ))),
    }
}

/// Takes a snapshot of the repository of this name: its bundle, and its listing.
pub(super) fn repository(
    engine: &Engine,
    input: &Input,
    repositories: &Repositories,
    name: &Path,
    console: &mut Console,
) -> Result<InputValue> {
    let name = name.to_string_lossy();
    let taken = repositories.snapshot(&name)?;
    let listing = &taken.listing;
    console.tell(&format!(
        "{name}: {} files at commit {}",
        listing.files.len(),
        listing.commit.get(..12).unwrap_or(&listing.commit)
    ))?;
    let file = |name: String, bytes: &[u8]| {
        anyhow::Ok(File {
            name,
            digest: engine.artefacts().put(bytes)?,
            class: input.class,
        })
    };
    let listed = serde_json::to_vec(listing)?;
    Ok(InputValue::Folder(vec![
        file(format!("{name}.bundle"), &taken.bundle)?,
        file(format!("{name}.json"), &listed)?,
    ]))
}

/// Keeps what could not be read as documents without text, titled by the reason.
fn keep(engine: &Engine, input: &Input, found: &mut Inventoried) -> Result<()> {
    for (name, reason) in std::mem::take(&mut found.skipped) {
        let document = Document {
            blocks: Vec::new(),
            format: Format::Text,
            language: None,
            sha256: Digest::of(format!("{name}: {reason}").as_bytes()),
            title: Some(reason),
            name: name.clone(),
        };
        let text = serde_json::to_vec(&document)?;
        found.files.push(File {
            name,
            digest: engine.artefacts().put(&text)?,
            class: input.class,
        });
    }
    found.files.sort();
    Ok(())
}

/// Reads a folder and keeps what was read: the files as they are, and their text with places.
fn read(
    engine: &Engine,
    path: &Path,
    class: DataClass,
    console: &mut Console,
) -> Result<Inventoried> {
    let reading = FolderReading::open(path)
        .with_context(|| format!("{} cannot be read", path.display()))?
        .with_deadline_ms(FILE_DEADLINE_MS);
    let total = reading.waiting().len();
    let mut inventoried = Inventoried::default();
    for step in reading {
        match step {
            Step::Read(file) => {
                engine.artefacts().put(&file.bytes)?;
                let text = serde_json::to_vec(&file.document)?;
                inventoried.files.push(File {
                    name: file.document.name.clone(),
                    digest: engine.artefacts().put(&text)?,
                    class,
                });
            }
            Step::Skipped(skipped) => {
                inventoried
                    .skipped
                    .push((skipped.name, skipped.reason.to_string()));
            }
        }
        let done = inventoried.files.len() + inventoried.skipped.len();
        console.show(&format!("reading {done} of {total}"))?;
    }
    console.end_show()?;
    Ok(inventoried)
}

fn tell(
    inventoried: &Inventoried,
    unreadable: Unreadable,
    path: &Path,
    console: &mut Console,
) -> Result<()> {
    let Inventoried { files, skipped } = inventoried;
    let done = match unreadable {
        Unreadable::Skip => "skipped",
        Unreadable::Keep => "kept unread",
    };
    console.tell(&format!(
        "{}: {} read, {} {done}",
        path.display(),
        files.len(),
        skipped.len()
    ))?;
    for (name, reason) in skipped.iter().take(LISTED_MAX) {
        console.tell(&format!("  {done} {name}: {reason}"))?;
    }
    if skipped.len() > LISTED_MAX {
        console.tell(&format!("  and {} more", skipped.len() - LISTED_MAX))?;
    }
    Ok(())
}
