//! A new outcome from a form: files are read, the plan is shown, and nothing starts before it is agreed
//! to.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};

use crate::fixture::{Answer, Browser, House};

/// Sends a form with files to the brief.
async fn upload(
    house: &House,
    ada: &Browser<'_>,
    files: &[(&str, &str)],
    question: &str,
) -> Answer {
    let mut body =
        format!("--b\r\ncontent-disposition: form-data; name=\"question\"\r\n\r\n{question}\r\n");
    for (name, text) in files {
        write!(
            body,
            "--b\r\ncontent-disposition: form-data; name=\"documents\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
        )
        .unwrap();
    }
    body.push_str("--b--\r\n");
    let request = Request::post("/outcomes/new/brief/plan")
        .header(COOKIE, ada.cookie())
        .header(CONTENT_TYPE, "multipart/form-data; boundary=b");
    house.send(request.body(Body::from(body)).unwrap()).await
}

fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let marker = format!("name=\"{name}\" value=\"");
    let at = page.find(&marker).unwrap() + marker.len();
    page[at..].split('"').next().unwrap()
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
    let planned = upload(&house, &ada, &files, "Which one?").await;
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
    let given = hidden(&planned.text, "given");
    let started = ada
        .post("/outcomes/new/brief/start", &format!("given={given}"))
        .await;
    assert!(started.leads_to().starts_with("/outcomes/out_"));
    let outcomes = house.engine.outcomes_with(&[], 10).unwrap();
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].charter.accountable, house.ada);
    assert_eq!(outcomes[0].charter.title, "Which one?");
}

#[tokio::test]
async fn what_is_missing_is_named_and_what_was_typed_is_kept() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let page = upload(&house, &ada, &[], "Which &lt;one&gt;?").await;
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
    let page = upload(&house, &ada, &[("empty.txt", "")], "Which one?").await;
    assert!(
        page.text.contains("none of it could be read"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn what_was_never_given_starts_nothing() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let unknown = "00".repeat(32);
    for (path, form) in [
        ("/outcomes/new/brief/start", format!("given={unknown}")),
        ("/outcomes/new/brief/start", "given=x".to_owned()),
        ("/outcomes/new/none/start", format!("given={unknown}")),
    ] {
        let answer = ada.post(path, &form).await;
        assert!(
            answer.status.is_client_error() || answer.status.is_server_error(),
            "{path} {form}"
        );
    }
    assert!(house.engine.outcomes_with(&[], 10).unwrap().is_empty());
}
