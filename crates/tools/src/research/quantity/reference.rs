//! Numbers that only point somewhere: sections, pages, list numbering, versions, telephones.
//!
//! They say where something is or what it is called; as facts they would be junk.

use super::super::listed::is_listed;
use super::money;
use super::token::{TokenKind, Tokens};

/// Words whose number is a name: `section 4.2`, `page 3`, `ISO 27001`.
const POINTING_WORDS: &str = "\
    section sections clause clauses article articles art page pages p pp paragraph paragraphs \
    para chapter chapters figure fig table tables annex appendix schedule exhibit attachment \
    note notes footnote no nr number ref reference version v vol volume issue item lot room \
    floor suite iso iec din en rfc tel telephone phone fax mobile iban bic abschnitt ziffer \
    seite anlage absatz option phase line row";

/// Whether the digits at this index name something instead of measuring it.
pub(super) fn is_reference(tokens: &Tokens<'_>, index: usize) -> bool {
    let Some(token) = tokens.at(index) else {
        return false;
    };
    if token.kind == TokenKind::Sign {
        return false;
    }
    token.kind == TokenKind::Digits
        && (pointed_at(tokens, index)
            || glued_to_name(tokens, index)
            || numbers_a_list(tokens, index)
            || telephone(tokens, index)
            || bare_year(tokens, index))
}

fn pointed_at(tokens: &Tokens<'_>, index: usize) -> bool {
    let mut before = index;
    // `No. 4`, `Sections 4 and 5`, `pages 3-7`: step over the joint.
    while before > 0
        && (tokens.sign(before - 1, &['.', ':', '#', '(', '-', '–', ','])
            || tokens
                .word(before - 1)
                .is_some_and(|word| matches!(word.as_str(), "and" | "or"))
            || (before < index && tokens.digits(before - 1).is_some()))
        && index - before < 6
    {
        before -= 1;
    }
    let words = before
        .checked_sub(1)
        .and_then(|at| tokens.word(at))
        .is_some_and(|word| is_listed(word.as_str(), POINTING_WORDS));
    // A label's colon ends the pointing: in `Notes: 30 days` nothing is pointed at.
    let colon = (before..index).any(|at| tokens.sign(at, &[':']));
    let sign = tokens
        .before(index)
        .is_some_and(|token| matches!(token.text, "§" | "#" | "№"));
    sign || (words && !colon && (before == index || stays_pointing(tokens, before, index)))
}

/// In `Section 4, 30 days` the days are not pointed at.
fn stays_pointing(tokens: &Tokens<'_>, before: usize, index: usize) -> bool {
    let measured = super::percent_after(tokens, index + 1).is_some()
        || tokens
            .word(index + 1)
            .is_some_and(|word| super::time_unit_of(&word).is_some());
    !measured && before < index
}

/// `COVID-19`, `A4`, `v1.2`, `x_3`, `[12]`.
fn glued_to_name(tokens: &Tokens<'_>, index: usize) -> bool {
    let Some(before) = tokens.before(index).filter(|_| tokens.glued(index)) else {
        return false;
    };
    match before.kind {
        TokenKind::Word => money::code_of(before.text).is_none(),
        TokenKind::Sign if before.text == "[" => tokens.sign(index + 1, &[']', ',']),
        TokenKind::Sign if matches!(before.text, "-" | "–" | "_" | "/" | "." | "@" | "=" | "&") => {
            tokens.glued(index - 1)
                && index >= 2
                && tokens
                    .before(index - 1)
                    .is_some_and(|further| further.kind != TokenKind::Sign)
        }
        TokenKind::Sign | TokenKind::Digits => false,
    }
}

/// `1.` or `1)` or `4.2 ` at the beginning, with words after it.
fn numbers_a_list(tokens: &Tokens<'_>, index: usize) -> bool {
    let opens = index == 0 || (index == 1 && tokens.sign(0, &['(']));
    if !opens {
        return false;
    }
    let mut next = index + 1;
    let mut parts = 1;
    while tokens.sign(next, &['.']) && tokens.glued(next + 1) && tokens.digits(next + 1).is_some() {
        next += 2;
        parts += 1;
    }
    let closed = tokens.sign(next, &['.', ')']) && tokens.at(next + 1).is_some();
    let worded = tokens
        .at(next)
        .is_some_and(|token| token.kind == TokenKind::Word && starts_high(token.text));
    closed || (parts > 1 && worded)
}

fn starts_high(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// `+44 20 7946 0000`, `020 7946 0000`: groups of digits that begin with a plus or a zero.
fn telephone(tokens: &Tokens<'_>, index: usize) -> bool {
    let mut first = index;
    while first > 0
        && index - first < 8
        && (tokens.digits(first - 1).is_some() || tokens.sign(first - 1, &['(', ')', '-', '/']))
    {
        first -= 1;
    }
    let plus = tokens.before(first).is_some_and(|token| token.text == "+");
    let zero = tokens
        .digits(first)
        .is_some_and(|digits| digits.len() > 1 && digits.starts_with('0'));
    plus || zero
}

/// `in 2026`, `(Miller 2019)`: a year without a unit is a date's part or a citation's.
fn bare_year(tokens: &Tokens<'_>, index: usize) -> bool {
    super::date::year_at(tokens, index).is_some_and(|year| (1900..=2099).contains(&year))
        && !currency_beside(tokens, index)
        && !measured_after(tokens, index)
        && !grouped_after(tokens, index)
        && tokens.len() > 1
}

fn currency_beside(tokens: &Tokens<'_>, index: usize) -> bool {
    let named = |at: usize| {
        tokens
            .at(at)
            .is_some_and(|token| money::code_of(token.text).is_some())
    };
    named(index + 1) || index.checked_sub(1).is_some_and(named)
}

fn measured_after(tokens: &Tokens<'_>, index: usize) -> bool {
    super::percent_after(tokens, index + 1).is_some()
        || tokens
            .word(index + 1)
            .is_some_and(|word| super::time_unit_of(&word).is_some())
}

/// `2026.50` is an amount, not a year.
fn grouped_after(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.sign(index + 1, &['.', ',']) && tokens.glued(index + 1) && tokens.glued(index + 2)
}
