//! What follows page one: the rest of its lists, the table, risks, counter-arguments, coverage, how
//! the brief was made, and every passage that is cited.

use super::decided::decided;
use super::frame::Frame;
use super::opinions;
use super::outline::{Cell, Entry, Part, Source, Sources, counted, first};
use super::page_one::{
    self, AGREE_MAX, KNOWN_MAX, OPTIONS_MAX, UNKNOWN_MAX, disagree_max, passages_max,
};
use crate::organise::NOT_STATED;
use crate::research::shown;
use crate::shape::{Brief, Coverage, Fact, Severity, TableRow};
use crate::text::READ_BYTES_MAX;

/// Most values in a cell; the rest are counted, and `table.csv` has them all.
const CELL_VALUES_MAX: usize = 3;

/// Most attributes of the table; the rest are counted, and `table.csv` has them all.
const TABLE_ATTRIBUTES_MAX: usize = 24;

/// Most documents side by side: a fifth column leaves no room to read.
const TABLE_DOCUMENTS_MAX: usize = 4;

/// Most documents of the table; a reader compares some, and `table.csv` has them all.
const TABLE_ROWS_MAX: usize = 24;

/// Most names in a sentence; more are counted.
const NAMES_MAX: usize = 12;

/// Most documents of what was read, and of what was skipped, one by one.
const COVERAGE_MAX: usize = 200;

/// Most findings of the rules and most passages that argue against.
const LIST_MAX: usize = 40;

/// Most passages of one line, and most documents named in it; the record has them all.
const PASSAGES_MAX: usize = 12;
const DOCUMENTS_MAX: usize = 6;

/// The parts after page one, the passages last.
pub(super) fn parts(brief: &Brief, frame: &Frame, mut sources: Sources) -> Vec<Part> {
    let mut parts = Vec::new();
    if frame.decision_asked {
        parts.push(Part::NewPage);
    }
    table(brief, &mut sources, &mut parts);
    continued(brief, &mut sources, &mut parts);
    risks(brief, &mut sources, &mut parts);
    against(brief, &mut sources, &mut parts);
    missed(brief, &mut sources, &mut parts);
    opinions::add(brief, &mut parts);
    coverage(brief, frame, &mut parts);
    made(brief, frame, &mut parts);
    let list: Vec<Source> = sources.into_list();
    if !list.is_empty() {
        parts.push(Part::Heading("Passages".to_owned()));
        parts.push(Part::Note(
            "Each number above points to one of these, word for word as the document has it."
                .to_owned(),
        ));
        parts.push(Part::Sources(list));
    }
    parts
}

fn table(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("Documents side by side".to_owned()));
    if let Some(nothing) = &brief.table.nothing {
        parts.push(Part::Note(nothing.clone()));
        return;
    }
    let shown = brief.table.attributes.len().min(TABLE_ATTRIBUTES_MAX);
    let (stating, silent): (Vec<&TableRow>, Vec<&TableRow>) = brief
        .table
        .rows
        .iter()
        .partition(|row| row.cells[..shown].iter().any(|facts| !facts.is_empty()));
    let (listed, unlisted) = first(&stating, TABLE_ROWS_MAX);
    for documents in listed.chunks(TABLE_DOCUMENTS_MAX) {
        let mut head = vec![String::new()];
        head.extend(documents.iter().map(|row| row.document.clone()));
        let rows = brief.table.attributes[..shown]
            .iter()
            .enumerate()
            .filter(|(at, _)| documents.iter().any(|row| !row.cells[*at].is_empty()))
            .map(|(at, attribute)| {
                let mut row = vec![Cell::plain(attribute.clone())];
                row.extend(
                    documents
                        .iter()
                        .map(|document| cell(&document.cells[at], sources)),
                );
                row
            })
            .collect();
        parts.push(Part::Grid { head, rows });
    }
    if !unlisted.is_empty() {
        let counted = counted(unlisted.len(), "further document");
        parts.push(Part::Note(format!("{counted} in table.csv.")));
    }
    if !silent.is_empty() {
        let names: Vec<&str> = silent.iter().map(|row| row.document.as_str()).collect();
        parts.push(Part::Note(format!(
            "Nothing of this is stated in {}.",
            named(&names)
        )));
    }
    let more = brief.table.attributes.len() - shown;
    if more > 0 {
        let counted = counted(more, "further attribute");
        parts.push(Part::Note(format!("{counted} in table.csv.")));
    }
}

/// The names, or the first of them and how many more there are.
fn named(names: &[&str]) -> String {
    let (shown, rest) = first(names, NAMES_MAX);
    let listed = shown.join(", ");
    if rest.is_empty() {
        listed
    } else {
        format!("{listed} and {}", counted(rest.len(), "further document"))
    }
}

fn cell(facts: &[Fact], sources: &mut Sources) -> Cell {
    if facts.is_empty() {
        return Cell {
            empty: true,
            ..Cell::plain(NOT_STATED)
        };
    }
    let (shown, rest) = first(facts, CELL_VALUES_MAX);
    let subjects = facts.iter().any(|fact| fact.subject != facts[0].subject);
    // What the others are parts of needs no name: `Alder`, `Alder, Deep clean`.
    let whole = facts
        .iter()
        .map(|fact| fact.subject.as_str())
        .min_by_key(|one| one.len());
    let all = whole.is_some_and(|whole| facts.iter().all(|fact| fact.subject.starts_with(whole)));
    let part = |subject: &str| -> Option<String> {
        let rest = subject.strip_prefix(whole.filter(|_| all)?)?;
        Some(rest.strip_prefix(", ").unwrap_or(rest).to_owned())
    };
    let mut lines: Vec<Entry> = shown
        .iter()
        .map(|fact| Entry {
            lead: subjects
                .then(|| part(&fact.subject).unwrap_or_else(|| fact.subject.clone()))
                .filter(|lead| !lead.is_empty()),
            text: shown::value(fact),
            sources: sources.numbers(first(&fact.citations, PASSAGES_MAX).0),
            quoted: false,
            also: Vec::new(),
        })
        .collect();
    if !rest.is_empty() {
        lines.push(Entry {
            text: format!("and {} more", rest.len()),
            ..Entry::default()
        });
    }
    Cell {
        lines,
        ..Cell::default()
    }
}

/// What did not fit on page one.
fn continued(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    let draft = &brief.draft;
    let (_, agree) = first(&draft.agree, AGREE_MAX);
    if !agree.is_empty() {
        parts.push(Part::Heading("The sources also agree on".to_owned()));
        parts.push(Part::Entries(
            agree.iter().map(|one| sources.entry(one)).collect(),
        ));
        left_out(draft.left_out.agree, parts);
    }
    let (_, disagree) = first(&draft.disagree, disagree_max(draft));
    if !disagree.is_empty() {
        parts.push(Part::Heading("They also disagree on".to_owned()));
        for conflict in disagree {
            parts.push(Part::Dispute(page_one::dispute(conflict, brief, sources)));
        }
        left_out(draft.left_out.disagree, parts);
    }
    if !draft.possibly_related.is_empty() {
        parts.push(Part::Heading("Possibly related".to_owned()));
        parts.push(Part::Note(
            "These values differ, but it is less sure that they speak of the same thing."
                .to_owned(),
        ));
        for conflict in &draft.possibly_related {
            let mut dispute = page_one::dispute(conflict, brief, sources);
            let decided = brief
                .resolutions
                .resolutions
                .iter()
                .any(|resolution| resolution.conflict == conflict.key);
            if !decided {
                dispute.verdict = None;
            }
            parts.push(Part::Dispute(dispute));
        }
        left_out(draft.left_out.possibly_related, parts);
    }
    for (at, option) in draft.options.iter().enumerate() {
        let shown = if at < OPTIONS_MAX {
            passages_max(draft)
        } else {
            0
        };
        let (_, about) = first(&option.about, shown);
        let (_, against) = first(&option.against, shown);
        let entries: Vec<Entry> = about
            .iter()
            .chain(against)
            .map(|one| sources.entry(one))
            .collect();
        if !entries.is_empty() {
            parts.push(Part::Heading(format!("More on {}", option.option)));
            parts.push(Part::Entries(entries));
        }
    }
    let (_, unknown) = first(&draft.unknowns, UNKNOWN_MAX);
    if !unknown.is_empty() {
        parts.push(Part::Heading("Not found either".to_owned()));
        parts.push(Part::Text(format!("{}.", unknown.join("; "))));
    }
    let (_, answered) = first(&draft.answered, KNOWN_MAX);
    for one in answered {
        parts.push(Part::Subheading(one.must_know.clone()));
        let entries = one
            .statements
            .iter()
            .map(|statement| sources.entry(statement))
            .collect();
        parts.push(Part::Entries(entries));
    }
}

fn left_out(count: u32, parts: &mut Vec<Part>) {
    if count > 0 {
        parts.push(Part::Note(format!("{count} more are in the record.")));
    }
}

fn risks(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("Risks that the rules found".to_owned()));
    if let Some(nothing) = &brief.screening.nothing {
        parts.push(Part::Note(nothing.clone()));
    }
    let mut findings: Vec<_> = brief.screening.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let (shown, rest) = first(&findings, LIST_MAX);
    if !shown.is_empty() {
        let rows = shown
            .iter()
            .map(|finding| {
                let finding_text = Entry {
                    lead: None,
                    text: finding.text.clone(),
                    sources: sources.numbers(first(&finding.citations, PASSAGES_MAX).0),
                    quoted: false,
                    also: Vec::new(),
                };
                vec![
                    Cell {
                        severity: Some(finding.severity),
                        ..Cell::plain(severity(finding.severity))
                    },
                    Cell {
                        lines: vec![finding_text],
                        ..Cell::default()
                    },
                    Cell::plain(documents(finding.citations.iter().map(|one| &one.document))),
                    Cell::plain(finding.rule.clone()),
                ]
            })
            .collect();
        let head = ["", "What", "Where", "Rule"].map(str::to_owned).to_vec();
        parts.push(Part::Grid { head, rows });
    }
    left_out(u32::try_from(rest.len()).unwrap_or(u32::MAX), parts);
    if !brief.screening.packs.is_empty() {
        parts.push(Part::Note(format!(
            "Rules: {}.",
            brief.screening.packs.join(", ")
        )));
    }
}

/// The names of the documents, and how many there are of those that are not named.
fn documents<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let mut list: Vec<&str> = names.map(String::as_str).collect();
    list.sort_unstable();
    list.dedup();
    let (some, rest) = first(&list, DOCUMENTS_MAX);
    let mut text = some.join(", ");
    if !rest.is_empty() {
        text = format!("{text} and {}", counted(rest.len(), "further document"));
    }
    text
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Serious => "serious",
    }
}

fn against(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("Passages that argue against".to_owned()));
    if let Some(nothing) = &brief.against.nothing {
        parts.push(Part::Note(nothing.clone()));
    }
    let (shown, rest) = first(&brief.against.passages, LIST_MAX);
    let entries: Vec<Entry> = shown
        .iter()
        .map(|passage| Entry {
            lead: (!passage.options.is_empty()).then(|| passage.options.join(", ")),
            text: passage.text.clone(),
            sources: sources.numbers(first(&passage.citations, PASSAGES_MAX).0),
            quoted: passage
                .citations
                .iter()
                .any(|one| one.quote == passage.text),
            also: Vec::new(),
        })
        .collect();
    if !entries.is_empty() {
        parts.push(Part::Entries(entries));
    }
    left_out(u32::try_from(rest.len()).unwrap_or(u32::MAX), parts);
}

fn missed(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("What the second reader found".to_owned()));
    let review = &brief.second_review;
    if let Some(nothing) = &review.nothing {
        parts.push(Part::Note(nothing.clone()));
    }
    if !review.missed.is_empty() {
        parts.push(Part::Text(
            "These passages speak to the question and were not on the page:".to_owned(),
        ));
        let entries = review.missed.iter().map(|one| sources.entry(one)).collect();
        parts.push(Part::Entries(entries));
    }
    if !review.faults.is_empty() {
        let entries = review
            .faults
            .iter()
            .map(|fault| Entry {
                text: fault.clone(),
                ..Entry::default()
            })
            .collect();
        parts.push(Part::Entries(entries));
    }
}

fn coverage(brief: &Brief, frame: &Frame, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("What was read".to_owned()));
    // Where not all can be listed, those that the page rests on are.
    let mut covered: Vec<&Coverage> = brief.draft.coverage.iter().collect();
    if covered.len() > COVERAGE_MAX {
        covered.sort_by_key(|one| std::cmp::Reverse(one.cited));
    }
    let (listed, unlisted) = first(&covered, COVERAGE_MAX);
    let rows = listed
        .iter()
        .map(|one| {
            vec![
                Cell::plain(one.document.clone()),
                Cell::plain(one.facts.to_string()),
                Cell::plain(one.cited.to_string()),
            ]
        })
        .collect();
    let head = ["Document", "Facts found", "Passages on the page"]
        .map(str::to_owned)
        .to_vec();
    parts.push(Part::Grid { head, rows });
    if !unlisted.is_empty() {
        let facts: usize = unlisted.iter().map(|one| one.facts as usize).sum();
        parts.push(Part::Note(format!(
            "{} with {} in all; table.csv has a row for each.",
            counted(unlisted.len(), "further document"),
            counted(facts, "fact"),
        )));
    }
    for one in &brief.draft.coverage {
        if one.in_part {
            parts.push(Part::Note(format!(
                "{} is too long to be read whole: only its first {} bytes of text were read, so \
                 what stands after them is missing here.",
                one.document, READ_BYTES_MAX,
            )));
        }
        if one.facts_left_out > 0 {
            parts.push(Part::Note(format!(
                "{} states {} than the {} that were compared; those come first in it.",
                one.document,
                counted(one.facts_left_out as usize, "more fact"),
                one.facts,
            )));
        }
    }
    if frame.skipped.is_empty() {
        parts.push(Part::Note("No file was skipped.".to_owned()));
        return;
    }
    parts.push(Part::Subheading("Skipped".to_owned()));
    let (listed, unlisted) = first(&frame.skipped, COVERAGE_MAX);
    let rows = listed
        .iter()
        .map(|(name, reason)| vec![Cell::plain(name.clone()), Cell::plain(reason.clone())])
        .collect();
    let head = ["File", "Reason"].map(str::to_owned).to_vec();
    parts.push(Part::Grid { head, rows });
    left_out(u32::try_from(unlisted.len()).unwrap_or(u32::MAX), parts);
}

fn made(brief: &Brief, frame: &Frame, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("How this brief was made".to_owned()));
    if !frame.statement.is_empty() {
        parts.push(Part::Text(frame.statement.clone()));
    }
    if !frame.contributors.is_empty() {
        let rows = frame
            .contributors
            .iter()
            .map(|one| {
                [&one.who, &one.kind, &one.tasks, &one.cost]
                    .map(|text| Cell::plain(text.clone()))
                    .to_vec()
            })
            .collect();
        let head = ["Who", "Kind", "Did", "Cost"].map(str::to_owned).to_vec();
        parts.push(Part::Grid { head, rows });
    }
    if !frame.ledger.is_empty() {
        parts.push(Part::Subheading("Ledger".to_owned()));
        let rows = frame
            .ledger
            .iter()
            .map(|(line, amount)| vec![Cell::plain(line.clone()), Cell::plain(amount.clone())])
            .collect();
        parts.push(Part::Grid {
            head: Vec::new(),
            rows,
        });
    }
    parts.extend(decided(&brief.resolutions).map(Part::Text));
    parts.push(Part::Subheading("Sign-off".to_owned()));
    match &frame.sign_off {
        Some(sign_off) => parts.push(Part::Text(sign_off.clone())),
        None => parts.push(Part::Blank("Name, date, signature".to_owned())),
    }
    if !frame.fingerprint.is_empty() {
        parts.push(Part::Note(frame.fingerprint.clone()));
    }
}
