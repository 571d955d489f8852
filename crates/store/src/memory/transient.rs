//! Transients, by key.

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;

use super::MemoryStore;
use crate::{StoreError, Transient, Transients};

impl Transients for MemoryStore {
    fn put_transient(&self, transient: &Transient) -> Result<(), StoreError> {
        let mut content = self.content();
        content.transients.insert(transient.key, transient.clone());
        Ok(())
    }

    fn add_transient(&self, transient: &Transient, now: Timestamp) -> Result<bool, StoreError> {
        let mut content = self.content();
        let there = content.transients.get(&transient.key);
        if there.is_some_and(|it| now < it.until) {
            return Ok(false);
        }
        content.transients.insert(transient.key, transient.clone());
        Ok(true)
    }

    fn transient(&self, key: Digest) -> Result<Option<Transient>, StoreError> {
        Ok(self.content().transients.get(&key).cloned())
    }

    fn take_transient(&self, key: Digest) -> Result<Option<Transient>, StoreError> {
        Ok(self.content().transients.remove(&key))
    }

    fn forget_transients(&self, before: Timestamp) -> Result<usize, StoreError> {
        let mut content = self.content();
        let there = content.transients.len();
        content.transients.retain(|_, it| it.until >= before);
        Ok(there - content.transients.len())
    }
}
