//! The doctor on data that somebody damaged: what is wrong is a finding, and never an error.

use std::process::Output;

use crate::fixture::{Desk, words};

/// The code for a record that does not hold.
const FAILED: i32 = 1;

fn assert_finds(output: &Output, code: &str) {
    assert_eq!(output.status.code(), Some(FAILED), "{}", words(output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = report["problems"].as_array().unwrap();
    assert!(
        problems.iter().any(|problem| problem["code"] == code),
        "{}",
        words(output)
    );
    assert!(!words(output).contains("see to the disk"));
}

/// A desk whose database somebody wrote into.
fn damaged(damage: impl FnOnce(&mut Vec<u8>)) -> Desk {
    let desk = Desk::new();
    assert!(desk.run(&["contributor", "add", "Ada"]).status.success());
    let file = desk.data().join("consort.db");
    let mut bytes = std::fs::read(&file).unwrap();
    damage(&mut bytes);
    std::fs::write(&file, bytes).unwrap();
    desk
}

#[test]
fn a_file_that_is_no_database_any_more_is_a_finding() {
    let desk = damaged(|bytes| bytes[..64].fill(b'x'));
    assert_finds(&desk.run(&["doctor", "--json"]), "unreadable");
    let told = desk.run(&["doctor"]);
    assert_eq!(told.status.code(), Some(FAILED), "{}", words(&told));
    assert!(!words(&told).contains("Run 'consort doctor'."));
}

#[test]
fn a_rule_that_was_changed_is_a_finding() {
    let desk = damaged(|bytes| {
        let rule = b"an event is never deleted";
        let place = bytes.windows(rule.len()).position(|part| part == rule);
        bytes[place.unwrap()] = b'A';
    });
    assert_finds(&desk.run(&["doctor", "--json"]), "form_differs");
}

#[test]
fn torn_pages_are_a_finding() {
    let desk = damaged(|bytes| {
        let end = bytes.len();
        bytes[end - 40 * 4_096..].fill(7);
    });
    assert_eq!(desk.run(&["doctor", "--json"]).status.code(), Some(FAILED));
}
