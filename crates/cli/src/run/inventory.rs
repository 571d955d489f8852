//! The inventory: what was read of a folder, what was not, and why.

use std::path::Path;

use anyhow::Result;
use consort_desk::inventory::Inventory;
use consort_engine::Engine;
use consort_playbook::playbook::{Input, Unreadable};
use consort_playbook::{File, InputValue};

use crate::configuration::Repositories;
use crate::console::Console;

/// How many skipped files are listed on the terminal; the record has them all.
const LISTED_MAX: usize = 20;

/// Reads the folder, or the one file, that was given for an input; gives its value and what was not
/// read.
pub(super) fn value(
    engine: &Engine,
    input: &Input,
    path: &Path,
    console: &mut Console,
) -> Result<(InputValue, Vec<(String, String)>)> {
    let taken = Inventory::take(engine, path, input.class, |done, total| {
        console.show(&format!("reading {done} of {total}"))?;
        anyhow::Ok(())
    })?;
    console.end_show()?;
    tell(&taken, input.unreadable, path, console)?;
    Ok(taken.value(engine, input)?)
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

fn tell(
    inventory: &Inventory,
    unreadable: Unreadable,
    path: &Path,
    console: &mut Console,
) -> Result<()> {
    let Inventory { files, skipped } = inventory;
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
        let more = skipped.len() - LISTED_MAX;
        console.tell(&format!(
            "  and {more} more, which the record names with their reasons"
        ))?;
    }
    Ok(())
}
