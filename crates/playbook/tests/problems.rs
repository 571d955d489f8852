//! What an author is told: each problem with its place, a reason and what to do.

use consort_playbook::shipped::template;
use consort_playbook::{Problem, parse};
use proptest::prelude::*;

/// A small sound playbook; the tests change lines of it.
const SOUND: &str = "\
name: offers
version: 1
title: Compare offers
description: Reads offers and has one chosen.
inputs:
  - {name: documents, type: folder, required: true, prompt: Which folder?}
  - {name: what-for, type: text, prompt: What for?}
outcome:
  objective: The best of {{ inputs.documents | length }} offers
  narrative: It saves money.
  risk: medium
  criteria:
    - {key: cited, text: All is cited., method: must-cite, weight: 2}
tasks:
  - key: summarise
    kind: summarise
    title: Summarise {{ document.name }}
    for_each: inputs.documents
    as: document
    capability: reading
    price: 10
    serves: [cited]
    instructions:
      goal: Say what is in {{ document.name }}.
      context: [{name: document, from: document}]
      constraints: [Quote.]
      criteria: [{key: cited, text: It is cited., method: must-cite}]
  - key: choose-one
    kind: decide
    title: Choose
    capability: deciding
    mode: person
    price: 0
    gate: true
    needs: [summarise]
    instructions:
      goal: Choose one.
      context: [{name: summaries, from: tasks.summarise.outputs}]
      constraints: [Say why.]
      criteria: [{key: reason, text: There is a reason., method: judgment}]
";

fn problems(text: &str) -> Vec<Problem> {
    parse(text).err().unwrap_or_default()
}

/// The problems after a part of the sound playbook was replaced.
fn problems_with(from: &str, to: &str) -> Vec<Problem> {
    assert!(SOUND.contains(from), "the playbook has no {from:?}");
    problems(&SOUND.replacen(from, to, 1))
}

#[test]
fn a_sound_playbook_has_no_problems() {
    assert_eq!(problems(SOUND), []);
}

/// What is replaced by what, where the problem is, and some of its words.
const SLIPS: &[(&str, &str, (u32, u32), &str)] = &[
    (
        "needs: [summarise]",
        "needs: [sumarise]",
        (35, 13),
        "'sumarise' is not a task of this playbook; did you mean 'summarise'?",
    ),
    (
        "for_each: inputs.documents",
        "for_each: inputs.document",
        (18, 15),
        "'document' is not an input of this playbook; did you mean 'documents'?",
    ),
    (
        "for_each: inputs.documents",
        "for_each: input.documents",
        (18, 15),
        "'input' is unknown here; did you mean 'inputs'?",
    ),
    (
        "for_each: inputs.documents",
        "for_each: size(",
        (18, 20),
        "'for_each' of task 'summarise': this expression cannot be read: it ends too early",
    ),
    (
        "for_each: inputs.documents",
        "for_each: \"inputs.documents + + 1\"",
        (18, 35),
        "cannot be read",
    ),
    (
        "as: document",
        "as: documnt",
        (17, 12),
        "'document' is unknown here",
    ),
    (
        "Summarise {{ document.name }}",
        "Summarise {{ document.digest }}",
        (17, 12),
        "in texts, an item has one field; write 'document.name'",
    ),
    (
        "Say what is in {{ document.name }}.",
        "Answer {{ inputs.what_for }}.",
        (24, 13),
        "would paste what a person wrote into instructions",
    ),
    (
        "Choose one.",
        "\"{{ tasks.summarise.outputs }}\"",
        (37, 13),
        "what a task hands in cannot stand in a text",
    ),
    (
        "Choose one.",
        "\"{% set a = 1 %}\"",
        (37, 13),
        "cannot be used in texts",
    ),
    ("Choose one.", "\"{{ open\"", (37, 13), "cannot be read"),
    (
        "from: tasks.summarise.outputs",
        "from: tasks.summarise.output.x",
        (38, 41),
        "write tasks.NAME.output for one task",
    ),
    (
        "from: tasks.summarise.outputs",
        "from: tasks.sumarise.outputs",
        (38, 41),
        "did you mean 'summarise'",
    ),
    (
        "needs: [summarise]",
        "needs: []",
        (38, 41),
        "add 'summarise' to its 'needs'",
    ),
    (
        "needs: [summarise]",
        "needs: [summarise, \"summarise[item]\"]",
        (35, 24),
        "no same item",
    ),
    (
        "needs: [summarise]",
        "needs: [summarise]\n    apart_from: [choose-one]",
        (36, 18),
        "apart from itself",
    ),
    (
        "needs: [summarise]",
        "needs: [summarise]\n    apart_from: [drafting]",
        (36, 18),
        "'drafting' is not a task",
    ),
    (
        "needs: [summarise]",
        "needs: [summarise]\n    when: tasks.summarise.output.x",
        (36, 11),
        "write tasks.summarise.outputs",
    ),
    (
        "serves: [cited]",
        "serves: [sited]",
        (22, 14),
        "'sited' is no criterion of the outcome; did you mean 'cited'?",
    ),
    (
        "serves: [cited]",
        "serves: []",
        (13, 13),
        "no task serves 'cited'",
    ),
    (
        "key: choose-one",
        "key: summarise",
        (28, 10),
        "a second time, after line 15",
    ),
    ("gate: true", "gate: false", (9, 3), "nobody would sign"),
    (
        "gate: true",
        "gate: true\n    when: size(inputs.documents) > 1",
        (34, 11),
        "goes only with a recorded reason",
    ),
    (
        "mode: person",
        "mode: ai",
        (32, 11),
        "deciding is for people",
    ),
    (
        "price: 10\n",
        "price: 10\n    lease: 2 hours\n",
        (22, 12),
        "'2 hours' cannot be read",
    ),
    (
        "price: 10\n",
        "price: 10\n    lease: 90d\n",
        (22, 12),
        "it may be from 1s to 30d",
    ),
    (
        "price: 10\n",
        "price: 10\n    weight: 0\n",
        (22, 13),
        "counts for nothing",
    ),
    ("weight: 2", "weight: 0", (13, 68), "counts for nothing"),
    (
        "constraints: [Quote.]",
        "constraints: []",
        (26, 20),
        "a task goes out only with goal, context, constraints and criteria",
    ),
    ("goal: Choose one.", "goal: ''", (37, 13), "is empty"),
    (
        "kind: decide",
        "knd: decide",
        (29, 5),
        "'knd' is no field of a task; did you mean 'kind'?",
    ),
    (
        "type: folder",
        "type: directory",
        (6, 29),
        "cannot be 'directory'",
    ),
    (
        "method: must-cite, weight",
        "method: {schema: {type: objekt}}, weight",
        (13, 58),
        "not a JSON Schema",
    ),
    (
        "method: must-cite, weight",
        "method: {expression: task.x > 1}, weight",
        (13, 62),
        "sees 'submission' alone",
    ),
    (
        "risk: medium",
        "risk: &a medium\n  fee: *a",
        (12, 8),
        "aliases",
    ),
];

#[test]
fn each_slip_is_named_at_its_place_with_what_to_do() {
    let mut wrong = Vec::new();
    for (from, to, place, words) in SLIPS {
        let found = problems_with(from, to);
        let is_there = found.iter().any(|problem| {
            (problem.line, problem.column) == *place && problem.text.contains(words)
        });
        if !is_there {
            wrong.push(format!(
                "{to:?} should give {place:?} {words:?}, but gave {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_problem_reads_as_a_sentence_with_its_place() {
    let problem = &problems_with("needs: [summarise]", "needs: [sumarise, summarise]")[0];
    assert_eq!(
        problem.to_string(),
        "line 35, column 13: 'sumarise' is not a task of this playbook; did you mean 'summarise'?"
    );
}

#[test]
fn several_problems_are_reported_at_once_in_the_order_of_the_file() {
    let text = SOUND
        .replace("version: 1", "version: none")
        .replace("type: folder", "type: directory")
        .replace("price: 10\n", "price: 1.5\n")
        .replace("mode: person", "mode: nobody");
    let lines: Vec<u32> = problems(&text).iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 6, 21, 32]);
}

#[test]
fn tasks_that_wait_for_each_other_are_named_as_a_circle() {
    let found = problems_with(
        "serves: [cited]",
        "serves: [cited]\n    needs: [choose-one]",
    );
    let texts: Vec<&str> = found.iter().map(|problem| problem.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "these tasks wait for each other, so that none can begin: summarise needs choose-one \
          needs summarise; take away one of the needs"
        ]
    );
    let found = problems_with("needs: [summarise]", "needs: [summarise, choose-one]");
    assert!(
        found[0].text.contains("choose-one needs choose-one"),
        "{found:?}"
    );
    let found = problems_with(
        "for_each: inputs.documents",
        "for_each: tasks.choose_one.output.documents",
    );
    assert!(found[0].text.contains("wait for each other"), "{found:?}");
}

#[test]
fn a_harmful_result_has_to_pass_a_gate() {
    let harmful = "price: 10\n    risk: critical\n";
    assert_eq!(problems_with("price: 10\n", harmful), []);
    let text = SOUND
        .replace("price: 10\n", harmful)
        .replace("    needs: [summarise]\n", "");
    let text = text.replace("from: tasks.summarise.outputs", "from: inputs.documents");
    let found = problems(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].text.contains("no gate comes after it"),
        "{found:?}"
    );
}

#[test]
fn hundreds_of_problems_are_cut_to_what_a_person_reads() {
    let tasks = "  - {key: x}\n".repeat(200);
    let head = SOUND.split("tasks:").next().unwrap();
    let found = problems(&format!("{head}tasks:\n{tasks}"));
    assert_eq!(found.len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn reading_never_panics_on_any_text(text in "\\PC{0,400}") {
        let _ = parse(&text);
    }

    #[test]
    fn reading_never_panics_on_yaml_like_text(
        text in "([a-z]{1,4}: ?|- |\\{|\\}|\\[|\\]|\"|'|\\||>|#|&|\\*|!|\n {0,6}|[0-9é\\t]){0,120}"
    ) {
        let _ = parse(&text);
    }

    #[test]
    fn reading_never_panics_on_a_damaged_playbook(
        at in 0_usize..4_000, dropped in 0_usize..40, added in "[\\PC\n]{0,12}"
    ) {
        let letters: Vec<char> = template("each-document").unwrap().chars().collect();
        let at = at.min(letters.len());
        let rest = (at + dropped).min(letters.len());
        let text: String = letters[..at].iter().copied().chain(added.chars())
            .chain(letters[rest..].iter().copied()).collect();
        for problem in problems(&text) {
            prop_assert!(problem.line >= 1 && problem.column >= 1);
            prop_assert!(!problem.text.is_empty());
        }
    }

    #[test]
    fn reading_an_expression_never_panics(
        text in "(inputs|tasks|\\.|size|all|map|\\(|\\)|\\[|\\]|\\{|\\}|\\?|:|,|x|\"|'|`|&&|[-!+*/%<>=]|[0-9]|in|\\\\|r|u| |é){0,60}"
    ) {
        let _ = consort_playbook::expression::Expression::read(&text);
    }
}
