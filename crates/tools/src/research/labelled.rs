//! Facts from lines of the form `Label: value`, in paragraphs, list items and two-column tables.
//!
//! Where the same label stands under several headings of one level, those headings say what the
//! values are about.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::BlockKind;

use super::attribute::{self, Label};
use super::reading::{Draft, Reading, Spot};
use crate::shape::{Confidence, Fact, Value};
use crate::text::sentences;

/// Longest label, in letters.
const LABEL_LETTERS_MAX: usize = 60;

/// A line that is a label and its value.
struct Line<'a> {
    spot: Spot<'a>,
    label: Label,
    written: &'a str,
    value: &'a str,
    heading: Option<usize>,
}

/// The facts of all such lines, and the blocks that they take up.
pub(super) fn facts(reading: &Reading<'_>) -> (Vec<Fact>, BTreeSet<usize>) {
    let lines = lines(reading);
    let own = headings_that_name(&lines);
    let mut taken = BTreeSet::new();
    let mut facts = Vec::new();
    for line in &lines {
        let subject = match line.heading.filter(|heading| own.contains(heading)) {
            Some(heading) => under(reading, heading),
            None => reading.subject.clone(),
        };
        if let Some(fact) = fact(reading, line, subject) {
            taken.insert(line.spot.block);
            facts.push(fact);
        }
    }
    (facts, taken)
}

fn lines<'a>(reading: &Reading<'a>) -> Vec<Line<'a>> {
    let mut heading = None;
    let mut lines = Vec::new();
    for (block, source) in reading.blocks() {
        let pairs = match &source.kind {
            BlockKind::Heading(_) => {
                heading = Some(block);
                Vec::new()
            }
            BlockKind::Paragraph | BlockKind::ListItem => pairs(reading, &source.text),
            BlockKind::Row { cells, columns } if columns.is_empty() && cells.len() == 2 => {
                let quote = source.text.as_str();
                vec![(0, quote, (cells[0].as_str(), cells[1].as_str()))]
            }
            BlockKind::Row { .. } => Vec::new(),
        };
        for (start, quote, (written, value)) in pairs {
            if let Some(label) = attribute::label(written) {
                lines.push(Line {
                    spot: Spot {
                        block,
                        start,
                        quote,
                    },
                    label,
                    written,
                    value,
                    heading,
                });
            }
        }
    }
    lines
}

/// Where a label and its value stand in a text, the words there, and the two of them.
type Pair<'a> = (usize, &'a str, (&'a str, &'a str));

/// The labels of a text with their values: one, or several sentences of which each is one, as in
/// `Price: 20 EUR. Notice period: 4 weeks.`
fn pairs<'a>(reading: &Reading<'a>, text: &'a str) -> Vec<Pair<'a>> {
    let start = signed_on(text).unwrap_or(0);
    let quote = &text[start..];
    if let Some(split) = split_at_colon(reading, quote) {
        return vec![(start, quote, split)];
    }
    let ends = text.match_indices(". ").map(|(at, end)| at + end.len());
    let mut starts: Vec<usize> = vec![0];
    starts.extend(ends.filter(|at| begins_with_label(&text[*at..])));
    let pieces = starts.iter().enumerate().map(|(number, start)| {
        let end = starts.get(number + 1).copied().unwrap_or(text.len());
        let quote = text[*start..end].trim_end();
        Some((*start, quote, split_at_colon(reading, quote)?))
    });
    pieces.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// Whether a text begins with a short name and a colon.
fn begins_with_label(text: &str) -> bool {
    text.split_once(": ").is_some_and(|(label, _)| {
        label.starts_with(char::is_uppercase)
            && label.chars().count() <= LABEL_LETTERS_MAX
            && !label.contains(['.', ',', '?', '!', '"', '“'])
    })
}

/// Where the day stands in a line that somebody signs: `For the Customer: A. Reed. Date: 2 May 2026`.
fn signed_on(text: &str) -> Option<usize> {
    let at = text.rfind(". Date: ")?;
    text.split_once(':')
        .is_some_and(|(label, _)| label.len() < at)
        .then_some(at + 2)
}

/// The label and the value of a line that is one sentence at most.
fn split_at_colon<'a>(reading: &Reading<'_>, text: &'a str) -> Option<(&'a str, &'a str)> {
    let (written, value) = text.split_once(':')?;
    let letters = written.chars().count();
    let fits = (1..=LABEL_LETTERS_MAX).contains(&letters)
        && value.starts_with([' ', '*'])
        && !value.trim().is_empty()
        && !written.contains(['.', '?', '!', '"', '“'])
        && sentences(value, reading.language).len() <= 1;
    fits.then_some((written, value))
}

/// The headings under which the same label stands again.
fn headings_that_name(lines: &[Line<'_>]) -> BTreeSet<usize> {
    let mut under: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for line in lines {
        if let Some(heading) = line.heading {
            under.entry(&line.label.words).or_default().insert(heading);
        }
    }
    under
        .into_values()
        .filter(|headings| headings.len() > 1)
        .flatten()
        .collect()
}

/// The subject that a heading names, within what the document is about where it is no name.
fn under(reading: &Reading<'_>, heading: usize) -> String {
    let text = reading.document.blocks[heading].text.as_str();
    let bare = text.trim_start_matches(|sign: char| {
        sign.is_ascii_digit() || sign.is_whitespace() || ".)(".contains(sign)
    });
    let named = bare.rsplit_once(": ").map_or(bare, |(_, name)| name);
    reading
        .names
        .whole_name(named)
        .unwrap_or_else(|| format!("{}, {bare}", reading.subject))
}

fn fact(reading: &Reading<'_>, line: &Line<'_>, subject: String) -> Option<Fact> {
    let value = line
        .value
        .trim_matches(|sign: char| sign.is_whitespace() || sign == '*');
    let valued = reading.value_of(value, &line.label)?;
    let (attribute, known) = line.label.attribute(valued.kind, reading.language);
    let in_words = matches!(valued.value, Value::Text(_));
    // A sentence with a colon is no label: words count only after a name that is known or short.
    if in_words && !known && line.label.words.split(' ').count() > 3 {
        return None;
    }
    let confidence = match (valued.whole, in_words, known) {
        (true, false, _) | (true, true, true) => Confidence::High,
        (false, ..) | (true, true, false) => Confidence::Medium,
    };
    let draft = Draft {
        attribute,
        bound: valued.bound,
        confidence,
        date: None,
        subject,
        text: format!("{}: {value}", line.written.trim_matches(['*', ' '])),
        unit: valued.unit,
        value: valued.value,
    };
    reading.fact(line.spot, draft)
}
