//! Faults that a test asks for: commits that fail, and commits whose answer is lost.

use crate::StoreError;
use crate::write::{Committed, WriteSet};

/// Decides which commits fail. It is asked before and after each one.
pub trait Faults: Send + Sync {
    /// An error to answer with before anything is written; nothing to go on.
    fn before_commit(&self, set: &WriteSet) -> Option<StoreError>;

    /// Whether the answer to a commit is lost, so that the caller gets [`StoreError::Unknown`]
    /// and has to ask for the receipts.
    fn loses_answer(&self, set: &WriteSet, answer: &Committed) -> bool;
}

/// Nothing fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn before_commit(&self, _: &WriteSet) -> Option<StoreError> {
        None
    }

    fn loses_answer(&self, _: &WriteSet, _: &Committed) -> bool {
        false
    }
}
