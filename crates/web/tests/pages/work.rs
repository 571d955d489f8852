//! The main job in pages: an offer is taken, work is handed in, sent back, done again, signed and paid,
//! and the outcome is closed.

use axum::http::StatusCode;
use consort_desk::question::hand_in;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::Amount;
use consort_kernel::outcome;
use consort_kernel::task::{AiUse, Phase, Task};

use crate::fixture::{Browser, House};

/// A task on its way, with those whose turn it is.
pub(crate) struct Story<'a> {
    house: &'a House,
    pub(crate) ada: Browser<'a>,
    pub(crate) ben: Browser<'a>,
    pub(crate) outcome: OutcomeId,
    pub(crate) task: TaskId,
}

/// Whether it only lacks a signature.
fn waits_for_signature(task: &Task) -> bool {
    matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_))
}

impl<'a> Story<'a> {
    pub(crate) async fn begin(house: &'a House) -> Self {
        let (outcome, task) = house.letter();
        let story = Self {
            ada: house.browser(house.ada).await,
            ben: house.browser(house.ben).await,
            house,
            outcome,
            task,
        };
        story.offered();
        story
    }

    pub(crate) fn at(&self, rest: &str) -> String {
        format!("/tasks/{}{rest}", self.task)
    }

    /// Where whoever did this with it is led to, who has nothing else of its kind to do.
    pub(crate) fn on(&self, deed: &str) -> String {
        format!("/today?done={deed}.{}", self.task)
    }

    fn task(&self) -> Task {
        self.house.engine.task(self.task).unwrap().unwrap()
    }

    /// What is on the desk, as the forms carry it.
    fn content(&self) -> String {
        let task = self.task();
        let handed = task.handed().unwrap();
        format!("content={}", handed.submission.content)
    }

    fn offered(&self) -> Task {
        let is_offered = |task: &Task| matches!(task.phase, Phase::Offered(_));
        self.house.until(self.task, is_offered)
    }

    /// Ben takes it and hands this in.
    pub(crate) async fn hand_in(&self, result: &str) {
        let taken = self.ben.post(&self.at("/claim"), "").await;
        assert_eq!(taken.leads_to(), self.at(""));
        let lease = self.task().lease_number;
        let done = format!("result={result}&ai=none&lease={lease}");
        let done = self.ben.post(&self.at("/hand-in"), &done).await;
        assert_eq!(done.leads_to(), self.on("handed-in"));
    }

    /// Ben takes it and hands in by other ways what the page would not let him.
    pub(crate) async fn hand_in_short(&self) {
        self.ben.post(&self.at("/claim"), "").await;
        let (engine, held) = (&self.house.engine, self.task());
        let short = br#"{"text":"Thanks"}"#;
        hand_in(engine, self.house.ben, &held, short, AiUse::None).unwrap();
    }

    /// Ada opens what was handed in, and sees it.
    async fn open(&self, words: &str) {
        let opened = self.ada.post(&self.at("/open"), "file=write.json").await;
        assert!(opened.text.contains(words), "{}", opened.text);
        assert!(opened.text.contains("What was handed in, as write.json"));
    }

    /// Everything up to the end: handed in, signed, and the outcome closed.
    pub(crate) async fn deliver(&self) {
        self.hand_in("Thank+you+for+the+boxes").await;
        self.house.until(self.task, waits_for_signature);
        self.sign().await;
        let end = format!("/outcomes/{}/sign", self.outcome);
        let closed = self.ada.post(&end, "recommendation=Send+it&confirmed=yes");
        assert_eq!(closed.await.status, StatusCode::SEE_OTHER);
    }

    /// The same after it went back; the outcome is not closed.
    pub(crate) async fn deliver_again(&self) {
        self.hand_in("Thank+you+for+the+boxes").await;
        self.house.until(self.task, waits_for_signature);
        self.sign().await;
    }

    /// Ada opens, judges and signs what is good.
    async fn sign(&self) {
        self.open("Thank you").await;
        let content = self.content();
        let judged = format!("decision=sign&missed=nothing+seen&{content}");
        let lines = self.ada.post_on(&self.at("/sign"), &judged).await.text;
        for words in ["Nothing is recorded yet", "5.00 practice"] {
            assert!(lines.contains(words), "{lines}");
        }
        let before = self.house.engine.task(self.task).unwrap().unwrap();
        assert!(
            waits_for_signature(&before),
            "the first step records nothing"
        );
        let confirm = self.at("/sign/confirm");
        let signed = self
            .ada
            .post(&confirm, &format!("missed=nothing+seen&{content}"))
            .await;
        let next = self.on("signed");
        assert_eq!(signed.leads_to(), next);
        let told = self.ada.get(&next).await.text;
        assert!(
            told.contains("You signed") && told.contains("Accepted and paid"),
            "{told}"
        );
        let again = self
            .ada
            .post(&confirm, &format!("missed=nothing+seen&{content}"))
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn work_that_does_not_hold_goes_back_by_itself_with_the_reason() {
    let house = House::new();
    let story = Story::begin(&house).await;
    assert!(
        story
            .ben
            .get("/today")
            .await
            .text
            .contains("Write the letter")
    );
    story.ben.post(&story.at("/claim"), "").await;
    let form = "result=Thanks&ai=none&lease=1";
    let refused = story.ben.post(&story.at("/hand-in"), form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "would come straight back",
        "from 10 to 200",
        ">Thanks</textarea>",
    ] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    story.hand_in_short().await;
    let back = |task: &Task| task.returned.is_some() && matches!(task.phase, Phase::Offered(_));
    house.until(story.task, back);
    let page = story.ben.get(&story.at("")).await.text;
    assert!(
        page.contains("went back") && page.contains("from 10 to 200"),
        "{page}"
    );
    // Whoever answers for it is told, says what else they want, and whoever does it reads that beside the check's
    // words.
    let item = (story.at("\""), "Went back");
    let today = story.ada.get("/today").await.text;
    assert!(today.contains(&item.0) && today.contains(item.1), "{today}");
    let changes = story.at("/changes");
    let wish = "changes=Name+the+red+van";
    assert!(!page.contains(&changes), "{page}");
    let refused = story.ben.post(&changes, wish).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let own = story.ada.get(&story.at("")).await.text;
    assert!(
        own.contains(&changes) && own.contains("from 10 to 200"),
        "{own}"
    );
    let said = story.ada.post(&changes, wish).await;
    assert_eq!(said.leads_to(), story.at(""));
    let today = story.ada.get("/today").await.text;
    assert!(!today.contains(&item.0), "{today}");
    let page = story.ben.get(&story.at("")).await.text;
    for words in [
        "from 10 to 200",
        "Name the red van",
        "said what else has to change",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let nothing = story.ada.post(&changes, "changes=++").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn whoever_holds_a_task_sees_its_material() {
    let house = House::new();
    let story = Story::begin(&house).await;
    assert!(!story.ben.get(&story.at("")).await.text.contains("the move"));
    story.ben.post(&story.at("/claim"), "").await;
    assert!(story.ben.get(&story.at("")).await.text.contains("the move"));
}

#[tokio::test]
async fn nothing_is_signed_before_it_was_opened_nor_without_a_word_on_what_it_misses() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.hand_in("Thank+you+for+the+boxes").await;
    house.until(story.task, waits_for_signature);
    let sign = story.at("/sign");
    assert!(story.ada.get("/today").await.text.contains(&sign));
    let desk = story.ada.get(&sign).await.text;
    assert!(
        desk.contains("Not opened yet") && desk.contains("disabled"),
        "{desk}"
    );
    for path in [sign.clone(), format!("{sign}/confirm")] {
        let refused = story
            .ada
            .post(
                &path,
                &format!("decision=sign&missed=nothing+seen&{}", story.content()),
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("before you sign"), "{}", refused.text);
    }
    story.open("Thank you for the boxes").await;
    for path in [sign.clone(), format!("{sign}/confirm")] {
        let refused = story
            .ada
            .post(&path, &format!("decision=sign&missed=&{}", story.content()))
            .await;
        assert!(refused.text.contains("nothing seen"), "{}", refused.text);
    }
}

#[tokio::test]
async fn what_was_opened_before_it_went_back_is_not_what_is_signed_now() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.hand_in("Thank+you+for+the+boxes").await;
    house.until(story.task, waits_for_signature);
    story.open("Thank you for the boxes").await;
    let sign = story.at("/sign");
    let unsaid = story
        .ada
        .post(
            &sign,
            &format!("decision=changes&changes=&{}", story.content()),
        )
        .await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let name_the_van = format!("decision=changes&changes=Name+the+van&{}", story.content());
    let back = story.ada.post(&sign, &name_the_van).await;
    assert_eq!(back.leads_to(), story.on("sent-back"));
    story.offered();
    assert!(
        story
            .ben
            .get(&story.at(""))
            .await
            .text
            .contains("Name the van")
    );
    story.hand_in("Thank+you+for+boxes+and+van").await;
    house.until(story.task, waits_for_signature);
    // An old tab judges what was on its desk, and not what is there now.
    let stale = story.ada.post(&sign, &name_the_van).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text.contains("meanwhile"), "{}", stale.text);
    assert!(story.ada.get(&sign).await.text.contains("Not opened yet"));
}

#[tokio::test]
async fn a_signature_pays_once_and_the_last_one_closes_the_outcome_at_zero() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.hand_in("Thank+you+for+the+boxes").await;
    house.until(story.task, waits_for_signature);
    story.sign().await;
    let paid = house.until(story.task, Task::is_accepted);
    let Phase::Accepted(_, settlement) = &paid.phase else {
        unreachable!("it is accepted");
    };
    assert_eq!(settlement.net, Amount::from_minor(500));

    let outcome = story.outcome;
    let end = format!("/outcomes/{outcome}/sign");
    assert!(story.ada.get("/today").await.text.contains(&end));
    let first = story.ada.post_on(&end, "recommendation=Send+it").await.text;
    assert!(
        first.contains("Left in escrow") && first.contains("Send it"),
        "{first}"
    );
    let closed = story
        .ada
        .post(&end, "recommendation=Send+it&confirmed=yes")
        .await;
    assert_eq!(
        closed.leads_to(),
        format!("/outcomes/{outcome}?view=deliverables")
    );
    let now = house.engine.outcome(outcome).unwrap().unwrap();
    assert_eq!(now.phase, outcome::Phase::Delivered);
    assert_eq!(now.purse.available, Amount::ZERO);

    let told = story.ada.get(&format!("/outcomes/{outcome}")).await.text;
    for words in [
        "<h2 id=\"concluded\">Send it</h2>",
        "Signed by Ada",
        "What was delivered",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("Nothing is known to be at risk"), "{told}");
    let record = format!("/outcomes/{outcome}/record.json");
    let record: serde_json::Value =
        serde_json::from_str(&story.ada.get(&record).await.text).unwrap();
    assert_eq!(record["signed"]["recommendation"], "Send it");
    assert_eq!(record["ledger"]["paid_minor"], 500);
    let archive = story
        .ada
        .post(&format!("/outcomes/{outcome}/archive"), "")
        .await;
    let mut bytes = std::io::Cursor::new(archive.bytes);
    let report = consort_engine::archive::verify(&mut bytes, None).unwrap();
    assert_eq!(report.problems, []);
    for (view, words) in [
        ("", "Delivered"),
        ("?view=plan", "Accepted and paid"),
        ("?view=timeline", "its escrow is zero"),
        ("?view=money", "opened and signed"),
        ("?view=deliverables", "write.json"),
    ] {
        let page = story.ada.get(&format!("/outcomes/{outcome}{view}")).await;
        assert!(page.text.contains(words), "{view}: {}", page.text);
    }
    assert!(story.ada.get("/ledger").await.text.contains("Ben"));
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
        format!("/today?done=declined.{task}")
    );
    house.until(task, |task| matches!(task.phase, Phase::Ready));
    let late = ben.post(&format!("/tasks/{task}/claim"), "").await;
    assert_ne!(late.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_nobody_takes_comes_to_who_answers_for_it_and_is_offered_again() {
    let house = House::new();
    let (_, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let (ada, ben) = (
        house.browser(house.ada).await,
        house.browser(house.ben).await,
    );
    ben.post(&format!("/tasks/{task}/decline"), "").await;
    house.until(task, |task| task.nobody_found);
    let today = ada.get("/today").await.text;
    assert!(
        today.contains("Nobody was found who can take it"),
        "{today}"
    );
    let page = ada.get(&format!("/tasks/{task}")).await.text;
    assert!(
        page.contains("Nobody has taken it") && page.contains(">Ben<"),
        "{page}"
    );
    // Ben answers for none of it.
    let reassign = format!("/tasks/{task}/reassign");
    let form = format!("to={}&reason=he+is+back", house.ben);
    assert_ne!(
        ben.post(&reassign, &form).await.status,
        StatusCode::SEE_OTHER
    );
    ada.post(
        &format!("/tasks/{task}/extend"),
        "hours=24&reason=it+can+wait",
    )
    .await
    .leads_to();
    assert_eq!(
        ada.post(&reassign, "to=nobody&reason=x").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    ada.post(&reassign, &form).await.leads_to();
    house.until(
        task,
        |task| matches!(&task.phase, Phase::Offered(offer) if offer.to == house.ben),
    );
    ada.post(&format!("/tasks/{task}/give-up"), "reason=too+late")
        .await
        .leads_to();
    house.until(task, |task| matches!(task.phase, Phase::Failed { .. }));
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

#[tokio::test]
async fn several_offers_are_answered_at_once_and_nothing_else_is() {
    let house = House::new();
    let ben = house.browser(house.ben).await;
    let tasks = [(); 3].map(|()| house.letter().1);
    for task in tasks {
        house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    }
    let page = ben.get("/today").await.text;
    assert_eq!(page.matches("form=\"together\"").count(), 3, "{page}");
    let phase = |task| house.engine.task(task).unwrap().unwrap().phase;
    let [one, two, three] = tasks;
    let both = format!("answer=claim&task={one}&task={two}");
    let eve = house.browser(house.eve).await;
    assert_eq!(eve.post("/today/offers", &both).await.leads_to(), "/today");
    assert!(matches!(phase(one), Phase::Offered(_)), "it is not hers");
    for _ in 0..2 {
        assert_eq!(ben.post("/today/offers", &both).await.leads_to(), "/today");
    }
    assert!(
        [one, two]
            .map(phase)
            .iter()
            .all(|it| matches!(it, Phase::Leased(_)))
    );
    let no = format!("answer=decline&task={three}&task={one}");
    ben.post("/today/offers", &no).await;
    assert!(!matches!(phase(three), Phase::Offered(offer) if offer.to == house.ben));
    assert!(matches!(phase(one), Phase::Leased(_)), "what is held stays");
    // Whoever hands in one thing comes to the next that they hold, and then to the list.
    for (done, next) in [(one, format!("/tasks/{two}")), (two, "/today".to_owned())] {
        let result = "result=Thank+you+for+the+boxes&ai=none&lease=1";
        let handed = ben.post(&format!("/tasks/{done}/hand-in"), result).await;
        let led = handed.leads_to();
        assert_eq!(led, format!("{next}?done=handed-in.{done}"));
        let page = ben.get(led).await.text;
        assert!(page.contains("You handed in"), "{page}");
    }
    for wrong in ["answer=sign&task=tsk_1", "answer=claim", "task=tsk_1"] {
        let refused = ben.post("/today/offers", wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn whoever_was_ranked_has_the_decision_made_again_and_sees_where_they_stood() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let page = story.ben.get(&story.at("")).await.text;
    assert!(page.contains("Make it again from the record"), "{page}");
    assert!(!page.contains("with the same answer"));
    let again = story.at("?why=again");
    for (who, stood) in [
        (&story.ben, "in place 1"),
        (&story.ada, "You were left out"),
    ] {
        let page = who.get(&again).await.text;
        for words in ["with the same answer", stood] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
}
