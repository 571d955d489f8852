//! States as readers ask for them, in memory: those that were read or committed lately.
//!
//! It serves a process that alone writes to its store: the lane puts every state here when it is
//! committed, before anybody is answered. While it is being committed it stands here in no form: whoever
//! has seen it in the store already, in a list, must not be given the one before it. What a reader brings
//! from the store is put here only if nothing was committed meanwhile, so that nothing old takes the place
//! of something newer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use consort_kernel::state::State;
use consort_kernel::stream::StreamId;

use crate::state::Versioned;

/// How many states a generation holds: some fifteen megabytes.
const GENERATION_MAX: usize = 5_000;

/// States by their streams, in two generations: what was in the older one and not asked for since is
/// forgotten.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<StreamId, Versioned>,
    old: HashMap<StreamId, Versioned>,
    /// How often a commit began or ended: odd while one is under way.
    turns: u64,
}

/// What was not there, and when.
pub(crate) struct Missing(u64);

/// A commit under way, which ends when this is dropped.
pub(crate) struct Clearing<'a>(&'a Shelf);

impl Clearing<'_> {
    /// Puts what was committed.
    pub(crate) fn fill<'a>(self, states: impl Iterator<Item = (StreamId, &'a State, u64)>) {
        let states: Vec<(StreamId, Versioned)> = states
            .map(|(stream, state, version)| (stream, (Arc::new(state.clone()), version)))
            .collect();
        let mut generations = self.0.generations();
        for (stream, kept) in states {
            generations.put(stream, kept);
        }
    }
}

impl Drop for Clearing<'_> {
    fn drop(&mut self) {
        self.0.generations().turns += 1;
    }
}

impl Shelf {
    /// The state, if it is there.
    pub(crate) fn get(&self, stream: StreamId) -> Result<Versioned, Missing> {
        let mut generations = self.generations();
        if let Some(kept) = generations.young.get(&stream) {
            return Ok(kept.clone());
        }
        let Some(kept) = generations.old.remove(&stream) else {
            return Err(Missing(generations.turns));
        };
        generations.put(stream, kept.clone());
        Ok(kept)
    }

    /// Puts what was read from the store after it was missing.
    pub(crate) fn bring(&self, missing: &Missing, stream: StreamId, kept: &Versioned) {
        let mut generations = self.generations();
        if missing.0.is_multiple_of(2) && generations.turns == missing.0 {
            generations.put(stream, kept.clone());
        }
    }

    /// Takes away what is about to be committed: until that is over, readers find it in the store.
    pub(crate) fn clear(&self, streams: impl Iterator<Item = StreamId>) -> Clearing<'_> {
        let mut generations = self.generations();
        generations.turns += 1;
        for stream in streams {
            generations.young.remove(&stream);
            generations.old.remove(&stream);
        }
        Clearing(self)
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn put(&mut self, stream: StreamId, kept: Versioned) {
        if self.young.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&stream);
        self.young.insert(stream, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_kernel::id::NetworkId;
    use consort_kernel::network::{Network, NetworkEvent, Policy};

    fn state(number: u128) -> (StreamId, Versioned) {
        let id = NetworkId::from_bits(number);
        let founded = NetworkEvent::Founded {
            policy: Box::new(Policy::default()),
            steward: consort_kernel::id::ContributorId::from_bits(1),
        };
        let network = Network::apply(None, id, &founded).unwrap();
        (
            StreamId::Network(id),
            (Arc::new(State::Network(Box::new(network))), 1),
        )
    }

    fn commit(shelf: &Shelf, stream: StreamId, (state, version): &Versioned) {
        shelf
            .clear([stream].into_iter())
            .fill([(stream, state.as_ref(), *version)].into_iter());
    }

    #[test]
    fn what_was_read_before_a_commit_takes_nobodys_place() {
        let shelf = Shelf::default();
        let (stream, read) = state(1);
        let missing = shelf.get(stream).err().unwrap();
        let (other, committed) = state(2);
        commit(&shelf, other, &committed);
        shelf.bring(&missing, stream, &read);
        assert!(shelf.get(stream).is_err() && shelf.get(other).is_ok());
        let missing = shelf.get(stream).err().unwrap();
        shelf.bring(&missing, stream, &read);
        assert!(shelf.get(stream).is_ok());
    }

    #[test]
    fn what_is_being_committed_is_not_here_as_it_was() {
        let shelf = Shelf::default();
        let (stream, before) = state(1);
        commit(&shelf, stream, &before);
        let clearing = shelf.clear([stream].into_iter());
        let missing = shelf.get(stream).err().unwrap();
        shelf.bring(&missing, stream, &before);
        assert!(shelf.get(stream).is_err());
        // A commit that failed leaves it to the store.
        drop(clearing);
        shelf.bring(&missing, stream, &before);
        let missing = shelf.get(stream).err().unwrap();
        shelf.bring(&missing, stream, &before);
        assert!(shelf.get(stream).is_ok());
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let shelf = Shelf::default();
        let all: Vec<_> = (0..=2 * GENERATION_MAX as u128).map(state).collect();
        for (stream, state) in &all {
            commit(&shelf, *stream, state);
            assert!(shelf.get(all[0].0).is_ok());
        }
        assert!(shelf.get(all[1].0).is_err());
    }
}
