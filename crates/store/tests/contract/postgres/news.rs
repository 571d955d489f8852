//! News: a server is told of what others commit, of its own it is not, and a lost connection is made anew.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use consort_store::postgres::PostgresStore;
use consort_store::{Store, Watch};

use super::{new_database, somebody};
use crate::fixture::{change, done, network, stream};

/// How long news is waited for that has to come; only a fault is slower.
const PATIENCE: Duration = Duration::from_mins(1);

struct Server {
    store: PostgresStore,
    told: Receiver<()>,
    _watch: Watch,
}

impl Server {
    fn on(address: &str) -> Self {
        let store = PostgresStore::open(address).unwrap();
        store.identity(network()).unwrap();
        let (tell, told) = channel();
        let watch = store.watch(Box::new(move || {
            tell.send(()).ok();
        }));
        let server = Self {
            store,
            told,
            _watch: watch.expect("this store tells"),
        };
        // Who begins to listen looks at once, for what was committed before.
        server.is_told();
        server
    }

    fn is_told(&self) {
        self.told.recv_timeout(PATIENCE).expect("it is told");
    }

    /// What came so far and was not asked for.
    fn count(&self) -> usize {
        self.told.try_iter().count()
    }
}

#[test]
fn servers_are_told_of_what_others_commit_and_not_of_their_own() {
    let Some(address) = new_database() else {
        return;
    };
    let (one, other) = (Server::on(&address), Server::on(&address));
    for round in 1..4 {
        done(&one.store, &change(stream(round), 0, 1));
        other.is_told();
    }
    // What comes back from the other one is heard after all that its own would have been.
    let before = one.count();
    done(&other.store, &change(stream(9), 0, 1));
    one.is_told();
    assert_eq!(before, 0, "its own commits were told to it");
}

#[test]
fn many_commits_are_told_at_once_and_the_last_of_them_is() {
    let Some(address) = new_database() else {
        return;
    };
    let (one, other) = (Server::on(&address), Server::on(&address));
    for round in 1..=50 {
        done(&one.store, &change(stream(round), 0, 1));
    }
    // It is told until it sees all of them, however few times that is.
    while other.store.log().unwrap().size() < 50 {
        other.is_told();
    }
}

#[test]
fn whoever_was_cut_off_listens_again() {
    let Some(address) = new_database() else {
        return;
    };
    let (one, other) = (Server::on(&address), Server::on(&address));
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE pid <> pg_backend_pid() AND datname = current_database()";
    somebody(&address).execute(cut, &[]).unwrap();
    // Whoever listens again looks at once.
    one.is_told();
    other.is_told();
    other.count();
    done(&one.store, &change(stream(1), 0, 1));
    other.is_told();
}
