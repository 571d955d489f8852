//! Words as they stand at the beginning of something, and in addresses.

use std::fmt::Write as _;

/// A text with a capital at its beginning, unless an identifier stands there.
pub(crate) fn capital(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    if word.contains('_') {
        return text.to_owned();
    }
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// A text as a sentence: with a capital at its beginning and a full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let is_ended = text.ends_with(".”") || text.ends_with(".\"");
    format!("{}{}", capital(text), if is_ended { "" } else { "." })
}

/// So many of something, whose plural takes an s.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A text as it may stand in an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_and_ends_as_it_should() {
        for (text, told) in [
            ("it is late", "It is late."),
            ("tsk_01 is over", "tsk_01 is over."),
            ("it says “It is late.”", "It says “It is late.”"),
            ("Done.", "Done."),
            ("\u{e9}t\u{e9}", "\u{c9}t\u{e9}."),
            ("", "."),
        ] {
            assert_eq!(sentence(text), told);
        }
    }
}
