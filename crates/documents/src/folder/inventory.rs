//! Reads the files of a folder one by one and takes stock: what was read, what was not, and why.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use consort_kernel::digest::Digest;

use super::walk::{FolderFault, FoundFile, walk};
use crate::document::Document;
use crate::read::{FILE_BYTES_MAX, read_file, read_file_within};
use crate::unreadable::Unreadable;

/// All files together: what fits in the memory of a small machine beside the texts.
pub const FOLDER_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// What was found in a folder.
#[derive(Debug, Default)]
pub struct Inventory {
    /// The documents, in the order of their names.
    pub read: Vec<ReadFile>,
    /// What was not read, in the order of the names.
    pub skipped: Vec<Skipped>,
}

/// A document and the file that it was read from.
#[derive(Debug, Clone)]
pub struct ReadFile {
    /// The document.
    pub document: Document,
    /// The file, byte for byte; its digest is the document's.
    pub bytes: Arc<[u8]>,
}

/// A file that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its path in the folder.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.name, self.reason)
    }
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Another file has the same bytes.
    #[error("same content as {0}")]
    SameContentAs(String),
    /// It is a link to somewhere else.
    #[error("it is a link that leads outside the folder; copy what it points to into the folder")]
    LeadsOutside,
    /// It is a device, a socket or the like.
    #[error("it is not a file")]
    NotAFile,
    /// The system does not let us.
    #[error("it cannot be opened ({0}); check that it exists and may be read")]
    Refused(String),
    /// Its folder lies too deep.
    #[error("it lies deeper than {0} folders; give its own path")]
    TooDeep(usize),
    /// The folder has too many files.
    #[error("it and what follows are beyond {0} files; give a smaller folder")]
    TooMany(usize),
    /// The files together are too big.
    #[error(
        "the files before it have {0} bytes, more than are read at once; give a smaller folder"
    )]
    TooMuch(u64),
}

impl From<io::Error> for SkipReason {
    fn from(error: io::Error) -> Self {
        Self::Refused(error.kind().to_string())
    }
}

/// What became of one file.
#[derive(Debug)]
pub enum Step {
    /// It was read.
    Read(ReadFile),
    /// It was not.
    Skipped(Skipped),
}

/// The reading of a folder, file by file: an iterator, so that callers can show how far it is.
///
/// It first gives what the walk passed over, then each file in the order of the names.
#[derive(Debug)]
pub struct FolderReading {
    passed_over: std::vec::IntoIter<Skipped>,
    files: std::vec::IntoIter<FoundFile>,
    seen: BTreeMap<Digest, String>,
    bytes: u64,
    deadline_ms: Option<u64>,
}

impl FolderReading {
    /// Finds the files at `path`, which may be a single file; reads none of them yet.
    pub fn open(path: &Path) -> Result<Self, FolderFault> {
        let (files, passed_over) = walk(path)?;
        Ok(Self {
            passed_over: passed_over.into_iter(),
            files: files.into_iter(),
            seen: BTreeMap::new(),
            bytes: 0,
            deadline_ms: None,
        })
    }

    /// Gives each file at most this long.
    #[must_use]
    pub fn with_deadline_ms(mut self, milliseconds: u64) -> Self {
        self.deadline_ms = Some(milliseconds);
        self
    }

    /// The files that are still to be read.
    pub fn waiting(&self) -> &[FoundFile] {
        self.files.as_slice()
    }

    fn read(&mut self, file: &FoundFile) -> Result<ReadFile, SkipReason> {
        if self.bytes > FOLDER_BYTES_MAX {
            return Err(SkipReason::TooMuch(FOLDER_BYTES_MAX));
        }
        let bytes: Arc<[u8]> = bytes_of(&file.path)?.into();
        self.bytes += bytes.len() as u64;
        let digest = Digest::of(&bytes);
        // Empty files are alike, but each is to be named as empty.
        if let Some(first) = self.seen.get(&digest).filter(|_| !bytes.is_empty()) {
            return Err(SkipReason::SameContentAs(first.clone()));
        }
        self.seen.insert(digest, file.name.clone());
        let document = match self.deadline_ms {
            Some(deadline) => read_file_within(&file.name, Arc::clone(&bytes), deadline)?,
            None => read_file(&file.name, &bytes)?,
        };
        Ok(ReadFile { document, bytes })
    }
}

impl Iterator for FolderReading {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some(skipped) = self.passed_over.next() {
            return Some(Step::Skipped(skipped));
        }
        let file = self.files.next()?;
        Some(match self.read(&file) {
            Ok(read) => Step::Read(read),
            Err(reason) => Step::Skipped(Skipped {
                name: file.name,
                reason,
            }),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.passed_over.len() + self.files.len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for FolderReading {}

impl Inventory {
    /// Reads all files at `path`.
    pub fn of(path: &Path) -> Result<Self, FolderFault> {
        Ok(FolderReading::open(path)?.collect())
    }
}

impl FromIterator<Step> for Inventory {
    fn from_iter<Steps: IntoIterator<Item = Step>>(steps: Steps) -> Self {
        let mut inventory = Self::default();
        for step in steps {
            match step {
                Step::Read(file) => inventory.read.push(file),
                Step::Skipped(skipped) => inventory.skipped.push(skipped),
            }
        }
        inventory
            .skipped
            .sort_by(|one, other| one.name.cmp(&other.name));
        inventory
    }
}

/// The bytes of a file, unless there are too many.
fn bytes_of(path: &Path) -> Result<Vec<u8>, SkipReason> {
    let file = File::open(path)?;
    let stated = fs::metadata(path)?.len();
    let mut bytes = Vec::new();
    // A file may grow while it is read, so the bound does not rest on the stated size.
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let bytes = stated.max(FILE_BYTES_MAX + 1);
        return Err(Unreadable::TooLarge {
            bytes,
            limit: FILE_BYTES_MAX,
        }
        .into());
    }
    Ok(bytes)
}
