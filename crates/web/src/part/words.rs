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

/// The name of a field or the address of one, as words: `/fee_per_year` is *Fee per year*, and what stands in the
/// place 0 of a list is its first.
pub(crate) fn name_of(key: &str) -> String {
    let parts = key.trim_start_matches('/').split('/');
    let parts = parts.map(|part| match part.parse::<u64>() {
        Ok(place) => format!("{}", place.saturating_add(1)),
        Err(_) => part.replace('_', " "),
    });
    capital(parts.collect::<Vec<_>>().join(" ").trim())
}

/// What a check says, with the names of fields in place of their addresses.
pub(crate) fn in_words(summary: &str) -> String {
    let words = summary.split(' ').map(|word| {
        let (plain, end) = match word.strip_suffix(':') {
            Some(plain) => (plain, ":"),
            None => (word, ""),
        };
        let quoted = plain
            .strip_prefix('\'')
            .and_then(|it| it.strip_suffix('\''));
        match quoted.filter(|it| it.starts_with('/')) {
            Some(address) => format!("{}{end}", told(address)),
            None if !end.is_empty() && is_address(plain) => format!("{}{end}", told(plain)),
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A field by its name, and what stands in a list by its number in it.
fn told(address: &str) -> String {
    let within = address.rsplit_once('/');
    match within.and_then(|(list, place)| Some((list, place.parse::<u64>().ok()?))) {
        Some((list, place)) => {
            format!("“{}”, number {}", name_of(list), place.saturating_add(1))
        }
        None => format!("“{}”", name_of(address)),
    }
}

/// Whether this is the address of something in a list, and no file or part of a text.
fn is_address(text: &str) -> bool {
    let mut parts = text.split('/');
    parts.next() == Some("") && parts.any(|part| part.parse::<u64>().is_ok())
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
    fn a_field_is_told_by_its_name() {
        for (summary, told) in [
            ("'/text' has 7 characters.", "“Text” has 7 characters."),
            ("'/fee_per_year' is missing.", "“Fee per year” is missing."),
            ("'size(a) > 1' holds.", "'size(a) > 1' holds."),
            (
                "1 of 1 statement does not hold. Found: /statements/0: “a/b”",
                "1 of 1 statement does not hold. Found: “Statements”, number 1: “a/b”",
            ),
            (
                "It lies in /srv/files: look.",
                "It lies in /srv/files: look.",
            ),
            ("Nothing.", "Nothing."),
        ] {
            assert_eq!(in_words(summary), told);
        }
    }

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
