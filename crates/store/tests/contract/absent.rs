//! A build without PostgreSQL: the contracts have no such store to run on.

use consort_store::memory::MemoryStore;

/// There is none.
pub(crate) const fn new_store() -> Option<MemoryStore> {
    None
}
