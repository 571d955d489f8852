//! States as readers ask for them, in memory: those that were read or committed lately.
//!
//! It serves a process that alone writes to its store: the lane puts every state here when it is
//! committed, before anybody is answered. What a reader brings from the store is put here only if nothing
//! was committed meanwhile, so that nothing old takes the place of something newer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use consort_kernel::state::State;
use consort_kernel::stream::StreamId;

/// How many states a generation holds: some fifteen megabytes.
const GENERATION_MAX: usize = 5_000;

/// States by their streams, in two generations: what was in the older one and not asked for since is
/// forgotten.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<StreamId, Arc<State>>,
    old: HashMap<StreamId, Arc<State>>,
    /// How often something was committed.
    commits: u64,
}

/// What was not there, and when.
pub(crate) struct Missing(u64);

impl Shelf {
    /// The state, if it is there.
    pub(crate) fn get(&self, stream: StreamId) -> Result<Arc<State>, Missing> {
        let mut generations = self.generations();
        if let Some(state) = generations.young.get(&stream) {
            return Ok(Arc::clone(state));
        }
        let Some(state) = generations.old.remove(&stream) else {
            return Err(Missing(generations.commits));
        };
        generations.put(stream, Arc::clone(&state));
        Ok(state)
    }

    /// Puts what was read from the store after it was missing.
    pub(crate) fn bring(&self, missing: &Missing, stream: StreamId, state: &Arc<State>) {
        let mut generations = self.generations();
        if generations.commits == missing.0 {
            generations.put(stream, Arc::clone(state));
        }
    }

    /// Puts what was committed.
    pub(crate) fn note<'a>(&self, states: impl Iterator<Item = (StreamId, &'a State)>) {
        let states: Vec<(StreamId, Arc<State>)> = states
            .map(|(stream, state)| (stream, Arc::new(state.clone())))
            .collect();
        let mut generations = self.generations();
        generations.commits += 1;
        for (stream, state) in states {
            generations.put(stream, state);
        }
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn put(&mut self, stream: StreamId, state: Arc<State>) {
        if self.young.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&stream);
        self.young.insert(stream, state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_kernel::id::NetworkId;
    use consort_kernel::network::{Network, NetworkEvent, Policy};

    fn state(number: u128) -> (StreamId, Arc<State>) {
        let id = NetworkId::from_bits(number);
        let founded = NetworkEvent::Founded {
            policy: Box::new(Policy::default()),
            steward: consort_kernel::id::ContributorId::from_bits(1),
        };
        let network = Network::apply(None, id, &founded).unwrap();
        (
            StreamId::Network(id),
            Arc::new(State::Network(Box::new(network))),
        )
    }

    #[test]
    fn what_was_read_before_a_commit_takes_nobodys_place() {
        let shelf = Shelf::default();
        let (stream, read) = state(1);
        let missing = shelf.get(stream).err().unwrap();
        let (other, committed) = state(2);
        shelf.note([(other, committed.as_ref())].into_iter());
        shelf.bring(&missing, stream, &read);
        assert!(shelf.get(stream).is_err() && shelf.get(other).is_ok());
        let missing = shelf.get(stream).err().unwrap();
        shelf.bring(&missing, stream, &read);
        assert!(shelf.get(stream).is_ok());
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let shelf = Shelf::default();
        let all: Vec<_> = (0..=2 * GENERATION_MAX as u128).map(state).collect();
        for (stream, state) in &all {
            shelf.note([(*stream, state.as_ref())].into_iter());
            assert!(shelf.get(all[0].0).is_ok());
        }
        assert!(shelf.get(all[1].0).is_err());
    }
}
