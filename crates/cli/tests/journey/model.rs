//! Agents that work by a language model: connected, tried out, and put to work on a whole brief.
//! The model is a scripted endpoint on loopback.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::endpoint::{Asked, Endpoint, KEY, put_to_work};
use crate::fixture::{Desk, record, words};

/// An endpoint that answers by the form that it is asked for.
fn endpoint() -> Endpoint {
    Endpoint::new(|asked: &Asked| {
        if asked.is_draft() {
            draft(asked)
        } else {
            summary(asked)
        }
    })
}

/// A desk with the endpoint, whose models may see what is of this class.
fn desk(class: &str) -> Desk {
    let desk = Desk::new();
    endpoint().configure(&desk, class);
    desk
}

/// The first passages, cited; a claim that stands nowhere; and an opinion.
fn summary(asked: &Asked) -> String {
    let statements: Vec<Value> = asked
        .passages()
        .into_iter()
        .take(2)
        .map(|(passage, text)| json!({"text": text, "citations": [{"passage": passage, "quote": text}]}))
        .chain([json!({"text": "It is the best there is.", "citations": [
            {"passage": "D1.1", "quote": "It is the best there is."}]})])
        .collect();
    json!({"document": asked.documents().first().copied().unwrap_or_default(), "statements": statements,
           "opinions": ["I would ask for a lower price."]})
    .to_string()
}

/// A draft that covers every document and leaves the rest open.
fn draft(asked: &Asked) -> String {
    json!({"question": {"question": "Which one?"}, "agree": [], "disagree": [], "options": [],
           "unknowns": ["what it costs in the second year"], "coverage": asked.coverage()})
    .to_string()
}

/// Who did the tasks of a kind.
fn doers(record: &Value, kind: &str) -> Vec<String> {
    let tasks = record["tasks"].as_array().unwrap().iter();
    tasks
        .filter(|task| task["key"].as_str().unwrap().split('[').next() == Some(kind))
        .map(|task| task["contributor"]["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_brief_with_models_keeps_every_promise_of_one_without() {
    let desk = desk("internal");
    put_to_work(&desk);
    let record = desk.brief("contracts");
    assert_eq!(record["outcome"]["state"], "delivered", "{record}");
    assert!(
        doers(&record, "summarise")
            .iter()
            .all(|name| name == "Reader")
    );
    assert_eq!(doers(&record, "draft"), ["Writer"]);
    let page = fs::read_to_string(desk.output().join("brief.html")).unwrap();
    assert!(page.contains("Opinions of models"));
    for opinion in ["It is the best there is.", "I would ask for a lower price."] {
        assert!(page.contains(opinion), "{opinion}");
    }
    for file in fs::read_dir(desk.output()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(KEY));
    }
    let spent = fs::read_to_string(desk.data().join("model-spending.jsonl")).unwrap();
    assert!(spent.contains("\"note\":\"as reported\"") && !spent.contains(KEY));
    let cost = record["ledger"]["models_micro"]["EUR"].as_u64().unwrap();
    let calls = doers(&record, "summarise").len() as u64 + 1;
    // 900 tokens sent and 100 answered, each time.
    assert_eq!(cost, calls * (900 + 200));
    let id = record["outcome"]["id"].as_str().unwrap();
    let shown = words(&desk.run(&["outcome", "show", id]));
    assert!(shown.contains("EUR (metered"), "{shown}");
    desk.assert_healthy();
}

#[test]
fn a_trial_shows_every_word_and_not_the_key() {
    let desk = desk("internal");
    put_to_work(&desk);
    let before = desk.run(&["events", "--json"]).stdout;
    let shown = record(&desk.run(&["agent", "test", "Reader", "--json"]));
    assert!(
        shown["sent"].as_str().unwrap().contains("# Goal"),
        "{shown}"
    );
    assert!(
        shown["received"]
            .as_str()
            .unwrap()
            .contains("the best there is")
    );
    assert!(
        shown["aside"]
            .as_str()
            .unwrap()
            .contains("millionths of EUR")
    );
    assert!(!shown.to_string().contains(KEY));
    assert_eq!(desk.run(&["events", "--json"]).stdout, before);
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let desk = desk("internal");
    put_to_work(&desk);
    let key = desk.data().join("small.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = words(&desk.run(&["agent", "test", "Reader"]));
    assert!(refused.contains("chmod 600"), "{refused}");
}
