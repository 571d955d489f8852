//! A few connections, each on a thread of its own.
//!
//! A caller takes a worker, waits for its answer and gives it back. Beyond the most connections
//! callers wait for each other.

use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::connection::{Link, Session, Target};
use super::error::Tried;
use crate::StoreError;

/// The most connections of one server: PostgreSQL allows a hundred in all as it comes, and a
/// server has one lane and a few readers beside it.
const CONNECTIONS_MAX: usize = 8;

type Call = Box<dyn FnOnce(&mut Link) + Send>;

/// A thread with a connection.
#[derive(Debug)]
pub(super) struct Worker {
    calls: Sender<Call>,
}

impl Worker {
    /// Starts a thread, which connects at its first call and ends with the worker.
    pub(super) fn new(target: Target) -> Result<Self, StoreError> {
        let mut link = Link::new(target);
        let (calls, waiting) = channel::<Call>();
        std::thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || {
                for call in waiting {
                    call(&mut link);
                }
            })
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { calls })
    }

    /// Makes a call and waits for its answer. A patient call is made again where the connection
    /// was lost or the database gave up on it.
    pub(super) fn call<T: Send + 'static>(
        &self,
        is_patient: bool,
        work: impl Fn(&mut Session) -> Tried<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answers) = sync_channel(1);
        let call: Call = Box::new(move |link| {
            let result = if is_patient {
                link.patiently(work)
            } else {
                link.once(work)
            };
            // Who asked waits for as long as it takes.
            answer.send(result).ok();
        });
        let broke_off = || StoreError::Failed("a call of the database broke off".to_owned());
        self.calls.send(call).map_err(|_| broke_off())?;
        answers.recv().map_err(|_| broke_off())?
    }
}

/// Workers that wait to be used, and how many there are in all.
#[derive(Debug, Default)]
struct Workers {
    idle: Vec<Worker>,
    made: usize,
}

/// The connections of a store.
#[derive(Debug)]
pub(super) struct Pool {
    target: Target,
    workers: Mutex<Workers>,
    freed: Condvar,
}

impl Pool {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            workers: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Makes the first call, which does not wait for a database that is away.
    pub(super) fn first<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Session) -> Tried<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.with_worker(|worker| worker.call(false, work))
    }

    /// Makes a call.
    pub(super) fn call<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Session) -> Tried<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.with_worker(|worker| worker.call(true, work))
    }

    fn with_worker<T>(
        &self,
        work: impl FnOnce(&Worker) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let worker = self.take()?;
        let result = work(&worker);
        self.workers().idle.push(worker);
        self.freed.notify_one();
        result
    }

    fn take(&self) -> Result<Worker, StoreError> {
        let mut workers = self.workers();
        loop {
            if let Some(worker) = workers.idle.pop() {
                return Ok(worker);
            }
            if workers.made < CONNECTIONS_MAX {
                let worker = Worker::new(self.target.clone())?;
                workers.made += 1;
                return Ok(worker);
            }
            workers = self
                .freed
                .wait(workers)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn workers(&self) -> MutexGuard<'_, Workers> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
