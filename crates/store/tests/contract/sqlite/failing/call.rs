//! A call to the disk fails, once or from then on, and this for each call of a life: the caller is
//! told, what was acknowledged is there, nothing is there by half, and work goes on.

use consort_store::sqlite::SqliteStore;
use consort_store::{Store, StoreError};

use super::disk::{Call, Failure, Trouble};
use super::{Ended, Stage};
use crate::fixture::network;
use crate::picture::picture;

#[test]
fn reads_that_fail_lose_nothing() {
    let lives = each_call_fails(Call::Read);
    assert!(lives > 100, "{lives}");
}

#[test]
fn writes_that_fail_lose_nothing() {
    let lives = each_call_fails(Call::Write);
    assert!(lives > 100, "{lives}");
}

#[test]
fn syncs_that_fail_lose_nothing() {
    let lives = each_call_fails(Call::Sync);
    assert!(lives > 20, "{lives}");
}

#[test]
fn files_that_cannot_be_opened_deleted_or_resized_lose_nothing() {
    for call in [Call::Open, Call::Delete, Call::Resize] {
        let lives = each_call_fails(call);
        assert!(lives > 3, "{call:?}: {lives}");
    }
}

#[test]
fn a_network_is_founded_on_a_disk_that_failed() {
    let stage = Stage::new();
    for call in Call::ALL {
        for number in (1..).step_by(2) {
            stage.machine.disk().clone_from(&super::Disk::default());
            let trouble = Trouble::Fails {
                call,
                number,
                failure: Failure::Broken,
                lasts: false,
            };
            stage.machine.disk().plan(trouble, number);
            let found = || -> Result<SqliteStore, StoreError> {
                let store = stage.open()?;
                store.identity(network())?;
                Ok(store)
            };
            let founded = found();
            if !stage.machine.disk().mend() {
                break;
            }
            if let Err(error) = &founded {
                check_words(error);
            }
            let store = founded.or_else(|_| found()).unwrap();
            assert_eq!(picture(&store), stage.pictures[0], "{trouble:?}");
            Stage::check(&store, number);
        }
    }
}

#[test]
fn a_backup_that_could_not_be_read_to_its_end_is_not_kept() {
    let stage = Stage::new();
    let target = stage.place.folder().join("backup.db");
    let mut refused = 0;
    for number in 1.. {
        let store = stage.open().unwrap();
        let trouble = Trouble::Fails {
            call: Call::Read,
            number,
            failure: Failure::Broken,
            lasts: false,
        };
        stage.machine.disk().plan(trouble, number);
        let answer = store.backup_to(&target);
        let is_met = stage.machine.disk().mend();
        match answer {
            Ok(()) => {
                assert!(!is_met, "read {number} is not in the copy, which was kept");
                break;
            }
            Err(error) => check_words(&error),
        }
        refused += 1;
        let left = std::fs::read_dir(stage.place.folder()).unwrap();
        assert_eq!(left.count(), 1, "the lock alone is there");
    }
    assert!(refused > 20, "{refused}");
    let copy = SqliteStore::open_read_only(&target).unwrap();
    let all = stage.steps.len();
    stage.moment(&copy, all..=all);
}

#[test]
fn a_page_that_cannot_be_read_is_no_damage() {
    let stage = Stage::new();
    let mut errors = 0;
    for number in 1.. {
        let store = stage.open().unwrap();
        let trouble = Trouble::Fails {
            call: Call::Read,
            number,
            failure: Failure::Broken,
            lasts: false,
        };
        stage.machine.disk().plan(trouble, number);
        let found = store.integrity_check();
        if !stage.machine.disk().mend() {
            break;
        }
        match found {
            Ok(problems) => assert_eq!(problems, [""; 0], "read {number}"),
            Err(error) => {
                check_words(&error);
                errors += 1;
            }
        }
    }
    assert!(errors > 20, "{errors}");
}

/// Leads a life for each call of a kind and each way to fail, and tells how many.
fn each_call_fails(call: Call) -> u64 {
    let stage = Stage::new();
    let mut lives = 0;
    // A disk that is full stays so until somebody makes room.
    let lasting = match call {
        Call::Write => Failure::Full,
        _ => Failure::Broken,
    };
    // Reads are many, and where the first of several fails most callers go no further.
    let every = if call == Call::Read { 2 } else { 1 };
    for (failure, lasts, every) in [(Failure::Broken, false, 1), (lasting, true, every)] {
        for number in (1..).step_by(every) {
            let trouble = Trouble::Fails {
                call,
                number,
                failure,
                lasts,
            };
            let after = AFTER[usize::try_from(number).unwrap() % AFTER.len()];
            if !survive(&stage, trouble, number, after) {
                break;
            }
            lives += 1;
        }
    }
    lives
}

/// What happens after the disk failed, in turn.
const AFTER: [After; 3] = [After::GoesOn, After::Ends, After::LosesPower];

/// What becomes of a process whose disk failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// It tries the same again, at first while the disk may still fail.
    GoesOn,
    /// It ends, and another one takes its place.
    Ends,
    /// So does its machine.
    LosesPower,
}

/// Leads a life in which this happens; tells whether it did.
fn survive(stage: &Stage, trouble: Trouble, seed: u64, after: After) -> bool {
    stage.begin_anew();
    stage.machine.disk().plan(trouble, seed);
    let mut store = None;
    let mut ended = stage.live(&mut store, 0);
    let mut may_be_more = is_unknown(&ended);
    match after {
        After::GoesOn if ended.error.is_some() => {
            let first = ended.done;
            ended = stage.live(&mut store, first);
            may_be_more = is_unknown(&ended) || (may_be_more && ended.done == first);
        }
        After::GoesOn => {}
        After::Ends | After::LosesPower => drop(store.take()),
    }
    let is_met = stage.machine.disk().mend();
    if after == After::LosesPower {
        stage.machine.disk().come_back(seed);
    }
    let again = store.unwrap_or_else(|| stage.open().unwrap());
    let reached = stage.moment(&again, ended.done..=ended.done + usize::from(may_be_more));
    let mut again = Some(again);
    let rest = stage.live(&mut again, reached);
    assert!(rest.error.is_none(), "{trouble:?}: {rest:?}");
    if after == After::GoesOn {
        // What a failed sync left behind must not be missing from what was written after it.
        stage.check_end(again, seed);
    } else if let Some(store) = again {
        Stage::check(&store, seed);
    }
    is_met
}

/// Whether the last step may have been done, by what its caller was told.
fn is_unknown(ended: &Ended) -> bool {
    if let Some(error) = &ended.error {
        check_words(error);
    }
    matches!(ended.error, Some(StoreError::Unknown(_)))
}

/// An error is none of a defect, and says what to do.
#[track_caller]
fn check_words(error: &StoreError) {
    match error {
        StoreError::NotWritable(_) | StoreError::Unknown(_) => {
            let words = error.to_string();
            assert!(words.contains("again"), "{words}");
        }
        other => panic!("{other:?}"),
    }
}
