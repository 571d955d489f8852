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

fn letters() -> Vec<Document> {
    vec![
        document(
            "petition.md",
            "# Give the square back\nThe closure of the square costs £2.4 million.\nOf all visitors to the \
             centre 27% come by car.\nI propose a trial of twelve months for the square.\nThe engineers \
             expect that 18% of the journeys will end.\nThe old junction costs £3.1 million a year.",
        ),
        document(
            "study.md",
            "# What follows\nThe closure of the square costs £2.4 million, paid over three years.\nIn the \
             centre 27% of the visitors came by car.\nBetween 11% and 18% of the journeys would end, the \
             engineers say.\nTown records show 27% of lamps are old.\nA trial of twelve months in the square \
             would measure the worst.\nThe old junction costs £3.1 million, but not every year.",
        ),
    ]
}

#[test]
fn figures_that_running_texts_share_are_agreed_in_the_words_of_one_of_them() {
    let (page, _) = drafted(&letters(), &Question::default());
    let agreed: Vec<(&str, usize)> = page
        .agree
        .iter()
        .map(|one| (one.text.as_str(), one.citations.len()))
        .collect();
    assert_eq!(
        agreed,
        [
            ("The closure of the square costs £2.4 million.", 2),
            ("Of all visitors to the centre 27% come by car.", 2),
        ],
        "proposals, ranges and sentences that weigh or deny agree on nothing"
    );
}

#[test]
fn a_figure_that_another_passage_disputes_is_not_agreed() {
    let mut documents = letters();
    documents.push(document(
        "circular.md",
        "# A reply\nI have read that 58% of the visitors come by car to the centre.",
    ));
    let (page, _) = drafted(&documents, &Question::default());
    let agreed: Vec<&str> = page.agree.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(agreed, ["The closure of the square costs £2.4 million."]);
}

#[test]
fn the_same_figure_of_two_parties_or_of_a_form_is_no_agreement() {
    let parties = [
        document(
            "alder-offer.md",
            "# Offer from Alder Ltd\nWe answer complaints about dirty stairs within £1,250 of costs.",
        ),
        document(
            "birch-offer.md",
            "# Offer from Birch Ltd\nComplaints about dirty stairs bring costs of £1,250 to us.",
        ),
    ];
    assert_eq!(drafted(&parties, &Question::default()).0.agree, []);
    let forms: Vec<Document> = [831, 950, 831]
        .iter()
        .enumerate()
        .map(|(at, cost)| {
            let text = format!("# Visit {at}\nThe repair of the roof cost {cost} euros that day.");
            document(&format!("visit-{at}.md"), &text)
        })
        .collect();
    assert_eq!(drafted(&forms, &Question::default()).0.agree, []);
}

#[test]
fn records_of_many_things_agree_on_nothing_and_contradict_nothing() {
    let records: Vec<Document> = (0..6)
        .map(|at| {
            let text = format!(
                "# Site report {at}\nThe repair took {} hours and cost {} euros. Nobody was hurt.",
                at % 3 + 2,
                at % 2 + 87
            );
            document(&format!("report-{at}.md"), &text)
        })
        .collect();
    let (page, _) = drafted(&records, &Question::default());
    assert_eq!((page.agree, page.disagree), (vec![], vec![]));
}

#[test]
fn an_option_that_is_an_action_is_found_by_the_words_that_carry_it() {
    let documents = [document(
        "letters.md",
        "# Letters\nThe council should close its centre to private cars.\nA trial of one year would tell \
         us more about trade.\nThe closure of the square has cost the library nothing.\nMy neighbour keeps \
         bees and sells honey.",
    )];
    let question = Question {
        question: Some("Should we close the square to cars?".to_owned()),
        options: vec!["close the square".to_owned(), "run a trial year".to_owned()],
        ..Question::default()
    };
    let (page, _) = drafted(&documents, &question);
    let about = |option: usize| -> Vec<&str> {
        let about = &page.options[option].about;
        about.iter().map(|one| one.text.as_str()).collect()
    };
    assert_eq!(
        about(0),
        [
            "The council should close its centre to private cars.",
            "The closure of the square has cost the library nothing."
        ]
    );
    assert_eq!(
        about(1),
        ["A trial of one year would tell us more about trade."]
    );
}

#[test]
fn what_a_document_without_a_named_subject_says_is_not_ascribed_to_its_file() {
    let documents = [document(
        "facilities-email.txt",
        "We can leave with 14 days' notice, he said.",
    )];
    let question = Question {
        must_know: vec!["notice period".to_owned()],
        ..Question::default()
    };
    let (page, _) = drafted(&documents, &question);
    let text = &page.answered[0].statements[0].text;
    assert_eq!(text, "We can leave with 14 days' notice, he said.");
}

#[test]
fn every_party_is_named_before_the_parts_of_any() {
    let documents = [
        document(
            "alder-offer.md",
            "# Offer from Alder Ltd\nThe price is EUR 100.\n| Item | Price |\n| --- | --- |\n\
             | Deep clean | EUR 70 |\n| Windows | EUR 30 |",
        ),
        document(
            "birch-offer.md",
            "# Offer from Birch Ltd\nThe price is EUR 120.",
        ),
    ];
    let question = Question {
        must_know: vec!["price".to_owned()],
        ..Question::default()
    };
    let (page, _) = drafted(&documents, &question);
    let statements = &page.answered[0].statements;
    let texts: Vec<&str> = statements.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(
        texts[..2],
        ["Alder Ltd, price: EUR 100", "Birch Ltd, price: EUR 120"]
    );
}

#[test]
fn who_speaks_of_themselves_is_named() {
    let documents = [document(
        "alder-offer.md",
        "# Offer from Alder Ltd\nWe are insured for a large sum against damage.",
    )];
    let question = Question {
        must_know: vec!["insured".to_owned()],
        ..Question::default()
    };
    let (page, _) = drafted(&documents, &question);
    assert_eq!(
        page.answered[0].statements[0].text,
        "alder-offer.md: We are insured for a large sum against damage."
    );
}

#[test]
fn one_party_has_one_name_and_its_fee_is_agreed() {
    let documents = [
        document(
            "alder-offer.md",
            "# Offer from Alder Ltd\nThe annual maintenance fee is £18,900.",
        ),
        document(
            "alder-contract.md",
            "# Contract with Alder Systems Ltd\nSupplier: Alder Systems Ltd\n2.2 The annual maintenance fee is \
             £18,900.",
        ),
        document(
            "birch-offer.md",
            "# Offer from Birch Ltd\nThe annual maintenance fee is £16,200.",
        ),
    ];
    let (page, _) = drafted(&documents, &Question::default());
    let agreed: Vec<&str> = page.agree.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(
        agreed,
        ["Alder Systems Ltd, maintenance fee: GBP 18,900 per year"]
    );
}
