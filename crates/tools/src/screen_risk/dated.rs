//! What a document says about dates: those after certain words, and its own.

use consort_documents::{BlockKind, Document};

use super::day::Day;
use super::pack::Wording;
use crate::research::quantity::{DecimalMark, Kind, quantities};
use crate::shape::{Research, Value};
use crate::text::{Passage, PassageKind};

/// The attribute by which research names the date that a document gives itself.
const OWN_DATE: &str = "document date";
/// A date stands at most so many bytes after the words that say what it is: "expires, unless
/// renewed in writing before that day, on 3 May 2024" is still read.
const BYTES_BETWEEN_MAX: usize = 60;

/// The one day that a passage gives right after the words, if it is clear.
pub(super) fn day_after(
    wording: &Wording,
    passage: &Passage<'_>,
    document: &Document,
) -> Option<Day> {
    if let BlockKind::Row { cells, columns } = &document.blocks[passage.block].kind {
        return day_in_column(wording, cells, columns);
    }
    let ends: Vec<usize> = wording
        .places
        .iter()
        .filter_map(|place| place.find(passage.text))
        .map(|found| found.end())
        .collect();
    let dates: Vec<(usize, Option<Day>)> = days(passage.text);
    let (start, day) = dates
        .into_iter()
        .find(|(start, _)| ends.iter().any(|end| end <= start))?;
    let near = ends
        .iter()
        .any(|end| *end <= start && start - end <= BYTES_BETWEEN_MAX);
    near.then_some(day).flatten()
}

/// Whether a text has any date, clear or not, or a year.
pub(super) fn has_date(text: &str) -> bool {
    !days(text).is_empty()
        || text
            .split(|letter: char| !letter.is_ascii_digit())
            .any(|digits| digits.len() == 4 && ("1900".."2100").contains(&digits))
}

/// The day that a document gives as its own, and the passage that says so.
pub(super) fn own_day(research: &Research) -> Option<(Day, &consort_documents::Citation)> {
    let mut found: Option<(Day, &consort_documents::Citation)> = None;
    for fact in &research.facts {
        if fact.attribute != OWN_DATE {
            continue;
        }
        let Value::Date(date) = &fact.value else {
            continue;
        };
        let (Ok(day), Some(citation)) = (date.parse::<Day>(), fact.citations.first()) else {
            continue;
        };
        if found.is_none_or(|(newest, _)| newest < day) {
            found = Some((day, citation));
        }
    }
    found
}

/// Whether this is a passage that can say until when its document holds.
pub(super) fn can_hold(passage: &Passage<'_>) -> bool {
    match passage.kind {
        PassageKind::Heading => false,
        PassageKind::Item | PassageKind::Row | PassageKind::Sentence => true,
    }
}

fn day_in_column(wording: &Wording, cells: &[String], columns: &[String]) -> Option<Day> {
    let named = columns
        .iter()
        .zip(cells)
        .find(|(column, _)| wording.fits(column));
    let labelled = cells.windows(2).find(|pair| wording.fits(&pair[0]));
    let cell = named
        .map(|(_, cell)| cell)
        .or_else(|| labelled.map(|pair| &pair[1]))?;
    match days(cell)[..] {
        [(_, day)] => day,
        _ => None,
    }
}

/// The dates of a text: where each begins, and the day where it can be read in one way only.
fn days(text: &str) -> Vec<(usize, Option<Day>)> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    quantities(text, DecimalMark::Point)
        .into_iter()
        .filter(|quantity| quantity.kind == Kind::Date)
        .map(|quantity| {
            let day = match &quantity.value {
                Value::Date(date) => date.parse().ok(),
                Value::AmbiguousDate(_)
                | Value::Duration(_)
                | Value::Money(_)
                | Value::Number(_)
                | Value::Percent(_)
                | Value::Text(_)
                | Value::Truth(_) => None,
            };
            (quantity.start, day)
        })
        .collect()
}
