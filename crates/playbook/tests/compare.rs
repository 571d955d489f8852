//! The same task to several contributors: tasks that are kept apart, their price, and who may judge.

use std::collections::{BTreeMap, BTreeSet};

use consort_playbook::{Expansion, InputValue, Inputs, Known, Playbook, expand, parse};
use serde_json::{Value, json};

/// Labels in two rounds; the second one only for what the first one left open.
const ROUNDS: &str = r#"
name: rounds
version: 1
title: Rounds
description: Labels in two rounds.
inputs:
  - {name: batches, type: list, required: true, prompt: Which?}
  - {name: answers, type: number, prompt: How many?, default: 3}
outcome:
  objective: Labels
  narrative: Somebody needs them.
  risk: low
  criteria:
    - {key: done, text: It is done., method: judgment}
tasks:
  - key: label
    kind: label
    title: Label {{ batch.name }}
    capability: label
    price: 20
    for_each: inputs.batches
    as: batch
    compare: inputs.answers
    instructions: &
  - key: again
    kind: label
    title: Label {{ batch.name }} again
    capability: label
    price: 20
    for_each: tasks.count.output.open
    as: batch
    apart_from: ["label[batch]"]
    instructions: &
  - key: count
    kind: tally
    title: Count
    capability: tally
    price: 0
    needs: [label]
    gate: true
    serves: [done]
    instructions: %
"#;

/// Instructions in one line, so that the texts above stay short.
fn playbook_text() -> String {
    let with = |from: &str| {
        format!(
            "{{goal: Do it., context: [{{name: given, from: {from}}}], constraints: [Be exact.], \
             criteria: [{{key: well, text: It is well done., method: judgment}}]}}"
        )
    };
    ROUNDS
        .replace('&', &with("batch"))
        .replace('%', &with("tasks.label.outputs"))
}

fn playbook() -> Playbook {
    parse(&playbook_text()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn inputs(answers: i64) -> Inputs {
    let batches = ["b1", "b2"].map(str::to_owned).to_vec();
    BTreeMap::from([
        ("batches".to_owned(), InputValue::List(batches)),
        ("answers".to_owned(), InputValue::Number(answers)),
    ])
}

fn keys(expansion: &Expansion) -> Vec<&str> {
    expansion
        .tasks
        .iter()
        .map(|task| task.key.as_str())
        .collect()
}

fn apart<'a>(expansion: &'a Expansion, key: &str) -> &'a [String] {
    let task = expansion.tasks.iter().find(|task| task.key == key);
    &task
        .unwrap_or_else(|| panic!("there is no {key}"))
        .apart_from
}

#[test]
fn each_item_goes_to_as_many_contributors_as_are_asked_for_and_they_are_kept_apart() {
    let expansion = expand(&playbook(), &inputs(3), &Known::default()).unwrap();
    let labels = ["label[b1/1]", "label[b1/2]", "label[b1/3]"];
    assert_eq!(keys(&expansion)[..3], labels);
    assert_eq!(keys(&expansion).len(), 7);
    assert_eq!(
        apart(&expansion, "label[b1/2]"),
        ["label[b1/1]", "label[b1/3]"]
    );
    assert_eq!(
        apart(&expansion, "label[b2/1]"),
        ["label[b2/2]", "label[b2/3]"]
    );
    let count = expansion.tasks.last().expect("it counts");
    assert_eq!(
        (count.needs.len(), count.instructions.context.len()),
        (6, 6)
    );
    let paid: i64 = expansion.tasks.iter().map(|task| task.price.minor()).sum();
    assert_eq!(paid, 120, "each of them is paid");
}

#[test]
fn a_later_task_is_kept_from_those_who_did_the_same_item_before() {
    let playbook = playbook();
    let first = expand(&playbook, &inputs(2), &Known::default()).unwrap();
    let planned: BTreeSet<String> = first.tasks.iter().map(|task| task.key.clone()).collect();
    let done = |key: &&String| key.starts_with("label") && key.as_str() != "label[b2/1]";
    let mut outputs: BTreeMap<String, Value> = planned
        .iter()
        .filter(done)
        .map(|key| (key.clone(), json!({})))
        .collect();
    outputs.insert(
        "count".to_owned(),
        json!({"open": [{"name": "b2"}, {"name": "b9"}]}),
    );
    let next = expand(&playbook, &inputs(2), &Known { outputs, planned }).unwrap();
    assert_eq!(keys(&next), ["again[b2]", "again[b9]"]);
    assert_eq!(
        apart(&next, "again[b2]"),
        ["label[b2/2]"],
        "of those that are accepted"
    );
    assert_eq!(apart(&next, "again[b9]"), [""; 0]);
}

#[test]
fn how_many_is_a_number_in_its_bounds() {
    for answers in [0, 17] {
        let problems = expand(&playbook(), &inputs(answers), &Known::default()).unwrap_err();
        assert!(
            problems[0].text.contains("from 2 to 16 is expected"),
            "{problems:?}"
        );
    }
    let one = expand(&playbook(), &inputs(1), &Known::default()).unwrap();
    assert_eq!(keys(&one)[0], "label[b1/1]");
}

#[test]
fn what_does_not_fit_is_said_with_its_place() {
    let cases = [
        ("compare: inputs.answers", "compare: 1", "2 to 16", (23, 14)),
        (
            "compare: inputs.answers",
            "compare: 17",
            "2 to 16",
            (23, 14),
        ),
        (
            "compare: inputs.answers",
            "compare: inputs.many",
            "not an input",
            (23, 14),
        ),
        (
            "compare: inputs.answers",
            "apart_from: [again]",
            "add 'again'",
            (23, 18),
        ),
        (
            "apart_from: [\"label[batch]\"]",
            "apart_from: [\"count[batch]\"]",
            "no same item",
            (32, 18),
        ),
        (
            "    gate: true\n",
            "    gate: true\n    compare: 2\n",
            "one decision",
            (41, 14),
        ),
        (
            "    gate: true\n",
            "    gate: true\n    risk: medium\n",
            "not the only judge",
            (43, 64),
        ),
    ];
    for (old, new, words, place) in cases {
        let problems = parse(&playbook_text().replacen(old, new, 1)).unwrap_err();
        let found = problems.iter().find(|problem| problem.text.contains(words));
        let found = found.unwrap_or_else(|| panic!("{words}: {problems:?}"));
        assert_eq!((found.line, found.column), place, "{words}");
    }
    let with_person = "    gate: true\n    risk: medium\n    mode: person\n";
    parse(&playbook_text().replacen("    gate: true\n", with_person, 1)).unwrap();
}

#[test]
fn a_single_result_of_several_is_not_one() {
    let text = playbook_text().replacen("tasks.label.outputs", "\"{x: tasks.label.output}\"", 1);
    let text = text.replacen("\"{x: tasks.label.output}\"", "{x: tasks.label.output}", 1);
    let problems = parse(&text).unwrap_err();
    assert!(
        problems
            .iter()
            .any(|it| it.text.contains("write tasks.label.outputs")),
        "{problems:?}"
    );
}
