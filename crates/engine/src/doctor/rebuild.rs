//! Rebuilding: states and timers are folded anew from the events and put in the place of others.
//!
//! Nothing is rebuilt from a damaged record: the events have to be those of the log.

use std::collections::BTreeMap;

use consort_kernel::effect::{Timer, TimerKind};
use consort_kernel::log::{Frontier, leaf_hash};
use consort_kernel::stream::StreamId;
use consort_store::{StateQuery, StateRow, Store, StoreError};

use super::PAGE;
use super::fold::{Fold, change_timer};

/// What was rebuilt.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Rebuilt {
    /// States that were put in the place of others.
    pub states: u64,
    /// Timers that were set.
    pub timers: u64,
    /// Streams whose state could not be rebuilt: it has another version than the stream, or none.
    pub left: Vec<StreamId>,
}

/// Folds states and timers anew from the events.
///
/// It fails without a change when the events are not those of the log.
pub fn rebuild(store: &dyn Store) -> Result<Rebuilt, StoreError> {
    let mut versions = versions(store)?;
    let mut rebuilt = Rebuilt::default();
    let mut timers = BTreeMap::new();
    let mut query = StateQuery {
        limit: PAGE,
        ..StateQuery::default()
    };
    loop {
        let page = store.states(&query)?;
        let Some(last) = page.last() else {
            break;
        };
        query.after = Some(last.stream);
        let mut rows: Vec<StateRow> = Vec::new();
        for row in page {
            let stream = row.stream;
            let Some(version) = versions.remove(&stream) else {
                rebuilt.left.push(stream);
                continue;
            };
            let change = &mut |change| change_timer(&mut timers, change);
            let fold = Fold::of_history(store, stream, version, change)?;
            let folded = fold.and_then(|fold| fold.row(stream));
            match folded.filter(|folded| folded.version == row.version) {
                Some(folded) if folded != row => rows.push(folded),
                Some(_) => {}
                None => rebuilt.left.push(stream),
            }
        }
        store.rebuild(&rows)?;
        rebuilt.states += rows.len() as u64;
    }
    rebuilt.left.extend(versions.into_keys());
    let timers = extended(store, timers.into_values().collect())?;
    store.rebuild_timers(&timers)?;
    rebuilt.timers = timers.len() as u64;
    Ok(rebuilt)
}

/// How many events each stream has; it fails if they are not those of the log.
fn versions(store: &dyn Store) -> Result<BTreeMap<StreamId, u64>, StoreError> {
    let mut versions = BTreeMap::new();
    let mut log = Frontier::default();
    loop {
        let page = store.feed(log.size(), PAGE)?;
        if page.is_empty() {
            break;
        }
        for row in page {
            log.append(leaf_hash(row.event.body.as_bytes()));
            versions.insert(row.event.stream, row.event.version);
        }
    }
    if log == store.log()? {
        Ok(versions)
    } else {
        Err(StoreError::Damaged(
            "the events are not those of the log, so nothing was rebuilt from them".to_owned(),
        ))
    }
}

/// Timers of leases that were extended by heartbeats, which no event tells of, fire later.
fn extended(store: &dyn Store, mut timers: Vec<Timer>) -> Result<Vec<Timer>, StoreError> {
    for timer in &mut timers {
        if let (StreamId::Task(task), TimerKind::Lease) = (timer.stream, timer.kind)
            && let Some((number, deadline)) = store.lease(task)?
            && number == timer.number
        {
            timer.due_at = timer.due_at.max(deadline);
        }
    }
    Ok(timers)
}
