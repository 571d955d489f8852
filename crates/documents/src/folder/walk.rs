//! Finds the files of a folder; reads none of them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::inventory::{SkipReason, Skipped};

/// Folders in folders: people who file their documents deeper than this mean something else.
pub const DEPTH_MAX: usize = 16;

/// Files in one reading: what one outcome can sensibly look at, and a bound for a wrong path.
pub const FILES_MAX: usize = 10_000;

/// Names that systems and programs leave lying about.
const JUNK: &[&str] = &[
    "thumbs.db",
    "desktop.ini",
    "__macosx",
    "$recycle.bin",
    "lost+found",
];

/// A file that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path in the folder, with `/` between the parts.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// Why a folder cannot be walked at all.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// There is nothing at this path.
    #[error("there is no file or folder '{0}'; check the path")]
    Missing(String),
    /// It is neither a file nor a folder.
    #[error("'{0}' is neither a file nor a folder")]
    Neither(String),
    /// The system refuses.
    #[error("'{path}' cannot be opened ({source}); check its permissions")]
    Refused {
        /// The path.
        path: String,
        /// What the system says.
        source: io::Error,
    },
}

/// The files at `path` in the order of their names, and what was passed over aloud.
pub(super) fn walk(path: &Path) -> Result<(Vec<FoundFile>, Vec<Skipped>), FolderFault> {
    let shown = || path.display().to_string();
    let refused = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => FolderFault::Missing(shown()),
        _ => FolderFault::Refused {
            path: shown(),
            source,
        },
    };
    let root = fs::canonicalize(path).map_err(refused)?;
    let kind = fs::metadata(&root).map_err(refused)?;
    if kind.is_file() {
        let name = path.file_name().or(root.file_name()).unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        return Ok((vec![FoundFile { name, path: root }], Vec::new()));
    }
    if !kind.is_dir() {
        return Err(FolderFault::Neither(shown()));
    }
    fs::read_dir(&root).map_err(refused)?;
    let mut walk = Walk {
        seen: BTreeSet::from([root.clone()]),
        root,
        files: vec![],
        skipped: vec![],
    };
    walk.folder(&walk.root.clone(), "", 1);
    Ok((walk.files, walk.skipped))
}

struct Walk {
    root: PathBuf,
    /// The folders that were walked, so that links in a circle end.
    seen: BTreeSet<PathBuf>,
    files: Vec<FoundFile>,
    skipped: Vec<Skipped>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut names = match entries {
            Ok(entries) => entries
                .iter()
                .map(fs::DirEntry::file_name)
                .collect::<Vec<_>>(),
            Err(error) => {
                return self.skip(prefix.trim_end_matches('/'), SkipReason::from(error));
            }
        };
        names.sort();
        for name in names {
            let shown = name.to_string_lossy();
            if !is_junk(&shown) {
                self.entry(&folder.join(&name), &format!("{prefix}{shown}"), depth);
            }
        }
    }

    fn entry(&mut self, path: &Path, name: &str, depth: usize) {
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => return self.skip(name, SkipReason::from(error)),
        };
        if !real.starts_with(&self.root) {
            return self.skip(name, SkipReason::LeadsOutside);
        }
        let kind = match fs::metadata(&real) {
            Ok(kind) => kind,
            Err(error) => return self.skip(name, SkipReason::from(error)),
        };
        if kind.is_dir() {
            if depth >= DEPTH_MAX {
                self.skip(name, SkipReason::TooDeep(DEPTH_MAX));
            } else if self.seen.insert(real.clone()) {
                self.folder(&real, &format!("{name}/"), depth + 1);
            }
        } else if !kind.is_file() {
            self.skip(name, SkipReason::NotAFile);
        } else if self.files.len() >= FILES_MAX {
            self.skip(name, SkipReason::TooMany(FILES_MAX));
        } else {
            self.files.push(FoundFile {
                name: name.to_owned(),
                path: real,
            });
        }
    }

    fn skip(&mut self, name: &str, reason: SkipReason) {
        // Past the limit one line says it all; a million lines would say no more.
        let said = matches!(reason, SkipReason::TooMany(_))
            && self
                .skipped
                .last()
                .is_some_and(|last| last.reason == reason);
        if !said {
            self.skipped.push(Skipped {
                name: name.to_owned(),
                reason,
            });
        }
    }
}

/// Hidden files, locks of open documents (`~$…`), and what systems leave lying about.
fn is_junk(name: &str) -> bool {
    name.starts_with('.')
        || name.starts_with("~$")
        || name.ends_with('~')
        || JUNK.contains(&name.to_lowercase().as_str())
}
