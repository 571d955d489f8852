//! Deciding on a page: what somebody chose, and what they say of how they came to it.

use axum::http::StatusCode;
use consort_kernel::id::TaskId;
use consort_kernel::task::{AiUse, DataClass, Phase};
use consort_playbook::{File, InputValue};
use serde_json::{Value, json};

use crate::fixture::House;

/// A question that Ben settles.
const QUESTION: &str = "
name: question
version: 1
title: A question
description: Has a question settled.
inputs:
  - {name: form, type: file, required: true, prompt: Which questions?}
outcome:
  objective: It is settled
  narrative: Somebody waits for it.
  risk: medium
  deadline: 3d
  criteria:
    - {key: settled, text: It is settled., method: judgment}
tasks:
  - key: settle
    kind: decide
    title: Settle it
    capability: writing
    mode: person
    price: 0
    lease: 4h
    risk: medium
    serves: [settled]
    gate: true
    instructions:
      goal: Settle it.
      context: [{name: form, from: inputs.form}]
      constraints: [Say why.]
      criteria:
        - {key: careful, text: It is careful., method: judgment}
";

impl House {
    /// A question with two answers, which is offered to Ben.
    pub(crate) fn question(&self) -> TaskId {
        let option = |key: &str| json!({"key": key, "label": key});
        let form = json!({"questions": [
            {"key": "which", "ask": "Which?", "options": [option("this"), option("that")]},
        ]});
        let stored = self.engine.artefacts().put(form.to_string().as_bytes());
        let file = InputValue::File(File {
            name: "form.json".to_owned(),
            digest: stored.unwrap(),
            class: DataClass::Internal,
        });
        let outcome = self.begin_with(QUESTION, [("form".to_owned(), file)].into());
        let task = TaskId::in_outcome(outcome, "settle");
        self.until(task, |task| matches!(task.phase, Phase::Offered(_)));
        task
    }
}

#[tokio::test]
async fn the_record_of_a_decision_says_what_its_person_said_of_it() {
    let house = House::new();
    for (said, ai, opened) in [
        ("", AiUse::None, true),
        ("&assisted=yes&unread=yes", AiUse::Assisted, false),
    ] {
        let task = house.question();
        let ben = house.browser(house.ben).await;
        let desk = format!("/tasks/{task}/settle");
        let page = ben.get(&desk).await.text;
        assert!(page.contains("no AI had a part"), "{page}");
        let refused = ben.post(&desk, &format!("reason-0=r{said}")).await;
        assert!(refused.text.contains("1 question is not settled"));
        assert_eq!(
            refused.text.matches("value=\"yes\" checked").count(),
            usize::from(!opened) * 2
        );
        let settled = ben
            .post(&desk, &format!("choice-0=that&reason-0=r{said}"))
            .await;
        assert_eq!(settled.status, StatusCode::SEE_OTHER, "{}", settled.text);
        let handed = house.until(task, |task| task.handed().is_some());
        let submission = &handed.handed().unwrap().submission;
        assert_eq!(submission.provenance.ai, ai);
        let content = house.engine.artefacts().get(submission.content).unwrap();
        let content: Value = serde_json::from_slice(&content).unwrap();
        assert_eq!(content["decisions"][0]["opened"], opened);
        assert_eq!(content["decisions"][0]["chosen"], "that");
    }
}
