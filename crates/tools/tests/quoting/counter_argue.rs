//! Which passages argue against, and which figures stand apart.

use consort_documents::Citation;
use consort_tools::counter_argue::counter_argue;
use consort_tools::research::research;
use consort_tools::shape::{
    Confidence, CounterArguments, CounterSign, Fact, Question, Research, Value,
};

use crate::fixture::{document, table};

const TOPIC: &str = "Should the town close the market square to cars?";

fn question(options: &[&str]) -> Question {
    Question {
        must_know: Vec::new(),
        options: options.iter().map(|&option| option.to_owned()).collect(),
        question: Some(TOPIC.to_owned()),
    }
}

fn against(language: &str, text: &str) -> CounterArguments {
    let documents = [document("a.txt", Some(language), text)];
    counter_argue(&documents, &question(&[]), &[])
}

#[test]
fn a_passage_shows_its_sign_in_its_own_words() {
    let table = [
        (
            "The plan is cheap. However, the market square would lose its cars.",
            Some(CounterSign::Adversative),
        ),
        (
            "The square is fine, but the cars would fill the streets nearby.",
            Some(CounterSign::Adversative),
        ),
        (
            "Although cars are noisy, they bring trade to the square.",
            Some(CounterSign::Adversative),
        ),
        (
            "The closed square did not include space for delivery cars.",
            Some(CounterSign::Negated),
        ),
        (
            "The town lacks a place where the cars could go instead.",
            Some(CounterSign::Negated),
        ),
        (
            "It is unclear where the cars of the square would go.",
            Some(CounterSign::Hedged),
        ),
        (
            "The market square could fail as a place for cars and trade.",
            Some(CounterSign::Hedged),
        ),
        (
            "The market square is not only for cars but also for people.",
            None,
        ),
        (
            "The cars must leave the square no later than 10 in the morning.",
            None,
        ),
        ("Please close the square to cars and do not hesitate.", None),
        ("Closing the square to cars does not harm the shops.", None),
        ("Closing the square to cars has no disadvantages.", None),
        (
            "The cars in the square shall not exceed twenty at any time.",
            None,
        ),
        (
            "Tenants of the market square shall not assign their lease to cars.",
            None,
        ),
        (
            "Cars may park in the market square on two days in May.",
            None,
        ),
        ("The square was closed to cars in the spring of 2023.", None),
    ];
    for (text, expected) in table {
        let found = against("eng", text);
        let sign = found.passages.first().map(|passage| passage.sign);
        assert_eq!(sign, expected, "{text}");
        assert_eq!(found.nothing.is_none(), expected.is_some());
    }
}

#[test]
fn a_mere_denial_argues_against_nothing() {
    for text in [
        "The market square was built for carts and not for cars.",
        "Most of the cars in the market square did not stop there.",
        "That is a disgrace, but it is a reason to ask, not a reason to keep cars in the square.",
    ] {
        assert!(against("eng", text).passages.is_empty(), "{text}");
    }
}

#[test]
fn signs_are_known_in_german_french_and_spanish() {
    let asked = Question {
        question: Some("Contoso Platz parking".to_owned()),
        ..Question::default()
    };
    let table = [
        (
            "deu",
            "Das Angebot von Contoso ist günstig, aber die Lieferung dauert lange.",
            true,
        ),
        (
            "deu",
            "Contoso liefert nicht nur schnell, sondern auch günstig in alle Länder.",
            false,
        ),
        (
            "fra",
            "Contoso livre vite, mais le prix augmente chaque année.",
            true,
        ),
        (
            "fra",
            "Contoso livre non seulement à Paris mais aussi à Lyon.",
            false,
        ),
        (
            "spa",
            "Contoso entrega rápido, pero el precio sube cada año.",
            true,
        ),
        (
            "spa",
            "Contoso entrega no solo en Madrid sino también en Sevilla.",
            false,
        ),
        ("jpn", "Contoso は安い、しかし納期は長い。", false),
    ];
    for (language, text, expected) in table {
        let documents = [document("a.txt", Some(language), text)];
        let found = counter_argue(&documents, &asked, &[]);
        assert_eq!(!found.passages.is_empty(), expected, "{text}");
    }
}

#[test]
fn a_passage_about_something_else_argues_against_nothing_asked() {
    let text = "The market square was closed to cars last year.\nTea, however, is not drunk here.";
    assert!(against("eng", text).passages.is_empty());
}

#[test]
fn a_passage_that_begins_with_but_is_quoted_with_the_sentence_before() {
    let text = "The cars bring customers. But the square belongs to all of us.";
    let found = against("eng", text);
    assert_eq!(found.passages.len(), 1);
    assert_eq!(found.passages[0].text, text);
    assert_eq!(found.passages[0].citations[0].quote, text);
}

#[test]
fn the_same_objection_twice_is_quoted_once() {
    let one = "The town lacks a place where the many cars of the market square could go instead.";
    let two = one.replace("many", "numerous");
    let documents = [
        document("a.txt", Some("eng"), one),
        document("b.txt", Some("eng"), &two),
    ];
    assert_eq!(
        counter_argue(&documents, &question(&[]), &[])
            .passages
            .len(),
        1
    );
}

#[test]
fn a_passage_concerns_the_option_that_it_or_its_document_names() {
    let documents = [
        document(
            "alder-offer.txt",
            Some("eng"),
            "We cannot deliver cars to the square in August.",
        ),
        document(
            "memo.txt",
            Some("eng"),
            "Birch fails to answer questions about the square.",
        ),
    ];
    let found = counter_argue(&documents, &question(&["Alder Ltd", "Birch Ltd"]), &[]);
    let mut options: Vec<Vec<String>> = found.passages.into_iter().map(|one| one.options).collect();
    options.sort();
    assert_eq!(options, [["Alder Ltd"], ["Birch Ltd"]]);
}

#[test]
fn finding_nothing_is_said_to_be_weak_evidence() {
    let found = against("eng", "The market square was closed to cars last year.");
    assert!(found.nothing.unwrap().contains("weak evidence"));
    let found = against("jpn", "広場は閉鎖された。");
    assert!(found.nothing.unwrap().contains("languages"));
}

fn outliers(values: &[&str]) -> Vec<String> {
    let rows: Vec<String> = values
        .iter()
        .zip('A'..)
        .map(|(value, name)| format!("\nSite {name};{value}"))
        .collect();
    let rows = rows.concat();
    let document = table("a.csv", &format!("Site;Monthly rent EUR{rows}"));
    let facts = values.iter().enumerate().map(|(at, value)| Fact {
        attribute: "monthly rent".to_owned(),
        bound: None,
        citations: vec![
            Citation::of(&document, at, 0, &document.blocks[at].text).expect("the row"),
        ],
        confidence: Confidence::High,
        date: None,
        subject: format!("Site {at}"),
        text: format!("Monthly rent EUR: {value}"),
        unit: Some("EUR".to_owned()),
        value: Value::Money((*value).to_owned()),
    });
    let research = [Research {
        left_out: 0,
        document: document.name.clone(),
        facts: facts.collect(),
        nothing: None,
    }];
    let found = counter_argue(&[document], &Question::default(), &research);
    found
        .passages
        .into_iter()
        .map(|one| {
            assert_eq!(one.sign, CounterSign::Outlier);
            assert!(
                one.text.contains("The other figures of this kind"),
                "{}",
                one.text
            );
            one.citations[0].quote.clone()
        })
        .collect()
}

#[test]
fn a_figure_far_from_the_others_of_its_kind_stands_apart() {
    let table: [(&[&str], &[&str]); 9] = [
        (&["100", "110", "105", "95", "900"], &["Site E | 900"]),
        (&["100", "110", "105", "95", "1"], &["Site E | 1"]),
        // Fewer than four figures have no others to differ from.
        (&["100", "110", "900"], &[]),
        // All equal but one, which is hardly different.
        (&["100", "100", "100", "100", "100", "101"], &[]),
        // All equal but one, which is very different.
        (
            &[
                "100", "100", "100", "100", "100", "100", "100", "100", "300",
            ],
            &["Site I | 300"],
        ),
        (&["100", "100", "100", "100"], &[]),
        // A long tail has no gap.
        (&["1", "2", "4", "8", "16", "32", "64"], &[]),
        (
            &[
                "610", "1000", "2000", "3000", "4000", "7000", "9900", "12800",
            ],
            &[],
        ),
        // Two camps are no outliers.
        (&["1", "1", "1", "900", "900"], &[]),
    ];
    for (values, expected) in table {
        assert_eq!(outliers(values), expected, "{values:?}");
    }
}

#[test]
fn a_row_of_totals_does_not_stand_apart_from_what_it_adds_up() {
    let rows = "Site;Rent EUR\nNorth;100\nSouth;110\nEast;105\nWest;95\nTotal;410";
    let documents = [table("a.csv", rows)];
    let facts: Vec<Research> = documents.iter().map(research).collect();
    assert!(facts[0].facts.len() >= 4);
    let found = counter_argue(&documents, &Question::default(), &facts);
    assert!(found.passages.is_empty(), "{:?}", found.passages);
}
