//! Names that authors choose: their form, and how expressions write them.

use crate::limits::NAME_BYTES_MAX;

/// Whether this can be a name: letters a to z, digits, `-` and `_`, a letter first.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= NAME_BYTES_MAX
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || b"-_".contains(&letter)
        })
}

/// The name as expressions and templates write it: there, `-` means minus.
pub(crate) fn in_expressions(name: &str) -> String {
    name.replace('-', "_")
}
