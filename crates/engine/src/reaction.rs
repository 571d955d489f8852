//! Reactions that did not fit into the batch of their event: they come next.

use consort_store::{Store, StoreError};

use crate::lane::Work;

/// Stored reactions, the oldest first, at most so many of them.
pub fn waiting(store: &dyn Store, limit: usize) -> Result<Vec<Work>, StoreError> {
    let rows = store.reactions(limit)?;
    rows.into_iter()
        .map(|row| {
            serde_json::from_str(&row.body)
                .map(Work::Reaction)
                .map_err(|error| StoreError::Damaged(format!("the reaction {}: {error}", row.id)))
        })
        .collect()
}
