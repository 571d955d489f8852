//! Several servers on one database: each event once, in order, with no gap.

use std::sync::Barrier;

use consort_kernel::log::{Frontier, leaf_hash};
use consort_store::postgres::PostgresStore;
use consort_store::{Committed, Store};

use super::new_database;
use crate::fixture::{add_change, change, done, network, receipt, set, stream};
use crate::picture::{ALL, picture};

/// How many commits each of the servers makes.
const ROUNDS: u64 = 40;

#[test]
fn the_feed_never_skips_what_is_committed_late() {
    let Some(address) = new_database() else {
        return;
    };
    let watched = PostgresStore::open(&address).unwrap();
    watched.identity(network()).unwrap();
    let start = Barrier::new(4);
    let write = |server: u128| {
        let store = PostgresStore::open(&address).unwrap();
        start.wait();
        for round in 0..ROUNDS {
            let mut set = set();
            add_change(&mut set, stream(server), round, 1);
            add_change(&mut set, stream(server + 100), round, 2);
            set.rows[1].read_version = round * 2;
            set.rows[1].row.version = round * 2 + 2;
            for (event, version) in set.events[1..].iter_mut().zip(round * 2 + 1..) {
                event.version = version;
            }
            done(&store, &set);
        }
    };
    let mut seen = Vec::new();
    std::thread::scope(|threads| {
        for server in 1..4 {
            let write = &write;
            threads.spawn(move || write(server));
        }
        start.wait();
        let expected = usize::try_from(ROUNDS * 9).unwrap();
        while seen.len() < expected {
            seen.extend(watched.feed(seen.len() as u64, 7).unwrap());
        }
    });
    // What was read while others wrote is what stands there in the end.
    let feed = watched.feed(0, ALL).unwrap();
    assert_eq!(seen, feed);
    let mut log = Frontier::default();
    for row in &feed {
        log.append(leaf_hash(row.event.body.as_bytes()));
        assert_eq!(row.position, log.size());
    }
    assert_eq!(log, watched.log().unwrap());
    for server in [1, 2, 3, 101, 102, 103] {
        let own = feed.iter().filter(|row| row.event.stream == stream(server));
        assert!(own.map(|row| row.event.version).is_sorted_by(|a, b| a < b));
    }
}

#[test]
fn of_servers_that_read_one_version_one_is_first() {
    let Some(address) = new_database() else {
        return;
    };
    let store = PostgresStore::open(&address).unwrap();
    done(&store, &change(stream(1), 0, 1));
    let start = Barrier::new(4);
    let race = || {
        let store = PostgresStore::open(&address).unwrap();
        start.wait();
        let mut won = 0;
        for version in 1..=ROUNDS {
            let mut set = change(stream(1), version, 1);
            set.receipts.push(receipt("ann", version.into(), stream(1)));
            set.receipts[0].first_version = version + 1;
            match store.commit(&set).unwrap() {
                Committed::Done { .. } => won += 1,
                Committed::Moved { streams, commands } => {
                    assert_eq!(streams, [stream(1)]);
                    assert_eq!(commands, [set.receipts[0].command]);
                }
            }
        }
        won
    };
    let won: u64 = std::thread::scope(|threads| {
        let races: Vec<_> = (0..4).map(|_| threads.spawn(race)).collect();
        races.into_iter().map(|race| race.join().unwrap()).sum()
    });
    assert_eq!(won, ROUNDS);
    let now = picture(&store);
    assert_eq!(now.feed.len() as u64, ROUNDS + 1);
}
