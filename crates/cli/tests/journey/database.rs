//! The same network in PostgreSQL: runs, servers beside each other, moving there, and backups.
//!
//! Where PostgreSQL is not installed, these are skipped.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use consort_store::postgres::PostgresStore;
use consort_testkit::postgres::PostgresServer;

use crate::backup::{NOT_FOUND, USAGE, artefact, export, files, restore, succeeds};
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

/// A network in a database whose one outcome was delivered and exported, so that a checkpoint is
/// signed; with its backup and the outcome.
fn backed_up() -> Option<(Desk, PathBuf, String)> {
    let desk = Desk::over(&new_database()?);
    let record = desk.brief("hostile");
    let outcome = record["outcome"]["id"].as_str().unwrap().to_owned();
    export(&desk, &outcome, "outcome.zip");
    let backup = desk.folder().join("backup");
    succeeds(&desk.run(&["backup", backup.to_str().unwrap()]));
    Some((desk, backup, outcome))
}

/// What tells of a network: its outcomes, its events and its money.
fn told(desk: &Desk) -> [String; 3] {
    [
        &["outcome", "list", "--json"][..],
        &["events", "--json"],
        &["ledger", "balances", "--json"],
    ]
    .map(|arguments| {
        let output = desk.run(arguments);
        succeeds(&output);
        String::from_utf8(output.stdout).unwrap()
    })
}

#[test]
fn a_database_is_backed_up_and_restored_to_a_file_and_to_a_database() {
    let Some((desk, backup, outcome)) = backed_up() else {
        return;
    };
    assert_eq!(
        files(&backup),
        ["artefacts", "checkpoint.signers", "consort.db"]
    );
    desk.assert_healthy();
    let file = Desk::new();
    let database = Desk::over(&new_database().unwrap());
    for other in [&file, &database] {
        succeeds(&restore(other, &backup, &[]));
        other.assert_healthy();
        assert_eq!(told(other), told(&desk));
        // It signs with a key of its own, and still knows whose the earlier checkpoints are.
        assert!(!other.data().join("checkpoint.key").exists());
        export(other, &outcome, "again.zip");
        let key = |desk: &Desk| std::fs::read(desk.data().join("checkpoint.key")).unwrap();
        assert_ne!(key(other), key(&desk));
        // And it goes on.
        let record = other.brief("contracts");
        assert_eq!(record["outcome"]["state"], "delivered");
        other.assert_healthy();
    }
    assert!(file.data().join("consort.db").exists());
    assert!(!database.data().join("consort.db").exists());
}

#[test]
fn no_database_is_replaced_by_a_backup() {
    let Some((desk, backup, _)) = backed_up() else {
        return;
    };
    let before = told(&desk);
    let kept = files(&desk.data());
    for more in [&[][..], &["--replace"], &[]] {
        let refused = restore(&desk, &backup, more);
        assert_eq!(refused.status.code(), Some(USAGE), "{}", words(&refused));
        for said in ["the network net_", " events", "name an empty one"] {
            assert!(words(&refused).contains(said), "{}", words(&refused));
        }
    }
    assert_eq!(told(&desk), before);
    assert_eq!(files(&desk.data()), kept);
    desk.assert_healthy();
    let again = desk.run(&["backup", backup.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(USAGE), "{}", words(&again));
}

#[test]
fn a_backup_that_is_not_whole_is_put_into_no_database() {
    let Some((_desk, backup, _)) = backed_up() else {
        return;
    };
    let address = new_database().unwrap();
    let other = Desk::over(&address);
    let torn = artefact(&backup);
    let whole = std::fs::read(&torn).unwrap();
    std::fs::write(&torn, "something else").unwrap();
    let refused = restore(&other, &backup, &[]);
    assert!(!refused.status.success());
    assert!(words(&refused).contains("damaged"), "{}", words(&refused));
    std::fs::write(&torn, whole).unwrap();
    let database = backup.join("consort.db");
    let whole = std::fs::read(&database).unwrap();
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle..].fill(7);
    std::fs::write(&database, torn).unwrap();
    let refused = restore(&other, &backup, &[]);
    assert!(!refused.status.success());
    for said in ["nothing was restored", "damaged"] {
        assert!(words(&refused).contains(said), "{}", words(&refused));
    }
    std::fs::write(&database, whole).unwrap();
    std::fs::remove_dir_all(backup.join("artefacts")).unwrap();
    let refused = restore(&other, &backup, &[]);
    assert!(!refused.status.success());
    let said = "nothing was put into the database";
    assert!(words(&refused).contains(said), "{}", words(&refused));
    assert_eq!(PostgresStore::find(&address).unwrap(), None);
    assert!(!other.data().join("consort.db").exists());
}

#[test]
fn a_backup_is_made_while_a_run_goes_on() {
    let Some(database) = new_database() else {
        return;
    };
    let desk = Desk::over(&database);
    let shared = desk.folder().join("artefacts");
    let mut run = desk.brief_command("contracts");
    let run = run.arg("--artefacts").arg(&shared);
    let mut run = run.stdout(Stdio::null()).spawn().unwrap();
    let beside = desk_beside(&desk);
    let mut backups = Vec::new();
    while run.try_wait().unwrap().is_none() {
        let backup = beside.folder().join(backups.len().to_string());
        let mut command = beside.consort(&["backup", "--artefacts"]);
        succeeds(&command.arg(&shared).arg(&backup).output().unwrap());
        backups.push(backup);
    }
    assert!(run.wait().unwrap().success());
    let [Some(first), Some(last)] = [backups.first(), backups.last()] else {
        panic!("there was no time for a backup");
    };
    for backup in [first, &backups[backups.len() / 2], last] {
        let other = Desk::over(&new_database().unwrap());
        succeeds(&restore(&other, backup, &[]));
        other.assert_healthy();
    }
}

#[test]
fn a_backup_that_is_killed_is_none() {
    let Some((desk, _, _)) = backed_up() else {
        return;
    };
    // One that was quicker than its killer is whole, and another one is made.
    let backup = (0..20)
        .map(|number| desk.folder().join(format!("killed-{number}")))
        .find(|backup| !kill(&desk, backup).join("consort.db").exists())
        .expect("it is killed in the middle");
    assert!(backup.exists(), "it had begun");
    let other = Desk::new();
    let restored = restore(&other, &backup, &[]);
    assert_eq!(
        restored.status.code(),
        Some(NOT_FOUND),
        "{}",
        words(&restored)
    );
    assert!(!other.data().exists());
    desk.assert_healthy();
}

/// Begins a backup, and kills it as soon as there is something in its folder.
fn kill<'a>(desk: &Desk, backup: &'a Path) -> &'a Path {
    let mut child = desk
        .consort(&["backup", backup.to_str().unwrap()])
        .spawn()
        .unwrap();
    let part = backup.join("unfinished.db.part");
    while !part.exists() && child.try_wait().unwrap().is_none() {}
    // It may have ended by itself.
    child.kill().ok();
    child.wait().unwrap();
    backup
}
