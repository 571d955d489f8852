//! Signed checkpoints of the log in memory.

use consort_kernel::digest::Digest;
use consort_kernel::log::{Frontier, leaf_hash};

use super::content::{Content, index_after};
use crate::StoreError;
use crate::rules::refused;

/// Keeps a signed checkpoint, if it agrees with the events. One that is there already is kept as
/// it is.
pub(super) fn put_checkpoint(
    content: &mut Content,
    size: u64,
    root: Digest,
    note: &str,
) -> Result<(), StoreError> {
    let Some(events) = content.events.get(..index_after(size)) else {
        return Err(refused(format!(
            "a checkpoint of {size} events goes beyond the log of {}",
            content.log.size()
        )));
    };
    let mut log = Frontier::default();
    for event in events {
        log.append(leaf_hash(event.body.as_bytes()));
    }
    if log.root() != root {
        return Err(refused(format!(
            "the log of {size} events has another root than {root}"
        )));
    }
    content
        .checkpoints
        .entry(size)
        .or_insert_with(|| (root, note.to_owned()));
    Ok(())
}
