//! The same network in PostgreSQL: runs, servers beside each other, and moving there.
//!
//! Where PostgreSQL is not installed, these are skipped.

use consort_testkit::postgres::PostgresServer;

use crate::fixture::{Desk, record, words};

fn new_database() -> Option<String> {
    PostgresServer::shared().map(PostgresServer::new_database)
}

#[test]
fn a_run_is_delivered_over_a_database() {
    let Some(database) = new_database() else {
        return;
    };
    let desk = Desk::over(&database);
    let record = desk.brief("contracts");
    assert_eq!(record["outcome"]["state"], "delivered");
    assert_eq!(record["ledger"]["escrow_minor"], 0);
    desk.assert_healthy();
    assert!(!desk.data().join("consort.db").exists());
}

#[test]
fn a_run_that_is_killed_goes_on_over_a_database_that_was_started_again() {
    let Some(server) = PostgresServer::start(true) else {
        return;
    };
    let desk = Desk::over(&server.new_database());
    let mut child = desk.begin("hostile");
    let outcome = loop {
        let listed = desk_beside(&desk).run(&["outcome", "list", "--json"]);
        let outcomes: serde_json::Value =
            serde_json::from_slice(&listed.stdout).unwrap_or_default();
        if let Some(id) = outcomes[0]["id"].as_str() {
            break id.to_owned();
        }
        assert!(child.try_wait().unwrap().is_none(), "{}", words(&listed));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    server.restart();
    desk.assert_healthy();
    let record = desk.resume(&outcome);
    assert_eq!(record["outcome"]["state"], "delivered");
    assert_eq!(record["ledger"]["escrow_minor"], 0);
    desk.assert_healthy();
}

/// Another data directory over the same database.
fn desk_beside(desk: &Desk) -> Desk {
    Desk::over(desk.database().unwrap())
}

#[test]
fn processes_with_directories_of_their_own_share_a_network() {
    let Some(database) = new_database() else {
        return;
    };
    let [one, other] = [(); 2].map(|()| Desk::over(&database));
    let introduced = one.run(&["contributor", "add", "Ada", "--capability", "label=4"]);
    assert!(introduced.status.success(), "{}", words(&introduced));
    let listed = record(&other.run(&["contributor", "list", "--json"]));
    assert!(listed.to_string().contains("Ada"), "{listed}");
}

#[test]
fn runs_of_two_servers_are_both_delivered() {
    let Some(database) = new_database() else {
        return;
    };
    let desks = [(); 2].map(|()| Desk::over(&database));
    // The first server founds the network and its agents; others come when they are there.
    let founder = Desk::over(&database);
    let shared = founder.folder().join("artefacts");
    let mut founding = founder.brief_command("hostile");
    record(&founding.arg("--artefacts").arg(&shared).output().unwrap());
    let records = std::thread::scope(|threads| {
        let runs = desks.each_ref().map(|desk| {
            let mut command = desk.brief_command("contracts");
            command.arg("--artefacts").arg(&shared);
            threads.spawn(move || record(&command.output().unwrap()))
        });
        runs.map(|run| run.join().unwrap())
    });
    for record in &records {
        assert_eq!(record["outcome"]["state"], "delivered");
        assert_eq!(record["ledger"]["escrow_minor"], 0);
    }
    assert_ne!(records[0]["outcome"]["id"], records[1]["outcome"]["id"]);
    let mut doctor = desks[1].consort(&["doctor", "--json", "--artefacts"]);
    let examined = doctor.arg(&shared).output().unwrap();
    assert!(examined.status.success(), "{}", words(&examined));
}

#[test]
fn a_network_moves_from_its_file_to_a_database() {
    let Some(database) = new_database() else {
        return;
    };
    let desk = Desk::new();
    desk.brief("contracts");
    let file = desk.data().join("consort.db");
    let before = std::fs::read(&file).unwrap();
    let from = format!("sqlite:{}", desk.data().display());
    let moved = desk.run(&["migrate", "--from", &from, "--to", &database, "--json"]);
    let told = record(&moved);
    assert!(told["events"].as_u64().unwrap() > 50, "{told}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "it was only read");
    let listed = |database: Option<&str>| {
        let mut command = desk.consort(&["outcome", "list", "--json"]);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        record(&command.output().unwrap())
    };
    assert_eq!(listed(None), listed(Some(&database)));
    let examined = desk.run(&["doctor", "--database", &database]);
    assert!(examined.status.success(), "{}", words(&examined));
    let again = desk.run(&["migrate", "--from", &from, "--to", &database]);
    assert!(!again.status.success(), "{}", words(&again));
}

#[test]
fn what_a_file_alone_can_do_is_told_of() {
    let Some(database) = new_database() else {
        return;
    };
    let desk = Desk::over(&database);
    for arguments in [["backup", "somewhere"], ["restore", "somewhere"]] {
        let answer = desk.run(&arguments);
        assert_eq!(answer.status.code(), Some(2), "{}", words(&answer));
        assert!(
            words(&answer).contains("docs/scale.md"),
            "{}",
            words(&answer)
        );
    }
}
