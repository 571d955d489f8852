//! Who sees what: an outsider sees nothing, a contributor their own task, the accountable person all.

use axum::http::StatusCode;
use consort_kernel::task::Phase;

use crate::fixture::House;

/// A form that judges something.
const CONTENT: &str = "decision=sign&missed=nothing&content=\
    0000000000000000000000000000000000000000000000000000000000000000";

#[tokio::test]
async fn an_outsider_sees_nothing_of_an_outcome_and_changes_nothing_in_it() {
    let house = House::new();
    let (outcome, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let eve = house.browser(house.eve).await;
    for path in [
        format!("/outcomes/{outcome}"),
        format!("/outcomes/{outcome}?view=timeline"),
        format!("/outcomes/{outcome}?view=money"),
        format!("/outcomes/{outcome}/sign"),
        format!("/outcomes/{outcome}/record.json"),
        format!("/tasks/{task}"),
        format!("/tasks/{task}/sign"),
        format!("/tasks/{task}/settle"),
        format!("/tasks/{task}/files/write.json"),
    ] {
        let answer = eve.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text.contains("letter"), "{path}");
    }
    for (path, form) in [
        (format!("/tasks/{task}/claim"), ""),
        (format!("/tasks/{task}/decline"), ""),
        (
            format!("/tasks/{task}/hand-in"),
            "result=mine&ai=none&lease=1",
        ),
        (format!("/tasks/{task}/sign"), CONTENT),
        (format!("/tasks/{task}/sign/confirm"), CONTENT),
        (format!("/tasks/{task}/open"), "file=write.json"),
        (format!("/outcomes/{outcome}/pause"), "reason=because"),
        (format!("/outcomes/{outcome}/sign"), "recommendation="),
    ] {
        let answer = eve.post(&path, form).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{path}: {}",
            answer.text
        );
    }
    for path in ["/today", "/outcomes", "/ledger"] {
        let page = eve.get(path).await.text;
        assert!(
            !page.contains("Write the letter") && !page.contains(&outcome.to_string()),
            "{path}"
        );
    }
    let person = eve.get(&format!("/people/{}", house.ben)).await;
    assert!(person.text.contains("Nothing accepted yet"));
}

#[tokio::test]
async fn a_contributor_sees_their_own_task_and_what_it_is_for() {
    let house = House::new();
    let (outcome, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let ben = house.browser(house.ben).await;
    assert_eq!(
        ben.get(&format!("/tasks/{task}")).await.status,
        StatusCode::OK
    );
    let page = ben.get(&format!("/outcomes/{outcome}")).await;
    assert!(page.text.contains("should hear that it mattered"));
    // They see that there is such an outcome, and may not sign it; of its record they learn nothing.
    for (path, status) in [
        (format!("/outcomes/{outcome}/sign"), StatusCode::FORBIDDEN),
        (
            format!("/outcomes/{outcome}/record.json"),
            StatusCode::NOT_FOUND,
        ),
    ] {
        assert_eq!(ben.get(&path).await.status, status, "{path}");
    }
    let paused = ben
        .post(&format!("/outcomes/{outcome}/pause"), "reason=no")
        .await;
    assert_eq!(paused.status, StatusCode::FORBIDDEN, "{}", paused.text);
}

#[tokio::test]
async fn what_somebody_else_wrote_is_text_and_never_markup() {
    let house = House::new();
    let (_, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let ben = house.browser(house.ben).await;
    ben.post(&format!("/tasks/{task}/claim"), "").await;
    let evil = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Cimg+src%3Dx%3E";
    ben.post(&format!("/tasks/{task}/ask"), &format!("text={evil}"))
        .await;
    ben.post(
        &format!("/tasks/{task}/hand-in"),
        &format!("result={evil}+words+enough&ai=none&lease=1"),
    )
    .await;
    let done = house.until(task, |task| {
        task.handed().is_some_and(|it| !it.checks.is_empty())
    });
    assert_eq!(done.questions.len(), 1);
    let ada = house.browser(house.ada).await;
    for path in [
        format!("/tasks/{task}"),
        format!("/tasks/{task}/sign"),
        "/today".to_owned(),
    ] {
        let page = ada.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.contains("&lt;script&gt;"), "{path}");
        assert!(
            !page.text.contains("<script>alert") && !page.text.contains("<img src=x"),
            "{path}"
        );
    }
    let file = ada.get(&format!("/tasks/{task}/files/write.json")).await;
    let policy = file.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("sandbox"), "{policy}");
    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
}
