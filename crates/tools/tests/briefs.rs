//! The whole chain of tools over the example folders: what page one says and what it must not say.

use std::path::Path;

use consort_documents::folder::Inventory;
use consort_documents::{Citation, Document};
use consort_tools::counter_argue::counter_argue;
use consort_tools::deliver::{Frame, csv, docx, html};
use consort_tools::draft::{DraftInputs, draft};
use consort_tools::integrate::{Parts, integrate};
use consort_tools::organise::organise;
use consort_tools::research::research;
use consort_tools::screen_risk::{RulePack, screen_risk};
use consort_tools::second_review::second_review;
use consort_tools::shape::{Brief, Conflict, Question, Research, Resolutions, Summary};
use consort_tools::summarise::summarise;
use consort_tools::text::Repeats;

struct Made {
    brief: Brief,
    documents: Vec<Document>,
    facts: Vec<Research>,
}

fn made(folder: &str, question: &Question) -> Made {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(folder);
    let documents: Vec<Document> = Inventory::of(&path)
        .expect("the example folder is part of the repository")
        .read
        .into_iter()
        .map(|file| file.document)
        .collect();
    let repeats = Repeats::of(&documents);
    let summaries: Vec<Summary> = documents
        .iter()
        .map(|document| summarise(document, &repeats, question, 6))
        .collect();
    let facts: Vec<Research> = documents.iter().map(research).collect();
    let table = organise(&facts);
    let counter = counter_argue(&documents, question, &facts);
    let screening = screen_risk(&documents, &facts, &RulePack::ready_made(), None);
    let page = draft(&DraftInputs {
        counter: &counter,
        documents: &documents,
        question,
        research: &facts,
        summaries: &summaries,
        table: &table,
    });
    let brief = integrate(&Parts {
        counter: &counter,
        documents: &documents,
        draft: &page,
        research: &facts,
        resolutions: &Resolutions::default(),
        screening: &screening,
        second_review: &second_review(&page, &documents, &facts, &summaries),
        summaries: &summaries,
        table: &table,
    });
    Made {
        brief,
        documents,
        facts,
    }
}

fn contracts() -> Question {
    Question {
        must_know: vec!["notice period".to_owned(), "parking".to_owned()],
        options: ["Brightway", "Northgate", "Sparrow"]
            .map(str::to_owned)
            .to_vec(),
        question: Some("Should we end the Brightway contract before it renews?".to_owned()),
    }
}

fn keys(conflicts: &[Conflict]) -> Vec<&str> {
    conflicts
        .iter()
        .map(|conflict| conflict.key.as_str())
        .collect()
}

#[test]
fn the_contracts_disagree_where_a_reader_would_see_it() {
    let made = made("contracts", &contracts());
    let found = keys(&made.brief.draft.disagree);
    assert_eq!(
        found,
        [
            "brightway-cleaning-services/notice-period/duration",
            "brightway-cleaning-services/price/gbp-per-month",
            "brightway-cleaning-services/liability-cap/gbp-per-claim",
        ]
    );
    assert_eq!(made.brief.draft.unknowns, ["parking"]);
}

#[test]
fn what_the_contracts_agree_on_is_stated_in_two_documents() {
    let made = made("contracts", &contracts());
    let agreed: Vec<&str> = made
        .brief
        .draft
        .agree
        .iter()
        .map(|statement| statement.text.as_str())
        .collect();
    for expected in [
        "Sparrow Cleaning Co-operative, price: GBP 2,740 per month",
        "Northgate Facility Care Limited, price: GBP 2,190 per month",
    ] {
        assert!(agreed.contains(&expected), "{agreed:?}");
    }
    assert!(agreed.iter().all(|text| !text.contains("notice period")));
}

#[test]
fn the_essays_agree_on_nothing_and_three_towns_are_possibly_disputed() {
    let question = Question {
        question: Some("Should the square be closed to cars?".to_owned()),
        ..Question::default()
    };
    let draft = made("essays", &question).brief.draft;
    assert_eq!((draft.agree, draft.disagree), (vec![], vec![]));
    assert_eq!(
        keys(&draft.possibly_related),
        [
            "maybe/dunmere/change-in-turnover/percent",
            "maybe/harlow-quay/change-in-turnover/percent",
            "maybe/saint-orran/change-in-turnover/percent",
        ]
    );
}

#[test]
fn no_range_leaves_out_what_the_contracts_state_in_another_unit_of_time() {
    let made = made("contracts", &contracts());
    let against = &made.brief.against.passages;
    assert!(
        against
            .iter()
            .all(|one| !one.text.contains("notice period: 90 days"))
    );
}

#[test]
fn a_log_of_invoices_and_a_series_of_months_are_no_conflicts() {
    let made = made("spreadsheets", &Question::default());
    assert_eq!(keys(&made.brief.draft.disagree), Vec::<&str>::new());
}

#[test]
fn the_second_reader_finds_no_fault_and_every_fact_stands() {
    for folder in ["contracts", "essays", "spreadsheets"] {
        let made = made(folder, &contracts());
        assert_eq!(
            made.brief.second_review.faults,
            Vec::<String>::new(),
            "{folder}"
        );
        let citations = made
            .facts
            .iter()
            .flat_map(|one| &one.facts)
            .flat_map(|fact| &fact.citations);
        for citation in citations {
            assert!(stands(citation, &made.documents), "{folder}: {citation:?}");
        }
    }
}

fn stands(citation: &Citation, documents: &[Document]) -> bool {
    documents
        .iter()
        .any(|document| document.name == citation.document && citation.verify(document).is_ok())
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let frame = Frame {
        decision_asked: true,
        ..Frame::default()
    };
    let (one, other) = (
        made("contracts", &contracts()),
        made("contracts", &contracts()),
    );
    assert_eq!(html(&one.brief, &frame), html(&other.brief, &frame));
    assert_eq!(docx(&one.brief, &frame), docx(&other.brief, &frame));
    assert_eq!(csv(&one.brief), csv(&other.brief));
}

#[test]
fn what_hostile_files_say_stays_text() {
    let made = made("hostile", &contracts());
    let page = html(&made.brief, &Frame::default());
    assert!(!page.contains("<script"));
}
