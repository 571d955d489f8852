//! Recruitment: people decide, and what applicants declared about themselves changes nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::fixture::{Desk, record, repository, words};

const EXAMPLE: &str = "examples/recruitment";

fn command(desk: &Desk, attributes: &str, answers: &str) -> Command {
    let mut command = desk.consort(&["run", "recruitment", "--json"]);
    for input in [
        format!("role={EXAMPLE}/role.md"),
        format!("applications={EXAMPLE}/applications"),
        format!("attributes={attributes}"),
    ] {
        command.args(["--input", &input]);
    }
    command.args(["--answers", answers]);
    command.arg("--output").arg(desk.output());
    command
}

fn run(desk: &Desk, attributes: &str) -> Value {
    let answers = format!("{EXAMPLE}/answers.yaml");
    record(&command(desk, attributes, &answers).output().unwrap())
}

fn delivered(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.output().join(name)).unwrap()
}

#[test]
fn the_example_is_delivered_unattended_with_every_decision_and_reason() {
    let desk = Desk::new();
    let record = run(&desk, &format!("{EXAMPLE}/attributes.csv"));
    assert_eq!(record["outcome"]["state"], "delivered");
    assert_eq!(record["ledger"]["escrow_minor"], 0);
    let list: Value = serde_json::from_str(&delivered(&desk, "shortlist.json")).unwrap();
    let applications = list["applications"].as_array().unwrap();
    assert_eq!(applications.len(), 12);
    for one in applications {
        let decision = &one["decision"];
        let invited = decision["chosen"] == "invite";
        assert!(
            invited || decision["reason"].as_str().unwrap().len() > 9,
            "{one}"
        );
        assert_eq!(one["findings"].as_array().unwrap().len(), 7);
    }
    // The scanned letter is there, and a person decided on it.
    assert!(applications[11]["unreadable"].is_string());
    assert_eq!(
        list["description"]["set_aside"].as_array().unwrap().len(),
        1
    );
    let page = delivered(&desk, "shortlist.html");
    for said in [
        "Robin Example’s own",
        "could not be read",
        "Not invited",
        "not stated",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let report: Value = serde_json::from_str(&delivered(&desk, "fairness.json")).unwrap();
    assert_eq!(report["applicants"], 12);
    assert_eq!(report["attributes"][0]["unknown_applicants"], 1);
    desk.assert_healthy();
}

/// The example's answers without the decisions on one task.
fn answers_without(desk: &Desk, from: &str, to: Option<&str>) -> String {
    let text = std::fs::read_to_string(repository().join(EXAMPLE).join("answers.yaml")).unwrap();
    let start = text.find(from).unwrap();
    let end = to.map_or(text.len(), |to| text.find(to).unwrap());
    std::fs::create_dir_all(desk.data()).unwrap();
    let path = desk.data().join("answers.yaml");
    std::fs::write(&path, format!("{}{}", &text[..start], &text[end..])).unwrap();
    path.to_str().unwrap().to_owned()
}

fn states(desk: &Desk) -> BTreeMap<String, String> {
    let tasks = record(&desk.run(&["task", "list", "--json"]));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pairs = tasks.as_array().unwrap().iter();
    pairs
        .map(|task| (text(&task["key"]), text(&task["state"])))
        .collect()
}

fn waits(output: &Output, said: &str) {
    let told = words(output);
    assert_eq!(output.status.code(), Some(75), "{told}");
    assert!(told.contains(said), "{told}");
}

#[test]
fn no_application_is_read_before_the_criteria_are_approved_and_nobody_is_decided_on_by_default() {
    let desk = Desk::new();
    let attributes = format!("{EXAMPLE}/attributes.csv");
    let unapproved = answers_without(&desk, "  approve:", Some("  invite:"));
    waits(
        &command(&desk, &attributes, &unapproved).output().unwrap(),
        "'criteria'",
    );
    let outcomes = record(&desk.run(&["outcome", "list", "--json"]));
    let outcome = outcomes[0]["id"].as_str().unwrap();
    for (key, state) in states(&desk) {
        let has_begun = ["describe", "approve"].contains(&key.as_str());
        assert_eq!(state != "blocked", has_begun, "{key} is {state}");
    }

    let undecided = answers_without(&desk, "  invite:", None);
    let resume = [
        "run",
        "--resume",
        outcome,
        "--json",
        "--answers",
        &undecided,
    ];
    waits(&desk.run(&resume), "12 of 12");
    let states = states(&desk);
    assert_eq!(states["compare"], "accepted");
    for key in ["shortlist", "fairness"] {
        assert_eq!(states[key], "blocked", "{key}");
    }
}

/// What a run did, without what is new in every run: identifiers, moments, draws. Whatever has to
/// do with fairness is left out.
fn trace(desk: &Desk, record: &Value) -> Vec<String> {
    let mut trace = Vec::new();
    let tasks = record["tasks"].as_array().unwrap();
    for task in tasks.iter().filter(|task| task["kind"] != "fairness") {
        let shown = crate::fixture::record(&desk.run(&[
            "task",
            "show",
            task["id"].as_str().unwrap(),
            "--json",
        ]));
        trace.push(format!(
            "{} {} {} {} {}",
            task["key"],
            task["state"],
            task["contributor"]["name"],
            task["paid_minor"],
            shown["spec"]["instructions"]
        ));
    }
    for deliverable in record["deliverables"].as_array().unwrap() {
        let name = deliverable["name"].as_str().unwrap();
        if !name.starts_with("fairness") {
            trace.push(format!("{name} {}", deliverable["sha256"]));
        }
    }
    trace
}

fn permuted(desk: &Desk) -> String {
    let example = repository().join(EXAMPLE).join("attributes.csv");
    let text = std::fs::read_to_string(example).unwrap();
    let rows: Vec<(&str, &str)> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .collect();
    let mut moved = vec!["application,gender,ethnicity".to_owned()];
    for (at, (name, _)) in rows.iter().enumerate() {
        let declared = rows[(at + 5) % rows.len()].1;
        moved.push(format!("{name},{declared}"));
    }
    std::fs::create_dir_all(desk.data()).unwrap();
    let path = desk.data().join("attributes.csv");
    std::fs::write(&path, moved.join("\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn permuting_what_people_declared_changes_the_report_on_fairness_and_nothing_else() {
    let (as_given, moved) = (Desk::new(), Desk::new());
    let first = run(&as_given, &format!("{EXAMPLE}/attributes.csv"));
    let second = run(&moved, &permuted(&moved));
    assert_eq!(trace(&as_given, &first), trace(&moved, &second));
    let report = |desk: &Desk| delivered(desk, "fairness.json");
    assert_ne!(report(&as_given), report(&moved));
    assert_attribute_held_apart(&moved, &second);
}

/// Only the task on fairness is given the declarations, and it is closed to whoever is not cleared.
fn assert_attribute_held_apart(desk: &Desk, record: &Value) {
    let mut given = BTreeMap::new();
    for task in record["tasks"].as_array().unwrap() {
        let id = task["id"].as_str().unwrap();
        let shown = crate::fixture::record(&desk.run(&["task", "show", id, "--json"]));
        let context = shown["spec"]["instructions"]["context"].as_array().unwrap();
        for item in context.iter().filter(|item| item["class"] == "restricted") {
            given.insert(
                task["key"].as_str().unwrap().to_owned(),
                item["name"].clone(),
            );
        }
    }
    let only = BTreeMap::from([("fairness".to_owned(), Value::from("declarations"))]);
    assert_eq!(given, only);
    for name in [
        "shortlist.html",
        "shortlist.json",
        "shortlist.csv",
        "invite.json",
        "approve.json",
    ] {
        let text = delivered(desk, name);
        for declared in ["woman", "Asian", "prefer not to say"] {
            assert!(!text.contains(declared), "{name} has {declared}");
        }
    }
    assert!(Path::new(&desk.output()).join("fairness.html").exists());
}
