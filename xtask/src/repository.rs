//! The text files of the repository, read once for all checks.
//!
//! It is a plain list of paths and texts, so that a test can give a check a repository of two
//! lines. What is built, what is hidden and what is not text is left out.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::cargo::Metadata;
use crate::source::Source;

/// Hidden names that are ours all the same.
const HIDDEN_BUT_OURS: &[&str] = &[".ci", ".cargo", ".github", ".gitignore"];

/// Larger files are data, and not read: nobody wrote them line by line.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFile {
    /// Its path from the root, with slashes.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// All that the checks look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Every text file, in the order of the paths.
    pub files: Vec<TextFile>,
    /// Every Rust file among them, taken apart.
    pub sources: Vec<Source>,
    /// What is there at all, text or not: files and folders, from the root, with slashes.
    pub paths: Vec<String>,
    /// What cargo says about the workspace.
    pub metadata: Metadata,
}

/// The folder of the workspace: the nearest one above with a `[workspace]`.
pub fn root() -> Result<PathBuf> {
    let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::current_dir().context("the current folder cannot be read")?,
    };
    for folder in start.ancestors() {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if manifest.lines().any(|line| line == "[workspace]") {
            return Ok(folder.to_owned());
        }
    }
    bail!("no workspace was found here; run this inside the repository");
}

impl Repository {
    /// Reads the repository at this root.
    pub fn read(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        let mut paths = Vec::new();
        walk(root, "", &mut files, &mut paths)?;
        let metadata = crate::cargo::workspace(root)?;
        Ok(Self::new(files, paths, metadata))
    }

    /// A repository of these files and nothing else; for tests.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files: Vec<TextFile> = files
            .iter()
            .map(|(path, text)| TextFile {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        let paths = files.iter().map(|file| file.path.clone()).collect();
        let metadata = Metadata {
            packages: std::collections::BTreeMap::new(),
            edges: std::collections::BTreeMap::new(),
        };
        Self::new(files, paths, metadata)
    }

    fn new(files: Vec<TextFile>, paths: Vec<String>, metadata: Metadata) -> Self {
        let mut sources: Vec<Source> = files
            .iter()
            .filter(|file| is_rust(&file.path))
            .map(|file| Source::parse(&file.path, &file.text))
            .collect();
        Source::mark_test_modules(&mut sources);
        Self {
            files,
            sources,
            paths,
            metadata,
        }
    }

    /// The text of the file at this path.
    pub fn text(&self, path: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.path == path)?;
        Some(&file.text)
    }

    /// The Markdown pages that are ours to keep true: not examples, not data for tests.
    pub fn pages(&self) -> impl Iterator<Item = &TextFile> {
        const DATA: &[&str] = &["tests", "examples", "data", "golden", "fixtures"];
        self.files.iter().filter(|file| {
            has_extension(&file.path, "md")
                && !file.path.split('/').any(|part| DATA.contains(&part))
        })
    }
}

/// Whether the path ends in `.rs`.
pub fn is_rust(path: &str) -> bool {
    has_extension(path, "rs")
}

/// Whether the path ends in a full stop and this.
pub fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

/// Whether a folder at this path is what building or running made, as `.gitignore` says.
fn is_made_here(path: &str) -> bool {
    let is_at_the_top = !path.contains('/');
    let starts = ["target-", "consort-out_"];
    is_at_the_top && (path == "target" || starts.iter().any(|start| path.starts_with(start)))
        || path == "journeys/node_modules"
}

fn walk(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<TextFile>,
    paths: &mut Vec<String>,
) -> Result<()> {
    let listing = fs::read_dir(folder).with_context(|| format!("'{prefix}' cannot be listed"))?;
    let mut entries = listing.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        let path = format!("{prefix}{name}");
        if name.starts_with('.') && !HIDDEN_BUT_OURS.contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            if is_made_here(&path) {
                continue;
            }
            paths.push(path.clone());
            walk(&entry.path(), &format!("{path}/"), files, paths)?;
        } else if kind.is_file() {
            paths.push(path.clone());
            if entry.metadata()?.len() > FILE_BYTES_MAX {
                continue;
            }
            let bytes =
                fs::read(entry.path()).with_context(|| format!("'{path}' cannot be read"))?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(TextFile { path, text });
            }
        }
    }
    Ok(())
}
