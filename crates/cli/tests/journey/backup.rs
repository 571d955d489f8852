//! Backups: whole or not at all, without a secret, and never over something unasked.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::fixture::{Desk, words};

/// The code for a wrong command line.
pub(crate) const USAGE: i32 = 2;
/// The code for what is not there.
pub(crate) const NOT_FOUND: i32 = 3;

/// A desk whose one outcome was delivered and exported, so that a checkpoint is signed; with its
/// backup and the outcome.
fn backed_up() -> (Desk, PathBuf, String) {
    let desk = Desk::new();
    let record = desk.brief("hostile");
    let outcome = record["outcome"]["id"].as_str().unwrap().to_owned();
    export(&desk, &outcome, "outcome.zip");
    let backup = desk.output().join("backup");
    succeeds(&desk.run(&["backup", backup.to_str().unwrap()]));
    (desk, backup, outcome)
}

pub(crate) fn export(desk: &Desk, outcome: &str, name: &str) {
    let file = desk.output().join(name);
    std::fs::create_dir_all(desk.output()).unwrap();
    let file = file.to_str().unwrap();
    succeeds(&desk.run(&["outcome", "export", outcome, "--file", file]));
}

pub(crate) fn restore(desk: &Desk, backup: &Path, more: &[&str]) -> Output {
    let arguments = [&["restore", backup.to_str().unwrap()], more].concat();
    desk.run(&arguments)
}

pub(crate) fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", words(output));
}

pub(crate) fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = names
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    // Whoever looks into a database leaves these beside it.
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    names.sort_unstable();
    names
}

/// Some artefact of a backup.
pub(crate) fn artefact(backup: &Path) -> PathBuf {
    let shelf = backup.join("artefacts");
    let shelf = shelf.join(&files(&shelf)[0]);
    shelf.join(&files(&shelf)[0])
}

#[test]
fn a_backup_restores_to_the_same_record_and_holds_no_secret_key() {
    let (desk, backup, outcome) = backed_up();
    assert_eq!(
        files(&backup),
        ["artefacts", "checkpoint.signers", "consort.db"]
    );
    let other = Desk::new();
    succeeds(&restore(&other, &backup, &[]));
    other.assert_healthy();
    succeeds(&other.run(&["outcome", "show", &outcome, "--json"]));
    // It signs with a key of its own, and still knows whose the earlier checkpoints are.
    assert!(!other.data().join("checkpoint.key").exists());
    export(&other, &outcome, "again.zip");
    let key = |desk: &Desk| std::fs::read(desk.data().join("checkpoint.key")).unwrap();
    assert_ne!(key(&other), key(&desk));
    other.assert_healthy();
}

#[test]
fn a_backup_of_before_restores_without_knowing_whose_its_checkpoints_are() {
    let (_desk, backup, _) = backed_up();
    std::fs::remove_file(backup.join("checkpoint.signers")).unwrap();
    let other = Desk::new();
    succeeds(&restore(&other, &backup, &[]));
    let report = other.run(&["doctor"]);
    succeeds(&report);
    assert!(words(&report).contains("keys that are not known here"));
}

#[test]
fn nothing_is_replaced_unasked_and_what_is_replaced_is_kept() {
    let (desk, backup, outcome) = backed_up();
    let refused = restore(&desk, &backup, &[]);
    assert_eq!(refused.status.code(), Some(USAGE), "{}", words(&refused));
    for said in ["the network net_", " events", "--replace"] {
        assert!(words(&refused).contains(said), "{}", words(&refused));
    }
    for kept in ["before-restore", "before-restore-2"] {
        let restored = restore(&desk, &backup, &["--replace"]);
        succeeds(&restored);
        let database = desk.data().join(format!("consort.db.{kept}"));
        let key = desk.data().join(format!("checkpoint.key.{kept}"));
        for kept in [database, key] {
            assert!(words(&restored).contains(kept.to_str().unwrap()));
            assert!(kept.exists());
        }
        desk.assert_healthy();
        export(&desk, &outcome, &format!("{kept}.zip"));
    }
}

#[test]
fn a_backup_that_is_not_whole_changes_nothing() {
    let (desk, backup, _) = backed_up();
    let (_other, torn, _) = backed_up();
    std::fs::write(artefact(&torn), "something else").unwrap();
    let before = files(&desk.data());
    let database = std::fs::read(desk.data().join("consort.db")).unwrap();
    let refused = restore(&desk, &torn, &["--replace"]);
    assert!(!refused.status.success());
    for said in ["nothing was replaced", "damaged"] {
        assert!(words(&refused).contains(said), "{}", words(&refused));
    }
    assert_eq!(files(&desk.data()), before);
    let after = std::fs::read(desk.data().join("consort.db")).unwrap();
    assert!(after == database, "the database is what it was");
    desk.assert_healthy();
    succeeds(&restore(&desk, &backup, &["--replace"]));
}

#[test]
fn where_no_backup_is_that_is_said() {
    let desk = Desk::new();
    let output = desk.run(&["restore", "nope"]);
    assert_eq!(output.status.code(), Some(NOT_FOUND), "{}", words(&output));
    assert!(words(&output).contains("nope holds no backup"));
    assert!(!desk.data().exists());
}
