//! Makes a brief of a folder by the built-in tools alone, for looking at what they find.
//!
//! `brief_of_folder FOLDER OUT [--question TEXT] [--option NAME]… [--must-know THING]… [--facts]`
//! writes `brief.html`, `brief.docx` and `table.csv` to OUT. Nobody is asked, paid or signed for.

use std::path::Path;

use consort_documents::Document;
use consort_documents::folder::Inventory;
use consort_tools::counter_argue::counter_argue;
use consort_tools::deliver::{Contribution, Frame, NOTHING_INTERPRETED, csv, docx, html};
use consort_tools::draft::{DraftInputs, draft};
use consort_tools::integrate::{Parts, integrate};
use consort_tools::organise::organise;
use consort_tools::research::research;
use consort_tools::screen_risk::{RulePack, screen_risk};
use consort_tools::second_review::second_review;
use consort_tools::shape::{Brief, Question, Research, Resolutions, Summary};
use consort_tools::summarise::summarise;
use consort_tools::text::Repeats;

/// Sentences of each summary.
const SUMMARY_SENTENCES: usize = 6;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder is needed")?;
    let out = arguments
        .next()
        .ok_or("a folder for the results is needed")?;
    let mut question = Question::default();
    let mut show_facts = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--question" => question.question = arguments.next(),
            "--option" => question.options.extend(arguments.next()),
            "--must-know" => question.must_know.extend(arguments.next()),
            "--facts" => show_facts = true,
            other => return Err(format!("{other} is not known").into()),
        }
    }
    let inventory = Inventory::of(Path::new(&folder))?;
    let documents: Vec<Document> = inventory
        .read
        .into_iter()
        .map(|file| file.document)
        .collect();
    if std::env::var_os("BLOCKS").is_some() {
        for document in &documents {
            println!("== {} title {:?}", document.name, document.title);
            for (at, block) in document.blocks.iter().enumerate() {
                println!("{at} {:?} {} | {}", block.kind, block.place, block.text);
            }
        }
    }
    let (brief, facts) = brief(&documents, &question);
    if show_facts {
        print_facts(&facts);
    }
    let frame = Frame {
        accountable: "Rosa Lindqvist".to_owned(),
        contributors: vec![Contribution {
            cost: "0.00".to_owned(),
            kind: "built-in tools".to_owned(),
            tasks: "summarise, research, organise, draft, second review".to_owned(),
            who: "consort".to_owned(),
        }],
        decision_asked: question.question.is_some(),
        prepared_on: "20 February 2026".to_owned(),
        skipped: inventory
            .skipped
            .iter()
            .map(|file| (file.name.clone(), file.reason.to_string()))
            .collect(),
        statement: NOTHING_INTERPRETED.to_owned(),
        title: format!("What {folder} says"),
        ..Frame::default()
    };
    std::fs::create_dir_all(&out)?;
    let out = Path::new(&out);
    std::fs::write(out.join("brief.html"), html(&brief, &frame))?;
    std::fs::write(out.join("brief.docx"), docx(&brief, &frame))?;
    std::fs::write(out.join("table.csv"), csv(&brief))?;
    for fault in &brief.second_review.faults {
        eprintln!("fault: {fault}");
    }
    Ok(())
}

/// The whole chain of tools.
fn brief(documents: &[Document], question: &Question) -> (Brief, Vec<Research>) {
    let repeats = Repeats::of(documents);
    let summaries: Vec<Summary> = documents
        .iter()
        .map(|document| summarise(document, &repeats, question, SUMMARY_SENTENCES))
        .collect();
    let facts: Vec<Research> = documents.iter().map(research).collect();
    let table = organise(&facts);
    let counter = counter_argue(documents, question, &facts);
    let screening = screen_risk(documents, &facts, &RulePack::ready_made(), None);
    let page = draft(&DraftInputs {
        counter: &counter,
        documents,
        question,
        research: &facts,
        summaries: &summaries,
        table: &table,
    });
    let review = second_review(&page, documents, &facts, &summaries);
    let brief = integrate(&Parts {
        counter: &counter,
        documents,
        draft: &page,
        research: &facts,
        resolutions: &Resolutions::default(),
        screening: &screening,
        second_review: &review,
        summaries: &summaries,
        table: &table,
    });
    (brief, facts)
}

fn print_facts(facts: &[Research]) {
    for one in facts {
        println!("== {} ({})", one.document, one.facts.len());
        for fact in &one.facts {
            println!(
                "{:?} [{}] {} = {:?} {} {:?} {}\n      « {} »",
                fact.confidence,
                fact.subject,
                fact.attribute,
                fact.value,
                fact.unit.as_deref().unwrap_or_default(),
                fact.bound,
                fact.date.as_deref().unwrap_or_default(),
                fact.text,
            );
        }
    }
}
