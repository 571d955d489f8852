//! What the second reader sees.

use super::{figures, second_review};
use crate::draft::tests::drafted;
use crate::research::tests::document;
use crate::shape::Question;

#[test]
fn a_clean_draft_says_what_was_looked_at() {
    let documents = [
        document("a.md", "# Offer from Alder Ltd\nThe price is EUR 100."),
        document("b.md", "# Contract with Alder Ltd\nThe price is EUR 100."),
    ];
    let (page, facts) = drafted(&documents, &Question::default());
    let review = second_review(&page, &documents, &facts, &[]);
    assert_eq!((review.faults, review.missed), (Vec::new(), Vec::new()));
    assert!(
        review
            .nothing
            .is_some_and(|said| said.contains("2 passages"))
    );
}

#[test]
fn a_moved_passage_a_foreign_figure_and_a_repetition_are_faults() {
    let documents = [
        document("a.md", "# Offer from Alder Ltd\nThe price is EUR 100."),
        document("b.md", "# Contract with Alder Ltd\nThe price is EUR 100."),
    ];
    let (mut page, facts) = drafted(&documents, &Question::default());
    page.agree[0].text.push_str(" and 7 more");
    page.agree.push(page.agree[0].clone());
    page.agree[1].citations[0].start += 1;
    let faults = second_review(&page, &documents, &facts, &[]).faults;
    for part in ["do not stand there", "the figure 7 is not", "said before"] {
        assert!(
            faults.iter().any(|fault| fault.contains(part)),
            "{part}: {faults:?}"
        );
    }
}

#[test]
fn a_passage_that_speaks_to_the_question_is_missed() {
    let documents = [document(
        "a.md",
        "# Notes\nThe roof of the old mill leaks badly.\nBread is nice.",
    )];
    let question = Question {
        question: Some("Does the roof of the mill leak?".to_owned()),
        ..Question::default()
    };
    let (page, facts) = drafted(&documents, &question);
    let missed = second_review(&page, &documents, &facts, &[]).missed;
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0].text, "The roof of the old mill leaks badly.");
}

#[test]
fn figures_are_compared_without_their_grouping() {
    assert_eq!(figures("EUR 1,234.50"), figures("1.234,50 €"));
    assert_ne!(figures("12"), figures("13"));
    assert!(figures("no figure").is_empty());
}
