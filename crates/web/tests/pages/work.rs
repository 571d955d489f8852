//! The main job in pages: an offer is taken, work is handed in, sent back, done again, signed and paid,
//! and the outcome is closed.

use axum::http::StatusCode;
use consort_kernel::money::Amount;
use consort_kernel::outcome;
use consort_kernel::task::Phase;

use crate::fixture::House;

#[tokio::test]
async fn a_task_goes_from_its_offer_to_its_payment_and_the_outcome_to_its_end() {
    let house = House::new();
    let (outcome, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let (ada, ben) = (
        house.browser(house.ada).await,
        house.browser(house.ben).await,
    );
    let address = format!("/tasks/{task}");

    // Taken.
    assert!(ben.get("/today").await.text.contains("Write the letter"));
    assert_eq!(
        ben.post(&format!("{address}/claim"), "").await.leads_to(),
        address
    );
    assert!(
        ben.get(&address).await.text.contains("the move"),
        "the material is shown"
    );

    // Handed in too short: a check sends it back by itself, and it is offered again.
    ben.post(&format!("{address}/hand-in"), "result=Thanks")
        .await;
    house.until(task, |task| {
        task.returned.is_some() && matches!(task.phase, Phase::Offered(_))
    });
    assert!(ben.get(&address).await.text.contains("went back"));
    ben.post(&format!("{address}/claim"), "").await;
    ben.post(
        &format!("{address}/hand-in"),
        "result=Thank+you+for+the+boxes",
    )
    .await;
    let reviewing = |task: &consort_kernel::task::Task| {
        matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_))
    };
    house.until(task, reviewing);

    // Not signed before it was opened, nor without a word on what it misses.
    let sign = format!("{address}/sign");
    assert!(ada.get("/today").await.text.contains(&sign));
    let desk = ada.get(&sign).await.text;
    assert!(
        desk.contains("Not opened yet") && desk.contains("disabled"),
        "{desk}"
    );
    for path in [sign.clone(), format!("{sign}/confirm")] {
        let refused = ada.post(&path, "decision=sign&missed=nothing+seen").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("before you sign"), "{}", refused.text);
    }
    let opened = ada
        .post(&format!("{address}/open"), "file=write.json")
        .await;
    assert!(opened.text.contains("Thank you for the boxes"));
    let refused = ada.post(&sign, "decision=sign&missed=").await;
    assert!(refused.text.contains("nothing seen"), "{}", refused.text);

    // Sent back with a reason, done again; what was opened then is not what is signed now.
    assert_eq!(
        ada.post(&sign, "decision=changes&changes=Name+the+van")
            .await
            .leads_to(),
        address
    );
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    assert!(ben.get(&address).await.text.contains("Name the van"));
    ben.post(&format!("{address}/claim"), "").await;
    ben.post(
        &format!("{address}/hand-in"),
        "result=Thank+you+for+boxes+and+van",
    )
    .await;
    house.until(task, reviewing);
    assert!(ada.get(&sign).await.text.contains("Not opened yet"));

    // Signed on the second step, and paid once.
    ada.post(&format!("{address}/open"), "file=write.json")
        .await;
    let lines = ada
        .post(&sign, "decision=sign&missed=nothing+seen")
        .await
        .text;
    assert!(
        lines.contains("Nothing is recorded yet") && lines.contains("5.00 practice"),
        "{lines}"
    );
    assert!(reviewing(&house.engine.task(task).unwrap().unwrap()));
    let confirm = format!("{sign}/confirm");
    assert_eq!(
        ada.post(&confirm, "missed=nothing+seen").await.leads_to(),
        "/today"
    );
    let again = ada.post(&confirm, "missed=nothing+seen").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let paid = house.until(task, |task| matches!(task.phase, Phase::Accepted(..)));
    let Phase::Accepted(_, settlement) = &paid.phase else {
        unreachable!()
    };
    assert_eq!(settlement.net, Amount::from_minor(500));

    // The outcome: opened, confirmed, closed at exactly zero.
    let end = format!("/outcomes/{outcome}/sign");
    assert!(ada.get("/today").await.text.contains(&end));
    let first = ada.post(&end, "recommendation=Send+it").await.text;
    assert!(
        first.contains("Left in escrow") && first.contains("Send it"),
        "{first}"
    );
    let closed = ada.post(&end, "recommendation=Send+it&confirmed=yes").await;
    assert_eq!(
        closed.leads_to(),
        format!("/outcomes/{outcome}?view=deliverables")
    );
    let outcome_now = house.engine.outcome(outcome).unwrap().unwrap();
    assert_eq!(outcome_now.phase, outcome::Phase::Delivered);
    assert_eq!(outcome_now.purse.available, Amount::ZERO);
    let page = ada
        .get(&format!("/outcomes/{outcome}?view=deliverables"))
        .await
        .text;
    assert!(page.contains("write.json"));
    let record = ada
        .get(&format!("/outcomes/{outcome}/record.json"))
        .await
        .text;
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["signed"]["recommendation"], "Send it");
    assert_eq!(record["ledger"]["paid_minor"], 500);
    for view in ["", "?view=plan", "?view=timeline", "?view=money"] {
        assert_eq!(
            ada.get(&format!("/outcomes/{outcome}{view}")).await.status,
            StatusCode::OK
        );
    }
    assert!(ada.get("/ledger").await.text.contains("Ben"));
}

#[tokio::test]
async fn what_is_declined_is_offered_to_nobody_again_without_a_word() {
    let house = House::new();
    let (_, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let ben = house.browser(house.ben).await;
    assert_eq!(
        ben.post(&format!("/tasks/{task}/decline"), "")
            .await
            .leads_to(),
        "/today"
    );
    house.until(task, |task| matches!(task.phase, Phase::Ready));
    let late = ben.post(&format!("/tasks/{task}/claim"), "").await;
    assert_ne!(late.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_question_reaches_who_answers_and_the_answer_who_asked() {
    let house = House::new();
    let (_, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let (ada, ben) = (
        house.browser(house.ada).await,
        house.browser(house.ben).await,
    );
    ben.post(&format!("/tasks/{task}/claim"), "").await;
    ben.post(&format!("/tasks/{task}/ask"), "text=Which+van%3F")
        .await;
    assert!(ada.get("/today").await.text.contains("Which van?"));
    ada.post(
        &format!("/tasks/{task}/answer"),
        "question=0&text=The+red+one",
    )
    .await;
    assert!(
        ben.get(&format!("/tasks/{task}"))
            .await
            .text
            .contains("The red one")
    );
    assert!(!ada.get("/today").await.text.contains("Which van?"));
}

#[tokio::test]
async fn an_outcome_is_paused_with_a_reason_and_goes_on() {
    let house = House::new();
    let (outcome, _) = house.letter();
    let ada = house.browser(house.ada).await;
    let phase = || house.engine.outcome(outcome).unwrap().unwrap().phase;
    ada.post(
        &format!("/outcomes/{outcome}/pause"),
        "reason=waiting+for+the+board",
    )
    .await;
    assert_eq!(phase(), outcome::Phase::Paused);
    assert!(
        ada.get(&format!("/outcomes/{outcome}?view=timeline"))
            .await
            .text
            .contains("waiting for the board")
    );
    ada.post(&format!("/outcomes/{outcome}/resume"), "reason=it+said+yes")
        .await;
    assert_eq!(phase(), outcome::Phase::Running);
}
