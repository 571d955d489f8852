//! Small things that the contracts are told with.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, LeaseChange};
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Account, Amount, Asset, Purpose, Transfer};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::sqlite::{Options, Ownership, OwnershipError, SqliteStore};
use consort_store::{
    Committed, EventRow, OutboxRow, Receipt, RowWrite, StateRow, Store, StoreError, TransferWrite,
    WriteSet,
};

use crate::picture::picture;

/// The epoch of every network that was never restored.
pub(crate) const EPOCH: u64 = 1;

/// How often a folder is tried that is to be free: programs begin sooner.
const OWN_TRIES: u32 = 100_000;

pub(crate) const PERSON: ContributorId = ContributorId::from_bits(7);
pub(crate) const ORGANISATION: OrganisationId = OrganisationId::from_bits(8);
pub(crate) const OUTCOME: OutcomeId = OutcomeId::from_bits(9);

pub(crate) const fn task(number: u128) -> TaskId {
    TaskId::from_bits(number)
}

pub(crate) const fn stream(number: u128) -> StreamId {
    StreamId::Task(task(number))
}

pub(crate) const fn command(number: u128) -> CommandId {
    CommandId::from_bits(number)
}

pub(crate) const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) const fn network() -> NetworkId {
    NetworkId::from_bits(1)
}

/// A folder for a database, gone when it is dropped.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("store-{}-{number}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// Takes the folder. A program that another test starts has the files of this process open until
    /// it begins, and so may hold a lock that was let go of here, for a moment.
    pub(crate) fn own(&self) -> Ownership {
        for _ in 0..OWN_TRIES {
            match Ownership::take(&self.0) {
                Err(OwnershipError::Owned { .. }) => std::thread::yield_now(),
                taken => return taken.unwrap(),
            }
        }
        panic!("{} is not let go of", self.0.display());
    }

    pub(crate) fn open(&self) -> SqliteStore {
        SqliteStore::open(self.own()).unwrap()
    }

    pub(crate) fn open_with(&self, options: &Options) -> SqliteStore {
        SqliteStore::open_with(self.own(), options).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed stays in the build's own folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An empty write set of the first epoch.
pub(crate) fn set() -> WriteSet {
    WriteSet {
        epoch: EPOCH,
        ..WriteSet::default()
    }
}

/// The next event of task 1 after [`crate::commit::everything`], whose fence is 2.
pub(crate) fn next_of_everything(read_version: u64) -> WriteSet {
    let mut set = change(stream(1), read_version, 1);
    set.rows[0].row.fence = 2;
    set
}

/// A write set in which `events` happen to a stream that was read at a version.
pub(crate) fn change(stream: StreamId, read_version: u64, events: u64) -> WriteSet {
    let mut set = set();
    add_change(&mut set, stream, read_version, events);
    set
}

/// Adds to the set that `events` happen to a stream that was read at a version.
pub(crate) fn add_change(set: &mut WriteSet, stream: StreamId, read_version: u64, events: u64) {
    let version = read_version + events;
    set.rows.push(RowWrite {
        row: StateRow {
            stream,
            version,
            fence: 0,
            recorded_at: at(1),
            parent: None,
            status: "ready".to_owned(),
            form: 1,
            body: format!(r#"{{"version":"{version}"}}"#),
        },
        read_version,
    });
    for version in read_version + 1..=version {
        set.events.push(EventRow {
            stream,
            version,
            body: format!(r#"{{"stream":"{stream}","version":"{version}"}}"#),
        });
    }
}

/// A receipt of the first event of a task.
pub(crate) fn receipt(principal: &str, number: u128, stream: StreamId) -> Receipt {
    Receipt {
        principal: principal.to_owned(),
        command: command(number),
        digest: Digest::of(&number.to_be_bytes()),
        stream,
        first_version: 1,
        events: 1,
        at: at(5),
    }
}

pub(crate) fn message(stream: StreamId, version: u64, topic: &str) -> OutboxRow {
    OutboxRow {
        stream,
        version,
        topic: topic.to_owned(),
    }
}

pub(crate) fn grant(number: u128, lease: u64, deadline: i64) -> LeaseChange {
    LeaseChange::Grant {
        task: task(number),
        number: lease,
        holder: PERSON,
        deadline: at(deadline),
    }
}

pub(crate) fn end(number: u128, lease: u64) -> LeaseChange {
    LeaseChange::End {
        task: task(number),
        number: lease,
    }
}

pub(crate) fn acceptance(number: u128, lease: u64) -> Acceptance {
    Acceptance {
        task: task(number),
        lease,
        submission: Digest::of(b"what was handed in"),
        approver: PERSON,
        in_advance: false,
        at: at(6),
    }
}

/// A movement of practice money that follows from an event of a task.
pub(crate) fn transfer(
    (number, version, line): (u128, u64, u16),
    purpose: Purpose,
    from: Account,
    to: Account,
    minor: i64,
) -> TransferWrite {
    TransferWrite {
        stream: stream(number),
        version,
        line,
        at: at(6),
        transfer: Transfer {
            amount: Amount::from_minor(minor),
            asset: Asset::PRACTICE,
            from,
            outcome: Some(OUTCOME),
            purpose,
            task: Some(task(number)),
            to,
        },
    }
}

/// Commits, and expects that it is done.
#[track_caller]
pub(crate) fn done(store: &dyn Store, set: &WriteSet) -> Committed {
    let identity = store.identity(network()).unwrap();
    assert_eq!(identity.epoch, EPOCH, "the fixtures are of the first epoch");
    let answer = store.commit(set).unwrap();
    assert!(matches!(answer, Committed::Done { .. }), "{answer:?}");
    answer
}

/// Commits, and expects that the store refuses it and is left as it was.
#[track_caller]
pub(crate) fn refused(store: &dyn Store, set: &WriteSet) -> String {
    store.identity(network()).unwrap();
    let before = picture(store);
    match store.commit(set) {
        Err(StoreError::Refused(reason)) => {
            assert_eq!(
                picture(store),
                before,
                "a refused commit left something behind"
            );
            reason
        }
        other => panic!("{other:?} in place of a refusal"),
    }
}

/// Commits, and expects that these moved and that the store is left as it was.
#[track_caller]
pub(crate) fn moved(
    store: &dyn Store,
    set: &WriteSet,
    streams: &[StreamId],
    commands: &[CommandId],
) {
    let before = picture(store);
    let expected = Committed::Moved {
        streams: streams.to_vec(),
        commands: commands.to_vec(),
    };
    assert_eq!(store.commit(set).unwrap(), expected);
    assert_eq!(
        picture(store),
        before,
        "a commit that moved left something behind"
    );
}
