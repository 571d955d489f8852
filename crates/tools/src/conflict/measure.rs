//! When two values are of one kind, and when they are the same.
//!
//! Weeks count as seven days and years as twelve months; a month is no number of days, so `30 days`
//! and `1 month` stay different. Currencies are never converted.

use crate::shape::{Bound, Fact, Value};

/// What a value is measured in; only values of one measure are compared.
pub(crate) fn measure(fact: &Fact) -> String {
    match &fact.value {
        Value::Number(_) => fact.unit.clone().unwrap_or_else(|| "number".to_owned()),
        Value::Money(_) => fact.unit.clone().unwrap_or_else(|| "money".to_owned()),
        Value::Percent(_) => "percent".to_owned(),
        Value::Duration(_) => "duration".to_owned(),
        Value::Date(_) | Value::AmbiguousDate(_) => "date".to_owned(),
        // A range keeps its unit, so it meets the values that it may hold.
        Value::Text(_) => match fact.unit.as_deref() {
            Some("day" | "week" | "month" | "year" | "hour" | "minute" | "working day") => {
                "duration".to_owned()
            }
            Some(unit) => unit.to_owned(),
            None => "words".to_owned(),
        },
        Value::Truth(_) => "yes or no".to_owned(),
    }
}

/// The value in the form in which it is compared.
pub(crate) fn comparable(fact: &Fact) -> String {
    match &fact.value {
        Value::Number(digits) | Value::Money(digits) | Value::Percent(digits) => digits.clone(),
        Value::Duration(digits) => duration(digits, fact.unit.as_deref().unwrap_or_default()),
        Value::Date(date) => date.clone(),
        Value::AmbiguousDate(readings) => readings.join(" or "),
        Value::Text(text) => folded(text),
        Value::Truth(truth) => truth.to_string(),
    }
}

/// The bound that a fact gives; an attribute that is a limit by its name is always one.
pub(crate) fn bound(fact: &Fact) -> Option<Bound> {
    let attribute = fact.attribute.as_str();
    if ["cap", "limit", "maximum"]
        .iter()
        .any(|end| attribute.ends_with(end))
        || attribute.starts_with("maximum")
    {
        return Some(Bound::AtMost);
    }
    if attribute.starts_with("minimum") {
        return Some(Bound::AtLeast);
    }
    fact.bound
}

/// Whether a value is a range or has two readings, so that it is not one value.
pub(crate) fn is_open(fact: &Fact) -> bool {
    match &fact.value {
        Value::AmbiguousDate(_) => true,
        Value::Text(_) => fact.unit.is_some(),
        Value::Number(_)
        | Value::Money(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::Date(_)
        | Value::Truth(_) => false,
    }
}

/// Small letters, single spaces, no punctuation.
pub(crate) fn folded(text: &str) -> String {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

fn duration(digits: &str, unit: &str) -> String {
    let (unit, factor) = match unit {
        "week" => ("day", 7),
        "year" => ("month", 12),
        "hour" => ("minute", 60),
        other => (other, 1),
    };
    match digits
        .parse::<u64>()
        .ok()
        .and_then(|count| count.checked_mul(factor))
    {
        Some(count) => format!("{count} {unit}"),
        // Parts such as 1.5 years are compared as they are written.
        None => format!("{digits} {unit} x{factor}"),
    }
}
