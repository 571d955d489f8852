//! The inventory: what was read of a folder, what was not, and why.

use std::path::Path;

use anyhow::{Context as _, Result};
use consort_documents::folder::{FolderReading, Step};
use consort_engine::Engine;
use consort_kernel::task::DataClass;
use consort_playbook::File;

use crate::console::Console;

/// How long one file may take to be read, in milliseconds; a file that takes longer is hostile or
/// broken.
const FILE_DEADLINE_MS: u64 = 60_000;
/// How many skipped files are listed on the terminal; the record has them all.
const LISTED_MAX: usize = 20;

/// What became of a folder.
#[derive(Debug, Default)]
pub(super) struct Inventoried {
    /// Files that were read; their digests are those of the text that was read out of them.
    pub(super) files: Vec<File>,
    /// Files that were not, with the reason.
    pub(super) skipped: Vec<(String, String)>,
}

/// Reads a folder and keeps what was read: the files as they are, and their text with places.
pub(super) fn read(engine: &Engine, path: &Path, console: &mut Console) -> Result<Inventoried> {
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
                    class: DataClass::Internal,
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
    tell(&inventoried, path, console)?;
    Ok(inventoried)
}

fn tell(inventoried: &Inventoried, path: &Path, console: &mut Console) -> Result<()> {
    let Inventoried { files, skipped } = inventoried;
    console.tell(&format!(
        "{}: {} read, {} skipped",
        path.display(),
        files.len(),
        skipped.len()
    ))?;
    for (name, reason) in skipped.iter().take(LISTED_MAX) {
        console.tell(&format!("  skipped {name}: {reason}"))?;
    }
    if skipped.len() > LISTED_MAX {
        console.tell(&format!("  and {} more", skipped.len() - LISTED_MAX))?;
    }
    Ok(())
}
