//! What goes wrong with the store: commits that fail, answers that are lost, spells in which
//! nothing can be written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use consort_store::memory::Faults;
use consort_store::{Committed, StoreError, WriteSet};

use super::random::Random;

/// Trouble with the store, drawn from the seed of the run.
pub(super) struct Trouble {
    state: Mutex<State>,
    over: AtomicBool,
}

struct State {
    random: Random,
    /// How many more commits meet a disk that cannot be written.
    spell: u32,
    /// How often a commit fails, in a hundred.
    fails: u64,
    /// How often the answer of a commit is lost, in a hundred.
    loses: u64,
}

impl Trouble {
    pub(super) fn new(mut random: Random) -> Self {
        let fails = random.next() % 9;
        let loses = random.next() % 9;
        Self {
            state: Mutex::new(State {
                random,
                spell: 0,
                fails,
                loses,
            }),
            over: AtomicBool::new(true),
        }
    }

    pub(super) fn begin(&self) {
        self.over.store(false, Ordering::SeqCst);
    }

    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

impl Faults for Trouble {
    fn before_commit(&self, _: &WriteSet) -> Option<StoreError> {
        if self.over.load(Ordering::SeqCst) {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.spell > 0 {
            state.spell -= 1;
            return Some(StoreError::NotWritable("the disk is full".to_owned()));
        }
        let fails = state.fails;
        if !state.random.chance(fails) {
            return None;
        }
        Some(match state.random.below(3) {
            0 => {
                state.spell = 1 + u32::try_from(state.random.below(4)).expect("below four");
                StoreError::NotWritable("the disk is full".to_owned())
            }
            1 => StoreError::Unknown("the connection broke before the commit".to_owned()),
            _ => StoreError::Failed("a fault was asked for".to_owned()),
        })
    }

    fn loses_answer(&self, _: &WriteSet, _: &Committed) -> bool {
        if self.over.load(Ordering::SeqCst) {
            return false;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let loses = state.loses;
        state.random.chance(loses)
    }
}

/// A store that can be read and never written: what would a fresh lane say?
pub(super) struct ReadOnly;

impl Faults for ReadOnly {
    fn before_commit(&self, _: &WriteSet) -> Option<StoreError> {
        Some(StoreError::NotWritable("it is only asked".to_owned()))
    }

    fn loses_answer(&self, _: &WriteSet, _: &Committed) -> bool {
        false
    }
}
