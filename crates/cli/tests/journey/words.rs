//! What the command line says: errors that tell what to do, and exit codes to go by.

use crate::fixture::{Desk, words};

#[test]
fn every_error_has_its_code_and_says_what_to_do() {
    let desk = Desk::new();
    desk.run(&["contributor", "list"]);
    let missing = "out_01h2xcejqtf2nbrexx3vqjhp41";
    for (arguments, code, said) in [
        (vec!["outcome", "show", missing], 3, "consort outcome list"),
        (
            vec!["task", "show", "tsk_01h2xcejqtf2nbrexx3vqjhp41"],
            3,
            "consort task list",
        ),
        (vec!["outcome", "show", "nonsense"], 2, "out_"),
        (vec!["run", "brief"], 2, "--answers"),
        (
            vec![
                "run",
                "no-such-playbook.yaml",
                "--answers",
                "examples/brief.answers.yaml",
            ],
            3,
            "there is no playbook",
        ),
        (vec!["run", "--resume", missing], 3, missing),
        (vec!["playbook", "show", "nothing"], 3, "brief"),
        (
            vec!["contributor", "show", "Nobody"],
            3,
            "consort contributor",
        ),
        (
            vec!["doctor", "--archive", "no-such-file"],
            1,
            "no-such-file",
        ),
    ] {
        let output = desk.run(&arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            words(&output)
        );
        assert!(
            words(&output).contains(said),
            "{arguments:?}: {}",
            words(&output)
        );
        assert!(
            output.stdout.is_empty(),
            "{arguments:?} wrote to its output"
        );
    }
}

#[test]
fn an_unknown_input_names_the_ones_there_are() {
    let desk = Desk::new();
    let output = desk
        .brief_command("essays")
        .args(["--input", "documnets=x"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("must_know"), "{}", words(&output));
}

#[test]
fn what_ships_checks_and_can_be_tried() {
    let desk = Desk::new();
    let checked = desk.run(&["playbook", "check", "playbooks/brief.yaml"]);
    assert!(checked.status.success(), "{}", words(&checked));
    let tried = desk.run(&[
        "playbook",
        "try",
        "brief",
        "--input",
        "documents=examples/essays",
    ]);
    assert!(
        words(&tried).contains("nothing was created"),
        "{}",
        words(&tried)
    );
    let listed = desk.run(&["outcome", "list", "--json"]);
    assert_eq!(listed.stdout, b"[]\n");
    let schema = desk.run(&["playbook", "schema"]);
    serde_json::from_slice::<serde_json::Value>(&schema.stdout).unwrap();
}

#[test]
fn an_archive_is_checked_with_nothing_but_the_file() {
    let desk = Desk::new();
    let record = desk.brief("hostile");
    let file = desk.output().join("outcome.zip");
    let file = file.to_str().unwrap();
    let outcome = record["outcome"]["id"].as_str().unwrap();
    let exported = desk.run(&["outcome", "export", outcome, "--file", file]);
    assert!(exported.status.success(), "{}", words(&exported));
    let elsewhere = Desk::new();
    let checked = elsewhere.run(&["doctor", "--archive", file]);
    assert!(checked.status.success(), "{}", words(&checked));
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
    let checked = elsewhere.run(&["doctor", "--archive", file]);
    assert_eq!(checked.status.code(), Some(1), "{}", words(&checked));
}
