//! A machine with a disk of its own, as SQLite sees it: files, locks, and memory that connections
//! share. Nothing fails here unless its disk does.
//!
//! One thread uses a machine at a time.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use consort_store::sqlite::Options;
use sqlite_vfs::wip::{WalIndex, WalIndexLock};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenKind, OpenOptions, Vfs};

use super::disk::{Disk, Failure, FileNumber};

/// So many pages in the log file, and they are copied into the database: a few commits.
const CHECKPOINT_PAGES: u32 = 24;

/// The bytes of one region of the memory that connections share.
const REGION_BYTES: usize = 32_768;

type Region = [u8; REGION_BYTES];

/// A machine, known to SQLite under a name of its own.
pub(crate) struct Machine {
    name: String,
    parts: Arc<Parts>,
}

/// What all connections on a machine share.
#[derive(Default)]
struct Parts {
    disk: Mutex<Disk>,
    databases: Mutex<BTreeMap<String, Database>>,
}

/// Who holds what of one database.
#[derive(Default)]
struct Database {
    locks: BTreeMap<u64, LockKind>,
    regions: BTreeMap<u32, Box<Region>>,
    /// Those that have the shared memory open, and what they hold of it.
    index_locks: BTreeMap<u64, BTreeMap<u8, WalIndexLock>>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let name = format!("machine-{}", next_number());
        let parts = Arc::new(Parts::default());
        sqlite_vfs::register(&name, System(Arc::clone(&parts)), false).unwrap();
        Self { name, parts }
    }

    /// How a database on its disk is opened.
    pub(crate) fn options(&self) -> Options {
        Options {
            checkpoint_pages: Some(CHECKPOINT_PAGES),
            pages_max: None,
            vfs: Some(self.name.clone()),
        }
    }

    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.parts.disk.lock().unwrap()
    }
}

fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

fn told(failure: Failure) -> Error {
    Error::from(match failure {
        Failure::Broken => ErrorKind::Other,
        // This is how the crate is told of a disk that is full.
        Failure::Full => ErrorKind::WriteZero,
        Failure::NotThere => ErrorKind::NotFound,
    })
}

fn place(at: u64) -> usize {
    usize::try_from(at).unwrap()
}

/// What SQLite asks the operating system for.
struct System(Arc<Parts>);

impl Vfs for System {
    type Handle = Handle;

    fn open(&self, name: &str, options: OpenOptions) -> Result<Handle, Error> {
        let makes = matches!(options.access, OpenAccess::Create | OpenAccess::CreateNew);
        let is_log = matches!(
            options.kind,
            OpenKind::Wal | OpenKind::MainJournal | OpenKind::SuperJournal
        );
        let mut disk = self.0.disk.lock().unwrap();
        Ok(Handle {
            file: disk.open(name, makes, is_log).map_err(told)?,
            holder: next_number(),
            name: name.to_owned(),
            parts: Arc::clone(&self.0),
        })
    }

    fn delete(&self, name: &str) -> Result<(), Error> {
        self.0.disk.lock().unwrap().delete(name).map_err(told)
    }

    fn exists(&self, name: &str) -> Result<bool, Error> {
        Ok(self.0.disk.lock().unwrap().exists(name))
    }

    fn temporary_name(&self) -> String {
        format!("temporary-{}", next_number())
    }

    fn random(&self, buffer: &mut [i8]) {
        buffer.fill(7);
    }

    fn sleep(&self, duration: Duration) -> Duration {
        duration
    }
}

/// An open file.
struct Handle {
    file: FileNumber,
    holder: u64,
    name: String,
    parts: Arc<Parts>,
}

impl Handle {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.parts.disk.lock().unwrap()
    }

    fn of_database<T>(&self, work: impl FnOnce(&mut Database) -> T) -> T {
        let mut databases = self.parts.databases.lock().unwrap();
        work(databases.entry(self.name.clone()).or_default())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.of_database(|database| database.locks.remove(&self.holder));
    }
}

impl DatabaseHandle for Handle {
    type WalIndex = Index;

    fn size(&self) -> Result<u64, Error> {
        Ok(u64::try_from(self.disk().length(self.file)).unwrap())
    }

    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), Error> {
        let read = self.disk().read(self.file, place(offset), buffer);
        let there = read.map_err(told)?;
        if there < buffer.len() {
            // SQLite wants zeros where there is nothing.
            buffer[there..].fill(0);
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> Result<(), Error> {
        let written = self.disk().write(self.file, place(offset), bytes);
        written.map_err(told)
    }

    fn sync(&mut self, _: bool) -> Result<(), Error> {
        self.disk().sync(self.file).map_err(told)
    }

    fn set_len(&mut self, size: u64) -> Result<(), Error> {
        let resized = self.disk().resize(self.file, place(size));
        resized.map_err(told)
    }

    fn lock(&mut self, wanted: LockKind) -> Result<bool, Error> {
        let holder = self.holder;
        Ok(self.of_database(|database| database.lock(holder, wanted)))
    }

    fn reserved(&mut self) -> Result<bool, Error> {
        Ok(self.of_database(|database| {
            let mut locks = database.locks.values();
            locks.any(|lock| *lock >= LockKind::Reserved)
        }))
    }

    fn current_lock(&self) -> Result<LockKind, Error> {
        Ok(self.of_database(|database| database.held(self.holder)))
    }

    fn wal_index(&self, _: bool) -> Result<Index, Error> {
        self.of_database(|database| database.index_locks.entry(self.holder).or_default().clear());
        Ok(Index {
            holder: self.holder,
            name: self.name.clone(),
            parts: Arc::clone(&self.parts),
        })
    }
}

impl Database {
    fn held(&self, holder: u64) -> LockKind {
        self.locks.get(&holder).copied().unwrap_or(LockKind::None)
    }

    /// Whether the lock is had; one that is refused because others still read is pending.
    fn lock(&mut self, holder: u64, wanted: LockKind) -> bool {
        if wanted <= self.held(holder) {
            self.locks.insert(holder, wanted);
            return true;
        }
        let others = self.locks.iter().filter(|(other, _)| **other != holder);
        let most = others.fold(
            LockKind::None,
            |most, (_, lock)| {
                if *lock > most { *lock } else { most }
            },
        );
        let is_free = match wanted {
            LockKind::None => true,
            LockKind::Shared => most < LockKind::Pending,
            LockKind::Reserved | LockKind::Pending => most < LockKind::Reserved,
            LockKind::Exclusive => most == LockKind::None,
        };
        if is_free {
            self.locks.insert(holder, wanted);
        } else if wanted == LockKind::Exclusive && most < LockKind::Reserved {
            self.locks.insert(holder, LockKind::Pending);
        }
        is_free
    }

    fn lock_index(&mut self, holder: u64, slots: Range<u8>, wanted: WalIndexLock) -> bool {
        let is_in_the_way = |(other, held): (&u64, &BTreeMap<u8, WalIndexLock>)| {
            *other != holder
                && held.range(slots.clone()).any(|(_, lock)| {
                    wanted == WalIndexLock::Exclusive || *lock == WalIndexLock::Exclusive
                })
        };
        if wanted != WalIndexLock::None && self.index_locks.iter().any(is_in_the_way) {
            return false;
        }
        let held = self.index_locks.entry(holder).or_default();
        for slot in slots {
            match wanted {
                WalIndexLock::None => held.remove(&slot),
                WalIndexLock::Shared | WalIndexLock::Exclusive => held.insert(slot, wanted),
            };
        }
        true
    }
}

/// The memory that connections to one database share; it goes with the last of them.
struct Index {
    holder: u64,
    name: String,
    parts: Arc<Parts>,
}

impl Index {
    fn of_database<T>(&self, work: impl FnOnce(&mut Database) -> T) -> T {
        let mut databases = self.parts.databases.lock().unwrap();
        work(databases.entry(self.name.clone()).or_default())
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.of_database(|database| {
            database.index_locks.remove(&self.holder);
            if database.index_locks.is_empty() {
                database.regions.clear();
            }
        });
    }
}

impl WalIndex for Index {
    fn map(&mut self, region: u32) -> Result<Region, Error> {
        let empty = || vec![0; REGION_BYTES].into_boxed_slice().try_into().unwrap();
        Ok(self.of_database(|database| **database.regions.entry(region).or_insert_with(empty)))
    }

    fn lock(&mut self, slots: Range<u8>, wanted: WalIndexLock) -> Result<bool, Error> {
        Ok(self.of_database(|database| database.lock_index(self.holder, slots, wanted)))
    }

    fn delete(self) -> Result<(), Error> {
        self.of_database(|database| database.regions.clear());
        Ok(())
    }

    fn pull(&mut self, region: u32, into: &mut Region) -> Result<(), Error> {
        self.of_database(|database| {
            if let Some(shared) = database.regions.get(&region) {
                into.copy_from_slice(shared.as_slice());
            }
        });
        Ok(())
    }

    fn push(&mut self, region: u32, from: &Region) -> Result<(), Error> {
        self.of_database(|database| database.regions.insert(region, Box::new(*from)));
        Ok(())
    }
}
