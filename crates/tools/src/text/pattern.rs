//! Patterns that stay quick on text with letters beyond ASCII.
//!
//! A word boundary that knows all letters makes the regex engine leave its automaton at the first
//! such letter and try many times more slowly; one such sign on each page would cost minutes over a
//! large folder. The boundary that knows ASCII letters only never does, and differs only where a
//! pattern would begin or end right beside an accented letter of the same word.

/// The pattern, for text in any case of letters, with boundaries that know ASCII letters only.
pub(crate) fn quick(pattern: &str) -> String {
    let mut quick = String::from("(?i)");
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            quick.push(letter);
        } else if letters.next_if_eq(&'b').is_some() {
            quick.push_str(r"(?-u:\b)");
        } else {
            quick.push(letter);
            quick.extend(letters.next());
        }
    }
    quick
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_boundaries_are_changed() {
        let table = [
            (r"\bno\b", r"(?i)(?-u:\b)no(?-u:\b)"),
            (r"a\\b\w", r"(?i)a\\b\w"),
            (r"end\", r"(?i)end\"),
        ];
        for (pattern, expected) in table {
            assert_eq!(quick(pattern), expected);
        }
    }
}
