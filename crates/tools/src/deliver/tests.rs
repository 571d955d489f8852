//! What the delivered files say, and what no document can make them say.

use std::io::{Cursor, Read as _};

use consort_documents::{Citation, Statement};
use proptest::prelude::*;

use super::{Contribution, Frame, NOTHING_INTERPRETED, csv, docx, html};
use crate::integrate::tests::{OFFER, merged};
use crate::shape::{Answered, Finding, OptionPassages, Question, Severity};

fn frame() -> Frame {
    Frame {
        accountable: "Rosa Lindqvist".to_owned(),
        contributors: vec![Contribution {
            cost: "0.10 EUR".to_owned(),
            kind: "built-in tool".to_owned(),
            tasks: "research".to_owned(),
            who: "reader".to_owned(),
        }],
        decision_asked: true,
        fingerprint: "Fingerprint 1f2e".to_owned(),
        ledger: vec![("Paid".to_owned(), "0.10 EUR".to_owned())],
        outcome: "outcome-1".to_owned(),
        prepared_on: "20 February 2026".to_owned(),
        recommendation: None,
        sign_off: Some("Signed by Rosa Lindqvist".to_owned()),
        skipped: vec![("scan.pdf".to_owned(), "it has no text layer".to_owned())],
        statement: NOTHING_INTERPRETED.to_owned(),
        title: "Who cleans?".to_owned(),
    }
}

fn question() -> Question {
    Question {
        must_know: vec!["parking".to_owned()],
        options: vec!["Alder".to_owned(), "Birch".to_owned()],
        question: Some("Shall we stay with Alder?".to_owned()),
    }
}

/// The text of one part of the archive.
fn part(archive: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn the_page_says_everything_that_a_decision_needs() {
    let page = html(&merged(OFFER, &question()), &frame());
    for part in [
        "Shall we stay with Alder?",
        "Alder Ltd, price: EUR 100",
        "Alder Ltd: notice period",
        "Rosa Lindqvist chose 30 days: The contract was signed later.",
        "parking:",
        "Not found in the documents.",
        "To be filled in by Rosa Lindqvist",
        "None found; this is weak evidence.",
        "scan.pdf",
        "it has no text layer",
        NOTHING_INTERPRETED,
        "Fingerprint 1f2e",
        "contract.md, line 2",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn the_persons_own_sentence_is_credited() {
    let frame = Frame {
        recommendation: Some("Stay for a year.".to_owned()),
        ..frame()
    };
    let page = html(&merged(OFFER, &question()), &frame);
    assert!(page.contains("Stay for a year."));
    assert!(page.contains("Rosa Lindqvist, in their own words"));
    assert!(!page.contains("To be filled in"));
}

#[test]
fn without_a_question_the_brief_says_that_no_decision_was_asked() {
    let frame = Frame {
        decision_asked: false,
        ..frame()
    };
    let page = html(&merged(OFFER, &Question::default()), &frame);
    assert!(page.contains("No decision was asked."));
    assert!(page.contains("Document brief"));
    assert!(!page.contains("Recommendation"));
}

#[test]
fn every_reference_on_the_page_has_its_passage() {
    let page = html(&merged(OFFER, &question()), &frame());
    let references: Vec<&str> = page
        .split("href=\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(!references.is_empty());
    for reference in references {
        assert!(page.contains(&format!("id=\"{reference}\"")), "{reference}");
    }
}

#[test]
fn page_one_stays_one_page_however_much_there_is() {
    let mut brief = merged(OFFER, &question());
    let draft = &mut brief.draft;
    let long = "A sentence of the usual length says what the document says about it.";
    let one = Statement {
        citations: draft.agree[0].citations.clone(),
        text: long.to_owned(),
    };
    draft.agree = vec![one.clone(); 24];
    draft.left_out.agree = 900;
    draft.disagree = vec![draft.disagree[0].clone(); 200];
    draft.options = vec![
        OptionPassages {
            about: vec![one.clone(); 4],
            against: vec![one.clone(); 4],
            option: "Something".to_owned(),
        };
        30
    ];
    draft.unknowns = vec!["something".to_owned(); 30];
    draft.answered = vec![
        Answered {
            must_know: "something".to_owned(),
            statements: vec![one; 8],
        };
        30
    ];
    draft.coverage = vec![draft.coverage[0].clone(); 5_000];
    brief.highlights = vec![draft.agree[0].clone(); 8];
    brief.table.rows = vec![brief.table.rows[0].clone(); 5_000];
    let cited = brief.draft.agree[0].citations[0].clone();
    let everywhere = (0..500).map(|number| Citation {
        document: format!("offer-{number:03}.md"),
        ..cited.clone()
    });
    brief.screening.findings = vec![Finding {
        citations: everywhere.collect(),
        rule: "contracts/auto-renewal".to_owned(),
        severity: Severity::Warning,
        text: "It renews by itself.".to_owned(),
    }];
    let page = html(&brief, &frame());
    let (first, annex) = page.split_once("class=\"newpage\"").unwrap();
    let lines = |page: &str| page.matches("<li").count() + page.matches("<div").count();
    assert!(lines(first) < 100, "{} lines", lines(first));
    assert!(first.contains("<b>5000</b> <span>documents read</span>"));
    assert!(first.contains("24 further options in the annex."));
    // The annex counts what it does not list, and stays a file that opens at once.
    assert_eq!(first.matches("class=\"dispute\"").count(), 4);
    assert!(annex.contains("4976 further documents in table.csv."));
    assert!(annex.contains("4800 further documents with"));
    assert!(annex.contains("offer-005.md and 494 further documents"));
    assert!(page.len() < 600_000, "{} bytes", page.len());
}

#[test]
fn facts_that_a_limit_left_out_are_told() {
    let mut brief = merged(OFFER, &question());
    brief.draft.coverage[0].facts_left_out = 7;
    let page = html(&brief, &frame());
    assert!(page.contains("offer.md states 7 more facts than the 2 that were compared"));
}

#[test]
fn a_document_that_was_read_in_part_is_named_and_counted_on_page_one() {
    let mut brief = merged(OFFER, &question());
    brief.draft.coverage[0].in_part = true;
    let page = html(&brief, &frame());
    assert!(page.contains("Only the beginning of 1 document was read; the annex says of which."));
    assert!(page.contains("offer.md is too long to be read whole"));
}

#[test]
fn a_question_that_is_the_title_stands_there_once() {
    let brief = merged(OFFER, &question());
    let titled = Frame {
        title: "Shall we stay with Alder?".to_owned(),
        ..frame()
    };
    let body = html(&brief, &titled);
    let body = body.split_once("<body>").unwrap().1;
    assert_eq!(body.matches("Shall we stay with Alder?").count(), 1);
}

#[test]
fn a_hostile_document_stays_text() {
    let hostile = "# Offer from Alder Ltd\nThe notice period is 14 days <script>alert(1)</script>.\n\
                   <img src=x onerror=alert(1)>: 5 EUR";
    let brief = merged(hostile, &question());
    let page = html(&brief, &frame());
    assert!(!page.contains("<script"));
    assert!(!page.contains("<img"));
    assert!(page.contains("&lt;script&gt;"));
    let text = part(&docx(&brief, &frame()), "word/document.xml");
    assert!(!text.contains("<script"));
}

#[test]
fn the_text_document_is_well_formed_and_always_the_same() {
    let brief = merged(OFFER, &question());
    let frame = Frame {
        title: "A & B \u{0}<\u{b}>".to_owned(),
        ..frame()
    };
    let bytes = docx(&brief, &frame);
    assert_eq!(bytes, docx(&brief, &frame));
    for name in [
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/document.xml",
        "word/_rels/document.xml.rels",
        "word/styles.xml",
        "word/footer1.xml",
    ] {
        let text = part(&bytes, name);
        let mut reader = quick_xml::Reader::from_str(&text);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
    let text = part(&bytes, "word/document.xml");
    assert!(text.contains("Alder Ltd, price: EUR 100"));
    assert!(text.contains("w:anchor=\"p1\"") && text.contains("w:name=\"p1\""));
}

#[test]
fn the_table_has_a_row_for_each_document() {
    let table = csv(&merged(OFFER, &Question::default()));
    assert_eq!(
        table,
        "document,notice period,price\r\noffer.md,14 days,EUR 100\r\ncontract.md,30 days,EUR 100\r\n"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_text_becomes_markup(hostile in "[a-z<>&\"'=/ ]{0,40}") {
        let offer = format!("# Offer from Alder Ltd\nThe notice period is 14 days {hostile}.");
        let frame = Frame { title: hostile.clone(), ..frame() };
        let page = html(&merged(&offer, &question()), &frame);
        let plain = html(&merged(OFFER, &question()), &Frame { title: String::new(), ..frame });
        // Whatever a document says, the page has the elements that it would have anyway.
        let opened = |page: &str, name: &str| page.matches(&format!("<{name}")).count();
        for name in ["script", "img", "style", "iframe", "h1", "h2", "title"] {
            prop_assert_eq!(opened(&page, name), opened(&plain, name));
        }
    }
}
