//! The inventory: what was read of a folder or a file, what was not, and why.

use std::path::Path;

use consort_documents::folder::{FolderReading, Step};
use consort_documents::{Document, Format};
use consort_engine::Engine;
use consort_kernel::digest::Digest;
use consort_kernel::task::DataClass;
use consort_playbook::playbook::{Input, InputKind, Unreadable};
use consort_playbook::{File, InputValue};

use crate::DeskError;

/// How long one file may take to be read, in milliseconds; a file that takes longer is hostile or
/// broken.
const FILE_DEADLINE_MS: u64 = 60_000;

/// What became of a folder.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Files that were read; their digests are those of the text that was read out of them.
    pub files: Vec<File>,
    /// Files that were not, with the reason.
    pub skipped: Vec<(String, String)>,
}

impl Inventory {
    /// Reads a folder, or one file, and keeps what was read: the files as they are, and their text
    /// with places. Tells after each file how many of how many are done.
    pub fn take<E>(
        engine: &Engine,
        path: &Path,
        class: DataClass,
        mut progress: impl FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<Self, E>
    where
        E: From<DeskError>,
    {
        let reading = FolderReading::open(path)
            .map_err(|error| DeskError::CannotRead(path.display().to_string(), error.to_string()))?
            .with_deadline_ms(FILE_DEADLINE_MS);
        let total = reading.waiting().len();
        let mut inventory = Self::default();
        for step in reading {
            match step {
                Step::Read(file) => {
                    inventory.keep_file(engine, &file.bytes, &file.document, class)?;
                }
                Step::Skipped(skipped) => {
                    let reason = skipped.reason.to_string();
                    inventory.skipped.push((skipped.name, reason));
                }
            }
            progress(inventory.files.len() + inventory.skipped.len(), total)?;
        }
        Ok(inventory)
    }

    fn keep_file(
        &mut self,
        engine: &Engine,
        bytes: &[u8],
        document: &Document,
        class: DataClass,
    ) -> Result<(), DeskError> {
        engine.artefacts().put(bytes)?;
        self.files.push(File {
            name: document.name.clone(),
            digest: engine.artefacts().put(&text(document))?,
            class,
        });
        Ok(())
    }

    /// The value of an input, with what is left out of it. Files that cannot be read are kept as
    /// documents without text where the input says so.
    pub fn value(
        mut self,
        engine: &Engine,
        input: &Input,
    ) -> Result<(InputValue, Vec<(String, String)>), DeskError> {
        if input.unreadable == Unreadable::Keep {
            self.keep_unreadable(engine, input.class)?;
        }
        if input.kind != InputKind::File {
            return Ok((InputValue::Folder(self.files), self.skipped));
        }
        match (self.files.pop(), self.skipped.first()) {
            (Some(file), None) if self.files.is_empty() => Ok((InputValue::File(file), Vec::new())),
            (None, Some((name, reason))) => {
                Err(DeskError::CannotRead(name.clone(), reason.clone()))
            }
            (Some(_) | None, _) => Err(DeskError::NotOneFile(input.name.value.clone())),
        }
    }

    /// Keeps what could not be read as documents without text, titled by the reason.
    fn keep_unreadable(&mut self, engine: &Engine, class: DataClass) -> Result<(), DeskError> {
        for (name, reason) in std::mem::take(&mut self.skipped) {
            let document = Document {
                blocks: Vec::new(),
                format: Format::Text,
                language: None,
                sha256: Digest::of(format!("{name}: {reason}").as_bytes()),
                title: Some(reason),
                name: name.clone(),
            };
            self.files.push(File {
                name,
                digest: engine.artefacts().put(&text(&document))?,
                class,
            });
        }
        self.files.sort();
        Ok(())
    }
}

fn text(document: &Document) -> Vec<u8> {
    serde_json::to_vec(document).expect("texts and places are JSON")
}
