//! Signing in the page: what is paid stands there before it is recorded, critical work is signed by somebody who
//! did not judge it, and nobody is led to a signature that they cannot give.

use axum::http::StatusCode;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::task::{Approval, Handed, Phase, Task};

use crate::fixture::{Browser, House, LETTER};
use crate::settings::RULES;

/// Puts rules in force, as Sam the steward does.
async fn rule(house: &House, from: &str, to: &str) {
    let form = RULES.replace(from, to);
    let form = format!("version=1&{form}&attempts=3&reason=For+a+test");
    let sam = house.browser(house.sam).await;
    let done = sam.post("/settings/rules", &form).await;
    assert_eq!(done.leads_to(), "/settings");
}

/// Somebody who joins as a reviewer of Ada's desk.
fn reviewer(house: &House, capability: &str) -> ContributorId {
    let engine = &house.engine;
    let id = ContributorId::new(engine.now(), engine.random().unwrap());
    let newcomer = Newcomer {
        name: "Cleo".to_owned(),
        nature: Nature::Person,
        capabilities: [(capability.to_owned(), 6)].into(),
        profile: Profile::default(),
    };
    network::add(engine, id, &newcomer).unwrap();
    let own = network::organisation(engine, house.ada, "Ada's desk").unwrap();
    let command = OrganisationCommand::SetRoles {
        reason: "she judges letters".to_owned(),
        roles: [Role::Reviewer].into(),
        task: None,
        who: id,
    };
    let ada = Principal::Contributor(house.ada);
    engine
        .execute(ada, Body::Organisation(own, command))
        .unwrap();
    id
}

/// Begins a letter, and has it handed in by whoever it is offered to.
async fn handed_in(house: &House, letter: &str, by: &Browser<'_>) -> TaskId {
    let task = TaskId::in_outcome(house.begin(letter), "write");
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    by.post(&format!("/tasks/{task}/claim"), "").await;
    let letter = "lease=1&ai=none&result=Thank+you+for+helping+us+to+move.";
    by.post(&format!("/tasks/{task}/hand-in"), letter).await;
    house.until(task, |task| matches!(task.phase, Phase::Reviewing(_)));
    task
}

fn now(house: &House, task: TaskId) -> Task {
    house.engine.task(task).unwrap().unwrap()
}

/// Opens what was handed in and sends a decision; gives what the page says.
async fn decide(house: &House, task: TaskId, who: &Browser<'_>, place: &str, form: &str) -> String {
    let file = format!("/tasks/{task}/open");
    who.post(&file, "file=write.json").await;
    let content = now(house, task).handed().unwrap().submission.content;
    let form = format!("{form}&content={content}&missed=nothing+seen");
    let answer = who.post_on(&format!("/tasks/{task}/{place}"), &form).await;
    answer.text
}

#[tokio::test]
async fn what_is_paid_stands_on_the_page_before_it_is_signed() {
    let house = House::new();
    rule(&house, "tax=0", "tax=10").await;
    let task = house.letter_handed_in().await;
    let ada = house.browser(house.ada).await;
    let desk = ada.get(&format!("/tasks/{task}/sign")).await.text;
    assert!(
        desk.contains("What it was made from") && desk.contains("the move"),
        "{desk}"
    );
    let lines = decide(&house, task, &ada, "sign", "decision=sign").await;
    decide(&house, task, &ada, "sign/confirm", "").await;
    let Phase::Accepted(_, paid) = now(&house, task).phase else {
        panic!("it was signed");
    };
    assert!(paid.fee.is_positive() && paid.tax.is_positive());
    let asset = now(&house, task).asset;
    for amount in [paid.fee, paid.tax, paid.net, paid.released] {
        assert!(lines.contains(&asset.show(amount)), "{amount:?}: {lines}");
    }
}

#[tokio::test]
async fn what_is_paused_says_so_where_one_signs() {
    let house = House::new();
    let task = house.letter_handed_in().await;
    let outcome = now(&house, task).outcome;
    let ada = house.browser(house.ada).await;
    let pause = format!("/outcomes/{outcome}/pause");
    ada.post(&pause, "reason=wait").await.leads_to();
    let desk = ada.get(&format!("/tasks/{task}/sign")).await.text;
    let today = ada.get("/today").await.text;
    assert!(
        desk.contains("is paused.") && desk.contains(" disabled"),
        "{desk}"
    );
    assert!(today.contains("Paused until it goes on."), "{today}");
}

#[tokio::test]
async fn what_is_no_decision_decides_nothing() {
    let house = House::new();
    let task = house.letter_handed_in().await;
    let ada = house.browser(house.ada).await;
    let refused = decide(&house, task, &ada, "sign", "decision=perhaps").await;
    assert!(refused.contains("perhaps"), "{refused}");
    assert!(!refused.contains("Sign and pay"), "{refused}");
}

#[tokio::test]
async fn critical_work_is_signed_by_whoever_did_not_judge_it() {
    let house = House::new();
    rule(&house, "reviews-critical=2", "reviews-critical=1").await;
    let (ada, ben) = (
        house.browser(house.ada).await,
        house.browser(house.ben).await,
    );
    let letter = LETTER.replace("risk: medium", "risk: critical");
    let task = handed_in(&house, &letter, &ben).await;
    let desk = format!("/tasks/{task}/sign");
    assert!(!ada.get("/today").await.text.contains(&desk));
    let early = ada.get(&desk).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);

    let cleo = reviewer(&house, "writing");
    let cleo = house.browser(cleo).await;
    decide(&house, task, &cleo, "review", "decision=accept").await;
    assert!(ada.get("/today").await.text.contains(&desk));
    decide(&house, task, &ada, "sign/confirm", "").await;
    let Phase::Accepted(handed, paid) = now(&house, task).phase else {
        panic!("it was signed");
    };
    assert_eq!(handed.reviews.len(), 1, "the signer did not judge it");
    let Approval::SignedOff { reason, .. } = paid.approval else {
        panic!("it was signed in person");
    };
    assert!(reason.contains("nothing seen"), "{reason}");
}

#[tokio::test]
async fn whoever_made_it_is_not_led_to_sign_what_a_reviewer_left_to_them() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let letter = LETTER.replace("price: 500", "price: 0");
    let letter = letter.replace("capability: writing", "capability: deciding");
    let task = handed_in(&house, &letter, &ada).await;
    let desk = format!("/tasks/{task}/sign");
    assert!(!ada.get("/today").await.text.contains(&desk));

    let cleo = reviewer(&house, "deciding");
    let cleo = house.browser(cleo).await;
    decide(&house, task, &cleo, "review", "decision=escalate").await;
    let today = ada.get("/today").await.text;
    assert!(today.contains("somebody else has to judge it"), "{today}");
    assert!(!today.contains(&desk), "{today}");
    let page = ada.get(&format!("/tasks/{task}")).await.text;
    assert!(page.contains("Invite a reviewer"), "{page}");
    assert!(!page.contains("Review and sign"), "{page}");
    let refused = ada.get(&desk).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_not_signed_goes_to_whom_it_is_left_to_with_what_each_criterion_lacks() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    for (decision, goes_back) in [("changes", true), ("reject", true), ("escalate", false)] {
        let task = house.letter_handed_in().await;
        let wordless = format!("decision={decision}");
        let refused = decide(&house, task, &ada, "sign", &wordless).await;
        assert!(refused.contains("what has to change"), "{refused}");
        let form = format!("decision={decision}&changes=Name+the+van&lacks-kind=Be+kinder");
        decide(&house, task, &ada, "sign", &form).await;
        let now = now(&house, task);
        assert_eq!(now.returned.is_some(), goes_back, "{decision}: {now:?}");
        assert_eq!(now.passed_over.contains(&house.ben), decision == "reject");
        if let Some(returned) = now.returned {
            let said: Vec<&str> = returned.reasons.iter().map(|it| it.text.as_str()).collect();
            assert_eq!(said, ["Be kinder", "Name the van"]);
        } else {
            assert!(now.handed().is_some_and(Handed::asks_for_decision));
        }
    }
}

#[tokio::test]
async fn whoever_leaves_the_second_step_finds_their_words_again() {
    let house = House::new();
    let task = house.letter_handed_in().await;
    let ada = house.browser(house.ada).await;
    let lines = decide(&house, task, &ada, "sign", "decision=sign").await;
    let back = format!("/tasks/{task}/sign?missed=nothing%20seen");
    assert!(lines.contains(&back), "{lines}");
    let desk = ada.get(&back).await.text;
    assert!(desk.contains("value=\"nothing seen\""), "{desk}");
}
