//! Handing in by a form: of a schema, with passages whose places are found, and with files.

use axum::http::StatusCode;
use consort_documents::{Statement, read_file};
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::task::{DataClass, Phase, Task};
use consort_playbook::InputValue;
use serde_json::Value;

use crate::fixture::{Answer, Browser, House, Named, hidden};

/// A reading that Ben makes of two documents, and Ada signs.
const READING: &str = "
name: reading
version: 1
title: A reading
description: Reads two documents and says what was missed.
inputs:
  - {name: offer, type: file, required: true, prompt: Which offer?}
  - {name: contract, type: file, required: true, prompt: Which contract?}
outcome:
  objective: What was missed
  narrative: Somebody signs next week.
  risk: medium
  deadline: 3d
  criteria:
    - {key: read, text: Both were read., method: judgment}
tasks:
  - key: read
    kind: second-review
    title: Read both
    capability: writing
    mode: person
    price: 500
    lease: 4h
    risk: medium
    serves: [read]
    gate: true
    instructions:
      goal: Say what was missed.
      context: [{name: documents, from: inputs.offer}, {name: documents, from: inputs.contract}]
      constraints: [Quote what you mean.]
      criteria:
        - key: shape
          text: It has its form.
          method:
            schema:
              type: object
              required: [missed, faults]
              properties:
                missed: {type: array, items: {type: object, required: [text, citations]}}
                faults: {type: array, items: {type: string, minLength: 1}}
                nothing: {type: string, maxLength: 200}
        - {key: cited, text: It stands there., method: must-cite}
        - {key: careful, text: It is careful., method: judgment}
";
const OFFER: &str = "The notice period is 14 days.\n\nBoth sign this page.\n";
const CONTRACT: &str = "The notice period is 30 days.\n\nBoth sign this page.\n";
/// The first passage of the first thing that was missed.
const FIRST: &str = "result/missed/0/citations/0/quote";

/// The reading of an offer and a contract, before anybody took it.
pub(crate) fn begin_reading(house: &House) -> OutcomeId {
    begin_reading_of(house, OFFER)
}

fn begin_reading_of(house: &House, offer: &str) -> OutcomeId {
    let file = |name: &str, text: &str| {
        let document = read_file(name, text.as_bytes()).unwrap();
        let document = serde_json::to_vec(&document).unwrap();
        InputValue::File(consort_playbook::File {
            name: name.to_owned(),
            digest: house.engine.artefacts().put(&document).unwrap(),
            class: DataClass::Internal,
        })
    };
    let inputs = [
        ("offer".to_owned(), file("offer.txt", offer)),
        ("contract".to_owned(), file("contract.txt", CONTRACT)),
    ];
    house.begin_with(READING, inputs.into())
}

/// A task that Ben holds.
struct Held<'a> {
    house: &'a House,
    ben: Browser<'a>,
    task: TaskId,
}

impl<'a> Held<'a> {
    /// The reading.
    async fn reading(house: &'a House) -> Self {
        Self::reading_of(house, OFFER).await
    }

    /// The same of another offer.
    async fn reading_of(house: &'a House, offer: &str) -> Self {
        Self::hold(house, begin_reading_of(house, offer), "read").await
    }

    /// A task that Ben takes.
    async fn hold(house: &'a House, outcome: OutcomeId, key: &str) -> Self {
        let task = TaskId::in_outcome(outcome, key);
        house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
        let ben = house.browser(house.ben).await;
        ben.post(&format!("/tasks/{task}/claim"), "").await;
        Self { house, ben, task }
    }

    fn at(&self, rest: &str) -> String {
        format!("/tasks/{}{rest}", self.task)
    }

    async fn page(&self) -> String {
        self.ben.get(&self.at("")).await.text
    }

    /// Sends the form of the page.
    async fn send(&self, fields: Named<'_>, files: Named<'_>) -> Answer {
        let page = self.page().await;
        let carried = ["idempotency-key", "if-match", "lease"];
        let carried = carried.map(|name| (name, hidden(&page, name)));
        let fields: Vec<(&str, &str)> = carried.into_iter().chain(fields.to_vec()).collect();
        let path = self.at("/hand-in");
        self.ben.post_parts(&path, &fields, ("files", files)).await
    }

    fn held(&self) -> Task {
        self.house.engine.task(self.task).unwrap().unwrap()
    }

    /// What was handed in, as the checks read it.
    fn handed_in(&self) -> (Value, Task) {
        let is_in = |task: &Task| matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_));
        let task = self.house.until(self.task, is_in);
        let content = task.handed().unwrap().submission.content;
        let bytes = self.house.engine.artefacts().get(content).unwrap();
        (serde_json::from_slice(&bytes).unwrap(), task)
    }
}

#[tokio::test]
async fn what_is_filled_in_is_handed_in_with_its_passages_and_files() {
    let house = House::new();
    let reading = Held::reading(&house).await;
    let page = reading.page().await;
    for words in [
        "Missed",
        "Faults",
        "Nothing",
        "word for word",
        ">offer.txt</option>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let fields = [
        ("result/missed/0/text", "The notice differs."),
        (FIRST, "notice period  is 30 days"),
        ("result/missed/1/citations/0/quote", "Both sign this page"),
        ("result/missed/1/citations/0/document", "offer.txt"),
        ("result/faults", "No date.\r\n\r\nNo name."),
        ("ai", "assisted"),
    ];
    let files = [
        ("notes.txt", "What I wrote down."),
        ("../Notes.txt", "More."),
    ];
    let sent = reading.send(&fields, &files).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let (content, task) = reading.handed_in();
    assert_eq!(
        content["faults"],
        serde_json::json!(["No date.", "No name."])
    );
    let missed: Vec<Statement> = serde_json::from_value(content["missed"].clone()).unwrap();
    let told: Vec<(&str, &str, &str)> = missed
        .iter()
        .map(|it| {
            let cited = &it.citations[0];
            (
                it.text.as_str(),
                cited.document.as_str(),
                cited.quote.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "The notice differs.",
                "contract.txt",
                "notice period is 30 days"
            ),
            ("Both sign this page", "offer.txt", "Both sign this page"),
        ]
    );
    let submission = &task.handed().unwrap().submission;
    let names: Vec<&str> = submission.files.keys().map(String::as_str).collect();
    assert_eq!(names, ["Notes (2).txt", "notes.txt"]);
    let again = reading.ben.get(&reading.at("")).await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test]
async fn a_passage_is_shown_where_it_stands_to_whoever_sees_the_whole_outcome() {
    let house = House::new();
    let reading = Held::reading(&house).await;
    let fields = [
        ("result/missed/0/text", "The notice differs."),
        (FIRST, "notice period is 30 days"),
        ("ai", "none"),
    ];
    reading.send(&fields, &[]).await;
    let (_, task) = reading.handed_in();
    let ada = house.browser(house.ada).await;
    let page = ada.get(&reading.at("")).await.text;
    let source = format!("/outcomes/{}/source", task.outcome);
    let link = page.split(&format!("href=\"{source}")).nth(1).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let (query, place) = link.split_once('#').unwrap();
    assert_eq!(place, "passage");
    let cited = ada.get(&format!("{source}{query}")).await;
    assert_eq!(cited.status, StatusCode::OK);
    for words in [
        "<dd>The <mark>notice period is 30 days</mark>.</dd>",
        "<dd>Both sign this page.</dd>",
        "line 3",
    ] {
        assert!(cited.text.contains(words), "{words}: {}", cited.text);
    }
    // Whoever does a task of it has their own material, and not what others were given.
    let ben = reading.ben.get(&format!("{source}{query}")).await;
    assert_eq!(ben.status, StatusCode::NOT_FOUND);
    let own = reading.at("/source");
    assert!(
        reading
            .page()
            .await
            .contains(&format!("href=\"{own}?document=contract.txt"))
    );
    let ben = reading.ben.get(&format!("{own}{query}")).await;
    assert_eq!(ben.status, StatusCode::OK);
    assert!(ben.text.contains("<mark>notice period is 30 days</mark>"));
    let eve = house.browser(house.eve).await;
    let eve = eve.get(&format!("{own}{query}")).await;
    assert_eq!(eve.status, StatusCode::NOT_FOUND);
    for (nowhere, status) in [
        ("?document=letter.txt", StatusCode::NOT_FOUND),
        ("?document=offer.txt&block=2", StatusCode::NOT_FOUND),
        ("?document=offer.txt&block=-1", StatusCode::BAD_REQUEST),
        ("?document=offer.txt&from=5&to=9000", StatusCode::OK),
        ("?document=offer.txt&from=9&to=5", StatusCode::OK),
    ] {
        let answer = ada.get(&format!("{source}{nowhere}")).await;
        assert_eq!(answer.status, status, "{nowhere}: {}", answer.text);
        assert!(!answer.text.contains("<mark>"), "{nowhere}");
    }
}

#[tokio::test]
async fn a_long_source_is_read_to_its_end() {
    let house = House::new();
    let paragraphs =
        (0..60).map(|number| format!("The notice period of lot {number} is 14 days.\n\n"));
    let reading = Held::reading_of(&house, &paragraphs.collect::<String>()).await;
    let ada = house.browser(house.ada).await;
    let source = format!("/outcomes/{}/source", reading.held().outcome);
    let page = ada.get(&format!("{source}?document=offer.txt")).await.text;
    let (before, _) = page.split_once("\">What stands after").unwrap();
    let after = before
        .rsplit("href=\"")
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let page = ada.get(&after).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("lot 59 is 14 days"), "{}", page.text);
    assert!(!page.text.contains("What stands after"), "{}", page.text);
}

#[tokio::test]
async fn what_is_missing_is_said_where_it_is_and_nothing_is_lost() {
    let house = House::new();
    let reading = Held::reading(&house).await;
    let quoted = [
        ("result/missed/0/text", "It is free."),
        (FIRST, "It is free."),
        ("result/nothing", "Read & \"found\""),
    ];
    let notes = [("notes.txt", "What I wrote down.")];
    let refused = reading.send(&quoted, &notes).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "It is not ready yet",
        "href=\"#result/missed/0/citations/0/quote\"",
        "stand in none of your documents",
        "Say whether an AI had a part in it",
        ">It is free.</textarea>",
        "Read &amp; &quot;found&quot;",
        ">notes.txt</label>",
    ] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    // A figure that nothing quotes is found before it comes back.
    let made_up = [
        ("result/missed/0/text", "It is 99 days."),
        (FIRST, "notice period is 30 days"),
        ("ai", "none"),
    ];
    let refused = reading.send(&made_up, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "would come straight back",
        "Missed 1: it states 99 and none",
    ] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    assert!(matches!(reading.held().phase, Phase::Leased(_)));
    // Whoever loads the address of that page again is led to the form.
    let led = reading.ben.get(&reading.at("/hand-in")).await;
    assert_eq!(led.leads_to(), reading.at("#hand-in"));
}

#[tokio::test]
async fn one_row_more_keeps_what_is_there_and_hands_nothing_in() {
    let house = House::new();
    let reading = Held::reading(&house).await;
    let fields = [("result/missed/4/text", "The first."), ("more", "/missed")];
    let more = reading.send(&fields, &[]).await;
    assert_eq!(more.status, StatusCode::OK);
    assert!(more.text.contains("id=\"result/missed/0/text\""));
    assert!(more.text.contains(">The first.</textarea>"));
    assert!(more.text.contains("id=\"result/missed/1/text\""));
    assert!(!more.text.contains("result/missed/2/"));
    assert!(matches!(reading.held().phase, Phase::Leased(_)));
}

#[tokio::test]
async fn the_same_form_twice_hands_in_once_and_nobody_else_s_files_are_named() {
    let house = House::new();
    let reading = Held::reading(&house).await;
    let secret = house.engine.artefacts().put(b"somebody else's").unwrap();
    let named = format!("{secret} theirs.txt");
    let fields = [
        ("result", r#"{"missed": [], "faults": ["No date."]}"#),
        ("sent-file", named.as_str()),
        ("ai", "none"),
    ];
    let page = reading.page().await;
    let key = hidden(&page, "idempotency-key").to_owned();
    let first = reading.send(&fields, &[]).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let (content, task) = reading.handed_in();
    assert_eq!(content["faults"][0], "No date.");
    assert!(task.handed().unwrap().submission.files.is_empty());
    let mut again = vec![("idempotency-key", key.as_str()), ("lease", "1")];
    again.extend(fields);
    let path = reading.at("/hand-in");
    let again = reading.ben.post_parts(&path, &again, ("files", &[])).await;
    let next = format!("/today?done=handed-in.{}", reading.task);
    assert_eq!(again.leads_to(), next);
    let other = [("result/faults", "Another day"), ("lease", "1")];
    let late = reading.ben.post_parts(&path, &other, ("files", &[])).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("do not hold") && late.text.contains("Another day"));
}

#[tokio::test]
async fn what_went_back_is_in_the_form_again_with_its_files() {
    let house = House::new();
    let reading = Held::reading(&house).await;
    let fields = [("result/faults", "No date."), ("ai", "none")];
    let files = [("notes.txt", "What I wrote down.")];
    reading.send(&fields, &files).await;
    let (_, task) = reading.handed_in();
    let content = task.handed().unwrap().submission.content;
    let ada = house.browser(house.ada).await;
    for file in ["read.json", "notes.txt"] {
        let file = format!("file={file}");
        ada.post(&reading.at("/open"), &file).await;
    }
    let judged = format!("decision=changes&changes=Look+again&missed=nothing&content={content}");
    let judged = ada.post(&reading.at("/sign"), &judged).await;
    assert_eq!(judged.status, StatusCode::SEE_OTHER, "{}", judged.text);
    house.until(reading.task, |task| matches!(task.phase, Phase::Offered(_)));
    reading.ben.post(&reading.at("/claim"), "").await;
    let page = reading.page().await;
    for words in [">No date.</textarea>", "notes.txt"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

/// A batch that Ben labels.
const LABELLING: &str = "
name: labelling
version: 1
title: Labels
description: Labels what is in a batch.
inputs:
  - {name: batch, type: file, required: true, prompt: Which batch?}
  - {name: labels, type: list, required: true, prompt: Which labels?}
outcome:
  objective: Labels
  narrative: Somebody counts them.
  risk: medium
  deadline: 3d
  criteria:
    - {key: all, text: All are labelled., method: judgment}
tasks:
  - key: label
    kind: label
    title: Label the batch
    capability: writing
    mode: person
    price: 500
    lease: 4h
    risk: medium
    serves: [all]
    gate: true
    instructions:
      goal: Give each item a label.
      context: [{name: batch, from: inputs.batch}, {name: labels, from: inputs.labels}]
      constraints: [One each.]
      criteria:
        - key: shape
          text: It has its form.
          method:
            schema:
              type: object
              required: [labels]
              properties:
                labels:
                  type: array
                  minItems: 1
                  items:
                    type: object
                    required: [id, label]
                    properties: {id: {type: string}, label: {type: string}}
        - {key: careful, text: It is careful., method: judgment}
";

#[tokio::test]
async fn each_item_of_a_batch_is_asked_about_with_the_labels_in_sight() {
    let house = House::new();
    let batch = serde_json::json!({"name": "1", "items": [
        {"id": "r7", "text": {"review": "Broke <twice>."}},
        {"id": "r2", "text": {"review": "Lovely."}},
    ]});
    let batch = house.engine.artefacts().put(batch.to_string().as_bytes());
    let batch = InputValue::File(consort_playbook::File {
        name: "batch.json".to_owned(),
        digest: batch.unwrap(),
        class: DataClass::Internal,
    });
    let labels = ["good", "bad"].map(str::to_owned).to_vec();
    let inputs = [
        ("batch".to_owned(), batch),
        ("labels".to_owned(), InputValue::List(labels)),
    ];
    let held = Held::hold(&house, house.begin_with(LABELLING, inputs.into()), "label").await;
    let page = held.page().await;
    for words in [
        "Broke &lt;twice&gt;.",
        "name=\"result/labels/0/id\" value=\"r7\"",
        "name=\"result/labels/1/label\" value=\"bad\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Add another"), "{page}");
    let ids = [("result/labels/0/id", "r7"), ("result/labels/1/id", "r2")];
    let first = ("result/labels/0/label", "bad");
    let half = [ids[0], ids[1], first, ("ai", "none")];
    let refused = held.send(&half, &[]).await;
    assert!(
        refused.text.contains("Labels 2, Label: choose one"),
        "{}",
        refused.text
    );
    assert!(
        refused.text.contains("value=\"bad\" checked"),
        "{}",
        refused.text
    );
    let whole = [
        ids[0],
        ids[1],
        first,
        ("result/labels/1/label", "good"),
        ("ai", "none"),
    ];
    held.send(&whole, &[]).await;
    let (content, _) = held.handed_in();
    let told = serde_json::json!([{"id": "r7", "label": "bad"}, {"id": "r2", "label": "good"}]);
    assert_eq!(content["labels"], told);
}

#[tokio::test]
async fn nothing_of_a_file_is_written_before_its_sender_may_send_it() {
    let house = House::new();
    let (_, task) = house.letter();
    let uploads = house.folder().join("uploads");
    let eve = house.browser(house.eve).await;
    let files = ("file/letter", &[("letter.txt", "Dear all, thank you.")][..]);
    let fields = [("lease", "1")];
    for (path, status) in [
        (format!("/tasks/{task}/hand-in"), StatusCode::NOT_FOUND),
        (
            "/outcomes/new/nothing/plan".to_owned(),
            StatusCode::NOT_FOUND,
        ),
    ] {
        let refused = eve.post_parts(&path, &fields, files).await;
        assert_eq!(refused.status, status, "{path}: {}", refused.text);
        assert!(!uploads.exists(), "{path}");
    }
    // Whoever may work at it has their file taken in.
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let ben = house.browser(house.ben).await;
    let path = format!("/tasks/{task}/hand-in");
    ben.post_parts(&path, &fields, files).await;
    assert!(uploads.exists());
}
