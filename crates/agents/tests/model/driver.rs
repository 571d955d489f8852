//! What becomes of an answer: repaired at most twice, cited by the software, opinions marked.

use consort_agents::model::Kind;
use consort_engine::runner::Failure;
use consort_kernel::task::DataClass;
use serde_json::json;

use crate::fixture::{Story, commission, document, handed_over, quoting, summary};
use crate::server::{Act, Usage};

fn say(text: &str) -> Act {
    Act::Say(text.to_owned(), Usage::Of(1_000, 100))
}

#[test]
fn an_answer_that_breaks_the_form_is_repaired_when_it_is_told_why() {
    let good = quoting(&["The notice period is 30 days."]);
    let story = Story::new(vec![say("{\"document\": \"\"}"), say("Certainly!"), good]);
    let product = story.perform().unwrap();
    assert!(story.cites(&product.content));
    let seen = story.server.seen();
    assert_eq!(seen.len(), 3);
    let told = seen[1].body["messages"][3]["content"].as_str().unwrap();
    assert!(told.contains("statements"), "{told}");
    let told = seen[2].body["messages"][3]["content"].as_str().unwrap();
    assert!(told.contains("no JSON"), "{told}");
}

#[test]
fn an_answer_that_never_holds_goes_to_somebody_else_after_two_repairs() {
    let story = Story::new(vec![
        say("{}"),
        say("[]"),
        say("{\"a\": 1}"),
        say("{\"b\": 1}"),
    ]);
    let note = handed_over(story.perform());
    assert!(note.contains("does not hold after 2 repairs"), "{note}");
    assert_eq!(story.server.left(), 1);
}

#[test]
fn a_model_that_repeats_itself_is_not_asked_a_third_time() {
    let story = Story::new(vec![say("{}"), say("{}"), say("{}")]);
    let note = handed_over(story.perform());
    assert!(note.contains("repeats itself"), "{note}");
    assert_eq!(story.server.left(), 1);
}

#[test]
fn what_is_said_twice_stands_once() {
    let quote = "The notice period is 30 days.";
    let story = Story::new(vec![quoting(&[quote, quote, quote])]);
    let product = story.perform().unwrap();
    assert_eq!(product.content["statements"].as_array().unwrap().len(), 1);
}

#[test]
fn what_stands_in_no_document_goes_out_as_the_models_opinion() {
    let mut answer = summary(&["The notice period is 30 days.", "It is a bargain."]);
    // A figure that is in no quotation, and a citation that claims a digest of its own.
    let claim = json!({"text": "The notice period is 31 days.", "citations":
        [{"passage": "D1.1", "quote": "The notice period", "sha256": "00", "place": {"line": 9}}]});
    let statements = answer["statements"].as_array_mut().unwrap();
    statements.push(claim);
    answer["opinions"] = json!(["I would take it.", {"text": "Soon."}, 7]);
    let story = Story::new(vec![say(&answer.to_string())]);
    let content = story.perform().unwrap().content;
    assert!(story.cites(&content));
    assert_eq!(content["statements"].as_array().unwrap().len(), 1);
    let opinions = content["opinions"].as_array().unwrap();
    let said: Vec<_> = opinions
        .iter()
        .map(|it| it["opinion"].as_str().unwrap())
        .collect();
    assert_eq!(
        said,
        [
            "I would take it.",
            "Soon.",
            "It is a bargain.",
            "The notice period is 31 days."
        ]
    );
    assert!(opinions.iter().all(|it| it["by"] == "small (small-1)"));
}

#[test]
fn what_a_model_says_in_place_of_statements_is_its_opinion_too() {
    let answer = json!({"document": "offer.txt", "statements": [], "nothing": "Just sign it."});
    let story = Story::new(vec![say(&answer.to_string())]);
    let content = story.perform().unwrap().content;
    assert_eq!(
        content["nothing"],
        "small (small-1) names nothing that it could cite."
    );
    assert_eq!(content["opinions"][0]["opinion"], "Just sign it.");
}

#[test]
fn a_quotation_is_found_where_it_stands_and_not_where_the_model_says() {
    let answer = json!({"document": "offer.txt", "statements": [{
        "text": "The price is EUR 400 per month.",
        "citations": [{"passage": "D1.1", "quote": "The price is  EUR 400"},
                      {"passage": "D1.2", "quote": "The price is EUR 4,000"}]}]});
    let story = Story::new(vec![say(&answer.to_string())]);
    let product = story.perform().unwrap();
    let citations = product.content["statements"][0]["citations"]
        .as_array()
        .unwrap();
    assert_eq!(citations.len(), 1);
    assert_eq!(
        (&citations[0]["block"], &citations[0]["place"]),
        (&json!(1), &json!({"line": 2}))
    );
    let record = String::from_utf8(product.files["model.json"].clone()).unwrap();
    assert!(record.contains("\"unfounded_citations\":1"), "{record}");
}

#[test]
fn material_that_is_too_closely_held_is_never_sent() {
    let mut story = Story::new(vec![]);
    story.commission.materials[0].class = DataClass::Confidential;
    let note = handed_over(story.perform());
    assert!(note.contains("is confidential"), "{note}");
    assert_eq!(story.server.seen().len(), 0);
}

#[test]
fn a_task_that_is_too_large_for_the_model_is_never_sent() {
    let mut story = Story::with(Kind::OpenAi, vec![], |it| it.prompt_bytes_max = 10_000);
    story.commission = commission(&[document("long.txt", &["word ".repeat(3_000).as_str()])]);
    let note = handed_over(story.perform());
    assert!(note.contains("takes 10000"), "{note}");
    assert_eq!(story.server.seen().len(), 0);
}

#[test]
fn a_wait_between_an_answer_and_its_repair_loses_neither() {
    let good = quoting(&["The notice period is 30 days."]);
    let busy = Act::Status(429, &[("retry-after", "20")], String::new());
    let story = Story::new(vec![say("{}"), busy, good]);
    let waits = story.perform();
    assert!(
        matches!(
            waits,
            Err(Failure::Later {
                wait_ms: 20_000,
                ..
            })
        ),
        "{waits:?}"
    );
    story.clock.advance(20_000);
    story.perform().unwrap();
    let seen = story.server.seen();
    assert_eq!(seen[1].body, seen[2].body);
    assert_eq!(seen[2].body["messages"].as_array().unwrap().len(), 4);
}
