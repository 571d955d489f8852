//! People at the terminal: a task that no agent does, from its offer to its payment, by commands of
//! several processes.

use std::process::{Output, Stdio};

use serde_json::Value;

use crate::fixture::{Desk, record, words};

/// A letter: one writes it, another reads it, and the accountable person signs.
const PLAYBOOK: &str = r"
name: letter
version: 1
title: A letter to the neighbours
description: Somebody writes it, somebody else reads it, and the accountable person signs.
inputs:
  - {name: street, type: text, prompt: Which street?, required: true}
outcome:
  objective: The neighbours know when {{ inputs.street }} is closed.
  narrative: They can plan their day.
  risk: high
  deadline: 14d
  criteria:
    - {key: written, text: The letter names the day and the hours., method: judgment}
tasks:
  - key: write
    kind: draft
    title: Write the letter
    capability: write
    mode: person
    risk: high
    gate: true
    price: 40
    serves: [written]
    instructions:
      goal: Write the letter.
      context:
        - {name: street, from: inputs.street}
      constraints: [At most one page.]
      criteria:
        - {key: complete, text: It names the day and the hours., method: judgment}
";

/// Two who can write, and one who answers; the work has been started and nobody has done it.
pub(crate) struct Office {
    pub(crate) desk: Desk,
    pub(crate) task: String,
    outcome: String,
}

impl Office {
    pub(crate) fn open() -> Self {
        let desk = Desk::new();
        for name in ["Ada", "Ben"] {
            desk.run(&["contributor", "add", name, "--capability", "write=6"]);
        }
        let file = |name: &str, text: &str| {
            let path = desk.data().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let playbook = file("letter.yaml", PLAYBOOK);
        let answers = include_str!("../../../../examples/brief.answers.yaml");
        let answers = file("answers.yaml", &answers.replace("Robin Example", "Robin"));
        let mut run = desk
            .consort(&["run", &playbook, "--input", "street=Elm Road"])
            .args(["--answers", &answers])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Other processes ask while the run goes on; it ends when everything waits for somebody.
        let task = loop {
            let has_ended = run.try_wait().unwrap().is_some();
            let listed = record(&desk.run(&["task", "list", "--json"]));
            if listed[0]["state"] == "offered" {
                break listed[0]["id"].as_str().unwrap().to_owned();
            }
            assert!(!has_ended, "the run offered nothing: {listed}");
        };
        assert_eq!(run.wait().unwrap().code(), Some(75));
        let outcomes = record(&desk.run(&["outcome", "list", "--json"]));
        let outcome = outcomes[0]["id"].as_str().unwrap().to_owned();
        Self {
            desk,
            task,
            outcome,
        }
    }

    fn says(&self, who: &str, verb: &str, more: &[&str]) -> Output {
        let arguments = [&["--as", who, "task", verb, &self.task], more].concat();
        self.desk.run(&arguments)
    }

    #[track_caller]
    pub(crate) fn does(&self, who: &str, verb: &str, more: &[&str]) {
        let output = self.says(who, verb, more);
        assert!(output.status.success(), "{verb}: {}", words(&output));
    }

    #[track_caller]
    fn may_not(&self, who: &str, verb: &str, more: &[&str], code: i32, said: &str) {
        let output = self.says(who, verb, more);
        let told = words(&output);
        assert_eq!(output.status.code(), Some(code), "{verb}: {told}");
        assert!(told.contains(said), "{verb}: {told}");
    }

    fn shown(&self) -> Value {
        record(&self.says("Robin", "show", &["--json"]))
    }

    fn letter(&self, text: &str) -> String {
        let path = self.desk.data().join("letter.json");
        std::fs::write(&path, serde_json::json!({ "letter": text }).to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

#[test]
fn two_people_and_a_signer_take_a_task_from_its_offer_to_its_payment() {
    let office = Office::open();
    let material = office.desk.data().join("material");
    let to = ["--to", material.to_str().unwrap()];
    office.may_not("Ben", "context", &to, 5, "take it first");
    office.does("Ada", "claim", &[]);
    office.may_not("Ben", "claim", &[], 4, "held by Ada");
    office.does("Ada", "context", &to);
    let street = std::fs::read_to_string(material.join("001-street.json")).unwrap();
    assert!(street.contains("Elm Road"), "{street}");
    office.does("Ada", "ask", &["Which hours?"]);
    office.may_not("Ben", "answer", &["0", "9 to 12"], 5, "accountable");
    office.does("Robin", "answer", &["0", "9 to 12"]);

    let first = office.letter("Elm Road is closed.");
    office.does("Ada", "submit", &["--file", &first]);
    office.may_not("Ada", "review", &["--verdict", "accept"], 5, "own work");
    let why = ["--reason", "complete=the day is missing"];
    let changes = ["--verdict", "changes", "--gap-note", "The day."];
    office.does("Ben", "review", &[&changes[..], &why].concat());
    assert_eq!(
        office.shown()["returned"]["reasons"][0]["text"],
        "the day is missing"
    );

    office.does("Ada", "claim", &[]);
    office.does("Ada", "note", &["--file", &first]);
    office.does("Ada", "release", &["--note", "Ben knows the road."]);
    office.does("Ben", "claim", &[]);
    let second = office.letter("Elm Road is closed on 3 May from 9 to 12.");
    office.does("Ben", "submit", &["--file", &second, "--attach", &first]);
    let sign = ["--reason", "It is right."];
    office.may_not("Robin", "sign-off", &sign, 4, "reviewed");
    let accept = ["--verdict", "accept", "--gap-note", "Nothing."];
    office.does("Ada", "review", &accept);
    office.may_not("Ada", "sign-off", &sign, 5, "accountable");
    office.does("Robin", "sign-off", &sign);
    office.may_not("Robin", "sign-off", &sign, 4, "accepted");

    let outcome = office.outcome.as_str();
    let signed = office.desk.run(&[
        "--as", "Robin", "outcome", "sign-off", outcome, "--reason", "Done.", "--scope", "All.",
    ]);
    assert!(signed.status.success(), "{}", words(&signed));
    let balances = record(&office.desk.run(&["ledger", "balances", "--json"]));
    let escrow = format!("escrow:{outcome}");
    let text = balances.to_string();
    assert!(
        text.contains(&escrow) && text.contains("payable:"),
        "{text}"
    );
    office.desk.assert_healthy();
    // What was handed in with a file is delivered as that file, under its name.
    let again = office
        .desk
        .consort(&["--as", "Robin", "run", "--resume", outcome, "--json"]);
    let record = office.desk.delivered(again);
    assert_eq!(record["deliverables"][0]["name"], "letter.json");
    let delivered = std::fs::read_to_string(office.desk.output().join("letter.json")).unwrap();
    assert!(delivered.contains("3 May"), "{delivered}");
}

#[test]
fn a_task_can_be_sent_back_and_given_up_by_who_answers_for_it() {
    let office = Office::open();
    office.does("Ada", "claim", &[]);
    let letter = office.letter("Elm Road.");
    office.does("Ada", "submit", &["--file", &letter]);
    let cause = ["--cause", "communication"];
    let because = ["--reason", "complete=the hours are meant too"];
    let asked = [&cause[..], &because].concat();
    office.may_not("Ben", "request-changes", &asked, 5, "accountable");
    office.does("Robin", "request-changes", &asked);
    assert_eq!(office.shown()["returned"]["cause"], "communication");
    let gone = ["--reason", "the street stays open"];
    office.may_not("Ada", "fail", &gone, 5, "accountable");
    office.does("Robin", "fail", &gone);
    office.may_not("Ada", "claim", &[], 4, "failed");
    office.desk.assert_healthy();
}

#[test]
fn a_task_that_is_stuck_is_given_to_somebody_else() {
    let office = Office::open();
    office.does("Ada", "claim", &[]);
    let to_ben = ["--to", "Ben", "--reason", "Ada is ill"];
    office.may_not("Ben", "reassign", &to_ben, 5, "accountable");
    office.does("Robin", "reassign", &to_ben);
    office.may_not("Ada", "claim", &[], 5, "escalated");
    let later = ["--until", "2030-01-01T00:00:00Z", "--reason", "no hurry"];
    office.may_not("Robin", "extend", &later, 2, "a moment from now");
    office.does("Ben", "claim", &[]);
    office.does("Robin", "reassign", &["--reason", "Ada is back"]);
    office.does("Ada", "claim", &[]);
    office.desk.assert_healthy();
}

#[test]
fn a_suspended_person_takes_nothing_until_they_are_reinstated() {
    let office = Office::open();
    let suspend = ["contributor", "suspend", "Ada", "--reason", "a complaint"];
    let suspended = office
        .desk
        .run(&[&["--as", "Robin"], &suspend[..]].concat());
    assert!(suspended.status.success(), "{}", words(&suspended));
    office.may_not("Ada", "claim", &[], 5, "suspended");
    let reinstate = ["contributor", "reinstate", "Ada", "--reason", "settled"];
    let back = office
        .desk
        .run(&[&["--as", "Robin"], &reinstate[..]].concat());
    assert!(back.status.success(), "{}", words(&back));
    office.does("Ada", "claim", &[]);
}

#[test]
fn the_data_directory_of_a_process_that_was_killed_is_free_again() {
    let office = Office::open();
    // A process that is killed leaves a socket behind at which nobody listens.
    let socket = office.desk.data().join("consort.sock");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert!(socket.exists());
    office.does("Ada", "claim", &[]);
    assert!(!socket.exists());
}
