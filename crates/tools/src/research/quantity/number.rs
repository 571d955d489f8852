//! Numbers as they are written: grouping, decimal marks, scale words, ranges, the same in brackets.
//!
//! It gives decimal digits without grouping and without trailing zeros. Units are not its business.

use super::decimal;
use super::token::{TokenKind, Tokens};
use super::word;

/// How a document writes its decimals, where it shows that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DecimalMark {
    /// Nothing shows a comma: `1.234` is a decimal and `1,234` is grouped.
    #[default]
    Point,
    /// The document writes `12,50` or `1.234,56`, and never the other way.
    Comma,
}

/// An amount that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    /// Decimal digits.
    pub(super) decimal: String,
    /// The upper end, where it is a range.
    pub(super) upper: Option<String>,
    /// The first token after it.
    pub(super) next: usize,
}

/// What the amount is read for; money has two places of decimals and short scale letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Money: `3k`, `3m`, and `50.000` is fifty thousand.
    Money,
    /// Anything else.
    Plain,
}

/// Signs that join the ends of a range.
const DASHES: [char; 3] = ['-', '–', '—'];

/// Reads an amount: digits or number words, a scale word, the same in brackets, a range.
pub(super) fn amount_at(
    tokens: &Tokens<'_>,
    index: usize,
    mark: DecimalMark,
    purpose: Purpose,
) -> Option<Amount> {
    let (decimal, next) = single_at(tokens, index, mark, purpose)?;
    let upper =
        range_joint(tokens, index, next).and_then(|joint| single_at(tokens, joint, mark, purpose));
    let next = upper.as_ref().map_or(next, |(_, after)| *after);
    Some(Amount {
        decimal,
        upper: upper.map(|(upper, _)| upper),
        next,
    })
}

/// Where the upper end of a range would begin.
fn range_joint(tokens: &Tokens<'_>, index: usize, after: usize) -> Option<usize> {
    let follows = tokens.word(after);
    let preceded = index.checked_sub(1).and_then(|before| tokens.word(before));
    let joined = match follows.as_deref() {
        Some("to" | "bis") => true,
        Some("and") => preceded.as_deref() == Some("between"),
        Some("und") => preceded.as_deref() == Some("zwischen"),
        _ => tokens.sign(after, &DASHES) && tokens.digits(after + 1).is_some(),
    };
    joined.then_some(after + 1)
}

fn single_at(
    tokens: &Tokens<'_>,
    index: usize,
    mark: DecimalMark,
    purpose: Purpose,
) -> Option<(String, usize)> {
    let (plain, next) = match tokens.at(index)?.kind {
        TokenKind::Digits => digits_at(tokens, index, mark, purpose)?,
        TokenKind::Word => word::number_at(tokens, index)?,
        TokenKind::Sign => signed_at(tokens, index, mark, purpose)?,
    };
    let (scaled, next) = scale_at(tokens, next, plain, purpose);
    let after = repeated_in_brackets(tokens, next, &scaled, mark, purpose).unwrap_or(next);
    Some((scaled, after))
}

/// A minus sign that belongs to the number, not a hyphen or a dash.
fn signed_at(
    tokens: &Tokens<'_>,
    index: usize,
    mark: DecimalMark,
    purpose: Purpose,
) -> Option<(String, usize)> {
    let follows_word = tokens.glued(index)
        && tokens
            .before(index)
            .is_some_and(|before| before.kind != TokenKind::Sign);
    if follows_word || !tokens.sign(index, &['-', '−']) || !tokens.glued(index + 1) {
        return None;
    }
    let (digits, next) = digits_at(tokens, index + 1, mark, purpose)?;
    Some((decimal::negated(&digits), next))
}

/// `fourteen (14)`: the bracket repeats the number and is read over.
fn repeated_in_brackets(
    tokens: &Tokens<'_>,
    index: usize,
    scaled: &str,
    mark: DecimalMark,
    purpose: Purpose,
) -> Option<usize> {
    if !tokens.sign(index, &['(']) {
        return None;
    }
    let (again, next) = match tokens.at(index + 1)?.kind {
        TokenKind::Digits => digits_at(tokens, index + 1, mark, purpose)?,
        TokenKind::Word => word::number_at(tokens, index + 1)?,
        TokenKind::Sign => return None,
    };
    (again == scaled && tokens.sign(next, &[')'])).then_some(next + 1)
}

/// `3 million`, `3 Mio.`, and for money `3k`.
fn scale_at(tokens: &Tokens<'_>, index: usize, plain: String, purpose: Purpose) -> (String, usize) {
    let Some(word) = tokens.word(index) else {
        return (plain, index);
    };
    let (places, abbreviated) = match word.as_str() {
        "thousand" | "tausend" | "mille" => (3, false),
        "million" | "millions" | "millionen" => (6, false),
        "mio" | "mn" => (6, true),
        "billion" | "billions" | "milliarde" | "milliarden" | "milliard" | "milliards" => {
            (9, false)
        }
        "mrd" | "bn" => (9, true),
        "k" if purpose == Purpose::Money && tokens.glued(index) => (3, true),
        "m" if purpose == Purpose::Money && tokens.glued(index) => (6, true),
        _ => return (plain, index),
    };
    let dotted = abbreviated && tokens.sign(index + 1, &['.']) && tokens.at(index + 2).is_some();
    (
        decimal::shifted(&plain, places),
        index + 1 + usize::from(dotted),
    )
}

/// The groups of digits of one number and the marks between them.
struct Written<'a> {
    groups: Vec<&'a str>,
    marks: Vec<char>,
}

fn digits_at(
    tokens: &Tokens<'_>,
    index: usize,
    mark: DecimalMark,
    purpose: Purpose,
) -> Option<(String, usize)> {
    let mut written = Written {
        groups: vec![tokens.digits(index)?],
        marks: Vec::new(),
    };
    let mut next = index + 1;
    loop {
        if let Some(group) = marked_group(tokens, next) {
            written.marks.push(tokens.at(next)?.text.chars().next()?);
            written.groups.push(group);
            next += 2;
        } else if let Some(group) = spaced_group(tokens, next, &written) {
            written.marks.push(' ');
            written.groups.push(group);
            next += 1;
        } else {
            break;
        }
    }
    written
        .decimal(mark, purpose)
        .map(|decimal| (decimal, next))
}

fn marked_group<'a>(tokens: &Tokens<'a>, next: usize) -> Option<&'a str> {
    let joined =
        tokens.sign(next, &['.', ',', '\'', '’']) && tokens.glued(next) && tokens.glued(next + 1);
    joined.then(|| tokens.digits(next + 1)).flatten()
}

/// `1 234`: one space, then exactly three digits.
fn spaced_group<'a>(tokens: &Tokens<'a>, next: usize, written: &Written<'_>) -> Option<&'a str> {
    let first = written.groups.first()?;
    let group = tokens.digits(next)?;
    let token = tokens.at(next)?;
    // A narrow no-break space takes three bytes.
    let gap = token.start - tokens.end_before(next);
    let fits = group.len() == 3
        && first.len() <= 3
        && !first.starts_with('0')
        && (1..=3).contains(&gap)
        && written.marks.iter().all(|mark| *mark == ' ');
    fits.then_some(group)
}

impl Written<'_> {
    fn decimal(&self, mark: DecimalMark, purpose: Purpose) -> Option<String> {
        let places = if self.last_is_decimal(mark, purpose)? {
            self.groups.last().copied()
        } else {
            None
        };
        let whole = &self.groups[..self.groups.len() - usize::from(places.is_some())];
        let grouping = &self.marks[..whole.len().saturating_sub(1)];
        let one_kind = grouping.windows(2).all(|pair| pair[0] == pair[1]);
        (one_kind && grouped_well(whole, grouping.first().copied()))
            .then(|| decimal::of(&whole.concat(), places.unwrap_or_default()))
    }

    /// Whether the last mark is the decimal mark; nothing where it is no number at all.
    fn last_is_decimal(&self, mark: DecimalMark, purpose: Purpose) -> Option<bool> {
        let (Some(&last), Some(digits)) = (self.marks.last(), self.groups.last()) else {
            return Some(false);
        };
        if !matches!(last, '.' | ',') {
            return Some(false);
        }
        let first = self.groups.first()?;
        let before = &self.marks[..self.marks.len() - 1];
        if before.contains(&last) {
            return Some(false);
        }
        let could_group =
            digits.len() == 3 && before.is_empty() && first.len() <= 3 && !first.starts_with('0');
        if !could_group {
            return Some(true);
        }
        Some(match (last, mark, purpose) {
            // Money has no third decimal place.
            (_, _, Purpose::Money) => false,
            ('.', mark, Purpose::Plain) => mark == DecimalMark::Point,
            (_, mark, Purpose::Plain) => mark == DecimalMark::Comma,
        })
    }
}

/// Groups of three, or of two before the last three as in India.
fn grouped_well(groups: &[&str], mark: Option<char>) -> bool {
    let Some((first, rest)) = groups.split_first() else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return true;
    };
    let lead = !first.starts_with('0') && first.len() <= 3 && last.len() == 3;
    let threes = middle.iter().all(|group| group.len() == 3);
    let twos = mark == Some(',') && first.len() <= 2 && middle.iter().all(|group| group.len() == 2);
    lead && (threes || twos)
}
