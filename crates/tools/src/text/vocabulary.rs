//! Stems as small numbers, so that many passages can be compared quickly.
//!
//! A number only says which stem; it depends on the order of reading and must not leave the
//! process.

use std::collections::HashMap;

use super::language::Language;
use super::stop_words::is_stop_word;
use super::words::{stem, words};

/// A stem, by its number in a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(pub(super) u32);

/// The stems that were met so far.
///
/// The map is only asked, never iterated, so its order reaches no result.
#[derive(Debug, Default)]
pub struct Vocabulary {
    stems: HashMap<String, Term>,
}

impl Vocabulary {
    /// The terms of these stems, in their order; new ones are learnt.
    pub fn learn(&mut self, stems: &[String]) -> Vec<Term> {
        stems.iter().map(|stem| self.number(stem)).collect()
    }

    fn number(&mut self, stem: &str) -> Term {
        if let Some(term) = self.stems.get(stem) {
            return *term;
        }
        let next = u32::try_from(self.stems.len()).expect("fewer than 2^32 stems fit in memory");
        self.stems.insert(stem.to_owned(), Term(next));
        Term(next)
    }

    /// The terms of the words that carry meaning and that the vocabulary knows, without years,
    /// which stand in passages about anything.
    pub fn recall(&self, text: &str, language: Language) -> Vec<Term> {
        wanted(text, language)
            .filter_map(|stem| self.stems.get(&stem).copied())
            .collect()
    }

    /// The terms that are made from the same word by an ending that stemming leaves: "closure" for
    /// "close", "payment" for "pay". Only English endings are known.
    pub fn recall_related(&self, text: &str, language: Language) -> Vec<Term> {
        if language != Language::English {
            return Vec::new();
        }
        wanted(text, language)
            .flat_map(|stem| related(&stem))
            .filter_map(|stem| self.stems.get(&stem).copied())
            .collect()
    }

    /// How many stems were met.
    pub fn len(&self) -> usize {
        self.stems.len()
    }

    /// Whether none was met.
    pub fn is_empty(&self) -> bool {
        self.stems.is_empty()
    }
}

/// Endings that stemming leaves, as they stand in stems.
const ENDINGS: &[&str] = &["ur", "er", "ment"];
/// A shorter word would meet unrelated ones.
const RELATED_LETTERS_MIN: usize = 3;

fn related(stem: &str) -> Vec<String> {
    let mut found = Vec::new();
    let base = stem.trim_end_matches('e');
    for ending in ENDINGS {
        if base.len() >= RELATED_LETTERS_MIN {
            found.push(format!("{base}{ending}"));
        }
        let without = stem.strip_suffix(ending).unwrap_or_default();
        if without.len() >= RELATED_LETTERS_MIN {
            found.push(without.to_owned());
            found.push(format!("{without}e"));
        }
    }
    found
}

fn wanted(text: &str, language: Language) -> impl Iterator<Item = String> {
    words(text)
        .filter(move |word| !is_stop_word(word.text, language) && !is_year(word.text))
        .map(move |word| stem(word.text, language))
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && ("1900".."2100").contains(&word)
        && word.bytes().all(|byte| byte.is_ascii_digit())
}
