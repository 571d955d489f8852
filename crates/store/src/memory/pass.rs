//! Passes, by the digest of their secret.

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use super::MemoryStore;
use super::content::Content;
use crate::rules::refused;
use crate::{Pass, Passes, StoreError};

impl Passes for MemoryStore {
    fn put_pass(&self, pass: &Pass) -> Result<(), StoreError> {
        if let Some(error) = self.faults.before_pass(pass) {
            return Err(error);
        }
        let mut content = self.content();
        if content.passes.contains_key(&pass.secret) {
            return Err(refused(
                "a pass with this secret is there already".to_owned(),
            ));
        }
        content.passes.insert(pass.secret, pass.clone());
        Ok(())
    }

    fn pass(&self, secret: Digest) -> Result<Option<Pass>, StoreError> {
        Ok(self.content().passes.get(&secret).cloned())
    }

    fn known_pass(&self, secret: Digest) -> Option<Pass> {
        self.content().passes.get(&secret).cloned()
    }

    fn use_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError> {
        let mut content = self.content();
        let pass = content.passes.get_mut(&secret);
        Ok(pass.map(|pass| pass.used = pass.used.max(at)).is_some())
    }

    fn prove_pass(&self, secret: Digest, at: Timestamp) -> Result<bool, StoreError> {
        let mut content = self.content();
        let pass = content.passes.get_mut(&secret);
        Ok(pass.map(|pass| pass.proved = Some(at)).is_some())
    }

    fn end_pass(&self, secret: Digest) -> Result<bool, StoreError> {
        Ok(self.content().passes.remove(&secret).is_some())
    }

    fn passes_of(&self, contributor: ContributorId) -> Result<Vec<Pass>, StoreError> {
        Ok(those(&self.content(), |pass| {
            pass.contributor == contributor
        }))
    }

    fn passes_called(&self, label: &str) -> Result<Vec<Pass>, StoreError> {
        Ok(those(&self.content(), |pass| pass.label == label))
    }

    fn forget_passes(&self, before: Timestamp) -> Result<usize, StoreError> {
        let mut content = self.content();
        let there = content.passes.len();
        content.passes.retain(|_, pass| pass.expires >= before);
        Ok(there - content.passes.len())
    }
}

/// The passes of which this holds, the oldest first.
fn those(content: &Content, holds: impl Fn(&Pass) -> bool) -> Vec<Pass> {
    let all = content.passes.values();
    let mut found: Vec<Pass> = all.filter(|pass| holds(pass)).cloned().collect();
    found.sort_by_key(|pass| (pass.created, pass.secret));
    found
}
