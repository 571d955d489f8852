//! Repositories of Git: what contributors are given of one, and whether a change to it holds.
//!
//! Nothing here writes to the repository itself. A snapshot is one commit without its history; a
//! change is tried in a scratch clone that is thrown away.

mod git;
mod snapshot;
mod tried;

pub use git::{BRANCH, RepositoryError};
pub use snapshot::{Listing, Snapshot, snapshot};
pub use tried::{Tried, try_patch};

/// How a bundle begins, whichever version of the format it has.
const BUNDLE_SIGNATURES: [&[u8]; 2] = [b"# v2 git bundle\n", b"# v3 git bundle\n"];

/// Whether these bytes are a bundle of Git's.
pub fn is_bundle(bytes: &[u8]) -> bool {
    BUNDLE_SIGNATURES
        .iter()
        .any(|signature| bytes.starts_with(signature))
}
