//! Folding of text: single spaces, and no characters that are there but do not show.

/// `text` on one line: white space folded to single spaces, invisible characters left out.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_whitespace() || (letter.is_control() && letter != '\u{7f}') {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if !is_invisible(letter) {
            folded.push(letter);
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// Soft hyphens, zero-width characters, and marks that turn the direction of writing.
///
/// They can make a passage read differently from what it says, and they break word matching.
/// The joiners U+200C and U+200D stay: Persian and Indic scripts are misspelt without them.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{7f}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_becomes_single_spaces_and_invisible_characters_go() {
        for (text, folded) in [
            ("  a \t\r\n b\u{a0}c  ", "a b c"),
            ("con\u{ad}tract", "contract"),
            ("a\u{0}b", "a b"),
            ("pay \u{202e}001\u{202c}", "pay 001"),
            (" \u{200b} ", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }
}
