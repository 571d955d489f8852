//! The store in memory, for tests and simulation.
//!
//! It keeps plain maps behind one lock and holds the same rules as the database does. Several
//! handles share one content, as several servers share a database, and each handle may have faults
//! of its own. Nothing outlives the last handle.

mod balance;
mod commit;
mod content;
mod credential;
mod fault;
mod lease;
mod log;
mod notice;
mod pass;
mod remark;
mod store;
mod timer;
mod transient;
mod view;
mod webhook;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use content::Content;
pub use fault::{Faults, NoFaults};

/// A handle on a network in memory. A clone shares the content and the faults.
#[derive(Clone)]
pub struct MemoryStore {
    content: Arc<Mutex<Content>>,
    faults: Arc<dyn Faults>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self {
            content: Arc::default(),
            faults: Arc::new(NoFaults),
        }
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store in which nothing fails.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another handle on the same content, whose commits meet these faults.
    #[must_use]
    pub fn with_faults(&self, faults: Arc<dyn Faults>) -> Self {
        Self {
            content: Arc::clone(&self.content),
            faults,
        }
    }

    /// A handle on a copy of the content, which is in memory in any case.
    fn copied(&self) -> Self {
        Self {
            content: Arc::new(Mutex::new(self.content().clone())),
            faults: Arc::new(NoFaults),
        }
    }

    /// The content. A change is checked whole before any of it is made, so a lock that was held
    /// by a thread that panicked still guards a whole content.
    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
