//! What can be undone is offered to be, once; what turns somebody's work down takes words.

use axum::http::StatusCode;
use consort_kernel::outcome::Phase;
use consort_kernel::task;
use serde_json::json;

use crate::fixture::{Answer, House};
use crate::work::Story;

/// What the form of the note would send.
fn undo(page: &str) -> Option<String> {
    let note = page
        .split("role=\"status\"")
        .find(|it| it.contains("Undo</button>"))?;
    let field = |name: &str| {
        let value = note.split(&format!("name=\"{name}\" value=\"")).nth(1);
        value.map(|it| {
            it.split('"')
                .next()
                .unwrap()
                .replace(':', "%3A")
                .replace(' ', "+")
        })
    };
    let mut form = format!("reason={}&undo={}", field("reason")?, field("undo")?);
    for name in ["idempotency-key", "if-match"] {
        if let Some(value) = field(name) {
            form = format!("{form}&{name}={value}");
        }
    }
    Some(form)
}

#[tokio::test]
async fn a_pause_and_its_end_are_undone_once_by_whoever_decided_them() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let address = format!("/outcomes/{}", story.outcome);
    let phase = || house.engine.outcome(story.outcome).unwrap().unwrap().phase;
    for (verb, back, changed, before) in [
        ("pause", "resume", Phase::Paused, Phase::Running),
        ("resume", "pause", Phase::Running, Phase::Paused),
    ] {
        if phase() != before {
            story
                .ada
                .post(&format!("{address}/pause"), "reason=first&undo=yes")
                .await;
        }
        let done = story
            .ada
            .post(&format!("{address}/{verb}"), "reason=I+say+so")
            .await;
        let answer = done.leads_to();
        assert_eq!(phase(), changed);
        let offered = undo(&story.ada.get(answer).await.text).unwrap();
        // The page by itself offers nothing, and nobody else is offered it.
        assert_eq!(undo(&story.ada.get(&address).await.text), None);
        let sam = house.browser(house.sam).await;
        assert_eq!(undo(&sam.get(answer).await.text), None);
        for _ in 0..2 {
            // Sent twice it is one undoing, and not the undoing of it.
            let undone = story.ada.post(&format!("{address}/{back}"), &offered).await;
            assert_eq!(undone.leads_to(), address);
            assert_eq!(phase(), before);
        }
        assert_eq!(undo(&story.ada.get(&address).await.text), None);
    }
}

/// Expects that it was refused, with words.
fn is_refused(answer: &Answer, words: &str) {
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        answer.text
    );
    assert!(answer.text.contains(words), "{}", answer.text);
}

#[tokio::test]
async fn what_stops_or_gives_up_takes_a_reason() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let outcome = format!("/outcomes/{}", story.outcome);
    let sam = house.browser(house.sam).await;
    for reason in ["", "++"] {
        let form = format!("reason={reason}");
        is_refused(
            &story.ada.post(&format!("{outcome}/pause"), &form).await,
            "text is expected",
        );
        is_refused(
            &story.ada.post(&story.at("/give-up"), &form).await,
            "text is expected",
        );
        let suspend = format!("{form}&suspended=true");
        let path = format!("/people/{}/suspension", house.ben);
        is_refused(&sam.post(&path, &suspend).await, "text is expected");
        let switch = format!("{form}&switch=agents&stop=yes");
        is_refused(
            &sam.post("/settings/switch", &switch).await,
            "text is expected",
        );
    }
    for page in [
        story.ada.get(&outcome).await.text,
        sam.get("/settings").await.text,
        sam.get(&format!("/people/{}", house.ben)).await.text,
    ] {
        let field = page.split("name=\"reason\"").nth(1).unwrap();
        assert!(
            field.split('>').next().unwrap().contains("required"),
            "{field}"
        );
    }
}

#[tokio::test]
async fn whoever_turns_work_down_says_why() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.hand_in("Thank+you+for+the+boxes").await;
    let judged = house.until(story.task, |task| {
        matches!(
            task.phase,
            task::Phase::Reviewing(_) | task::Phase::Signing(_)
        )
    });
    let content = judged.handed().unwrap().submission.content;
    let desk = story.ada.get(&story.at("/sign")).await.text;
    let field = desk.split("name=\"changes\"").nth(1).unwrap();
    assert!(
        field.split('>').next().unwrap().contains("required"),
        "{field}"
    );
    let back = format!("decision=changes&content={content}&changes=++");
    is_refused(
        &story.ada.post(&story.at("/sign"), &back).await,
        "Say what has to change",
    );
    let ada = house.program(house.ada);
    let path = format!("/api/v1/tasks/{}/reviews", story.task);
    let lease = judged.lease_number;
    let review =
        json!({ "lease": lease, "submission": content.to_string(), "verdict": "escalate" });
    let unsaid = ada.post(&path, &review, "").await;
    unsaid.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    for verdict in ["reject", "request_changes"] {
        let mut review = review.clone();
        review["verdict"] = json!(verdict);
        let unsaid = ada.post(&path, &review, "").await;
        unsaid.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    let task = house.engine.task(story.task).unwrap().unwrap();
    assert!(task.handed().is_some_and(|it| it.reviews.is_empty()));
}

#[tokio::test]
async fn an_outcome_is_given_up_on_a_second_step_with_a_reason() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let address = format!("/outcomes/{}/cancel", story.outcome);
    let phase = || house.engine.outcome(story.outcome).unwrap().unwrap().phase;
    let wordless = story.ada.post(&address, "reason=+").await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = story
        .ada
        .post(&address, "reason=They+moved+away")
        .await
        .text;
    for words in [
        "cannot be undone",
        "1 open task",
        "5.00 practice",
        "They moved away",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(phase(), Phase::Running);
    let form = "reason=They+moved+away&confirmed=yes";
    let stranger = story.ben.post(&address, form).await;
    assert!(stranger.status.is_client_error(), "{}", stranger.text);
    assert_eq!(phase(), Phase::Running);
    story.ada.post(&address, form).await.leads_to();
    assert!(matches!(phase(), Phase::Cancelling | Phase::Cancelled));
}
