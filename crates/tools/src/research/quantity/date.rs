//! Dates: ISO, `3 April 2026`, `April 3, 2026`, `03.04.2026`, and slashes that can be read two ways.
//!
//! A date with slashes or hyphens and a month that could be a day stays ambiguous. Dots are read
//! day first, as everywhere they are used. A date without a year is not read. Two digits of a year
//! mean this century up to 69.

use crate::shape::Value;

use super::token::Tokens;

/// Reads a date that begins at this token.
pub(super) fn date_at(tokens: &Tokens<'_>, index: usize) -> Option<(Value, usize)> {
    year_first(tokens, index)
        .or_else(|| day_first_in_words(tokens, index))
        .or_else(|| month_first_in_words(tokens, index))
        .or_else(|| all_digits(tokens, index))
}

/// A month and a year, as `2026-04`.
pub(super) fn month_at(tokens: &Tokens<'_>, index: usize) -> Option<(String, usize)> {
    let month = month_of(&tokens.word(index)?)?;
    let comma = usize::from(tokens.sign(index + 1, &[',', '.']));
    let year = year_at(tokens, index + 1 + comma)?;
    Some((format!("{year:04}-{month:02}"), index + 2 + comma))
}

/// A year of four digits that could be one.
pub(super) fn year_at(tokens: &Tokens<'_>, index: usize) -> Option<u32> {
    let digits = tokens.digits(index).filter(|digits| digits.len() == 4)?;
    digits
        .parse()
        .ok()
        .filter(|year| (1800..=2199).contains(year))
}

fn year_first(tokens: &Tokens<'_>, index: usize) -> Option<(Value, usize)> {
    let year = year_at(tokens, index)?;
    let (month, day) = joined_pair(tokens, index + 1, &['-', '/', '.'])?;
    Some((Value::Date(written(year, month, day)?), index + 5))
}

/// The two numbers after a first one, joined to it by the same sign without spaces.
fn joined_pair(tokens: &Tokens<'_>, index: usize, signs: &[char]) -> Option<(u32, u32)> {
    let first = tokens.at(index)?;
    let second = tokens.at(index + 2)?;
    let joined = tokens.sign(index, signs)
        && first.text == second.text
        && (index..index + 4).all(|at| tokens.glued(at));
    if !joined {
        return None;
    }
    Some((
        small(tokens.digits(index + 1)?)?,
        small(tokens.digits(index + 3)?)?,
    ))
}

fn small(digits: &str) -> Option<u32> {
    (digits.len() <= 2).then(|| digits.parse().ok()).flatten()
}

fn day_first_in_words(tokens: &Tokens<'_>, index: usize) -> Option<(Value, usize)> {
    let day = small(tokens.digits(index)?)?;
    let ordinal = tokens.glued(index + 1)
        && tokens
            .word(index + 1)
            .is_some_and(|end| matches!(end.as_str(), "st" | "nd" | "rd" | "th" | "er"));
    let mut next = index + 1 + usize::from(ordinal || tokens.sign(index + 1, &['.']));
    while tokens.words(next, &["day"]) || tokens.words(next, &["of"]) || tokens.words(next, &["de"])
    {
        next += 1;
    }
    let month = month_of(&tokens.word(next)?)?;
    let mut after = next + 1;
    while tokens.sign(after, &[',', '.']) || tokens.words(after, &["de"]) {
        after += 1;
    }
    let year = year_at(tokens, after)?;
    Some((Value::Date(written(year, month, day)?), after + 1))
}

fn month_first_in_words(tokens: &Tokens<'_>, index: usize) -> Option<(Value, usize)> {
    let month = month_of(&tokens.word(index)?)?;
    let dot = usize::from(tokens.sign(index + 1, &['.']));
    let day = small(tokens.digits(index + 1 + dot)?)?;
    let mut next = index + 2 + dot;
    if matches!(
        tokens.word(next).as_deref(),
        Some("st" | "nd" | "rd" | "th")
    ) {
        next += 1;
    }
    next += usize::from(tokens.sign(next, &[',']));
    let year = year_at(tokens, next)?;
    Some((Value::Date(written(year, month, day)?), next + 1))
}

fn all_digits(tokens: &Tokens<'_>, index: usize) -> Option<(Value, usize)> {
    let first = small(tokens.digits(index)?)?;
    let sign = tokens.at(index + 1)?;
    let joined = tokens.sign(index + 1, &['/', '-', '.'])
        && tokens
            .at(index + 3)
            .is_some_and(|again| again.text == sign.text)
        && (index + 1..index + 5).all(|at| tokens.glued(at));
    if !joined {
        return None;
    }
    let second = small(tokens.digits(index + 2)?)?;
    let year = year_at(tokens, index + 4).or_else(|| short_year(tokens.digits(index + 4)?))?;
    let day_first = written(year, second, first);
    let month_first = written(year, first, second).filter(|_| sign.text != ".");
    let value = match (day_first, month_first) {
        (Some(one), Some(other)) if one == other => Value::Date(one),
        (Some(one), Some(other)) => {
            let mut readings = vec![one, other];
            readings.sort();
            Value::AmbiguousDate(readings)
        }
        (Some(only), None) | (None, Some(only)) => Value::Date(only),
        (None, None) => return None,
    };
    Some((value, index + 5))
}

fn short_year(digits: &str) -> Option<u32> {
    let year: u32 = digits.parse().ok().filter(|_| digits.len() == 2)?;
    Some(if year < 70 { 2000 + year } else { 1900 + year })
}

/// The date as YYYY-MM-DD, where there is such a day.
fn written(year: u32, month: u32, day: u32) -> Option<String> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days)
        .contains(&day)
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Whether a word is the name of a month.
pub(super) fn is_month(word: &str) -> bool {
    month_of(word).is_some()
}

fn month_of(word: &str) -> Option<u32> {
    Some(match word {
        "january" | "jan" | "januar" | "janvier" | "enero" | "januari" => 1,
        "february" | "feb" | "februar" | "février" | "febrero" | "februari" => 2,
        "march" | "mar" | "märz" | "mars" | "marzo" | "maart" => 3,
        "april" | "apr" | "avril" | "abril" => 4,
        "may" | "mai" | "mayo" | "mei" => 5,
        "june" | "jun" | "juni" | "juin" | "junio" => 6,
        "july" | "jul" | "juli" | "juillet" | "julio" => 7,
        "august" | "aug" | "août" | "agosto" | "augustus" => 8,
        "september" | "sep" | "sept" | "septembre" | "septiembre" => 9,
        "october" | "oct" | "oktober" | "okt" | "octobre" | "octubre" => 10,
        "november" | "nov" | "novembre" | "noviembre" => 11,
        "december" | "dec" | "dezember" | "dez" | "décembre" | "diciembre" => 12,
        _ => return None,
    })
}
