//! Whatever the text: nothing fails, and every passage stands where it is said to stand.

use consort_documents::{Citation, Document};
use consort_tools::counter_argue::counter_argue;
use consort_tools::research::research;
use consort_tools::screen_risk::{RulePack, screen_risk};
use consort_tools::shape::{Question, Research};
use consort_tools::summarise::{highlights, summarise};
use consort_tools::text::Repeats;
use proptest::prelude::*;

use crate::fixture::{document, table};

/// All passages that the tools cite, in their order.
pub(crate) fn cited(documents: &[Document], question: &Question) -> Vec<Citation> {
    let research: Vec<Research> = documents.iter().map(research).collect();
    let repeats = Repeats::of(documents);
    let mut cited = Vec::new();
    for one in documents {
        let summary = summarise(one, &repeats, question, 5);
        assert_eq!(summary.nothing.is_some(), summary.statements.is_empty());
        for statement in summary.statements {
            assert_eq!(statement.text, statement.citations[0].quote);
            cited.extend(statement.citations);
        }
    }
    for statement in highlights(documents, question, 10) {
        cited.extend(statement.citations);
    }
    let against = counter_argue(documents, question, &research);
    assert_eq!(against.nothing.is_some(), against.passages.is_empty());
    cited.extend(against.passages.into_iter().flat_map(|one| one.citations));
    let today = Some("2026-02-21".parse().expect("a day"));
    let screening = screen_risk(documents, &research, &RulePack::ready_made(), today);
    assert_eq!(screening.nothing.is_some(), screening.findings.is_empty());
    cited.extend(screening.findings.into_iter().flat_map(|one| one.citations));
    cited
}

/// Checks that each citation stands in one of the documents.
pub(crate) fn check(documents: &[Document], question: &Question) {
    for citation in cited(documents, question) {
        let source = documents
            .iter()
            .find(|one| one.name == citation.document)
            .expect("what is cited was read");
        assert_eq!(citation.verify(source), Ok(()));
    }
}

/// Words that the tools look for, so that random texts are not random noise only.
const WORDS: &str = "(The |the |agreement |shall |not |however |but |renews |automatically |penalty |liable |until |\
                     3 May 2020|03/04/2021 |EUR 4,000 |12% |Total|Date: |Dr\\. |e\\.g\\. |\\. |, |: |\\n|- |# |ß|é|—|[a-zäöü ]{1,6})";

fn question() -> Question {
    Question {
        must_know: vec!["penalty".to_owned()],
        options: vec!["Alder Ltd".to_owned(), "renew".to_owned(), String::new()],
        question: Some("Should the agreement be renewed?".to_owned()),
    }
}

proptest! {
    // Each case runs all tools several times over three documents.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_citation_verifies_on_texts_of_any_kind(
        parts in prop::collection::vec(WORDS, 0..60),
        noise in "\\PC{0,60}",
        code in prop::sample::select(vec![None, Some("eng"), Some("deu"), Some("fra"), Some("jpn")]),
    ) {
        let documents = [
            document("a.txt", code, &parts.concat()),
            document("b.txt", code, &format!("{noise}\n{}", parts.concat())),
            table("c.csv", &format!("a;b;c\n{}", parts.concat().replace(". ", ";"))),
        ];
        check(&documents, &question());
        check(&documents, &Question::default());
    }

    #[test]
    fn the_same_documents_give_the_same_passages(parts in prop::collection::vec(WORDS, 0..60)) {
        let documents = [document("a.txt", Some("eng"), &parts.concat())];
        // Hash maps have another order in each of the two runs.
        prop_assert_eq!(cited(&documents, &question()), cited(&documents, &question()));
    }
}

#[test]
fn a_very_long_line_is_read_and_not_quoted() {
    let text = "word ".repeat(200_000);
    check(&[document("a.txt", Some("eng"), &text)], &question());
}

#[test]
fn text_in_any_script_is_read() {
    let text = "Договор продлевается автоматически. Штраф не применяется.\n\
                العقد يتجدد تلقائيا كل سنة. لا توجد غرامة.\n\
                合同自动续期一年。不收取违约金。\n\
                สัญญาต่ออายุอัตโนมัติทุกปี\n\
                Η σύμβαση ανανεώνεται αυτόματα κάθε χρόνο.\n\
                👩‍👩‍👧‍👦 🇩🇪 é́́ \u{200f}\u{202e}abc\u{0}";
    for code in [
        None,
        Some("rus"),
        Some("ara"),
        Some("zho"),
        Some("tha"),
        Some("ell"),
    ] {
        check(&[document("a.txt", code, text)], &question());
    }
}
