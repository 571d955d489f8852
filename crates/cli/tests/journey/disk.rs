//! A disk that is full, or cannot be written to: a clear word, and nothing lost.

use std::process::{Command, Output};

use consort_store::sqlite::DATABASE_FILE;

use crate::fixture::{Desk, words};

/// The code for data that cannot be read or written.
const DISK: i32 = 74;

/// The command under a limit on the size of every file that it writes, in kibibytes. Like a full
/// disk, it is met in the middle of a write.
fn limited(command: &Command, kib: u32) -> Command {
    let mut shell = Command::new("sh");
    // Without the trap the limit would end the process, as no full disk does.
    let limit = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kib * 2);
    shell
        .args(["-c", &limit, "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

fn assert_says(output: &Output, expected: &str) {
    assert_eq!(output.status.code(), Some(DISK), "{}", words(output));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(expected), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_full_disk_ends_a_run_with_a_clear_word_and_it_goes_on_when_there_is_room() {
    let mut stopped_after_it_began = 0;
    for kib in [160, 600, 1_200, 1_600, 2_400] {
        let desk = Desk::new();
        let output = limited(&desk.brief_command("contracts"), kib)
            .output()
            .unwrap();
        assert_says(&output, "disk");
        desk.assert_healthy();
        let outcomes: serde_json::Value =
            serde_json::from_slice(&desk.run(&["outcome", "list", "--json"]).stdout).unwrap();
        let record = match outcomes[0]["id"].as_str() {
            Some(outcome) => {
                stopped_after_it_began += 1;
                desk.resume(outcome)
            }
            None => desk.brief("contracts"),
        };
        assert_eq!(record["outcome"]["state"], "delivered", "with {kib} KiB");
        assert_eq!(record["ledger"]["escrow_minor"], 0);
        desk.assert_healthy();
    }
    assert!(
        stopped_after_it_began > 0,
        "no run was stopped in its middle"
    );
}

#[test]
fn a_data_directory_that_cannot_be_written_to_is_named() {
    let desk = Desk::new();
    std::fs::write(desk.data(), "a file in its place").unwrap();
    let output = desk.run(&["outcome", "list"]);
    assert_says(&output, &desk.data().display().to_string());

    let desk = Desk::new();
    std::fs::create_dir_all(desk.data().join("consort.lock")).unwrap();
    let output = desk.run(&["outcome", "list"]);
    assert_says(&output, &desk.data().display().to_string());
    let said = words(&output);
    assert_eq!(said.matches("os error").count(), 1, "said once: {said}");

    let desk = Desk::new();
    std::fs::create_dir_all(desk.data().join(DATABASE_FILE)).unwrap();
    let output = desk.brief_command("contracts").output().unwrap();
    assert_says(&output, DATABASE_FILE);

    let desk = Desk::new();
    std::fs::create_dir_all(desk.data()).unwrap();
    std::fs::write(desk.data().join("artefacts"), "a file in its place").unwrap();
    let output = desk.brief_command("contracts").output().unwrap();
    assert_says(&output, "artefacts");
}

#[test]
fn an_output_folder_that_cannot_be_written_to_loses_nothing() {
    let desk = Desk::new();
    std::fs::write(desk.output(), "a file in its place").unwrap();
    let output = desk.brief_command("contracts").output().unwrap();
    assert_says(&output, &desk.output().display().to_string());
    std::fs::remove_file(desk.output()).unwrap();
    let outcomes: serde_json::Value =
        serde_json::from_slice(&desk.run(&["outcome", "list", "--json"]).stdout).unwrap();
    let record = desk.resume(outcomes[0]["id"].as_str().unwrap());
    assert_eq!(record["outcome"]["state"], "delivered");
    assert!(desk.output().join("brief.html").exists());
}
