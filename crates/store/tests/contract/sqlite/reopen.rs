//! What was acknowledged is there after the process ends, however it ends.

use std::path::Path;

use consort_kernel::stream::StreamId;
use consort_store::sqlite::{DATABASE_FILE, SqliteStore};
use consort_store::{Store, WriteSet};

use super::populate;
use crate::fixture::{Place, add_change, change, done, network, next_of_everything, set, stream};
use crate::picture::{Picture, picture};

/// Copies the files as they lie on the disk, as a power cut would leave them.
fn copy(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = format!("{DATABASE_FILE}{suffix}");
        if from.join(&name).exists() {
            std::fs::copy(from.join(&name), to.join(&name)).unwrap();
        }
    }
}

#[test]
fn a_store_that_is_opened_again_is_as_it_was() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    let before = picture(&store);
    drop(store);
    let store = place.open();
    assert_eq!(picture(&store), before);
    done(&store, &next_of_everything(3));
    assert_eq!(store.log().unwrap().size(), 7);
}

#[test]
fn a_store_that_is_closed_leaves_its_database_in_one_file() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    drop(store);
    let files = std::fs::read_dir(place.folder()).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["consort.db", "consort.lock"]);
}

#[test]
fn a_process_that_is_killed_loses_nothing_it_acknowledged() {
    let place = Place::new();
    let store = place.open();
    populate(&store);
    for version in 3..20 {
        done(&store, &next_of_everything(version));
        let killed = Place::new();
        copy(place.folder(), killed.folder());
        let after = killed.open();
        assert_eq!(picture(&after), picture(&store), "after version {version}");
    }
}

#[test]
fn a_log_file_that_is_torn_anywhere_leaves_whole_commits() {
    let place = Place::new();
    let store = place.open();
    store.identity(network()).unwrap();
    let mut moments: Vec<Picture> = vec![picture(&store)];
    for number in 1..6 {
        done(&store, &change(stream(number), 0, 2));
        moments.push(picture(&store));
    }
    let log_file = format!("{DATABASE_FILE}-wal");
    let whole = std::fs::read(place.folder().join(&log_file)).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for cut in (0..=24).map(|part| whole.len() * part / 24) {
        let torn = Place::new();
        copy(place.folder(), torn.folder());
        std::fs::write(torn.folder().join(&log_file), &whole[..cut]).unwrap();
        let store = torn.open();
        let found = picture(&store);
        let moment = moments.iter().position(|moment| *moment == found);
        seen.insert(moment.expect("it is as it was after some commit"));
        assert_eq!(store.integrity_check().unwrap(), [""; 0]);
    }
    assert!(seen.len() > 2, "the cuts fell between commits: {seen:?}");
    assert!(seen.contains(&5), "nothing is lost when nothing is torn");
}

#[test]
fn readers_see_whole_commits_while_others_are_written() {
    let place = Place::new();
    let store = place.open();
    store.identity(network()).unwrap();
    let both: [StreamId; 2] = [stream(1), stream(2)];
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_until(&store, &both, 40));
        for version in 0..40 {
            let mut set: WriteSet = set();
            for stream in both {
                add_change(&mut set, stream, version, 1);
            }
            done(&store, &set);
        }
        reader.join().unwrap();
    });
}

/// Reads two streams that are always changed together until they reach a version.
fn read_until(store: &SqliteStore, both: &[StreamId], last: u64) {
    loop {
        let versions: Vec<u64> = store
            .load(both)
            .unwrap()
            .into_iter()
            .map(|row| row.version)
            .collect();
        match versions[..] {
            [] => {}
            [one, other] => assert_eq!(one, other),
            _ => panic!("half a commit: {versions:?}"),
        }
        if versions.contains(&last) {
            return;
        }
    }
}
