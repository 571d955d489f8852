//! Numbers in words, as contracts write them: `fourteen`, `one hundred and twenty`, `thirty-six`.
//!
//! English in full up to the thousands; the round and small ones that contracts use in German and
//! French. An article (`a`, `ein`, `un`) is not read as one.

use super::token::Tokens;

const SMALL: [(&str, u64); 58] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("fünf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("zwölf", 12),
    ("vierzehn", 14),
    ("fünfzehn", 15),
    ("achtzehn", 18),
    ("zwanzig", 20),
    ("vierundzwanzig", 24),
    ("dreißig", 30),
    ("sechsunddreißig", 36),
    ("sechzig", 60),
    ("neunzig", 90),
    ("hundert", 100),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("douze", 12),
    ("quatorze", 14),
    ("quinze", 15),
    ("vingt", 20),
    ("trente", 30),
    ("quarante", 40),
    ("cinquante", 50),
    ("soixante", 60),
    ("cent", 100),
    ("dos", 2),
    ("treinta", 30),
];

const TENS: [(&str, u64); 8] = [
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// Reads a number in words, and says which token follows it.
pub(super) fn number_at(tokens: &Tokens<'_>, index: usize) -> Option<(String, usize)> {
    let (mut total, mut next) = below_thousand_at(tokens, index)?;
    if tokens.words(next, &["thousand"]) {
        total *= 1000;
        next += 1;
        if let Some((rest, after)) = below_thousand_at(tokens, after_and(tokens, next)) {
            total += rest;
            next = after;
        }
    }
    Some((total.to_string(), next))
}

fn below_thousand_at(tokens: &Tokens<'_>, index: usize) -> Option<(u64, usize)> {
    let (mut total, mut next) = below_hundred_at(tokens, index)?;
    if tokens.words(next, &["hundred"]) {
        total *= 100;
        next += 1;
        if let Some((rest, after)) = below_hundred_at(tokens, after_and(tokens, next)) {
            total += rest;
            next = after;
        }
    }
    Some((total, next))
}

fn after_and(tokens: &Tokens<'_>, index: usize) -> usize {
    index + usize::from(tokens.words(index, &["and"]))
}

fn below_hundred_at(tokens: &Tokens<'_>, index: usize) -> Option<(u64, usize)> {
    let word = tokens.word(index)?;
    if let Some(small) = value_in(&SMALL, &word) {
        return Some((small, index + 1));
    }
    let tens = value_in(&TENS, &word)?;
    let hyphen = usize::from(tokens.sign(index + 1, &['-', '‑']) && tokens.glued(index + 1));
    let ones = tokens
        .word(index + 1 + hyphen)
        .and_then(|word| value_in(&SMALL[..9], &word));
    Some(match ones {
        Some(ones) => (tens + ones, index + 2 + hyphen),
        None => (tens, index + 1),
    })
}

fn value_in(table: &[(&str, u64)], word: &str) -> Option<u64> {
    table
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, value)| *value)
}
