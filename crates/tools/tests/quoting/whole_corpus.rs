//! Passages, rank and repeats over documents.

use consort_tools::text::{Index, PassageKind, Repeats, cosine, passages};
use proptest::prelude::*;

use crate::fixture::{document, table};

#[test]
fn passages_are_sentences_items_headings_and_whole_rows() {
    let text = document(
        "a.md",
        Some("eng"),
        "# Terms\nIt ends. It is over.\n- First item",
    );
    let kinds: Vec<(PassageKind, &str)> = passages(0, &text)
        .map(|passage| (passage.kind, passage.text))
        .collect();
    assert_eq!(
        kinds,
        [
            (PassageKind::Heading, "Terms"),
            (PassageKind::Sentence, "It ends."),
            (PassageKind::Sentence, "It is over."),
            (PassageKind::Item, "First item"),
        ]
    );
    let rows = table("a.csv", "city;people\nBerne;1. Two. Three\nOslo;5");
    let rows: Vec<&str> = passages(0, &rows).map(|passage| passage.text).collect();
    assert_eq!(rows, ["Berne | 1. Two. Three", "Oslo | 5"]);
}

#[test]
fn the_passage_that_speaks_of_what_is_asked_ranks_first() {
    let one = document(
        "a.txt",
        Some("eng"),
        "The office is in Leeds.\nEither party may terminate by giving notice.\nNotice is in writing.",
    );
    let documents = [one];
    let index = Index::of(&documents);
    let query = index.query(["How long is the notice for termination?"]);
    let scores: Vec<_> = (0..3).map(|at| index.score(&query, at)).collect();
    assert!(scores[1] > scores[2] && scores[2] > scores[0], "{scores:?}");
}

#[test]
fn documents_in_another_language_are_found_by_the_words_they_share() {
    let documents = [document(
        "a.txt",
        Some("deu"),
        "Die Firma Contoso liefert.\nDas Wetter ist gut.",
    )];
    let index = Index::of(&documents);
    let query = index.query(["Should we choose Contoso?"]);
    assert!(index.score(&query, 0) > index.score(&query, 1));
}

#[test]
fn likeness_grows_with_common_words() {
    let text = "Prices rise each spring.\nEach spring prices rise again.\nCats sleep all day.";
    let documents = [document("a.txt", Some("eng"), text)];
    let index = Index::of(&documents);
    let vectors: Vec<_> = (0..3).map(|at| index.vector(at)).collect();
    assert!(cosine(&vectors[0], &vectors[1]) > 0.9);
    assert!(cosine(&vectors[0], &vectors[2]) < 0.01);
    assert!((cosine(&vectors[0], &vectors[0]) - 1.0).abs() < 1e-9);
}

#[test]
fn a_sentence_in_many_documents_is_repeated_and_one_in_two_is_not() {
    let documents: Vec<_> = (0..6)
        .map(|number| {
            let shared = if number < 2 {
                "Both agree on this."
            } else {
                ""
            };
            let text = format!("Member of the Chamber of Trade.\n{shared}\nOffer number {number}.");
            document(&format!("{number}.txt"), Some("eng"), &text)
        })
        .collect();
    let repeats = Repeats::of(&documents);
    assert!(repeats.contains("Member of the chamber of trade"));
    assert!(!repeats.contains("Both agree on this."));
    assert!(!repeats.contains("Offer number 3."));
}

#[test]
fn the_same_file_twice_makes_no_repeat() {
    let one = document("a.txt", Some("eng"), "The term is a year.");
    assert!(!Repeats::of(&vec![one; 5]).contains("The term is a year."));
}

#[test]
fn a_line_that_stands_again_and_again_is_a_running_head() {
    let text =
        "Acme annual report\nProfit rose.\nAcme annual report\nSales fell.\nAcme annual report";
    let heads = Repeats::running_heads(&document("a.txt", Some("eng"), text));
    assert_eq!(heads, [true, false, true, false, true]);
}

proptest! {
    #[test]
    fn every_passage_can_be_cited_where_it_stands(text in "\\PC{0,200}", code in "(eng|deu|fra|jpn)?") {
        let code = (!code.is_empty()).then_some(code);
        let one = document("a.txt", code.as_deref(), &text);
        for passage in passages(0, &one) {
            prop_assert!(passage.cite(&one).verify(&one).is_ok());
        }
    }
}
