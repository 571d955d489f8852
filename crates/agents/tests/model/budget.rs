//! The budget: reserved before each call, charged by what is reported, never exceeded.

use consort_agents::model::{Caps, Journal, Kind, Meter as _, Purpose};

use crate::fixture::{AGENT, OUTCOME, Story, USUAL_MICRO, handed_over, quoting, summary};
use crate::server::{Act, Usage};

const QUOTE: &str = "The notice period is 30 days.";

fn say(usage: Usage) -> Act {
    Act::Say(summary(&[QUOTE]).to_string(), usage)
}

#[test]
fn a_call_that_might_cost_more_than_is_left_is_not_made() {
    let enough = 100_000;
    for (name, caps) in [
        (
            "for the task",
            Caps {
                task_micro: 1_000,
                agent_micro: enough,
                outcome_micro: enough,
            },
        ),
        (
            "of the agent",
            Caps {
                task_micro: enough,
                agent_micro: 1_000,
                outcome_micro: enough,
            },
        ),
        (
            "for the outcome",
            Caps {
                task_micro: enough,
                agent_micro: enough,
                outcome_micro: 1_000,
            },
        ),
    ] {
        let story = Story::with(Kind::OpenAi, vec![quoting(&[QUOTE])], |it| it.caps = caps);
        let note = handed_over(story.perform());
        assert!(
            note.contains(name) && note.contains("leaves 1000"),
            "{note}"
        );
        assert_eq!((story.server.seen().len(), story.spent()), (0, 0), "{name}");
    }
}

#[test]
fn an_endpoint_that_lies_about_usage_is_charged_at_the_cap() {
    for usage in [
        Usage::Missing,
        Usage::Of(0, 0),
        Usage::Of(1_000, 0),
        Usage::Of(-5, 100),
        Usage::Of(1_000, -1),
    ] {
        let story = Story::new(vec![say(usage)]);
        story.perform().unwrap();
        assert!(story.spent() > USUAL_MICRO, "{usage:?}: {}", story.spent());
    }
}

#[test]
fn an_endpoint_that_reports_more_than_can_be_is_asked_no_more() {
    for kind in [Kind::OpenAi, Kind::Anthropic, Kind::Gemini] {
        for usage in [Usage::Of(2_000_000, 100), Usage::Of(1_000, 5_000)] {
            let story = Story::of(kind, vec![say(usage), say(Usage::Of(1_000, 100))]);
            let note = handed_over(story.perform());
            assert!(note.contains("more tokens than there can be"), "{note}");
            let charged = story.spent();
            assert_eq!(handed_over(story.perform()), note);
            assert_eq!((story.server.seen().len(), story.spent()), (1, charged));
        }
    }
}

#[test]
fn usage_beyond_every_number_breaks_nothing() {
    for kind in [
        Kind::OpenAi,
        Kind::OpenAiResponses,
        Kind::Anthropic,
        Kind::Gemini,
        Kind::Ollama,
    ] {
        for tokens in [i64::from(i32::MAX), i64::MAX] {
            let story = Story::of(kind, vec![say(Usage::Of(tokens, tokens))]);
            // Whether it is a lie or not read at all, it costs the cap and no more.
            story.perform().ok();
            let spent = story.spent();
            assert!(
                spent > USUAL_MICRO && spent < 1_000_000,
                "{kind:?}: {spent}"
            );
        }
    }
}

#[test]
fn each_repair_is_metered_too() {
    let bad = Act::Say("{}".to_owned(), Usage::Of(1_000, 100));
    let story = Story::new(vec![bad, quoting(&[QUOTE])]);
    story.perform().unwrap();
    assert_eq!(story.spent(), 2 * USUAL_MICRO);
}

#[test]
fn what_was_begun_when_the_process_died_counts_when_it_starts_again() {
    let story = Story::new(vec![]);
    let purpose = Purpose {
        agent: AGENT,
        outcome: Some(OUTCOME),
        task: Some(story.commission.task.id),
        model: "small".to_owned(),
        prices: "2026-11".to_owned(),
        currency: "EUR".to_owned(),
    };
    let caps = story.settings.caps;
    story.journal.reserve(&purpose, caps, 999_999).unwrap();
    let again = Journal::open(&story.folder.path().join("spending")).unwrap();
    assert_eq!(again.of_outcome(OUTCOME)["EUR"], 999_999);
    assert!(again.reserve(&purpose, caps, 2).is_err());
}
