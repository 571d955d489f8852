//! Rehearsing: what would become of several commands, one after the other, of which none is carried out.
//!
//! Each is decided on what the ones before it would leave, by the same rules and limits as in a batch. What
//! follows from them on other streams is not looked at, and what happens meanwhile is not known.

use std::collections::BTreeMap;

use consort_kernel::command::Command;
use consort_kernel::id::NetworkId;
use consort_kernel::time::Timestamp;
use consort_store::{Store, StoreError};

use super::batch::Batch;
use super::cache::Cache;
use super::{LaneError, Work};

/// The first of these commands that would be refused, and why; nothing where none would be.
pub(crate) fn rehearse(
    store: &dyn Store,
    network: NetworkId,
    commands: Vec<Command>,
    now: Timestamp,
) -> Result<Option<(usize, LaneError)>, StoreError> {
    let identity = store.identity(network)?;
    let (mut cache, set_apart) = (Cache::default(), BTreeMap::new());
    // All of it is read anew here, so that nothing is out of date.
    let mut batch = Batch::new(store, &mut cache, &identity, &set_apart, true, now);
    batch.prefetch(commands.iter())?;
    for (at, command) in commands.into_iter().enumerate() {
        let digest = command.digest();
        if let Err(error) = batch.run(&Work::Command(command), digest)? {
            return Ok(Some((at, error)));
        }
    }
    Ok(None)
}
