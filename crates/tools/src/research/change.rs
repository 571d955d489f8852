//! Facts from sentences that change a value: `rises from A to B`, `A is replaced by B`, `B instead of
//! A`.
//!
//! Both values are facts of the same attribute, the old one first. Which of them holds is not decided
//! here.

use super::attribute;
use super::denial;
use super::listed::is_listed;
use super::phrase;
use super::quantity::{self, Quantity};
use super::reading::{Draft, Reading, Spot};
use crate::shape::{Confidence, Fact, Value};
use crate::text::words;

/// Words before `from A to B` that make it a change and not a range.
const CHANGING: &str = "\
    rises rise rose risen increases increase increased falls fall fell changes change changed raised \
    reduced reduces lowered goes went moves extended extends shortened amended";

/// Whether a passage says that one value takes the place of another.
pub(crate) fn replaces(passage: &str) -> bool {
    let low = passage.to_lowercase();
    [
        "replaced by",
        "replaced with",
        "instead of",
        "in place of",
        "amended to read",
    ]
    .iter()
    .any(|sign| low.contains(sign))
        || from_to(passage).is_some()
}

/// The old and the new value of a sentence that changes one.
pub(super) fn facts(reading: &Reading<'_>, spot: Spot<'_>) -> Vec<Fact> {
    let sentence = spot.quote;
    let found = quantity::quantities(sentence, reading.mark);
    let pair = from_to(sentence)
        .and_then(|at| split_range(reading, sentence, at))
        .or_else(|| replaced(sentence, &found));
    let Some((old, new)) = pair else {
        return Vec::new();
    };
    let before = &sentence[..old.start.min(new.start)];
    if !denial::is_stated(before, "") {
        return Vec::new();
    }
    let Some((attribute, rate)) = changed(reading, before, &old) else {
        return Vec::new();
    };
    let date = found.iter().find_map(|quantity| match &quantity.value {
        Value::Date(date) => Some(date.clone()),
        Value::Number(_)
        | Value::Money(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::AmbiguousDate(_)
        | Value::Text(_)
        | Value::Truth(_) => None,
    });
    [(old, None), (new, date)]
        .into_iter()
        .filter_map(|(quantity, date)| {
            let unit = match (&quantity.unit, rate) {
                (Some(unit), Some(rate))
                    if quantity.kind == quantity::Kind::Money && !unit.contains(" per ") =>
                {
                    Some(format!("{unit} per {rate}"))
                }
                (unit, _) => unit.clone(),
            };
            let draft = Draft {
                attribute: attribute.clone(),
                bound: None,
                confidence: Confidence::Medium,
                date,
                subject: reading.subject.clone(),
                text: sentence.to_owned(),
                unit,
                value: quantity.value,
            };
            reading.fact(spot, draft)
        })
        .collect()
}

/// Where `from` stands after a word of change.
fn from_to(sentence: &str) -> Option<usize> {
    let all: Vec<_> = words(sentence).collect();
    let at = all.windows(2).position(|pair| {
        pair[1].text.eq_ignore_ascii_case("from")
            && is_listed(&pair[0].text.to_lowercase(), CHANGING)
    })?;
    let to = all[at + 2..]
        .iter()
        .take(6)
        .any(|word| word.text.eq_ignore_ascii_case("to"));
    to.then(|| all[at + 1].end())
}

/// The two ends of `from A to B`, each read by itself.
fn split_range(reading: &Reading<'_>, sentence: &str, from: usize) -> Option<(Quantity, Quantity)> {
    let middle = from + sentence[from..].find(" to ")?;
    let old = quantity::quantities(&sentence[from..middle], reading.mark)
        .into_iter()
        .next()?;
    let mut new = quantity::quantities(&sentence[middle + 4..], reading.mark)
        .into_iter()
        .next()
        .filter(|new| new.start == 0)?;
    // `from 14 to 30 days`: the unit stands once.
    let mut old = shifted(old, from);
    if let (Value::Number(digits), Value::Duration(_)) = (&old.value, &new.value) {
        old.value = Value::Duration(digits.clone());
        old.unit.clone_from(&new.unit);
        old.kind = new.kind;
    }
    new = shifted(new, middle + 4);
    (old.kind == new.kind).then_some((old, new))
}

fn shifted(mut quantity: Quantity, by: usize) -> Quantity {
    quantity.start += by;
    quantity.end += by;
    quantity
}

/// `A is replaced by B`, and `B instead of A`.
fn replaced(sentence: &str, found: &[Quantity]) -> Option<(Quantity, Quantity)> {
    found.windows(2).find_map(|pair| {
        let between = sentence[pair[0].end..pair[1].start].to_lowercase();
        let (first, second) = (pair[0].clone(), pair[1].clone());
        if first.kind != second.kind {
            return None;
        }
        if between.contains("replaced by") || between.contains("replaced with") {
            Some((first, second))
        } else if between.contains("instead of") || between.contains("in place of") {
            Some((second, first))
        } else {
            None
        }
    })
}

/// The attribute that is changed, from the words before the values.
fn changed(
    reading: &Reading<'_>,
    before: &str,
    quantity: &Quantity,
) -> Option<(String, Option<&'static str>)> {
    // `the monthly fee in clause 2.1 rises from`, `the sum of`.
    let kept: Vec<&str> = words(before)
        .map(|word| word.text)
        .take_while(|word| !is_listed(&word.to_lowercase(), CHANGING))
        .collect();
    let end = kept
        .iter()
        .rposition(|word| is_listed(&word.to_lowercase(), "in under of by at to"))
        .filter(|at| {
            let next = kept.get(at + 1).map(|word| word.to_lowercase());
            next.is_none_or(|next| {
                is_listed(&next, "clause section article paragraph schedule annex")
            })
        })
        .unwrap_or(kept.len());
    let start = kept[..end]
        .iter()
        .rposition(|word| is_listed(&word.to_lowercase(), "the a an our this its"))
        .map_or(0, |at| at + 1);
    let label = attribute::label(&kept[start..end].join(" "))?;
    let pointing = phrase::is_pronoun(&label.words);
    let (attribute, _) = label.attribute(Some(quantity.kind), reading.language);
    (!pointing).then_some((attribute, label.rate))
}
