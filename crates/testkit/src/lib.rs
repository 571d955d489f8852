//! What tests are told with: fixtures, a clock that is moved by hand, and the simulator with its
//! auditor.
//!
//! Nothing of this gets into the product. The simulator and the auditor share no code: what one
//! gets wrong, the other shall see.

pub mod audit;
#[cfg(feature = "chaos")]
pub mod chaos;
pub mod clock;
pub mod crowd;
pub mod failing;
pub mod fixture;
pub mod postgres;
pub mod simulation;

use std::sync::Arc;

pub use consort_store::memory::MemoryStore;

/// An empty store in memory, for floors that do not know the store by name.
pub fn memory_store() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::new())
}
