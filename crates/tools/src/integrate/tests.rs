//! What is merged, and what is left out.

use super::{Parts, integrate};
use crate::draft::tests::drafted;
use crate::organise::organise;
use crate::research::tests::document;
use crate::second_review::second_review;
use crate::shape::{Brief, CounterArguments, Question, Resolution, Resolutions, Screening};

/// The brief of an offer and a contract that contradict each other, with one decision.
pub(crate) fn merged(offer: &str, question: &Question) -> Brief {
    let documents = [
        document("offer.md", offer),
        document(
            "contract.md",
            "# Contract with Alder Ltd\nThe notice period is 30 days.\nThe price is EUR 100.",
        ),
    ];
    let (page, facts) = drafted(&documents, question);
    let counter = CounterArguments {
        nothing: Some("None found; this is weak evidence.".to_owned()),
        passages: Vec::new(),
    };
    let resolution = |conflict: &str| Resolution {
        chosen: Some(1),
        conflict: conflict.to_owned(),
        opened: true,
        reason: "The contract was signed later".to_owned(),
    };
    integrate(&Parts {
        counter: &counter,
        documents: &documents,
        draft: &page,
        research: &facts,
        resolutions: &Resolutions {
            person: "Rosa Lindqvist".to_owned(),
            resolutions: vec![
                resolution("alder/notice-period/duration"),
                resolution("not/there"),
            ],
        },
        screening: &Screening {
            findings: Vec::new(),
            nothing: Some("Nothing was found.".to_owned()),
            packs: vec!["contracts@1".to_owned()],
        },
        second_review: &second_review(&page, &documents, &facts, &[]),
        summaries: &[],
        table: &organise(&facts),
    })
}

pub(crate) const OFFER: &str =
    "# Offer from Alder Ltd\nThe notice period is 14 days.\nThe price is EUR 100.";

#[test]
fn decisions_are_kept_for_conflicts_that_are_there() {
    let brief = merged(OFFER, &Question::default());
    let decided: Vec<&str> = brief
        .resolutions
        .resolutions
        .iter()
        .map(|one| one.conflict.as_str())
        .collect();
    assert_eq!(decided, ["alder/notice-period/duration"]);
}

#[test]
fn statements_that_do_not_stand_are_left_out() {
    let documents = [
        document("a.md", "# Offer from Alder Ltd\nThe price is EUR 100."),
        document("b.md", "# Contract with Alder Ltd\nThe price is EUR 100."),
    ];
    let (mut page, facts) = drafted(&documents, &Question::default());
    assert_eq!(page.agree.len(), 1);
    page.agree[0].citations[1].quote.push('!');
    let brief = integrate(&Parts {
        counter: &CounterArguments {
            nothing: None,
            passages: Vec::new(),
        },
        documents: &documents,
        draft: &page,
        research: &facts,
        resolutions: &Resolutions::default(),
        screening: &Screening {
            findings: Vec::new(),
            nothing: None,
            packs: Vec::new(),
        },
        second_review: &second_review(&page, &documents, &facts, &[]),
        summaries: &[],
        table: &organise(&facts),
    });
    assert!(brief.draft.agree.is_empty());
    assert_eq!(brief.second_review.faults.len(), 1);
}
