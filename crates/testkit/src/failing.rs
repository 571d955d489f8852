//! A store in memory of which a test says what it does not keep just now: as on a disk that is full, nothing of what
//! fails is written.

use std::sync::{Arc, Mutex, PoisonError};

use consort_kernel::event::Envelope;
use consort_store::memory::{Faults, MemoryStore};
use consort_store::{Committed, Pass, StoreError, WriteSet};

/// What is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    /// What lets somebody in.
    Passes,
    /// Commits with an event of this name, as in `task.accepted`.
    Commits(&'static str),
}

/// Says what fails.
#[derive(Debug, Default)]
pub struct Failing(Mutex<Option<Fails>>);

impl Failing {
    /// From now on this fails, and nothing else.
    pub fn set(&self, what: Option<Fails>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    fn what(&self) -> Option<Fails> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn full() -> StoreError {
    StoreError::NotWritable("there is no room left".to_owned())
}

impl Faults for Failing {
    fn before_commit(&self, set: &WriteSet) -> Option<StoreError> {
        let Some(Fails::Commits(name)) = self.what() else {
            return None;
        };
        let is_it = |body: &str| {
            let envelope = Envelope::from_stored(body);
            envelope.is_ok_and(|it| it.event.name() == name)
        };
        set.events.iter().any(|row| is_it(&row.body)).then(full)
    }

    fn loses_answer(&self, _: &WriteSet, _: &Committed) -> bool {
        false
    }

    fn before_pass(&self, _: &Pass) -> Option<StoreError> {
        (self.what() == Some(Fails::Passes)).then(full)
    }
}

/// An empty store in memory, and what says of it what fails.
pub fn failing_store() -> (Arc<MemoryStore>, Arc<Failing>) {
    let failing = Arc::new(Failing::default());
    let store = MemoryStore::new().with_faults(failing.clone());
    (Arc::new(store), failing)
}
