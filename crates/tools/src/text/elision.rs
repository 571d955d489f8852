//! Words without the article that is elided before them: "l'offre" is "offre".

use super::language::Language;

/// What French and Italian write before an apostrophe without it being part of the word.
const ELIDED: &[&str] = &[
    "all", "c", "d", "dall", "dell", "j", "jusqu", "l", "lorsqu", "m", "n", "nell", "puisqu", "qu",
    "quoiqu", "s", "sull", "t", "un",
];

/// The word without what is elided before it.
pub(super) fn without_elision(word: &str, language: Language) -> &str {
    if language != Language::French && language != Language::Italian {
        return word;
    }
    match word.find(['\'', '’']) {
        Some(at) if ELIDED.contains(&&word[..at]) => word[at..].trim_start_matches(['\'', '’']),
        Some(_) | None => word,
    }
}
