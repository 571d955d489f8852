//! The threads on which something is looked for and sent: one that looks, several that send.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use consort_engine::Engine;
use consort_engine::feed::Bell;

use crate::PostError;

/// How long nobody looks where nothing is heard.
const GLANCE: Duration = Duration::from_secs(1);
/// A look counts for this long at least: many commits a second are looked at a few times a second, and nobody
/// who is written to minds a twentieth of one.
const LOOK_MIN: Duration = Duration::from_millis(2);

/// What the threads do.
pub(crate) trait Work: Send + Sync + 'static {
    /// What it is, for whoever reads what goes wrong.
    const NAME: &'static str;

    /// The engine, whose bell tells of news.
    fn engine(&self) -> &Arc<Engine>;

    /// Looks what there is to send; tells whether there is more than before.
    fn look(&self) -> Result<bool, PostError>;

    /// Sends something that is due; tells whether there was anything.
    fn send_next(&self) -> Result<bool, PostError>;
}

/// Threads at work.
pub struct Running {
    threads: Vec<JoinHandle<()>>,
    is_over: Arc<AtomicBool>,
    engine: Arc<Engine>,
    bell: Arc<Bell>,
}

impl Running {
    /// Starts one thread that looks and so many that send.
    pub(crate) fn start<W: Work>(work: &Arc<W>, senders: usize) -> std::io::Result<Self> {
        let mut running = Self {
            threads: Vec::new(),
            is_over: Arc::default(),
            engine: Arc::clone(work.engine()),
            bell: Arc::default(),
        };
        let spawn = |task: fn(&W, &AtomicBool, &Bell)| {
            let (work, is_over) = (Arc::clone(work), Arc::clone(&running.is_over));
            let bell = Arc::clone(&running.bell);
            std::thread::Builder::new()
                .name(W::NAME.to_owned())
                .spawn(move || task(&work, &is_over, &bell))
        };
        let mut threads = vec![spawn(follow)?];
        for _ in 0..senders {
            threads.push(spawn(deliver)?);
        }
        running.threads = threads;
        Ok(running)
    }

    /// Finishes the attempts that are being made, and ends.
    pub fn stop(self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.engine.bell().ring();
        self.bell.ring();
        for thread in self.threads {
            // One that panicked has told so on the error stream.
            thread.join().ok();
        }
    }
}

fn follow<W: Work>(work: &W, is_over: &AtomicBool, bell: &Bell) {
    let news = work.engine().bell();
    while !is_over.load(Ordering::SeqCst) {
        let (heard, looked) = (news.rings(), Instant::now());
        match work.look() {
            Ok(true) => bell.ring(),
            Ok(false) => {}
            // What cannot be read now may be at the next look.
            Err(error) => tracing::warn!("{}: {error}", W::NAME),
        }
        news.rest_after(looked.elapsed().max(LOOK_MIN));
        news.wait(heard, GLANCE);
    }
}

fn deliver<W: Work>(work: &W, is_over: &AtomicBool, bell: &Bell) {
    while !is_over.load(Ordering::SeqCst) {
        let heard = bell.rings();
        match work.send_next() {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!("{}: {error}", W::NAME),
        }
        bell.wait(heard, GLANCE);
    }
}

/// Whom somebody of this process is sending to.
#[derive(Debug)]
pub(crate) struct Busy<K: Ord>(Mutex<BTreeSet<K>>);

impl<K: Ord> Default for Busy<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord + Copy> Busy<K> {
    /// Takes one, if nobody sends to it.
    pub(crate) fn take(&self, key: K) -> Option<Taken<'_, K>> {
        let is_free = self.keys().insert(key);
        is_free.then(|| Taken { busy: self, key })
    }

    fn keys(&self) -> MutexGuard<'_, BTreeSet<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is being sent to, until this is dropped.
pub(crate) struct Taken<'a, K: Ord + Copy> {
    busy: &'a Busy<K>,
    key: K,
}

impl<K: Ord + Copy> Drop for Taken<'_, K> {
    fn drop(&mut self) {
        self.busy.keys().remove(&self.key);
    }
}
