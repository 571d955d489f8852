//! Names in a document, and when two of them are the same.
//!
//! A name is a word with a capital letter that the document never writes small and that is no role.
//! What a document is about is found in `subject`.

use std::collections::BTreeSet;

use consort_documents::Document;

use super::listed::is_listed;
use crate::text::words;

/// Capitalised words that name nobody.
pub(super) const ROLE_WORDS: &str = "\
    supplier provider customer client contractor seller buyer purchaser licensor licensee \
    landlord tenant lessor lessee vendor party parties either both neither agreement contract \
    services service fees fee term deposit price prices goods products product invoice \
    invoices section clause article schedule annex appendix payment payments liability \
    delivery notice termination warranty interest company order monday tuesday wednesday \
    thursday friday saturday sunday total management people data work euro";

/// Words that join the parts of a name.
const JOINING: &str = "\
    & and of de der von van du";

/// What a document shows of its names.
pub(super) struct Names {
    /// The words that the document writes in small letters somewhere.
    small: BTreeSet<String>,
    /// The words that it writes with a capital letter inside a sentence.
    high: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(document: &Document) -> Self {
        let mut small = BTreeSet::new();
        let mut high = BTreeSet::new();
        for block in &document.blocks {
            let mut inside = false;
            let mut end = 0;
            for word in words(&block.text) {
                inside =
                    inside && !block.text[end..word.start].contains(['.', '!', '?', ':', '“', '"']);
                end = word.end();
                let starts_small = word.text.chars().next().is_some_and(char::is_lowercase);
                if starts_small {
                    small.insert(word.text.to_owned());
                } else if inside {
                    high.insert(word.text.to_owned());
                }
                inside = starts_small;
            }
        }
        Self { small, high }
    }

    /// Whether a word stands with a capital letter inside a sentence of the document.
    pub(super) fn is_sure(&self, word: &str) -> bool {
        self.high.contains(word)
    }

    /// Whether a word is a name here: capitalised, never in small letters, and no role.
    pub(super) fn is_name(&self, word: &str) -> bool {
        let low = word.to_lowercase();
        word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().count() > 1
            && !self.small.contains(&low)
            && !is_listed(low.as_str(), ROLE_WORDS)
            && super::quantity::currency_of(word).is_none()
            && !crate::text::is_stop_word(word, crate::text::Language::English)
    }

    /// The name that a phrase is, all of it.
    pub(super) fn whole_name(&self, phrase: &str) -> Option<String> {
        let phrase = phrase.trim();
        let bare: Vec<&str> = phrase.split_whitespace().collect();
        let first = bare.first()?;
        let all = bare.iter().enumerate().all(|(at, word)| {
            let inner = at > 0 && at + 1 < bare.len();
            self.is_name(word.trim_matches(|sign: char| !sign.is_alphanumeric()))
                || (inner && is_listed(word, JOINING))
                || (at > 0 && word.chars().all(|letter| letter.is_ascii_digit()))
        });
        (all && bare.len() <= 5 && self.is_name(first)).then(|| phrase.to_owned())
    }
}

/// The name without its legal form, in small letters: for telling whether two are the same.
pub(crate) fn subject_key(subject: &str) -> String {
    let kept: Vec<String> = subject
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(str::to_lowercase)
        .filter(|piece| !is_legal_form(piece) && piece != "the")
        .collect();
    if kept.is_empty() {
        subject.to_lowercase()
    } else {
        kept.join(" ")
    }
}

pub(super) fn is_legal_form(word: &str) -> bool {
    matches!(
        word,
        "ltd"
            | "limited"
            | "gmbh"
            | "inc"
            | "llc"
            | "llp"
            | "ag"
            | "bv"
            | "nv"
            | "sa"
            | "sas"
            | "sarl"
            | "oy"
            | "ab"
            | "plc"
            | "co"
            | "corp"
            | "corporation"
            | "company"
            | "kg"
            | "ug"
            | "srl"
            | "spa"
            | "se"
            | "pty"
            | "incorporated"
    )
}

/// The text without the owner's ending.
pub(super) fn without_owner(name: &str) -> &str {
    name.trim_end_matches("'s").trim_end_matches("’s")
}

#[cfg(test)]
mod tests {
    use super::subject_key;

    #[test]
    fn legal_forms_do_not_tell_two_names_apart() {
        assert_eq!(subject_key("Alder Ltd."), subject_key("ALDER Limited"));
        assert_ne!(subject_key("Alder"), subject_key("Birch"));
    }
}
