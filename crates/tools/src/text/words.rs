//! Words with their places, and their stems.

use unicode_segmentation::UnicodeSegmentation;

use super::elision::without_elision;
use super::language::Language;
use super::stop_words::is_stop_word;

/// A word and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'text> {
    /// Where it begins, in bytes.
    pub start: usize,
    /// The word, as it is written.
    pub text: &'text str,
}

impl Word<'_> {
    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it begins with a capital letter.
    pub fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }
}

/// The words of a text, numbers among them, without punctuation.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.unicode_word_indices()
        .map(|(start, text)| Word { start, text })
}

/// The stem of one word, in small letters.
pub fn stem(word: &str, language: Language) -> String {
    let small = word.to_lowercase().replace('’', "'");
    let bare = without_elision(&small, language);
    match language.stemmer() {
        Some(stemmer) => stemmer.stem(bare).into_owned(),
        None => bare.to_owned(),
    }
}

/// The stems of the words that carry meaning, in their order.
pub fn content_stems(text: &str, language: Language) -> Vec<String> {
    words(text)
        .filter(|word| !is_stop_word(word.text, language))
        .map(|word| stem(word.text, language))
        .collect()
}
