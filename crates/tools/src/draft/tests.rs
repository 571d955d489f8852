//! What stands on the page.

use consort_documents::Document;

use super::{DraftInputs, draft};
use crate::organise::organise;
use crate::research::research;
use crate::research::tests::document;
use crate::shape::{CounterArguments, Draft, Question, Research};

/// The draft of these documents, without summaries and counter-arguments.
pub(crate) fn drafted(documents: &[Document], question: &Question) -> (Draft, Vec<Research>) {
    let facts: Vec<Research> = documents.iter().map(research).collect();
    let page = draft(&DraftInputs {
        counter: &CounterArguments {
            nothing: None,
            passages: Vec::new(),
        },
        documents,
        question,
        research: &facts,
        summaries: &[],
        table: &organise(&facts),
    });
    (page, facts)
}

fn offers() -> Vec<Document> {
    vec![
        document(
            "alder-offer.md",
            "# Offer from Alder Ltd\nThe price is EUR 100.\nThe notice period is 14 days.\nAlder has served the town for twenty years.",
        ),
        document(
            "alder-contract.md",
            "# Contract with Alder Ltd\nThe price is €100.00.\nThe notice period is 30 days.",
        ),
        document(
            "birch-offer.md",
            "# Offer from Birch Ltd\nThe price is EUR 120.",
        ),
    ]
}

#[test]
fn what_two_documents_state_is_agreed_and_what_they_dispute_is_not() {
    let (page, _) = drafted(&offers(), &Question::default());
    let agreed: Vec<&str> = page.agree.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(agreed, ["Alder Ltd, price: EUR 100"]);
    assert_eq!(page.agree[0].citations.len(), 2);
    assert_eq!(page.disagree.len(), 1);
}

#[test]
fn two_copies_of_one_file_agree_on_nothing() {
    let copy = "# Offer from Alder Ltd\nThe price is EUR 100.";
    let documents = [document("a.md", copy), document("b.md", copy)];
    assert_eq!(
        drafted(&documents, &Question::default()).0.agree,
        Vec::new()
    );
}

#[test]
fn what_must_be_known_is_answered_with_passages_or_stays_unknown() {
    let question = Question {
        must_know: vec!["notice period".to_owned(), "parking price".to_owned()],
        ..Question::default()
    };
    let (page, _) = drafted(&offers(), &question);
    assert_eq!(page.unknowns, ["parking price"]);
    let texts: Vec<&str> = page.answered[0]
        .statements
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(
        texts,
        [
            "Alder Ltd, notice period: 14 days",
            "Alder Ltd, notice period: 30 days"
        ]
    );
}

#[test]
fn passages_stand_with_the_option_that_they_name() {
    let question = Question {
        options: vec!["Alder".to_owned(), "Birch".to_owned()],
        question: Some("Who shall it be?".to_owned()),
        ..Question::default()
    };
    let (page, _) = drafted(&offers(), &question);
    let named = "Alder has served the town for twenty years.";
    assert!(page.options[0].about.iter().any(|one| one.text == named));
    assert!(page.options[1].about.iter().all(|one| one.text != named));
}

#[test]
fn coverage_counts_facts_and_passages_of_each_document() {
    let (page, _) = drafted(&offers(), &Question::default());
    let counts: Vec<(u32, u32)> = page
        .coverage
        .iter()
        .map(|one| (one.facts, one.cited))
        .collect();
    assert_eq!(counts, [(2, 2), (2, 2), (1, 0)]);
}
