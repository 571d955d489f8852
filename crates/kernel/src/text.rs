//! Texts that people give: present and not endless.

use crate::rejection::Rejection;
use crate::task::TEXT_BYTES_MAX;

/// A text that has to be there, trimmed.
pub(crate) fn required(field: &str, text: &str) -> Result<String, Rejection> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Rejection::invalid(field, "a text is expected"));
    }
    bounded(field, trimmed)?;
    Ok(trimmed.to_owned())
}

/// A text that may be empty, but not endless.
pub(crate) fn bounded(field: &str, text: &str) -> Result<(), Rejection> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Rejection::invalid(
            field,
            format!("at most {TEXT_BYTES_MAX} bytes; longer material goes by reference"),
        ));
    }
    Ok(())
}

/// What somebody says for others to read: it shows all that it says.
pub(crate) fn said(field: &str, text: &str) -> Result<String, Rejection> {
    if text.chars().any(is_hidden) {
        let why = "it has letters that nobody sees, or that turn the direction of others";
        return Err(Rejection::invalid(field, why));
    }
    required(field, text)
}

/// Whether a letter is a control character other than a tab and a line break, or overrides the direction in which
/// others are read (UAX 9), so that a text says something else than it shows.
fn is_hidden(letter: char) -> bool {
    let is_break = matches!(letter, '\n' | '\r' | '\t');
    (letter.is_control() && !is_break)
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_shows_all_that_it_says() {
        for good in ["Because.", "Two\nlines\tand a tab", "עברית", "👍🏽"] {
            assert_eq!(said("reason", good).unwrap(), good);
        }
        for bad in [
            "",
            " ",
            "a\0b",
            "a\u{1b}[2Jb",
            "paid \u{202e}00.1",
            "\u{2067}x",
        ] {
            assert!(said("reason", bad).is_err(), "{bad:?}");
        }
    }
}
