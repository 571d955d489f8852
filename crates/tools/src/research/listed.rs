//! Lists of words, written as one text so that they can be read and changed easily.

/// Whether a word is one of a list that is separated by spaces.
pub(super) fn is_listed(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
}
