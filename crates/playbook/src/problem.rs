//! Problems: what is wrong in a playbook, where, and what to do about it.
//!
//! A problem is a sentence for the person who writes the playbook. There are no codes here: nothing
//! else acts on one kind of problem or another.

use std::fmt;

/// How many problems are reported at once; who has more is best helped by mending these first.
pub(crate) const PROBLEMS_MAX: usize = 100;

/// A position in a text; both numbers begin at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The line.
    pub line: u32,
    /// The column, counted in characters.
    pub column: u32,
}

impl Mark {
    /// The beginning of the text.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// Something with the position where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// Where it begins.
    pub mark: Mark,
    /// What it is.
    pub value: T,
}

impl<T> At<T> {
    /// This value, written there.
    pub const fn new(mark: Mark, value: T) -> Self {
        Self { mark, value }
    }
}

/// One thing that is wrong in a playbook, or in what it was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, counted in characters.
    pub column: u32,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "line {}, column {}: {}",
            self.line, self.column, self.text
        )
    }
}

impl Problem {
    /// A problem at this place.
    pub fn new(mark: Mark, text: impl Into<String>) -> Self {
        Self {
            line: mark.line,
            column: mark.column,
            text: text.into(),
        }
    }
}

/// Problems in the order in which a reader of the file meets them, each said once.
pub(crate) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems.truncate(PROBLEMS_MAX);
    problems
}

/// `"; did you mean 'x'?"` when one of the known words is close to what was written, else the
/// list of them.
pub(crate) fn suggestion<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    // A third of the letters may be wrong: more, and the guess would be about another word.
    let nearest = known
        .clone()
        .into_iter()
        .map(|word| (distance(written, word), word))
        .min()
        .filter(|(distance, word)| *distance <= (word.chars().count() / 3).max(1));
    if let Some((_, word)) = nearest {
        format!("; did you mean '{word}'?")
    } else {
        let words: Vec<&str> = known.into_iter().take(LISTED_MAX + 1).collect();
        let shown = words[..words.len().min(LISTED_MAX)].join(", ");
        match words.len() {
            0 => "; there are none".to_owned(),
            count if count > LISTED_MAX => format!("; there are {shown} and more"),
            _ => format!("; there are {shown}"),
        }
    }
}

/// How many known words a problem lists: more would hide the sentence.
const LISTED_MAX: usize = 12;
/// The longest word that is compared letter by letter; names are shorter.
const COMPARED_MAX: usize = 64;

/// How many letters must be added, dropped or changed (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().take(COMPARED_MAX).collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().take(COMPARED_MAX).enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_slip_of_the_pen_is_guessed_and_another_is_not() {
        let known = ["summarise", "research", "draft"];
        for (written, said) in [
            ("sumarise", "; did you mean 'summarise'?"),
            ("summarize", "; did you mean 'summarise'?"),
            ("drfat", "; there are summarise, research, draft"),
            ("draf", "; did you mean 'draft'?"),
            ("invoice", "; there are summarise, research, draft"),
        ] {
            assert_eq!(suggestion(written, known), said);
        }
        assert_eq!(suggestion("x", []), "; there are none");
    }
}
