//! Figures in a text: what a statement may only repeat, never make up.
//!
//! A figure may be written with other separators than in its source, as `13.406,10` and `13,406.10`,
//! where both can be read as the same number. What can be read in two ways, as `1.200`, is the
//! same as either: which of them was meant, only a reader of the whole document can tell.

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

/// Whether a figure is among those that are quoted, written in any way that can be read the same.
pub(super) fn is_quoted(figure: &str, quoted: &BTreeSet<String>) -> bool {
    if quoted.contains(figure) {
        return true;
    }
    let readings = readings(figure);
    quoted.iter().any(|other| {
        self::readings(other)
            .iter()
            .any(|one| readings.contains(one))
    })
}

/// The numbers that a figure can be read as, with a point before the decimals: none for what is
/// no number, such as `11.04.2025`.
fn readings(figure: &str) -> Vec<String> {
    let (sign, bare) = figure
        .strip_prefix('-')
        .map_or(("", figure), |bare| ("-", bare));
    let is_separator = |letter: char| !letter.is_ascii_digit();
    let separators: Vec<char> = bare
        .chars()
        .filter(|letter| is_separator(*letter))
        .collect();
    let groups: Vec<&str> = bare.split(is_separator).collect();
    let mut found = Vec::new();
    let alike = |marks: &[char]| marks.windows(2).all(|pair| pair[0] == pair[1]);
    if alike(&separators) && is_grouped(&groups, &separators) {
        found.push(groups.concat());
    }
    if let [thousands @ .., decimals] = separators.as_slice()
        && matches!(decimals, '.' | ',')
        && !thousands.contains(decimals)
        && alike(thousands)
    {
        let (places, whole) = groups
            .split_last()
            .expect("a text that is split has at least one part");
        if is_grouped(whole, thousands) {
            found.push(format!("{}.{places}", whole.concat()));
        }
    }
    found
        .into_iter()
        .map(|number| format!("{sign}{}", plainest(&number)))
        .collect()
}

/// Whether these are the digits of a whole number: one group, or groups of three behind the first.
fn is_grouped(groups: &[&str], separators: &[char]) -> bool {
    let digits = groups
        .iter()
        .all(|group| !group.is_empty() && group.bytes().all(|letter| letter.is_ascii_digit()));
    let marks = separators
        .iter()
        .all(|mark| matches!(mark, '.' | ',' | '\'' | '’'));
    let threes = groups.len() == 1
        || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    digits && marks && threes
}

/// Without zeros that change nothing.
fn plainest(number: &str) -> String {
    let (whole, places) = number.split_once('.').unwrap_or((number, ""));
    let (whole, places) = (whole.trim_start_matches('0'), places.trim_end_matches('0'));
    format!("{whole}.{places}")
}

/// The words of a text, in small letters: runs of letters and digits.
pub(super) fn words(text: &str) -> Vec<String> {
    spans(&text.chars().collect::<Vec<char>>())
        .into_iter()
        .map(|(_, _, word)| word)
        .collect()
}

/// The text without the names in it, as in `Alpha 3000`: their figures state nothing. What is
/// taken for a name begins with a word, so that a bare figure never is one.
pub(super) fn without_names(text: &str, names: &[Vec<String>]) -> String {
    let mut letters: Vec<char> = text.chars().filter(|letter| !is_unseen(*letter)).collect();
    let words = spans(&letters);
    for first in 0..words.len() {
        if !words[first].2.contains(char::is_alphabetic) {
            continue;
        }
        let last = (first..words.len().min(first + NAME_WORDS_MAX))
            .rev()
            .find(|last| {
                let phrase = &words[first..=*last];
                phrase[phrase.len() - 1].2.contains(char::is_numeric) && is_in(phrase, names)
            });
        if let Some(last) = last {
            letters[words[first].0..words[last].1].fill(' ');
        }
    }
    letters.into_iter().collect()
}

/// How many words a name may have.
const NAME_WORDS_MAX: usize = 8;

fn is_in(phrase: &[(usize, usize, String)], names: &[Vec<String>]) -> bool {
    names.iter().any(|name| {
        name.windows(phrase.len()).any(|part| {
            part.iter()
                .zip(phrase)
                .all(|(one, (_, _, other))| one == other)
        })
    })
}

/// Each word with where it begins and ends.
fn spans(letters: &[char]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut start = None;
    for index in 0..=letters.len() {
        let inside = letters
            .get(index)
            .is_some_and(|letter| letter.is_alphanumeric());
        match (start, inside) {
            (None, true) => start = Some(index),
            (Some(begin), false) => {
                let word: String = letters[begin..index].iter().collect();
                found.push((begin, index, word.to_lowercase()));
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
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
    fn a_figure_is_the_same_in_every_writing_of_its_number_and_in_no_other() {
        for (stated, quoted, same) in [
            ("13,406.10", "13.406,10", true),
            ("13'406.10", "13406.1", true),
            ("1,234,567", "1.234.567", true),
            ("12.50", "12,5", true),
            ("3", "03", true),
            ("1,200", "1200", true),
            // Both can be twelve hundred.
            ("1,200", "1.200", true),
            ("1.5", "15", false),
            ("15", "1.5", false),
            ("1,5", "1,50,0", false),
            ("12,34", "1234", false),
            ("13,406.10", "13.406,01", false),
            ("13,406.10", "-13.406,10", false),
            ("11.04.2025", "11,042,025", false),
            ("1.2.3", "1.2.3", true),
            ("1.2.3", "123", false),
            ("0", "0.0", true),
            ("３", "3", false),
        ] {
            let others = BTreeSet::from([quoted.to_owned()]);
            assert_eq!(is_quoted(stated, &others), same, "{stated} {quoted}");
        }
    }

    #[test]
    fn names_are_taken_out_whole_and_bare_figures_never() {
        let names = [
            words("offers/alpha-3000.pdf"),
            words("3. Termination"),
            words("Rack B12"),
        ];
        for (text, left) in [
            ("Alpha 3000: 30 days", vec!["30"]),
            ("alpha-3000 has 3000 seats", vec!["3000"]),
            ("Rack B12", vec![]),
            ("B12", vec![]),
            ("B13", vec!["13"]),
            ("3 days", vec!["3"]),
            ("3. Termination", vec!["3"]),
            ("beta 3000", vec!["3000"]),
            ("Alpha 30", vec!["30"]),
        ] {
            let found: Vec<String> = figures(&without_names(text, &names)).into_iter().collect();
            assert_eq!(found, left, "{text}");
        }
    }

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
