//! Page one: what a person decides on.
//!
//! Its lists are short; what does not fit is counted here and follows in the annex.

use std::collections::BTreeSet;

use super::frame::Frame;
use super::outline::{Dispute, Entry, OptionPart, Part, Side, Sources, counted, first};
use crate::conflict::SIDE_CITATIONS_MAX;
use crate::research::shown;
use crate::shape::{Brief, Conflict, Draft, Resolution, Severity};

/// Room on the page for what the sources agree on.
pub(super) const AGREE_MAX: usize = 6;

/// Room on the page for differences.
const DISAGREE_MAX: usize = 4;

/// Room on the page for the values of all differences on it.
const SIDES_MAX: usize = 9;

/// Room in a line for the numbers of passages.
const NUMBERS_MAX: usize = 4;

/// How many differences the page has room for: the first one always has.
pub(super) fn disagree_max(draft: &Draft) -> usize {
    let mut sides = 0;
    let fitting = draft.disagree.iter().take(DISAGREE_MAX).take_while(|one| {
        sides += one.sides.len();
        sides <= SIDES_MAX
    });
    fitting.count().max(1)
}

/// Room on the page for options; each takes some lines even with one passage.
pub(super) const OPTIONS_MAX: usize = 6;

/// About how many lines of print a difference, a thing that must be known, and an option with one
/// passage on each side take.
const BLOCK_LINES: usize = 4;

/// The lines of print that these may take before each option has room for one passage only.
const BLOCKS_LINES_MAX: usize = 30;

/// Room on the page for passages on each side of an option, beside what else is on it.
pub(super) fn passages_max(draft: &Draft) -> usize {
    let blocks = draft.disagree.len().min(disagree_max(draft))
        + draft.answered.len().min(KNOWN_MAX)
        + draft.options.len();
    let lines = blocks * BLOCK_LINES + draft.agree.len().min(AGREE_MAX);
    if lines > BLOCKS_LINES_MAX { 1 } else { 2 }
}

/// Room on the page for things that must be known and were not found.
pub(super) const UNKNOWN_MAX: usize = 6;

/// Room on the page for things that must be known.
pub(super) const KNOWN_MAX: usize = 4;

/// Room for passages on each of them.
const KNOWN_PASSAGES_MAX: usize = 4;

/// The lines that a difference, and an option, take where a point of agreement takes one.
const DIFFERENCE_LINES: usize = 4;

/// With fewer lines taken, the page has room for highlights.
const LINES_MIN: usize = 10;

/// Room for highlights where no decision was asked, or little could be compared.
pub(super) const HIGHLIGHTS_MAX: usize = 6;

/// The parts of page one.
pub(super) fn parts(brief: &Brief, frame: &Frame, sources: &mut Sources) -> Vec<Part> {
    let mut parts = Vec::new();
    opening(brief, frame, sources, &mut parts);
    parts.push(at_a_glance(brief));
    agree(brief, sources, &mut parts);
    disagree(brief, sources, &mut parts);
    options(brief, sources, &mut parts);
    known(brief, sources, &mut parts);
    let blocks = brief.draft.disagree.len().min(DISAGREE_MAX) + brief.draft.options.len();
    let lines = brief.draft.agree.len().min(AGREE_MAX) + blocks * DIFFERENCE_LINES;
    if frame.decision_asked && lines < LINES_MIN {
        highlights(brief, sources, &mut parts);
    }
    recommendation(frame, &mut parts);
    parts
}

/// What there is of each, so that a reader knows how much follows.
fn at_a_glance(brief: &Brief) -> Part {
    let draft = &brief.draft;
    let listed = |shown: usize, left_out: u32| shown + left_out as usize;
    let serious = brief.screening.findings.iter();
    let serious = serious
        .filter(|finding| finding.severity == Severity::Serious)
        .count();
    let noun = |count: usize, one: &str, many: &str| if count == 1 { one } else { many }.to_owned();
    let read = draft.coverage.len();
    let agreed = listed(draft.agree.len(), draft.left_out.agree);
    let differing = listed(draft.disagree.len(), draft.left_out.disagree);
    let against = brief.against.passages.len();
    Part::Figures(vec![
        (read, noun(read, "document read", "documents read")),
        (agreed, noun(agreed, "point agreed on", "points agreed on")),
        (differing, noun(differing, "difference", "differences")),
        (
            against,
            noun(against, "passage against", "passages against"),
        ),
        (serious, noun(serious, "serious risk", "serious risks")),
    ])
}

fn opening(brief: &Brief, frame: &Frame, sources: &mut Sources, parts: &mut Vec<Part>) {
    let in_part = brief.draft.coverage.iter().filter(|one| one.in_part);
    let in_part = in_part.count();
    if in_part > 0 {
        let counted = counted(in_part, "document");
        parts.push(Part::Note(format!(
            "Only the beginning of {counted} was read; the annex says of which."
        )));
    }
    let question = &brief.draft.question;
    let asked = question.question.as_ref().filter(|_| frame.decision_asked);
    if let Some(asked) = asked {
        // Where the question is the title, once is enough.
        if asked.trim() != frame.title.trim() {
            parts.push(Part::Question(asked.clone()));
        }
        if !question.options.is_empty() {
            parts.push(Part::Text(format!(
                "Options: {}.",
                question.options.join("; ")
            )));
        }
    } else {
        parts.push(Part::Text(
            "No decision was asked. This brief says what the documents say.".to_owned(),
        ));
        highlights(brief, sources, parts);
    }
}

fn highlights(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    let draft = &brief.draft;
    let disputed = draft.disagree.iter().take(disagree_max(draft));
    let on_page: Vec<&str> = draft
        .options
        .iter()
        .flat_map(|option| option.about.iter().chain(&option.against))
        .chain(
            draft
                .answered
                .iter()
                .flat_map(|answered| &answered.statements),
        )
        .chain(&draft.agree)
        .map(|statement| statement.text.as_str())
        .chain(
            disputed
                .flat_map(|one| &one.sides)
                .map(|side| side.text.as_str()),
        )
        .collect();
    // A passage of two sentences says each of them.
    let is_shown = |text: &str| {
        on_page
            .iter()
            .any(|other| other.contains(text) || text.contains(other))
    };
    let entries: Vec<Entry> = brief
        .highlights
        .iter()
        .filter(|statement| !is_shown(&statement.text))
        .take(HIGHLIGHTS_MAX)
        .map(|one| sources.entry(one))
        .collect();
    if !entries.is_empty() {
        parts.push(Part::Heading("What stands out".to_owned()));
        parts.push(Part::Entries(entries));
    }
}

fn agree(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("What the sources agree on".to_owned()));
    let (shown, rest) = first(&brief.draft.agree, AGREE_MAX);
    if shown.is_empty() {
        parts.push(Part::Note(
            "None found: no two documents give the same value for the same thing in a form that can be compared.".to_owned(),
        ));
        return;
    }
    parts.push(Part::Entries(
        shown.iter().map(|one| sources.entry(one)).collect(),
    ));
    let more = rest.len() + brief.draft.left_out.agree as usize;
    if more > 0 {
        parts.push(Part::Note(format!("{more} more in the annex.")));
    }
}

fn disagree(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("Where they disagree".to_owned()));
    let (shown, rest) = first(&brief.draft.disagree, disagree_max(&brief.draft));
    if shown.is_empty() {
        parts.push(Part::Note(
            "None found: no values of the same subject, attribute and unit differ.".to_owned(),
        ));
    }
    for conflict in shown {
        parts.push(Part::Dispute(dispute(conflict, brief, sources)));
    }
    let more = rest.len() + brief.draft.left_out.disagree as usize;
    let related = brief.draft.possibly_related.len();
    let remarks: Vec<String> = [
        (more > 0).then(|| format!("{more} more in the annex")),
        (related > 0).then(|| {
            format!(
                "{} less surely related, in the annex",
                counted(related, "difference")
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !remarks.is_empty() {
        parts.push(Part::Note(format!("{}.", remarks.join("; "))));
    }
}

/// A conflict with what was decided about it.
pub(super) fn dispute(conflict: &Conflict, brief: &Brief, sources: &mut Sources) -> Dispute {
    let resolution = brief
        .resolutions
        .resolutions
        .iter()
        .find(|resolution| resolution.conflict == conflict.key);
    let chosen = resolution.and_then(|resolution| resolution.chosen);
    let sides = conflict
        .sides
        .iter()
        .enumerate()
        .map(|(at, fact)| {
            let documents: BTreeSet<&str> = fact
                .citations
                .iter()
                .map(|one| one.document.as_str())
                .collect();
            Side {
                value: shown::value(fact),
                words: fact.text.clone(),
                documents: named_or_counted(&documents),
                sources: sources.numbers(first(&fact.citations, NUMBERS_MAX).0),
                chosen: chosen.is_some_and(|chosen| chosen as usize == at),
            }
        })
        .collect();
    Dispute {
        title: format!("{}: {}", conflict.subject, conflict.attribute),
        sides,
        decided: resolution.is_some(),
        verdict: Some(verdict(conflict, resolution, &brief.resolutions.person)),
    }
}

/// Up to two names; more would not fit the line, and stand with the passages.
fn named_or_counted(documents: &BTreeSet<&str>) -> String {
    if documents.len() >= SIDE_CITATIONS_MAX {
        // No more are kept with a value, and there may be more.
        format!("{} documents or more", documents.len())
    } else if documents.len() > 2 {
        counted(documents.len(), "document")
    } else {
        documents.iter().copied().collect::<Vec<_>>().join(", ")
    }
}

fn verdict(conflict: &Conflict, resolution: Option<&Resolution>, person: &str) -> String {
    let Some(resolution) = resolution else {
        return "not decided".to_owned();
    };
    let person = if person.is_empty() {
        "The person asked"
    } else {
        person
    };
    let side = resolution
        .chosen
        .and_then(|chosen| conflict.sides.get(chosen as usize));
    let mut said = match side {
        Some(fact) => format!("{person} chose {}", shown::value(fact)),
        None => format!("{person} left this open"),
    };
    let reason = resolution.reason.trim().trim_end_matches('.');
    if !reason.is_empty() {
        said.push_str(": ");
        said.push_str(reason);
    }
    said.push('.');
    if side.is_some() && !resolution.opened {
        said.push_str(" The passages were not opened.");
    }
    said
}

fn options(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    if brief.draft.options.is_empty() {
        return;
    }
    parts.push(Part::Heading(
        "Passages for and against each option".to_owned(),
    ));
    let passages_max = passages_max(&brief.draft);
    let (shown, rest) = first(&brief.draft.options, OPTIONS_MAX);
    for option in shown {
        let (about, _) = first(&option.about, passages_max);
        let (against, _) = first(&option.against, passages_max);
        parts.push(Part::Option(OptionPart {
            name: option.option.clone(),
            about: about.iter().map(|one| sources.entry(one)).collect(),
            against: against.iter().map(|one| sources.entry(one)).collect(),
        }));
    }
    if !rest.is_empty() {
        let counted = counted(rest.len(), "further option");
        parts.push(Part::Note(format!("{counted} in the annex.")));
    }
}

fn known(brief: &Brief, sources: &mut Sources, parts: &mut Vec<Part>) {
    let draft = &brief.draft;
    if draft.question.must_know.is_empty() {
        return;
    }
    parts.push(Part::Heading("What had to be known".to_owned()));
    let (unknown, further) = first(&draft.unknowns, UNKNOWN_MAX);
    let mut entries: Vec<Entry> = unknown
        .iter()
        .map(|unknown| Entry {
            lead: Some(unknown.clone()),
            text: "Not found in the documents.".to_owned(),
            ..Entry::default()
        })
        .collect();
    let (shown, rest) = first(&draft.answered, KNOWN_MAX);
    for answered in shown {
        let mut run: Vec<Entry> = answered
            .statements
            .iter()
            .take(KNOWN_PASSAGES_MAX)
            .map(|one| sources.entry(one))
            .collect();
        let also = run.split_off(run.len().min(1));
        entries.extend(run.into_iter().map(|entry| Entry {
            lead: Some(answered.must_know.clone()),
            also: also.clone(),
            ..entry
        }));
    }
    parts.push(Part::Entries(entries));
    let more = rest.len() + further.len();
    if more > 0 {
        parts.push(Part::Note(format!("{more} more in the annex.")));
    }
}

fn recommendation(frame: &Frame, parts: &mut Vec<Part>) {
    if !frame.decision_asked {
        return;
    }
    parts.push(Part::Heading("Recommendation".to_owned()));
    match frame
        .recommendation
        .as_deref()
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        Some(sentence) => parts.push(Part::Credited {
            sentence: sentence.to_owned(),
            person: frame.accountable.clone(),
        }),
        None => parts.push(Part::Blank(format!(
            "To be filled in by {}",
            if frame.accountable.is_empty() {
                "the accountable person"
            } else {
                &frame.accountable
            }
        ))),
    }
}
