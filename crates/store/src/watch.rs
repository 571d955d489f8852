//! Watches: somebody wants to be told of what other processes commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Has somebody told for as long as it is kept.
#[derive(Debug, Default)]
#[must_use = "nobody is told any more once it is dropped"]
pub struct Watch(Arc<AtomicBool>);

impl Watch {
    /// What whoever tells looks at: whether nobody wants to be told any more.
    #[cfg(feature = "postgres")]
    pub(crate) fn is_over(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
