//! Figures in a text: what a statement may only repeat, never make up.
//!
//! A figure is compared as it is written. Converting it would mean to interpret it: `1.200` is
//! another number in Berlin than in Boston.

use std::collections::BTreeSet;

/// The figures of a text, with their sign and their separators, as in `-1,200.50`.
pub(super) fn figures(text: &str) -> BTreeSet<String> {
    // What cannot be seen must not divide a figure that a reader sees as one.
    let letters: Vec<char> = text
        .chars()
        .filter(|letter| !is_unseen(*letter))
        .map(plain_minus)
        .collect();
    let mut found = BTreeSet::new();
    let mut index = 0;
    while index < letters.len() {
        if !letters[index].is_numeric() {
            index += 1;
            continue;
        }
        let start = if is_sign(&letters, index) {
            index - 1
        } else {
            index
        };
        while index < letters.len() && belongs(&letters, index) {
            index += 1;
        }
        found.insert(letters[start..index].iter().collect());
    }
    found
}

/// Whether a `-` stands before the figure as its sign, and not as a hyphen or a range.
fn is_sign(letters: &[char], index: usize) -> bool {
    index > 0
        && letters[index - 1] == '-'
        && (index == 1 || !(letters[index - 2].is_alphanumeric() || letters[index - 2] == '-'))
}

/// Digits, and separators between two of them.
fn belongs(letters: &[char], index: usize) -> bool {
    letters[index].is_numeric()
        || (matches!(letters[index], '.' | ',' | '\'' | '’')
            && letters.get(index + 1).is_some_and(|next| next.is_numeric()))
}

fn plain_minus(letter: char) -> char {
    match letter {
        '\u{2212}' | '\u{2010}' | '\u{2011}' => '-',
        other => other,
    }
}

/// Characters that take no place on the page.
pub(super) fn is_unseen(letter: char) -> bool {
    turns_direction(letter)
        || matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200d}'
                | '\u{2060}'..='\u{2064}'
                | '\u{feff}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{e0000}'..='\u{e01ef}'
        )
        || letter.is_control()
}

/// Characters that change in which direction what follows is shown: with them, `123` reads `321`.
pub(super) fn turns_direction(letter: char) -> bool {
    matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_as_they_are_written() {
        for (text, expected) in [
            ("none", vec![]),
            ("30 days", vec!["30"]),
            ("EUR 1,200.50.", vec!["1,200.50"]),
            ("1.200,50 €, 1'000", vec!["1'000", "1.200,50"]),
            ("10-20 %", vec!["10", "20"]),
            ("-5 and (-6) and x-7", vec!["-5", "-6", "7"]),
            ("\u{2212}5", vec!["-5"]),
            ("2026-01-02", vec!["01", "02", "2026"]),
            ("A4, Q1", vec!["1", "4"]),
            ("3\u{200b}0", vec!["30"]),
            ("3\u{ad}0", vec!["30"]),
            ("３０", vec!["３０"]),
            ("٣٠", vec!["٣٠"]),
            ("½", vec!["½"]),
            ("1O0", vec!["0", "1"]),
        ] {
            let found: Vec<String> = figures(text).into_iter().collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
