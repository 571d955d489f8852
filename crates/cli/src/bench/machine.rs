//! What the machine says of itself: processor time, memory, and how long its disk takes to sync.
//!
//! Linux counts processor time and memory for every process; elsewhere these figures are missing
//! and the report says so, rather than guessing.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// The length of a clock tick, in which Linux counts processor time for programs.
const TICK: Duration = Duration::from_millis(10);
/// How often the disk is made to sync; the median is reported.
const SYNCS: usize = 101;
/// What is written before each sync: a page.
const PAGE: [u8; 4_096] = [7; 4_096];

/// The time that something took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) wall: Duration,
    /// Of all threads of the process, in user and system mode.
    pub(super) processor: Option<Duration>,
}

/// A process, as the system tells of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Process {
    /// This one.
    Own,
    /// Another one.
    Other(u32),
}

impl Process {
    fn file(self, name: &str) -> Option<String> {
        let process = match self {
            Self::Own => "self".to_owned(),
            Self::Other(id) => id.to_string(),
        };
        std::fs::read_to_string(format!("/proc/{process}/{name}")).ok()
    }

    /// Processor time so far.
    fn processor_time(self) -> Option<Duration> {
        let stat = self.file("stat")?;
        // The name of the program may hold blanks; user and system time are the 14th and 15th field,
        // and two stand before the end of the name.
        let (_, after_name) = stat.rsplit_once(')')?;
        let mut fields = after_name.split_whitespace().skip(11);
        let user: u32 = fields.next()?.parse().ok()?;
        let system: u32 = fields.next()?.parse().ok()?;
        TICK.checked_mul(user.checked_add(system)?)
    }

    /// The most memory that it ever held, in mebibytes.
    pub(super) fn peak_memory_mib(self) -> Option<u64> {
        let status = self.file("status")?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kib / 1_024)
    }
}

/// A clock that runs.
pub(super) struct Clock {
    started: Instant,
    process: Process,
    processor: Option<Duration>,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self::of(Process::Own)
    }

    /// A clock that counts the processor time of this process.
    pub(super) fn of(process: Process) -> Self {
        Self {
            started: Instant::now(),
            process,
            processor: process.processor_time(),
        }
    }

    pub(super) fn stop(&self) -> Taken {
        let processor = self
            .processor
            .zip(self.process.processor_time())
            .map(|(before, after)| after.saturating_sub(before));
        Taken {
            wall: self.started.elapsed(),
            processor,
        }
    }
}

/// How long the disk takes to make a page durable, in microseconds: the median of many.
pub(super) fn sync_us(folder: &Path) -> Result<u64> {
    let path = folder.join("sync");
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        times.push(sync_once(&mut file)?);
    }
    times.sort_unstable();
    let median = times[SYNCS / 2].as_micros();
    Ok(u64::try_from(median)?)
}

fn sync_once(file: &mut File) -> Result<Duration> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&PAGE)?;
    let began = Instant::now();
    file.sync_data()?;
    Ok(began.elapsed())
}
