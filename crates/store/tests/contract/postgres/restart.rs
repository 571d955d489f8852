//! A database that goes away and comes back: nothing acknowledged is lost, nothing is guessed.

use consort_store::postgres::PostgresStore;
use consort_store::{Committed, Store, StoreError};

use super::{new_database, somebody};
use crate::fixture::{change, command, done, network, receipt, stream};
use crate::picture::picture;
use crate::server::PostgresServer;
use crate::sqlite::populate;

#[test]
fn a_store_goes_on_after_the_database_was_started_again() {
    let Some(server) = PostgresServer::start(true) else {
        return;
    };
    let store = PostgresStore::open(&server.new_database()).unwrap();
    populate(&store);
    let before = picture(&store);
    server.restart();
    assert_eq!(picture(&store), before);
    server.restart();
    done(&store, &change(stream(9), 0, 1));
    assert_eq!(store.log().unwrap().size(), 7);
}

#[test]
fn a_commit_waits_for_a_database_that_is_away_for_a_moment() {
    let Some(server) = PostgresServer::start(true) else {
        return;
    };
    let store = PostgresStore::open(&server.new_database()).unwrap();
    populate(&store);
    server.stop();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| store.commit(&change(stream(9), 0, 1)));
        server.start_again();
        assert!(matches!(
            waiting.join().unwrap(),
            Ok(Committed::Done { .. })
        ));
    });
}

#[test]
fn a_connection_that_is_cut_before_the_end_has_written_nothing() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    store.identity(network()).unwrap();
    // Somebody holds the row of the log, so the commit waits in its first statement.
    let mut holder = somebody(&address);
    let mut other = somebody(&address);
    holder
        .batch_execute("BEGIN; SELECT 1 FROM log FOR UPDATE")
        .unwrap();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| store.commit(&change(stream(1), 0, 1)));
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while other.query(cut, &[]).unwrap().is_empty() {}
        holder.batch_execute("ROLLBACK").unwrap();
        // It is made again on another connection, by itself.
        assert!(matches!(
            waiting.join().unwrap(),
            Ok(Committed::Done { .. })
        ));
    });
    assert_eq!(store.log().unwrap().size(), 1);
}

#[test]
fn an_answer_that_was_lost_is_found_in_the_receipts() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    store.identity(network()).unwrap();
    let mut set = change(stream(1), 0, 1);
    set.receipts.push(receipt("ann", 4, stream(1)));
    // The end of the commit waits for the check, which cuts the connection that asked for it.
    somebody(&address)
        .batch_execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON receipts
                 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()",
        )
        .unwrap();
    let answer = store.commit(&set);
    assert!(matches!(answer, Err(StoreError::Unknown(_))), "{answer:?}");
    assert_eq!(
        store.receipts(&[("ann".to_owned(), command(4))]).unwrap(),
        []
    );
    somebody(&address)
        .batch_execute("DROP TRIGGER cut ON receipts")
        .unwrap();
    done(&store, &set);
    let again = store.commit(&set).unwrap();
    let expected = Committed::Moved {
        streams: vec![stream(1)],
        commands: vec![command(4)],
    };
    assert_eq!(again, expected);
}

#[test]
fn a_server_that_goes_silent_in_a_commit_lets_the_others_go_on() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    populate(&store);
    let mut silent = somebody(&address);
    silent
        .batch_execute(
            "SET idle_in_transaction_session_timeout = '200ms';
             BEGIN; SELECT 1 FROM log FOR UPDATE",
        )
        .unwrap();
    done(&store, &change(stream(9), 0, 1));
    assert!(silent.batch_execute("COMMIT").is_err());
}
