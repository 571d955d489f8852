//! Money: a sign, an ISO 4217 code or a currency's name, before or after the amount, and its rate.
//!
//! `$` is read as USD, `¥` as JPY. Codes that are English words (ALL, TOP, TRY) are not read: in
//! capitals they are far more often the word. Nothing is converted.

use super::number::{self, Amount, DecimalMark, Purpose};
use super::token::Tokens;

/// The codes that are read: the currencies that contracts and price lists are written in.
const CODES: [&str; 46] = [
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
    "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "MXN", "MYR",
    "NGN", "NOK", "NZD", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD",
    "THB", "TWD", "UAH", "USD", "UYU", "VND", "ZAR",
];

const NAMES: [(&str, &str); 12] = [
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("franken", "CHF"),
    ("yen", "JPY"),
    ("rupees", "INR"),
    ("zloty", "PLN"),
    ("sterling", "GBP"),
    ("kroner", "DKK"),
];

/// Money that was read.
pub(super) struct Money {
    pub(super) amount: Amount,
    /// The code, and what it is per, as in `EUR per month`.
    pub(super) unit: String,
}

/// Reads money that begins at this token.
pub(super) fn money_at(tokens: &Tokens<'_>, index: usize, mark: DecimalMark) -> Option<Money> {
    let (code, mut amount) = if let Some((code, next)) = currency_at(tokens, index, false) {
        let amount = number::amount_at(tokens, next, mark, Purpose::Money)?;
        (code, amount)
    } else {
        let mut amount = number::amount_at(tokens, index, mark, Purpose::Money)?;
        let (code, next) = currency_at(tokens, amount.next, true)?;
        amount.next = next;
        (code, amount)
    };
    // `EUR 50 - EUR 60` and `€50–€60`: the upper end names its currency again.
    if amount.upper.is_none()
        && let Some((upper, next)) = upper_end(tokens, amount.next, &code, mark)
    {
        amount.upper = Some(upper);
        amount.next = next;
    }
    let (rate, next) = rate_at(tokens, amount.next);
    amount.next = next;
    let unit = [vec![code], rate].concat().join(" per ");
    Some(Money { amount, unit })
}

/// The ISO code that this word or sign names, for the heading of a column.
pub(crate) fn code_of(word: &str) -> Option<&'static str> {
    let upper = CODES.iter().find(|code| **code == word).copied();
    upper
        .or_else(|| sign_code(word))
        .or_else(|| name_code(&word.to_lowercase()))
}

fn upper_end(
    tokens: &Tokens<'_>,
    index: usize,
    code: &str,
    mark: DecimalMark,
) -> Option<(String, usize)> {
    if !tokens.words(index, &["to"]) && !tokens.sign(index, &['-', '–', '—']) {
        return None;
    }
    let (again, next) = currency_at(tokens, index + 1, false)?;
    let amount = number::amount_at(tokens, next, mark, Purpose::Money)?;
    (again == code && amount.upper.is_none()).then_some((amount.decimal, amount.next))
}

fn currency_at(tokens: &Tokens<'_>, index: usize, names_too: bool) -> Option<(String, usize)> {
    let token = tokens.at(index)?;
    if let Some(code) = CODES.iter().find(|code| **code == token.text) {
        let sign = usize::from(tokens.sign(index + 1, &['€', '$', '£', '¥', '₹']));
        return Some(((*code).to_owned(), index + 1 + sign));
    }
    // `US$`, `A$`, `C$`.
    if tokens.sign(index + 1, &['$']) && tokens.glued(index + 1) {
        let code = match token.text {
            "US" => Some("USD"),
            "A" | "AU" => Some("AUD"),
            "C" | "CA" => Some("CAD"),
            "NZ" => Some("NZD"),
            "HK" => Some("HKD"),
            "S" => Some("SGD"),
            _ => None,
        };
        if let Some(code) = code {
            return Some((code.to_owned(), index + 2));
        }
    }
    if let Some(code) = sign_code(token.text) {
        return Some((code.to_owned(), index + 1));
    }
    let code = names_too
        .then(|| name_code(&token.text.to_lowercase()))
        .flatten()?;
    // `pounds sterling`, `US dollars` is left to its first word.
    let sterling = usize::from(code == "GBP" && tokens.words(index + 1, &["sterling"]));
    Some((code.to_owned(), index + 1 + sterling))
}

fn sign_code(sign: &str) -> Option<&'static str> {
    match sign {
        "€" => Some("EUR"),
        "$" => Some("USD"),
        "£" => Some("GBP"),
        "¥" => Some("JPY"),
        "₹" => Some("INR"),
        _ => None,
    }
}

fn name_code(word: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, code)| *code)
}

/// What the money is per: `per user per month`, `/month`, `monthly`, `p.a.`, `each`.
fn rate_at(tokens: &Tokens<'_>, index: usize) -> (Vec<String>, usize) {
    let mut rate = Vec::new();
    let mut next = index;
    while let Some((word, after)) = one_rate_at(tokens, next) {
        // Two are enough for `per user per month`; more is prose.
        if rate.len() == 2 {
            break;
        }
        rate.push(word);
        next = after;
    }
    (rate, next)
}

fn one_rate_at(tokens: &Tokens<'_>, index: usize) -> Option<(String, usize)> {
    let word = tokens.word(index);
    match word.as_deref() {
        Some("monthly") => return Some(("month".to_owned(), index + 1)),
        Some("weekly") => return Some(("week".to_owned(), index + 1)),
        Some("annually" | "yearly") => return Some(("year".to_owned(), index + 1)),
        Some("each") => return Some(("unit".to_owned(), index + 1)),
        Some("p") if tokens.sign(index + 1, &['.']) && tokens.glued(index + 1) => {
            let period = match tokens.word(index + 2)?.as_str() {
                "a" => "year",
                "m" => "month",
                _ => return None,
            };
            let dot = usize::from(tokens.sign(index + 3, &['.']));
            return Some((period.to_owned(), index + 3 + dot));
        }
        _ => {}
    }
    let joined = tokens.sign(index, &['/'])
        || matches!(
            word.as_deref(),
            Some("per" | "a" | "an" | "pro" | "par" | "je")
        );
    let article = matches!(word.as_deref(), Some("a" | "an" | "par"));
    let per = tokens.word(index + 1).filter(|_| joined)?;
    let period = period_of(&per);
    // `EUR 50 a day` is a rate; `EUR 50 a supplier asked for` is not.
    if article && period.is_none() {
        return None;
    }
    Some((period.map_or(per, str::to_owned), index + 2))
}

/// The length of time that a rate's word means.
pub(crate) fn period_of(word: &str) -> Option<&'static str> {
    match word {
        "month" | "monthly" | "monat" | "mois" | "mo" | "monatlich" => Some("month"),
        "year" | "annum" | "yearly" | "annual" | "annually" | "jahr" | "an" | "yr" | "jährlich" => {
            Some("year")
        }
        "week" | "weekly" | "woche" | "semaine" => Some("week"),
        "day" | "daily" | "tag" | "jour" => Some("day"),
        "hour" | "hourly" | "stunde" | "heure" | "hr" => Some("hour"),
        "quarter" | "quarterly" | "quartal" => Some("quarter"),
        _ => None,
    }
}
