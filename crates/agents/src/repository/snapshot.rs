//! A snapshot: the latest commit of a repository, as a bundle to clone and as a listing to read.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::git::{BRANCH, RepositoryError, git};
use crate::process::Host;

/// How large a bundle may be, in bytes; it passes through memory and to every contributor.
const BUNDLE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How long a file may be whose text stands in the listing, in bytes; longer ones are named.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// How much text a listing holds in all, in bytes: what a model can read is a fraction of it.
const LISTING_BYTES_MAX: usize = 1024 * 1024;

/// A repository as contributors are given it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// A bundle with one commit on the branch `consort`: `git clone -b consort FILE`.
    pub bundle: Vec<u8>,
    /// What can be read of it without Git.
    pub listing: Listing,
}

/// What is in a repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The name of the repository in the configuration.
    pub repository: String,
    /// The commit that was taken.
    pub commit: String,
    /// Its files, in the order of their paths.
    pub files: Vec<Listed>,
}

/// A file of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its path, with `/` between the parts.
    pub path: String,
    /// Its length, in bytes.
    pub bytes: u64,
    /// Its text, where it is short enough and is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Takes a snapshot of what is checked in; what is not committed is not in it.
pub fn snapshot(host: &Host, name: &str, path: &Path) -> Result<Snapshot, RepositoryError> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let address = format!("file://{}", path.canonicalize()?.display());
    let clone = [
        "clone",
        "-q",
        "--depth",
        "1",
        "--no-tags",
        &address,
        "clone",
    ];
    git(host, folder, &clone)?;
    let commit = git(host, folder, &["-C", "clone", "rev-parse", "HEAD"])?;
    let message = format!("{name} at {commit}");
    let tree = ["-C", "clone", "commit-tree", "-m", &message, "HEAD^{tree}"];
    let root = git(host, folder, &tree)?;
    git(
        host,
        folder,
        &["-C", "clone", "branch", "-f", BRANCH, &root],
    )?;
    let bundle = ["-C", "clone", "bundle", "create", "-q", "../bundle", BRANCH];
    git(host, folder, &bundle)?;
    let file = folder.join("bundle");
    if fs::metadata(&file)?.len() > BUNDLE_BYTES_MAX {
        return Err(RepositoryError::TooLarge {
            max_mib: usize::try_from(BUNDLE_BYTES_MAX / (1024 * 1024)).unwrap_or(usize::MAX),
            hint: "keep large files out of the repository",
        });
    }
    let paths = git(host, folder, &["-C", "clone", "ls-files", "-z"])?;
    Ok(Snapshot {
        bundle: fs::read(file)?,
        listing: Listing {
            repository: name.to_owned(),
            commit,
            files: listed(&folder.join("clone"), &paths)?,
        },
    })
}

/// The files of a clone; links are left out, for they may lead anywhere.
fn listed(clone: &Path, paths: &str) -> Result<Vec<Listed>, RepositoryError> {
    let mut files = Vec::new();
    let mut room = LISTING_BYTES_MAX;
    for path in paths.split('\0').filter(|path| !path.is_empty()) {
        let file = clone.join(path);
        let about = fs::symlink_metadata(&file)?;
        if !about.is_file() {
            continue;
        }
        let length = usize::try_from(about.len()).unwrap_or(usize::MAX);
        let text = if length <= TEXT_BYTES_MAX.min(room) {
            String::from_utf8(fs::read(&file)?).ok()
        } else {
            None
        };
        room -= text.as_ref().map_or(0, String::len);
        files.push(Listed {
            path: path.to_owned(),
            bytes: about.len(),
            text,
        });
    }
    Ok(files)
}
