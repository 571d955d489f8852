//! Where sentences begin and end.
//!
//! The boundaries of Unicode Standard Annex 29 are the base. They stop after every abbreviation
//! that a capital letter or a number follows, so such boundaries are taken away again.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::abbreviations::{Abbreviation, abbreviation};
use super::language::Language;
use super::stop_words::is_stop_word;

/// Words before a single letter that make it a label, so that the stop after it ends a sentence.
const LABELS: &[&str] = &[
    "anhang", "anlage", "annex", "annexe", "appendix", "class", "exhibit", "grade", "model",
    "modell", "opción", "option", "part", "phase", "plan", "schedule", "section", "series",
    "supplier", "tier", "type", "variant", "variante", "vendor",
];

/// The sentences of a block's text, as ranges of bytes without the white space around them.
pub fn sentences(text: &str, language: Language) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (offset, segment) in text.split_sentence_bound_indices() {
        let end = offset + segment.len();
        if end < text.len() && !is_boundary(&text[start..end], &text[end..], language) {
            continue;
        }
        let sentence = text[start..end].trim();
        if !sentence.is_empty() {
            let blank = text[start..end].len() - text[start..end].trim_start().len();
            let first = start + blank;
            found.push(first..first + sentence.len());
        }
        start = end;
    }
    found
}

/// Whether a sentence ends between what was read and what follows.
fn is_boundary(read: &str, follows: &str, language: Language) -> bool {
    let read = read.trim_end();
    // A closing mark alone, as after `He said "Stop." `, belongs to what was read.
    if !follows.chars().any(char::is_alphanumeric) {
        return false;
    }
    if !read.chars().any(char::is_alphabetic) {
        // A number, a dash or a bullet before the sentence is its beginning.
        return false;
    }
    let Some(body) = read.strip_suffix('.') else {
        return true;
    };
    let mut tokens = body.rsplit(' ');
    let last = tokens.next().unwrap_or_default();
    let before = tokens.next().unwrap_or_default();
    let word = last.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let opens = opens_sentence(follows, language);
    if is_label(word, before) {
        return true;
    }
    match abbreviation(word, language) {
        Some(Abbreviation::Inner) => false,
        Some(Abbreviation::Either) => opens,
        None => {
            let is_ordinal = language.writes_ordinals_with_stop()
                && word.len() <= 2
                && !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_digit());
            !is_ordinal || (opens && !follows_month_like(follows))
        }
    }
}

/// Whether a single letter is a label, as in "Option A.", and not an initial.
fn is_label(word: &str, before: &str) -> bool {
    word.chars().count() == 1 && LABELS.contains(&before.to_lowercase().as_str())
}

/// Whether what follows begins the way sentences do: with a short word such as "The".
fn opens_sentence(follows: &str, language: Language) -> bool {
    let first = follows
        .trim_start()
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
        .find(|piece| !piece.is_empty())
        .unwrap_or_default();
    first.chars().next().is_some_and(char::is_uppercase) && is_stop_word(first, language)
}

/// Whether a German month follows, which a stop word never is; kept for short forms such as "Mai".
fn follows_month_like(follows: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez",
    ];
    let small = follows.trim_start().to_lowercase();
    MONTHS.iter().any(|month| small.starts_with(month))
}
