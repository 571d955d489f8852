//! A new outcome from a form: files are read, the plan is shown, and nothing starts before it is agreed
//! to.

use axum::http::StatusCode;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::outcome;
use consort_kernel::task::Phase;

use crate::fixture::{Answer, Browser, House, Named, hidden};

/// Sends a form with fields, and files for the documents, and asks for the plan of a playbook.
async fn plan(
    ada: &Browser<'_>,
    playbook: &str,
    (fields, files): (Named<'_>, Named<'_>),
) -> Answer {
    let path = format!("/outcomes/new/{playbook}/plan");
    ada.post_parts(&path, fields, ("documents", files)).await
}

/// Sends a form with files to the brief.
async fn upload(ada: &Browser<'_>, files: Named<'_>, question: &str) -> Answer {
    plan(ada, "brief", (&[("question", question)], files)).await
}

#[tokio::test]
async fn a_brief_over_uploaded_files_begins_when_its_plan_is_agreed_to() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let files = [
        (
            "offer.txt",
            "The notice period is 14 days. The price is EUR 40 a seat.",
        ),
        (
            "../../contract.txt",
            "The notice period is 30 days. The price is EUR 40 a seat.",
        ),
        ("empty.txt", ""),
    ];
    let planned = upload(&ada, &files, "Which one?").await;
    assert_eq!(planned.status, StatusCode::OK, "{}", planned.text);
    assert!(planned.text.contains("data-still"));
    for words in [
        "empty.txt",
        "summarise",
        "never a gate",
        "Fund it and begin",
    ] {
        assert!(planned.text.contains(words), "{words}: {}", planned.text);
    }
    assert!(house.engine.outcomes_with(&[], 10).unwrap().is_empty());
    let plan = hidden(&planned.text, "plan");
    let eve = house.browser(house.eve).await;
    let begin = format!("plan={plan}");
    let elses = eve.post("/outcomes/new/brief/start", &begin).await;
    assert_eq!(
        elses.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "it is Ada's plan"
    );
    for _ in 0..2 {
        let started = ada.post("/outcomes/new/brief/start", &begin).await;
        assert_eq!(started.leads_to(), format!("/outcomes/{plan}"));
    }
    let outcomes = house.engine.outcomes_with(&[], 10).unwrap();
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].charter.accountable, house.ada);
    assert_eq!(outcomes[0].charter.title, "Which one?");
}

#[tokio::test]
async fn what_is_missing_is_named_and_what_was_typed_is_kept() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let page = upload(&ada, &[], "Which &lt;one&gt;?").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("role=\"alert\"") && page.text.contains("#input-documents"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("Which &amp;lt;one&amp;gt;?"),
        "{}",
        page.text
    );
    let page = upload(&ada, &[("empty.txt", "")], "Which one?").await;
    assert!(
        page.text.contains("none of it could be read"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn files_of_one_name_are_all_read() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let files = [
        ("a/notes.txt", "The price is EUR 4."),
        ("b/notes.txt", "The price is EUR 5."),
    ];
    let planned = upload(&ada, &files, "Which one?").await;
    assert!(
        planned.text.contains(">2<"),
        "two summaries: {}",
        planned.text
    );
}

#[tokio::test]
async fn what_was_never_planned_starts_nothing() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let forged = serde_json::json!({"playbook": "name: x", "inputs": [], "skipped": []});
    house
        .engine
        .artefacts()
        .put(forged.to_string().as_bytes())
        .unwrap();
    let id = OutcomeId::new(house.engine.now(), house.engine.random().unwrap());
    for (path, form) in [
        ("/outcomes/new/brief/start", format!("plan={id}")),
        ("/outcomes/new/brief/start", "plan=x".to_owned()),
        ("/outcomes/new/none/start", format!("plan={id}")),
        ("/outcomes/new/code-change/start", format!("plan={id}")),
    ] {
        let answer = ada.post(path, &form).await;
        assert!(answer.status.is_client_error(), "{path} {form}");
    }
    assert!(house.engine.outcomes_with(&[], 10).unwrap().is_empty());
}

#[tokio::test]
async fn an_objective_in_somebodys_own_words_becomes_an_outcome() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let page = ada.get("/outcomes/new").await.text;
    assert!(page.contains("/outcomes/new/objective"), "{page}");
    let tasks = "Write the letter = writing, 12.50\r\nPost the letter = posting";
    let said = |tasks| {
        [
            ("title", "Thanks to the movers"),
            ("objective", "A letter that the movers hang on their wall"),
            ("why", "They carried the piano."),
            ("done", "They have it.\r\nThey smiled."),
            ("tasks", tasks),
            ("days", "3"),
        ]
    };
    for (wrong, words) in [
        ("Write the letter", "as in"),
        ("Write it = writing, much", "is not an amount"),
        ("Write {{ it }} = writing, 1", "two braces"),
        ("", "this is needed"),
    ] {
        let refused = plan(&ada, "objective", (&said(wrong), &[])).await.text;
        assert!(refused.contains(words), "{words}: {refused}");
        assert!(
            refused.contains("They carried the piano."),
            "what was typed is kept"
        );
    }
    let long = "x".repeat(5_000);
    let mut titled = said(tasks);
    titled[0].1 = &long;
    let refused = plan(&ada, "objective", (&titled, &[])).await.text;
    for words in ["one line of at most 200", "They carried the piano."] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    let planned = plan(&ada, "objective", (&said(tasks), &[])).await.text;
    for words in [
        "12.50 practice",
        "Nobody here can do all of it yet: posting 1.",
    ] {
        assert!(planned.contains(words), "{words}: {planned}");
    }
    let plan = hidden(&planned, "plan");
    let begun = ada
        .post("/outcomes/new/objective/start", &format!("plan={plan}"))
        .await;
    assert_eq!(begun.leads_to(), format!("/outcomes/{plan}"));
    let id = plan.parse().unwrap();
    let outcome = house.engine.outcome(id).unwrap().unwrap();
    assert_eq!(outcome.charter.title, "Thanks to the movers");
    assert_eq!(outcome.charter.criteria.len(), 2);
    let write = TaskId::in_outcome(id, "task1");
    let ready = house.until(write, |task| matches!(task.phase, Phase::Offered(_)));
    assert_eq!(ready.spec.price.minor(), 1_250);
    let post = house.engine.task(TaskId::in_outcome(id, "task2")).unwrap();
    assert!(post.is_some_and(|task| task.phase == Phase::Blocked && task.spec.gate));
}

#[tokio::test]
async fn a_plan_is_changed_before_it_begins_and_nothing_is_offered_until_then() {
    let house = House::new();
    let (ada, ben) = (
        house.browser(house.ada).await,
        house.browser(house.ben).await,
    );
    let said = [
        ("title", "Thanks to the movers"),
        ("objective", "A letter that the movers hang on their wall"),
        ("why", "They carried the piano."),
        ("done", "They have it."),
        (
            "tasks",
            "Write the letter = writing, 12.50\r\nFrame it = writing, 20",
        ),
        ("days", "3"),
    ];
    let planned = plan(&ada, "objective", (&said, &[])).await.text;
    let plan = hidden(&planned, "plan").to_owned();
    let first = format!("plan={plan}&first=plan");
    for _ in 0..2 {
        let begun = ada.post("/outcomes/new/objective/start", &first).await;
        assert_eq!(begun.leads_to(), format!("/outcomes/{plan}/plan"));
    }
    let id: OutcomeId = plan.parse().unwrap();
    let outcome = || house.engine.outcome(id).unwrap().unwrap();
    assert_eq!(outcome().phase, outcome::Phase::Planned);
    assert_eq!(outcome().purse.held.minor(), 3_250);

    let seen = outcome().plan_version;
    let remove = format!("what=remove&plan={seen}&task=task1&reason=They+sing+it&confirmed=yes");
    ada.post(&format!("/outcomes/{id}/plan"), &remove).await;
    assert!(outcome().plan_version > seen);
    // Sent once more, it brings back nothing that was taken out.
    ada.post("/outcomes/new/objective/start", &first).await;

    let (page, start) = (format!("/outcomes/{id}"), format!("/outcomes/{id}/start"));
    let shown = ada.get(&page).await.text;
    for words in ["nothing of it has begun", "12.50 practice", ">Begin<"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let version = hidden(&shown, "plan_version").to_owned();
    let late = ada.post(&start, &format!("plan_version={seen}")).await;
    assert!(
        late.text.contains("changed since you looked"),
        "{}",
        late.text
    );
    let agreed = format!("plan_version={version}");
    assert!(ben.post(&start, &agreed).await.status.is_client_error());
    assert_eq!(outcome().phase, outcome::Phase::Planned);
    for _ in 0..2 {
        assert_eq!(ada.post(&start, &agreed).await.leads_to(), page);
    }
    let purse = outcome().purse;
    assert_eq!(
        (purse.held.minor(), purse.available.minor()),
        (2_000, 1_250)
    );
    assert_eq!(outcome().pre_approvals.len(), 1);
    let tasks = house.engine.tasks_of(id).unwrap();
    let open: Vec<_> = tasks.iter().filter(|task| !task.is_settled()).collect();
    assert_eq!(open.len(), 1, "{tasks:?}");
    house.until(open[0].id, |task| matches!(task.phase, Phase::Offered(_)));
    let shown = ada.get(&page).await.text;
    assert!(!shown.contains("nothing of it has begun"), "{shown}");
}
