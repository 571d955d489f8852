//! A backup of a database is a whole copy of one moment, whatever happens meanwhile, and goes into
//! a file or into another database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::postgres::Client;
use consort_kernel::digest::Digest;
use consort_kernel::log::{Frontier, leaf_hash};
use consort_kernel::money::{Account, Purpose};
use consort_kernel::stream::StreamId;
use consort_store::postgres::{PostgresStore, SCHEMA};
use consort_store::sqlite::{SqliteStore, stage};
use consort_store::{
    Credentials as _, Identity, Notices as _, Pass, PassKind, Passes as _, Remarks as _, Store,
    StoreError, Transient, Transients as _, VIEWS_MAX, Views as _, Webhooks as _, WriteSet,
};

use super::import::{fill, view};
use super::{new_database, somebody};
use crate::fixture::{
    EPOCH, ORGANISATION, OUTCOME, PERSON, Place, add_change, at, change, done, network, set,
    stream, task, transfer,
};
use crate::picture::{ALL, picture};

/// Events of the network that is copied while others write: more than are read at a time.
const EVENTS: u64 = 2_500;

/// A database with something of everything.
fn filled() -> Option<(String, PostgresStore)> {
    let address = new_database()?;
    let store = PostgresStore::open(&address).unwrap();
    fill(&store);
    Some((address, store))
}

/// Makes a backup into the folder.
fn back_up(store: &PostgresStore, place: &Place) -> Result<PathBuf, StoreError> {
    let file = place.folder().join("backup.db");
    store.backup_to(&file, &mut |_, _| {}).map(|()| file)
}

/// Opens a backup as a database that takes it over does.
fn read(file: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open_read_only(file).unwrap())
}

/// Every row of every table, as text; left out is what says how the tables came to be, and what is known
/// between two requests alone.
fn rows(address: &str) -> BTreeMap<String, Vec<String>> {
    let mut client = somebody(address);
    let tables = client
        .query(
            "SELECT relname::text FROM pg_class
                 WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'
                     AND relname NOT IN ('forms', 'transients')",
            &[&SCHEMA],
        )
        .unwrap();
    let tables = tables.iter().map(|row| row.get::<_, String>(0));
    tables
        .map(|table| {
            let sql = format!("SELECT t::text FROM {table} AS t ORDER BY 1");
            let rows = client.query(&sql, &[]).unwrap();
            (table, rows.iter().map(|row| row.get(0)).collect())
        })
        .collect()
}

/// Ends every connection to the database but this one.
fn cut(client: &mut Client) {
    client
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            &[],
        )
        .unwrap();
}

/// What a folder holds besides what its owner keeps in it.
fn left_in(place: &Place) -> Vec<String> {
    let files = std::fs::read_dir(place.folder()).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_backup_of_a_database_comes_back_row_for_row() {
    let Some((address, store)) = filled() else {
        return;
    };
    let begun = Transient {
        key: Digest::of(b"a ceremony"),
        content: Vec::new(),
        until: at(99),
    };
    store.put_transient(&begun).unwrap();
    let before = rows(&address);
    for (table, rows) in &before {
        assert!(
            !rows.is_empty(),
            "there is something of everything: {table}"
        );
    }
    let place = Place::new();
    let backup = back_up(&store, &place).unwrap();
    assert_eq!(left_in(&place), ["backup.db"]);
    assert_eq!(rows(&address), before, "it was only read");
    let copy = read(&backup);
    assert_eq!(picture(copy.as_ref()), picture(&store));
    assert_eq!(copy.integrity_check().unwrap(), [""; 0]);
    assert_eq!(copy.flaws().unwrap(), []);
    let other = new_database().unwrap();
    let restored = PostgresStore::open(&other).unwrap();
    restored.take_over(copy).unwrap();
    assert_eq!(rows(&other), before);
    assert_eq!(restored.flaws().unwrap(), []);
    // What was begun elsewhere is begun anew.
    assert_eq!(restored.transient(begun.key).unwrap(), None);
}

#[test]
fn a_backup_of_a_database_is_restored_to_a_file() {
    let Some((_, store)) = filled() else {
        return;
    };
    let place = Place::new();
    let backup = back_up(&store, &place).unwrap();
    let other = Place::new();
    let ownership = other.own();
    let staged = stage(&backup, &ownership).unwrap();
    assert_eq!(picture(&staged.open().unwrap()), picture(&store));
    staged.put_in_place().unwrap();
    let restored = SqliteStore::open(ownership).unwrap();
    let expected = Identity {
        network: network(),
        epoch: EPOCH + 1,
    };
    assert_eq!(restored.identity(network()).unwrap(), expected);
    assert_eq!(picture(&restored), picture(&store));
    assert_eq!(restored.flaws().unwrap(), []);
    let person = StreamId::Contributor(PERSON);
    assert_eq!(
        restored.personal(person).unwrap(),
        store.personal(person).unwrap()
    );
    assert_eq!(
        restored.credentials_of(PERSON).unwrap(),
        store.credentials_of(PERSON).unwrap()
    );
    assert_eq!(
        restored.passes_of(PERSON).unwrap(),
        store.passes_of(PERSON).unwrap()
    );
    let webhooks = restored.webhooks_of(PERSON).unwrap();
    assert_eq!(webhooks, store.webhooks_of(PERSON).unwrap());
    assert_eq!(
        restored.deliveries_of(webhooks[0].id, None, ALL).unwrap(),
        store.deliveries_of(webhooks[0].id, None, ALL).unwrap()
    );
    assert_eq!(
        restored.notices_of(PERSON, ALL).unwrap(),
        store.notices_of(PERSON, ALL).unwrap()
    );
    assert_eq!(
        restored.unread(PERSON, ALL).unwrap(),
        store.unread(PERSON, ALL).unwrap()
    );
}

#[test]
fn what_was_kept_in_a_file_goes_to_a_database_and_back() {
    let Some(address) = new_database() else {
        return;
    };
    let place = Place::new();
    let store = place.open();
    fill(&store);
    let before = picture(&store);
    let file = place.folder().join("backup.db");
    store.backup_to(&file).unwrap();
    let database = PostgresStore::open(&address).unwrap();
    database.take_over(read(&file)).unwrap();
    let other = Place::new();
    let again = back_up(&database, &other).unwrap();
    assert_eq!(picture(read(&again).as_ref()), before);
    let once_more = new_database().unwrap();
    let last = PostgresStore::open(&once_more).unwrap();
    last.take_over(read(&again)).unwrap();
    assert_eq!(rows(&once_more), rows(&address));
}

#[test]
fn a_copy_is_of_one_moment_while_others_write() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    let other = PostgresStore::open(&address).unwrap();
    done(&store, &change(stream(1), 0, EVENTS));
    let moment = store.log().unwrap();
    let mut written = 0;
    let mut looks = Vec::new();
    let place = Place::new();
    let file = place.folder().join("backup.db");
    store
        .backup_to(&file, &mut |copied, of| {
            looks.push(copied);
            assert_eq!(of, moment.size());
            // Money moves, and something new begins, before each page is read.
            written += 1;
            done(&other, &deposit(1 + written));
        })
        .unwrap();
    assert_eq!(looks, [0, 1_000, 2_000, EVENTS]);
    let copy = read(&file);
    assert_eq!(copy.log().unwrap(), moment, "as it was when it began");
    assert_eq!(copy.balances().unwrap(), BTreeMap::new());
    assert_eq!(copy.integrity_check().unwrap(), [""; 0]);
    assert_eq!(other.log().unwrap().size(), EVENTS + 4);
    // The next one has what was written meanwhile.
    std::fs::remove_file(&file).unwrap();
    let next = read(&back_up(&store, &place).unwrap());
    assert_eq!(picture(next.as_ref()), picture(&store));
}

/// A new task, with money for it.
fn deposit(number: u128) -> WriteSet {
    let mut set = change(stream(number), 0, 1);
    let funds = Account::Funds(ORGANISATION);
    let moved = |line, purpose, from, to| transfer((number, 1, line), purpose, from, to, 10);
    set.transfers = vec![
        moved(0, Purpose::Deposit, Account::Clearing, funds),
        moved(1, Purpose::Fund, funds, Account::Escrow(OUTCOME)),
        moved(
            2,
            Purpose::Hold,
            Account::Escrow(OUTCOME),
            Account::Hold(task(number)),
        ),
    ];
    set
}

#[test]
fn copies_that_are_made_while_servers_are_busy_all_hold() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    store.identity(network()).unwrap();
    let place = Place::new();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|threads| {
        let address = &address;
        threads.spawn(move || {
            let busy = PostgresStore::open(address).unwrap();
            let mut number = 0;
            // It goes on until nobody listens any more.
            while tell.send(()).is_ok() {
                number += 1;
                done(&busy, &deposit(number));
            }
        });
        let listens = told;
        for round in 0..4 {
            for _ in 0..=20 {
                listens.recv().unwrap();
            }
            let file = place.folder().join(format!("{round}.db"));
            store.backup_to(&file, &mut |_, _| {}).unwrap();
            assert!(holds(&store, &read(&file)) >= 20 * (round + 1));
        }
    });
}

/// Whether the copy is one moment of the network's; tells how many events it has.
#[track_caller]
fn holds(store: &PostgresStore, copy: &SqliteStore) -> u64 {
    let log = copy.log().unwrap();
    let size = log.size();
    let mut replayed = Frontier::default();
    for row in store.feed(0, usize::try_from(size).unwrap()).unwrap() {
        replayed.append(leaf_hash(row.event.body.as_bytes()));
    }
    assert_eq!(replayed, log);
    let balances = copy.balances().unwrap();
    let total: i64 = balances.values().map(|balance| balance.minor()).sum();
    assert_eq!(total, 0);
    let held = balances
        .iter()
        .filter(|((account, _), _)| matches!(account, Account::Hold(_)));
    assert_eq!(held.count() as u64, size, "each event came with its money");
    assert_eq!(copy.flaws().unwrap(), []);
    size
}

#[test]
fn a_copy_that_is_cut_off_leaves_nothing_behind() {
    let Some((address, store)) = filled() else {
        return;
    };
    let before = rows(&address);
    let place = Place::new();
    let file = place.folder().join("backup.db");
    for last in [0, before["events"].len() as u64] {
        let mut enemy = somebody(&address);
        let answer = store.backup_to(&file, &mut |copied, _| {
            if copied == last {
                cut(&mut enemy);
            }
        });
        assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
        assert_eq!(left_in(&place), [""; 0]);
    }
    assert_eq!(rows(&address), before);
    back_up(&store, &place).unwrap();
    // What is there is not written over, not even in part.
    let whole = std::fs::read(&file).unwrap();
    let again = back_up(&store, &place);
    assert!(
        matches!(again, Err(StoreError::NotWritable(_))),
        "{again:?}"
    );
    assert!(std::fs::read(&file).unwrap() == whole);
}

#[test]
fn a_moment_whose_connection_is_lost_is_over() {
    let Some((address, store)) = filled() else {
        return;
    };
    let moment = store.snapshot().unwrap();
    let seen = moment.feed(0, ALL).unwrap();
    cut(&mut somebody(&address));
    let mut more = set();
    add_change(&mut more, stream(30), 0, 1);
    done(&store, &more);
    for _ in 0..3 {
        let answer = moment.feed(0, ALL);
        assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    }
    assert_eq!(store.feed(0, ALL).unwrap().len(), seen.len() + 1);
}

#[test]
fn a_network_that_does_not_hold_has_no_backup() {
    for (why, harm) in [
        (
            "an event is another",
            "UPDATE events SET body = '{}' WHERE position = 2",
        ),
        (
            "a message is later than the last",
            "UPDATE outbox SET position = 1000",
        ),
        (
            "a balance is not that of the transfers",
            "UPDATE balances SET balance = balance + 1 WHERE role = 3",
        ),
        (
            "a state is of another version",
            "UPDATE states SET version = version + 1 WHERE kind = 3",
        ),
        (
            "a view is nobody's",
            "UPDATE views SET id = '00000000-0000-0000-0000-0000000000ff'",
        ),
    ] {
        let Some((address, store)) = filled() else {
            return;
        };
        somebody(&address)
            .batch_execute(&format!("SET session_replication_role = replica; {harm}"))
            .unwrap();
        let place = Place::new();
        let answer = back_up(&store, &place);
        assert!(answer.is_err(), "{why}");
        assert_eq!(left_in(&place), [""; 0], "{why}");
    }
}

#[test]
fn a_backup_that_is_damaged_is_restored_nowhere() {
    let Some((_, store)) = filled() else {
        return;
    };
    let place = Place::new();
    let backup = back_up(&store, &place).unwrap();
    let address = new_database().unwrap();
    let target = PostgresStore::open(&address).unwrap();
    for harm in [
        "DROP TRIGGER events_do_not_change; UPDATE events SET body = '{}' WHERE position = 2",
        "UPDATE outbox SET stream = 999",
        "DELETE FROM timers; DROP TRIGGER leases_stay; DELETE FROM leases",
        "UPDATE views SET id = zeroblob(16)",
    ] {
        let torn = place.folder().join("torn.db");
        std::fs::copy(&backup, &torn).unwrap();
        rusqlite::Connection::open(&torn)
            .unwrap()
            .execute_batch(harm)
            .unwrap();
        let answer = target.take_over(read(&torn));
        assert!(answer.is_err(), "{harm}");
        assert_eq!(PostgresStore::find(&address).unwrap(), None, "{harm}");
        assert_eq!(target.log().unwrap().size(), 0, "{harm}");
    }
    target.take_over(read(&backup)).unwrap();
    let events = store.log().unwrap().size();
    let found = PostgresStore::find(&address).unwrap();
    assert_eq!(
        found,
        Some((store.identity(network()).unwrap(), events)),
        "it is there, and is told of"
    );
    for _ in 0..2 {
        let again = target.take_over(read(&backup));
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
    }
}

#[test]
fn what_lets_people_in_does_not_come_back_in_a_database() {
    let Some((_, store)) = filled() else {
        return;
    };
    let token = store.passes_of(PERSON).unwrap();
    for (secret, kind) in [(b"a", PassKind::Link), (b"b", PassKind::Session)] {
        let pass = Pass {
            secret: Digest::of(secret),
            kind,
            ..token[0].clone()
        };
        store.put_pass(&pass).unwrap();
    }
    let place = Place::new();
    let backup = back_up(&store, &place).unwrap();
    assert_eq!(read(&backup).passes_of(PERSON).unwrap().len(), 3);
    let ownership = place.own();
    let staged = stage(&backup, &ownership).unwrap();
    let restored = PostgresStore::open(&new_database().unwrap()).unwrap();
    restored
        .take_over(Arc::new(staged.open().unwrap()))
        .unwrap();
    drop(staged);
    assert!(!place.folder().join("consort.db.part").exists());
    assert_eq!(restored.passes_of(PERSON).unwrap(), token);
    assert_eq!(picture(&restored), picture(&store));
    // What still works for the network of before is fenced off.
    let old = restored.commit(&change(stream(40), 0, 1));
    assert!(matches!(old, Err(StoreError::Fenced { .. })), "{old:?}");
    let new = WriteSet {
        epoch: EPOCH + 1,
        ..change(stream(40), 0, 1)
    };
    restored.commit(&new).unwrap();
}

#[test]
fn a_backup_of_an_older_form_goes_into_a_database() {
    let Some((_, store)) = filled() else {
        return;
    };
    let place = Place::new();
    let backup = back_up(&store, &place).unwrap();
    rusqlite::Connection::open(&backup)
        .unwrap()
        .execute_batch(
            "DROP INDEX passes_called; DROP TABLE transients; DROP TABLE notices; DROP TABLE addressees;
             DROP TABLE notices_looked; DELETE FROM forms WHERE version >= 8",
        )
        .unwrap();
    let bytes = std::fs::read(&backup).unwrap();
    let ownership = place.own();
    let staged = stage(&backup, &ownership).unwrap();
    let restored = PostgresStore::open(&new_database().unwrap()).unwrap();
    restored
        .take_over(Arc::new(staged.open().unwrap()))
        .unwrap();
    assert_eq!(picture(&restored), picture(&store));
    assert_eq!(restored.addressee(PERSON).unwrap(), None);
    assert!(std::fs::read(&backup).unwrap() == bytes, "it is only read");
}

#[test]
fn where_no_file_can_be_written_there_is_no_backup() {
    let Some((_, store)) = filled() else {
        return;
    };
    let place = Place::new();
    let nowhere = place.folder().join("missing").join("backup.db");
    let answer = store.backup_to(&nowhere, &mut |_, _| {});
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(left_in(&place), [""; 0]);
    back_up(&store, &place).unwrap();
}

#[test]
fn whoever_looks_what_is_in_a_database_leaves_nothing_in_it() {
    let Some(address) = new_database() else {
        return;
    };
    assert_eq!(PostgresStore::find(&address).unwrap(), None);
    assert_eq!(rows(&address), BTreeMap::new());
    let mut client = somebody(&address);
    client
        .batch_execute(&format!(
            "CREATE SCHEMA {SCHEMA}; CREATE TABLE {SCHEMA}.theirs ()"
        ))
        .unwrap();
    let found = PostgresStore::find(&address);
    assert!(matches!(found, Err(StoreError::Damaged(_))), "{found:?}");
}

#[test]
fn what_is_more_than_anybody_may_have_is_copied_all_the_same() {
    let Some((address, store)) = filled() else {
        return;
    };
    // Two that are saved at one moment may be one more than the most.
    for number in 1..VIEWS_MAX {
        store.put_view(&view(&number.to_string())).unwrap();
    }
    somebody(&address)
        .batch_execute("INSERT INTO views SELECT saved, stream_kind, id, is_usual, list, 'one more', query FROM views WHERE name = 'Late'")
        .unwrap();
    let place = Place::new();
    let copy = read(&back_up(&store, &place).unwrap());
    let owner = StreamId::Contributor(PERSON);
    assert_eq!(copy.views_of(owner).unwrap().len(), VIEWS_MAX + 1);
    assert_eq!(
        copy.views_of(owner).unwrap(),
        store.views_of(owner).unwrap()
    );
    let other = PostgresStore::open(&new_database().unwrap()).unwrap();
    other.take_over(copy).unwrap();
    assert_eq!(
        other.views_of(owner).unwrap(),
        store.views_of(owner).unwrap()
    );
}
