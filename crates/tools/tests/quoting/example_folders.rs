//! The example folders, read as a stranger would: nothing false, said twice or cut short.

use std::collections::BTreeSet;
use std::path::Path;

use consort_documents::Document;
use consort_documents::folder::Inventory;
use consort_tools::counter_argue::counter_argue;
use consort_tools::research::research;
use consort_tools::screen_risk::{RulePack, screen_risk};
use consort_tools::shape::{Question, Research, Screening};
use consort_tools::summarise::{highlights, summarise};
use consort_tools::text::{Repeats, Shingles};

use crate::robust;

fn folder(name: &str) -> Vec<Document> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name);
    let inventory = Inventory::of(&path).expect("the folder is in the repository");
    inventory.read.into_iter().map(|one| one.document).collect()
}

fn question(asked: &str, options: &[&str]) -> Question {
    Question {
        must_know: Vec::new(),
        options: options.iter().map(|&option| option.to_owned()).collect(),
        question: Some(asked.to_owned()),
    }
}

fn screened(documents: &[Document], day: &str) -> Screening {
    let research: Vec<Research> = documents.iter().map(research).collect();
    screen_risk(
        documents,
        &research,
        &RulePack::ready_made(),
        Some(day.parse().expect("a day")),
    )
}

fn contracts_question() -> Question {
    let options = [
        "Brightway",
        "Northgate Facility Care Limited",
        "Sparrow Cleaning Co-operative",
    ];
    question(
        "Which company should clean our offices from April 2026?",
        &options,
    )
}

#[test]
fn every_passage_of_every_folder_stands_where_it_is_cited() {
    for name in ["contracts", "essays", "spreadsheets", "hostile"] {
        let documents = folder(name);
        assert!(!documents.is_empty(), "{name}");
        robust::check(&documents, &contracts_question());
        robust::check(&documents, &Question::default());
    }
}

#[test]
fn no_quotation_is_cut_short_boilerplate_or_said_twice() {
    for name in ["contracts", "essays", "spreadsheets"] {
        let documents = folder(name);
        let repeats = Repeats::of(&documents);
        let asked = contracts_question();
        let mut texts: Vec<String> = Vec::new();
        for one in &documents {
            let summary = summarise(one, &repeats, &asked, 5);
            texts.extend(summary.statements.into_iter().map(|one| one.text));
        }
        let high: Vec<String> = highlights(&documents, &asked, 10)
            .into_iter()
            .map(|one| one.text)
            .collect();
        let distinct: BTreeSet<&String> = high.iter().collect();
        assert_eq!(distinct.len(), high.len());
        for text in texts.iter().chain(&high) {
            let is_row = text.contains(" | ");
            assert!(
                is_row || text.ends_with(['.', '!', '"', '”']),
                "{name}: {text}"
            );
            let small = text.to_lowercase();
            for notice in [
                "confidential",
                "addressee",
                "subscribe",
                "e-mail",
                "thank you",
            ] {
                assert!(!small.contains(notice), "{name}: {text}");
            }
        }
        let against = counter_argue(&documents, &asked, &[]).passages;
        for (at, one) in against.iter().enumerate() {
            for two in &against[at + 1..] {
                let (one, two) = (Shingles::of(&one.text), Shingles::of(&two.text));
                assert!(one.containment(&two) < 0.8, "{name}: {against:?}");
            }
        }
    }
}

#[test]
fn the_risks_of_the_contracts_are_found_with_their_passages() {
    let documents = folder("contracts");
    let found = screened(&documents, "2026-02-21").findings;
    let has = |rule: &str, document: &str, words: &str| {
        found.iter().any(|finding| {
            finding.rule == rule
                && finding
                    .citations
                    .iter()
                    .any(|one| one.document == document && one.quote.contains(words))
        })
    };
    let expected = [
        (
            "contracts/expired-offer",
            "brightway-offer.docx",
            "20 February 2026",
        ),
        ("contracts/auto-renewal", "brightway-offer.docx", "renews"),
        (
            "contracts/auto-renewal",
            "brightway-contract.pdf",
            "renews automatically",
        ),
        (
            "contracts/auto-renewal",
            "northgate-general-terms.txt",
            "24 months",
        ),
        ("contracts/penalty", "brightway-contract.pdf", "25%"),
        ("contracts/penalty", "northgate-general-terms.txt", "£3,500"),
        ("contracts/penalty", "northgate-general-terms.txt", "40%"),
        (
            "contracts/liability-excluded",
            "sparrow-proposal.md",
            "keys",
        ),
        (
            "contracts/limit-removed",
            "brightway-amendment-1.docx",
            "removed",
        ),
        (
            "contracts/missing-date",
            "brightway-amendment-1.docx",
            "Date:",
        ),
        (
            "contracts/missing-date",
            "northgate-general-terms.txt",
            "In force from",
        ),
    ];
    for (rule, document, words) in expected {
        assert!(has(rule, document, words), "{rule} in {document}");
    }
    // Sparrow's proposal says that it does not renew and has no other penalty.
    assert!(!has("contracts/auto-renewal", "sparrow-proposal.md", ""));
    assert!(!has("contracts/penalty", "sparrow-proposal.md", ""));
    assert!(found.len() <= 20, "{}", found.len());
}

#[test]
fn essays_and_spreadsheets_raise_no_false_alarm() {
    for name in ["essays", "spreadsheets"] {
        let found = screened(&folder(name), "2025-12-10");
        let contracts: Vec<_> = found
            .findings
            .iter()
            .filter(|finding| finding.rule.starts_with("contracts/"))
            .collect();
        assert!(contracts.is_empty(), "{name}: {contracts:?}");
    }
}

#[test]
fn objections_to_each_cleaning_company_are_found() {
    let documents = folder("contracts");
    let asked = contracts_question();
    let found = counter_argue(&documents, &asked, &[]).passages;
    for option in &asked.options {
        assert!(
            found.iter().any(|one| one.options.contains(option)),
            "{option}"
        );
    }
}

#[test]
fn the_essays_argue_against_each_other() {
    let documents = folder("essays");
    let asked = question("Should Eastbrook close its centre to private cars?", &[]);
    let found = counter_argue(&documents, &asked, &[]).passages;
    let sources: BTreeSet<&str> = found
        .iter()
        .map(|one| one.citations[0].document.as_str())
        .collect();
    assert!(sources.len() >= 4, "{sources:?}");
}
