//! Choices that only a person makes: nothing is decided that their answers do not say.

use std::process::Output;

use crate::fixture::{Desk, record, words};

/// A question for each name, which cannot stay open.
const PLAYBOOK: &str = r#"
name: pick
version: 1
title: Who comes along
description: A person says for each name whether they come.
inputs:
  - {name: names, type: list, prompt: Who could come?, required: true}
outcome:
  objective: It is known who comes along.
  narrative: The bus has to be ordered.
  risk: medium
  criteria:
    - {key: decided, text: A person decided on each., method: judgment}
tasks:
  - key: choose
    kind: decide
    title: Say who comes along
    capability: decide
    mode: person
    risk: medium
    gate: true
    price: 0
    serves: [decided]
    instructions:
      goal: Say for each name whether they come along.
      context:
        - name: form
          from:
            about: "'Who comes along?'"
            questions: "inputs.names.map(name, {'key': name, 'ask': 'Does ' + name + ' come?',
              'options': [{'key': 'yes', 'label': 'comes along'},
                {'key': 'no', 'label': 'stays', 'reason_needed': true}]})"
      constraints: [Say why for each who stays.]
      criteria:
        - key: each
          text: There is a decision on each name.
          method: {expression: "submission.decisions.all(d, d.chosen != null)"}
"#;

struct Bus {
    desk: Desk,
}

impl Bus {
    fn new() -> Self {
        let desk = Desk::new();
        std::fs::create_dir_all(desk.data()).unwrap();
        Self { desk }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.desk.data().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs it, or goes on with it, with these decisions in the file of answers.
    fn run(&self, start: &[&str], decisions: &str) -> Output {
        let answers = include_str!("../../../../examples/brief.answers.yaml");
        let answers = self.file("answers.yaml", &format!("{answers}\n{decisions}"));
        let mut command = self.desk.consort(&["run"]);
        command.args(start).args(["--json", "--answers", &answers]);
        command.arg("--output").arg(self.desk.output());
        command.output().unwrap()
    }

    fn begin(&self, decisions: &str) -> Output {
        let playbook = self.file("pick.yaml", PLAYBOOK);
        self.run(&[&playbook, "--input", "names=Ada;Ben"], decisions)
    }
}

const ADA: &str = "decisions:\n  choose:\n    Ada: {choose: yes, opened: true}\n";

#[test]
fn what_the_answers_do_not_decide_waits_for_the_person_and_is_never_decided_for_them() {
    let bus = Bus::new();
    let waiting = bus.begin(ADA);
    let told = words(&waiting);
    assert_eq!(waiting.status.code(), Some(75), "{told}");
    for said in [
        "1 of 2",
        "'Ben'",
        "decisions: choose:",
        "no (with a reason)",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let outcomes = record(&bus.desk.run(&["outcome", "list", "--json"]));
    let outcome = outcomes[0]["id"].as_str().unwrap();
    let resume = ["--resume", outcome];

    for (ben, said) in [
        ("Ben: {choose: perhaps}", "there is yes, no"),
        ("Ben: {choose: no}", "without a reason"),
        ("Eve: {choose: yes}", "nobody asks that"),
    ] {
        let refused = bus.run(&resume, &format!("{ADA}    {ben}\n"));
        assert_eq!(refused.status.code(), Some(2), "{ben}");
        assert!(words(&refused).contains(said), "{}", words(&refused));
    }

    let ben = "    Ben: {choose: no, reason: the seat is too small}\n";
    let done = record(&bus.run(&resume, &format!("{ADA}{ben}")));
    assert_eq!(done["outcome"]["state"], "delivered");
    assert_eq!(done["deliverables"][0]["name"], "choose.json");
    let delivered = std::fs::read_to_string(bus.desk.output().join("choose.json")).unwrap();
    let choices: serde_json::Value = serde_json::from_str(&delivered).unwrap();
    assert_eq!(choices["person"], "Robin Example");
    assert_eq!(
        choices["decisions"],
        serde_json::json!([
            {"chosen": "yes", "key": "Ada", "opened": true, "reason": ""},
            {"chosen": "no", "key": "Ben", "opened": false, "reason": "the seat is too small"},
        ])
    );
    bus.desk.assert_healthy();
}
