//! Facts from sentences: a quantity and the noun phrase that governs it.
//!
//! Four forms are read, in this order: `the X is 30 days`; `30 days' notice`, `a 10% discount`;
//! `a deposit of EUR 500`; and words of the vocabulary that show the attribute, as in `terminate
//! on 14 days' notice`. A quantity in no such form is no fact. Plain numbers count only in the first
//! form.

use super::attribute::{self, Label};
use super::denial;
use super::phrase::{self, Governed, Link};
use super::quantity::{self, Kind, Quantity};
use super::reading::{Draft, Reading, Spot};
use super::vocabulary;
use crate::shape::{Bound, Confidence, Fact, Value};
use crate::text::words;

/// Most quantities that a sentence is read for; one with more is a list or a formula.
const QUANTITIES_MAX: usize = 6;

/// Longest sentence that is shown whole as a fact's text, in letters.
const TEXT_LETTERS_MAX: usize = 220;

/// The facts of one sentence.
pub(super) fn facts(reading: &Reading<'_>, spot: Spot<'_>) -> Vec<Fact> {
    let sentence = spot.quote;
    let found = quantity::quantities(sentence, reading.mark);
    if found.len() > QUANTITIES_MAX || sentence.trim_end().ends_with('?') {
        return Vec::new();
    }
    let mut facts: Vec<Fact> = Vec::new();
    for (at, quantity) in found.iter().enumerate() {
        let from = at.checked_sub(1).map_or(0, |before| found[before].end);
        let to = found.get(at + 1).map_or(sentence.len(), |next| next.start);
        let clause = Clause {
            before: &sentence[from..quantity.start],
            after: &sentence[quantity.end..to],
            opens: from == 0,
        };
        if !denial::is_stated(&sentence[..quantity.start], clause.after) {
            continue;
        }
        let Some(draft) = stated(reading, &clause, quantity, sentence, &found) else {
            continue;
        };
        if let Some(fact) = reading.fact(spot, draft) {
            let again = facts
                .iter()
                .any(|other| other.attribute == fact.attribute && other.value == fact.value);
            if !again {
                facts.push(fact);
            }
        }
    }
    facts
}

/// What stands around a quantity, up to the quantities beside it.
struct Clause<'a> {
    before: &'a str,
    after: &'a str,
    /// Whether it begins the sentence.
    opens: bool,
}

/// What a form says of a quantity.
struct Found {
    attribute: String,
    subject: Option<String>,
    confidence: Confidence,
    bound: Option<Bound>,
    /// Whether the value counts downwards: `fell by 8 percent`.
    falls: bool,
    rate: Option<&'static str>,
}

fn stated(
    reading: &Reading<'_>,
    clause: &Clause<'_>,
    quantity: &Quantity,
    sentence: &str,
    found: &[Quantity],
) -> Option<Draft> {
    let governed = phrase::governed(clause.before, reading.is_named, &reading.names);
    let form = governed
        .as_ref()
        .filter(|governed| governed.link != Link::Of)
        .and_then(|governed| from_phrase(reading, governed, quantity, clause))
        .or_else(|| from_tail(reading, clause, quantity))
        .or_else(|| {
            governed
                .as_ref()
                .filter(|governed| governed.link == Link::Of)
                .and_then(|governed| from_phrase(reading, governed, quantity, clause))
        })
        .or_else(|| from_words(clause, quantity))
        .or_else(|| from_rank(reading, clause, quantity))?;
    let subject = form
        .subject
        .or_else(|| {
            clause
                .opens
                .then(|| phrase::named_first(sentence, &reading.names))
                .flatten()
        })
        // Whoever a sentence names is meant, and not the title of what somebody wrote about them.
        .filter(|name| !(reading.is_named && same_subject(name, &reading.subject)))
        .unwrap_or_else(|| reading.subject.clone());
    let unit = match (&quantity.unit, form.rate) {
        (None, _) if quantity.kind == Kind::Number => measured_in(clause.after),
        (Some(unit), Some(rate)) if quantity.kind == Kind::Money && !unit.contains(" per ") => {
            Some(format!("{unit} per {rate}"))
        }
        (unit, _) => unit.clone(),
    };
    let date = (quantity.kind != Kind::Date)
        .then(|| dated(found).or_else(|| earlier_time(sentence, quantity, found)))
        .flatten();
    Some(Draft {
        attribute: form.attribute,
        bound: form.bound.or(quantity.bound),
        confidence: form.confidence,
        date,
        subject,
        text: shown_text(sentence, quantity),
        unit,
        value: if form.falls {
            fallen(&quantity.value)
        } else {
            quantity.value.clone()
        },
    })
}

/// The noun that a plain number counts or is measured in: `350 metres`.
fn measured_in(after: &str) -> Option<String> {
    let next = words(after)
        .next()
        .filter(|word| after[..word.start].trim().is_empty())?;
    let is_noun = next.text.chars().all(char::is_alphabetic)
        && !crate::text::is_stop_word(next.text, crate::text::Language::English);
    is_noun.then(|| next.text.to_lowercase())
}

/// Whether a name in a sentence is the document's subject, or part of it.
fn same_subject(name: &str, subject: &str) -> bool {
    let (name, subject) = (super::subject_key(name), super::subject_key(subject));
    name == subject || subject.split(' ').any(|word| word == name) || name.starts_with(&subject)
}

/// The one date of a sentence, which then dates its other quantities.
fn dated(found: &[Quantity]) -> Option<String> {
    let mut dates = found.iter().filter_map(|quantity| match &quantity.value {
        Value::Date(date) => Some(date),
        Value::Number(_)
        | Value::Money(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::AmbiguousDate(_)
        | Value::Text(_)
        | Value::Truth(_) => None,
    });
    dates.next().filter(|_| dates.next().is_none()).cloned()
}

/// The earlier time of a quantity, from the words up to its neighbours of the same kind.
fn earlier_time(sentence: &str, quantity: &Quantity, found: &[Quantity]) -> Option<String> {
    let alike = || found.iter().filter(|other| other.kind == quantity.kind);
    let from = alike()
        .map(|other| other.end)
        .filter(|end| *end <= quantity.start)
        .max();
    let to = alike()
        .map(|other| other.start)
        .find(|start| *start >= quantity.end);
    denial::earlier_time(
        &sentence[from.unwrap_or(0)..quantity.start],
        &sentence[quantity.end..to.unwrap_or(sentence.len())],
    )
}

fn fallen(value: &Value) -> Value {
    match value {
        Value::Percent(digits) if !digits.starts_with('-') => Value::Percent(format!("-{digits}")),
        Value::Money(digits) if !digits.starts_with('-') => Value::Money(format!("-{digits}")),
        Value::Number(digits) if !digits.starts_with('-') => Value::Number(format!("-{digits}")),
        Value::Duration(digits) if !digits.starts_with('-') => {
            Value::Duration(format!("-{digits}"))
        }
        Value::Number(_)
        | Value::Money(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::Date(_)
        | Value::AmbiguousDate(_)
        | Value::Text(_)
        | Value::Truth(_) => value.clone(),
    }
}

/// `the X is …`, `X costs …`, `X fell by …`, `an X of …`.
fn from_phrase(
    reading: &Reading<'_>,
    governed: &Governed,
    quantity: &Quantity,
    clause: &Clause<'_>,
) -> Option<Found> {
    if phrase::compares(clause.after) {
        return None;
    }
    let label = attribute::label(&governed.phrase)?;
    let (attribute, known) = label.attribute(Some(quantity.kind), reading.language);
    if quantity.kind == Kind::Number && governed.link != Link::Is && !known {
        return None;
    }
    // What is about the document itself stands beside a label, never in a sentence.
    if vocabulary::is_of_document(&attribute) {
        return None;
    }
    let own_name = reading.names.whole_name(&governed.phrase);
    let mut found = Found {
        attribute,
        subject: governed.owner.clone(),
        confidence: Confidence::Medium,
        bound: None,
        falls: false,
        rate: label.rate,
    };
    match governed.link {
        // A name is not a property: `Birch is 20 percent …` says nothing that can be compared.
        Link::Is | Link::Of if own_name.is_some() => return None,
        Link::Is => {
            let outright = known || governed.definite;
            found.confidence = if outright {
                Confidence::High
            } else {
                Confidence::Medium
            };
        }
        // `your enquiry of 19 January` dates the enquiry and states nothing.
        Link::Of if quantity.kind == Kind::Date && !known => return None,
        Link::Of => {}
        Link::AtMost => {
            found.bound = Some(Bound::AtMost);
            found.confidence = if known {
                Confidence::High
            } else {
                Confidence::Medium
            };
        }
        Link::Costs if quantity.kind == Kind::Money => {
            costs(&mut found, &label, own_name);
        }
        Link::Lasts if quantity.kind == Kind::Duration => {
            let contract = label.words.split(' ').next_back();
            found.attribute = match contract {
                Some("agreement" | "contract" | "lease" | "it") => "term".to_owned(),
                Some(_) | None => format!("duration of {}", label.words),
            };
        }
        Link::Costs | Link::Lasts => return None,
        Link::Rises | Link::Falls => {
            found.falls = governed.link == Link::Falls;
            found.attribute = format!("change in {}", label.words);
        }
    }
    Some(found)
}

/// `Alder costs …` is Alder's price; `the hall costs …` is the cost of the hall.
fn costs(found: &mut Found, label: &Label, own_name: Option<String>) {
    if own_name.is_some() {
        found.subject = own_name;
        "price".clone_into(&mut found.attribute);
    } else if phrase::is_pronoun(&label.words) {
        "price".clone_into(&mut found.attribute);
    } else {
        found.attribute = format!("cost of {}", label.words);
    }
}

/// `30 days' notice`, `a 12-month term`, `a 10% discount`.
fn from_tail(reading: &Reading<'_>, clause: &Clause<'_>, quantity: &Quantity) -> Option<Found> {
    let stretch = clause.after.split([',', ';', '.', '(', ':']).next()?;
    let following: Vec<&str> = words(stretch).take(3).map(|word| word.text).collect();
    (1..=following.len()).rev().find_map(|length| {
        let phrase = following[..length].join(" ").to_lowercase();
        let entry = vocabulary::named(&phrase, Some(quantity.kind), reading.language)
            .filter(|entry| !entry.of_document)?;
        Some(Found {
            attribute: entry.name.to_owned(),
            subject: None,
            confidence: Confidence::Medium,
            bound: None,
            falls: false,
            rate: None,
        })
    })
}

/// `Northgate are the cheapest on paper at £2,190`: what somebody is cheapest at is their price.
fn from_rank(reading: &Reading<'_>, clause: &Clause<'_>, quantity: &Quantity) -> Option<Found> {
    const RANKS: [&str; 5] = ["cheapest", "dearest", "cheaper", "dearer", "expensive"];
    let all: Vec<&str> = words(clause.before).map(|word| word.text).collect();
    let leading = all.iter().take_while(|word| reading.names.is_name(word));
    let length = leading.count();
    let is_ranked = quantity.kind == Kind::Money
        && clause.opens
        && matches!(all.get(length), Some(&("is" | "are")))
        && all.last() == Some(&"at")
        && all.iter().any(|word| RANKS.contains(word));
    (length > 0 && is_ranked).then(|| Found {
        attribute: "price".to_owned(),
        subject: Some(all[..length].join(" ")),
        confidence: Confidence::Medium,
        bound: None,
        falls: false,
        rate: None,
    })
}

/// Words of the clause that show an attribute of the vocabulary.
fn from_words(clause: &Clause<'_>, quantity: &Quantity) -> Option<Found> {
    let after = clause
        .after
        .split(&[';', '.'][..])
        .next()
        .unwrap_or_default();
    let before = clause.before.rsplit(';').next().unwrap_or_default();
    let low =
        |text: &str| -> Vec<String> { words(text).map(|word| word.text.to_lowercase()).collect() };
    // What stands before the quantity says more of it than what follows.
    let entry = vocabulary::shown(&low(before), quantity.kind)
        .or_else(|| vocabulary::shown(&[low(before), low(after)].concat(), quantity.kind))?;
    Some(Found {
        attribute: entry.name.to_owned(),
        subject: None,
        confidence: Confidence::Medium,
        bound: None,
        falls: false,
        rate: None,
    })
}

/// The sentence, or of a long one the part around the quantity.
fn shown_text(sentence: &str, quantity: &Quantity) -> String {
    if sentence.chars().count() <= TEXT_LETTERS_MAX {
        return sentence.to_owned();
    }
    let half = TEXT_LETTERS_MAX / 2;
    let start = sentence[..quantity.start]
        .char_indices()
        .rev()
        .take(half)
        .filter(|(_, letter)| letter.is_whitespace())
        .last()
        .map_or(quantity.start, |(at, _)| at + 1);
    let end = sentence[quantity.end..]
        .char_indices()
        .take(half)
        .filter(|(_, letter)| letter.is_whitespace())
        .last()
        .map_or(quantity.end, |(at, _)| quantity.end + at);
    let start = sentence[..start].len();
    let lead = if start > 0 { "… " } else { "" };
    let tail = if end < sentence.len() { " …" } else { "" };
    sentence.get(start..end).map_or_else(
        || sentence.to_owned(),
        |part| format!("{lead}{}{tail}", part.trim()),
    )
}
