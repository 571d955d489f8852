//! Transients: what is known between two requests, for a while and by every server of a network.

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;

use crate::StoreError;

/// Something that is known for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transient {
    /// What it is found by.
    pub key: Digest,
    /// What is known; where that it is there says all, nothing.
    pub content: Vec<u8>,
    /// From when on it is of no use.
    pub until: Timestamp,
}

/// Keeps transients. They are operational, like passes: no event tells of them.
pub trait Transients: Send + Sync {
    /// Keeps one, in place of one with the same key.
    fn put_transient(&self, transient: &Transient) -> Result<(), StoreError>;

    /// Keeps one unless there is one with the same key that is not over at this moment; tells whether it is kept.
    /// Of several who add one at a time, one does.
    fn add_transient(&self, transient: &Transient, now: Timestamp) -> Result<bool, StoreError>;

    /// The one with this key, whether or not it is over.
    fn transient(&self, key: Digest) -> Result<Option<Transient>, StoreError>;

    /// Takes the one with this key away; of several who take it at a time, one gets it.
    fn take_transient(&self, key: Digest) -> Result<Option<Transient>, StoreError>;

    /// Forgets those that were over before a moment; tells how many.
    fn forget_transients(&self, before: Timestamp) -> Result<usize, StoreError>;
}
