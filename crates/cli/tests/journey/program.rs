//! Programs that check what is handed in: the operator's configuration decides which there are.

use std::fs;

use crate::fixture::{Desk, record, repository, words};

/// The brief, with a program that looks at every summary.
fn playbook(desk: &Desk) -> String {
    let text = fs::read_to_string(repository().join("playbooks/brief.yaml")).unwrap();
    let summarise = text.find("key: summarise").unwrap();
    let criteria = summarise + text[summarise..].find("criteria:\n").unwrap() + "criteria:\n".len();
    let indent: String = text[criteria..]
        .chars()
        .take_while(|it| *it == ' ')
        .collect();
    let added = format!(
        "{indent}- key: house-style\n{indent}  text: The house's own rules hold.\n\
         {indent}  method: {{program: house-style}}\n"
    );
    let path = desk.output().with_extension("yaml");
    fs::write(
        &path,
        format!("{}{added}{}", &text[..criteria], &text[criteria..]),
    )
    .unwrap();
    path.display().to_string()
}

fn run(desk: &Desk) -> std::process::Output {
    desk.consort(&["run", &playbook(desk), "--json"])
        .args(["--input", "documents=examples/spreadsheets"])
        .args(["--answers", "examples/brief.answers.yaml"])
        .arg("--output")
        .arg(desk.output())
        .output()
        .unwrap()
}

fn configure(desk: &Desk, script: &str) {
    fs::create_dir_all(desk.data()).unwrap();
    let text = format!(
        "[programs.house-style]\ncommand = [\"/bin/sh\", \"-c\", '''{script}''']\ntimeout_s = 10\n"
    );
    fs::write(desk.data().join("consort.toml"), text).unwrap();
}

#[test]
fn a_program_that_is_not_configured_is_named_before_anything_is_paid_for() {
    let desk = Desk::new();
    let output = run(&desk);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("[programs.house-style]"), "{said}");
    let list = desk.run(&["outcome", "list", "--json"]);
    assert_eq!(String::from_utf8_lossy(&list.stdout).trim(), "[]");
}

#[test]
fn what_a_program_says_is_a_check_like_the_others() {
    let desk = Desk::new();
    configure(&desk, "grep -q statements");
    let record = record(&run(&desk));
    assert_eq!(record["outcome"]["state"], "delivered");
    let tasks = record["tasks"].as_array().unwrap();
    let summary = tasks
        .iter()
        .find(|task| task["kind"] == "summarise")
        .unwrap();
    let shown = desk.run(&["task", "show", summary["id"].as_str().unwrap()]);
    let shown = words(&shown);
    assert!(
        shown.contains("The program 'house-style' passes it."),
        "{shown}"
    );
    desk.assert_healthy();
}

#[test]
fn work_that_a_program_does_not_pass_goes_to_a_person_in_the_end() {
    let desk = Desk::new();
    configure(&desk, "echo the title is missing; exit 1");
    let output = run(&desk);
    assert_eq!(output.status.code(), Some(75), "{}", words(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("waits for you"), "{said}");
    desk.assert_healthy();
}
