//! Lengths of time: `30 days`, `fourteen (14) days`, `12-month`, `two years`, `5 working days`.
//!
//! Working days stay apart from days. Nothing is converted here; comparing is `conflict`'s work.

use super::number::{self, Amount, DecimalMark, Purpose};
use super::token::Tokens;

/// A length of time that was read.
pub(super) struct Length {
    pub(super) amount: Amount,
    pub(super) unit: &'static str,
}

/// Reads a length of time that begins at this token.
pub(super) fn duration_at(tokens: &Tokens<'_>, index: usize, mark: DecimalMark) -> Option<Length> {
    let mut amount = number::amount_at(tokens, index, mark, Purpose::Plain)?;
    let hyphen = usize::from(tokens.sign(amount.next, &['-', '‑']) && tokens.glued(amount.next));
    let (unit, next) = unit_at(tokens, amount.next + hyphen)?;
    amount.next = next;
    Some(Length { amount, unit })
}

/// The unit of time that a word names, for the heading of a column.
pub(crate) fn unit_of(word: &str) -> Option<&'static str> {
    match word {
        "day" | "days" | "tag" | "tage" | "tagen" | "jour" | "jours" | "día" | "días" | "dagen" => {
            Some("day")
        }
        "week" | "weeks" | "woche" | "wochen" | "semaine" | "semaines" | "semana" | "semanas"
        | "weken" => Some("week"),
        "month" | "months" | "monat" | "monate" | "monaten" | "mois" | "mes" | "meses"
        | "maand" | "maanden" => Some("month"),
        "year" | "years" | "yr" | "yrs" | "jahr" | "jahre" | "jahren" | "ans" | "année"
        | "années" | "año" | "años" | "jaar" => Some("year"),
        "hour" | "hours" | "hr" | "hrs" | "stunde" | "stunden" | "heure" | "heures" | "horas" => {
            Some("hour")
        }
        "minute" | "minutes" | "min" | "mins" | "minuten" | "minutos" => Some("minute"),
        "werktag" | "werktage" | "werktagen" | "arbeitstage" | "arbeitstagen" => {
            Some("working day")
        }
        _ => None,
    }
}

fn unit_at(tokens: &Tokens<'_>, index: usize) -> Option<(&'static str, usize)> {
    let word = tokens.word(index)?;
    let (qualifier, at) = match word.as_str() {
        "calendar" | "consecutive" | "full" => ("", index + 1),
        "business" | "working" | "banking" => ("working", index + 1),
        _ => ("", index),
    };
    let unit = unit_of(&tokens.word(at)?)?;
    // `hr` and `min` end in a dot where they are abbreviated; an ending sentence keeps its own.
    match (qualifier, unit) {
        ("working", "day") => Some(("working day", at + 1)),
        ("working", _) => None,
        (_, unit) => Some((unit, at + 1)),
    }
}
