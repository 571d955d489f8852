//! The runner: does the tasks of the agents that live in this process, and what follows by itself.
//!
//! One thread looks at what is there (ready, offered, leased, handed in) and sees to it that
//! something happens; workers do the tasks. It keeps no state that matters: after a crash the same
//! look at what is there goes on where it was. Every step is a command like anybody else's.

mod blind;
mod check;
mod commission;
mod desk;
mod dispatcher;
mod driver;
mod retry;
mod work;

pub use check::faults_of_draft;
pub(crate) use commission::sources;
pub use commission::{Commission, Material, commission};
pub use dispatcher::{Dispatcher, Look};
pub use driver::{Driver, Drivers, Failure, Product};
pub use retry::Retry;

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use consort_kernel::id::TaskId;

use crate::check::{NoPrograms, Programs};
use crate::{Engine, EngineError};

/// How long a look waits for news before the next one: rests that are over, signs of life and
/// time-outs make no news.
const IDLE: Duration = Duration::from_millis(250);

/// How a runner works.
#[derive(Clone)]
pub struct Settings {
    /// How many tasks are done at a time, in all.
    pub workers: usize,
    /// When work that failed is tried again.
    pub retry: Retry,
    /// The programs that make checks.
    pub programs: Arc<dyn Programs + Send + Sync>,
    /// Draws that spread retries.
    pub draws: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: 1,
            retry: Retry::default(),
            programs: Arc::new(NoPrograms),
            draws: Arc::new(system_draw),
        }
    }
}

/// A draw of the operating system's; where it gives none, rests are not spread.
fn system_draw() -> u64 {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_or(0, |()| u64::from_be_bytes(bytes))
}

/// The runner of this process.
pub struct Runner {
    dispatcher: Arc<Dispatcher>,
    stopped: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Runner {
    /// Starts a runner.
    pub fn start(engine: Arc<Engine>, drivers: Drivers, settings: Settings) -> Self {
        let workers = settings.workers.max(1);
        let dispatcher = Arc::new(Dispatcher::new(engine, drivers, settings));
        let stopped = Arc::new(AtomicBool::new(false));
        let (queue, tasks) = channel();
        let tasks = Arc::new(Mutex::new(tasks));
        let mut threads = Vec::with_capacity(workers + 1);
        for _ in 0..workers {
            let hand = Hand {
                dispatcher: Arc::clone(&dispatcher),
                stopped: Arc::clone(&stopped),
            };
            let tasks = Arc::clone(&tasks);
            threads.push(std::thread::spawn(move || hand.work(&tasks)));
        }
        let hand = Hand {
            dispatcher: Arc::clone(&dispatcher),
            stopped: Arc::clone(&stopped),
        };
        threads.push(std::thread::spawn(move || hand.dispatch(&queue)));
        Self {
            dispatcher,
            stopped,
            threads,
        }
    }

    /// What it knows: trouble, what is in hand, what nobody can have.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// Takes nothing more in hand; what is in hand is finished.
    pub fn wind_down(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.dispatcher.engine.bell().ring();
    }

    /// Finishes what is in hand and ends.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.wind_down();
        for thread in self.threads.drain(..) {
            // A thread that panicked has left its task under its lease, which runs out.
            thread.join().ok();
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.end();
    }
}

/// One of the runner's threads.
struct Hand {
    dispatcher: Arc<Dispatcher>,
    stopped: Arc<AtomicBool>,
}

impl Hand {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Looks at what is there, again and again, until the runner is stopped.
    fn dispatch(&self, queue: &Sender<TaskId>) {
        let bell = self.dispatcher.engine.bell();
        let mut looked = Instant::now();
        while !self.is_stopped() {
            let heard = bell.rings();
            match self.dispatcher.look() {
                Ok(look) => {
                    for task in look.tasks {
                        if queue.send(task).is_err() {
                            return;
                        }
                    }
                    if look.was_long {
                        bell.rest_after(looked.elapsed());
                        looked = Instant::now();
                    }
                    if look.more {
                        continue;
                    }
                }
                // Too much at once passes; what cannot be read or written now is told.
                Err(EngineError::Busy) => {}
                Err(error) => self.dispatcher.broke(error),
            }
            bell.wait(heard, IDLE);
            looked = Instant::now();
        }
    }

    /// Does tasks until the queue is closed.
    fn work(&self, tasks: &Mutex<Receiver<TaskId>>) {
        loop {
            let next = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(task) = next else { return };
            if self.is_stopped() {
                self.dispatcher.put_down(task);
            } else {
                self.dispatcher.see_to(task);
            }
        }
    }
}

/// What a panic said.
fn panic_words(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it does not say why".to_owned())
}
