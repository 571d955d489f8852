//! Who may use a data directory: one process at a time.
//!
//! The owner holds an exclusive lock on a small file in the directory; the operating system takes
//! it back when the process ends, however it ends. The file says which process that is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The name of the lock's file in a data directory.
const LOCK_FILE: &str = "consort.lock";

/// The most that is read of a lock's file: a process number has far fewer digits.
const PID_BYTES_MAX: u64 = 32;

/// The exclusive use of a data directory, until it is dropped.
#[derive(Debug)]
pub struct Ownership {
    directory: PathBuf,
    /// Holds the lock for as long as it is open.
    _lock: File,
}

/// Why a data directory could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum OwnershipError {
    /// Another process uses it, or this one does already.
    #[error("{directory} is in use by {owner}", owner = process(*.pid))]
    Owned {
        /// The directory.
        directory: String,
        /// The process that uses it, if the file says so.
        pid: Option<u32>,
    },
    /// The directory or the lock's file cannot be made or read.
    #[error("{directory} cannot be used: {reason}. Make it writable, or name another with --data")]
    Unusable {
        /// The directory.
        directory: String,
        /// What the operating system says.
        reason: std::io::Error,
    },
}

impl Ownership {
    /// Takes the data directory, which is made if it is not there.
    pub fn take(directory: &Path) -> Result<Self, OwnershipError> {
        let unusable = |reason| OwnershipError::Unusable {
            directory: directory.display().to_string(),
            reason,
        };
        std::fs::create_dir_all(directory).map_err(unusable)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(directory.join(LOCK_FILE))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OwnershipError::Owned {
                    directory: directory.display().to_string(),
                    pid: written_pid(&mut lock),
                });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        write_pid(&mut lock).map_err(unusable)?;
        Ok(Self {
            directory: directory.to_owned(),
            _lock: lock,
        })
    }

    /// The directory that is owned.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

fn write_pid(lock: &mut File) -> std::io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn written_pid(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.take(PID_BYTES_MAX).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn process(pid: Option<u32>) -> String {
    match pid {
        Some(pid) => format!("process {pid}"),
        None => "another process".to_owned(),
    }
}
