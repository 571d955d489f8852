//! What `research` finds in small documents, and what it leaves alone.

use consort_documents::{Block, BlockKind, Document, Format, Place};
use consort_kernel::digest::Digest;
use proptest::prelude::*;

use super::research;
use crate::shape::{Confidence, Fact};

/// A document whose lines are headings (`# `), rows (`| a | b`, the first one the columns) and text.
pub(crate) fn document(name: &str, text: &str) -> Document {
    let mut columns: Vec<String> = Vec::new();
    let mut blocks = Vec::new();
    for (at, line) in text
        .lines()
        .map(str::trim)
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
    {
        let place = Place::Line(u32::try_from(at + 1).unwrap());
        let (kind, text) = if let Some(heading) = line.strip_prefix("# ") {
            columns.clear();
            (BlockKind::Heading(1), heading.to_owned())
        } else if let Some(row) = line.strip_prefix('|') {
            let cells: Vec<String> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
            if columns.is_empty() {
                columns = cells;
                continue;
            }
            let text = cells.join(" | ");
            (
                BlockKind::Row {
                    cells,
                    columns: columns.clone(),
                },
                text,
            )
        } else {
            columns.clear();
            (BlockKind::Paragraph, line.to_owned())
        };
        blocks.push(Block::new(kind, place, text));
    }
    Document {
        blocks,
        format: Format::Markdown,
        language: None,
        name: name.to_owned(),
        sha256: Digest::of(text.as_bytes()),
        title: None,
    }
}

/// Each fact as `subject | attribute | value`.
fn found(name: &str, text: &str) -> Vec<String> {
    research(&document(name, text))
        .facts
        .iter()
        .map(shown)
        .collect()
}

fn shown(fact: &Fact) -> String {
    format!(
        "{} | {} | {}",
        fact.subject,
        fact.attribute,
        super::shown::value(fact)
    )
}

#[test]
fn sentences_in_which_a_phrase_governs_a_quantity_are_facts() {
    for (sentence, expected) in [
        ("The notice period is 30 days.", "notice period | 30 days"),
        (
            "Either party may terminate on 14 days' notice.",
            "notice period | 14 days",
        ),
        (
            "The Supplier's liability is capped at EUR 50,000.",
            "liability cap | at most EUR 50,000",
        ),
        (
            "Invoices are payable within 30 days.",
            "payment term | 30 days",
        ),
        ("The monthly fee is EUR 100.", "price | EUR 100 per month"),
        ("It costs EUR 100 per month.", "price | EUR 100 per month"),
        (
            "The customer pays a deposit of EUR 500.",
            "deposit | EUR 500",
        ),
        ("The agreement runs for two years.", "term | 2 years"),
        (
            "The agreement renews for a further 12 months.",
            "renewal period | 12 months",
        ),
        (
            "The contract renews automatically for further periods of 24 months.",
            "renewal period | 24 months",
        ),
        ("We grant a 10% discount.", "discount | 10%"),
        ("The parking garage is 350 metres away.", ""),
        ("The distance is 350 metres.", "distance | 350 metres"),
        ("Rents rose by 8%.", "change in rents | 8%"),
        ("The fee is fixed for 12 months.", ""),
        ("Birch is 20% cheaper.", ""),
        ("Today there are 46.", ""),
        ("Is the notice period 30 days?", ""),
    ] {
        let text = format!("Supplier: Alder Ltd\n\n{sentence}");
        let facts: Vec<String> = found("a.md", &text)
            .into_iter()
            .filter(|fact| !fact.contains("| supplier |"))
            .map(|fact| fact.replacen("Alder Ltd | ", "", 1))
            .collect();
        assert_eq!(facts.join("; "), expected, "{sentence}");
    }
}

#[test]
fn what_is_denied_imagined_or_over_is_no_fact_of_today() {
    for (sentence, expected) in [
        ("The notice period is *not* 30 days.", ""),
        (
            "If the customer were public, the notice period would be 30 days.",
            "",
        ),
        (
            "The notice period is not less than 30 days.",
            "notice period | at least 30 days",
        ),
        (
            "The price was £500 until 2020.",
            "price | GBP 500 (until 2020)",
        ),
        ("The price is £700.", "price | GBP 700"),
        ("Notice: not 30 days", "notice | not 30 days"),
    ] {
        let text = format!("# Offer from Alder Ltd\n{sentence}");
        let facts = found("a.md", &text).join("; ");
        assert_eq!(facts.replace("Alder Ltd | ", ""), expected, "{sentence}");
    }
}

#[test]
fn prices_that_rank_a_name_and_days_of_signature_are_facts() {
    let facts = found(
        "email.txt",
        "Northgate are the cheapest on paper at £2,190 a month.\nFor the Contractor: Peter Doyle, Area \
         Manager. Date: 2 February 2026",
    );
    assert_eq!(
        facts,
        [
            "Northgate | price | GBP 2,190 per month",
            "email | document date | 2 February 2026",
        ]
    );
}

#[test]
fn labelled_lines_are_facts_of_what_the_document_is_about() {
    let facts = found(
        "offer.md",
        "# Offer from Alder Ltd\nMonthly fee: £2,480\nNotice: fourteen (14) days\nParking: yes",
    );
    assert_eq!(
        facts,
        [
            "Alder Ltd | price | GBP 2,480 per month",
            "Alder Ltd | notice period | 14 days",
            "Alder Ltd | parking | yes",
        ]
    );
}

#[test]
fn labels_that_come_again_under_headings_are_about_the_headings() {
    let facts = found(
        "halls.md",
        "# Halls\n# Northgate Hall\nPrice: EUR 100\n# Canal Barn\nPrice: EUR 120",
    );
    assert_eq!(
        facts,
        [
            "Northgate Hall | price | EUR 100",
            "Canal Barn | price | EUR 120"
        ]
    );
}

#[test]
fn cells_are_facts_of_their_row_with_the_unit_of_their_column() {
    let facts = found(
        "prices.csv",
        "| Supplier | Price (EUR) | Notice (days)\n| Alder | 100 | 14\n| Birch | 1,200.50 | n/a",
    );
    assert_eq!(
        facts,
        [
            "Alder | price | EUR 100",
            "Alder | notice period | 14 days",
            "Birch | price | EUR 1,200.50"
        ]
    );
}

#[test]
fn rows_of_a_time_series_carry_their_period() {
    let facts = research(&document(
        "energy.csv",
        "| Site | Month | Cost EUR\n| Depot | 2025-01 | 10\n| Depot | 2025-02 | 12\n| Total | | 22",
    ))
    .facts;
    let dates: Vec<Option<&str>> = facts.iter().map(|fact| fact.date.as_deref()).collect();
    assert_eq!(dates, [Some("2025-01"), Some("2025-02"), None]);
    assert_eq!(facts[2].subject, "energy");
    assert_eq!(facts[2].attribute, "total cost");
}

#[test]
fn a_table_of_criteria_is_read_the_other_way_round() {
    let facts = found(
        "compare.md",
        "| Criterion | Alder | Birch\n| Notice period | 14 days | 30 days",
    );
    assert_eq!(
        facts,
        [
            "Alder | notice period | 14 days",
            "Birch | notice period | 30 days"
        ]
    );
}

#[test]
fn items_in_a_suppliers_price_list_are_that_suppliers() {
    let facts = found(
        "offer.md",
        "# Offer from Alder Ltd\n| Item | Price | Unit\n| Deep clean | £310 | visit",
    );
    assert_eq!(facts, ["Alder Ltd, Deep clean | price | GBP 310 per visit"]);
}

#[test]
fn a_changed_value_is_stated_old_and_new() {
    let facts = found(
        "amendment.md",
        "Supplier: Alder Ltd\n\nThe monthly fee in clause 2.1 rises from £100 to £120.\n\nIn clause 5.1 the \
         sum of £50,000 is replaced by £250,000.",
    );
    assert_eq!(
        facts[1..],
        [
            "Alder Ltd | price | GBP 100 per month",
            "Alder Ltd | price | GBP 120 per month",
            "Alder Ltd | sum | GBP 50,000",
            "Alder Ltd | sum | GBP 250,000",
        ]
    );
}

#[test]
fn numbers_that_point_somewhere_are_no_facts() {
    let facts = found(
        "notes.md",
        "# Notes\nSee Section 4.2 on page 3.\n\nCall +44 20 7946 0958.\n\n1. First\n\nAs Miller (2019) showed.",
    );
    assert_eq!(facts, Vec::<String>::new());
}

#[test]
fn what_holds_only_in_a_case_is_of_low_confidence() {
    let facts = research(&document(
        "terms.md",
        "Supplier: Alder Ltd\n\nA larger increase entitles the customer to leave with two months' notice.",
    ))
    .facts;
    assert_eq!(facts[1].confidence, Confidence::Low);
}

#[test]
fn a_document_without_facts_says_so() {
    let research = research(&document("poem.txt", "The sea is wide."));
    assert!(research.facts.is_empty());
    assert!(research.nothing.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_citation_stands_and_nothing_panics(
        lines in prop::collection::vec("(\\| ?)?[a-zA-Z0-9 .,:;|%€£$'’()/+–äßİ\u{202f}-]{0,60}", 0..12),
    ) {
        let document = document("any/file-name.md", &lines.join("\n"));
        for fact in research(&document).facts {
            for citation in &fact.citations {
                prop_assert!(citation.verify(&document).is_ok());
            }
            prop_assert!(!fact.attribute.is_empty());
        }
    }
}

#[test]
fn a_sentence_that_stands_again_and_again_is_one_fact() {
    let text = format!(
        "# Offer from Alder Ltd\n{}",
        "The price is £5,000. ".repeat(500)
    );
    let found = research(&document("a.md", &text));
    assert_eq!((found.facts.len(), found.left_out), (1, 0));
    assert_eq!(found.facts[0].citations[0].start, 0);
}

#[test]
fn how_many_facts_a_limit_left_out_is_said() {
    let rows: Vec<String> = (0..super::FACTS_MAX + 5)
        .map(|row| format!("| Item {row} | EUR {} |", row + 1))
        .collect();
    let text = format!("| Item | Price |\n| --- | --- |\n{}", rows.join("\n"));
    let found = research(&document("long.md", &text));
    assert_eq!((found.facts.len(), found.left_out), (super::FACTS_MAX, 5));
}

#[test]
fn several_labels_in_one_line_are_a_fact_each_and_stand_where_they_are_cited() {
    let text = "Supplier: Birch Ltd\n\nPrice per parcel: 3,90 EUR. Notice period: 4 weeks. Delivery time: 48 hours.";
    let document = document("offer.md", text);
    let facts = research(&document).facts;
    let shown: Vec<String> = facts.iter().map(shown).collect();
    for expected in [
        "Birch Ltd | price per parcel | EUR 3.90",
        "Birch Ltd | notice period | 4 weeks",
        "Birch Ltd | delivery time | 48 hours",
    ] {
        assert!(
            shown.iter().any(|it| it == expected),
            "{expected}: {shown:?}"
        );
    }
    for fact in &facts {
        assert!(fact.citations.iter().all(|it| it.verify(&document).is_ok()));
    }
    // Where one of the sentences is none, the line is read as prose.
    let prose = "Supplier: Birch Ltd\n\nPlease note: we are away. The notice period is 4 weeks.";
    assert!(found("a.md", prose).contains(&"Birch Ltd | notice period | 4 weeks".to_owned()));
}

#[test]
fn whoever_a_sentence_names_is_meant_and_not_the_title_of_notes_about_them() {
    let text = "# Notes of the call with Birch, 3 March\n\nBirch's delivery time is 3 days. We met Birch again.";
    assert_eq!(found("notes.md", text), ["Birch | delivery time | 3 days"]);
}
