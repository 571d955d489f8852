//! Endpoints that misbehave: nothing is asked again at once, and what is unknown is charged in full.

use std::time::Duration;

use consort_agents::model::Kind;
use consort_engine::runner::{Failure, Product};

use crate::fixture::{KEY, Story, USUAL_MICRO, handed_over, quoting};
use crate::server::{Act, Usage};

/// What is left of a failure for a table.
fn told(made: &Result<Product, Failure>) -> (&'static str, u64) {
    match made {
        Ok(_) => ("made", 0),
        Err(Failure::Passing(_)) => ("passing", 0),
        Err(Failure::Later { wait_ms, .. }) => ("later", *wait_ms),
        Err(Failure::HandOver(_)) => ("handed over", 0),
    }
}

fn status(status: u16) -> Act {
    Act::Status(status, &[], "no".to_owned())
}

#[test]
fn each_failure_is_told_as_what_it_is_and_charged_only_where_something_may_have_been_used() {
    let wait: &[_] = &[("Retry-After", "20")];
    let date: &[_] = &[("Retry-After", "Sun, 01 Mar 2026 09:00:30 GMT")];
    let html: &[_] = &[("content-type", "text/html")];
    let json: &[_] = &[("content-type", "application/json")];
    let garbage = || "\u{1}<html>{{{".to_owned();
    for (name, act, expected, is_charged) in [
        (
            "429",
            Act::Status(429, wait, String::new()),
            ("later", 20_000),
            false,
        ),
        (
            "503",
            Act::Status(503, wait, String::new()),
            ("later", 20_000),
            false,
        ),
        (
            "429 with a date",
            Act::Status(429, date, String::new()),
            ("later", 30_000),
            false,
        ),
        ("429 without a time", status(429), ("later", 20_000), false),
        ("529", status(529), ("later", 20_000), false),
        ("500", status(500), ("passing", 0), true),
        ("504", status(504), ("passing", 0), true),
        ("401", status(401), ("handed over", 0), false),
        ("404", status(404), ("handed over", 0), false),
        (
            "a redirect",
            Act::Status(302, &[("location", "/v2")], String::new()),
            ("handed over", 0),
            false,
        ),
        (
            "a page",
            Act::Status(200, html, garbage()),
            ("passing", 0),
            true,
        ),
        (
            "garbage",
            Act::Status(200, json, garbage()),
            ("passing", 0),
            true,
        ),
        (
            "another shape",
            Act::Status(200, json, "[[1]]".to_owned()),
            ("passing", 0),
            true,
        ),
        ("a cut answer", Act::Cut, ("passing", 0), true),
    ] {
        let story = Story::new(vec![act]);
        assert_eq!(told(&story.perform()), expected, "{name}");
        assert_eq!(
            story.spent() > USUAL_MICRO,
            is_charged,
            "{name}: {}",
            story.spent()
        );
        assert_eq!(story.server.seen().len(), 1, "{name} is asked once");
        assert_eq!(story.journal.unended(), 0, "{name}");
    }
}

#[test]
fn an_endpoint_that_stalls_is_given_up_and_charged_in_full() {
    let story = Story::with(Kind::OpenAi, vec![Act::Stall], |it| {
        it.timeout = Duration::from_millis(200);
    });
    assert_eq!(told(&story.perform()), ("passing", 0));
    assert!(story.spent() > USUAL_MICRO);
}

#[test]
fn an_endpoint_that_is_not_there_costs_nothing() {
    let mut gone = String::new();
    // The port of a server that has ended.
    gone.push_str(&Story::new(vec![]).server.url());
    let story = Story::with(Kind::OpenAi, vec![], |it| it.url.clone_from(&gone));
    assert_eq!(told(&story.perform()), ("passing", 0));
    assert_eq!(story.spent(), 0);
}

#[test]
fn an_endpoint_that_keeps_failing_is_left_alone_for_a_while() {
    let story = Story::new((0..9).map(|_| status(500)).collect());
    for _ in 0..5 {
        assert_eq!(told(&story.perform()), ("passing", 0));
    }
    assert_eq!(told(&story.perform()), ("later", 30_000));
    assert_eq!(story.server.seen().len(), 5);
    story.clock.advance(30_000);
    assert_eq!(told(&story.perform()), ("passing", 0));
    assert_eq!(told(&story.perform()).0, "later");
    assert_eq!(story.server.seen().len(), 6);
}

#[test]
fn while_an_endpoint_wants_peace_nobody_asks_it() {
    let busy = Act::Status(429, &[("retry-after", "20")], String::new());
    let story = Story::new(vec![busy, quoting(&["The notice period is 30 days."])]);
    story.perform().unwrap_err();
    story.clock.advance(5_000);
    assert_eq!(told(&story.perform()), ("later", 15_000));
    assert_eq!(story.server.seen().len(), 1);
    story.clock.advance(15_000);
    story.perform().unwrap();
}

#[test]
fn calls_a_minute_are_kept_to() {
    let quote = ["The notice period is 30 days."];
    let story = Story::with(Kind::OpenAi, vec![quoting(&quote), quoting(&quote)], |it| {
        it.rates.per_minute_each = 1;
    });
    story.perform().unwrap();
    assert_eq!(told(&story.perform()), ("later", 60_000));
    story.clock.advance(60_000);
    story.perform().unwrap();
}

#[test]
fn an_answer_with_the_key_in_it_is_not_kept() {
    for text in [
        format!("{{\"document\": \"{KEY}\", \"statements\": []}}"),
        KEY.to_owned(),
    ] {
        let story = Story::new(vec![Act::Say(text, Usage::Of(1_000, 100))]);
        let note = handed_over(story.perform());
        assert!(
            note.contains("has its key in it") && !note.contains(KEY),
            "{note}"
        );
    }
}

#[test]
fn the_key_shows_in_no_settings_and_no_error() {
    let echo = format!("your key {KEY} is wrong");
    let story = Story::new(vec![Act::Status(401, &[], echo)]);
    let note = handed_over(story.perform());
    assert!(!note.contains(KEY), "{note}");
    assert!(!format!("{:?}", story.settings).contains(KEY));
    let written = std::fs::read_to_string(story.folder.path().join("spending")).unwrap();
    assert!(!written.contains(KEY));
}
