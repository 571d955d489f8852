//! Prints what `summarise`, `counter-argue` and `screen-risk` quote from a folder, for reading
//! their output as a stranger would.
//!
//! `cargo run -p consort-tools --example quote_folder -- FOLDER [DAY] [QUESTION] [OPTION…]`

use std::path::Path;
use std::process::ExitCode;

use consort_documents::folder::Inventory;
use consort_documents::{Citation, Document};
use consort_tools::counter_argue::counter_argue;
use consort_tools::research::research;
use consort_tools::screen_risk::{RulePack, screen_risk};
use consort_tools::shape::{Question, Research};
use consort_tools::summarise::{SUMMARY_SENTENCES, highlights, summarise};
use consort_tools::text::Repeats;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: quote_folder FOLDER [DAY] [QUESTION] [OPTION…]");
        return ExitCode::from(2);
    };
    let inventory = match Inventory::of(Path::new(&folder)) {
        Ok(inventory) => inventory,
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    };
    let today = arguments.next().and_then(|day| day.parse().ok());
    let question = Question {
        must_know: Vec::new(),
        question: arguments.next(),
        options: arguments.collect(),
    };
    let documents: Vec<Document> = inventory.read.into_iter().map(|one| one.document).collect();
    let research: Vec<Research> = documents.iter().map(research).collect();

    let repeats = Repeats::of(&documents);
    for document in &documents {
        let summary = summarise(document, &repeats, &question, SUMMARY_SENTENCES);
        println!(
            "## Summary of {} ({:?})",
            summary.document, document.language
        );
        print_reason(summary.nothing.as_deref());
        for statement in &summary.statements {
            print_quote(&statement.text, &statement.citations);
        }
    }
    println!("\n## Highlights");
    for statement in highlights(&documents, &question, SUMMARY_SENTENCES * 2) {
        print_quote(&statement.text, &statement.citations);
    }
    println!("\n## Passages that argue against");
    let against = counter_argue(&documents, &question, &research);
    print_reason(against.nothing.as_deref());
    for passage in &against.passages {
        let sign = format!(
            "[{:?} {:?}] {}",
            passage.sign, passage.options, passage.text
        );
        print_quote(&sign, &passage.citations);
    }
    println!("\n## Risks");
    let screening = screen_risk(&documents, &research, &RulePack::ready_made(), today);
    print_reason(screening.nothing.as_deref());
    for finding in &screening.findings {
        println!(
            "- {:?} {}: {}",
            finding.severity, finding.rule, finding.text
        );
        for citation in &finding.citations {
            println!(
                "    {}, {}: {}",
                citation.document, citation.place, citation.quote
            );
        }
    }
    ExitCode::SUCCESS
}

fn print_reason(nothing: Option<&str>) {
    if let Some(reason) = nothing {
        println!("  nothing: {reason}");
    }
}

fn print_quote(text: &str, citations: &[Citation]) {
    let places: Vec<String> = citations
        .iter()
        .map(|one| format!("{}, {}", one.document, one.place))
        .collect();
    println!("- {text}\n    ({})", places.join("; "));
}
