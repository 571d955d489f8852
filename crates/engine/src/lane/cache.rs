//! States that were read or written lately, in two generations.
//!
//! When the young generation is full it becomes the old one, and what was in the old one and not
//! looked at since is forgotten: an order of least recent use that costs one look-up.

use std::collections::HashMap;

use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

/// How many states a generation holds: some hundred megabytes at the most.
const GENERATION_MAX: usize = 50_000;

/// A state with the numbers of its row.
#[derive(Debug, Clone)]
pub(super) struct Cached {
    pub(super) state: State,
    pub(super) version: u64,
    pub(super) fence: u64,
    pub(super) recorded_at: Timestamp,
}

/// The states of a lane.
#[derive(Debug, Default)]
pub(super) struct Cache {
    young: HashMap<StreamId, Cached>,
    old: HashMap<StreamId, Cached>,
}

impl Cache {
    pub(super) fn get(&self, stream: StreamId) -> Option<&Cached> {
        self.young.get(&stream).or_else(|| self.old.get(&stream))
    }

    pub(super) fn take(&mut self, stream: StreamId) -> Option<Cached> {
        self.young
            .remove(&stream)
            .or_else(|| self.old.remove(&stream))
    }

    pub(super) fn put(&mut self, stream: StreamId, cached: Cached) {
        if self.young.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(stream, cached);
    }

    pub(super) fn forget(&mut self, stream: StreamId) {
        self.take(stream);
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}
