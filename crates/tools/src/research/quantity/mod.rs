//! Quantities in text: money, percent, lengths of time, dates and plain numbers, with their places.
//!
//! What is no quantity is left out here: times of day, versions, section, page and telephone
//! numbers, list numbering, marks of citations. What a quantity is about is found elsewhere.

mod bound;
mod date;
mod decimal;
mod duration;
mod money;
mod number;
mod reference;
mod token;
mod word;

use crate::shape::{Bound, Value};

pub(crate) use self::duration::unit_of as time_unit_of;
pub(crate) use self::money::{code_of as currency_of, period_of};
pub(crate) use self::number::DecimalMark;
use self::number::{Amount, Purpose};
use self::token::{TokenKind, Tokens};

/// The kinds of quantity; a range keeps the kind of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Money,
    Percent,
    Duration,
    Date,
    Number,
}

/// A quantity and where it stands in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quantity {
    pub(crate) kind: Kind,
    pub(crate) value: Value,
    pub(crate) unit: Option<String>,
    pub(crate) bound: Option<Bound>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The quantities of a text, in its order; they do not overlap.
pub(crate) fn quantities(text: &str, mark: DecimalMark) -> Vec<Quantity> {
    let tokens = Tokens::of(text);
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(token) = tokens.at(index) {
        if let Some((mut quantity, next)) = quantity_at(&tokens, index, mark) {
            quantity.start = token.start;
            quantity.end = tokens.end_before(next);
            quantity.bound = bound::bound_at(&tokens, index, next);
            found.push(quantity);
            index = next;
        } else {
            index = past_digits(&tokens, index);
        }
    }
    found
}

/// The quantity that is the whole of a text, but for white space and a full stop.
pub(crate) fn whole_quantity(text: &str, mark: DecimalMark) -> Option<Quantity> {
    let trimmed = text.trim();
    if let Some(inner) = trimmed
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return negative(inner, mark);
    }
    let mut found = quantities(trimmed, mark).into_iter();
    let quantity = found.next().filter(|quantity| quantity.start == 0)?;
    let rest = trimmed[quantity.end..].trim_matches(|sign: char| ".*†".contains(sign));
    (rest.trim().is_empty() && found.next().is_none()).then_some(quantity)
}

/// `(1,234.50)`, as accounts write what is below zero.
fn negative(inner: &str, mark: DecimalMark) -> Option<Quantity> {
    let mut quantity = whole_quantity(inner, mark)?;
    quantity.value = match quantity.value {
        Value::Money(digits) => Value::Money(decimal::negated(&digits)),
        Value::Number(digits) => Value::Number(decimal::negated(&digits)),
        Value::Percent(digits) => Value::Percent(decimal::negated(&digits)),
        Value::Duration(_)
        | Value::Date(_)
        | Value::AmbiguousDate(_)
        | Value::Text(_)
        | Value::Truth(_) => return None,
    };
    Some(quantity)
}

/// How the texts of a document write decimals.
pub(crate) fn decimal_mark<'a>(texts: impl Iterator<Item = &'a str>) -> DecimalMark {
    let (mut commas, mut points) = (0_u32, 0_u32);
    for text in texts {
        let tokens = Tokens::of(text);
        for index in 0..tokens.len() {
            // A decimal has one or two places here; three could be grouping, more could be a list.
            let places = tokens.digits(index + 2).map_or(0, str::len);
            let ends = !tokens.glued(index + 3) || tokens.at(index + 3).is_none_or(is_no_mark);
            let joined = tokens.digits(index).is_some()
                && tokens.glued(index + 1)
                && tokens.glued(index + 2)
                && (1..=2).contains(&places)
                && ends;
            commas += u32::from(joined && tokens.sign(index + 1, &[',']));
            points += u32::from(joined && tokens.sign(index + 1, &['.']));
        }
    }
    if commas > 0 && points == 0 {
        DecimalMark::Comma
    } else {
        DecimalMark::Point
    }
}

fn is_no_mark(token: &token::Token<'_>) -> bool {
    !matches!(token.text, "." | "," | "/" | "-")
}

/// The month, quarter or year that a text names, as `2026-04`, `2026-Q2` or `2026`.
pub(crate) fn period_named(text: &str) -> Option<String> {
    let tokens = Tokens::of(text);
    let (period, next) = (0..=tokens.len().min(1)).find_map(|start| period_at(&tokens, start))?;
    (next >= tokens.len()).then_some(period)
}

fn period_at(tokens: &Tokens<'_>, index: usize) -> Option<(String, usize)> {
    if let Some((Value::Date(date), next)) = date::date_at(tokens, index) {
        return Some((date, next));
    }
    if let Some(month) = date::month_at(tokens, index) {
        return Some(month);
    }
    let first = tokens.word(index);
    if let (Some("q" | "h"), Some(part)) = (first.as_deref(), tokens.digits(index + 1)) {
        let year = date::year_at(tokens, index + 2)?;
        let letter = first.as_deref().unwrap_or_default().to_uppercase();
        return Some((format!("{year:04}-{letter}{part}"), index + 3));
    }
    let year = date::year_at(tokens, index)?;
    let next = index + 1;
    if tokens.sign(next, &['-'])
        && tokens.glued(next)
        && let Some(month) = tokens.digits(next + 1).filter(|month| month.len() == 2)
    {
        let real = (1..=12).contains(&month.parse::<u32>().unwrap_or(0));
        return real.then(|| (format!("{year:04}-{month}"), next + 2));
    }
    let hyphen = usize::from(tokens.sign(next, &['-']));
    if let (Some("q" | "h"), Some(part)) = (
        tokens.word(next + hyphen).as_deref(),
        tokens.digits(next + hyphen + 1),
    ) {
        let letter = tokens.word(next + hyphen)?.to_uppercase();
        return Some((format!("{year:04}-{letter}{part}"), next + hyphen + 2));
    }
    Some((format!("{year:04}"), next))
}

/// The yes or no that a cell says.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "ja" | "oui" | "sí" | "✓" | "✔" | "☑" => Some(true),
        "no" | "n" | "false" | "nein" | "non" | "✗" | "✘" | "☐" => Some(false),
        _ => None,
    }
}

fn quantity_at(tokens: &Tokens<'_>, index: usize, mark: DecimalMark) -> Option<(Quantity, usize)> {
    if let Some((value, next)) = date::date_at(tokens, index) {
        return (!glued_after_letter(tokens, index))
            .then(|| (placeless(Kind::Date, value, None), next));
    }
    if reference::is_reference(tokens, index) {
        return None;
    }
    if let Some(money) = money::money_at(tokens, index, mark) {
        let value = one_or_range(&money.amount, Value::Money);
        return Some((
            placeless(Kind::Money, value, Some(money.unit)),
            money.amount.next,
        ));
    }
    if let Some(length) = duration::duration_at(tokens, index, mark) {
        let value = one_or_range(&length.amount, Value::Duration);
        let unit = Some(length.unit.to_owned());
        return Some((placeless(Kind::Duration, value, unit), length.amount.next));
    }
    // A plus belongs to a share, `+3%`; before other digits it begins a telephone number.
    let plus = usize::from(tokens.sign(index, &['+']) && tokens.glued(index + 1));
    let amount = number::amount_at(tokens, index + plus, mark, Purpose::Plain)?;
    if let Some(next) = percent_after(tokens, amount.next) {
        let value = one_or_range(&amount, Value::Percent);
        return Some((placeless(Kind::Percent, value, None), next));
    }
    if plus > 0 {
        return None;
    }
    bare_number(tokens, index, &amount)
}

fn bare_number(tokens: &Tokens<'_>, index: usize, amount: &Amount) -> Option<(Quantity, usize)> {
    let in_words = tokens.at(index)?.kind == TokenKind::Word;
    // `5G`, `3rd`, `24/7`, `10:30`, `4x4` are names, ranks and times, not numbers.
    let runs_on = tokens.glued(amount.next)
        && tokens
            .at(amount.next)
            .is_some_and(|next| next.kind != TokenKind::Sign || "/:_@#°".contains(next.text));
    // A day without a year, or one that there is not, is no number either.
    let dated = tokens
        .word(amount.next)
        .is_some_and(|word| date::is_month(&word));
    if in_words || runs_on || dated {
        return None;
    }
    let value = one_or_range(amount, Value::Number);
    Some((placeless(Kind::Number, value, None), amount.next))
}

fn placeless(kind: Kind, value: Value, unit: Option<String>) -> Quantity {
    Quantity {
        kind,
        value,
        unit,
        bound: None,
        start: 0,
        end: 0,
    }
}

fn one_or_range(amount: &Amount, one: impl Fn(String) -> Value) -> Value {
    match &amount.upper {
        Some(upper) => Value::Text(format!("{} to {upper}", amount.decimal)),
        None => one(amount.decimal.clone()),
    }
}

fn percent_after(tokens: &Tokens<'_>, next: usize) -> Option<usize> {
    if tokens.sign(next, &['%']) {
        return Some(next + 1);
    }
    match tokens.word(next)?.as_str() {
        "percent" | "prozent" | "procent" => Some(next + 1),
        "per" | "pour" if tokens.words(next + 1, &["cent"]) => Some(next + 2),
        _ => None,
    }
}

fn glued_after_letter(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.glued(index)
        && tokens
            .before(index)
            .is_some_and(|before| before.kind == TokenKind::Word || "-/.:_".contains(before.text))
}

/// The token after this one; for digits, the one after everything that is glued to them.
fn past_digits(tokens: &Tokens<'_>, index: usize) -> usize {
    let mut next = index + 1;
    if tokens.digits(index).is_some() {
        while tokens.glued(next)
            && tokens.at(next).is_some_and(|token| {
                token.kind == TokenKind::Digits || ".,/:-".contains(token.text)
            })
        {
            next += 1;
        }
    }
    next
}

#[cfg(test)]
mod tests;
