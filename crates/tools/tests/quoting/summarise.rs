//! What a summary quotes.

use consort_documents::Document;
use consort_tools::shape::Question;
use consort_tools::summarise::{highlights, summarise};
use consort_tools::text::Repeats;

use crate::fixture::{document, table};

fn question(asked: &str, options: &[&str]) -> Question {
    Question {
        must_know: Vec::new(),
        options: options.iter().map(|&option| option.to_owned()).collect(),
        question: (!asked.is_empty()).then(|| asked.to_owned()),
    }
}

fn quotes(document: &Document, question: &Question, limit: usize) -> Vec<String> {
    summarise(document, &Repeats::default(), question, limit)
        .statements
        .into_iter()
        .map(|statement| statement.text)
        .collect()
}

fn reason(document: &Document) -> String {
    let summary = summarise(document, &Repeats::default(), &Question::default(), 5);
    assert!(summary.statements.is_empty(), "{:?}", summary.statements);
    summary.nothing.expect("a reason where nothing is quoted")
}

#[test]
fn sentences_that_speak_to_the_question_are_quoted_in_source_order() {
    let text = "The office in Leeds has three floors and a garden behind it.\n\
                Either party may end the agreement with 30 days' written notice.\n\
                The canteen serves lunch between noon and two every working day.\n\
                A notice must be sent by registered letter to the other party.";
    let one = document("a.txt", Some("eng"), text);
    let asked = question("How long is the notice period?", &[]);
    assert_eq!(
        quotes(&one, &asked, 2),
        [
            "Either party may end the agreement with 30 days' written notice.",
            "A notice must be sent by registered letter to the other party.",
        ]
    );
}

#[test]
fn without_a_question_the_sentences_that_others_are_like_are_quoted() {
    let text = "Old mills line the river between the two bridges of the town.\n\
                The flood of 1998 damaged forty houses near the river.\n\
                A wall would protect the houses near the river from a flood.\n\
                My uncle collects stamps from Portugal and Brazil.\n\
                The wall against the flood costs the town two million.";
    let one = document("a.txt", Some("eng"), text);
    let found = quotes(&one, &Question::default(), 2);
    assert!(
        found.iter().all(|quote| quote.contains("flood")),
        "{found:?}"
    );
}

#[test]
fn a_sentence_that_says_the_same_again_is_left_out() {
    let text = "The supplier delivers all goods to the port of Rotterdam within ten days.\n\
                The supplier delivers all the goods to the port of Rotterdam within ten days.\n\
                Payment for the goods is due after delivery to the port.";
    let one = document("a.txt", Some("eng"), text);
    let found = quotes(&one, &question("When are goods delivered?", &[]), 3);
    assert_eq!(
        found
            .iter()
            .filter(|quote| quote.contains("Rotterdam"))
            .count(),
        1
    );
}

#[test]
fn fragments_notices_questions_and_headings_are_not_quoted() {
    let table = [
        "# The notice period is thirty days in all cases.",
        "How long is the notice period in this contract?",
        "the notice period, which is thirty days, applies.",
        "The notice period is set out as follows:",
        "The parties agree on the notice period as follows.",
        "Notice.",
        "© 2024 Notice Ltd. All rights reserved in all notices.",
        "Please do not hesitate to contact us about the notice.",
        "NOTICE PERIOD OF THIRTY DAYS FOR ALL OF THE PARTIES.",
        "Notice ........................................ 12",
        "Home | Notice | Terms | About us | Contact us today.",
        "- the notice is served; or",
        "(the notice is given to the other party.",
    ];
    for text in table {
        let one = document("a.txt", Some("eng"), text);
        let found = quotes(&one, &question("How long is the notice period?", &[]), 5);
        assert!(found.is_empty(), "{text}");
    }
}

#[test]
fn a_label_is_quoted_only_where_it_is_asked_for() {
    let text = "Notice period: 30 days\nDate: 12 January 2026\n\
                The agreement is made between the two companies named above.";
    let one = document("a.txt", Some("eng"), text);
    let found = quotes(
        &one,
        &question("Which notice period applies in January?", &[]),
        5,
    );
    assert!(found.contains(&"Notice period: 30 days".to_owned()));
    assert!(
        !found.iter().any(|quote| quote.starts_with("Date")),
        "{found:?}"
    );
}

#[test]
fn what_every_document_repeats_is_no_summary_of_any() {
    let documents: Vec<Document> = ["Leeds", "York", "Hull"]
        .iter()
        .map(|town| {
            let text = format!(
                "Our company has served its customers with pride since 1950.\n\
                 The branch in {town} opens its doors on five days of the week."
            );
            document(&format!("{town}.txt"), Some("eng"), &text)
        })
        .collect();
    let repeats = Repeats::of(&documents);
    for one in &documents {
        let summary = summarise(one, &repeats, &Question::default(), 5);
        assert_eq!(summary.statements.len(), 1);
        assert!(summary.statements[0].text.starts_with("The branch"));
    }
}

#[test]
fn of_a_table_only_totals_are_quoted() {
    let rows = "Site;Month;Cost EUR\nNorth;January;10\nSouth;January;20\nTotal 2025;;30";
    assert_eq!(
        quotes(&table("a.csv", rows), &Question::default(), 5),
        ["Total 2025 |  | 30"]
    );
}

#[test]
fn a_table_without_totals_is_described_and_not_quoted() {
    let rows = table("a.csv", "Site;Cost EUR\nNorth;10\nSouth;20");
    assert_eq!(
        reason(&rows),
        "It is a table of 2 rows under the columns Site, Cost EUR. It has no row of totals, and \
         single rows would say little by themselves."
    );
}

#[test]
fn the_rows_of_options_are_quoted_where_the_table_has_one_row_for_each_thing() {
    let compared = "Supplier;Price EUR\nAlder;10\nBirch;20\nCedar;30";
    let asked = question("", &["Alder", "Cedar"]);
    assert_eq!(
        quotes(&table("a.csv", compared), &asked, 5),
        ["Alder | 10", "Cedar | 30"]
    );
    let listed = "Supplier;Price EUR\nAlder;10\nAlder;20\nCedar;30";
    assert!(quotes(&table("a.csv", listed), &asked, 5).is_empty());
}

#[test]
fn a_summary_with_nothing_to_quote_says_why() {
    let table = [
        ("", "The document has no text."),
        ("# Heading only", "The document has headings only."),
        (
            "Too short.",
            "No whole sentence in it can be quoted by itself: there are fragments, notices or \
             very long sentences only.",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(reason(&document("a.txt", Some("eng"), text)), expected);
    }
}

#[test]
fn other_languages_are_summarised_by_their_own_stems() {
    let text = "Die Kündigungsfrist beträgt für beide Parteien drei Monate zum Jahresende.\n\
                Das Büro liegt in einem ruhigen Hof hinter der alten Kirche.\n\
                Der Lieferant trägt die Kosten der Anlieferung bis zum Lager.";
    let one = document("a.txt", Some("deu"), text);
    let found = quotes(
        &one,
        &question("Wie lang sind die Kündigungsfristen?", &[]),
        1,
    );
    assert!(found[0].starts_with("Die Kündigungsfrist"), "{found:?}");
    let text = "納期は注文から十日以内とする。天気は晴れで、風は弱いでしょう。";
    let one = document("b.txt", Some("jpn"), text);
    assert!(!quotes(&one, &Question::default(), 3).is_empty());
}

#[test]
fn a_highlight_that_two_documents_share_is_stated_once_and_cites_both() {
    let shared = "The notice period of the agreement is ninety days.";
    let documents = [
        document(
            "a.txt",
            Some("eng"),
            &format!("{shared}\nThe fee is paid each month in advance."),
        ),
        document(
            "b.txt",
            Some("eng"),
            &format!("{shared}\nThe site lies beside the old canal."),
        ),
    ];
    let found = highlights(
        &documents,
        &question("How long is the notice period?", &[]),
        5,
    );
    assert_eq!(found.iter().filter(|one| one.text == shared).count(), 1);
    assert_eq!(found[0].text, shared);
    let cited: Vec<&str> = found[0]
        .citations
        .iter()
        .map(|one| one.document.as_str())
        .collect();
    assert_eq!(cited, ["a.txt", "b.txt"]);
}

#[test]
fn highlights_come_from_more_than_one_document() {
    let long: Vec<String> = (0..20)
        .map(|number| format!("The notice in case {number} was given to tenant {number} in time."))
        .collect();
    let long = long.join("\n");
    let documents = [
        document("long.txt", Some("eng"), &long),
        document(
            "short.txt",
            Some("eng"),
            "The lease needs a notice of six months at least.",
        ),
    ];
    let found = highlights(&documents, &question("What notice is needed?", &[]), 4);
    assert!(
        found
            .iter()
            .any(|one| one.citations[0].document == "short.txt"),
        "{found:?}"
    );
}
