//! The clock of the engine: the one place where the time of day comes in.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use consort_kernel::time::Timestamp;

/// A source of moments.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// How often a shared clock is asked anew: two quartz clocks come apart by less than a millisecond
/// meanwhile.
const ASKED_EVERY: Duration = Duration::from_secs(10);
/// An answer that took longer tells too little of when it was given, and the one before it stands: whoever asks
/// a database that is away may wait for many seconds.
const ANSWER_MAX: Duration = Duration::from_millis(250);
/// How often it is asked at the beginning until an answer comes as quickly.
const TRIES_FIRST: usize = 5;

/// A clock that several processes share, such as a database's.
///
/// It is asked now and then, and what this machine counts is added. The moments never go back, and
/// it does not matter what time it is on this machine.
#[derive(Debug)]
pub struct SharedClock {
    began: Instant,
    /// What the shared clock would have shown when this one began, in milliseconds.
    base: AtomicI64,
    last: AtomicI64,
    /// Ends the thread that asks, when it goes away with the clock.
    _asks: Sender<()>,
}

impl SharedClock {
    /// A clock by what `ask` tells, which is asked at once and then on a thread of its own for as
    /// long as somebody has the clock.
    pub fn start<E>(
        ask: impl Fn() -> Result<Timestamp, E> + Send + 'static,
    ) -> Result<Arc<Self>, E> {
        let (asks, ends) = channel();
        let clock = Arc::new(Self {
            began: Instant::now(),
            base: AtomicI64::new(0),
            last: AtomicI64::new(i64::MIN),
            _asks: asks,
        });
        let mut first = clock.read(&ask)?;
        for _ in 1..TRIES_FIRST {
            if first.is_exact() {
                break;
            }
            let again = clock.read(&ask)?;
            if again.took < first.took {
                first = again;
            }
        }
        clock.base.store(first.base, Ordering::SeqCst);
        let kept = Arc::downgrade(&clock);
        // Without the thread the clock goes on as this machine counts.
        std::thread::Builder::new()
            .name("clock".to_owned())
            .spawn(move || keep(&kept, &ends, &ask))
            .ok();
        Ok(clock)
    }

    /// Asks, and takes the answer for the middle of the time that it took.
    fn read<E>(&self, ask: &impl Fn() -> Result<Timestamp, E>) -> Result<Reading, E> {
        let asked = self.began.elapsed();
        let told = ask()?;
        Ok(Reading::new(asked, told, self.began.elapsed()))
    }

    /// Goes by what was read, if that is exact enough.
    fn set(&self, reading: Reading) {
        if reading.is_exact() {
            self.base.store(reading.base, Ordering::SeqCst);
        }
    }
}

/// What the shared clock told.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// What it would have shown when this one began, in milliseconds.
    base: i64,
    took: Duration,
}

impl Reading {
    /// Asked and answered at these moments since this clock began.
    fn new(asked: Duration, told: Timestamp, answered: Duration) -> Self {
        Self {
            base: told.as_millis() - millis((asked + answered) / 2),
            took: answered.saturating_sub(asked),
        }
    }

    fn is_exact(self) -> bool {
        self.took <= ANSWER_MAX
    }
}

fn keep<E>(
    clock: &Weak<SharedClock>,
    ends: &Receiver<()>,
    ask: &impl Fn() -> Result<Timestamp, E>,
) {
    while ends.recv_timeout(ASKED_EVERY) == Err(RecvTimeoutError::Timeout) {
        let Some(clock) = clock.upgrade() else {
            return;
        };
        // Where nobody answers, the last answer stands.
        if let Ok(reading) = clock.read(ask) {
            clock.set(reading);
        }
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let now = self.base.load(Ordering::SeqCst) + millis(self.began.elapsed());
        let last = self.last.fetch_max(now, Ordering::SeqCst);
        Timestamp::from_millis(now.max(last))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_shared_clock_shows_what_it_was_told_and_never_goes_back() {
        let told = Arc::new(Mutex::new(1_000_000));
        let asked = Arc::clone(&told);
        let ask = move || Ok::<_, ()>(Timestamp::from_millis(*asked.lock().unwrap()));
        let clock = SharedClock::start(ask.clone()).unwrap();
        let first = clock.now().as_millis();
        assert!((1_000_000..1_060_000).contains(&first), "{first}");
        *told.lock().unwrap() = 500_000;
        clock.set(clock.read(&ask).unwrap());
        assert!(clock.now().as_millis() >= first);
        *told.lock().unwrap() = 2_000_000;
        clock.set(clock.read(&ask).unwrap());
        assert!(clock.now().as_millis() >= 2_000_000);
        assert!(SharedClock::start(|| Err(())).is_err());
    }

    #[test]
    fn an_answer_that_was_waited_for_does_not_put_the_clock_off() {
        let told = Timestamp::from_millis(1_000_000);
        let clock = SharedClock::start(move || Ok::<_, ()>(told)).unwrap();
        let base = || clock.base.load(Ordering::SeqCst);
        let before = base();
        // The database was away for eight seconds and answered at their end, which is no middle.
        let [asked, answered] = [10, 18].map(Duration::from_secs);
        clock.set(Reading::new(asked, told.plus_millis(18_000), answered));
        assert_eq!(base(), before);
        let answered = asked + ANSWER_MAX;
        clock.set(Reading::new(asked, told.plus_millis(12_000), answered));
        assert_eq!(base(), 1_012_000 - 10_125);
    }
}
