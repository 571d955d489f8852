//! Labels, unattended: forty messages, three programs that sort them, and the table that comes of it.

use std::collections::BTreeMap;
use std::fs;

use crate::fixture::{Desk, record, repository, words};

/// The lists of words of the three labellers.
const LABELLERS: [&str; 3] = ["broad", "hasty", "narrow"];

/// A network with three labellers that are programs.
fn desk() -> Desk {
    let desk = Desk::new();
    let examples = repository().join("examples/messages");
    let tables = LABELLERS.map(|name| {
        format!(
            "[commands.{name}]\ncommand = [\"python3\", \"{0}/labeller.py\", \"{0}/{name}.txt\"]\n",
            examples.display()
        )
    });
    let configuration = tables.concat();
    fs::create_dir_all(desk.data()).unwrap();
    fs::write(desk.data().join("consort.toml"), configuration).unwrap();
    for name in LABELLERS {
        let added = desk
            .consort(&["--as", "Robin Example", "agent", "add", name])
            .args(["--command", name, "--capability", "label=5"])
            .output()
            .unwrap();
        assert!(added.status.success(), "{}", words(&added));
    }
    desk
}

/// The rows of the table that was delivered, by item and column.
fn delivered(desk: &Desk) -> BTreeMap<String, BTreeMap<String, String>> {
    let text = fs::read_to_string(desk.output().join("labels.csv")).unwrap();
    let split = |line: &str| -> Vec<String> {
        // A quoted cell may hold commas; the second one is the message, and the only one that does.
        let mut cells = Vec::new();
        let (mut cell, mut is_quoted) = (String::new(), false);
        for letter in line.chars() {
            match letter {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(std::mem::take(&mut cell)),
                other => cell.push(other),
            }
        }
        cells.push(cell);
        cells
    };
    let mut lines = text.lines().map(split);
    let head = lines.next().unwrap();
    lines
        .map(|cells| {
            let row: BTreeMap<String, String> = head.iter().cloned().zip(cells).collect();
            (row["id"].clone(), row)
        })
        .collect()
}

#[test]
fn messages_are_sorted_by_several_and_only_what_is_unsure_is_asked_again() {
    let desk = desk();
    let output = desk
        .consort(&["run", "playbooks/label.yaml", "--json"])
        .args(["--input", "items=examples/messages/messages.csv"])
        .args(["--answers", "examples/messages/answers.yaml"])
        .arg("--output")
        .arg(desk.output())
        .output()
        .unwrap();
    let record = record(&output);
    assert_eq!(record["outcome"]["state"], "delivered");
    let rows = delivered(&desk);
    assert_eq!(rows.len(), 40);
    assert_eq!(rows["m02"]["label"], "delivery");
    assert_eq!(rows["m01"]["standing"], "known before");
    let asked = |count: &str| rows.values().filter(|row| row["answers"] == count).count();
    assert!(asked("2") > asked("3"), "most are settled by two answers");
    let page = fs::read_to_string(desk.output().join("labels.html")).unwrap();
    assert!(
        page.contains("names another row already"),
        "the bad row is named"
    );
    let tasks = record["tasks"].as_array().unwrap();
    let mut did: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for task in tasks {
        let key = task["key"].as_str().unwrap();
        if let Some((round, batch)) = key
            .strip_prefix("label-")
            .and_then(|key| key.split_once('['))
        {
            let batch = batch.trim_end_matches(']').split('/').next().unwrap();
            let who = task["contributor"]["name"].as_str().unwrap();
            let all = did.entry(batch).or_default();
            assert!(
                !all.contains(&who),
                "{who} had batch {batch} before round {round}"
            );
            all.push(who);
        }
    }
    assert_eq!(did.len(), 4, "thirty-two items in batches of ten");
    desk.assert_healthy();
}

#[test]
fn no_contributor_is_given_what_tells_known_answers_from_others() {
    let desk = desk();
    let output = desk
        .consort(&["run", "playbooks/label.yaml", "--json"])
        .args(["--input", "items=examples/messages/messages.csv"])
        .args(["--answers", "examples/messages/answers.yaml"])
        .arg("--output")
        .arg(desk.output())
        .output()
        .unwrap();
    let record = record(&output);
    let tasks = record["tasks"].as_array().unwrap();
    let label = tasks.iter().find(|task| {
        let key = task["key"].as_str().unwrap_or_default();
        key.starts_with("label-1[")
    });
    let id = label.unwrap()["id"].as_str().unwrap();
    let folder = desk.output().with_extension("material");
    let written = desk
        .consort(&["--as", "Robin Example", "task", "context", id])
        .arg("--to")
        .arg(&folder)
        .output()
        .unwrap();
    assert!(written.status.success(), "{}", words(&written));
    let mut pieces = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("known"), "{text}");
        pieces += 1;
    }
    assert_eq!(pieces, 3, "the batch, the labels and the question");
}
