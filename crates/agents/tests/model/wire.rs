//! Each wire shape: what is sent, and that a recorded answer becomes a result.

use consort_agents::model::Kind;
use consort_kernel::task::AiUse;
use serde_json::{Value, json};

use crate::fixture::{KEY, Story, USUAL_MICRO, quoting};

/// How each kind is asked: its path, the header with the key, and where the words stand.
const SHAPES: [(Kind, &str, &str, &str); 5] = [
    (
        Kind::OpenAi,
        "/v1/chat/completions",
        "authorization: bearer ",
        "/messages",
    ),
    (
        Kind::OpenAiResponses,
        "/v1/responses",
        "authorization: bearer ",
        "/input",
    ),
    (Kind::Anthropic, "/v1/messages", "x-api-key: ", "/messages"),
    (
        Kind::Gemini,
        "/v1/models/small-1:generateContent",
        "x-goog-api-key: ",
        "/contents",
    ),
    (Kind::Ollama, "/v1/api/chat", "", "/messages"),
];

#[test]
fn every_kind_of_endpoint_is_asked_and_read_in_its_own_shape() {
    for (kind, path, header, words) in SHAPES {
        let story = Story::of(kind, vec![quoting(&["The notice period is 30 days."])]);
        let product = story.perform().unwrap();
        assert_eq!(product.ai, AiUse::Generated, "{kind:?}");
        assert_eq!(product.made_with, "small (small-1)");
        assert!(story.cites(&product.content), "{kind:?}");
        assert_eq!(product.content["statements"][0]["citations"][0]["block"], 0);
        assert_eq!(story.spent(), USUAL_MICRO, "{kind:?}");
        let [request] = &story.server.seen()[..] else {
            panic!("{kind:?} is asked once");
        };
        assert_eq!(request.path, path);
        if !header.is_empty() {
            let sent = format!("{header}{KEY}");
            assert!(
                request.head.to_lowercase().contains(&sent),
                "{kind:?}: {}",
                request.head
            );
        }
        let said = request.body.pointer(words).unwrap().to_string();
        assert!(
            said.contains("[D1.1] The notice period is 30 days."),
            "{kind:?}: {said}"
        );
        assert!(!request.body.to_string().contains(KEY));
    }
}

#[test]
fn what_a_result_took_is_handed_in_beside_it() {
    let story = Story::new(vec![quoting(&["The notice period is 30 days."])]);
    let product = story.perform().unwrap();
    let record: Value = serde_json::from_slice(&product.files["model.json"]).unwrap();
    assert_eq!(record["charged_micro"], USUAL_MICRO);
    assert_eq!(
        (&record["currency"], &record["prices"]),
        (&json!("EUR"), &json!("2026-11"))
    );
    let call = &record["calls"][0];
    assert_eq!(
        (&call["input_tokens"], &call["output_tokens"]),
        (&json!(1_000), &json!(100))
    );
    assert_eq!(call["note"], "as reported");
}

#[test]
fn the_instructions_stand_apart_from_the_material() {
    let story = Story::new(vec![quoting(&["The notice period is 30 days."])]);
    story.perform().unwrap();
    let body = &story.server.seen()[0].body;
    let told = body["messages"][0]["content"].as_str().unwrap();
    let given = body["messages"][1]["content"].as_str().unwrap();
    assert_eq!(body["messages"][0]["role"], "system");
    let spec = &story.commission.task.spec.instructions;
    let criterion = &spec.criteria[0].text;
    for part in [
        &spec.goal,
        &spec.constraints[0],
        criterion,
        &"minLength".to_owned(),
    ] {
        assert!(told.contains(part), "{part}: {told}");
        assert!(!given.contains(part), "{part}: {given}");
    }
    assert!(!told.contains("30 days"));
    assert_eq!(body["response_format"]["type"], "json_object");
    assert_eq!(body["max_tokens"], 1_000);
}

#[test]
fn an_endpoint_without_a_key_is_asked_without_one() {
    let story = Story::with(
        Kind::OpenAi,
        vec![quoting(&["The notice period is 30 days."])],
        |it| {
            it.key = None;
        },
    );
    story.perform().unwrap();
    assert!(!story.server.seen()[0].head.contains(KEY));
}
