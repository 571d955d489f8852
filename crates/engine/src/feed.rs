//! The feed's bell: it rings when something was committed, so that nobody has to poll.
//!
//! What rings carries nothing but a count; whoever hears it reads the store under their own
//! rights. A ring that is missed costs time and nothing else.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Tells those who wait that there is news.
#[derive(Debug, Default)]
pub struct Bell {
    rings: Mutex<u64>,
    news: Condvar,
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.news.notify_all();
    }

    /// How often it has rung.
    pub fn rings(&self) -> u64 {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has rung more often than `heard`, or the time is up; tells how often.
    pub fn wait(&self, heard: u64, at_most: Duration) -> u64 {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .news
            .wait_timeout_while(rings, at_most, |rings| *rings <= heard);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
