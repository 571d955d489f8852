//! Passes: what lets somebody in, by the digest of a secret that is nowhere kept.

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use crate::StoreError;

/// What a pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PassKind {
    /// A link, which is used once.
    Link,
    /// A session in a browser.
    Session,
    /// A token of a program.
    Token,
}

/// A pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The digest of its secret.
    pub secret: Digest,
    /// What it is.
    pub kind: PassKind,
    /// Whom it lets in.
    pub contributor: ContributorId,
    /// What it is called, for whoever looks through theirs.
    pub label: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last used, or made.
    pub used: Timestamp,
    /// From when on it lets nobody in.
    pub expires: Timestamp,
    /// Where whoever comes in by it is led, as an address on this server.
    pub leads_to: Option<String>,
    /// When whoever has it last showed by a credential that it is they.
    pub proved: Option<Timestamp>,
}

/// Keeps passes. They are operational, like leases: no event tells of them.
pub trait Passes: Send + Sync {
    /// Keeps a new pass; one whose secret is there already is refused.
    fn put_pass(&self, pass: &Pass) -> Result<(), StoreError>;

    /// The pass with this secret, whether or not it has expired.
    fn pass(&self, secret: Digest) -> Result<Option<Pass>, StoreError>;

    /// The same, where it is known without waiting for a disk.
    fn known_pass(&self, secret: Digest) -> Option<Pass> {
        let _ = secret;
        None
    }

    /// Notes that a pass was used; tells whether it is there. The moment never goes back.
    fn use_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError>;

    /// Notes that whoever has it showed by a credential that it is they; tells whether it is there.
    fn prove_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError>;

    /// Ends a pass; tells whether it was there. Of several who end one at a time, one is told so.
    fn end_pass(&self, secret: Digest) -> Result<bool, StoreError>;

    /// All passes of a contributor, the oldest first.
    fn passes_of(&self, contributor: ContributorId) -> Result<Vec<Pass>, StoreError>;

    /// All passes with this label, the oldest first.
    fn passes_called(&self, label: &str) -> Result<Vec<Pass>, StoreError>;

    /// Forgets the passes that expired before a moment; tells how many.
    fn forget_passes(&self, before: Timestamp) -> Result<usize, StoreError>;
}
