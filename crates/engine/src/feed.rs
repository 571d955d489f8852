//! The feed within a process: a bell that rings when something was committed, and the latest events.
//!
//! What rings carries nothing but a count; whoever hears it reads under their own rights. A ring
//! that is missed, or an event that is no longer kept, costs time and nothing else: the store has
//! everything.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use consort_kernel::event::Envelope;

/// How many of the latest events are kept: some ten mebibytes.
const RECENT_MAX: usize = 10_000;

/// How much longer than a look its rest is: looking takes one part in twenty of the time.
const REST_FOR_LOOK: u32 = 19;
/// The longest rest: nobody waits longer for an answer because there is much to look at.
const REST_MAX: Duration = Duration::from_millis(500);

/// Tells those who wait that there is news.
#[derive(Debug, Default)]
pub struct Bell {
    rings: Mutex<u64>,
    news: Condvar,
}

impl Bell {
    /// After a look that took so long, waits until looking takes no more than a small part of the
    /// time: news come with every commit, and a look at many tasks after each would cost more than
    /// the work.
    pub fn rest_after(&self, look: Duration) {
        std::thread::sleep(look.saturating_mul(REST_FOR_LOOK).min(REST_MAX));
    }

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

/// Events that were committed together, and the position of the first.
pub type Batch = (u64, Arc<[Envelope]>);

/// The latest events that this process committed, for those who follow the feed closely.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    batches: VecDeque<Batch>,
    /// How many events are in them.
    events: usize,
}

impl Recent {
    /// Adds what was committed, and forgets what is too long ago.
    pub(crate) fn add(&self, first_position: u64, envelopes: Vec<Envelope>) {
        let mut kept = self.kept();
        while kept.events > RECENT_MAX
            && let Some((_, oldest)) = kept.batches.pop_front()
        {
            kept.events -= oldest.len();
        }
        kept.events += envelopes.len();
        kept.batches.push_back((first_position, envelopes.into()));
    }

    /// Batches that follow on from a position without a gap; the first may begin before it. None
    /// where the next event was committed by another process, or too long ago.
    pub fn after(&self, position: u64) -> Vec<Batch> {
        let kept = self.kept();
        let mut next = position + 1;
        let is_known = |(first, envelopes): &Batch| first + envelopes.len() as u64 <= next;
        let begin = kept.batches.partition_point(is_known);
        let mut found = Vec::new();
        for (first, envelopes) in kept.batches.range(begin..) {
            let end = first + envelopes.len() as u64;
            if *first <= next && next < end {
                found.push((*first, Arc::clone(envelopes)));
                next = end;
            }
        }
        found
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
