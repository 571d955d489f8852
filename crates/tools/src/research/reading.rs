//! What is known of a document while its facts are read, and how a fact is made.
//!
//! Which passages hold facts is decided by the files beside this one.

use consort_documents::{Block, Citation, Document};

use super::attribute::Label;
use super::denial;
use super::name::Names;
use super::quantity::{self, DecimalMark, Kind, Quantity};
use crate::shape::{Bound, Confidence, Fact, Value};
use crate::text::Language;

/// Longest value in words that is taken as a fact, in letters; more is prose.
const TEXT_VALUE_LETTERS_MAX: usize = 120;

/// A document, ready to be read for facts.
pub(super) struct Reading<'a> {
    pub(super) document: &'a Document,
    pub(super) language: Language,
    pub(super) mark: DecimalMark,
    pub(super) names: Names,
    /// What the document is about.
    pub(super) subject: String,
    /// Whether that is a party or a product, and not a title.
    pub(super) is_named: bool,
}

/// A passage of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) block: usize,
    pub(super) start: usize,
    pub(super) quote: &'a str,
}

/// A fact before its passage is cited.
pub(super) struct Draft {
    pub(super) attribute: String,
    pub(super) bound: Option<Bound>,
    pub(super) confidence: Confidence,
    pub(super) date: Option<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) unit: Option<String>,
    pub(super) value: Value,
}

/// The value that the text beside a label holds.
pub(super) struct Valued {
    pub(super) value: Value,
    pub(super) unit: Option<String>,
    pub(super) bound: Option<Bound>,
    pub(super) kind: Option<Kind>,
    /// Whether the value is the whole of the text.
    pub(super) whole: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn blocks(&self) -> impl Iterator<Item = (usize, &'a Block)> {
        self.document.blocks.iter().enumerate()
    }

    /// The fact with its passage; nothing where the passage does not stand there.
    pub(super) fn fact(&self, spot: Spot<'_>, draft: Draft) -> Option<Fact> {
        let citation = Citation::of(self.document, spot.block, spot.start, spot.quote)?;
        // A value that is only near never counts as stated outright.
        let confidence = match draft.bound {
            Some(Bound::About) => draft.confidence.min(Confidence::Medium),
            Some(Bound::AtLeast | Bound::AtMost) | None => draft.confidence,
        };
        Some(Fact {
            attribute: draft.attribute,
            bound: draft.bound,
            citations: vec![citation],
            confidence,
            date: draft.date,
            subject: draft.subject,
            text: draft.text,
            unit: draft.unit,
            value: draft.value,
        })
    }

    /// Reads what stands beside a label: one quantity, yes or no, or a few words.
    pub(super) fn value_of(&self, written: &str, label: &Label) -> Option<Valued> {
        let written = written.trim();
        if is_blank(written) {
            return None;
        }
        if let Some(quantity) = quantity::whole_quantity(written, self.mark) {
            return Some(whole(with_label_unit(quantity, label)));
        }
        if let Some(truth) = quantity::truth(written) {
            return Some(Valued {
                value: Value::Truth(truth),
                unit: None,
                bound: None,
                kind: None,
                whole: true,
            });
        }
        let mut found = quantity::quantities(written, self.mark)
            .into_iter()
            .filter(|quantity| quantity.kind != Kind::Number);
        if let (Some(only), None) = (found.next(), found.next())
            && denial::is_stated(&written[..only.start], &written[only.end..])
        {
            let mut valued = whole(with_label_unit(only, label));
            valued.whole = false;
            return Some(valued);
        }
        let short = written.chars().count() <= TEXT_VALUE_LETTERS_MAX;
        short.then(|| Valued {
            value: Value::Text(written.trim_end_matches('.').to_owned()),
            unit: None,
            bound: None,
            kind: None,
            whole: true,
        })
    }
}

/// Cells that say that nothing is known.
fn is_blank(written: &str) -> bool {
    !written
        .chars()
        .any(|letter| letter.is_alphanumeric() || "✓✔✗✘☐☑".contains(letter))
        || matches!(
            written.to_lowercase().as_str(),
            "n/a"
                | "na"
                | "none given"
                | "tbd"
                | "tba"
                | "unknown"
                | "null"
                | "nan"
                | "k.a."
                | "not stated"
                | "not known"
                | "not available"
        )
}

fn whole(quantity: Quantity) -> Valued {
    Valued {
        value: quantity.value,
        unit: quantity.unit,
        bound: quantity.bound,
        kind: Some(quantity.kind),
        whole: true,
    }
}

/// Gives a bare number the unit that its label carries, and money the label's rate.
fn with_label_unit(mut quantity: Quantity, label: &Label) -> Quantity {
    if let Value::Number(digits) = &quantity.value {
        let digits = digits.clone();
        if let Some(code) = label.currency {
            quantity.kind = Kind::Money;
            quantity.value = Value::Money(digits);
            quantity.unit = Some(code.to_owned());
        } else if let Some(time) = label.time {
            quantity.kind = Kind::Duration;
            quantity.value = Value::Duration(digits);
            quantity.unit = Some(time.to_owned());
        } else if label.percent {
            quantity.kind = Kind::Percent;
            quantity.value = Value::Percent(digits);
        } else {
            quantity.unit.clone_from(&label.other);
        }
    }
    if let (Kind::Money, Some(rate), Some(unit)) = (quantity.kind, label.rate, &quantity.unit)
        && !unit.contains(" per ")
    {
        quantity.unit = Some(format!("{unit} per {rate}"));
    }
    quantity
}
