//! The passes that were shown lately, in memory: one is looked up with every request.
//!
//! Only the process that owns the database keeps them, for it alone can end one. What is read while
//! another pass changes is not kept, so that no pass that was ended lets anybody in.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use consort_kernel::digest::Digest;

use crate::Pass;

/// How many are kept; beyond it all are forgotten, and read again.
const KNOWN_MAX: usize = 10_000;

/// The passes.
#[derive(Debug, Default)]
pub(in crate::sqlite) struct Known(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    passes: HashMap<Digest, Pass>,
    changes: u64,
}

impl Known {
    /// The pass, or how often passes had changed when it was missing.
    pub(super) fn find(&self, secret: Digest) -> Result<Pass, u64> {
        let kept = self.kept();
        kept.passes.get(&secret).cloned().ok_or(kept.changes)
    }

    /// Keeps what was read, if no pass changed since it was missing.
    pub(super) fn keep(&self, pass: &Pass, changes: u64) {
        let mut kept = self.kept();
        if kept.changes != changes {
            return;
        }
        if kept.passes.len() >= KNOWN_MAX {
            kept.passes.clear();
        }
        kept.passes.insert(pass.secret, pass.clone());
    }

    /// Forgets a pass that has just been changed in the database.
    pub(super) fn forget(&self, secret: Digest) {
        let mut kept = self.kept();
        kept.changes += 1;
        kept.passes.remove(&secret);
    }

    /// Forgets all.
    pub(super) fn forget_all(&self) {
        let mut kept = self.kept();
        kept.changes += 1;
        kept.passes.clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PassKind;
    use consort_kernel::id::ContributorId;
    use consort_kernel::time::Timestamp;

    #[test]
    fn a_pass_that_was_read_while_it_was_ended_is_not_kept() {
        let known = Known::default();
        let pass = Pass {
            secret: Digest::of(b"x"),
            kind: PassKind::Token,
            contributor: ContributorId::from_bits(1),
            label: String::new(),
            created: Timestamp::from_millis(0),
            used: Timestamp::from_millis(0),
            expires: Timestamp::from_millis(1),
            leads_to: None,
            proved: None,
        };
        let missing = known.find(pass.secret).unwrap_err();
        known.forget(pass.secret);
        known.keep(&pass, missing);
        let missing = known.find(pass.secret).unwrap_err();
        known.keep(&pass, missing);
        assert_eq!(known.find(pass.secret).as_ref(), Ok(&pass));
        known.forget(pass.secret);
        assert!(known.find(pass.secret).is_err());
    }
}
