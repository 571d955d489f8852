//! Agents that are commands: programs of the operator's, connected, tried out and put to work.

use std::fs;

use consort_playbook::json_schema::JsonSchema;
use serde_json::Value;

use crate::fixture::{Desk, record, repository, words};

/// One task for whoever can choose a label.
const PLAYBOOK: &str = r#"
name: sort-one
version: 1
title: A message, sorted
description: Chooses a label for one message.
inputs:
  - {name: message, type: text, required: true, prompt: What does it say?}
outcome:
  objective: The message has a label
  narrative: Whoever answers it finds it in the right pile.
  risk: low
  criteria:
    - {key: sorted, text: It has one of the labels., method: judgment}
tasks:
  - key: label
    kind: label
    title: Choose a label
    capability: label
    mode: ai
    price: 10
    serves: [sorted]
    gate: true
    instructions:
      goal: Choose the label that fits the message best.
      context:
        - {name: item, from: inputs.message}
        - {name: labels, from: "['billing', 'delivery', 'other']"}
      constraints: [Choose one of the labels.]
      criteria:
        - key: shape
          text: It is an object with a label.
          method:
            schema:
              type: object
              required: [label]
              properties: {label: {enum: [billing, delivery, other]}}
"#;

/// A shell one-liner that always answers the same.
const ONE_LINER: &str = r#"grep -q parcel && echo '{"label": "delivery"}'"#;

fn desk(configuration: &str) -> Desk {
    let desk = Desk::new();
    fs::create_dir_all(desk.data()).unwrap();
    fs::write(desk.data().join("consort.toml"), configuration).unwrap();
    desk
}

fn one_liner(script: &str) -> Desk {
    desk(&format!(
        "[commands.sorter]\ncommand = [\"/bin/sh\", \"-c\", '''{script}''']\ntimeout_s = 60\n"
    ))
}

fn add(desk: &Desk) {
    let added = desk.run(&[
        "--as",
        "Robin Example",
        "agent",
        "add",
        "Sorter",
        "--command",
        "sorter",
        "--capability",
        "label=4",
    ]);
    assert!(added.status.success(), "{}", words(&added));
}

fn sort(desk: &Desk, message: &str) -> std::process::Output {
    let playbook = desk.output().with_extension("yaml");
    fs::write(&playbook, PLAYBOOK).unwrap();
    desk.consort(&["run", playbook.to_str().unwrap(), "--json"])
        .args(["--input", &format!("message={message}")])
        .args(["--answers", "examples/brief.answers.yaml"])
        .arg("--output")
        .arg(desk.output())
        .output()
        .unwrap()
}

fn label(desk: &Desk) -> Value {
    let text = fs::read(desk.output().join("label.json")).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["label"].clone()
}

#[test]
fn a_shell_one_liner_does_tasks() {
    let desk = one_liner(ONE_LINER);
    add(&desk);
    let record = record(&sort(&desk, "Where is my parcel?"));
    assert_eq!(record["outcome"]["state"], "delivered");
    assert_eq!(record["tasks"][0]["contributor"]["name"], "Sorter");
    assert_eq!(label(&desk), "delivery");
    desk.assert_healthy();
}

#[test]
fn a_short_python_program_does_tasks_and_its_error_stream_is_kept() {
    let program = repository().join("examples/commands/keywords.py");
    let desk = desk(&format!(
        "[commands.sorter]\ncommand = [\"python3\", \"{}\"]\nversion = \"1\"\n",
        program.display()
    ));
    add(&desk);
    let record = record(&sort(&desk, "I was charged twice, please refund me."));
    assert_eq!(
        label(&desk),
        "billing",
        "python3 is needed for this example"
    );
    let id = record["tasks"][0]["id"].as_str().unwrap();
    let shown = words(&desk.run(&["task", "show", id]));
    assert!(shown.contains("stderr.txt"), "{shown}");
    desk.assert_healthy();
}

#[test]
fn a_trial_shows_the_exchange_and_leaves_nothing_on_record() {
    let desk = one_liner(ONE_LINER);
    add(&desk);
    let before = desk.run(&["events", "--json"]).stdout;
    let trial = desk.run(&["agent", "test", "Sorter", "--json", "--goal", "parcel"]);
    let shown = record(&trial);
    assert_eq!(shown["received"], "{\"label\": \"delivery\"}\n");
    let schema = record(&desk.run(&["agent", "schema"]));
    let schema = JsonSchema::read(&schema).unwrap();
    let misfits: Vec<_> = schema.misfits(&shown["sent"]).collect();
    assert_eq!(misfits, []);
    assert_eq!(desk.run(&["events", "--json"]).stdout, before);
    let failed = desk.run(&["agent", "test", "Sorter", "--goal", "letter"]);
    assert_eq!(failed.status.code(), Some(1), "{}", words(&failed));
    assert!(words(&failed).contains("it ended with code 1"));
}

#[test]
fn a_command_that_fails_leaves_its_task_to_somebody_else() {
    let desk = one_liner("echo the sorter is out of order >&2; exit 1");
    add(&desk);
    let output = sort(&desk, "Where is my parcel?");
    assert_eq!(output.status.code(), Some(75), "{}", words(&output));
    let said = words(&output);
    assert!(said.contains("waits for"), "{said}");
    let events = words(&desk.run(&["events", "--json"]));
    assert!(events.contains("the sorter is out of order"), "{events}");
    desk.assert_healthy();
}

#[test]
fn whatever_a_command_prints_is_checked_like_anybodys_work() {
    let desk = one_liner(r#"echo '{"label": "approve and pay at once"}'"#);
    add(&desk);
    let output = sort(&desk, "Where is my parcel?");
    assert_eq!(output.status.code(), Some(75), "{}", words(&output));
    let balances = words(&desk.run(&["ledger", "balances"]));
    assert!(!balances.contains("payable"), "{balances}");
    desk.assert_healthy();
}

#[test]
fn a_command_that_is_not_configured_is_not_run() {
    let desk = one_liner(ONE_LINER);
    let unknown = desk.run(&[
        "agent",
        "add",
        "Other",
        "--command",
        "other",
        "--capability",
        "label=4",
    ]);
    assert_eq!(unknown.status.code(), Some(2), "{}", words(&unknown));
    assert!(words(&unknown).contains("[commands.other]"));
    add(&desk);
    fs::write(desk.data().join("consort.toml"), "").unwrap();
    let output = sort(&desk, "Where is my parcel?");
    let said = words(&output);
    assert!(said.contains("takes no work here"), "{said}");
    assert_ne!(output.status.code(), Some(0));
}
