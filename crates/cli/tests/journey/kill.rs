//! Killed in the middle: nothing acknowledged is lost, nothing is paid twice.
//!
//! The moment of the kill is told by the record, not by a clock: as soon as the log has so many
//! events, the process is killed.

use std::process::Child;

use consort_kernel::state::State;
use consort_store::sqlite::{DATABASE_FILE, SqliteStore};
use consort_store::{StateQuery, Store as _};

use crate::fixture::Desk;

/// How many runs are killed, spread over the length of a run; `CONSORT_KILLS` asks for more.
const KILLS: u64 = 20;
/// About how many events a run over the folder makes.
const EVENTS: u64 = 110;

/// Waits until the log has this many events, or the process has ended; tells how many it has.
fn events_reached(desk: &Desk, wanted: u64, child: &mut Child) -> u64 {
    let database = desk.data().join(DATABASE_FILE);
    loop {
        let size = SqliteStore::open_read_only(&database)
            .and_then(|store| store.log())
            .map_or(0, |log| log.size());
        if size >= wanted || child.try_wait().unwrap().is_some() {
            return size;
        }
        std::thread::yield_now();
    }
}

fn outcomes(desk: &Desk) -> Vec<String> {
    let store = SqliteStore::open_read_only(&desk.data().join(DATABASE_FILE)).unwrap();
    let query = StateQuery {
        kind: Some("outcome"),
        limit: 10,
        ..StateQuery::default()
    };
    let rows = store.states(&query).unwrap();
    rows.iter()
        .map(|row| match serde_json::from_str(&row.body).unwrap() {
            State::Outcome(outcome) => outcome.id.to_string(),
            other => panic!("not an outcome: {other:?}"),
        })
        .collect()
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    let asked = std::env::var("CONSORT_KILLS").ok();
    let kills = asked.map_or(KILLS, |asked| {
        asked.parse().expect("CONSORT_KILLS is a number")
    });
    for kill in 1..=kills {
        let desk = Desk::new();
        let mut child = desk.begin("hostile");
        let seen = events_reached(&desk, kill * EVENTS / kills, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        desk.assert_healthy();
        // Killed before the outcome was stated, there is nothing to go on with.
        let record = match outcomes(&desk).first() {
            Some(outcome) => desk.resume(outcome),
            None => desk.brief("hostile"),
        };
        assert_eq!(
            record["outcome"]["state"], "delivered",
            "killed at event {seen}"
        );
        assert_eq!(
            record["ledger"]["escrow_minor"], 0,
            "killed at event {seen}"
        );
        assert!(
            record["events"].as_u64().unwrap() >= seen,
            "events were lost"
        );
        let tasks = record["tasks"].as_array().unwrap();
        let paid: i64 = tasks
            .iter()
            .map(|task| task["paid_minor"].as_i64().unwrap())
            .sum();
        assert_eq!(
            record["ledger"]["paid_minor"], paid,
            "killed at event {seen}"
        );
        desk.assert_healthy();
    }
}
