//! The runner: does the tasks of the agents that live in this process, and what follows by itself.
//!
//! One thread looks at what is there (ready, offered, leased, handed in) and sees to it that
//! something happens; workers do the tasks. It keeps no state that matters: after a crash the same
//! look at what is there goes on where it was. Every step is a command like anybody else's.

mod check;
mod commission;
mod driver;
mod work;

pub(crate) use commission::sources;
pub use commission::{Commission, Material, commission};
pub use driver::{Driver, Drivers, Failure, Product};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use consort_kernel::id::TaskId;
use consort_kernel::task::{Phase, Task};
use consort_store::StateQuery;

use crate::routing::{Directory, offers, task_of};
use crate::{Engine, EngineError};

/// How many tasks of one status are looked at in one round.
const ROUND: usize = 500;
/// While so many tasks are in hand, no further ones are looked for: a round reads up to [`ROUND`]
/// tasks, and with a round after every task that was done, work would grow with its square.
const ENOUGH_IN_HAND: usize = 32;
/// How long a round waits for news before it looks again: retries and time-outs make none.
const IDLE: Duration = Duration::from_millis(250);

/// The runner of this process.
pub struct Runner {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    engine: Arc<Engine>,
    drivers: Drivers,
    libraries: check::Libraries,
    /// Tasks that a worker has in hand, and those that have to rest before they are tried again.
    in_hand: Mutex<BTreeSet<TaskId>>,
    stopped: Mutex<bool>,
    trouble: Mutex<BTreeMap<TaskId, String>>,
}

impl Runner {
    /// Starts a runner with so many workers.
    pub fn start(engine: Arc<Engine>, drivers: Drivers, workers: usize) -> Self {
        let shared = Arc::new(Shared {
            engine,
            drivers,
            libraries: check::Libraries::default(),
            in_hand: Mutex::new(BTreeSet::new()),
            stopped: Mutex::new(false),
            trouble: Mutex::new(BTreeMap::new()),
        });
        let (queue, tasks) = channel();
        let tasks = Arc::new(Mutex::new(tasks));
        let mut threads: Vec<JoinHandle<()>> = (0..workers.max(1))
            .map(|_| {
                let (shared, tasks) = (Arc::clone(&shared), Arc::clone(&tasks));
                std::thread::spawn(move || shared.work(&tasks))
            })
            .collect();
        let dispatcher = Arc::clone(&shared);
        threads.push(std::thread::spawn(move || dispatcher.dispatch(&queue)));
        Self { shared, threads }
    }

    /// What went wrong lately, by task.
    pub fn trouble(&self) -> BTreeMap<TaskId, String> {
        self.shared
            .trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Finishes what is in hand and ends.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        *self
            .shared
            .stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.engine.bell().ring();
        for thread in self.threads.drain(..) {
            // A worker that panicked has left its task under its lease, which runs out.
            thread.join().ok();
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn is_stopped(&self) -> bool {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what is there, again and again, until the runner is stopped.
    fn dispatch(&self, queue: &Sender<TaskId>) {
        let mut directory = Directory::default();
        let mut heard = 0;
        while !self.is_stopped() {
            if let Err(error) = self.round(&mut directory, queue) {
                // A store that cannot be read now may be read later; commands say so to callers.
                self.note(None, &error);
            }
            heard = self.engine.bell().wait(heard, IDLE);
        }
    }

    fn round(&self, directory: &mut Directory, queue: &Sender<TaskId>) -> Result<(), EngineError> {
        if self.in_hand() >= ENOUGH_IN_HAND {
            return Ok(());
        }
        directory.follow(self.engine.recent())?;
        let routed = offers(self.engine.store(), directory, self.engine.now(), ROUND)?;
        if !routed.offers.is_empty() {
            // An offer that is rejected met news; the next round looks again.
            self.engine.send_all(routed.offers)?;
        }
        for task in self.tasks(&["offered", "leased", "checking"])? {
            if self.is_ours(&task) && self.take_in_hand(task.id) && queue.send(task.id).is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn tasks(&self, statuses: &[&str]) -> Result<Vec<Task>, EngineError> {
        let query = StateQuery {
            kind: Some("task"),
            statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
            limit: ROUND,
            ..StateQuery::default()
        };
        let rows = self.engine.store().states(&query)?;
        Ok(rows
            .iter()
            .map(|row| task_of(&row.body))
            .collect::<Result<_, _>>()?)
    }

    /// Whether something is to be done about the task here.
    fn is_ours(&self, task: &Task) -> bool {
        match &task.phase {
            Phase::Offered(offer) => self.drivers.has(offer.to),
            Phase::Leased(lease) => self.drivers.has(lease.holder.id),
            Phase::Checking(_) => true,
            Phase::Blocked
            | Phase::Ready
            | Phase::Reviewing(_)
            | Phase::Signing(_)
            | Phase::Accepted(..)
            | Phase::Failed { .. }
            | Phase::Cancelled { .. } => false,
        }
    }

    fn take_in_hand(&self, task: TaskId) -> bool {
        self.in_hand
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(task)
    }

    fn in_hand(&self) -> usize {
        self.in_hand
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    fn put_down(&self, task: TaskId) {
        self.in_hand
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&task);
    }

    fn note(&self, task: Option<TaskId>, error: &EngineError) {
        if let Some(task) = task {
            let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            trouble.insert(task, error.to_string());
        }
    }

    /// Does tasks until the queue is closed.
    fn work(&self, tasks: &Mutex<Receiver<TaskId>>) {
        loop {
            let next = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(task) = next else { return };
            if !self.is_stopped()
                && let Err(error) = work::see_to(&self.engine, &self.drivers, &self.libraries, task)
            {
                self.note(Some(task), &error);
            }
            self.put_down(task);
            self.engine.bell().ring();
        }
    }
}
