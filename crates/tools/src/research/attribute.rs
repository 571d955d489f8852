//! The attribute that a label or the heading of a column names, and the unit that it carries.
//!
//! `Price (EUR)` carries a currency, `Monthly fee` a rate. What a value says is not looked at,
//! but for its kind.

use super::quantity::{self, Kind};
use super::vocabulary;
use crate::text::Language;

/// Longest attribute, in words; more than that is a sentence, not a name.
const WORDS_MAX: usize = 7;

/// What a label says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Label {
    /// The words without what is in brackets, in small letters but for names.
    pub(crate) words: String,
    /// The currency that it carries.
    pub(crate) currency: Option<&'static str>,
    /// The length of time that it carries, as in `Notice (days)`.
    pub(crate) time: Option<&'static str>,
    /// Whether it carries a percent sign.
    pub(crate) percent: bool,
    /// What the value is per.
    pub(crate) rate: Option<&'static str>,
    /// Any other unit, as it is written: `kg`, `m²`.
    pub(crate) other: Option<String>,
}

/// Reads a label; nothing where it is no name of anything.
pub(crate) fn label(written: &str) -> Option<Label> {
    let mut label = Label::default();
    let outside = without_brackets(written, &mut label);
    let mut kept: Vec<String> = Vec::new();
    let mut pieces = outside.split_whitespace().peekable();
    while let Some(piece) = pieces.next() {
        let bare = piece.trim_matches(|sign: char| ",.:;*•–—-\"“”".contains(sign));
        let low = bare.to_lowercase();
        if bare.is_empty() {
            continue;
        }
        if let Some(period) = quantity::period_of(&low)
            && (kept
                .last()
                .is_some_and(|last| matches!(last.as_str(), "per" | "pro"))
                || (kept.is_empty() && low.ends_with('y') || low == "annual"))
            && (!kept.is_empty() || pieces.peek().is_some())
        {
            if kept
                .last()
                .is_some_and(|last| matches!(last.as_str(), "per" | "pro"))
            {
                kept.pop();
            }
            label.rate = Some(period);
        } else if let Some(code) = quantity::currency_of(bare).filter(|_| !kept.is_empty()) {
            label.currency = Some(code);
        } else if is_measure(bare) && !kept.is_empty() && pieces.peek().is_none() {
            label.other = Some(bare.to_owned());
        } else if matches!(low.as_str(), "a" | "an") && is_rate_next(&mut pieces) {
            kept.push("per".to_owned());
        } else if bare == "%" {
            label.percent = true;
        } else {
            kept.push(lowered(bare));
        }
    }
    let first = kept
        .iter()
        .position(|word| !matches!(word.as_str(), "the" | "a" | "an" | "our" | "your"))?;
    let words = kept.split_off(first);
    let named = words
        .iter()
        .any(|word| word.chars().any(char::is_alphabetic));
    // `For the customer:` stands before a name to sign with, and `In short:` before a sentence.
    if matches!(
        words[0].as_str(),
        "for" | "in" | "on" | "at" | "with" | "if" | "and" | "but"
    ) {
        return None;
    }
    label.words = words.join(" ");
    (named && words.len() <= WORDS_MAX).then_some(label)
}

impl Label {
    /// The name of the attribute for a value of this kind, and whether the vocabulary knows it.
    pub(crate) fn attribute(&self, kind: Option<Kind>, language: Language) -> (String, bool) {
        vocabulary::named(&self.words.to_lowercase(), kind, language).map_or_else(
            || (self.words.clone(), false),
            |entry| (entry.name.to_owned(), true),
        )
    }
}

/// Whether the last word of a label is a unit of measure: `Electricity kWh`.
fn is_measure(word: &str) -> bool {
    matches!(
        word,
        "kWh"
            | "MWh"
            | "GWh"
            | "kW"
            | "MW"
            | "kg"
            | "g"
            | "t"
            | "km"
            | "m"
            | "cm"
            | "mm"
            | "m2"
            | "m3"
            | "m²"
            | "m³"
            | "l"
            | "ml"
            | "L"
            | "GB"
            | "TB"
            | "MB"
            | "pcs"
            | "sqm"
            | "ha"
            | "°C"
    )
}

/// `Consumables a month`: the article is a rate's.
fn is_rate_next<'a>(pieces: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> bool {
    pieces
        .peek()
        .is_some_and(|next| quantity::period_of(&next.to_lowercase()).is_some())
}

/// Takes what stands in brackets out of a label and reads the units in it.
fn without_brackets(written: &str, label: &mut Label) -> String {
    let mut outside = String::new();
    let mut inside = String::new();
    let mut depth = 0_u32;
    for letter in written.replace('_', " ").chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                read_unit(&inside, label);
                inside.clear();
            }
            _ if depth > 0 => inside.push(letter),
            _ => outside.push(letter),
        }
    }
    outside
}

fn read_unit(inside: &str, label: &mut Label) {
    let mut known = false;
    for piece in inside
        .split([' ', '/', ','])
        .filter(|piece| !piece.is_empty())
    {
        let low = piece.to_lowercase();
        if let Some(code) = quantity::currency_of(piece) {
            label.currency = Some(code);
            known = true;
        } else if low == "%" || low == "percent" {
            label.percent = true;
            known = true;
        } else if label.currency.is_some() || inside.contains("per ") {
            let period = quantity::period_of(&low);
            label.rate = label.rate.or(period);
            known = known || period.is_some();
        } else if let Some(time) = quantity::time_unit_of(&low) {
            label.time = Some(time);
            known = true;
        }
    }
    let short = inside.chars().count() <= 6 && inside.chars().any(char::is_alphabetic);
    if !known && short {
        label.other = Some(inside.trim().to_owned());
    }
}

/// Small letters, but for words that are not written so: `VAT`, `iPhone`.
pub(crate) fn lowered(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next();
    if letters.as_str().chars().any(char::is_uppercase) && word.chars().count() <= 5 {
        return word.to_owned();
    }
    first.map_or_else(String::new, |_| word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Kind, Label, Language, label};

    #[test]
    fn labels_carry_units_and_rates() {
        let row = |words: &str| Label {
            words: words.to_owned(),
            ..Label::default()
        };
        for (written, expected) in [
            ("Notice period", row("notice period")),
            ("The price", row("price")),
            (
                "Price (EUR)",
                Label {
                    currency: Some("EUR"),
                    ..row("price")
                },
            ),
            (
                "Price EUR",
                Label {
                    currency: Some("EUR"),
                    ..row("price")
                },
            ),
            (
                "Notice (days)",
                Label {
                    time: Some("day"),
                    ..row("notice")
                },
            ),
            (
                "Monthly fee",
                Label {
                    rate: Some("month"),
                    ..row("fee")
                },
            ),
            (
                "Price per month",
                Label {
                    rate: Some("month"),
                    ..row("price")
                },
            ),
            (
                "Price (EUR/month)",
                Label {
                    currency: Some("EUR"),
                    rate: Some("month"),
                    ..row("price")
                },
            ),
            (
                "Discount %",
                Label {
                    percent: true,
                    ..row("discount")
                },
            ),
            (
                "Weight (kg)",
                Label {
                    other: Some("kg".to_owned()),
                    ..row("weight")
                },
            ),
            ("VAT rate", row("VAT rate")),
        ] {
            assert_eq!(label(written), Some(expected), "{written}");
        }
    }

    #[test]
    fn a_label_without_letters_or_with_a_sentence_is_none() {
        assert_eq!(label("12"), None);
        assert_eq!(label("…"), None);
        assert_eq!(label("For the Customer"), None);
        assert_eq!(
            label("this is much too long to be the name of anything"),
            None
        );
    }

    #[test]
    fn an_unknown_label_keeps_its_words() {
        let read = label("Parking spaces").expect("it is a label");
        let named = read.attribute(Some(Kind::Number), Language::English);
        assert_eq!(named, ("parking spaces".to_owned(), false));
    }
}
