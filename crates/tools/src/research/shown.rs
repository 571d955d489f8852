//! Values as a reader reads them: `EUR 50,000`, `14 days`, `3 April 2026`.
//!
//! They are made from normalised values, so that two ways of writing one value look the same. The
//! source's own writing stands in the passage that is cited.

use crate::shape::{Bound, Fact, Value};

/// The value of a fact with its unit, its bound and its period.
pub(crate) fn value(fact: &Fact) -> String {
    let unit = fact.unit.as_deref();
    let shown = match &fact.value {
        Value::Number(digits) => with_unit(grouped(digits), unit),
        Value::Money(digits) => money(digits, unit),
        Value::Percent(digits) => format!("{}%", grouped(digits)),
        Value::Duration(digits) => duration(digits, unit.unwrap_or_default()),
        Value::Date(date) => day(date),
        Value::AmbiguousDate(readings) => {
            let days: Vec<String> = readings.iter().map(|reading| day(reading)).collect();
            format!("{} (it can be read both ways)", days.join(" or "))
        }
        Value::Text(text) => range(text, unit),
        Value::Truth(true) => "yes".to_owned(),
        Value::Truth(false) => "no".to_owned(),
    };
    let bounded = match fact.bound {
        Some(Bound::About) => format!("about {shown}"),
        Some(Bound::AtLeast) => format!("at least {shown}"),
        Some(Bound::AtMost) => format!("at most {shown}"),
        None => shown,
    };
    match &fact.date {
        Some(date) => format!("{bounded} ({})", day(date)),
        None => bounded,
    }
}

fn with_unit(number: String, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => format!("{number} {unit}"),
        None => number,
    }
}

fn money(digits: &str, unit: Option<&str>) -> String {
    let unit = unit.unwrap_or_default();
    let (code, rate) = unit.split_once(' ').unwrap_or((unit, ""));
    // Money has no places or two.
    let cents = match digits.split_once('.') {
        Some((whole, places)) if places.len() == 1 => format!("{}.{places}0", grouped(whole)),
        Some(_) | None => grouped(digits),
    };
    format!("{code} {cents} {rate}").trim().to_owned()
}

fn duration(digits: &str, unit: &str) -> String {
    let plural = if digits == "1" { "" } else { "s" };
    format!("{} {unit}{plural}", grouped(digits))
}

/// A range keeps its two ends; other words are shown as they are.
fn range(text: &str, unit: Option<&str>) -> String {
    match unit {
        Some(unit) if unit.chars().next().is_some_and(char::is_uppercase) => {
            let (code, rate) = unit.split_once(' ').unwrap_or((unit, ""));
            format!("{code} {text} {rate}").trim().to_owned()
        }
        Some(unit) => format!("{text} {unit}s"),
        None => text.to_owned(),
    }
}

/// `2026-04-03` as `3 April 2026`; a period is shown as it is.
fn day(date: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parts: Vec<&str> = date.split('-').collect();
    let month = |written: &str| {
        written
            .parse::<usize>()
            .ok()
            .and_then(|number| MONTHS.get(number.checked_sub(1)?))
    };
    match parts.as_slice() {
        [year, month_digits, day] if date.len() == 10 => match (month(month_digits), day) {
            (Some(name), day) => format!("{} {name} {year}", day.trim_start_matches('0')),
            (None, _) => date.to_owned(),
        },
        [year, month_digits] if date.len() == 7 => match month(month_digits) {
            Some(name) => format!("{name} {year}"),
            None => format!("{month_digits} {year}"),
        },
        _ => date.to_owned(),
    }
}

/// Groups of three before the point, from five digits on, as in most printed tables.
fn grouped(digits: &str) -> String {
    let (sign, bare) = digits
        .strip_prefix('-')
        .map_or(("", digits), |bare| ("−", bare));
    let (whole, places) = bare
        .split_once('.')
        .map_or((bare, ""), |(whole, places)| (whole, places));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) && whole.len() > 3 {
            out.push(',');
        }
        out.push(digit);
    }
    let point = if places.is_empty() { "" } else { "." };
    format!("{sign}{out}{point}{places}")
}

#[cfg(test)]
mod tests {
    use super::{day, grouped, money};

    #[test]
    fn values_are_shown_in_one_way() {
        assert_eq!(grouped("1234567.5"), "1,234,567.5");
        assert_eq!(grouped("-999"), "−999");
        assert_eq!(money("12.5", Some("EUR per month")), "EUR 12.50 per month");
        assert_eq!(money("50000", Some("EUR")), "EUR 50,000");
        assert_eq!(day("2026-04-03"), "3 April 2026");
        assert_eq!(day("2026-04"), "April 2026");
        assert_eq!(day("2026-Q2"), "Q2 2026");
        assert_eq!(day("2026"), "2026");
    }
}
