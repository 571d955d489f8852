//! Faults that a test asks for: commits that fail, commits whose answer is lost, and passes that are not kept.

use crate::write::{Committed, WriteSet};
use crate::{Pass, StoreError};

/// Decides which commits fail. It is asked before and after each one.
pub trait Faults: Send + Sync {
    /// An error to answer with before anything is written; nothing to go on.
    fn before_commit(&self, set: &WriteSet) -> Option<StoreError>;

    /// Whether the answer to a commit is lost, so that the caller gets [`StoreError::Unknown`]
    /// and has to ask for the receipts.
    fn loses_answer(&self, set: &WriteSet, answer: &Committed) -> bool;

    /// An error to answer with before a pass is kept; nothing to go on.
    fn before_pass(&self, pass: &Pass) -> Option<StoreError> {
        let _ = pass;
        None
    }
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
